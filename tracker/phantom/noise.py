"""Random fields and point patterns in millimetres, fast enough for two megapixels: a pyramid instead of an FFT."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
"""(height, width) of the skin canvas."""
Shape = tuple[int, int]
"""(height, width)."""


def smooth_noise(shape: Shape, sigma_px: float, rng: np.random.Generator) -> Map:
    """Gaussian noise of unit variance, low-passed with a Gaussian of about ``sigma_px``.

    The white noise is drawn on a grid halved until the filter is two to four cells wide, so cost does not grow with
    sigma, and is brought to size by B-spline subdivision: its slopes are smooth, where cubic resizing leaves a weave
    in the shading.
    """
    halvings = max(0, int(np.log2(max(sigma_px, 1.0) / 2.0)))
    step = 2**halvings
    rows, columns = (-(-n // step) + 8 for n in shape)
    field = rng.standard_normal((rows, columns), np.float32)
    if sigma_px / step > 0.3:
        field = np.asarray(cv2.GaussianBlur(field, (0, 0), sigma_px / step), np.float32)
    for _ in range(halvings):
        field = np.asarray(cv2.pyrUp(field), np.float32)
    field = field[4 * step : 4 * step + shape[0], 4 * step : 4 * step + shape[1]]
    return np.ascontiguousarray(field * np.float32(1 / _low_pass_sd(sigma_px / step, halvings)))


def _low_pass_sd(sigma: float, halvings: int) -> float:
    """Standard deviation that is left of white noise; expected, not measured, so that a small patch keeps its share."""
    if sigma <= 0.3:
        return 1.0
    kernel = cv2.getGaussianKernel(2 * int(np.ceil(4 * sigma)) + 1, sigma)
    spread = (1 - 0.25**halvings) / 3  # variance in cells that the subdivision's own kernels add
    return float((kernel**2).sum()) * sigma / float(np.sqrt(sigma**2 + spread))


def band_noise(shape: Shape, px_per_mm: float, bands: Sequence[tuple[float, float]], rng: np.random.Generator) -> Map:
    """Sum of smooth noises, one per (sigma in mm, standard deviation)."""
    total = np.zeros(shape, np.float32)
    for sigma_mm, sd in bands:
        total += np.float32(sd) * smooth_noise(shape, sigma_mm * px_per_mm, rng)
    return total


def grain_noise(
    shape: Shape, across_px: float, along_px: float, angle_deg: float, bend: Map, rng: np.random.Generator
) -> Map:
    """Band-passed noise stretched along a direction that bends slowly; unit variance.

    Parameters
    ----------
    across_px, along_px : float
        Width of a streak (sigma of its low-pass) and its length.
    angle_deg : float
        Direction of the streaks.
    bend : Map
        Lateral shift of the streaks in px; smooth.
    """
    cell = 1.3  # sigma in cells: enough that bilinear sampling shows no lattice
    step_u, step_v = along_px / cell, across_px / cell
    diagonal = float(np.hypot(*shape)) + 8 * float(np.abs(bend).max() + along_px)
    grid = rng.standard_normal((int(diagonal / step_v) + 12, int(diagonal / step_u) + 12), np.float32)
    grid = cv2.GaussianBlur(grid, (0, 0), cell) - cv2.GaussianBlur(grid, (0, 0), 2.2 * cell)
    grid = np.asarray(grid / grid.std(), np.float32)
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    x = np.arange(shape[1], dtype=np.float32)[None] - shape[1] / 2
    y = np.arange(shape[0], dtype=np.float32)[:, None] - shape[0] / 2
    u = (x * np.float32(cosine) + y * np.float32(sine)) / np.float32(step_u) + grid.shape[1] / 2
    v = (y * np.float32(cosine) - x * np.float32(sine) + bend) / np.float32(step_v) + grid.shape[0] / 2
    return np.asarray(cv2.remap(grid, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR), np.float32)


def scattered_points(shape: Shape, spacing_px: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Points (x, y) on a jittered triangular lattice: irregular, yet never on top of each other; shape (n, 2)."""
    rows = np.arange(-1, shape[0] / (spacing_px * 0.866) + 1)
    columns = np.arange(-1, shape[1] / spacing_px + 1)
    x, y = np.meshgrid(columns, rows)
    x = x + 0.5 * (np.arange(rows.size) % 2)[:, None]
    points = np.stack([x * spacing_px, y * spacing_px * 0.866], -1).reshape(-1, 2)
    points += rng.uniform(-0.42, 0.42, points.shape) * spacing_px
    inside = ((points > 3) & (points < np.array(shape[::-1]) - 4)).all(1)
    return points[inside].astype(np.float32)


def splat(shape: Shape, points: NDArray[np.float32], sigma_px: Map, weight: Map) -> Map:
    """Sum of small Gaussians with their own sigma (px) and height at (n, 2) points."""
    out = np.zeros(shape, np.float32)
    edges = np.quantile(sigma_px, [0, 0.5, 0.8, 0.95, 1]) if sigma_px.size else np.zeros(5)
    for low, high in pairwise(edges):  # few window sizes instead of the largest for all
        chosen = (sigma_px >= low) & ((sigma_px < high) | (high == edges[-1]) & (sigma_px <= high))
        if chosen.any():
            _splat_one_size(out, points[chosen], sigma_px[chosen], weight[chosen])
    return out


def _splat_one_size(out: Map, points: NDArray[np.float32], sigma: Map, weight: Map) -> None:
    radius = int(np.ceil(3 * float(sigma.max())))
    base = np.floor(points).astype(np.int64)
    fraction = points - base
    flat = out.reshape(-1)
    height, width = out.shape
    for dy in range(-radius, radius + 1):
        y = base[:, 1] + dy
        for dx in range(-radius, radius + 1):
            x = base[:, 0] + dx
            inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
            r2 = (dx - fraction[:, 0]) ** 2 + (dy - fraction[:, 1]) ** 2
            value = weight * np.exp(-r2 / (2 * sigma**2))
            np.add.at(flat, (y * width + x)[inside], value[inside])
