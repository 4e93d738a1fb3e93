"""Connections, transactions and the upgrade of the schema; what SQLite must be told to lose nothing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, NoSuchTableError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tracker.clinic.records.schema import REVISION
from tracker.clinic.records.sealing import Sealer
from tracker.errors import StoreUnavailable

BUSY_MS = 10_000  # rides out a backup or an upgrade by another process
BUSY = f"The record store is busy: expected it free within {BUSY_MS // 1000} s; nothing was saved, try again."
PRAGMAS = {
    "busy_timeout": BUSY_MS,
    "journal_mode": "WAL",
    "synchronous": "FULL",  # NORMAL may lose the last commits when the power fails
    "foreign_keys": "ON",
    "secure_delete": "ON",  # deleted rows are overwritten, not left in free pages
    "trusted_schema": "OFF",  # an edited database file cannot call functions from its schema
}


def connect(location: str | Path) -> sa.Engine:
    """An engine for a database address or a SQLite file; its SQLite connections carry the settings above."""
    if isinstance(location, str) and not location.startswith("sqlite"):
        return sa.create_engine(location, pool_pre_ping=True, hide_parameters=True)
    path = location if isinstance(location, Path) else Path(location.removeprefix("sqlite:///"))
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # the WAL file inherits the rights
    except OSError as error:
        raise StoreUnavailable(
            f"{path}: expected a record store that can be written, found {error.strerror}; mend its rights or the disk."
        ) from None
    # One connection per thread at work: 20 users at once (security.md 5G) and room for the same again.
    url = sa.URL.create("sqlite", database=str(path))  # a path may hold signs that mean something in an address
    engine = sa.create_engine(
        url,
        pool_size=20,
        max_overflow=20,
        pool_timeout=BUSY_MS / 1000,
        connect_args={"timeout": BUSY_MS / 1000},
        hide_parameters=True,  # the message of a fault goes into the server's log, where no patient's code belongs
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    try:
        for name, value in PRAGMAS.items():
            row = connection.execute(f"PRAGMA {name}={value}").fetchone()
            if name == "journal_mode" and row[0] != "wal":
                raise sqlite3.OperationalError(f"journal mode {row[0]}: write-ahead logging needs a local disk")
    except sqlite3.Error:
        connection.close()
        raise


def _begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later gets "locked" at once, whatever the timeout; IMMEDIATE waits.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction(engine: sa.Engine, *, writes: bool) -> Iterator[sa.Connection]:
    """A connection inside one transaction: all of it is kept, or nothing.

    Raises
    ------
    StoreUnavailable
        Busy, full, read-only, damaged or gone: nothing was saved.
    """
    try:
        with engine.connect().execution_options(writes=writes) as connection, connection.begin():
            yield connection
    except OperationalError as error:
        raise StoreUnavailable(reason_of(error)) from error
    except PoolTimeout as error:  # every connection is at work
        raise StoreUnavailable(BUSY) from error
    except DBAPIError as error:
        if type(error.orig) is sqlite3.DatabaseError:  # malformed, or no database; its subclasses are our mistakes
            raise StoreUnavailable(reason_of(error)) from error
        raise


def reason_of(error: DBAPIError) -> str:
    """What a refused database call means to the person at the screen."""
    said = str(error.orig).lower()
    if "locked" in said or "busy" in said:
        return BUSY
    if "full" in said:
        return "The record store's disk is full: nothing was saved; free some space and try again."
    if "readonly" in said or "read-only" in said:
        return (
            "The record store is read-only: expected a folder that can be written; nothing was saved, mend its rights."
        )
    if "malformed" in said or "not a database" in said:
        return (
            "The record store is damaged: expected a sound database file; nothing was saved, restore the last backup."
        )
    return f"The record store cannot be reached ({error.orig}): nothing was saved; check the disk and try again."


def revision(connection: sa.Connection) -> str:
    """The schema's revision; empty for a new database."""
    with suppress(NoSuchTableError):
        table = sa.Table("alembic_version", sa.MetaData(), autoload_with=connection)
        return str(connection.execute(sa.select(table.c.version_num)).scalar() or "")
    return ""


def upgrade(engine: sa.Engine, sealer: Sealer) -> None:
    """Bring the schema to this program's revision: backup first, then one transaction, so it is old or new.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Which.
    sealer : Sealer
        Seals names that older schemas kept in the open.

    Raises
    ------
    StoreUnavailable
        The store was written by a newer program.
    """
    with transaction(engine, writes=False) as connection:
        found = revision(connection)
    if found == REVISION:
        return
    from alembic import command, config, script  # 0.2 s to import: only when there is something to do

    settings = config.Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    known = {step.revision for step in script.ScriptDirectory.from_config(settings).walk_revisions()}
    if found and found not in known:
        raise StoreUnavailable(
            f"The record store has schema {found}: expected {REVISION} or older; it was written by a newer program, "
            "install that one."
        )
    if found and engine.dialect.name == "sqlite":
        back_up(engine, found)
    with transaction(engine, writes=True) as connection:
        if revision(connection) != REVISION:  # another process may have upgraded meanwhile
            settings.attributes |= {"connection": connection, "sealer": sealer}
            command.upgrade(settings, REVISION)


def back_up(engine: sa.Engine, label: str) -> Path:
    """A copy of the SQLite file at one moment, beside it in ``backups``; the write-ahead log is included."""
    source = Path(str(engine.url.database))
    folder = source.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{source.stem}-{label}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.db"
    partial = target.with_suffix(".partial")
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with engine.connect() as connection:
        copy = sqlite3.connect(partial)
        try:
            raw: Any = connection.connection.driver_connection
            raw.backup(copy)
        finally:
            copy.close()
    partial.rename(target)
    return target
