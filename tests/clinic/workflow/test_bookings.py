"""Appointments are booked, moved and closed; staff books and reads nothing clinical."""

from datetime import date, timedelta

import pytest

from tracker.clinic.types import Actor, BookingState, Role, SessionKind, Visit
from tracker.clinic.workflow import bookings, intake, planning
from tracker.errors import InvalidInput, NotFound

STAFF = Actor("s", "Sam", "first", frozenset({Role.STAFF}))
ELSEWHERE = Actor("e", "Else", "another", frozenset({Role.STAFF, Role.CLINICIAN}))
TODAY = date.today()


def in_days(days):
    return TODAY + timedelta(days)


def test_booking_moving_and_cancelling(clinic, series):
    staff = clinic.acting(STAFF)
    booked = bookings.book(staff, series.id, in_days(7), "9.05")
    assert (booked.booking.day, booked.booking.time, booked.notice) == (in_days(7), "09:05", "")
    moved = bookings.move(staff, booked.booking.id, in_days(9), "14:30").booking
    ((only,), total) = bookings.agreed(staff)
    assert (only.booking, total) == (moved, 1)
    assert only.standing.booking == moved
    bookings.cancel(staff, moved.id)
    assert [one.state for one in bookings.bookings_of(staff, series.id)] == [BookingState.CANCELLED] * 2
    assert bookings.agreed(staff) == ([], 0)
    with pytest.raises(InvalidInput, match="cancelled"):
        bookings.move(staff, moved.id, in_days(9))


def test_what_became_of_an_appointment(clinic, series):
    first, second, later = (bookings.book(clinic, series.id, in_days(days)).booking for days in (0, 0, 1))
    assert bookings.mark_kept(clinic, first.id).state is BookingState.KEPT
    assert bookings.mark_missed(clinic, second.id).state is BookingState.MISSED
    with pytest.raises(InvalidInput, match="move or cancel"):
        bookings.mark_kept(clinic, later.id)


def test_a_session_keeps_the_appointment_of_its_day(clinic, series):
    today, later = (bookings.book(clinic, series.id, in_days(days)).booking for days in (0, 1))
    intake.add_session(clinic, series.id, Visit(TODAY, SessionKind.TREATMENT))
    assert [one.state for one in bookings.bookings_of(clinic, series.id)] == [BookingState.KEPT, BookingState.BOOKED]
    assert planning.standing_of(clinic, series.id).booking == later
    assert today.id != later.id


def test_too_early_is_said_and_booked_all_the_same(clinic, series):
    intake.add_session(clinic, series.id, Visit(in_days(-10), SessionKind.TREATMENT))
    assert "20 days since the last needling" in bookings.book(clinic, series.id, in_days(10)).notice
    assert bookings.book(clinic, series.id, in_days(10), kind=SessionKind.FOLLOW_UP).notice == ""


@pytest.mark.parametrize(("days", "time"), [(-1, ""), (731, ""), (1, "25:00"), (1, "noon"), (1, "9:60")])
def test_slips_are_sentences(clinic, series, days, time):
    with pytest.raises(InvalidInput, match="correct the"):
        bookings.book(clinic, series.id, in_days(days), time)
    assert bookings.bookings_of(clinic, series.id) == []


def test_nothing_is_booked_in_a_series_that_has_ended(clinic, series):
    planning.end_series(clinic, series.id, "done")
    with pytest.raises(InvalidInput, match="resume"):
        bookings.book(clinic, series.id, in_days(1))


def test_other_practices_see_and_change_nothing(clinic, series):
    booking = bookings.book(clinic, series.id, in_days(1)).booking
    other = clinic.acting(ELSEWHERE)
    assert bookings.agreed(other) == ([], 0)
    for call in (
        lambda: bookings.book(other, series.id, in_days(1)),
        lambda: bookings.move(other, booking.id, in_days(2)),
        lambda: bookings.cancel(other, booking.id),
        lambda: bookings.mark_missed(other, booking.id),
        lambda: bookings.bookings_of(other, series.id),
        lambda: bookings.cancel(clinic, "0" * 32),
    ):
        with pytest.raises(NotFound):
            call()
