"""The samples, taken in as a clinic would: patients, series, sessions, photos, drawn regions, analyses.

``registry.toml`` in the samples folder::

    [[patients]]
    code = "DEMO-1"
    [[patients.series]]
    indication = "acne scars"            # values of Indication, BodySite, SessionKind, View, Moment
    site = "face"
    detail = "left cheek"
    [[patients.series.sessions]]
    date = 2026-01-12
    kind = "treatment"
    device = "pen, 12 needles"
    needle_depth_mm = 1.5
    serum = "hyaluronic acid"
    notes = ""
    [[patients.series.sessions.photos]]
    file = "acne/session_1.jpg"
    sha256 = "..."
    view = "close-up, left"
    moment = "before needling"           # the default
    polygon = [[x, y], [x, y], [x, y]]   # the treated skin, if it was drawn on this photo; or
    region = "acne/session_1_region.png" # 255 = inside
    lesions = "acne/session_1_scars.png" # the scars alone, taken in place of the region where scar area decides
"""

import hashlib
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from tracker.clinic.access import Action
from tracker.clinic.jobs import Executor, Progress
from tracker.clinic.types import (
    BodySite,
    Indication,
    Moment,
    Patient,
    PhotoRecord,
    Series,
    SeriesPlan,
    Session,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.workflow import intake, photos
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.clinic.workflow.review import measure_series, suggested_pairs
from tracker.errors import InvalidInput
from tracker.imaging import pipeline
from tracker.imaging.types import Metric

Table = dict[str, Any]
Word = TypeVar("Word", bound=StrEnum)
AUTHOR = "sample"


@dataclass(slots=True)
class _Steps:
    """Counts what is done, for the progress bar."""

    report: Progress | None
    total: int
    done: int = 0

    def advance(self, count: int = 1) -> None:
        self.done += count
        if self.report is not None:
            self.report(self.done, max(self.total, self.done))


@guarded(Action.ADD_PATIENT)
def load_samples(clinic: Clinic, folder: Path, progress: Progress | None = None) -> list[Patient]:
    """The demo patients of a samples folder, stored and analysed; what is there already is left alone.

    Parameters
    ----------
    clinic : Clinic
        Where to.
    folder : Path
        Holds ``registry.toml``.
    progress : callable, optional
        Called with steps done and steps in all.

    Raises
    ------
    InvalidInput
        The registry or a file it names is missing, altered, or says something this program does not know.
    """
    registry = _registry(folder / "registry.toml")
    total = sum(1 for _ in _photos(registry))
    steps = _Steps(progress, 2 * total)  # each photo is stored, and compared with its baseline
    patients, all_series = [], []
    for row in registry["patients"]:
        patient = intake.find_patient(clinic, row["code"])
        patients.append(patient or intake.add_patient(clinic, row["code"], row.get("name", "")))
        for plan in row["series"]:
            all_series.append(series := _series(clinic, patients[-1], plan))
            for visit in plan["sessions"]:
                _session(clinic, folder, series, visit, steps)
    steps.total = total + sum(len(suggested_pairs(clinic, series.id)) for series in all_series)
    with Executor() as executor:
        for series in all_series:
            wanted = steps.done + len(suggested_pairs(clinic, series.id))
            measure_series(clinic, series.id, lambda *_: steps.advance(), executor)
            steps.advance(wanted - steps.done)  # those that were there already
    return patients


def _registry(path: Path) -> Table:
    try:
        registry = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInput(
            f"{path}: expected the list of samples, found none ({error.strerror}); run samples/make_samples.py."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{path}: expected TOML, found a mistake ({error}); make the samples again.") from None
    for sample in _photos(registry):
        file = path.parent / sample["file"]
        found = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "no file"
        if found != sample["sha256"]:
            raise InvalidInput(
                f"{file}: expected the sample with SHA-256 {sample['sha256'][:12]}, found {found[:12]}; "
                "make the samples again."
            )
    return registry


def _photos(registry: Table) -> Iterator[Table]:
    for patient in registry["patients"]:
        for series in patient["series"]:
            for session in series["sessions"]:
                yield from session["photos"]


def _series(clinic: Clinic, patient: Patient, row: Table) -> Series:
    plan = SeriesPlan(
        _word(Indication, row["indication"]),
        _word(BodySite, row["site"]),
        row.get("detail", ""),
        row.get("planned_sessions"),
        row.get("interval_days", 35),
    )
    known = [series for series in intake.list_series(clinic, patient.id) if series.plan == plan]
    return known[0] if known else intake.add_series(clinic, patient.id, plan)


def _session(clinic: Clinic, folder: Path, series: Series, row: Table, steps: _Steps) -> Session:
    day: date = row["date"]
    visit = Visit(
        day,
        _word(SessionKind, row["kind"]),
        row.get("device", ""),
        row.get("needle_depth_mm"),
        row.get("serum", ""),
        row.get("notes", ""),
    )
    known = [s for s in intake.list_sessions(clinic, series.id) if (s.date, s.kind) == (visit.date, visit.kind)]
    session = known[0] if known else intake.add_session(clinic, series.id, visit)
    for sample in row["photos"]:
        photo = _photo(clinic, folder, session, sample)
        _outline(clinic, folder, photo, sample, series.plan)
        steps.advance()
    return session


def _photo(clinic: Clinic, folder: Path, session: Session, row: Table) -> PhotoRecord:
    file = folder / row["file"]
    view, moment = _word(View, row["view"]), _word(Moment, row.get("moment", Moment.BEFORE))
    known = [photo for photo in photos.list_photos(clinic, session.id) if photo.name == file.name]
    if known:
        return known[0]
    return photos.add_photo(clinic, session.id, file.read_bytes(), file.name, view, moment)


def _outline(clinic: Clinic, folder: Path, photo: PhotoRecord, row: Table, plan: SeriesPlan) -> None:
    """Draw the treated skin, or the scar itself where its area is what decides."""
    if photos.current_region(clinic, photo.id) is not None:  # drawn at the first start, or by whoever tries the demo
        return
    mask = row.get("lesions" if plan.primary_metric is Metric.SCAR_AREA else "region", row.get("region"))
    if "polygon" in row:
        photos.save_region(clinic, photo.id, np.array(row["polygon"], float), AUTHOR)
    elif mask is not None:
        region = pipeline.open_region(folder / mask, photo.size)
        photos.save_region(clinic, photo.id, region.full(photo.size), AUTHOR)


def _word(words: Callable[[str], Word], value: str) -> Word:
    try:
        return words(value)
    except ValueError as error:
        raise InvalidInput(f"registry.toml: {error}; make the samples again.") from None
