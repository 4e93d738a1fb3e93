"""Photos that lie in folders, not in the store: lists of pairs, and folder trees patient/session/photos."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from tracker.clinic.jobs import Executor
from tracker.clinic.workflow.faces import landmark_network
from tracker.errors import InvalidInput
from tracker.exports.cells import safe_table
from tracker.exports.table import change_unit, least_fall
from tracker.imaging import decode, pipeline, regions
from tracker.imaging.types import Analysis, Change, Drawn, Photo, Region, as_dict

PHOTO_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".heic"})
REGION_ENDING = "_region.png"
"""``front_region.png`` beside ``front.jpg`` of the first session is the treated skin, 255 = inside."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photo files of the same skin.

    Parameters
    ----------
    baseline, followup : Path
        Photos.
    region : Path or None
        PNG mask over the upright baseline, 255 = inside.
    site : str
        Body site, ``"face"`` for the standard regions of a face.
    reference : Path or None
        PNG mask of untreated skin over the upright baseline, 255 = inside.
    labels : tuple of str
        Patient, session and view, where the pair comes from a folder tree.
    parts : tuple of str
        Parts of a face that are measured.
    """

    baseline: Path
    followup: Path
    region: Path | None = None
    site: str = ""
    reference: Path | None = None
    labels: tuple[str, str, str] = ("", "", "")
    parts: tuple[str, ...] = regions.FACE_REGIONS


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a CSV file with columns ``baseline,followup[,region,site,reference]``.

    Relative names count from the folder of the CSV file, or from the working folder where they are not found there.

    Raises
    ------
    InvalidInput
        A missing column, or no row.
    """
    with path.open(newline="", encoding="utf-8-sig") as lines:
        table = csv.DictReader(lines)
        missing = {"baseline", "followup"} - set(table.fieldnames or ())
        if missing:
            raise InvalidInput(
                f"{path}: expected columns baseline,followup[,region,site,reference], found no "
                f"{' or '.join(sorted(missing))}; add the header line."
            )
        rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in table]
    if not rows:
        raise InvalidInput(f"{path}: expected at least one pair, found none; add a line.")

    def located(name: str) -> Path:
        return path.parent / name if (path.parent / name).exists() else Path(name)

    return [
        Pair(
            located(row["baseline"]),
            located(row["followup"]),
            located(row["region"]) if row.get("region") else None,
            row.get("site", ""),
            located(row["reference"]) if row.get("reference") else None,
        )
        for row in rows
    ]


def analyse_pair(pair: Pair) -> dict[str, Any]:
    """The answer of one pair in the form of the command line.

    Raises
    ------
    TrackerError
        A file that is missing or is not a photo.
    """
    before, after, region = opened(pair)
    drawn = Drawn(reference=_reference(pair, before))
    setting = pipeline.Setting(landmarks=landmark_network(), parts=pair.parts)
    return {"baseline": str(pair.baseline), "followup": str(pair.followup)} | answer(
        pipeline.analyse(before, after, region=region, drawn=drawn, site=pair.site, setting=setting)
    )


def _reference(pair: Pair, before: Photo) -> Region | None:
    if pair.reference is None:
        return None
    return pipeline.open_region(pair.reference, before.size, regions.REFERENCE)


def opened(pair: Pair) -> tuple[Photo, Photo, Region | None]:
    """Both photos and the drawn region of a pair, decoded.

    Raises
    ------
    TrackerError
        A file that is missing or is not a photo.
    """
    for path in (pair.baseline, pair.followup, pair.region, pair.reference):
        if path is not None and not path.is_file():
            raise InvalidInput(f"{path}: expected a photo, found no such file; check the path.")
    before, after = decode.open_photos((pair.baseline, pair.followup))
    return before, after, pipeline.open_region(pair.region, before.size) if pair.region else None


def answer(analysis: Analysis) -> dict[str, Any]:
    """An analysis as the command line prints it."""
    return {
        "status": "refused" if analysis.refusal else "analysed",
        "reason": f"{analysis.refusal.reason} {analysis.refusal.retake}".strip() if analysis.refusal else "",
        "measurements": [_row(change) for change in analysis.changes],
        "flags": [flag.reason for flag in analysis.flags],
        "skin_tone": None if np.isnan(analysis.skin_tone) else round(analysis.skin_tone, 1),
        "version": analysis.version,
    }


def _row(change: Change) -> dict[str, Any]:
    """A change as the command line prints it: ``sdc`` is the limit in the direction of the change.

    For measures compared as ratios a rise of 25 % and a fall of 20 % are the same step; a reader of the row who
    compares the size of the change with ``sdc`` must come to the verdict that stands beside it.
    """
    row = as_dict(change)
    if row["change"] is not None and row["change"] < 0:
        row["sdc"] = round(least_fall(change.metric, change.sdc), 4)
    return row | {"change_unit": change_unit(change.metric, change.unit)}


def analyse_pairs(pairs: Sequence[Pair], scheduler: str | None = None) -> Iterator[dict[str, Any]]:
    """One answer per pair, in order, over all cores, with a progress bar on stderr.

    A pair whose file cannot be read answers with the status ``"error"`` and the reason; the others go on.
    """
    with Executor(scheduler=scheduler) as executor, tqdm(total=len(pairs), unit="pair", desc="analyse") as bar:
        outcomes = executor.map(analyse_pair, pairs, progress=partial(_advance, bar))
        for pair, outcome in zip(pairs, outcomes, strict=True):
            if outcome.value is not None:
                yield outcome.value
            else:
                files = {"baseline": str(pair.baseline), "followup": str(pair.followup)}
                failed = {"status": "error", "reason": outcome.error, "measurements": [], "flags": []}
                yield files | failed | {"version": pipeline.PIPELINE_VERSION}


def analyse_folder(folder: Path, output: Path, site: str = "", scheduler: str | None = None) -> dict[str, Any]:
    """Write one table of every comparison in a folder tree patient/session/photos.

    Sessions are taken in the order of their folder names; each photo is compared with the photo of the same name in
    the patient's first session that has it. A mask ``NAME_region.png`` beside that photo is the treated skin.

    Parameters
    ----------
    folder : Path
        The tree.
    output : Path
        ``.csv`` or ``.parquet``.
    site : str
        Body site of all photos.
    scheduler : str, optional
        Address of a Dask scheduler.

    Returns
    -------
    dict
        ``{"status", "pairs", "refused", "errors", "rows", "file"}``.
    """
    if output.suffix not in (".csv", ".parquet"):
        raise InvalidInput(
            f"{output}: expected a file name ending in .csv or .parquet, found {output.suffix or 'none'}."
        )
    pairs = list(find_pairs(folder, site))
    if not pairs:
        raise InvalidInput(
            f"{folder}: expected patient folders with session folders of photos, two sessions with a photo of the same "
            "name at least, found none; see the help of this command."
        )
    answers = list(analyse_pairs(pairs, scheduler))
    table = pd.DataFrame([row for pair, found in zip(pairs, answers, strict=True) for row in _rows(pair, found)])
    if output.suffix == ".csv":
        safe_table(table).to_csv(output, index=False)
    else:
        table.to_parquet(output, index=False)
    states = [found["status"] for found in answers]
    return {
        "status": "written",
        "pairs": len(pairs),
        "refused": states.count("refused"),
        "errors": states.count("error"),
        "rows": len(table),
        "file": str(output),
    }


def find_pairs(folder: Path, site: str = "") -> Iterator[Pair]:
    """The pairs of a folder tree patient/session/photos, patients and sessions in the order of their names."""
    for patient in subfolders(folder):
        first: dict[str, Path] = {}
        for session in subfolders(patient):
            for photo in photos_in(session):
                baseline = first.setdefault(photo.stem, photo)
                if baseline is not photo:
                    mask = baseline.with_name(baseline.stem + REGION_ENDING)
                    labels = (patient.name, session.name, photo.stem)
                    yield Pair(baseline, photo, mask if mask.exists() else None, site, labels=labels)


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder by name, without hidden ones; raises InvalidInput where it is none."""
    if not folder.is_dir():
        raise InvalidInput(
            f"{folder}: expected a folder, found {'a file' if folder.exists() else 'nothing'}; check the path."
        )
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def photos_in(session: Path) -> Iterable[Path]:
    """The photos in a folder by name, without masks."""
    return sorted(
        path
        for path in session.iterdir()
        if path.suffix.lower() in PHOTO_ENDINGS and not path.name.endswith(REGION_ENDING) and path.is_file()
    )


def _rows(pair: Pair, found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    patient, session, view = pair.labels
    head = {"patient": patient, "session": session, "view": view, "status": found["status"], "reason": found["reason"]}
    tail = {"version": found["version"]}
    if not found["measurements"]:
        yield head | tail
    for row in found["measurements"]:
        low, high = row["interval"]
        spread = {"interval_low": low, "interval_high": high, "flags": "; ".join(row["flags"])}
        yield head | {key: row[key] for key in row if key not in ("interval", "flags")} | spread | tail


def _advance(bar: "tqdm[Any]", done: int, _: int) -> None:
    bar.update(done - bar.n)
