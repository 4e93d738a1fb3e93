"""The opened clinic: one folder with its record store and its photos."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import platformdirs

from tracker.clinic.records.files import PhotoFiles
from tracker.clinic.records.sealing import Sealer
from tracker.clinic.records.store import Store
from tracker.clinic.types import OPERATOR, Actor
from tracker.errors import StoreUnavailable


@dataclass(frozen=True, slots=True)
class Clinic:
    """What every use case needs; may be shared by threads.

    Parameters
    ----------
    home : Path
        The folder that holds everything.
    store : Store
        Records.
    files : PhotoFiles
        Original photos.
    cache : Path
        Previews; may be deleted at any time, they are made again.
    actor : Actor
        Who is acting: every use case asks whether this person may.
    """

    home: Path
    store: Store
    files: PhotoFiles
    cache: Path
    actor: Actor = OPERATOR

    @classmethod
    def open(cls, home: Path | None = None) -> Self:
        """The clinic in a folder; an empty folder becomes a new clinic, an older schema is backed up and upgraded.

        Parameters
        ----------
        home : Path, optional
            Default: ``TRACKER_HOME`` from the environment, else the platform's folder for application data.

        Raises
        ------
        StoreUnavailable
            The folder or a part of it is missing, read-only, full, or of a newer program. Nothing is ever marked as
            deleted because of that.
        """
        folder = _prepared(home if home is not None else default_home())
        database = folder / "records.db"
        if not database.exists() and PhotoFiles.holds_any(folder / "photos"):
            raise StoreUnavailable(
                f"{database}: expected the records of the photos beside it, found none; restore them from a backup, "
                "nothing was changed."
            )
        sealer = Sealer.at(folder / "keys" / "records.key", needed=database.exists())
        store = Store.open(database, sealer)
        try:
            with store.read() as records:
                photos = records.count_photos()
            files = PhotoFiles.open(folder / "photos", expected=photos)
        except BaseException:
            store.close()
            raise
        cache = folder / "cache"
        cache.mkdir(mode=0o700, exist_ok=True)
        return cls(folder, store, files, cache)

    def acting(self, actor: Actor) -> Self:
        """The same clinic in the hands of another person."""
        return replace(self, actor=actor)

    def close(self) -> None:
        """Close the connections to the record store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def default_home() -> Path:
    """``TRACKER_HOME``, or the platform's folder for application data."""
    named = os.environ.get("TRACKER_HOME", "").strip()
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("skin-progress-tracker", False))


def _prepared(folder: Path) -> Path:
    """The folder, made where only its last part is missing (all of it for the platform's own data folder)."""
    folder = folder.absolute()
    platform = folder == Path(platformdirs.user_data_dir("skin-progress-tracker", False)).absolute()
    try:
        folder.mkdir(mode=0o700, parents=platform, exist_ok=True)
    except FileNotFoundError:
        raise StoreUnavailable(
            f"{folder}: expected the folder of the clinic's data, found that {folder.parent} does not exist; "
            "mount the disk or create the folder."
        ) from None
    except (FileExistsError, NotADirectoryError):
        raise StoreUnavailable(f"{folder}: expected a folder, found a file; set TRACKER_HOME to a folder.") from None
    except OSError as error:
        raise StoreUnavailable(
            f"{folder}: expected a folder that can be written, found {error.strerror}; mend its rights or free space."
        ) from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise StoreUnavailable(f"{folder}: expected a folder that can be written, found it read-only; mend its rights.")
    return folder
