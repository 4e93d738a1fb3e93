"""Queries about pictures that were given away, and about what may be given away."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.people import Queries
from tracker.clinic.types import AnalysisStatus, Purpose
from tracker.clinic.types.review import Exportable, ExportRecord


class ExportQueries(Queries):
    """Pictures that were given away."""

    def valid_consent(self, patient_id: str, purpose: Purpose, today: date | None = None) -> str:
        """Id of the consent that allows a purpose at this moment; empty where there is none."""
        table = schema.consents
        mine = sa.and_(table.c.patient_id == patient_id, table.c.purpose == purpose)
        newest = sa.select(table).where(mine).order_by(table.c.sequence.desc()).limit(1)
        row = self.connection.execute(newest).first()
        return "" if row is None or not _holds(row, today) else str(row.id)

    def patients_for_export(self, practice_id: str = "", today: date | None = None) -> dict[str, set[Purpose]]:
        """Every patient of a practice, or of all, who consents to an export at this moment, with the purposes."""
        table, patients = schema.consents, schema.patients
        found = sa.select(table).join(patients, patients.c.id == table.c.patient_id).order_by(table.c.sequence)
        found = found.where(patients.c.practice_id == practice_id) if practice_id else found
        newest = {(row.patient_id, row.purpose): row for row in self.connection.execute(found)}
        allowed: dict[str, set[Purpose]] = {}
        for (patient_id, purpose), row in newest.items():
            if purpose.exported and _holds(row, today):
                allowed.setdefault(patient_id, set()).add(purpose)
        return allowed

    def comparisons_for_export(self, patient_ids: list[str]) -> list[Exportable]:
        """The newest comparison of every two visits of these patients that could be compared, by patient and date."""
        table, series = schema.analyses, schema.series
        first, second = schema.photos.alias("first"), schema.photos.alias("second")
        earlier, later = schema.sessions.alias("earlier"), schema.sessions.alias("later")
        found: sa.Select[Any] = (
            sa.select(
                table.c.id,
                series.c.patient_id,
                series.c.id.label("series_id"),
                table.c.baseline_photo_id,
                table.c.followup_photo_id,
                earlier.c.date.label("first_day"),
                later.c.date.label("second_day"),
                second.c.view,
                first.c.moment.label("first_moment"),
                second.c.moment.label("second_moment"),
                earlier.c.id.label("earlier_id"),
                later.c.id.label("later_id"),
            )
            .join(first, first.c.id == table.c.baseline_photo_id)
            .join(second, second.c.id == table.c.followup_photo_id)
            .join(earlier, earlier.c.id == first.c.session_id)
            .join(later, later.c.id == second.c.session_id)
            .join(series, series.c.id == later.c.series_id)
            .where(series.c.patient_id.in_(patient_ids), earlier.c.id != later.c.id)
            .where(table.c.status == AnalysisStatus.DONE)
            .order_by(series.c.patient_id, series.c.sequence, later.c.date, second.c.sequence, table.c.created.desc())
        )
        once: dict[tuple[Any, ...], sa.Row[Any]] = {}
        for row in self.connection.execute(found):
            once.setdefault((row.earlier_id, row.later_id, row.view, row.first_moment, row.second_moment), row)
        return [_exportable(row) for row in once.values()]

    def add_export(
        self, patient_id: str, purpose: Purpose, consent_id: str, about: tuple[str, str, str], author_id: str
    ) -> ExportRecord:
        """A picture that left the clinic; ``about`` is the analysis, the kind of file and the SHA-256 of its bytes."""
        analysis_id, kind, sha256 = about
        values = {
            "patient_id": patient_id,
            "purpose": purpose,
            "consent_id": consent_id,
            "analysis_id": analysis_id,
            "kind": kind,
            "sha256": sha256,
            "author_id": author_id,
        }
        export_id = self.add(schema.exports, values, parent="patient_id")
        return next(one for one in self.exports_of(patient_id) if one.id == export_id)

    def exports_of(self, patient_id: str) -> list[ExportRecord]:
        """Every picture of a patient that left the clinic, newest first."""
        return [_record(row) for row in self.connection.execute(_made().where(_EXPORTS.c.patient_id == patient_id))]

    def exports_by_practice(self, practice_id: str = "", most: int = 200) -> list[ExportRecord]:
        """The newest pictures that left a practice, or all of them."""
        found = _made().limit(most)
        if practice_id:
            found = found.join(schema.patients, schema.patients.c.id == _EXPORTS.c.patient_id)
            found = found.where(schema.patients.c.practice_id == practice_id)
        return [_record(row) for row in self.connection.execute(found)]


_EXPORTS = schema.exports


def _made() -> sa.Select[Any]:
    users = schema.users
    found = sa.select(_EXPORTS, users.c.name.label("author")).select_from(_EXPORTS)
    found = found.outerjoin(users, users.c.id == _EXPORTS.c.author_id)
    return found.order_by(_EXPORTS.c.created.desc(), _EXPORTS.c.sequence.desc())


def _holds(row: sa.Row[Any], today: date | None) -> bool:
    day = today or datetime.now(UTC).astimezone().date()
    return bool(row.given) and (row.expires is None or row.expires >= day)


def _record(row: sa.Row[Any]) -> ExportRecord:
    what = (row.id, row.patient_id, row.purpose, row.consent_id, row.analysis_id, row.kind, row.sha256)
    return ExportRecord(*what, row.author_id, row.author or "", row.created)


def _exportable(row: sa.Row[Any]) -> Exportable:
    return Exportable(
        row.id,
        row.patient_id,
        row.series_id,
        row.baseline_photo_id,
        row.followup_photo_id,
        (row.first_day, row.second_day),
        row.view,
        (row.first_moment, row.second_moment),
    )
