"""Redness and pigment on rendered skin with known truth, per skin tone: noise, false changes, coverage, dose, power.

python benchmarks/accuracy_phantom.py [--quick] [--rows FILE]
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import phantom_scenes as scenes
from phantom_report import entries, lines
from phantom_scenes import Taken, Truth

from tracker import phantom
from tracker.errors import NotComparable
from tracker.imaging import align, change
from tracker.imaging.pipeline.analysis import register_on_skin
from tracker.imaging.pipeline.laying import lay
from tracker.imaging.pipeline.relief import relief_rows
from tracker.imaging.pipeline.rows import colour_rows
from tracker.imaging.types import Alignment, Change, Metric

SCENES, REPEATS = 15, 9
"""Per tone band: 15 people, 9 photos each of unchanged skin give 36 pairs, 540 per band."""
ALIGNED = 2  # photos that are registered to the first; their errors serve the pairs among all others
AGAINST = 3  # photos of unchanged skin with which each changed one is compared
RELIEF_PAIRS = 9  # of one person: relief costs as much as everything else
QUICK = 1


def measured(data: Path, workers: int = 2, seeds: range = range(SCENES)) -> list[dict]:
    """One row per pair and measure."""
    del data  # rendered only
    jobs = [(band, seed) for seed in seeds for band in scenes.BANDS]
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return [row for rows in pool.map(one_scene, jobs) for row in rows]


def one_scene(job: tuple[str, int]) -> list[dict]:
    """All pairs of one person."""
    band, seed = job
    plain, rng = scenes.draw(band, seed)
    light = list(scenes.LIGHTS)[seed % len(scenes.LIGHTS)]
    shine = float(rng.uniform(*scenes.LIGHTS[light]))
    nulls = [scenes.take(plain, scenes.visit(rng, shine), number) for number in range(REPEATS)]
    try:
        found = [
            register_on_skin(nulls[0].photo, other.photo, nulls[0].region, (nulls[0].skin, other.skin))
            for other in nulls[1 : ALIGNED + 1]
        ]
    except NotComparable as refused:
        return [{"band": band, "scene": seed, "light": light, "kind": "refused", "reason": refused.reason}]
    errors = [scenes.alignment_error(a, nulls[0], b) for a, b in zip(found, nulls[1:], strict=False)]
    base = {"band": band, "scene": seed, "light": light, "ita": plain.spec.ita, "shine": shine}
    rows = [{**base, "kind": "alignment", "metric": "", "error_px": scenes.mean_error(errors)}]
    start = scenes.truth(plain)
    for number, (i, j) in enumerate(combinations(range(REPEATS), 2)):
        known = found[j - 1] if i == 0 and j <= ALIGNED else None
        laid = known or borrowed(nulls[i], nulls[j], errors[(i + j) % ALIGNED], found[0].residual_px)
        null = {**base, "kind": "null", "photos": [i, j]}
        rows += compare((nulls[i], nulls[j]), laid, null, (start, start), number < RELIEF_PAIRS)
    for kind, scene, asked in changed(plain, rng, shine, seed):
        taken, after = scenes.take(scene, asked, REPEATS + len(rows)), scenes.truth(scene)
        for i in range(AGAINST):
            laid = borrowed(nulls[i], taken, errors[i % ALIGNED], found[0].residual_px)
            rows += compare((nulls[i], taken), laid, {**base, "kind": kind}, (start, after), kind == "relief")
    return rows


def changed(
    plain: phantom.Scene, rng: np.random.Generator, shine: float, seed: int
) -> Iterator[tuple[str, phantom.Scene, phantom.Visit]]:
    """Follow-ups in which something is different, each of a size drawn at random."""
    yield "other kit", plain, scenes.other_kit(scenes.visit(rng, shine), rng)
    for dose in (rng.uniform(1.1, 1.6), rng.uniform(1.6, 3.0)):
        yield "blood", plain.with_lesions([scenes.stain(seed, blood=dose)]), scenes.visit(rng, shine)
    melanin = rng.choice([rng.uniform(0.75, 0.92), rng.uniform(1.08, 1.35)])
    yield "melanin", plain.with_lesions([scenes.stain(seed, melanin=float(melanin))]), scenes.visit(rng, shine)


def borrowed(first: Taken, second: Taken, error: np.ndarray, residual_px: float) -> Alignment:
    return scenes.true_alignment(first, second, error, residual_px)


def compare(
    both: tuple[Taken, Taken], found: Alignment, base: dict, known: tuple[Truth, Truth], with_relief: bool
) -> list[dict]:
    """The measures of one pair; the errors are those of the pair itself, without repeat noise."""
    first, second = both
    pair = lay(first.photo, second.photo, found, (first.skin, second.skin))
    told: list[Change] = colour_rows(pair, first.region, (), change.UNJUDGED)
    if with_relief:
        places = (first.region, align.carry_region(found, first.region))
        told += [row for row in relief_rows(pair, places, (), change.UNJUDGED) if row.metric is Metric.ROUGHNESS]
    true = {
        "true_fair_h": known[1].fair_h - known[0].fair_h,
        "true_h": known[1].h - known[0].h,
        "true_pigment": known[1].pigment - known[0].pigment,
    }
    return [
        {**base, **true, "metric": str(c.metric), "baseline": c.baseline, "followup": c.followup, "own": own_error(c),
         "gain": c.gain, "scale": c.scale_error, "flags": [f.reason for f in c.flags if c.metric in f.withholds]}
        for c in told
    ]  # fmt: skip


def own_error(row: Change) -> float:
    """Standard error of the change from this pair alone, on the scale on which it is judged."""
    half = np.log1p(row.sdc / 100) if row.metric in change.LOG_METRICS else row.sdc
    return float(half / 1.959964)


def report(rows: list[dict]) -> list[str]:
    """Markdown of the section."""
    return lines(rows)


def noise(rows: list[dict]) -> list[tuple[str, str, str, float, int, str]]:
    """Repeat noise with a card, per tone band and over all."""
    return entries(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one person per tone band")
    parser.add_argument("--scenes", type=int, default=SCENES)
    parser.add_argument("--first", type=int, default=0, help="another first person: other people than the report has")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rows", type=Path, default=None, help="keep the rows here, or read them where it exists")
    options = parser.parse_args()
    began = time.monotonic()
    if options.rows and options.rows.is_file():
        rows = json.loads(options.rows.read_text("utf-8"))
    else:
        count = QUICK if options.quick else options.scenes
        rows = measured(Path(), options.workers, range(options.first, options.first + count))
        if options.rows:
            options.rows.write_text(json.dumps(rows), "utf-8")
    print("\n".join(report(rows)))
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
