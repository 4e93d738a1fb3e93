"""Redness by day after each needling, from what is stored: a course, a flag from day 7, and never an outcome."""

import math
from datetime import date, timedelta

import pytest

from tracker.clinic.types import (
    FIRST_PRACTICE,
    Actor,
    BodySite,
    HealingStage,
    Indication,
    Moment,
    Role,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.workflow import intake, photos, review
from tracker.clinic.workflow.outcomes import outcomes
from tracker.clinic.workflow.progress import progress
from tracker.clinic.workflow.protocols import Protocol
from tracker.clinic.workflow.recovery import LAST_DAY, late_healers, recoveries
from tracker.errors import NotFound
from tracker.imaging.change.healing import Sign

START = date(2026, 3, 1)
PLAN = SeriesPlan(Indication.REDNESS, BodySite.FOREARM, planned_sessions=2)
BEFORE, AFTER = Moment.BEFORE, Moment.AFTER
USUAL = ((0, BEFORE, 10.0), (0, AFTER, 22.0), (2, BEFORE, 13.0), (5, BEFORE, 11.0), (8, BEFORE, 11.0))
LATE = (*USUAL[:-1], (8, BEFORE, 14.0))


@pytest.fixture
def follow(clinic, engine, photo_bytes):
    """A function: a patient whose photos, given as (day, moment, redness), were all compared."""
    count = iter(range(1000))

    def add(code, taken, treatments=(0,), plan=PLAN, measure=True):
        patient = intake.add_patient(clinic, code)
        series = intake.add_series(clinic, patient.id, plan)
        sessions = {}
        for day, moment, value in taken:
            if day not in sessions:
                kind = SessionKind.TREATMENT if day in treatments else SessionKind.FOLLOW_UP
                sessions[day] = intake.add_session(clinic, series.id, Visit(START + timedelta(day), kind, "pen"))
            stored = photos.add_photo(
                clinic, sessions[day].id, photo_bytes(next(count)), f"{day}.jpg", View.FRONTAL, moment
            )
            engine.answers[stored.sha256] = value
        if measure:
            review.measure_series(clinic, series.id)
        return series

    return add


def on(day):
    return START + timedelta(day)


def test_each_day_lies_above_the_skin_before_needling_with_its_noise(clinic, follow):
    series = follow("P-1", USUAL)
    (found,) = recoveries(clinic, series.id, on(8))
    (course,) = found.courses
    assert [(one.rise.day, one.rise.rise, one.rise.sdc) for one in course.points] == [
        (0, 12, 2), (2, 3, 2), (5, 1, 2), (8, 1, 2),
    ]  # fmt: skip
    assert (course.expected.day, course.expected.rise) == (0, 12)
    assert [one.sign for one in course.points] == [Sign.AS_EXPECTED] * 4
    assert course.own_before
    assert not found.late
    assert [one.day for one in found.photos] == [None, 0, 2, 5, 8]


@pytest.mark.parametrize(
    ("day", "stage"),
    [(0, HealingStage.ACUTE), (3, HealingStage.EARLY), (7, HealingStage.FLAKING), (8, HealingStage.SETTLED)],
)
def test_the_stage_of_today_is_named(clinic, follow, day, stage):
    series = follow("P-1", USUAL[:2])
    (found,) = recoveries(clinic, series.id, on(day))
    assert (found.day_today, found.stage) == (day, stage)


def test_redness_beyond_the_noise_is_late_from_day_seven_only(clinic, follow):
    late = follow("P-1", LATE)
    early = follow("P-2", (*USUAL[:3], (6, BEFORE, 19.0)))
    (found,) = recoveries(clinic, late.id, on(9))
    assert [course.latest.sign for course in found.late] == [Sign.LATE]
    (found,) = recoveries(clinic, early.id, on(9))
    assert not found.late
    assert found.courses[0].latest.sign is Sign.SLOWER  # a remark, no flag


def test_a_second_needling_is_compared_with_its_own_skin_before(clinic, follow):
    taken = (*USUAL, (35, BEFORE, 6.0), (35, AFTER, 16.0), (42, BEFORE, 9.0))
    series = follow("P-1", taken, treatments=(0, 35))
    first, second = recoveries(clinic, series.id, on(43))
    assert (first.number, first.is_latest, first.day_today) == (1, False, 35)
    assert (second.number, second.is_latest, second.day_today) == (2, True, 8)
    assert [one.rise.rise for one in second.courses[0].points] == [10, 3]  # above 6, not above the 10 of the start
    assert second.late
    assert not first.late


def test_without_a_settled_photo_before_it_is_compared_with_the_baseline_of_the_series(clinic, follow):
    taken = (*USUAL[:2], (3, BEFORE, 15.0), (3, AFTER, 25.0))
    series = follow("P-1", taken, treatments=(0, 3))  # needled again while it heals
    second = recoveries(clinic, series.id, on(4))[1]
    assert not second.courses[0].own_before
    assert [one.rise.rise for one in second.courses[0].points] == [15]


def test_a_photo_that_cannot_be_compared_has_a_reason_and_no_number(clinic, follow):
    series = follow("P-1", (*USUAL[:2], (3, BEFORE, None), (8, BEFORE, 11.0)))
    course = recoveries(clinic, series.id, on(9))[0].courses[0]
    withheld = course.points[1]
    assert math.isnan(withheld.rise.rise)
    assert withheld.sign is Sign.NO_NUMBER
    assert withheld.reason == "Another place. Same place."
    only = follow("P-2", (*USUAL[:1], (3, BEFORE, None)))
    (course,) = recoveries(clinic, only.id, on(9))[0].courses
    assert (course.region, course.latest, course.late) == ("", None, False)


def test_nothing_is_measured_here(clinic, follow, engine):
    series = follow("P-1", LATE, measure=False)
    (found,) = recoveries(clinic, series.id, on(8))
    assert found.courses == ()
    assert len(found.photos) == 5
    assert late_healers(clinic, on(9)) == []
    assert engine.calls == []


def test_these_photos_enter_no_trend_and_no_final_outcome(clinic, follow):
    taken = (*LATE, (35, BEFORE, 9.0), (35, AFTER, 30.0), (36, BEFORE, 28.0), (41, BEFORE, 20.0), (125, BEFORE, 7.0))
    series = follow("P-1", taken, treatments=(0, 35))
    table = progress(clinic, series.id)
    healing = table[table["days_since_needling"] <= 6]
    assert set(healing["days_since_needling"]) == {0, 1, 2, 5, 6}
    assert not healing["in_trend"].any()
    within = table[table["days_since_needling"] <= LAST_DAY]
    assert set(within["outcome"]) == {""}
    # Day 7 to 27: colour counts, relief does not (see HealingPhase).
    settled = within[within["days_since_needling"] >= 7]
    assert set(settled[settled["in_trend"]]["metric"]) == {"redness"}
    report = outcomes(clinic, Protocol(Indication.REDNESS), today=on(200))
    assert list(report.patients["at"]) == ["final outcome (90 days)"]
    assert list(report.patients["change"]) == [-3.0]
    used = {
        one.photo.id for found in recoveries(clinic, series.id, on(130)) for one in found.photos if one.day is not None
    }
    assert not used & set(table[table["outcome"] != ""]["photo_id"])


def test_late_healers_are_listed_for_who_books_and_for_the_own_practice_only(clinic, follow):
    follow("P-2", LATE)
    follow("P-1", LATE)
    follow("P-3", USUAL)
    found = late_healers(clinic, on(10))
    assert [(one.patient.code, one.needled, one.day) for one in found] == [("P-1", START, 8), ("P-2", START, 8)]
    for role in (Role.CLINICIAN, Role.STAFF):
        assert late_healers(clinic.acting(Actor("u", "U", FIRST_PRACTICE, frozenset({role}))), on(10)) == found
        elsewhere = Actor("u", "U", "other", frozenset({role}))
        assert late_healers(clinic.acting(elsewhere), on(10)) == []
    patient = Actor("u", "U", FIRST_PRACTICE, frozenset({Role.PATIENT}), found[0].patient.id)
    with pytest.raises(NotFound):
        late_healers(clinic.acting(patient), on(10))


def test_a_flag_ends_with_the_next_needling_a_better_photo_or_four_weeks(clinic, follow):
    follow("P-1", LATE)
    assert late_healers(clinic, on(LAST_DAY))
    assert not late_healers(clinic, on(LAST_DAY + 1))
    follow("P-2", (*LATE, (12, BEFORE, 10.0)))
    follow("P-3", (*LATE, (20, BEFORE, 14.0)), treatments=(0, 20))
    assert [one.patient.code for one in late_healers(clinic, on(21))] == ["P-1"]


def test_the_record_of_another_practice_is_not_found(clinic, follow):
    series = follow("P-1", USUAL)
    for actor in (
        Actor("u", "U", "other", frozenset({Role.CLINICIAN})),
        Actor("u", "U", FIRST_PRACTICE, frozenset({Role.STAFF})),
    ):
        with pytest.raises(NotFound):
            recoveries(clinic.acting(actor), series.id)


def test_before_the_first_needling_there_is_nothing(clinic, follow):
    assert recoveries(clinic, follow("P-1", USUAL[:1], treatments=()).id, on(3)) == []
