"""Whose an object is, and what permission to see it depends on: one query for each kind of object."""

from datetime import UTC, date, datetime

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.people import Queries
from tracker.clinic.types import Kind, Purpose, Target


class TargetQueries(Queries):
    """What an action is about."""

    def target(self, kind: Kind, object_id: str) -> Target | None:
        """Owner and state of an object; None where there is none with this id."""
        if kind is Kind.USER:
            users = schema.users
            row = self.connection.execute(sa.select(users.c.practice_id).where(users.c.id == object_id)).first()
            return None if row is None else Target(row.practice_id)
        row = self.connection.execute(_owner(kind, object_id)).first()
        if row is None:
            return None
        return Target(row.practice_id, row.id, self._released(kind, object_id), bool(self.export_purposes(row.id)))

    def export_purposes(self, patient_id: str, today: date | None = None) -> set[Purpose]:
        """For which exports a patient has a valid consent: the newest word on each purpose counts."""
        return {one for one in self.consented(patient_id, today) if one.exported}

    def consented(self, patient_id: str, today: date | None = None) -> set[Purpose]:
        """Every purpose that a patient consents to at this moment."""
        table, day = schema.consents, today or datetime.now(UTC).astimezone().date()
        rows = self.connection.execute(
            sa.select(table.c.purpose, table.c.given, table.c.expires)
            .where(table.c.patient_id == patient_id)
            .order_by(table.c.sequence)
        )
        newest = {row.purpose: row for row in rows}
        return {purpose for purpose, row in newest.items() if row.given and (row.expires is None or row.expires >= day)}

    def released_photos(self, photo_ids: list[str]) -> set[str]:
        """Those of some photos that are released to their patient."""
        table = schema.releases
        wanted = sa.select(table.c.photo_id).where(table.c.photo_id.in_(photo_ids), table.c.withdrawn.is_(None))
        return set(self.connection.execute(wanted).scalars())

    def _released(self, kind: Kind, object_id: str) -> bool:
        if kind is Kind.PHOTO:
            return bool(self.released_photos([object_id]))
        if kind is Kind.ANALYSIS:  # a picture of it shows both photos
            table = schema.analyses
            both = sa.select(table.c.baseline_photo_id, table.c.followup_photo_id).where(table.c.id == object_id)
            pair = self.connection.execute(both).first()
            return pair is not None and len(self.released_photos(list(pair))) == len(set(pair))
        return False


def _owner(kind: Kind, object_id: str) -> sa.Select[tuple[str, str]]:
    """Id and practice of the patient that an object belongs to."""
    patients, series, sessions, photos = schema.patients, schema.series, schema.sessions, schema.photos
    found = sa.select(patients.c.id, patients.c.practice_id)
    to_series = sa.join(patients, series, series.c.patient_id == patients.c.id)
    to_sessions = sa.join(to_series, sessions, sessions.c.series_id == series.c.id)
    to_photos = sa.join(to_sessions, photos, photos.c.session_id == sessions.c.id)
    of_patient = {Kind.DIARY: schema.diary, Kind.RELEASE: schema.releases}
    of_series = {Kind.BOOKING: schema.bookings, Kind.COMMENT: schema.comments}
    if kind in of_patient:
        table = of_patient[kind]
        return found.select_from(sa.join(patients, table, table.c.patient_id == patients.c.id)).where(
            table.c.id == object_id
        )
    if kind in of_series:
        table = of_series[kind]
        return found.select_from(sa.join(to_series, table, table.c.series_id == series.c.id)).where(
            table.c.id == object_id
        )
    if kind is Kind.ANALYSIS:
        table = schema.analyses
        joined = sa.join(to_photos, table, table.c.baseline_photo_id == photos.c.id)
        return found.select_from(joined).where(table.c.id == object_id)
    source, column = {
        Kind.PATIENT: (patients, patients.c.id),
        Kind.SERIES: (to_series, series.c.id),
        Kind.SESSION: (to_sessions, sessions.c.id),
        Kind.PHOTO: (to_photos, photos.c.id),
    }[kind]
    return found.select_from(source).where(column == object_id)
