"""Comparisons are made once, kept for ever, and follow the region and the version."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tracker.clinic.jobs import Executor, Outcome
from tracker.clinic.types import AnalysisStatus, Moment, SeriesPlan, SessionKind, View, Visit
from tracker.clinic.workflow import intake, photos, progress, review
from tracker.errors import InvalidInput, NotFound
from tracker.imaging import pipeline
from tracker.imaging.types import Alignment, Analysis, Change, Flag, FlagCode, Metric, Region, Verdict

NAN = math.nan


class Engine:
    """Stands in for the measuring engine: counts its calls, answers by the follow-up's name."""

    def __init__(self):
        self.calls = []
        self.refuse = False
        self.error = None

    def __call__(self, baseline, followup, *, region=None, site=""):
        self.calls.append((baseline.sha256, followup.sha256, region, site))
        if self.error is not None:
            raise self.error
        refusal = Flag(FlagCode.NOT_ALIGNED, "Too few matches.", "Hold still.") if self.refuse else None
        where = region or Region.from_mask("skin", np.ones(baseline.size[::-1], bool))
        value = float(int(followup.sha256[:4], 16))
        rows = [
            Change(Metric.REDNESS, where.name, "H", 10.0, value, value - 10, 2.0, (0.0, 1.0), Verdict.CHANGED),
            Change(Metric.ROUGHNESS, where.name, "%", 5.0, 4.0, -1.0, 2.0, (-3.0, 1.0), Verdict.NO_DETECTABLE_CHANGE),
            Change(Metric.PIGMENT, where.name, "MI", NAN, NAN, NAN, NAN, (NAN, NAN), Verdict.NOT_ASSESSABLE),
        ]
        grid = np.zeros((3, 4, 2), np.float32)
        alignment = Alignment(np.eye(3), grid, 100.0, np.ones((3, 4), np.float32), 0.1, baseline.size, followup.size)
        return Analysis(
            baseline.sha256,
            followup.sha256,
            site,
            pipeline.PIPELINE_VERSION,
            refusal,
            None if refusal else alignment,
            () if refusal else (where,),
            () if refusal else (where,),
            () if refusal else tuple(rows),
        )


class Inline(Executor):
    """The jobs in this process, so that the stand-in is used."""

    def map(self, function, items, progress=None):
        for number, item in enumerate(items, 1):
            yield Outcome(function(item))
            if progress is not None:
                progress(number, len(items))


@pytest.fixture
def engine(monkeypatch):
    standing_in = Engine()
    monkeypatch.setattr(pipeline, "analyse", standing_in)
    monkeypatch.setattr(review, "WORKERS", Inline())
    return standing_in


@pytest.fixture
def taken(clinic, sessions, photo_bytes):
    """One frontal photo per session."""
    return [
        photos.add_photo(clinic, session.id, photo_bytes(n), f"{n}.jpg", View.FRONTAL)
        for n, session in enumerate(sessions)
    ]


def test_a_comparison_is_made_once_and_read_back_whole(clinic, taken, engine):
    made = review.compare(clinic, taken[0].id, taken[1].id)
    again = review.compare(clinic, taken[0].id, taken[1].id)
    loaded = review.load_analysis(clinic, made.record.id)
    assert len(engine.calls) == 1
    assert engine.calls[0][3] == "forearm"
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
    np.testing.assert_array_equal(engine.calls[-1][2].full((320, 240)), mask)
    assert review.load_analysis(clinic, first.record.id).record.region_digest == ""


def test_a_region_on_the_followup_changes_nothing_for_the_pair(clinic, taken, engine):
    first = review.compare(clinic, taken[0].id, taken[1].id)
    photos.save_region(clinic, taken[1].id, np.ones((240, 320), bool))
    assert review.compare(clinic, taken[0].id, taken[1].id).record.id == first.record.id


def test_a_refusal_is_kept_with_its_reason(clinic, taken, engine):
    engine.refuse = True
    made = review.compare(clinic, taken[0].id, taken[1].id)
    assert made.record.status is AnalysisStatus.REFUSED
    assert (made.record.reason, made.record.retake) == ("Too few matches.", "Hold still.")
    assert review.compare(clinic, taken[0].id, taken[1].id).analysis.refusal == made.analysis.refusal
    assert len(engine.calls) == 1


def test_a_failure_is_kept_and_tried_again(clinic, series, taken, engine, monkeypatch):
    monkeypatch.setattr(
        Inline, "map", lambda self, f, items, progress=None: iter([Outcome(None, "killed")] * len(items))
    )
    failed = review.measure_series(clinic, series.id)
    assert [made.record.status for made in failed] == [AnalysisStatus.FAILED] * 3
    assert failed[0].record.reason == "killed"
    assert failed[0].analysis is None
    assert review.load_analysis(clinic, failed[0].record.id).analysis is None
    table = progress.progress(clinic, series.id)
    assert set(table["verdict"]) == {"not assessable"}
    assert set(table["flags"].str.contains("killed")) == {True}
    monkeypatch.undo()
    monkeypatch.setattr(pipeline, "analyse", engine)
    monkeypatch.setattr(review, "WORKERS", Inline())
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


def test_pairs_join_each_view_with_its_first_photo_before_needling(clinic, series, sessions, photo_bytes):
    seeds = iter(range(50, 99))

    def take(session, view, moment=Moment.BEFORE):
        return photos.add_photo(clinic, session.id, photo_bytes(next(seeds)), "a.jpg", view, moment)

    after = take(sessions[0], View.FRONTAL, Moment.AFTER)
    first = take(sessions[0], View.FRONTAL)
    take(sessions[0], View.FRONTAL)  # a repeat of the baseline
    close = take(sessions[1], View.CLOSE_UP)
    later = [take(sessions[2], View.FRONTAL), take(sessions[3], View.FRONTAL)]
    late_close = take(sessions[3], View.CLOSE_UP)
    pairs = review.suggested_pairs(clinic, series.id)
    assert [(a.id, b.id) for a, b in pairs] == [
        (first.id, after.id),
        (first.id, later[0].id),
        (first.id, later[1].id),
        (close.id, late_close.id),
    ]


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
    assert len(second.changes) == 3
