"""Queries about patients, series and sessions."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.sealing import Sealer
from tracker.clinic.types import (
    FIRST_PRACTICE,
    SHORTEST_INTERVAL_DAYS,
    Fitzpatrick,
    Patient,
    Series,
    SeriesPlan,
    Session,
    SessionKind,
    Visit,
    Zone,
)
from tracker.errors import InvalidInput, NotFound

ORDER_OF_DAY = {SessionKind.BASELINE: 0, SessionKind.TREATMENT: 1, SessionKind.FOLLOW_UP: 2}


class Queries:
    """Shared ground of all queries: one connection inside one transaction.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open, in a transaction.
    sealer : Sealer
        For what is sealed at rest.
    """

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self.connection = connection
        self.sealer = sealer

    def one(self, table: sa.Table, record_id: str, what: str) -> sa.Row[Any]:
        """The row with that id; raises NotFound."""
        row = self.connection.execute(sa.select(table).where(table.c.id == record_id)).first()
        if row is None:
            raise NotFound(f"{what}: expected a record with this id, found none; it may have been removed.")
        return row

    def add(self, table: sa.Table, values: dict[str, Any], parent: str = "") -> str:
        """The id of a new row; ``parent`` names the column whose children are counted."""
        row = {"id": uuid4().hex, "created": datetime.now(UTC)} | values
        if parent:
            last = sa.select(sa.func.max(table.c.sequence)).where(table.c[parent] == values[parent])
            row["sequence"] = (self.connection.execute(last).scalar() or 0) + 1
        self.connection.execute(sa.insert(table).values(row))
        return str(row["id"])


class PeopleQueries(Queries):
    """Patients, series, sessions."""

    def add_patient(
        self,
        code: str,
        name: str,
        practice_id: str = FIRST_PRACTICE,
        birth_date: date | None = None,
        fitzpatrick: Fitzpatrick | None = None,
    ) -> Patient:
        """A new patient; the next free ``P-001`` where no code is given."""
        code = short(code, "Patient code", 64) or self._free_code()
        if self.patient_by_code(code) is not None:
            raise InvalidInput(f"Patient code {code}: expected a new code, found that it is taken; choose another.")
        patient_id = uuid4().hex
        known = self._sealed(patient_id, short(name, "Patient name", 200), birth_date)
        values = {"id": patient_id, "code": code, "practice_id": practice_id, "fitzpatrick": fitzpatrick, **known}
        self.add(schema.patients, values)
        return self.patient(patient_id)

    def change_patient(
        self, patient_id: str, name: str, birth_date: date | None, fitzpatrick: Fitzpatrick | None
    ) -> Patient:
        """The patient with another name, birth date or skin type."""
        self.patient(patient_id)
        known = self._sealed(patient_id, short(name, "Patient name", 200), birth_date)
        changed = sa.update(schema.patients).where(schema.patients.c.id == patient_id)
        self.connection.execute(changed.values(fitzpatrick=fitzpatrick, **known))
        return self.patient(patient_id)

    def _sealed(self, patient_id: str, name: str, birth_date: date | None) -> dict[str, bytes | None]:
        birth = "" if birth_date is None else birth_date.isoformat()
        return {
            f"{column}_sealed": self.sealer.seal(text, f"patients.{column} {patient_id}") if text else None
            for column, text in (("name", name), ("birth", birth))
        }

    def _free_code(self) -> str:
        taken = set(self.connection.execute(sa.select(schema.patients.c.code)).scalars())
        return next(code for n in range(1, len(taken) + 2) if (code := f"P-{n:03d}") not in taken)

    def patients(self, practice_id: str = "") -> list[Patient]:
        """All patients of a practice, or of all, by code."""
        table = schema.patients
        wanted = sa.select(table).order_by(table.c.code)
        wanted = wanted.where(table.c.practice_id == practice_id) if practice_id else wanted
        return [self._patient(row) for row in self.connection.execute(wanted)]

    def patient(self, patient_id: str) -> Patient:
        """One patient."""
        return self._patient(self.one(schema.patients, patient_id, "Patient"))

    def _patient(self, row: sa.Row[Any]) -> Patient:
        name, birth = (
            "" if sealed is None else self.sealer.open(sealed, f"patients.{column} {row.id}")
            for column, sealed in (("name", row.name_sealed), ("birth", row.birth_sealed))
        )
        born = date.fromisoformat(birth) if birth else None
        return Patient(row.id, row.code, name, row.created, row.practice_id, born, row.fitzpatrick)

    def patient_by_code(self, code: str) -> Patient | None:
        """The patient with that code."""
        found = sa.select(schema.patients).where(schema.patients.c.code == code.strip())
        row = self.connection.execute(found).first()
        return None if row is None else self._patient(row)

    def add_series(self, patient_id: str, plan: SeriesPlan) -> Series:
        """A new series of a patient."""
        self.patient(patient_id)
        values = {
            "patient_id": patient_id,
            "indication": plan.indication,
            "site": plan.site,
            "detail": short(plan.detail, "Part of the site", 200),
            "planned_sessions": plan.planned_sessions,
            "interval_days": plan.interval_days,
            "primary_metric": plan.primary_metric,
            "maintenance_days": plan.maintenance_days,
        }
        return self.series(self.add(schema.series, values, parent="patient_id"))

    def change_series(self, series_id: str, plan: SeriesPlan) -> Series:
        """The series with other numbers in its plan; what is treated, where, and what decides stay."""
        self.series(series_id)
        changed = sa.update(schema.series).where(schema.series.c.id == series_id)
        numbers = ("planned_sessions", "interval_days", "maintenance_days")
        self.connection.execute(changed.values({one: getattr(plan, one) for one in numbers}))
        return self.series(series_id)

    def end_series(self, series_id: str, ended: date | None, reason: str) -> Series:
        """The series as ended on a day, or as going on again."""
        self.series(series_id)
        changed = sa.update(schema.series).where(schema.series.c.id == series_id)
        self.connection.execute(changed.values(ended=ended, end_reason=short(reason, "Reason", 200)))
        return self.series(series_id)

    def series(self, series_id: str) -> Series:
        """One series."""
        return _series(self.one(schema.series, series_id, "Series"))

    def series_of(self, patient_id: str) -> list[Series]:
        """A patient's series, oldest first."""
        self.patient(patient_id)
        table = schema.series
        found = sa.select(table).where(table.c.patient_id == patient_id).order_by(table.c.sequence)
        return [_series(row) for row in self.connection.execute(found)]

    def add_session(self, series_id: str, visit: Visit) -> Session:
        """A new session of a series."""
        self.series(series_id)
        return self.session(
            self.add(schema.sessions, {"series_id": series_id, **_visit_values(visit)}, parent="series_id")
        )

    def change_session(self, session_id: str, visit: Visit) -> Session:
        """The session with other details."""
        self.one(schema.sessions, session_id, "Session")
        table = schema.sessions
        self.connection.execute(sa.update(table).where(table.c.id == session_id).values(_visit_values(visit)))
        return self.session(session_id)

    def session(self, session_id: str) -> Session:
        """One session, with its place in the series."""
        row = self.one(schema.sessions, session_id, "Session")
        return next(found for found in self.sessions_of(row.series_id) if found.id == session_id)

    def sessions_of(self, series_id: str) -> list[Session]:
        """A series' sessions by date; on one day by kind, then by arrival."""
        self.series(series_id)
        rows = self.connection.execute(sa.select(schema.sessions).where(schema.sessions.c.series_id == series_id)).all()
        return _placed(sorted(rows, key=lambda row: (row.date, ORDER_OF_DAY[row.kind], row.sequence)))


def short(text: str, what: str, most: int) -> str:
    """The text without outer blanks; raises InvalidInput where it is too long or holds control characters."""
    text = text.strip()
    if len(text) > most:
        raise InvalidInput(f"{what}: expected at most {most} characters, found {len(text)}; shorten it.")
    if not text.isprintable():
        raise InvalidInput(f"{what}: expected plain text on one line, found control characters; type it again.")
    return text


def _visit_values(visit: Visit) -> dict[str, Any]:
    if len(visit.notes) > 20_000:  # ten pages; keeps a pasted file out of the record
        raise InvalidInput(f"Notes: expected at most 20000 characters, found {len(visit.notes)}; shorten them.")
    if len(visit.reaction) > 5_000:
        raise InvalidInput(f"Reaction: expected at most 5000 characters, found {len(visit.reaction)}; shorten it.")
    return {
        "date": visit.date,
        "kind": visit.kind,
        "device": short(visit.device, "Device", 200),
        "needle_depth_mm": visit.needle_depth_mm,
        "serum": short(visit.serum, "Serum", 200),
        "notes": visit.notes.replace("\0", ""),  # PostgreSQL text cannot hold it
        "sector": visit.sector,
        "zones": [{"name": zone.name, "depth_mm": zone.depth_mm, "passes": zone.passes} for zone in visit.zones],
        "booster": visit.booster,
        "anaesthetic": short(visit.anaesthetic, "Anaesthetic", 200),
        "reaction": visit.reaction.replace("\0", ""),
    }


def _visit(row: sa.Row[Any]) -> Visit:
    return Visit(
        row.date,
        row.kind,
        row.device,
        row.needle_depth_mm,
        row.serum,
        row.notes,
        row.sector,
        tuple(Zone(zone["name"], zone["depth_mm"], zone["passes"]) for zone in row.zones),
        row.booster,
        row.anaesthetic,
        row.reaction,
    )


def _placed(rows: Sequence[sa.Row[Any]]) -> list[Session]:
    """Sessions with their number and the days since the treatment before them."""
    sessions: list[Session] = []
    needled: date | None = None
    treatments = 0
    for number, row in enumerate(rows, 1):
        days = None if needled is None else (row.date - needled).days
        notice, before = "", treatments
        if row.kind is SessionKind.TREATMENT:
            if days is not None and days < SHORTEST_INTERVAL_DAYS:
                notice = f"{days} days since the last needling: at least {SHORTEST_INTERVAL_DAYS} are advised."
            needled, treatments = row.date, treatments + 1
        sessions.append(Session(row.id, row.series_id, _visit(row), row.created, number, days, notice, before))
    return sessions


def _series(row: sa.Row[Any]) -> Series:
    return Series(row.id, row.patient_id, plan_of(row), row.created, row.ended, row.end_reason)


def plan_of(row: sa.Row[Any]) -> SeriesPlan:
    """The plan in a row of the table of series, or in one that has its columns."""
    return SeriesPlan(
        row.indication,
        row.site,
        row.detail,
        row.planned_sessions,
        row.interval_days,
        row.primary_metric,
        row.maintenance_days,
    )
