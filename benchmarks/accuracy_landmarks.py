"""Landmarks of faces against hand-placed ones, on people whom the answering network has never seen.

python benchmarks/accuracy_landmarks.py [--quick]
"""

import argparse
import csv
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from alignment import ours
from numpy.typing import NDArray
from tables import bar_cell, median_cell, quantile_cell, share_cell, table

from tracker import phantom
from tracker.imaging import decode, networks
from tracker.imaging.regions.landmarks import find_landmarks
from tracker.imaging.types import NAMED_POINTS, POINT_NAMES, FaceLandmarks, LandmarkNetwork, LandmarkReading, Photo

PROJECT = Path(__file__).resolve().parents[1]
sys.path.append(str(PROJECT / "models" / "face-landmarks-v1"))
from landmark_people import FOLDS, LONDON_INDEX, london_people, read_points  # noqa: E402

FAILURE = 8.0  # % of the inter-pupil distance
BARS = {"named": 1.4, "named p90": 2.2, "all": 2.6, "failures": 0.01, "smile": 2.5, "refused": 0.99, "ms": 25.0}
SMILE_POINTS = ("pupil_right", "pupil_left", "subnasale", "ala_right_lateral", "ala_left_lateral",
                "mouth_corner_right", "mouth_corner_left")  # fmt: skip
PHANTOMS = 24
PARTS = ("eye|pupil|iris|canthus|lid", "brow", "nasal|nose|ala|nostril|subnasale", "mouth|lip", "infraorbital",
         "jaw|chin", "hairline")  # fmt: skip


class Timed:
    """A network that remembers when it was first asked to read: the face had been found by then."""

    def __init__(self, network: LandmarkNetwork) -> None:
        self._network, self.found = network, 0.0

    def locate(self, frames: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        self.found = 0.0
        return self._network.locate(frames)

    def read(self, crops: NDArray[np.uint8]) -> LandmarkReading:
        self.found = self.found or time.perf_counter()
        return self._network.read(crops)


def measured(data: Path, workers: int = 2, *, people: int | None = None) -> list[dict]:
    """One row per shot of a person, and per scene without a face."""
    if not (data / "faces_london").is_dir() or not networks.installed():
        return []
    ethnicity = {row["path"]: row["eth"] for row in csv.DictReader((data / "MANIFEST.csv").open())}
    jobs: list[tuple] = []
    for rank, who in enumerate(london_people(data)[:people]):
        path = data / "faces_london" / f"{who}_neutral.jpg"
        jobs.append(("person", path, rank % FOLDS, ethnicity[f"faces_london/{path.name}"]))
    for folder, kind in (("skin_hgr1", "hands"), ("charts_plantcv", "charts")):
        files = sorted(
            p for p in (data / folder).iterdir() if p.suffix in {".jpg", ".jpeg", ".png"} and "_skin" not in p.name
        )
        jobs += [("faceless", path, kind) for path in files[:people]]
    jobs += [("phantom", seed, "phantom skin") for seed in range(PHANTOMS if people is None else 2)]
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return [row for rows in pool.map(one_job, jobs, chunksize=4) for row in rows]


def one_job(job: tuple) -> list[dict]:
    kind, source, *more = job
    if kind == "person":
        return of_person(source, *more)
    photo = decode.open_photo(source) if kind == "faceless" else phantom_photo(source)
    found = find_landmarks(photo, networks.load(networks.FACE_LANDMARKS).network)
    return [{"part": more[0], "who": photo.name, "refused": not isinstance(found, FaceLandmarks)}]


def phantom_photo(seed: int) -> Photo:
    """Rendered skin of a site and a tone."""
    rng = np.random.default_rng([seed, 404])
    site = list(phantom.SITES.values())[seed % len(phantom.SITES)]
    spec = phantom.SceneSpec(site=site, ita=float(rng.uniform(-50, 60)), frame_mm=(60.0, 60.0), px_per_mm=8.0)
    shot = phantom.photograph(phantom.make_scene(spec, seed), phantom.Visit(), seed)
    return Photo(f"phantom {seed}", "", shot.encoded)


def of_person(path: Path, fold: int, ethnicity: str) -> list[dict]:
    """The neutral shot against its labels, and the smiling one against labels carried by the alignment."""
    loaded = networks.load(networks.FACE_LANDMARKS)
    alone, every = loaded.member(fold), Timed(loaded.network)
    photo, smile = decode.open_photo(path), decode.open_photo(path.with_name(path.name.replace("neutral", "smile")))
    truth = read_points(path.with_suffix(".tem"))
    unit = float(np.hypot(*(truth[0] - truth[1])))
    head = {"who": path.name[:3], "fold": fold, "ethnicity": ethnicity}
    found = find_landmarks(photo, alone)
    find_landmarks(photo, every)
    milliseconds = 1e3 * (time.perf_counter() - every.found)
    row = {"part": "neutral", **head, "refused": not isinstance(found, FaceLandmarks), "ms": milliseconds}
    if isinstance(found, FaceLandmarks):
        row["errors"] = {n: 100 * away(found.points[n], truth[LONDON_INDEX[n]]) / unit for n in POINT_NAMES}
        row["confidence"] = dict(found.confidence)
    smiling = find_landmarks(smile, alone)
    carried = ours(photo, smile, truth[[LONDON_INDEX[name] for name in SMILE_POINTS]])
    other = {"part": "smile", **head, "refused": not isinstance(smiling, FaceLandmarks), "aligned": carried is not None}
    if isinstance(smiling, FaceLandmarks) and carried is not None:
        other["errors"] = {
            name: 100 * away(smiling.points[name], to) / unit for name, to in zip(SMILE_POINTS, carried, strict=True)
        }
    return [row, other]


def away(one: tuple[float, float], other: NDArray[np.float64]) -> float:
    return float(np.hypot(*np.subtract(one, other)))


def of_points(row: dict, names: tuple[str, ...]) -> float:
    """Mean error of some landmarks of one shot, % of the inter-pupil distance."""
    return float(np.mean([row["errors"][name] for name in names]))


def risk_coverage(rows: list[dict]) -> tuple[float, float, float]:
    """Area under the risk-coverage curve of all landmarks by confidence, by the error itself, and by nothing."""
    error = np.array([row["errors"][n] for row in rows for n in POINT_NAMES])
    trust = np.array([row["confidence"][n] for row in rows for n in POINT_NAMES])
    share = np.arange(1, len(error) + 1)
    area = [float((np.cumsum(error[order]) / share).mean()) for order in (np.argsort(-trust), np.argsort(error))]
    return area[0], area[1], float(error.mean())


def report(rows: list[dict]) -> list[str]:
    """Markdown of the section."""
    neutral = [row for row in rows if row["part"] == "neutral"]
    found = [row for row in neutral if "errors" in row]
    smiles = [row for row in rows if row["part"] == "smile" and "errors" in row]
    head = ["## Landmarks of faces (faces_london, people held out)", ""]
    if not found:
        return [*head, "Not measured: the photos or the networks are not here.", ""]
    named, every = ([of_points(row, names) for row in found] for names in (NAMED_POINTS, POINT_NAMES))
    failed = len(neutral) - len(found) + sum(value > FAILURE for value in named)
    smiling = [of_points(row, SMILE_POINTS) for row in smiles]
    area, best, none = risk_coverage(found)
    p90 = float(np.percentile(named, 90))
    ms = [row["ms"] for row in neutral]
    body = [
        ["ten named points, median", median_cell(named), bar_cell(float(np.median(named)), BARS["named"])],
        ["ten named points, p90", quantile_cell(named, 0.9), bar_cell(p90, BARS["named p90"])],
        [f"all {len(POINT_NAMES)} points, median", median_cell(every), bar_cell(float(np.median(every)), BARS["all"])],
        ["refused, or off by more than 8 %", share_cell(failed, len(neutral)),
         bar_cell(failed / len(neutral), BARS["failures"], digits=4, percent=True)],
        ["smiling, against labels carried by the alignment", median_cell(smiling),
         bar_cell(float(np.median(smiling)) if smiling else float("nan"), BARS["smile"])],
        ["smiling, refused", share_cell(sum(r["refused"] for r in rows if r["part"] == "smile"), len(neutral)), ""],
        ["area under risk-coverage, all points", f"{area:.2f} (perfect order {best:.2f}, none {none:.2f})", ""],
        ["ms after the face is found, all members", median_cell(ms, digits=0),
         bar_cell(float(np.median(ms)), BARS["ms"], digits=0)],
    ]  # fmt: skip
    lost = []
    for part in ("hands", "charts", "phantom skin"):
        refused = [row["refused"] for row in rows if row["part"] == part]
        share = sum(refused) / max(1, len(refused))
        bar = bar_cell(share, BARS["refused"], least=True, percent=True)
        lost.append([part, share_cell(sum(refused), len(refused)), bar])
    return [
        *head,
        "Mean distance to the hand-placed points in % of the distance between the pupils; each person is answered by "
        "the one member that has never seen them, so the five together are better than this. Limits over people.", "",
        *table(("figure", "value", "bar"), body),
        *table(("group", "people", "named points, median", "named, p90", "all points, median"), _groups(found)),
        *table(("points", "median over people, %"), _parts(found)),
        *table(("no face", "refused", "bar"), lost),
    ]  # fmt: skip


def _groups(found: list[dict]) -> list[list[str]]:
    keys = [(f"fold {fold}", "fold", fold) for fold in range(FOLDS)]
    keys += [(name, "ethnicity", name) for name in sorted({row["ethnicity"] for row in found})]
    body = []
    for label, key, value in keys:
        mine = [row for row in found if row[key] == value]
        named, every = ([of_points(row, names) for row in mine] for names in (NAMED_POINTS, POINT_NAMES))
        if mine:
            body.append([label, str(len(mine)), quantile_cell(named, 0.5), quantile_cell(named, 0.9),
                         quantile_cell(every, 0.5)])  # fmt: skip
    return body


def _parts(found: list[dict]) -> list[list[str]]:
    groups = [(part.replace("|", ", "), tuple(n for n in POINT_NAMES if any(w in n for w in part.split("|"))))
              for part in PARTS]  # fmt: skip
    groups += [(name, (name,)) for name in (*NAMED_POINTS, "hairline_middle")]
    return [[label, quantile_cell([of_points(row, names) for row in found], 0.5)] for label, names in groups]


def noise(rows: list[dict]) -> list[tuple[str, str, str, float, int, str]]:
    """Nothing: landmarks are no measure of skin."""
    return []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="5 people and as many scenes of each kind")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print(
        "\n".join(
            report(measured(PROJECT.parent / "shared" / "data", options.workers, people=5 if options.quick else None))
        )
    )
