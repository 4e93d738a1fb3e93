"""The audit log: who did what to whose record, when, and how it ended; no names, no pixels, no secrets.

Each entry holds the hash of the one before, so that an entry that was altered, removed or moved is found.
"""

import hashlib
import json
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.people import Queries

DONE, REFUSED, FAILED = "done", "refused", "failed"
_COLUMNS = ("number", "at", "practice_id", "user_id", "sign_in", "action", "result", "patient_id", "objects")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done or refused.

    Parameters
    ----------
    practice_id, user_id, sign_in : str
        Who; a user id is empty for the operator of the computer and for nobody yet known.
    action : str
        Wording of the action.
    patient_id : str
        Whose record; empty where it is about none.
    objects : str
        ``"photo 3f2a..."``: ids only.
    result : str
        Done, refused or failed.
    """

    practice_id: str
    user_id: str
    sign_in: str
    action: str
    patient_id: str = ""
    objects: str = ""
    result: str = DONE


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed as it stands in the log."""

    number: int
    at: datetime
    deed: Deed


DEED: ContextVar[Deed | None] = ContextVar("deed", default=None)
"""What is being done in this thread; every transaction that writes leaves it in the log."""


class AuditQueries(Queries):
    """Writing and reading the log."""

    def add_deed(self, deed: Deed) -> None:
        """One more entry, at the end of the chain; only inside a transaction that writes, so that none is lost."""
        table = schema.audit
        last = self.connection.execute(
            sa.select(table.c.number, table.c.digest).order_by(table.c.number.desc()).limit(1)
        ).first()
        number, previous = (last.number + 1, last.digest) if last else (1, "")
        row = {
            "number": number,
            "at": datetime.now(UTC),
            "practice_id": deed.practice_id,
            "user_id": deed.user_id,
            "sign_in": deed.sign_in,
            "action": deed.action,
            "result": deed.result,
            "patient_id": deed.patient_id,
            "objects": deed.objects[:400],
        }
        row |= {"previous": previous, "digest": digest_of(row, previous)}
        self.connection.execute(sa.insert(table).values(row))

    def deeds(self, practice_id: str, *, before: int = 0, patient_id: str = "", most: int = 200) -> list[Entry]:
        """The newest entries of a practice, or those older than a number; of one patient where one is named."""
        table = schema.audit
        wanted = sa.select(table).where(table.c.practice_id == practice_id)
        wanted = wanted.where(table.c.number < before) if before else wanted
        wanted = wanted.where(table.c.patient_id == patient_id) if patient_id else wanted
        rows = self.connection.execute(wanted.order_by(table.c.number.desc()).limit(most))
        return [
            Entry(
                row.number,
                row.at,
                Deed(row.practice_id, row.user_id, row.sign_in, row.action, row.patient_id, row.objects, row.result),
            )
            for row in rows
        ]

    def last_deed(self, actions: Sequence[str]) -> int:
        """Number of the newest entry with one of these actions; 0 where there is none."""
        table = schema.audit
        newest = sa.select(table.c.number).where(table.c.action.in_(actions)).order_by(table.c.number.desc()).limit(1)
        return int(self.connection.execute(newest).scalar() or 0)

    def first_broken_deed(self) -> int | None:
        """Number of the first entry that does not follow from the one before; None where the chain holds."""
        table = schema.audit
        expected, previous = 1, ""
        for row in self.connection.execute(sa.select(table).order_by(table.c.number)):
            values = {name: getattr(row, name) for name in _COLUMNS}
            sound = row.number == expected and row.previous == previous and row.digest == digest_of(values, previous)
            if not sound:
                return int(expected if row.number != expected else row.number)
            expected, previous = expected + 1, row.digest
        return None


def digest_of(row: dict[str, Any], previous: str) -> str:
    """SHA-256 of an entry and of the one before it."""
    told: Sequence[str] = [str(row[name]) if name != "at" else row[name].isoformat() for name in _COLUMNS]
    return hashlib.sha256(json.dumps([previous, *told]).encode()).hexdigest()
