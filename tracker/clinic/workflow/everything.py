"""Everything about one person in one archive, for the person to keep: rows as JSON, and every original photo."""

import json
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

import cv2
import numpy as np

from tracker.clinic.access import Action
from tracker.clinic.records.files import reason_of
from tracker.clinic.records.store import Records
from tracker.clinic.records.takeout import ABOUT, rows_of_person
from tracker.clinic.types import Kind
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, note
from tracker.errors import StoreUnavailable

ROWS = "everything.json"
READ_ME = "READ ME.txt"
_ENDINGS = (
    (0, b"\xff\xd8\xff", ".jpg"),
    (0, b"\x89PNG", ".png"),
    (0, b"II*\0", ".tif"),
    (0, b"MM\0*", ".tif"),
    (8, b"WEBP", ".webp"),
    (4, b"ftyp", ".heic"),
)
"""Where the first bytes of a file say what it is."""
_INTRODUCTION = """Everything that this clinic's skin progress tracker holds about you.

everything.json  all records; each list is described below, ids connect them, times are UTC
photos/          your photos as they were taken at the clinic, unaltered
diary/           your photos from home, unaltered
areas/           areas drawn on your photos, white on black

"""
_AFTER = """
Left out: who of the clinic did what, file names given by the clinic's computers, and intermediate results that can be
computed again from the photos.
"""


@dataclass(frozen=True, slots=True)
class Takeout:
    """The archive.

    Parameters
    ----------
    file : binary file
        Open at its start; it has no name on the disk and is gone when it is closed.
    size : int
        Bytes.
    missing : tuple of str
        Photos that are recorded but could not be read; the archive says so too.
    """

    file: IO[bytes]
    size: int
    missing: tuple[str, ...]


@guarded(Action.TAKE_EVERYTHING, patient_id=Kind.PATIENT)
def everything(clinic: Clinic, patient_id: str) -> Takeout:
    """A ZIP archive with everything about a patient and nothing about anybody else; the caller closes its file.

    Raises
    ------
    StoreUnavailable
        No room for the archive, or the store cannot be reached.
    NotFound
        No such patient.
    """
    with clinic.store.read() as records:
        records.patient(patient_id)
        rows = rows_of_person(records, patient_id)
        areas = _areas(records, rows["regions"])
    try:
        file = tempfile.TemporaryFile(dir=clinic.cache, suffix=".part")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise StoreUnavailable(reason_of(error)) from error
    try:
        missing = _fill(clinic, file, rows, areas)
    except OSError as error:
        file.close()
        raise StoreUnavailable(reason_of(error)) from error
    except BaseException:
        file.close()
        raise
    size = file.seek(0, 2)
    file.seek(0)
    note(clinic, Action.TAKE_EVERYTHING, patient_id)
    return Takeout(file, size, missing)


def _fill(
    clinic: Clinic, file: IO[bytes], rows: dict[str, list[dict[str, Any]]], areas: dict[str, bytes]
) -> tuple[str, ...]:
    missing: list[str] = []
    days = {row["id"]: row["date"] for row in rows["sessions"]}
    with zipfile.ZipFile(file, "w") as archive:

        def stored(row: dict[str, Any], sha256: str, name: str) -> None:
            try:
                data = clinic.files.read(sha256)
            except StoreUnavailable:
                row["file"] = ""
                missing.append(name)
                return
            row["file"] = name + _ending(data)
            archive.writestr(row["file"], data, zipfile.ZIP_STORED)  # photos are compressed already

        for row in rows["photos"]:
            stored(row, row["sha256"], f"photos/{days[row['session_id']]} {row['view'].lower()} {row['id'][:8]}")
        for row in rows["diary"]:
            if row["photo_sha256"]:
                stored(row, row["photo_sha256"], f"diary/{row['day']} {row['id'][:8]}")
        for row in rows["regions"]:
            row["file"] = f"areas/{row['id'][:8]}.png"
            archive.writestr(row["file"], areas[row["id"]], zipfile.ZIP_STORED)
        told = {"made": datetime.now(UTC).isoformat(), "about": ABOUT, "missing_files": missing, **rows}
        text = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)
        archive.writestr(ROWS, text, zipfile.ZIP_DEFLATED)
        archive.writestr(READ_ME, _read_me(missing), zipfile.ZIP_DEFLATED)
    return tuple(missing)


def _areas(records: Records, rows: list[dict[str, Any]]) -> dict[str, bytes]:
    """Each drawn area as PNG of the size of its photo."""
    found = {}
    for row in rows:
        region = records.region(row["id"]).region
        width, height = records.photo(row["photo_id"]).size
        picture = np.zeros((height, width), np.uint8)
        box = region.box
        picture[box.top : box.bottom, box.left : box.right] = np.where(region.mask, 255, 0)
        found[row["id"]] = bytes(cv2.imencode(".png", picture)[1])
    return found


def _ending(data: bytes) -> str:
    return next((ending for at, sign, ending in _ENDINGS if data[at : at + len(sign)] == sign), ".photo")


def _read_me(missing: list[str]) -> str:
    lists = "\n".join(f"{name + ':':<14}{what}" for name, what in ABOUT.items())
    gone = "".join(f"\nCould not be read and is not here: {name}" for name in missing)
    return f"{_INTRODUCTION}{lists}\n{_AFTER}{gone}"
