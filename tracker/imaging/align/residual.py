"""The fine fit: what is left after the plane motion, as a smooth field with its information.

A pyramid of windowed Gauss-Newton steps (Lucas and Kanade 1981; Baker and Matthews 2004,
doi 10.1023/B:VISI.0000011205.11775.fd) on band-passed log-luminance. Every node pools the normal equations of its
neighbourhood over all levels, each weighted by the inverse of its own residual variance, so that fine texture counts
where it agrees and coarse shape where noise or blur has eaten the rest. A prior holds nodes without information at the
value of the wider window, which is also how the field crosses a masked lesion.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.align.prepared import Image, band, local_contrast

BLOCK = 8  # working pixels per node
CORRELATED_PIXELS = 6.0  # pixels per independent sample of a band-passed residual
OUTSIDE_WEIGHT = 1e-3  # of untrusted surroundings: they decide only where there is no skin at all
ROBUST = 2.5  # residual standard deviations at which a pixel's weight has halved


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the schedule: pyramid levels, window (pixels), prior of the remaining displacement (pixels)."""

    levels: tuple[int, ...]
    window: float
    prior: float
    rounds: int


SCHEDULE = (
    Stage((3,), 96.0, 6.0, 4),
    Stage((3,), 56.0, 3.0, 4),
    Stage((2, 3), 40.0, 2.0, 4),
    Stage((1, 2), 28.0, 1.0, 4),
    Stage((0, 1, 2), 20.0, 0.5, 3),
)


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A displacement on blocks of the follow-up frame.

    Parameters
    ----------
    shift : ndarray of float32, shape (rows, columns, 2)
        Added to a position of the warped baseline to reach the same skin in the follow-up, working pixels.
    agreement : ndarray of float32, shape (rows, columns)
        Correlation of the two band-passed pictures around each block after the fit, -1 to 1.
    before : ndarray of float32, shape (rows, columns)
        The same before the fit.
    """

    shift: NDArray[np.float32] = field(repr=False)
    agreement: NDArray[np.float32] = field(repr=False)
    before: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One pyramid level: template and its gradients, moving picture, weight."""

    template: Image = field(repr=False)
    gx: Image = field(repr=False)
    gy: Image = field(repr=False)
    moving: Image = field(repr=False)
    weight: Image = field(repr=False)


def refine(template: Image, moving: Image, weight: Image) -> Field:
    """The smooth field that carries the template onto the moving picture.

    Parameters
    ----------
    template, moving : ndarray of float32, shape (height, width)
        Log-luminance of the warped baseline and of the follow-up in one frame; sides are multiples of 8 * BLOCK.
    weight : ndarray of float32, shape (height, width)
        0 to 1; 0 inside the treated region and outside either photo.
    """
    levels = _pyramid(template, moving, weight)
    rows, columns = template.shape[0] // BLOCK, template.shape[1] // BLOCK
    shift = np.zeros((rows, columns, 2), np.float32)
    before = agreement(levels[1], shift, 1)
    for stage in SCHEDULE:
        for _ in range(stage.rounds):
            shift = shift + _step(levels, shift, stage)
    return Field(shift, agreement(levels[1], shift, 1), before)


def _pyramid(template: Image, moving: Image, weight: Image) -> tuple[Level, ...]:
    levels = []
    for index in range(4):
        if index:
            template, moving, weight = (
                cv2.resize(v, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for v in (template, moving, weight)
            )
        a, b = (_texture(v) for v in (template, moving))
        gx, gy = (cv2.Sobel(a, cv2.CV_32F, *order, ksize=3, scale=0.125) for order in ((1, 0), (0, 1)))
        levels.append(Level(a, gx, gy, b, weight))
    return tuple(levels)


def _texture(log_luminance: Image) -> Image:
    fine = band(log_luminance, 0.8, 4.0)
    return np.asarray(fine / local_contrast(fine, 12.0, 0.01), np.float32)


def _moved(level: Level, shift: NDArray[np.float32], index: int) -> Image:
    height, width = level.template.shape
    dense = cv2.resize(shift, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(0.5**index)
    dense[:, :, 0] += np.arange(width, dtype=np.float32)
    dense[:, :, 1] += np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(
        cv2.remap(level.moving, dense, np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _blocks(image: Image, shape: tuple[int, int]) -> Image:
    """Mean over each block."""
    return np.asarray(cv2.resize(image, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.float32)


def _step(levels: tuple[Level, ...], shift: NDArray[np.float32], stage: Stage) -> NDArray[np.float32]:
    shape = shift.shape[:2]
    sigma = stage.window / BLOCK
    normal = np.zeros((*shape, 5), np.float32)
    for index in stage.levels:
        normal += _normal_equations(levels[index], shift, index)
    pooled = cv2.GaussianBlur(normal, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    pooled *= 2 * np.pi * sigma**2  # a sum over the window, so that its size counts as information
    xx, xy, yy, bx, by = (pooled[:, :, i] for i in range(5))
    prior = 1.0 / stage.prior**2
    xx, yy = xx + prior, yy + prior
    determinant = xx * yy - xy * xy
    step = np.stack([yy * bx - xy * by, xx * by - xy * bx], axis=2) / determinant[:, :, None]
    limit = 1.5 * 2 ** max(stage.levels)
    return np.asarray(np.clip(step, -limit, limit), np.float32)


def _normal_equations(level: Level, shift: NDArray[np.float32], index: int) -> NDArray[np.float32]:
    """Information per block (1 / px^2 of the full frame): xx, xy, yy and the two right-hand sides."""
    shape = shift.shape[:2]
    rest = level.template - _moved(level, shift, index)
    variance = _variance(rest, level.weight, shape)
    full = cv2.resize(variance, (rest.shape[1], rest.shape[0]), interpolation=cv2.INTER_LINEAR)
    weight = level.weight / (1.0 + rest * rest / (ROBUST**2 * full))
    wx, wy = weight * level.gx, weight * level.gy
    parts = (wx * level.gx, wx * level.gy, wy * level.gy, wx * rest, wy * rest)
    pixels = (BLOCK / 2**index) ** 2 / CORRELATED_PIXELS
    scale = np.float32(0.5**index)  # a full-frame pixel is this many level pixels
    gains = (scale**2, scale**2, scale**2, scale, scale)
    blocks = np.stack([_blocks(part, shape) * (gain * pixels) for part, gain in zip(parts, gains, strict=True)], 2)
    return np.asarray(blocks / variance[:, :, None], np.float32)


def _variance(rest: Image, weight: Image, shape: tuple[int, int]) -> Image:
    """Residual variance around each block, trusted pixels only, with a floor."""
    window = 4.0
    total = cv2.GaussianBlur(_blocks(weight * rest * rest, shape), (0, 0), window)
    share = cv2.GaussianBlur(_blocks(weight, shape), (0, 0), window)
    return np.asarray((total + 1e-6) / (share + 1e-6) + 0.01, np.float32)


def agreement(level: Level, shift: NDArray[np.float32], index: int, window: float = 2.0) -> NDArray[np.float32]:
    """Weighted correlation of template and moved picture around each block (window in blocks), -1 to 1."""
    shape = shift.shape[:2]
    moved = _moved(level, shift, index)
    products = (moved * level.template, level.template**2, moved**2)
    cross, first, second = (
        cv2.GaussianBlur(_blocks(level.weight * product, shape), (0, 0), window) for product in products
    )
    return np.asarray(cross / np.sqrt(np.maximum(first * second, 1e-12)), np.float32)
