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
from tracker.imaging.geometry import sample_grid

BLOCK = 8  # working pixels per node
CORRELATED_PIXELS = 6.0  # pixels per independent sample of a band-passed residual
OUTSIDE_WEIGHT = 1e-3  # of untrusted surroundings: they decide only where there is no skin at all
ROBUST = 2.5  # residual standard deviations at which a pixel's weight has halved

LEAST_ALIKE = 0.1  # correlation: texture that does not agree yet still pulls with a hundredth of its information
ANCHOR_REACH = 4.0  # standard deviations at which an anchor's pull has fallen to a quarter


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the schedule: pyramid levels, window (pixels), prior of the remaining displacement (pixels)."""

    levels: tuple[int, ...]
    window: float
    prior: float
    rounds: int


SCHEDULE = (  # narrower windows follow a smile better and noise worse: moles p90 0.8 px, hard warps 0.18 px
    Stage((3,), 96.0, 6.0, 4),
    Stage((3,), 48.0, 5.0, 5),
    Stage((2, 3), 32.0, 4.0, 5),
    Stage((1, 2), 22.0, 2.0, 5),
    Stage((0, 1, 2), 16.0, 0.6, 3),
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
    round_trip : ndarray of float32, shape (rows, columns)
        Forward-backward error in working pixels.
    """

    shift: NDArray[np.float32] = field(repr=False)
    agreement: NDArray[np.float32] = field(repr=False)
    round_trip: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One pyramid level: template and its gradients, moving picture, weight."""

    template: Image = field(repr=False)
    gx: Image = field(repr=False)
    gy: Image = field(repr=False)
    moving: Image = field(repr=False)
    weight: Image = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Anchors:
    """Matched marks that hold the fine fit where texture is ambiguous.

    Parameters
    ----------
    points, shifts : ndarray of float64, shape (n, 2)
        Positions in the template and where they should go from there, pixels.
    error_px : float
        Standard deviation of one mark's position.
    """

    points: NDArray[np.float64] = field(repr=False)
    shifts: NDArray[np.float64] = field(repr=False)
    error_px: float


def refine(template: Image, moving: Image, weight: Image, anchors: Anchors) -> tuple[Field, tuple[Level, ...]]:
    """The smooth field that carries the template onto the moving picture, and the pyramid it was fitted on.

    Parameters
    ----------
    template, moving : ndarray of float32, shape (height, width)
        Log-luminance of the warped baseline and of the follow-up in one frame; sides are multiples of 8 * BLOCK.
    weight : ndarray of float32, shape (height, width)
        0 to 1; 0 inside the treated region and outside either photo.
    anchors : Anchors
        Matched marks; a few wrong ones do no harm.
    """
    levels = _pyramid(template, moving, weight)
    rows, columns = (side // (BLOCK // 2) for side in levels[1].template.shape)
    still = np.zeros((rows, columns, 2), np.float32)
    shift = descend(levels, still, SCHEDULE, anchors)
    backward = Anchors(anchors.points + anchors.shifts, -anchors.shifts, anchors.error_px)
    swapped = tuple(_swapped(level) for level in levels)
    back = descend(swapped, still, SCHEDULE[:-1], backward)  # half resolution can tell
    return Field(shift, agreement(levels[1], shift, 1), _round_trip(shift, back)), levels


def descend(
    levels: tuple[Level, ...], shift: NDArray[np.float32], schedule: tuple[Stage, ...], anchors: Anchors
) -> NDArray[np.float32]:
    """The displacement of blocks after a schedule of steps that begins at ``shift``."""
    for stage in schedule:
        for _ in range(stage.rounds):
            shift = shift + _step(levels, shift, stage, anchors)
    return shift


def _round_trip(shift: NDArray[np.float32], back: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distance from each block's centre after going there and back, the way back fitted on its own (pixels)."""
    rows, columns = shift.shape[:2]
    at = shift / BLOCK
    at[:, :, 0] += np.arange(columns, dtype=np.float32)
    at[:, :, 1] += np.arange(rows, dtype=np.float32)[:, None]
    returned = cv2.remap(back, at, np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.linalg.norm(shift + returned, axis=2), np.float32)


def _swapped(level: Level) -> Level:
    gx, gy = _gradients(level.moving)
    return Level(level.moving, gx, gy, level.template, level.weight)


def _gradients(image: Image) -> tuple[Image, Image]:
    gx, gy = (cv2.Sobel(image, cv2.CV_32F, *order, ksize=3, scale=0.125) for order in ((1, 0), (0, 1)))
    return np.asarray(gx, np.float32), np.asarray(gy, np.float32)


def _pyramid(template: Image, moving: Image, weight: Image) -> tuple[Level, ...]:
    levels = []
    for index in range(4):
        if index:
            template, moving, weight = _halved(template), _halved(moving), _halved(weight)
        a, b = (_texture(v) for v in (template, moving))
        gx, gy = _gradients(a)
        levels.append(Level(a, gx, gy, b, weight))
    return tuple(levels)


def _halved(image: Image) -> Image:
    return np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)


def _texture(log_luminance: Image) -> Image:
    fine = band(log_luminance, 0.8, 4.0)
    return np.asarray(fine / local_contrast(fine, 12.0, 0.01), np.float32)


def moved(level: Level, shift: NDArray[np.float32], index: int) -> Image:
    """The moving picture of a level drawn back onto its template through a displacement of blocks."""
    height, width = level.template.shape
    dense = cv2.resize(shift, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(0.5**index)
    dense[:, :, 0] += np.arange(width, dtype=np.float32)
    dense[:, :, 1] += np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(
        cv2.remap(level.moving, dense, np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def blocks_of(image: Image, shape: tuple[int, int]) -> Image:
    """Mean over each block."""
    return np.asarray(cv2.resize(image, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.float32)


def _step(levels: tuple[Level, ...], shift: NDArray[np.float32], stage: Stage, anchors: Anchors) -> NDArray[np.float32]:
    sigma = stage.window / BLOCK
    normal = _anchored(shift, anchors, stage.prior)
    for index in stage.levels:
        normal += _normal_equations(levels[index], shift, index)
    window = 2 * np.pi * sigma**2
    pooled = window * cv2.GaussianBlur(
        normal, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT
    )  # a sum over the window, so that its size counts as information
    xx, xy, yy, bx, by = (pooled[:, :, i] for i in range(5))
    prior = 1.0 / stage.prior**2
    xx, yy = xx + prior, yy + prior
    determinant = xx * yy - xy * xy
    step = np.stack([yy * bx - xy * by, xx * by - xy * bx], axis=2) / determinant[:, :, None]
    limit = 1.5 * 2 ** max(stage.levels)
    return np.asarray(np.clip(step, -limit, limit), np.float32)


def _normal_equations(level: Level, shift: NDArray[np.float32], index: int) -> NDArray[np.float32]:
    """Information per block (1 / px^2 of the full frame): xx, xy, yy and the two right-hand sides."""
    shape = (shift.shape[0], shift.shape[1])
    picture = moved(level, shift, index)
    rest = level.template - picture
    variance = _variance(rest, level.weight, shape)
    full = cv2.resize(variance, (rest.shape[1], rest.shape[0]), interpolation=cv2.INTER_LINEAR)
    weight = level.weight / (1.0 + rest * rest / (ROBUST**2 * full))
    wx, wy = weight * level.gx, weight * level.gy
    parts = (wx * level.gx, wx * level.gy, wy * level.gy, wx * rest, wy * rest)
    pixels = (BLOCK / 2**index) ** 2 / CORRELATED_PIXELS
    scale = np.float32(0.5**index)  # a full-frame pixel is this many level pixels
    gains = (scale**2, scale**2, scale**2, scale, scale)
    blocks = np.stack([blocks_of(part, shape) * (gain * pixels) for part, gain in zip(parts, gains, strict=True)], 2)
    alike = np.maximum(_correlation(level, picture, shape, 4.0), LEAST_ALIKE) ** 2
    return np.asarray(blocks * (alike / variance)[:, :, None], np.float32)


def _anchored(shift: NDArray[np.float32], anchors: Anchors, prior: float) -> NDArray[np.float32]:
    """The anchors' part of the normal equations, marks that stray from the present field counting less."""
    normal = np.zeros((*shift.shape[:2], 5), np.float32)
    if len(anchors.points) == 0:
        return normal
    present = sample_grid(shift, BLOCK, anchors.points - (BLOCK - 1) / 2)
    rest = anchors.shifts - present
    reach = ANCHOR_REACH * max(anchors.error_px, prior)
    weight = 1.0 / (1.0 + (rest**2).sum(1) / reach**2) ** 2 / anchors.error_px**2
    columns = np.clip(anchors.points[:, 0] // BLOCK, 0, shift.shape[1] - 1).astype(np.intp)
    rows = np.clip(anchors.points[:, 1] // BLOCK, 0, shift.shape[0] - 1).astype(np.intp)
    for channel, value in ((0, weight), (2, weight), (3, weight * rest[:, 0]), (4, weight * rest[:, 1])):
        np.add.at(normal[:, :, channel], (rows, columns), value.astype(np.float32))
    return normal


def _variance(rest: Image, weight: Image, shape: tuple[int, int]) -> Image:
    """Residual variance around each block, trusted pixels only, with a floor."""
    window = 4.0
    total = cv2.GaussianBlur(blocks_of(weight * rest * rest, shape), (0, 0), window)
    share = cv2.GaussianBlur(blocks_of(weight, shape), (0, 0), window)
    return np.asarray((total + 1e-6) / (share + 1e-6) + 0.01, np.float32)


def agreement(level: Level, shift: NDArray[np.float32], index: int) -> NDArray[np.float32]:
    """Weighted correlation of template and moved picture around each block, -1 to 1."""
    return _correlation(level, moved(level, shift, index), (shift.shape[0], shift.shape[1]), 2.0)


def _correlation(level: Level, picture: Image, shape: tuple[int, int], window: float) -> NDArray[np.float32]:
    """The same for a picture already moved, in a window given in blocks."""
    products = (picture * level.template, level.template**2, picture**2)
    cross, first, second = (
        cv2.GaussianBlur(blocks_of(level.weight * product, shape), (0, 0), window) for product in products
    )
    return np.asarray(cross / np.sqrt(np.maximum(first * second, 1e-12)), np.float32)
