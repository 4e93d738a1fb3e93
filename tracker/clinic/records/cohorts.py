"""Queries over many patients at once: a few statements for a whole practice, whatever its size."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.people import Queries
from tracker.clinic.types import Indication, SessionKind

CHUNK = 500
"""Ids in one statement: SQLite takes 32,766 values, old builds 999."""


class Treated(NamedTuple):
    """How one series was treated, without its photos: what tells protocols apart."""

    series_id: str
    patient_id: str
    indication: Indication
    interval_days: int
    needlings: tuple[tuple[str, float | None], ...]
    """Device and depth of each treatment, by date."""


class CohortQueries(Queries):
    """Whole practices."""

    def treated(self, practice_id: str = "", indication: Indication | None = None) -> list[Treated]:
        """Every series of a practice, or of all, by patient code and then by age, with its needlings: one statement."""
        people, series, sessions = schema.patients, schema.series, schema.sessions
        needled = sa.and_(sessions.c.series_id == series.c.id, sessions.c.kind == SessionKind.TREATMENT)
        found = (
            sa.select(
                series.c.id,
                series.c.patient_id,
                series.c.indication,
                series.c.interval_days,
                sessions.c.id.label("session_id"),
                sessions.c.device,
                sessions.c.needle_depth_mm,
            )
            .select_from(sa.join(people, series, series.c.patient_id == people.c.id).outerjoin(sessions, needled))
            .order_by(people.c.code, series.c.sequence, sessions.c.date, sessions.c.sequence)
        )
        found = found.where(people.c.practice_id == practice_id) if practice_id else found
        found = found if indication is None else found.where(series.c.indication == indication)
        rows: Sequence[Any] = self.connection.execute(found).all()
        return [_treated(list(same)) for _, same in groupby(rows, key=_series_id)]

    def sizes(self) -> tuple[int, ...]:
        """How many rows there are of everything that an answer over a practice rests on."""
        counts = [sa.select(sa.func.count()).select_from(one).scalar_subquery() for one in _COUNTED]
        return tuple(self.connection.execute(sa.select(*counts)).one())

    def lately_needled(self, practice_id: str, today: date, first_day: int, last_day: int) -> list[str]:
        """Ids of series with photos that were taken so many days after a needling that is not longer ago than that.

        Parameters
        ----------
        practice_id : str
            Whose; empty for all.
        today : date
            Of the question.
        first_day, last_day : int
            Days between needling and photo, both inclusive.
        """
        people, series, sessions = schema.patients, schema.series, schema.sessions
        later, photos = sa.alias(schema.sessions), schema.photos
        since = today - timedelta(last_day)
        joined = (
            sa.join(people, series, series.c.patient_id == people.c.id)
            .join(sessions, sessions.c.series_id == series.c.id)
            .join(later, later.c.series_id == series.c.id)
            .join(photos, photos.c.session_id == later.c.id)
        )
        found = (
            sa.select(series.c.id, sessions.c.date, later.c.date.label("seen"))
            .distinct()
            .select_from(joined)
            .where(sessions.c.kind == SessionKind.TREATMENT, sessions.c.date >= since, later.c.date > sessions.c.date)
            .order_by(series.c.id)
        )
        found = found.where(people.c.practice_id == practice_id) if practice_id else found
        rows = self.connection.execute(found)
        return list(dict.fromkeys(row.id for row in rows if first_day <= (row.seen - row.date).days <= last_day))

    def rows_with(self, table: sa.Table, column: str, ids: Sequence[str], *order: str) -> Iterator[sa.Row[Any]]:
        """The rows of a table whose column is one of these ids, in chunks, each chunk in the given order."""
        for start in range(0, len(ids), CHUNK):
            some = sa.select(table).where(table.c[column].in_(ids[start : start + CHUNK]))
            yield from self.connection.execute(some.order_by(*(table.c[name] for name in order)))


def _series_id(row: sa.Row[Any]) -> str:
    return str(row.id)


def _treated(rows: Sequence[sa.Row[Any]]) -> Treated:
    first = rows[0]
    needlings = tuple((row.device, row.needle_depth_mm) for row in rows if row.session_id is not None)
    return Treated(first.id, first.patient_id, first.indication, first.interval_days, needlings)


_COUNTED = (
    schema.patients,
    schema.series,
    schema.sessions,
    schema.photos,
    schema.regions,
    schema.analyses,
    schema.ratings,
    schema.bookings,
    schema.candidacies,
    schema.consents,
    schema.releases,
    schema.users,
)
