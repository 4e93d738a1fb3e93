"""Windows follow from plan and sessions alone, and lists hold who should come and has no appointment."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.clinic.types import (
    SHORTEST_INTERVAL_DAYS,
    Actor,
    BodySite,
    BookingState,
    FinalOutcome,
    Indication,
    Role,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.types.plan import Situation, Standing, Step
from tracker.clinic.workflow import bookings, intake, photos, planning
from tracker.errors import InvalidInput, NotFound

DAY = date(2026, 3, 2)
PLAN = SeriesPlan(Indication.REDNESS, BodySite.FACE, planned_sessions=2, interval_days=35)
STAFF = Actor("s", "Sam", "first", frozenset({Role.STAFF}))
CLINICIAN = Actor("c", "Cleo", "first", frozenset({Role.CLINICIAN}))
ELSEWHERE = Actor("e", "Else", "another", frozenset({Role.CLINICIAN}))
PATIENT = Actor("p", "Pat", "first", frozenset({Role.PATIENT}), patient_id="none")


def standing(treatments=0, plan=PLAN, **more):
    last = DAY if treatments else None
    return Standing("s", "p", "P-001", plan, DAY, None, max(treatments, 1), treatments, last, DAY, **more)


def after(days):
    return DAY + timedelta(days)


def test_before_the_first_treatment_nothing_is_late():
    new = replace(standing(), sessions=0, last_session=None)
    assert [window.step for window in planning.windows(new)] == [Step.BASELINE]
    (window,) = planning.windows(standing())
    assert window.step is Step.FIRST
    assert window.situation(after(500)) is Situation.OPEN


@pytest.mark.parametrize(
    ("days", "situation"),
    [(27, Situation.AHEAD), (28, Situation.OPEN), (49, Situation.OPEN), (50, Situation.OVERDUE)],
)
def test_a_treatment_is_due_from_a_week_before_to_two_weeks_after_its_day(days, situation):
    (window,) = planning.windows(standing(1))
    assert (window.opens, window.due, window.closes) == (after(28), after(35), after(49))
    assert window.situation(after(days)) is situation


@given(interval=st.integers(1, 730))
def test_a_window_never_opens_before_the_shortest_interval_unless_the_plan_is_shorter(interval):
    (window,) = planning.windows(standing(1, replace(PLAN, interval_days=interval)))
    assert window.opens <= window.due <= window.closes
    assert (window.opens - DAY).days >= min(SHORTEST_INTERVAL_DAYS, interval)


def test_a_complete_series_waits_for_outcomes_and_maintenance():
    done = standing(2)
    assert [window.step for window in planning.windows(done)] == [Step.OUTCOME, Step.MAINTENANCE, Step.OUTCOME]
    seen = replace(done, outcomes=frozenset(FinalOutcome))
    assert [window.due for window in planning.windows(seen)] == [after(91)]
    assert planning.windows(replace(seen, plan=replace(PLAN, maintenance_days=0))) == ()
    assert planning.windows(replace(done, ended=DAY)) == ()
    assert planning.next_window(done, after(90)).step is Step.OUTCOME
    assert planning.next_window(seen, after(120)).situation(after(120)) is Situation.OVERDUE


def test_an_outcome_whose_days_have_passed_is_not_asked_for():
    done = standing(2, replace(PLAN, maintenance_days=0))
    assert planning.next_window(done, after(130)).due == after(180)
    assert planning.next_window(done, after(300)) is None


@pytest.mark.parametrize(("days", "said"), [(0, True), (27, True), (28, False)])
def test_a_needling_that_comes_too_early_is_said(days, said):
    assert bool(planning.too_early(standing(1), after(days))) is said
    assert planning.too_early(standing(), DAY) == ""


def test_lists_leave_out_who_has_an_appointment(clinic):
    late, soon, booked = (_patient(clinic, days) for days in (60, 30, 32))
    bookings.book(clinic, booked, date.today() + timedelta(3))
    found = planning.due_patients(clinic)
    assert [one.standing.series_id for one in found.overdue] == [late]
    assert [one.standing.series_id for one in found.due] == [soon]
    assert (found.overdue_total, found.due_total) == (1, 1)
    assert found.overdue[0].who.name == "Ann"


def _patient(clinic, days_ago):
    person = intake.add_patient(clinic, name="Ann")
    series = intake.add_series(clinic, person.id, PLAN)
    intake.add_session(clinic, series.id, Visit(date.today() - timedelta(days_ago), SessionKind.TREATMENT))
    return series.id


def test_standing_tells_what_was_done(clinic, photo_bytes):
    first = date.today() - timedelta(140)
    person = intake.add_patient(clinic)
    series = intake.add_series(clinic, person.id, PLAN)
    for days, kind in ((0, SessionKind.TREATMENT), (35, SessionKind.TREATMENT), (125, SessionKind.FOLLOW_UP)):
        last = intake.add_session(clinic, series.id, Visit(first + timedelta(days), kind))
    assert planning.standing_of(clinic, series.id).outcomes == frozenset()
    photos.add_photo(clinic, last.id, photo_bytes(1), "a.jpg", View.FRONTAL)
    found = planning.standing_of(clinic, series.id)
    assert (found.sessions, found.treatments, found.last_treatment) == (3, 2, first + timedelta(35))
    assert found.complete
    assert found.outcomes == {FinalOutcome.AT_90_DAYS}
    ((same, window),) = planning.next_steps(clinic, [person.id])[person.id]
    assert same == found
    assert window.step is Step.MAINTENANCE


def test_a_plan_is_changed_ended_with_a_reason_and_resumed(clinic, series):
    changed = planning.change_plan(clinic, series.id, 4, 42, 0)
    assert (changed.plan.planned_sessions, changed.plan.interval_days, changed.plan.maintenance_days) == (4, 42, 0)
    with pytest.raises(InvalidInput, match="maintenance"):
        planning.change_plan(clinic, series.id, 4, 42, 731)
    booking = bookings.book(clinic, series.id, date.today()).booking
    with pytest.raises(InvalidInput, match="Reason"):
        planning.end_series(clinic, series.id, "  ")
    ended = planning.end_series(clinic, series.id, "moved away")
    assert (ended.ended, ended.end_reason) == (date.today(), "moved away")
    assert intake.get_series(clinic, series.id) == ended
    assert bookings.bookings_of(clinic, series.id) == [replace(booking, state=BookingState.CANCELLED)]
    assert planning.due_patients(clinic).due_total == 0
    assert planning.resume_series(clinic, series.id).ended is None


def test_staff_sees_windows_and_other_practices_and_patients_see_nothing(clinic, series):
    assert planning.standing_of(clinic.acting(STAFF), series.id).series_id == series.id
    planning.due_patients(clinic.acting(STAFF))
    assert planning.due_patients(clinic.acting(ELSEWHERE)).due_total == 0
    assert planning.next_steps(clinic.acting(ELSEWHERE), [series.patient_id]) == {}
    for actor in (STAFF, ELSEWHERE, PATIENT):
        with pytest.raises(NotFound):
            planning.end_series(clinic.acting(actor), series.id, "no")
    for call in (planning.due_patients, lambda one: planning.standing_of(one, series.id)):
        with pytest.raises(NotFound):
            call(clinic.acting(PATIENT))
