"""Several photos of one view and moment are one answer; which of them stands for all, and which pairs are made."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tracker.clinic.jobs import Outcome
from tracker.clinic.types import AnalysisStatus, Moment, RegionRole, View
from tracker.clinic.workflow import bursts, photos, progress, review
from tracker.imaging.types import Flag, FlagCode, Metric

BOX = np.zeros((240, 320), bool)
BOX[20:60, 20:60] = True


@pytest.fixture
def take(clinic, photo_bytes):
    """A function that stores another photo of a session."""
    seeds = iter(range(50, 99))

    def taken(session, view=View.FRONTAL, moment=Moment.BEFORE):
        return photos.add_photo(clinic, session.id, photo_bytes(next(seeds)), "a.jpg", view, moment)

    return taken


@pytest.fixture
def three(take, sessions):
    """Two photos of the first session, three of the last."""
    return [take(sessions[0]) for _ in range(2)], [take(sessions[3]) for _ in range(3)]


def of(record, metric):
    return next(change for change in record.changes if change.metric is metric)


def numbers(made):
    return [(one.metric, one.baseline, one.followup, one.sdc, *one.interval) for one in made.record.changes]


def test_pairs_join_each_view_with_its_first_burst_before_needling(clinic, series, sessions, take):
    after = take(sessions[0], moment=Moment.AFTER)
    first, repeat = take(sessions[0]), take(sessions[0])
    close = take(sessions[1], View.CLOSE_UP)
    later = [take(sessions[2]), take(sessions[3]), take(sessions[3])]
    late_close = take(sessions[3], View.CLOSE_UP)
    pairs = review.suggested_pairs(clinic, series.id)
    assert [(a.id, b.id) for a, b in pairs] == [
        (first.id, after.id),
        (first.id, repeat.id),  # where the first lies beside the mean of its visit; once, for all later visits
        (first.id, later[0].id),
        (first.id, later[1].id),
        (first.id, later[2].id),
        (close.id, late_close.id),
    ]


def test_m_and_n_photos_need_m_plus_n_minus_1_analyses_and_give_one_answer(clinic, series, three, engine):
    before, after = three
    engine.answers = dict(zip((photo.sha256 for photo in (before[1], *after)), (12.0, 13.0, 14.0, 18.0), strict=True))
    (made,) = review.measure_series(clinic, series.id)
    assert len(engine.calls) == 4
    redness = of(made.record, Metric.REDNESS)  # (10 + 12) / 2 before, (13 + 14 + 18) / 3 after
    assert (redness.baseline, redness.followup, redness.change) == (
        11.0,
        15.0,
        4.0,
    )
    assert [one.record.changes[0].followup for one in made.pairs] == [13.0, 14.0, 18.0]
    assert (made.averaged[0].used, made.averaged[0].used_before) == (3, 2)
    again = review.compare_visits(clinic, before[0].id, after[2].id)  # whichever photo names the visit
    loaded = review.load_visits(clinic, made.record.id)
    for other in (again, loaded):
        np.testing.assert_equal(numbers(other), numbers(made))
    assert len(engine.calls) == 4
    single = review.compare(clinic, before[0].id, after[1].id)
    assert (single.record.id, single.pairs) == (made.pairs[1].record.id, ())


def test_progress_shows_the_mean(clinic, series, three, engine):
    before, after = three
    engine.answers = dict(zip((photo.sha256 for photo in (before[1], *after)), (12.0, 13.0, 14.0, 18.0), strict=True))
    review.measure_series(clinic, series.id)
    table = progress.progress(clinic, series.id)
    redness = table[table["metric"] == "redness"]
    assert list(redness["session"]) == [1, 4]
    assert list(redness["value"]) == [11.0, 15.0]


def test_a_refused_photo_is_left_out_and_counted(clinic, three, engine):
    before, after = three
    engine.answers = {after[0].sha256: None, after[1].sha256: 14.0, after[2].sha256: 16.0, before[1].sha256: 10.0}
    made = review.compare_visits(clinic, before[0].id, after[0].id)
    assert made.record.status is AnalysisStatus.DONE
    assert made.analysis.alignment is not None
    assert made.record.id == made.pairs[1].record.id
    assert (made.averaged[0].used, made.averaged[0].photos) == (2, 3)
    assert of(made.record, Metric.REDNESS).followup == 15.0


def test_all_refused_is_refused(clinic, three, engine):
    before, after = three
    engine.refuse = True
    made = review.compare_visits(clinic, before[0].id, after[0].id)
    assert (made.record.status, made.record.changes) == (AnalysisStatus.REFUSED, ())
    assert made.record.reason == "Too few matches."


def test_a_visit_that_lacks_a_pair_has_no_answer_yet(clinic, series, sessions, three, take, engine):
    review.measure_series(clinic, series.id)
    assert len(progress.progress(clinic, series.id)) > 0
    take(sessions[3])  # a fourth photo: the mean of three is no longer the answer
    assert len(progress.progress(clinic, series.id)) == 0
    review.measure_series(clinic, series.id)
    assert len(engine.calls) == 5
    assert len(progress.progress(clinic, series.id)) > 0


def test_the_photo_that_was_drawn_on_stands_for_all(clinic, sessions, three):
    before, _ = three
    assert [lead.id for lead in review.leads(clinic, sessions[0].id)] == [before[0].id]
    photos.save_region(clinic, before[1].id, BOX)
    assert review.leads(clinic, sessions[0].id) == [before[1]]
    photos.save_region(clinic, before[0].id, BOX, "", RegionRole.REFERENCE)
    assert review.leads(clinic, sessions[0].id)[0] == before[1]  # the treated area counts first
    photos.take_back_region(clinic, before[1].id)
    assert review.leads(clinic, sessions[0].id)[0] == before[0]


def test_a_spoiled_first_photo_does_not_stand_for_a_good_second(clinic, three):
    blurred = Flag(FlagCode.BLURRED, "Blurred.", "", (Metric.ROUGHNESS,))
    first, second = (replace(photo, flags=flags) for photo, flags in zip(three[0], ((blurred,), ()), strict=True))
    with clinic.store.read() as records:
        assert bursts.burst_of(records, [first, second]).lead == second
        assert bursts.burst_of(records, [second, first]).photos == (second, first)


def test_no_proposal_outvotes_a_correction(clinic, three, engine):
    before, after = three
    engine.answers = dict(zip((photo.sha256 for photo in (before[1], *after)), (100.0, 60.0, 61.0, 80.0), strict=True))
    photos.save_region(clinic, after[2].id, BOX, "Dr B")
    made = review.compare_visits(clinic, before[0].id, after[0].id)
    area, redness = of(made.record, Metric.SCAR_AREA), of(made.record, Metric.REDNESS)
    assert area.followup == pytest.approx(80.0)
    counted = {one.change.metric: one.used for one in made.averaged}
    assert (counted[Metric.SCAR_AREA], counted[Metric.REDNESS]) == (1, 3)
    assert redness.followup == pytest.approx(67.0)


def test_at_most_five_photos_are_averaged(clinic, series, sessions, take, engine):
    take(sessions[0])
    many = [take(sessions[3]) for _ in range(7)]
    (made,) = review.measure_series(clinic, series.id)
    assert len(engine.calls) == bursts.MOST_AVERAGED == 5
    assert [call.followup for call in engine.calls] == [photo.sha256 for photo in many[:5]]
    assert made.averaged[0].photos == 5


def test_two_photos_of_the_same_moment_are_compared_as_a_pair(clinic, three, engine):
    before, _ = three
    made = review.compare_visits(clinic, before[0].id, before[1].id)
    assert made.pairs == ()
    assert not math.isnan(made.record.changes[0].change)
    assert len(engine.calls) == 1


def test_a_worker_killed_between_photos_costs_its_own_photo_until_the_next_look(clinic, three, engine, monkeypatch):
    before, after = three
    engine.answers = dict(zip((photo.sha256 for photo in (before[1], *after)), (10.0, 13.0, 99.0, 15.0), strict=True))
    inline = review.WORKERS

    class Killing(type(inline)):
        def map(self, function, items, progress=None):
            for outcome in super().map(function, items, progress):
                yield Outcome(None, "killed") if outcome.value.followup_sha256 == after[1].sha256 else outcome

    monkeypatch.setattr(review, "WORKERS", Killing())
    first = review.compare_visits(clinic, before[0].id, after[0].id)
    assert of(first.record, Metric.REDNESS).followup == 14.0
    assert (first.averaged[0].used, first.pairs[1].record.reason) == (2, "killed")
    monkeypatch.setattr(review, "WORKERS", inline)
    calls = len(engine.calls)
    second = review.compare_visits(clinic, before[0].id, after[0].id)
    assert len(engine.calls) == calls + 1  # the lost one alone
    assert second.averaged[0].used == 3
    assert of(second.record, Metric.REDNESS).followup == pytest.approx((13.0 + 99.0 + 15.0) / 3)
