"""What makes a pair of photos doubtful: spoiled pairs found with the right reason, and good pairs left alone.

python benchmarks/accuracy_gate.py [--quick]
"""

import argparse
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import gate_faces as faces
import gate_scenes as scenes
from gate_report import report as report

from tracker.imaging import quality
from tracker.imaging.pipeline.analysis import alike
from tracker.imaging.pipeline.laying import calibration_flags, lay, shared_light
from tracker.imaging.types import Photo

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SCENES = 30  # per tone band
FIRST_SEED = 200  # the thresholds were chosen on the seeds below
SPOIL_EVERY = 4  # of the London pairs looked at


def measured(data: Path, workers: int = 2, count: int = SCENES) -> list[dict]:
    """Rows of rendered pairs, of London pairs, of faces in other light and from afar, and of charts."""
    jobs: list[tuple[Callable[..., list[dict]], tuple]] = [
        (one_scene, (band, seed)) for seed in range(FIRST_SEED, FIRST_SEED + count) for band in scenes.BANDS
    ]
    if (data / "faces_london").is_dir():
        people = sorted((data / "faces_london").glob("*_neutral.jpg"))[:: 2 if count == SCENES else 12]
        jobs += [(faces.london_pair, (path, index % SPOIL_EVERY == 0)) for index, path in enumerate(people)]
        jobs += [(part, (data,)) for part in (faces.other_light, faces.distances, faces.charts)]
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return [row for rows in pool.map(_do, jobs) for row in rows]


def _do(job: tuple[Callable[..., list[dict]], tuple]) -> list[dict]:
    cv2.setNumThreads(1)
    return job[0](*job[1])


def one_scene(band: str, seed: int) -> list[dict]:
    """The flags of every follow-up of one rendered scene, with its card and without."""
    baseline, skin, followups = scenes.pairs(band, seed)
    rows = []
    for found in followups:
        for card in (True, False):
            photos = alike(baseline, found.photo) if card else (plain(baseline), plain(found.photo))
            pair = lay(*photos, found.alignment, (skin, found.skin))
            flags = quality.pair_flags(photos, pair.skin, found.alignment, shared_light(pair))
            row = faces.as_row((*calibration_flags(pair), *flags))
            rows.append({"set": "rendered", "band": band, "scene": seed, "kind": found.kind, "card": card, **row})
    return rows


def plain(photo: Photo) -> Photo:
    return photo.with_calibration(None)


def noise(rows: list[dict]) -> list[tuple]:
    """Supplies no repeat noise."""
    del rows
    return []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--scenes", type=int, default=SCENES)
    options = parser.parse_args()
    print("\n".join(report(measured(DATA, 2, 2 if options.quick else options.scenes))))
