"""Relief on rendered skin: planted wrinkles and pores, what hair and freckles feign, dose, light alone, repeat noise.

python benchmarks/accuracy_relief.py [--quick]
"""

import argparse
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import phantom_scenes as scenes
import relief_scenes as skin
from relief_report import entries, lines

from tracker import phantom

SCENES = 3  # per tone band: one under each light
PHOTOS = 5  # of a repeat: 12 degrees of freedom per tone band
FACTORS = (0.5, 1.0, 1.5, 2.0, 3.0)  # on all relief
FINE_PX_PER_MM, COARSE_PX_PER_MM = 20.0, 12.0


def measured(data: Path, workers: int = 2, seeds: range = range(SCENES)) -> list[dict]:
    """Rows of every part of the section."""
    del data  # rendered only
    jobs = [(part, band, seed) for part in range(len(PARTS)) for seed in seeds for band in scenes.BANDS]
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return [row for rows in pool.map(one, jobs) for row in rows]


def one(job: tuple[int, str, int]) -> list[dict]:
    part, band, seed = job
    light = list(scenes.LIGHTS)[seed % len(scenes.LIGHTS)]
    base = {"band": band, "scene": seed, "light": light}
    return [{**base, **row} for row in PARTS[part](band, seed, shine_of(light))]


def shine_of(light: str) -> float:
    """The middle of what a light has."""
    return float(np.mean(scenes.LIGHTS[light]))


def repeats(band: str, seed: int, shine: float) -> Iterator[dict]:
    """Photos of unchanged skin with the card, each against each."""
    scene, rng = skin.person(band, seed, phantom.SITES["cheek"], skin.PX_PER_MM, skin.FRAME_MM)
    if seed % 2:
        scene = scene.with_lesions(skin.wrinkled(rng, skin.CENTRE_MM, 6.0, 3))
    photos = [skin.with_card(scene, rng, shine, seed) for seed in range(PHOTOS)]
    for i, j in combinations(range(PHOTOS), 2):
        for first, second in skin.measures(skin.laid(photos[i], photos[j])):
            yield {
                "kind": "repeat", "metric": str(first.metric), "baseline": first.value, "followup": second.value,
                "own": float(np.hypot(first.standard_error, second.standard_error)),
                "why": [flag.reason for flag in first.flags],
            }  # fmt: skip


def planted_wrinkles(band: str, seed: int, shine: float) -> Iterator[dict]:
    scene, rng = skin.person(band, seed + 100, phantom.SITES["cheek"], skin.PX_PER_MM, skin.SMALL_MM)
    scene = scene.with_lesions(skin.wrinkled(rng, (0.0, 0.0), 6.5, 4))
    asked = phantom.Visit(light=phantom.Light(shine=shine))
    found, other = skin.wrinkle_score(skin.small(scene, asked, 1), skin.wrinkle_truth(scene, asked))
    yield {"kind": "other lines", "density": other}
    for row in found:
        yield {"kind": "wrinkle", **row}


def planted_pores(band: str, seed: int, shine: float) -> Iterator[dict]:
    sites = {
        "pores": phantom.SITES["cheek"],
        "freckles": replace(phantom.SITES["cheek"], pores_per_cm2=0, freckles_per_cm2=1.5),
        "hair": replace(phantom.SITES["forearm"], pores_per_cm2=0),
    }
    for name, site in sites.items():
        scene, _ = skin.person(band, seed + 200, site, FINE_PX_PER_MM, skin.SMALL_MM)
        seen = skin.small(scene, phantom.Visit(light=phantom.Light(shine=shine)), 1)
        yield {"kind": "pore", "skin": name, **skin.pore_score(seen)}


def dose(band: str, seed: int, shine: float) -> Iterator[dict]:
    """The same skin with all of its relief multiplied, against itself."""
    scene, rng = skin.person(band, seed + 300, phantom.SITES["cheek"], COARSE_PX_PER_MM, skin.SMALL_MM)
    scene = scene.with_lesions(skin.wrinkled(rng, (0.0, 0.0), 6.5, 4))
    asked = phantom.Visit(light=phantom.Light(shine=shine))
    start = skin.small(scene, asked, 0)
    for factor in FACTORS:
        lesions = [replace(lesion, depth_mm=lesion.depth_mm * factor) for lesion in scene.spec.lesions]
        more = replace(scene.with_lesions(lesions), relief_mm=scene.relief_mm * np.float32(factor),
                       swell_mm=scene.swell_mm * np.float32(factor))  # fmt: skip
        pair = skin.laid(start, skin.small(more, asked, 1), skin.SAME)
        for first, second in skin.measures(pair)[:4]:
            yield {"kind": "dose", "metric": str(first.metric), "factor": factor, "value": second.value,
                   "start": first.value}  # fmt: skip


def light_only(band: str, seed: int, shine: float) -> Iterator[dict]:
    """Nothing changes but the exposure, or the lamp by as much as visits differ."""
    scene, rng = skin.person(band, seed + 400, phantom.SITES["cheek"], COARSE_PX_PER_MM, skin.SMALL_MM)
    scene = scene.with_lesions(skin.wrinkled(rng, (0.0, 0.0), 6.5, 4))
    asked = phantom.Visit(light=phantom.Light(shine=shine))
    start = skin.small(scene, asked, 0)
    turned = replace(asked.light, azimuth_deg=asked.light.azimuth_deg + 3, elevation_deg=asked.light.elevation_deg - 2)
    others = {
        "exposure x0.75": replace(asked, camera=replace(asked.camera, exposure=0.75)),
        "exposure x1.2": replace(asked, camera=replace(asked.camera, exposure=1.2)),
        "lamp turned by 3 and 2 degrees": replace(asked, light=turned),
    }
    for name, other in others.items():
        pair = skin.laid(start, skin.small(scene, other, 1), skin.SAME)
        for first, second in skin.measures(pair)[:4]:
            yield {"kind": "alone", "what": name, "metric": str(first.metric), "baseline": first.value,
                   "followup": second.value}  # fmt: skip


PARTS: tuple[Callable[[str, int, float], Iterator[dict]], ...] = (
    repeats, planted_wrinkles, planted_pores, dose, light_only,
)  # fmt: skip


def report(rows: list[dict]) -> list[str]:
    """Markdown of the section."""
    return lines(rows)


def noise(rows: list[dict]) -> list[tuple[str, str, str, float, int, str]]:
    """Repeat noise with a card, per tone band and over all."""
    return entries(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one person per tone band")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    began = time.monotonic()
    rows = measured(Path(), options.workers, range(1) if options.quick else range(SCENES))
    print("\n".join(report(rows)))
    for entry in noise(rows):
        print(*entry[:5])
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
