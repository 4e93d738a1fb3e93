"""Random shapes of lesions as signed distances, and cheap smooth noise."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Plane = NDArray[np.float32]
SIDE = 256
"""Pixels of the canvas on which a scene is painted."""


def noise(rng: Generator, sigma: float) -> Plane:
    """Smooth noise of about unit variance on the canvas, with a correlation length of about ``sigma`` pixels."""
    count = max(3, round(SIDE / max(sigma, 1.0)))
    grid = rng.standard_normal((count, count)).astype(np.float32)
    rough = cv2.resize(grid, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC if count < SIDE else cv2.INTER_LINEAR)
    return np.asarray(rough / max(float(rough.std()), 1e-3), np.float32)


def signed_distance(rng: Generator, length: float, centre: tuple[float, float]) -> Plane:
    """Pixels to the border of a random shape, positive inside.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    length : float
        Its longer side in pixels, about.
    centre : tuple of float
        x, y on the canvas.
    """
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    x, y = x - np.float32(centre[0]), y - np.float32(centre[1])
    turn = rng.uniform(0, np.pi)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    kinds: list[Callable[[Generator, Plane, Plane, float], Plane]] = [_star, _ragged, _ribbon, _lobes]
    kind = kinds[int(rng.choice(len(kinds), p=[0.4, 0.3, 0.12, 0.18]))]
    field = kind(rng, u.astype(np.float32), v.astype(np.float32), length)
    inside = _connected(field, centre)
    within, without = (cv2.distanceTransform(part, cv2.DIST_L2, 5) for part in (inside, 1 - inside))
    return np.asarray(np.where(inside > 0, within - 0.5, 0.5 - without), np.float32)


def _connected(field: Plane, centre: tuple[float, float]) -> NDArray[np.uint8]:
    """The largest part with its holes filled: people outline, they do not perforate."""
    inside = (field > 0).astype(np.uint8)
    edge, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    out = np.zeros_like(inside)
    if edge:
        cv2.drawContours(out, [max(edge, key=len)], -1, 1, cv2.FILLED)
    if int(out.sum()) < 12:
        cv2.circle(out, (int(centre[0]), int(centre[1])), 4, 1, cv2.FILLED)
    return out


def _star(rng: Generator, u: Plane, v: Plane, length: float) -> Plane:
    aspect = rng.uniform(0.4, 1.0)
    theta, radius = np.arctan2(v / aspect, u), np.hypot(u, v / aspect)
    outline = np.ones_like(theta)
    rough = rng.uniform(0.02, 0.16)
    for order in range(2, 14):
        outline += np.float32(rough * rng.standard_normal() / order**0.7) * np.cos(order * theta + rng.uniform(0, 6.3))
    return np.asarray(length / 2 * np.maximum(outline, 0.3) - radius, np.float32)


def _ragged(rng: Generator, u: Plane, v: Plane, length: float) -> Plane:
    aspect = rng.uniform(0.4, 1.0)
    radius = np.hypot(u, v / aspect) / (length / 2)
    coarse, fine = noise(rng, length * rng.uniform(0.15, 0.4)), noise(rng, length * rng.uniform(0.04, 0.12))
    return np.asarray(1 - radius + rng.uniform(0.1, 0.35) * coarse + rng.uniform(0, 0.15) * fine, np.float32)


def _ribbon(rng: Generator, u: Plane, v: Plane, length: float) -> Plane:
    position = np.clip(u / (length / 2), -1.3, 1.3)
    bend = np.zeros_like(u)
    for order in range(1, 5):
        bend += np.float32(0.05 * length * rng.standard_normal() / order**1.5) * np.sin(
            order * 1.8 * position + rng.uniform(0, 6.3)
        )
    swell = 1 + 0.2 * noise(rng, length / 5)
    half = length * rng.uniform(0.05, 0.14) * np.maximum(swell, 0.4) * np.sqrt(np.maximum(1 - position**2, 0))
    return np.asarray(half - np.abs(v - bend), np.float32)


def _lobes(rng: Generator, u: Plane, v: Plane, length: float) -> Plane:
    field = np.full(u.shape, -1e3, np.float32)
    for _ in range(int(rng.integers(2, 6))):
        at, radius = rng.normal(0, 0.17 * length, 2), length * rng.uniform(0.14, 0.3)
        field = np.maximum(field, radius - np.hypot(u - at[0], (v - at[1]) * rng.uniform(0.8, 1.4)))
    return np.asarray(field + 0.03 * length * noise(rng, length / 8), np.float32)
