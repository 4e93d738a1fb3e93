"""The record store: every query, inside transactions that keep all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from tracker.clinic.records.accounts import AccountQueries
from tracker.clinic.records.auditing import DEED, AuditQueries
from tracker.clinic.records.care import CareQueries
from tracker.clinic.records.cohorts import CohortQueries
from tracker.clinic.records.database import BUSY, BUSY_MS, connect, transaction, upgrade
from tracker.clinic.records.giving import ExportQueries
from tracker.clinic.records.kits import KitQueries
from tracker.clinic.records.own import OwnQueries
from tracker.clinic.records.people import PeopleQueries
from tracker.clinic.records.pictures import PictureQueries
from tracker.clinic.records.reviewing import ReviewQueries
from tracker.clinic.records.sealing import Sealer
from tracker.clinic.records.sightings import SightingQueries
from tracker.clinic.records.targets import TargetQueries
from tracker.clinic.records.turn import Turn
from tracker.errors import StoreUnavailable


class Records(
    PeopleQueries,
    PictureQueries,
    KitQueries,
    SightingQueries,
    AccountQueries,
    AuditQueries,
    TargetQueries,
    CareQueries,
    ReviewQueries,
    OwnQueries,
    ExportQueries,
    CohortQueries,
):
    """All queries, on one connection inside one transaction."""


class Store:
    """The record store; one object may be shared by threads, each transaction has its own connection.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        With the schema in place.
    sealer : Sealer
        For what is sealed at rest.
    """

    def __init__(self, engine: sa.Engine, sealer: Sealer) -> None:
        self.engine = engine
        self.sealer = sealer
        self._turn = Turn()  # other processes are waited for by SQLite itself

    @classmethod
    def open(cls, location: str | Path, sealer: Sealer) -> Self:
        """The store at a database address or in a SQLite file, upgraded to this schema; raises StoreUnavailable."""
        engine = connect(location)
        try:
            upgrade(engine, sealer)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, sealer)

    @contextmanager
    def read(self) -> Iterator[Records]:
        """Queries that all see the same moment."""
        with transaction(self.engine, writes=False) as connection:
            yield Records(connection, self.sealer)

    @contextmanager
    def write(self) -> Iterator[Records]:
        """Queries that are all kept, or none, with the entry in the audit log; one writer at a time, others wait."""
        with self._turn.taken(BUSY_MS / 1000) as mine:
            if not mine:
                raise StoreUnavailable(BUSY)
            with transaction(self.engine, writes=True) as connection:
                records = Records(connection, self.sealer)
                yield records
                if (deed := DEED.get()) is not None:
                    records.add_deed(deed)

    def close(self) -> None:
        """Close all idle connections."""
        self.engine.dispose()
