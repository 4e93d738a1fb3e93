"""Looking after what is stored: the integrity check, and removing what an interrupted upload left behind."""

import sqlite3
from pathlib import Path

from tracker.clinic.access import Action
from tracker.clinic.records.database import back_up
from tracker.clinic.records.files import Report
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, note
from tracker.errors import StoreUnavailable


@guarded(Action.BACK_UP)
def verify(clinic: Clinic) -> Report:
    """Every stored photo against its hash and its record; changes nothing."""
    with clinic.store.read() as records:
        recorded = records.all_sha256()
    return clinic.files.check(recorded)


@guarded(Action.BACK_UP)
def sweep(clinic: Clinic) -> list[str]:
    """Names of the removed files: those without a record that are older than 24 h, unfinished uploads included."""
    # Inside the write transaction no upload can add its row between the look and the deletion.
    with clinic.store.write() as records:
        return clinic.files.remove_orphans(records.all_sha256())


@guarded(Action.BACK_UP)
def copy_records(clinic: Clinic) -> Path:
    """A copy of the record database at this moment, in the folder ``backups`` beside it.

    It holds no photos, and names in it cannot be read without the key file, which is kept elsewhere.

    Raises
    ------
    StoreUnavailable
        The disk is full or read-only, or the records are in a database server, which has its own way.
    """
    if clinic.store.engine.dialect.name != "sqlite":
        raise StoreUnavailable("The records are in a database server: expected a file; use the server's own backup.")
    try:
        copy = back_up(clinic.store.engine, "now")
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"The copy was not made ({error}): nothing was changed; free some space.") from None
    note(clinic, Action.BACK_UP, objects=f"copy {copy.name}")
    return copy
