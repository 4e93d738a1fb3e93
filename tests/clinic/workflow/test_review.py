"""Comparisons are made once, kept for ever, and follow the region and the version."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tracker.clinic.jobs import Executor, Outcome
from tracker.clinic.types import AnalysisStatus, KitLabels, RegionRole, SeriesPlan, SessionKind, View, Visit
from tracker.clinic.workflow import intake, photos, progress, review
from tracker.clinic.workflow.kits import choose_kit
from tracker.errors import InvalidInput, NotFound
from tracker.imaging import pipeline
from tracker.imaging.change import Component, TwoLevel
from tracker.imaging.types import Metric

NAN = math.nan


def test_a_comparison_is_made_once_and_read_back_whole(clinic, taken, engine):
    made = review.compare(clinic, taken[0].id, taken[1].id)
    again = review.compare(clinic, taken[0].id, taken[1].id)
    loaded = review.load_analysis(clinic, made.record.id)
    assert len(engine.calls) == 1
    assert engine.calls[0].site == "forearm"
    assert made.record.status is AnalysisStatus.DONE
    for other in (again, loaded):
        assert other.record.id == made.record.id
        np.testing.assert_equal(other.record.changes[0], made.record.changes[0])
        assert other.analysis.alignment.residual_px == made.analysis.alignment.residual_px
        np.testing.assert_array_equal(other.analysis.regions[0].mask, made.analysis.regions[0].mask)
    assert math.isnan(loaded.record.changes[2].change)


def test_a_new_region_makes_a_new_comparison_and_keeps_the_old(clinic, taken, engine):
    first = review.compare(clinic, taken[0].id, taken[1].id)
    mask = np.zeros((240, 320), bool)
    mask[10:50, 10:50] = True
    photos.save_region(clinic, taken[0].id, mask, "Dr A")
    second = review.compare(clinic, taken[0].id, taken[1].id)
    assert second.record.id != first.record.id
    np.testing.assert_array_equal(engine.calls[-1].region.full((320, 240)), mask)
    assert review.load_analysis(clinic, first.record.id).record.region_digest == ""


def test_everything_drawn_goes_to_the_engine_and_makes_a_new_comparison(clinic, taken, engine):
    box = np.zeros((240, 320), bool)
    box[10:50, 10:50] = True
    steps = [
        lambda: photos.save_region(clinic, taken[0].id, box, "Dr A"),
        lambda: photos.save_region(clinic, taken[0].id, np.roll(box, 60, 0), "Dr A", RegionRole.REFERENCE),
        lambda: photos.save_region(clinic, taken[1].id, np.roll(box, 5, 1), "Dr B"),
        lambda: photos.save_region(clinic, taken[0].id, np.roll(box, 61, 0), "Dr A", RegionRole.REFERENCE),
        lambda: photos.save_region(clinic, taken[1].id, np.roll(box, 6, 1), "Dr B"),
    ]
    seen = [review.compare(clinic, taken[0].id, taken[1].id).record]
    for step in steps:
        step()
        seen.append(review.compare(clinic, taken[0].id, taken[1].id).record)
    assert len({record.id for record in seen}) == len({record.region_digest for record in seen}) == 6
    assert len(engine.calls) == 6
    region, drawn = engine.calls[-1].region, engine.calls[-1].drawn
    np.testing.assert_array_equal(region.full((320, 240)), box)
    assert (region.name, drawn.reference.name, drawn.followup.name) == ("drawn", "reference", "drawn")
    np.testing.assert_array_equal(drawn.reference.full((320, 240)), np.roll(box, 61, 0))
    np.testing.assert_array_equal(drawn.followup.full((320, 240)), np.roll(box, 6, 1))
    photos.take_back_region(clinic, taken[0].id, "Dr A", RegionRole.REFERENCE)
    photos.take_back_region(clinic, taken[1].id, "Dr B")
    assert review.compare(clinic, taken[0].id, taken[1].id).record.id == seen[1].id  # as it was with the area alone
    assert len(engine.calls) == 6
    assert review.load_analysis(clinic, seen[2].id).analysis.reference.area_px == 1600


@pytest.fixture
def kit(clinic):
    """A kit whose photos differ as much within a seating as seatings do."""
    levels = TwoLevel((9.0, 5.0), (1.2, 6.0), (0.4, 12.0), 2.0, (2.0, 4.0))
    component = Component(Metric.REDNESS, "any", "uncalibrated", "H", levels, 24, 0)
    with clinic.store.write() as records:
        return records.add_kit(
            KitLabels("Room 1"), [component], measured=date(2026, 10, 2), version=pipeline.PIPELINE_VERSION, apart=0
        )


def test_another_kit_judges_anew_and_the_old_answer_is_kept(clinic, series, taken, engine, kit):
    first = review.compare(clinic, taken[0].id, taken[1].id)
    assert (first.record.kit_digest, engine.calls[0].noise) == ("", None)
    assert review.noise_source(clinic, first.record) == review.DEFAULT_NOISE
    choose_kit(clinic, kit.id)
    second = review.compare(clinic, taken[0].id, taken[1].id)
    assert second.record.kit_digest == kit.digest
    assert "Room 1" in engine.calls[1].noise.look_up(Metric.REDNESS, "chin", calibrated=False).source
    assert review.noise_source(clinic, second.record) == f"noise of {kit.source}"
    assert progress.progress(clinic, series.id)["analysis_id"].iloc[-1] == second.record.id
    choose_kit(clinic, "defaults")
    assert review.compare(clinic, taken[0].id, taken[1].id).record.id == first.record.id
    assert len(engine.calls) == 2
    assert "removed" in review.noise_source(clinic, replace(second.record, kit_digest="f" * 64))


def test_photos_of_a_visit_lower_the_noise_that_the_kit_measured_between_photos(
    clinic, sessions, taken, engine, kit, photo_bytes
):
    more = [photos.add_photo(clinic, s.id, photo_bytes(n), "m.jpg", View.FRONTAL) for n, s in enumerate(sessions, 70)]
    values = (taken[0], 10.0), (more[0], 10.0), (taken[3], 13.0), (more[3], 13.1)
    engine.answers = {photo.sha256: value for photo, value in values}
    by_defaults = review.compare_visits(clinic, taken[0].id, taken[3].id).record.changes[0]
    choose_kit(clinic, kit.id)
    by_kit = review.compare_visits(clinic, taken[0].id, taken[3].id).record.changes[0]
    share = kit.photo_shares()[Metric.REDNESS]
    assert 0.3 < share < 0.7
    assert by_defaults.sdc == pytest.approx(2.0)  # as the stand-in says of one photo
    assert by_kit.sdc == pytest.approx(2.0 * math.sqrt(1 - share / 2))


def test_reference_drawn_on_a_followup_says_nothing_about_its_baseline(clinic, taken, engine):
    first = review.compare(clinic, taken[0].id, taken[1].id)
    photos.save_region(clinic, taken[1].id, np.ones((240, 320), bool), "", RegionRole.REFERENCE)
    assert review.compare(clinic, taken[0].id, taken[1].id).record.id == first.record.id


def test_a_correction_survives_a_new_version(clinic, taken, engine, monkeypatch):
    photos.save_region(clinic, taken[1].id, np.eye(240, 320, dtype=bool), "Dr B")
    review.compare(clinic, taken[0].id, taken[1].id)
    monkeypatch.setattr(pipeline, "PIPELINE_VERSION", "later")
    review.compare(clinic, taken[0].id, taken[1].id)
    assert [call.drawn.followup.area_px for call in engine.calls] == [240, 240]


def test_a_refusal_is_kept_with_its_reason(clinic, taken, engine):
    engine.refuse = True
    made = review.compare(clinic, taken[0].id, taken[1].id)
    assert made.record.status is AnalysisStatus.REFUSED
    assert (made.record.reason, made.record.retake) == ("Too few matches.", "Hold still.")
    assert review.compare(clinic, taken[0].id, taken[1].id).analysis.refusal == made.analysis.refusal
    assert len(engine.calls) == 1


def test_a_failure_is_kept_and_tried_again(clinic, series, taken, engine, monkeypatch):
    inline = review.WORKERS
    killed = Executor()
    monkeypatch.setattr(killed, "map", lambda f, items, progress=None: iter([Outcome(None, "killed")] * len(items)))
    monkeypatch.setattr(review, "WORKERS", killed)
    failed = review.measure_series(clinic, series.id)
    assert [made.record.status for made in failed] == [AnalysisStatus.FAILED] * 3
    assert failed[0].record.reason == "killed"
    assert failed[0].analysis is None
    assert review.load_analysis(clinic, failed[0].record.id).analysis is None
    table = progress.progress(clinic, series.id)
    assert set(table["verdict"]) == {"not assessable"}
    assert set(table["flags"].str.contains("killed")) == {True}
    monkeypatch.setattr(review, "WORKERS", inline)
    done = review.compare(clinic, taken[0].id, taken[1].id)
    assert done.record.status is AnalysisStatus.DONE
    with pytest.raises(NotFound):
        review.load_analysis(clinic, failed[0].record.id)


def test_only_photos_of_one_patient_are_compared(clinic, series, taken, engine, photo_bytes):
    stranger = intake.add_series(clinic, intake.add_patient(clinic).id, series.plan)
    session = intake.add_session(
        clinic, stranger.id, Visit(intake.list_sessions(clinic, series.id)[0].date, SessionKind.BASELINE)
    )
    theirs = photos.add_photo(clinic, session.id, photo_bytes(90), "a.jpg", View.FRONTAL)
    with pytest.raises(InvalidInput, match="two patients"):
        review.compare(clinic, taken[0].id, theirs.id)
    with pytest.raises(InvalidInput, match="same one"):
        review.compare(clinic, taken[0].id, taken[0].id)
    with pytest.raises(NotFound):
        review.compare(clinic, taken[0].id, "0" * 32)
    assert engine.calls == []


def test_the_table_marks_healing_and_keeps_it_out_of_the_trend(clinic, series, taken, engine):
    seen = []
    review.measure_series(clinic, series.id, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    table = progress.progress(clinic, series.id)
    assert list(table.columns) == list(progress.COLUMNS)
    redness = table[table["metric"] == "redness"].set_index("session")
    assert list(redness.index) == [1, 2, 3, 4]
    assert list(redness["verdict"]) == ["baseline", "changed", "changed", "changed"]
    assert list(redness["in_trend"]) == [True, False, True, True]
    assert redness.loc[1, "change"] == 0.0
    assert redness.loc[1, "value"] == 10.0
    assert math.isnan(redness.loc[1, "sdc"])
    np.testing.assert_array_equal(redness["days_since_needling"], [NAN, 3.0, 10.0, 40.0])
    assert "healing" in redness.loc[2, "flags"]
    assert redness.loc[4, "flags"] == ""
    assert redness["primary"].all()
    roughness = table[table["metric"] == "roughness"].set_index("session")
    assert list(roughness["in_trend"]) == [True, False, False, True]
    assert not roughness["primary"].any()
    withheld = table[table["metric"] == "pigment"]
    assert list(withheld["session"]) == [2, 3, 4]  # no baseline number, so no baseline row
    assert not withheld["in_trend"].any()
    assert withheld["value"].isna().all()


def test_an_empty_series_gives_an_empty_table(clinic, series):
    table = progress.progress(clinic, series.id)
    assert list(table.columns) == list(progress.COLUMNS)
    assert len(table) == 0
    with pytest.raises(NotFound):
        progress.progress(clinic, "0" * 32)


def test_versions_never_mix_and_history_is_measured_again(clinic, series, taken, engine, monkeypatch):
    old = pipeline.PIPELINE_VERSION
    before = review.measure_series(clinic, series.id)
    monkeypatch.setattr(pipeline, "PIPELINE_VERSION", old + ".new")
    assert set(progress.progress(clinic, series.id)["version"]) == {old}  # nothing is measured anew yet
    review.compare(clinic, taken[0].id, taken[3].id)
    table = progress.progress(clinic, series.id)
    assert set(table["version"]) == {old + ".new"}
    assert set(table["session"]) == {1, 4}
    after = review.measure_series(clinic, series.id)
    assert len(engine.calls) == 6
    assert {made.record.version for made in after} == {old + ".new"}
    assert set(progress.progress(clinic, series.id)["session"]) == {1, 2, 3, 4}
    assert set(progress.progress(clinic, series.id, old)["version"]) == {old}
    assert {made.record.id for made in before}.isdisjoint(made.record.id for made in after)
    review.measure_series(clinic, series.id)
    assert len(engine.calls) == 6


def test_the_trend_follows_the_corrected_region(clinic, series, taken, engine):
    review.measure_series(clinic, series.id)
    photos.save_region(clinic, taken[0].id, np.eye(240, 320, dtype=bool), "Dr A")
    assert len(progress.progress(clinic, series.id)) == 0
    review.measure_series(clinic, series.id)
    assert set(progress.progress(clinic, series.id)["region"]) == {"drawn"}
    # The correction outlives a new version.
    assert photos.current_region(clinic, taken[0].id).author == "Dr A"


def test_a_timeline_holds_everything_by_date(clinic, series, sessions, taken):
    other = intake.add_series(clinic, series.patient_id, SeriesPlan(series.plan.indication, series.plan.site))
    found = progress.timeline(clinic, series.patient_id)
    assert found.patient.id == series.patient_id
    assert [entry.series.id for entry in found.series] == [series.id, other.id]
    assert [entry.session for entry in found.series[0].sessions] == sessions
    assert [entry.photos for entry in found.series[0].sessions] == [(photo,) for photo in taken]
    with pytest.raises(NotFound):
        progress.timeline(clinic, "0" * 32)


def test_two_that_compare_at_once_see_the_same_record(clinic, taken, engine):
    first = review.compare(clinic, taken[0].id, taken[1].id)
    draft = replace(first.record, id="", status=AnalysisStatus.DONE, changes=())
    with clinic.store.write() as records:
        second = records.save_analysis(draft, first.analysis)
    assert second.id == first.record.id
    assert len(second.changes) == 4
