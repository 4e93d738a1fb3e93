"""Appointments: booking, moving, and what became of them. Nothing clinical is read or written here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.clinic.access import Action
from tracker.clinic.records.finding import Who
from tracker.clinic.records.store import Records
from tracker.clinic.types import Booking, BookingState, Kind, SessionKind, time_of_day
from tracker.clinic.types.plan import Standing
from tracker.clinic.workflow import planning
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, own_practice
from tracker.errors import InvalidInput

FARTHEST_DAYS = 730
"""A later day is a slip of the year."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment as a list shows it: whose, and of which series."""

    booking: Booking
    who: Who
    standing: Standing


@dataclass(frozen=True, slots=True)
class Booked:
    """A new appointment, with what whoever books should know; empty where there is nothing."""

    booking: Booking
    notice: str


@guarded(Action.BOOK, series_id=Kind.SERIES)
def book(
    clinic: Clinic, series_id: str, day: date, time: str = "", kind: SessionKind = SessionKind.TREATMENT
) -> Booked:
    """The new appointment.

    Parameters
    ----------
    clinic : Clinic
        Where.
    series_id : str
        Which series it belongs to.
    day : date
        Today or later.
    time : str
        ``"14:30"``, or empty.
    kind : SessionKind
        What for.

    Raises
    ------
    InvalidInput
        A day in the past or far away, no time of day, or a series that has ended.
    """
    time = _agreed(day, time)
    with clinic.store.write() as records:
        notice = _notice(records, series_id, day, kind)
        return Booked(records.add_booking(series_id, day, time, kind, clinic.actor.user_id), notice)


@guarded(Action.BOOK, booking_id=Kind.BOOKING)
def move(clinic: Clinic, booking_id: str, day: date, time: str = "") -> Booked:
    """The appointment on another day or at another time; the old one stays on record as cancelled.

    Raises
    ------
    InvalidInput
        As for :func:`book`, or it is not booked any more.
    """
    time = _agreed(day, time)
    with clinic.store.write() as records:
        old = records.close_booking(booking_id, BookingState.CANCELLED)
        notice = _notice(records, old.series_id, day, old.kind)
        return Booked(records.add_booking(old.series_id, day, time, old.kind, clinic.actor.user_id), notice)


@guarded(Action.BOOK, booking_id=Kind.BOOKING)
def cancel(clinic: Clinic, booking_id: str) -> Booking:
    """The appointment, cancelled; raises InvalidInput where it is not booked any more."""
    with clinic.store.write() as records:
        return records.close_booking(booking_id, BookingState.CANCELLED)


@guarded(Action.BOOK, booking_id=Kind.BOOKING)
def mark_kept(clinic: Clinic, booking_id: str) -> Booking:
    """The appointment, kept: the patient came."""
    return _happened(clinic, booking_id, BookingState.KEPT)


@guarded(Action.BOOK, booking_id=Kind.BOOKING)
def mark_missed(clinic: Clinic, booking_id: str) -> Booking:
    """The appointment, missed: the patient did not come."""
    return _happened(clinic, booking_id, BookingState.MISSED)


@guarded(Action.SEE_PLAN, series_id=Kind.SERIES)
def bookings_of(clinic: Clinic, series_id: str) -> list[Booking]:
    """All appointments of a series by day, whatever became of them."""
    with clinic.store.read() as records:
        return records.bookings_of(series_id)


@guarded(Action.BOOK)
def agreed(clinic: Clinic, most: int = planning.MOST_LISTED) -> tuple[list[Appointment], int]:
    """The practice's appointments that are still booked, by day and time, and how many there are altogether.

    Days that have passed come first: somebody should say whether the patient came.
    """
    with clinic.store.read() as records:
        return appointments(records, [one for _, one in records.agreed_bookings(own_practice(clinic))], most)


def appointments(records: Records, found: Sequence[Booking], most: int) -> tuple[list[Appointment], int]:
    """The first of some appointments with whose they are, and how many there are."""
    shown = found[:most]
    by_series = {one.series_id: one for one in records.standings(series_ids=[booking.series_id for booking in shown])}
    known = records.whos([one.patient_id for one in by_series.values()])
    return [
        Appointment(one, known[by_series[one.series_id].patient_id], by_series[one.series_id]) for one in shown
    ], len(found)


def _happened(clinic: Clinic, booking_id: str, state: BookingState) -> Booking:
    with clinic.store.write() as records:
        day = records.booking(booking_id).day
        if day > date.today():
            raise InvalidInput(f"Appointment: expected a day that has come, found {day}; move or cancel it instead.")
        return records.close_booking(booking_id, state)


def _agreed(day: date, time: str) -> str:
    today = date.today()
    if not today <= day <= today + timedelta(FARTHEST_DAYS):
        raise InvalidInput(f"Day: expected today or a day within two years, found {day}; correct the day.")
    return time_of_day(time)


def _notice(records: Records, series_id: str, day: date, kind: SessionKind) -> str:
    standing = records.standings(series_ids=[series_id])[0]
    if standing.ended is not None:
        raise InvalidInput(f"Series: expected one that goes on, found that it ended on {standing.ended}; resume it.")
    if kind is not SessionKind.TREATMENT:
        return ""
    return planning.too_early(standing, day)
