"""What of a whole practice waits for somebody: asked over sets, and no name is opened."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.finding import FindQueries, of_practice
from tracker.clinic.types import AnalysisStatus, Purpose, SessionKind


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits, by where it is done.

    Parameters
    ----------
    patient_id, code : str
        Whose.
    series_id, session_id : str
        Empty where it is about the patient.
    day : date
        Of the session, or the last day on which the patient was seen.
    """

    patient_id: str
    code: str
    series_id: str = ""
    session_id: str = ""
    day: date = date.min


class AgendaQueries(FindQueries):
    """Photos without a comparison, patients without a consent or a checklist, comparisons without a release."""

    def never_compared(self, practice_id: str = "") -> list[Waiting]:
        """The newest session with photos of each running series, where none of them was compared although one could."""
        photos, sessions = schema.photos, schema.sessions
        has_photos = sa.exists().where(photos.c.session_id == sessions.c.id)
        placed = sa.select(
            sessions.c.id,
            sessions.c.series_id,
            sessions.c.date,
            sa.func.row_number()
            .over(partition_by=sessions.c.series_id, order_by=(sessions.c.date.desc(), sessions.c.sequence.desc()))
            .label("place"),
        )
        newest = placed.where(has_photos).subquery()
        earlier, taken, before = sessions.alias("earlier"), photos.alias("taken"), photos.alias("before")
        comparable = (
            sa.exists()
            .where(taken.c.session_id == newest.c.id)
            .where(earlier.c.series_id == newest.c.series_id, earlier.c.date < newest.c.date)
            .where(before.c.session_id == earlier.c.id, before.c.view == taken.c.view)
        )
        found = self._running(newest, newest.c.series_id, practice_id, newest.c.id.label("session_id"), newest.c.date)
        rows = self.connection.execute(
            found.where(newest.c.place == 1, ~_compared(newest.c.id), comparable).order_by(newest.c.date.desc())
        )
        return [Waiting(row.patient_id, row.code, row.series_id, row.session_id, row.date) for row in rows]

    def release_waiting(self, practice_id: str = "") -> list[Waiting]:
        """The newest compared session of patients who can sign in, where nothing of it was released to them."""
        users, photos, analyses = schema.users, schema.photos, schema.analyses
        sessions, series, releases = schema.sessions, schema.series, schema.releases
        able = sa.select(users.c.patient_id).where(users.c.patient_id.is_not(None), users.c.disabled.is_(None))
        joined = sa.join(series, sessions, sessions.c.series_id == series.c.id)
        joined = joined.join(photos, photos.c.session_id == sessions.c.id)
        joined = joined.join(analyses, analyses.c.followup_photo_id == photos.c.id)
        newest = (
            sa.select(series.c.id.label("series_id"), sa.func.max(sessions.c.date).label("date"))
            .select_from(joined)
            .where(series.c.patient_id.in_(able), analyses.c.status == AnalysisStatus.DONE)
            .group_by(series.c.id)
            .subquery()
        )
        later = sessions.alias("later")
        found = self._running(
            sa.join(newest, later, (later.c.series_id == newest.c.series_id) & (later.c.date == newest.c.date)),
            newest.c.series_id,
            practice_id,
            later.c.id.label("session_id"),
            newest.c.date,
        )
        released = (
            sa.exists()
            .where(photos.c.session_id == later.c.id, releases.c.photo_id == photos.c.id)
            .where(releases.c.withdrawn.is_(None))
        )
        rows = self.connection.execute(found.where(_compared(later.c.id), ~released).order_by(newest.c.date.desc()))
        return [Waiting(row.patient_id, row.code, row.series_id, row.session_id, row.date) for row in rows]

    def without_consent(self, today: date, practice_id: str = "") -> list[Waiting]:
        """Patients with a running series and no valid consent to photos for their treatment, the last seen first."""
        table, patients, series, sessions = schema.consents, schema.patients, schema.series, schema.sessions
        newer = table.alias("newer")
        overtaken = sa.exists().where(
            newer.c.patient_id == table.c.patient_id,
            newer.c.purpose == table.c.purpose,
            newer.c.sequence > table.c.sequence,
        )
        valid = (
            sa.exists()
            .where(table.c.patient_id == patients.c.id, table.c.purpose == Purpose.TREATMENT, table.c.given)
            .where(sa.or_(table.c.expires.is_(None), table.c.expires >= today), ~overtaken)
        )
        joined = sa.join(patients, series, series.c.patient_id == patients.c.id).outerjoin(
            sessions, sessions.c.series_id == series.c.id
        )
        last = sa.func.max(sessions.c.date).label("last")
        wanted = sa.select(patients.c.id, patients.c.code, last).select_from(joined).where(series.c.ended.is_(None))
        wanted = wanted.where(~valid).group_by(patients.c.id, patients.c.code)
        rows = self.connection.execute(
            of_practice(wanted, practice_id).order_by(sa.func.coalesce(last, date.max).desc())
        )
        return [Waiting(row.id, row.code, day=row.last or date.min) for row in rows]

    def unanswered(self, practice_id: str = "") -> tuple[list[str], list[Waiting]]:
        """Checklists that no treatment followed, by patient, and patients of running series without any checklist.

        A checklist that a treatment followed was seen by whoever treated; one from the day of the treatment was, too.
        """
        table, patients, series, sessions = schema.candidacies, schema.patients, schema.series, schema.sessions
        treated = sa.case((sessions.c.kind == SessionKind.TREATMENT, sessions.c.date))
        joined = sa.join(patients, series, series.c.patient_id == patients.c.id).outerjoin(
            sessions, sessions.c.series_id == series.c.id
        )
        running = sa.select(
            patients.c.id,
            patients.c.code,
            sa.func.max(treated).label("last"),
            sa.func.max(sessions.c.date).label("seen"),
        ).select_from(joined)
        running = running.where(series.c.ended.is_(None)).group_by(patients.c.id, patients.c.code)
        newest = sa.select(table.c.patient_id, sa.func.max(table.c.created)).group_by(table.c.patient_id)
        answered = {patient_id: created.astimezone().date() for patient_id, created in self.connection.execute(newest)}
        rows = self.connection.execute(of_practice(running, practice_id).order_by(patients.c.code)).all()
        recent = [row.id for row in rows if row.id in answered and (row.last is None or row.last < answered[row.id])]
        never = [Waiting(row.id, row.code, day=row.seen or date.min) for row in rows if row.id not in answered]
        return recent, sorted(never, key=lambda one: one.day, reverse=True)

    def _running(
        self, source: Any, series_id: sa.ColumnElement[str], practice_id: str, *columns: Any
    ) -> sa.Select[Any]:
        """Something of running series, with whose it is."""
        series, patients = schema.series, schema.patients
        joined = sa.join(source, series, series.c.id == series_id).join(patients, patients.c.id == series.c.patient_id)
        wanted = sa.select(series.c.patient_id, patients.c.code, series.c.id.label("series_id"), *columns)
        return of_practice(wanted.select_from(joined).where(series.c.ended.is_(None)), practice_id)


def _compared(session_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a photo of the session was compared with an earlier one."""
    photos, analyses = schema.photos.alias("compared_photos"), schema.analyses.alias("made")
    return sa.exists().where(photos.c.session_id == session_id, analyses.c.followup_photo_id == photos.c.id)
