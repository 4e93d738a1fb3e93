"""Whole photos of the phantom with scars of every kind, uniform in skin tone."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from outline_prompts import compressed
from outline_skin import ITA

from tracker import phantom
from tracker.phantom import Kind, Lesion

FRAME_MM, PX_PER_MM = (64.0, 48.0), 9.0
SCARS = (Kind.ICE_PICK, Kind.BOXCAR, Kind.ROLLING, Kind.HYPERTROPHIC, Kind.STRETCH_MARK, Kind.SURGICAL)
CELLS = ((-21, -12), (0, -12), (21, -12), (-21, 12), (0, 12), (21, 12))
"""Where scars lie, mm: apart, so that each is outlined alone."""


def frames(count: int, rng: Generator) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float32], float]]:
    """Photos with the soft mask of their scars and the skin tone (ITA, degrees); one in six shows bare skin.

    Parameters
    ----------
    count : int
        How many.
    rng : numpy.random.Generator
        Source of chance.
    """
    for _ in range(count):
        yield frame(rng)


def frame(rng: Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32], float]:
    """One photo, its mask and its tone."""
    site = phantom.SITES[("cheek", "forearm", "abdomen")[int(rng.integers(3))]]
    ita = float(rng.uniform(*ITA))
    cells = [cell for cell in CELLS if rng.uniform() < 0.7] if rng.uniform() > 0.16 else []
    kind = SCARS[int(rng.integers(len(SCARS)))] if rng.uniform() < 0.5 else None
    scars = tuple(scar(kind or SCARS[int(rng.integers(len(SCARS)))], cell, rng) for cell in cells)
    spec = phantom.SceneSpec(
        site=site, ita=ita, frame_mm=FRAME_MM, px_per_mm=PX_PER_MM, lesions=scars,
        blood=float(phantom.SceneSpec().blood * np.exp(rng.normal(0, 0.3))),
    )  # fmt: skip
    shot = phantom.photograph(phantom.make_scene(spec, int(rng.integers(1 << 30))), _visit(rng), 1)
    mask = np.zeros(shot.encoded.shape[:2], np.float32)
    for name in shot.maps.masks:
        mask = np.maximum(mask, shot.in_photo(shot.maps.masks[name]))
    return compressed(shot.encoded, rng), np.asarray(mask, np.float32), ita


def scar(kind: Kind, cell: tuple[float, float], rng: Generator) -> Lesion:
    """A scar by the geometry and colours of the literature (docs/methods/scars.md), within a cell of 18 x 20 mm."""
    at = (cell[0] + float(rng.uniform(-2, 2)), cell[1] + float(rng.uniform(-2, 2)))
    fresh = rng.uniform() < 0.65
    blood, melanin = (
        (rng.uniform(1.3, 3.0), rng.uniform(1.0, 1.6)) if fresh else (rng.uniform(0.5, 1.0), rng.uniform(0.6, 1.0))
    )
    low, high, depth = {
        Kind.ICE_PICK: (1.2, 2.4, rng.uniform(0.5, 1.5)),
        Kind.BOXCAR: (2.0, 7.0, rng.uniform(0.1, 0.7)),
        Kind.ROLLING: (3.0, 7.0, rng.uniform(0.2, 0.6)),
        Kind.HYPERTROPHIC: (3.0, 9.0, -rng.uniform(0.2, 1.2)),
        Kind.STRETCH_MARK: (2.0, 5.0, rng.uniform(0.03, 0.2)),
        Kind.SURGICAL: (1.5, 4.5, rng.uniform(-0.3, 0.15)),
    }[kind]
    width = float(rng.uniform(low, high))
    line = kind in (Kind.STRETCH_MARK, Kind.SURGICAL)
    length = float(rng.uniform(12, 18)) if line else width * float(rng.uniform(1, 1.5))
    return Lesion(
        kind, at, width, length, float(depth), float(rng.uniform(0, 180)), float(blood), float(melanin),
        int(rng.integers(1 << 30)),
    )  # fmt: skip


def _visit(rng: Generator) -> phantom.Visit:
    return phantom.Visit(
        pose=phantom.Pose(
            rotation_deg=float(rng.normal(0, 4)), tilt_deg=(float(rng.normal(0, 6)), float(rng.normal(0, 6))),
            zoom=float(rng.uniform(0.95, 1.1)), stretch_mm=0.3, seed=int(rng.integers(1000)),
        ),
        light=phantom.Light(
            azimuth_deg=float(rng.uniform(0, 360)), elevation_deg=float(rng.uniform(20, 75)),
            ambient=float(rng.uniform(0.2, 0.6)), shine=float(rng.uniform(0, 0.15)),
            size_deg=float(rng.uniform(4, 25)),
        ),
        camera=phantom.Camera(
            exposure=float(rng.uniform(0.6, 1.3)), blur_px=float(rng.uniform(0.4, 1.2)),
            white_balance=(float(np.exp(rng.normal(0, 0.08))), 1.0, float(np.exp(rng.normal(0, 0.08)))),
            noise=float(rng.uniform(0.5, 2.0)),
        ),
    )  # fmt: skip
