"""Things drawn on or in skin one by one: freckles, capillaries, deep veins, hairs."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.phantom.noise import Map, Shape, smooth_noise
from tracker.phantom.sites import Site


@dataclass(frozen=True, slots=True, eq=False)
class Hair:
    """One hair on the canvas.

    Parameters
    ----------
    path_px : ndarray of float32, shape (n, 2)
        From root to tip.
    opacity : float
        0 to 1 at the root.
    """

    path_px: NDArray[np.float32] = field(repr=False)
    opacity: float


def freckles(shape: Shape, px_per_mm: float, per_cm2: float, rng: np.random.Generator) -> Map:
    """Rise of log melanin by freckles of 0.6 to 3 mm with uneven outlines."""
    out = np.zeros(shape, np.float32)
    area_cm2 = shape[0] * shape[1] / (10 * px_per_mm) ** 2
    for _ in range(rng.poisson(per_cm2 * area_cm2)):
        radius = float(np.clip(rng.lognormal(np.log(0.55), 0.4), 0.3, 1.6)) * px_per_mm
        x, y = rng.uniform(0, shape[1]), rng.uniform(0, shape[0])
        _add_spot(out, (x, y), radius, rng.uniform(0.12, 0.45), rng)
    return out


def _add_spot(out: Map, centre: tuple[float, float], radius: float, height: float, rng: np.random.Generator) -> None:
    reach = int(2.2 * radius) + 2
    rows = slice(max(0, int(centre[1]) - reach), min(out.shape[0], int(centre[1]) + reach))
    columns = slice(max(0, int(centre[0]) - reach), min(out.shape[1], int(centre[0]) + reach))
    y, x = np.mgrid[rows, columns].astype(np.float32)
    dx, dy = x - np.float32(centre[0]), y - np.float32(centre[1])
    theta = np.arctan2(dy, dx)
    outline = np.ones_like(theta)
    for order in range(2, 6):
        outline += np.float32(0.25 / order * rng.standard_normal()) * np.cos(
            order * theta + np.float32(rng.uniform(0, 6.28))
        )
    rho = np.hypot(dx, dy) / (np.float32(radius) * np.maximum(outline, 0.4))
    out[rows, columns] += np.float32(height) * np.exp(-(rho**2.6))


def capillaries(shape: Shape, px_per_mm: float, rng: np.random.Generator) -> Map:
    """Rise of log blood (about 0 to 1) by fine tortuous superficial vessels in a few patches."""
    canvas = np.zeros(shape, np.uint8)
    area_cm2 = shape[0] * shape[1] / (10 * px_per_mm) ** 2
    region = smooth_noise(shape, 9 * px_per_mm, rng)
    for _ in range(int(1.1 * area_cm2)):
        start = rng.uniform(0, 1, 2) * np.array(shape[::-1])
        if region[min(int(start[1]), shape[0] - 1), min(int(start[0]), shape[1] - 1)] < 0.7:
            continue
        for _ in range(rng.integers(1, 4)):
            path = _wander(start, rng.uniform(2, 9) * px_per_mm, 0.35, 0.45 * px_per_mm, rng)
            level = int(rng.uniform(70, 255))
            _draw(canvas, path, level, 1)
    soft = cv2.GaussianBlur(canvas.astype(np.float32) / 255, (0, 0), max(0.09 * px_per_mm, 0.6))
    return np.asarray(np.minimum(1.6 * soft, 1.0), np.float32)


def deep_veins(shape: Shape, px_per_mm: float, rng: np.random.Generator) -> Map:
    """Strength (0 to 1) of bluish veins 1.5 to 4 mm wide that run mostly along x and branch."""
    scale = 2.0 / px_per_mm  # 2 px per mm is plenty for something this soft
    small = (int(shape[0] * scale) + 2, int(shape[1] * scale) + 2)
    out = np.zeros(small, np.float32)
    for _ in range(4):
        start = np.array([rng.uniform(-0.1, 0.4) * small[1], rng.uniform(0.15, 0.85) * small[0]])
        path = _wander(start, 1.1 * small[1], 0.11, 6.0, rng, heading=rng.normal(0, 0.22))
        paths = [path]
        if len(path) > 8:
            fork = path[rng.integers(3, len(path) - 3)]
            paths.append(
                _wander(fork, 0.5 * small[1], 0.13, 6.0, rng, heading=rng.choice([-1, 1]) * rng.uniform(0.4, 0.9))
            )
        for piece, width in zip(paths, (rng.uniform(2.0, 3.6), rng.uniform(1.2, 2.0)), strict=False):
            line = np.zeros(small, np.uint8)
            _draw(line, piece, 255, max(1, round(2 * width)))
            strength = rng.uniform(0.45, 1.0)
            np.maximum(out, strength * cv2.GaussianBlur(line.astype(np.float32) / 255, (0, 0), 2.2), out=out)
    size = shape[1], shape[0]
    return np.asarray(cv2.GaussianBlur(cv2.resize(out, size, interpolation=cv2.INTER_LINEAR), (0, 0), 3), np.float32)


def hairs(shape: Shape, px_per_mm: float, site: Site, rng: np.random.Generator) -> tuple[Hair, ...]:
    """Hairs that lie in a slowly turning direction, each curved in its own way."""
    area_cm2 = shape[0] * shape[1] / (10 * px_per_mm) ** 2
    flow = smooth_noise(shape, 20 * px_per_mm, rng)
    found = []
    for _ in range(rng.poisson(site.hairs_per_cm2 * area_cm2)):
        root = rng.uniform(0, 1, 2) * np.array(shape[::-1])
        lean = flow[min(int(root[1]), shape[0] - 1), min(int(root[0]), shape[1] - 1)]
        heading = np.radians(site.fold_direction_deg) + 0.5 * float(lean) + 0.28 * rng.standard_normal()
        length = float(np.clip(rng.lognormal(np.log(site.hair_mm), 0.5), 0.5, 30.0)) * px_per_mm
        bend = 0.55 * rng.standard_normal() / 8
        steps = np.cumsum(np.full(8, bend)) + heading
        path = root + np.cumsum(np.stack([np.cos(steps), np.sin(steps)], 1) * length / 8, axis=0)
        opacity = site.hair_opacity * float(rng.uniform(0.15, 1.0))
        found.append(Hair(np.vstack([root, path]).astype(np.float32), opacity))
    return tuple(found)


def hair_cover(found: tuple[Hair, ...], shape: Shape) -> Map:
    """Share of each canvas pixel hidden by hair, 0 to 1; hairs thin out towards the tip."""
    canvas = np.zeros(shape, np.uint8)
    for hair in found:
        half = len(hair.path_px) // 2
        _draw(canvas, hair.path_px[: half + 2], int(255 * hair.opacity), 1)
        _draw(canvas, hair.path_px[half + 1 :], int(150 * hair.opacity), 1)
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.5).astype(np.float32) / 255, np.float32)


def _wander(
    start: NDArray[np.float64],
    length: float,
    turn: float,
    step: float,
    rng: np.random.Generator,
    heading: float | None = None,
) -> NDArray[np.float64]:
    count = max(3, int(length / step))
    first = rng.uniform(0, 2 * np.pi) if heading is None else heading
    angles = first + np.cumsum(turn * rng.standard_normal(count))
    return start + np.cumsum(np.stack([np.cos(angles), np.sin(angles)], 1) * step, axis=0)


def _draw(canvas: NDArray[np.uint8], path: NDArray[np.floating], level: int, thickness: int) -> None:
    points = np.rint(path * 16).astype(np.int32).reshape(-1, 1, 2)  # 4 fractional bits
    cv2.polylines(canvas, [points], False, level, thickness, cv2.LINE_AA, shift=4)
