"""Finding patients: names are sealed, so a search opens all of a practice, and a list only those that it shows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.people import Queries

MOST_NAMED = 500
"""Ids in one question: SQLite takes 32766, and no page shows more."""


@dataclass(frozen=True, slots=True)
class Who:
    """A patient as far as a list shows one."""

    id: str
    code: str
    name: str


class FindQueries(Queries):
    """Patients as lists show them."""

    def find_patients(self, practice_id: str, words: str, most: int) -> tuple[list[Who], int]:
        """Patients whose code or name holds these letters, by code, and how many there are altogether.

        Only names are sealed, so every name of the practice is opened for a search: 5 us each.
        """
        table, words = schema.patients, words.strip().casefold()
        wanted = of_practice(sa.select(table.c.id, table.c.code, table.c.name_sealed), practice_id)
        wanted = wanted.order_by(table.c.code)
        if not words:
            count = sa.select(sa.func.count()).select_from(wanted.subquery())
            first = self.connection.execute(wanted.limit(most)).all()
            return [self._who(row) for row in first], int(self.connection.execute(count).scalar() or 0)
        found, total = [], 0
        for row in self.connection.execute(wanted):
            if words in row.code.casefold() or words in f"{row.code} · {self._name(row)}".casefold():
                total += 1
                if total <= most:
                    found.append(self._who(row))
        return found, total

    def count_patients(self, practice_id: str = "") -> int:
        """How many patients a practice has."""
        wanted = of_practice(sa.select(sa.func.count()).select_from(schema.patients), practice_id)
        return int(self.connection.execute(wanted).scalar() or 0)

    def whos(self, patient_ids: Collection[str]) -> dict[str, Who]:
        """Code and name of some patients by their id."""
        table = schema.patients
        found: dict[str, Who] = {}
        for some in portions(patient_ids):
            wanted = sa.select(table.c.id, table.c.code, table.c.name_sealed).where(table.c.id.in_(some))
            found |= {row.id: self._who(row) for row in self.connection.execute(wanted)}
        return found

    def _who(self, row: Any) -> Who:
        return Who(row.id, row.code, self._name(row))

    def _name(self, row: Any) -> str:
        return "" if row.name_sealed is None else self.sealer.open(row.name_sealed, f"patients.name {row.id}")


def of_practice(wanted: sa.Select[Any], practice_id: str) -> sa.Select[Any]:
    """The same question about the patients of one practice, or of all where none is named."""
    return wanted.where(schema.patients.c.practice_id == practice_id) if practice_id else wanted


def portions(ids: Iterable[str]) -> list[list[str]]:
    """Some ids, each once, in portions that fit into one question."""
    known = list(dict.fromkeys(ids))
    return [known[at : at + MOST_NAMED] for at in range(0, len(known), MOST_NAMED)]
