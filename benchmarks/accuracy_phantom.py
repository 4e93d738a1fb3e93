"""Rendered pairs with known truth, per skin tone: noise with a card, recovered dose, coverage, roughness."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import cv2
import numpy as np

from tracker import phantom
from tracker.imaging import align, colour, pipeline
from tracker.imaging.change import ANY, Noise, NoiseModel
from tracker.imaging.pipeline.rows import UNITS
from tracker.imaging.types import Metric, Photo, Region
from tracker.phantom.optics import skin_colour

BANDS = {"> 41": 52.0, "10..41": 26.0, "-30..10": -8.0, "< -30": -42.0}
OPEN = NoiseModel(
    "open",
    {(m, ANY, c): Noise(1e-3, 1000, "-") for m in (*UNITS, Metric.ROUGHNESS) for c in ("calibrated", "uncalibrated")},
)
PX_PER_MM, FRAME = 9.0, (120.0, 130.0)
CENTRE_MM, RADII_MM = (0.0, 26.0), (15.0, 12.0)


def measured(scenes: int, workers: int = 2) -> list[dict]:
    """Rows per tone band, scene, kind of pair and measure."""
    jobs = [(band, seed) for band in BANDS for seed in range(scenes)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return [row for rows in pool.map(one_scene, jobs) for row in rows]


def one_scene(job: tuple[str, int]) -> list[dict]:
    cv2.setNumThreads(1)
    band, seed = job
    rng = np.random.default_rng([seed, *band.encode()])
    spec = phantom.SceneSpec(
        site=phantom.SITES["cheek"], ita=BANDS[band] + rng.uniform(-6, 6), frame_mm=FRAME, px_per_mm=PX_PER_MM
    )
    plain = phantom.make_scene(spec, seed)
    redness = rng.uniform(1.3, 3.0)
    stain = phantom.Lesion(phantom.Kind.STAIN, CENTRE_MM, 46.0, 40.0, 0.0, blood=redness, seed=seed)
    baseline = phantom.photograph(plain, visit(rng, 0.0), 10 * seed)
    region = drawn(baseline)
    rows = []
    for kind, scene, asked in followups(plain, stain, rng):
        shot = phantom.photograph(scene, asked, 10 * seed + len(rows) + 1)
        rows += compare(baseline, shot, region, {"band": band, "scene": seed, "kind": kind})
    return rows


def followups(
    plain: phantom.Scene, stain: phantom.Lesion, rng: np.random.Generator
) -> Iterator[tuple[str, phantom.Scene, phantom.Visit]]:
    yield "same kit", plain, visit(rng, 1.0)
    yield "same kit", plain, visit(rng, 1.0)
    yield "other kit", plain, other_kit(visit(rng, 1.0), rng)
    yield "dose", plain.with_lesions([stain]), visit(rng, 1.0)
    yield "relief", plain.changed(relief=0.7), visit(rng, 1.0)


def visit(rng: np.random.Generator, spread: float) -> phantom.Visit:
    """A photo of a standard room; what differs between two visits of it is scaled by ``spread``."""
    r = lambda sd: float(spread * sd * rng.standard_normal())  # noqa: E731
    return phantom.Visit(
        pose=phantom.Pose(
            rotation_deg=r(2), shift_mm=(r(1.5), r(1.5)), tilt_deg=(r(1.5), r(1.5)), zoom=1 + r(0.02),
            stretch_mm=0.3 * spread, seed=int(rng.integers(1000)),
        ),
        light=phantom.Light(azimuth_deg=225 + r(3), elevation_deg=55 + r(2)),
        camera=phantom.Camera(
            exposure=1 + r(0.06), white_balance=(1 + r(0.03), 1.0, 1 + r(0.03)), blur_px=0.5 + abs(r(0.1))
        ),
        targets=(phantom.Placement(phantom.tracker_card(), (0.0, -32.0)),),
    )  # fmt: skip


def other_kit(asked: phantom.Visit, rng: np.random.Generator) -> phantom.Visit:
    """The same visit with another camera and another lamp."""
    off = rng.uniform(-0.06, 0.06, (3, 3))
    mix = np.eye(3) + off - np.diag(off.sum(1))
    camera = replace(asked.camera, mix=tuple(map(tuple, mix.tolist())))
    light = replace(asked.light, colour=(1 + rng.uniform(0, 0.15), 1.0, 1 - rng.uniform(0, 0.2)))
    return replace(asked, camera=camera, light=light)


def drawn(shot: phantom.Shot) -> Region:
    turn = np.linspace(0, 2 * np.pi, 90)
    edge = np.array(CENTRE_MM) + np.stack([RADII_MM[0] * np.cos(turn), RADII_MM[1] * np.sin(turn)], 1)
    mask = np.zeros(shot.encoded.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(shot.geometry.to_photo(edge)).astype(np.int32)], 1)
    return Region.from_mask("drawn", mask > 0)


def true_h(shot: phantom.Shot, region: Region) -> float:
    """H of the optics, averaged over a region of the photo, without light, camera or shine."""
    light = skin_colour(np.exp(shot.maps.log_melanin), np.exp(shot.maps.log_blood))
    inside = region.full((shot.encoded.shape[1], shot.encoded.shape[0]))
    mean = [float(shot.in_photo(np.ascontiguousarray(light[..., k]))[inside].mean()) for k in range(3)]
    return float(colour.haemoglobin_index(np.array(mean)))


def compare(baseline: phantom.Shot, followup: phantom.Shot, region: Region, base: dict) -> list[dict]:
    first, second = (Photo(n, n, s.encoded) for n, s in (("baseline", baseline), ("followup", followup)))
    found = pipeline.analyse(first, second, region=region, noise=OPEN)
    if found.refusal is not None:
        return [{**base, "metric": "", "refused": found.refusal.reason}]
    moved = align.carry_region(found.alignment, region)
    truth = true_h(followup, moved) - true_h(baseline, region)
    return [
        {**base, "metric": str(c.metric), "baseline": c.baseline, "followup": c.followup, "true_dh": truth,
         "flags": [f.reason for f in c.flags]}
        for c in found.changes
    ]  # fmt: skip
