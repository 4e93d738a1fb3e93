"""Photos of unchanged skin, by subject and seating: from a folder tree, from a list, or from an upload."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracker.clinic.workflow.folders import REGION_ENDING, photos_in, subfolders
from tracker.errors import InvalidInput, UnreadablePhoto
from tracker.imaging import decode
from tracker.imaging.change import FEWEST_SUBJECTS

MOST_PHOTOS = 12
"""Of one subject: every photo is compared with every other, and 12 make 66 comparisons."""
COLUMNS = ("subject", "seating", "photo")


@dataclass(frozen=True, slots=True)
class RepeatPhoto:
    """One photo of unchanged skin.

    Parameters
    ----------
    subject, seating : str
        Whose, and in which seating: between two seatings the subject stands up and the camera is put down.
    name : str
        Of the file, for messages.
    source : Path or bytes
        The photo.
    region : Path or None
        PNG mask over the photo, 255 = inside.
    site : str
        Body site, ``"face"`` for the standard regions of a face.
    """

    subject: str
    seating: str
    name: str
    source: Path | bytes = field(repr=False)
    region: Path | None = None
    site: str = ""

    @property
    def title(self) -> str:
        """``"subject/seating/name"``."""
        return f"{self.subject}/{self.seating}/{self.name}"


def uploaded_repeat(subject: str, seating: str, name: str, data: bytes) -> RepeatPhoto:
    """An uploaded photo, decoded once to know that it is one; raises UnreadablePhoto."""
    decode.check(data, name=name)
    return RepeatPhoto(subject, seating, name, data)


def read_repeats(path: Path, site: str = "") -> list[RepeatPhoto]:
    """The photos of a folder tree subject/seating/photos, or of a CSV file with columns subject,seating,photo.

    Parameters
    ----------
    path : Path
        Folder, or CSV file with the optional columns ``region`` (PNG mask over the photo) and ``site``; names count
        from the folder of the file. In a folder tree a mask ``NAME_region.png`` beside a photo is its region.
    site : str
        Body site of all photos that name none.

    Raises
    ------
    InvalidInput
        Neither, a missing column, or no photo.
    """
    found = list(_of_tree(path, site) if path.is_dir() else _of_list(path, site))
    if not found:
        raise InvalidInput(
            f"{path}: expected a folder for every subject, in it a folder for every seating with its photos, found no "
            "photo; see the help of this command."
        )
    return found


def _of_tree(folder: Path, site: str) -> Iterator[RepeatPhoto]:
    for subject in subfolders(folder):
        for seating in subfolders(subject):
            for photo in photos_in(seating):
                mask = photo.with_name(photo.stem + REGION_ENDING)
                region = mask if mask.exists() else None
                yield RepeatPhoto(subject.name, seating.name, photo.name, photo, region, site)


def _of_list(path: Path, site: str) -> Iterator[RepeatPhoto]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            table = csv.DictReader(lines)
            names = set(table.fieldnames or ())
            rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in table]
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"{path}: expected a folder or a CSV file, found neither; check the path.") from None
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise InvalidInput(
            f"{path}: expected columns subject,seating,photo[,region,site], found no {' or '.join(missing)}; add the "
            "header line."
        )
    for row in rows:
        photo = path.parent / row["photo"]
        region = path.parent / row["region"] if row.get("region") else None
        yield RepeatPhoto(row["subject"], row["seating"], row["photo"], photo, region, row.get("site") or site)


def check_enough(photos: Iterable[RepeatPhoto]) -> None:
    """Whether there are enough photos to measure a kit from.

    Raises
    ------
    InvalidInput
        Says what is missing.
    """
    seatings = Counter(subject for subject, _ in {(photo.subject, photo.seating) for photo in photos})
    twice = sum(number > 1 for number in seatings.values())
    if twice < FEWEST_SUBJECTS:
        raise InvalidInput(
            f"Repeats: expected at least {FEWEST_SUBJECTS} subjects photographed in two seatings each, found {twice}; "
            "photograph more subjects, each before and after standing up."
        )


def grouped(photos: Sequence[RepeatPhoto]) -> list[list[RepeatPhoto]]:
    """The photos of each subject that was seated twice, in the order of their seatings.

    Raises
    ------
    InvalidInput
        Too few, too many of one subject, or the same file twice.
    UnreadablePhoto
        A file that is not there.
    """
    check_enough(photos)
    check_different(photos)
    groups = []
    for subject in dict.fromkeys(photo.subject for photo in photos):
        mine = sorted((photo for photo in photos if photo.subject == subject), key=lambda photo: photo.seating)
        if len(mine) > MOST_PHOTOS:
            raise InvalidInput(f"{subject}: expected at most {MOST_PHOTOS} photos, found {len(mine)}; leave some out.")
        groups += [mine] if len({photo.seating for photo in mine}) > 1 else []
    return groups


def check_different(photos: Iterable[RepeatPhoto]) -> None:
    """Whether every photo has a name of its own within its seating, and is a file of its own.

    Raises
    ------
    InvalidInput
        Names both places.
    UnreadablePhoto
        A file that is not there.
    """
    titles: set[str] = set()
    known: dict[str, str] = {}
    for photo in photos:
        if photo.title in titles:
            raise InvalidInput(f"{photo.title}: expected one photo of this name, found two; rename one of them.")
        titles.add(photo.title)
        data = photo.source if isinstance(photo.source, bytes) else _read(photo.source, photo.title)
        twin = known.setdefault(hashlib.sha256(data).hexdigest(), photo.title)
        if twin != photo.title:
            raise InvalidInput(f"{photo.title}: expected a new photo, found the file {twin} again; remove one of them.")


def _read(path: Path, title: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadablePhoto(f"{title}: expected a photo file, found: {error.strerror}; check the path.") from None
