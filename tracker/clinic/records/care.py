"""Queries about candidacy answers and bookings, and what all series of a practice stand at.

A practice has thousands of series: what the start page tells is asked in a handful of queries over sets, none for one
patient, and nobody's name is opened that is not shown.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.agenda import AgendaQueries
from tracker.clinic.records.finding import of_practice, portions
from tracker.clinic.records.people import plan_of
from tracker.clinic.types import (
    OUTCOME_WINDOW_DAYS,
    Answer,
    Booking,
    BookingState,
    Candidacy,
    FinalOutcome,
    Question,
    Reply,
    SessionKind,
)
from tracker.clinic.types.plan import Standing
from tracker.errors import InvalidInput


class CareQueries(AgendaQueries):
    """Candidacy answers, bookings, standings."""

    def add_candidacy(
        self, patient_id: str, answers: Sequence[Answer], months: int, note: str, author_id: str
    ) -> Candidacy:
        """A filled checklist of a patient."""
        replies = {one.question.name: {"reply": one.reply.name, "note": one.note.replace("\0", "")} for one in answers}
        values = {
            "patient_id": patient_id,
            "answers": {"months": months, "replies": replies},
            "note": note.replace("\0", ""),
            "author_id": author_id,
        }
        return _candidacy(
            self.one(schema.candidacies, self.add(schema.candidacies, values, parent="patient_id"), "Checklist")
        )

    def candidacies_of(self, patient_id: str) -> list[Candidacy]:
        """A patient's filled checklists, oldest first."""
        table = schema.candidacies
        found = sa.select(table).where(table.c.patient_id == patient_id).order_by(table.c.sequence)
        return [_candidacy(row) for row in self.connection.execute(found)]

    def newest_candidacies(self, patient_ids: Collection[str]) -> dict[str, Candidacy]:
        """The checklist that counts of each of these patients; those without one are left out."""
        return {patient_id: _candidacy(row) for patient_id, row in self._newest(patient_ids).items()}

    def flagged(self, patient_ids: Collection[str]) -> list[str]:
        """Those of these patients in whose newest checklist anything is not answered with no; none is made whole."""
        table = schema.candidacies
        newest: dict[str, str] = {}
        for some in portions(patient_ids):
            kept = sa.cast(table.c.answers, sa.Text)  # 2,000 of them are unpacked in 0.1 s, and most say no nine times
            wanted = sa.select(table.c.patient_id, kept).where(table.c.patient_id.in_(some)).order_by(table.c.sequence)
            newest |= {row[0]: row[1] for row in self.connection.execute(wanted)}
        return [one for one in dict.fromkeys(patient_ids) if one in newest and _is_flagged(newest[one])]

    def _newest(self, patient_ids: Collection[str]) -> dict[str, sa.Row[Any]]:
        table = schema.candidacies
        found: dict[str, sa.Row[Any]] = {}
        for some in portions(patient_ids):
            wanted = sa.select(table).where(table.c.patient_id.in_(some)).order_by(table.c.sequence)
            found |= {row.patient_id: row for row in self.connection.execute(wanted)}
        return found

    def add_booking(self, series_id: str, day: date, time: str, kind: SessionKind, author_id: str) -> Booking:
        """A new appointment."""
        values = {
            "series_id": series_id,
            "day": day,
            "time": time,
            "kind": kind,
            "state": BookingState.BOOKED,
            "author_id": author_id,
        }
        return self.booking(self.add(schema.bookings, values, parent="series_id"))

    def booking(self, booking_id: str) -> Booking:
        """One appointment."""
        return _booking(self.one(schema.bookings, booking_id, "Appointment"))

    def bookings_of(self, series_id: str) -> list[Booking]:
        """A series' appointments by day, then in the order of their arrival."""
        table = schema.bookings
        found = sa.select(table).where(table.c.series_id == series_id).order_by(table.c.day, table.c.sequence)
        return [_booking(row) for row in self.connection.execute(found)]

    def close_booking(self, booking_id: str, state: BookingState) -> Booking:
        """The appointment, kept, missed or cancelled; only one that is still agreed."""
        table = schema.bookings
        agreed = (table.c.id == booking_id) & (table.c.state == BookingState.BOOKED)
        if not self.connection.execute(sa.update(table).where(agreed).values(state=state)).rowcount:
            found = self.booking(booking_id).state
            raise InvalidInput(f"Appointment: expected one that is booked, found it {found}; book a new one.")
        return self.booking(booking_id)

    def keep_booking_of(self, series_id: str, day: date) -> None:
        """Mark the appointment of a day as kept: the session of that day was written down."""
        table = schema.bookings
        agreed = (table.c.series_id == series_id) & (table.c.day == day) & (table.c.state == BookingState.BOOKED)
        self.connection.execute(sa.update(table).where(agreed).values(state=BookingState.KEPT))

    def cancel_bookings_of(self, series_id: str) -> None:
        """Cancel every appointment of a series that is still agreed: the series has ended."""
        table = schema.bookings
        agreed = (table.c.series_id == series_id) & (table.c.state == BookingState.BOOKED)
        self.connection.execute(sa.update(table).where(agreed).values(state=BookingState.CANCELLED))

    def agreed_bookings(self, practice_id: str = "") -> list[tuple[str, Booking]]:
        """Codes and appointments of a practice that are neither kept, missed nor cancelled, by day and time."""
        table, series, patients = schema.bookings, schema.series, schema.patients
        joined = sa.join(table, series, table.c.series_id == series.c.id).join(
            patients, series.c.patient_id == patients.c.id
        )
        agreed = (table.c.state == BookingState.BOOKED) & series.c.ended.is_(None)
        wanted = sa.select(table, patients.c.code).select_from(joined).where(agreed)
        rows = self.connection.execute(of_practice(wanted, practice_id).order_by(table.c.day, table.c.time))
        return [(row.code, _booking(row)) for row in rows]

    def standings(
        self,
        practice_id: str = "",
        patient_ids: Collection[str] | None = None,
        series_ids: Collection[str] | None = None,
    ) -> list[Standing]:
        """How far each series is: of a practice (ended ones left out), of some patients, or just some."""
        series = schema.series
        narrow = patient_ids is not None or series_ids is not None
        rows: list[sa.Row[Any]] = []
        wanted: list[sa.ColumnElement[bool]] = [series.c.ended.is_(None)]
        if narrow:
            wanted = [series.c.patient_id.in_(some) for some in portions(patient_ids or ())]
            wanted += [series.c.id.in_(some) for some in portions(series_ids or ())]
        for which in wanted:
            rows += self.connection.execute(of_practice(_standing_rows(which), practice_id)).all()
        booked = self._next_bookings([row.id for row in rows] if narrow else None, practice_id)
        done = [row.id for row in rows if _may_show_outcome(row)]
        outcomes = self._outcomes_seen(done, {row.id: row.planned_sessions for row in rows})
        return [
            Standing(
                row.id,
                row.patient_id,
                row.code,
                plan_of(row),
                row.created.date(),
                row.ended,
                row.sessions or 0,
                row.treatments or 0,
                row.last_treatment,
                row.last_session,
                outcomes.get(row.id, frozenset()),
                booked.get(row.id),
            )
            for row in rows
        ]

    def _next_bookings(self, series_ids: list[str] | None, practice_id: str) -> dict[str, Booking]:
        if series_ids is None:
            found = [booking for _, booking in self.agreed_bookings(practice_id)]
        else:
            table, found = schema.bookings, []
            for some in portions(series_ids):
                agreed = table.c.series_id.in_(some) & (table.c.state == BookingState.BOOKED)
                rows = self.connection.execute(sa.select(table).where(agreed).order_by(table.c.day, table.c.time))
                found += [_booking(row) for row in rows]
        return {booking.series_id: booking for booking in reversed(found)}

    def _outcomes_seen(self, series_ids: list[str], planned: dict[str, int]) -> dict[str, frozenset[FinalOutcome]]:
        """The final outcomes that have photos, of series whose treatments are done."""
        table, photos = schema.sessions, schema.photos
        seen: dict[str, frozenset[FinalOutcome]] = {}
        photographed = sa.exists().where(photos.c.session_id == table.c.id)
        for some in portions(series_ids):
            wanted = sa.select(table.c.series_id, table.c.date, table.c.kind, photographed.label("photographed"))
            rows = self.connection.execute(
                wanted.where(table.c.series_id.in_(some)).order_by(table.c.series_id, table.c.date)
            )
            series, treatments, last = "", 0, date.min
            for row in rows:
                if row.series_id != series:
                    series, treatments, last = row.series_id, 0, date.min
                days = (row.date - last).days if treatments else None
                outcome = FinalOutcome.at(days, treatments, planned[series]) if row.photographed else None
                if outcome is not None:
                    seen[series] = seen.get(series, frozenset()) | {outcome}
                if row.kind is SessionKind.TREATMENT:
                    treatments, last = treatments + 1, row.date
        return seen


def _standing_rows(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Those series with their patients' codes and what their sessions add up to."""
    series, patients, table = schema.series, schema.patients, schema.sessions
    treated = sa.case((table.c.kind == SessionKind.TREATMENT, table.c.date))
    figures = (
        sa.func.count().label("sessions"),
        sa.func.count(treated).label("treatments"),
        sa.func.max(treated).label("last_treatment"),
        sa.func.max(table.c.date).label("last_session"),
    )
    mine = table.c.series_id.in_(sa.select(series.c.id).where(which))
    summed = sa.select(table.c.series_id, *figures).where(mine).group_by(table.c.series_id).subquery()
    joined = sa.join(series, patients, series.c.patient_id == patients.c.id).outerjoin(
        summed, summed.c.series_id == series.c.id
    )
    columns = (patients.c.code, summed.c.sessions, summed.c.treatments, summed.c.last_treatment, summed.c.last_session)
    return sa.select(series, *columns).select_from(joined).where(which).order_by(patients.c.code, series.c.sequence)


def _may_show_outcome(row: sa.Row[Any]) -> bool:
    """Whether the days of a series allow a photo of its final outcome: most series need no second look."""
    treatments = row.treatments or 0
    earliest = FinalOutcome.AT_90_DAYS.days - OUTCOME_WINDOW_DAYS
    if treatments < row.planned_sessions or row.last_treatment is None:
        return False
    return treatments > row.planned_sessions or bool((row.last_session - row.last_treatment).days >= earliest)


def _booking(row: sa.Row[Any]) -> Booking:
    return Booking(row.id, row.series_id, row.day, row.time, row.kind, row.state, row.created)


_NO = f'"reply": "{Reply.NO.name}"'
"""As JSON has it; in a note it would stand with its quotes escaped."""


def _is_flagged(text: str) -> bool:
    if text.count(_NO) == len(Question):
        return False
    replies = json.loads(text)["replies"]
    return any(
        question.name not in replies or replies[question.name]["reply"] != Reply.NO.name for question in Question
    )


def _candidacy(row: sa.Row[Any]) -> Candidacy:
    kept = row.answers["replies"]
    answers = tuple(
        Answer(question, Reply[kept[question.name]["reply"]], kept[question.name]["note"])
        if question.name in kept
        else Answer(question)
        for question in Question
    )
    return Candidacy(row.id, row.patient_id, answers, row.answers["months"], row.note, row.author_id, row.created)
