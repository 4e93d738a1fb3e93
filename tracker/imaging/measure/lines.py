"""Dark lines of skin: wrinkles, fine lines and hairs, found by elongated filters and linked along their direction."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import uniform_filter1d
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tracker.imaging.measure.patch import Floats, Patch

LINE_PX_PER_MM = 6.5  # 0.14 mm is 0.9 px; 10 grid points per mm found no more and took twice as long
ACROSS_MM = ((0.14, 16), (0.25, 12), (0.45, 8))
"""Sigma across a line and number of directions: as many as the filter's own angular width needs."""
ALONG_MM = 1.3  # sigma along: micro-relief keeps its direction for about a millimetre, a wrinkle for several
MOST_TURN = np.radians(24.0)  # between linked points: two steps of the direction at the finest scale
REACH = 2  # grid points across which a gap is linked, 0.3 mm
END_SHARE = 0.4  # of a line's median contrast: an elongated filter reads half of it at a sharp end, wrinkles fade
PATH_SMOOTHING = 7  # grid points, 1.1 mm
PROFILE_MM = np.arange(-1.2, 1.21, 0.04, dtype=np.float32)
_ALIGN = 7  # steps of the profile by which a point may lie beside its line: 0.28 mm
_HALF = 20  # steps kept on either side: 0.8 mm


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """How strongly each grid point looks like a dark line.

    Parameters
    ----------
    contrast : ndarray of float32, shape (height, width)
        Depth of the line in ln Y, averaged along 1.3 mm; 0 outside the region.
    direction : ndarray of float32, shape (height, width)
        Of the best line, radians, 0 to pi.
    grid : Patch
        The skin at the same scale.
    """

    contrast: Floats = field(repr=False)
    direction: Floats = field(repr=False)
    grid: Patch = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One dark line.

    Parameters
    ----------
    x_mm, y_mm : ndarray of float32, shape (n,)
        Its points in the patch, from its corner.
    tile : ndarray of int32, shape (n,)
        Part of the region each point lies in.
    length_mm : float
        Along the line.
    contrast : float
        Mean depth in ln Y that the filter reads.
    width_mm : float
        Full width at half depth of its mean profile.
    depth : float
        Of that profile, ln Y.
    """

    x_mm: Floats = field(repr=False)
    y_mm: Floats = field(repr=False)
    tile: NDArray[np.int32] = field(repr=False)
    length_mm: float
    contrast: float
    width_mm: float
    depth: float


def ridges(piece: Patch) -> Ridges:
    """The best of 36 elongated second derivatives of ln Y at each grid point (valleys are positive).

    Notes
    -----
    A Gaussian valley of depth A and width w answers ``A w (w^2 + s^2)^-1.5`` to the second derivative at scale s, so
    ``s^1.5`` times it is largest at s = w, where ``A = 2^1.5 s^2`` times it.

    References
    ----------
    Lindeberg. Int J Comput Vis 1998;30:117-156. doi:10.1023/A:1008097225773
    """
    grid = piece.resized(LINE_PX_PER_MM)
    k, (height, width) = np.float32(grid.px_per_mm), grid.mask.shape
    pad = int(3 * ALONG_MM * k)
    shape = fft.next_fast_len(height + pad, real=True), fft.next_fast_len(width + pad, real=True)
    spectrum = fft.rfft2(grid.filled(), shape)
    fy = (np.fft.fftfreq(shape[0])[:, None] * 2 * np.pi).astype(np.float32) * k
    fx = (np.fft.rfftfreq(shape[1])[None] * 2 * np.pi).astype(np.float32) * k
    best = np.full((height, width), -np.inf, np.float32)
    contrast, direction = np.zeros_like(best), np.zeros_like(best)
    for sigma, count in ACROSS_MM:
        for angle in np.arange(count, dtype=np.float32) * np.float32(np.pi / count):
            along = fx * np.cos(angle) + fy * np.sin(angle)
            across = fy * np.cos(angle) - fx * np.sin(angle)
            filtered = spectrum * (
                -across * across * np.exp(np.float32(-0.5) * ((sigma * across) ** 2 + (ALONG_MM * along) ** 2))
            ).astype(np.float32)
            answer = fft.irfft2(filtered, shape)[:height, :width]
            scaled = np.float32(sigma**1.5) * answer
            better = scaled > best
            best[better], direction[better] = scaled[better], angle
            contrast[better] = np.float32(2**1.5 * sigma**2) * answer[better]
    return Ridges(contrast * grid.inside, direction, grid)


def spread(found: Sequence[Ridges]) -> tuple[float, float]:
    """Median and robust SD of the line contrast of plain skin, over all photos together."""
    values = np.concatenate([each.contrast[each.grid.inside] for each in found])
    middle = float(np.median(values))
    return middle, float(1.4826 * np.median(np.abs(values - middle)))


def noise_contrast(piece: Patch) -> float:
    """SD of line contrast that camera noise alone makes at the finest scale, ln Y."""
    sigma = ACROSS_MM[0][0]
    response = np.sqrt(3 / (16 * np.pi * sigma**5 * ALONG_MM)) / piece.px_per_mm  # of the filter to white noise
    return float(2**1.5 * sigma**2 * response * piece.noise())


def trace(found: Ridges, piece: Patch, weak: float, least_mm: float) -> list[Line]:
    """Lines of at least ``least_mm`` whose points all exceed ``weak``.

    Parameters
    ----------
    found : Ridges
        Of the patch.
    piece : Patch
        Fine enough to tell the width of a line.
    weak : float
        Contrast in ln Y.
    least_mm : float
        Shorter ones are dropped.
    """
    y, x = np.nonzero(_crest(found, weak))
    if not len(y):
        return []
    part = _linked(x, y, found)
    order = np.argsort(part, kind="stable")
    out = []
    for points in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        values = found.contrast[y[points], x[points]]
        points = points[values > END_SHARE * np.median(values)]
        px, py, angle = x[points], y[points], found.direction[y[points], x[points]]
        length = _length(px, py, angle) / found.grid.px_per_mm
        if length < least_mm:
            continue
        xmm, ymm = (np.asarray((p + 0.5) / found.grid.px_per_mm, np.float32) for p in (px, py))
        width, depth = _profile(piece, xmm, ymm, angle)
        contrast = float(found.contrast[py, px].mean())
        out.append(Line(xmm, ymm, found.grid.tile[py, px], length, contrast, width, depth))
    return out


def _crest(found: Ridges, weak: float) -> NDArray[np.bool_]:
    """Points above ``weak`` that are not lower than their neighbours across the line."""
    contrast = found.contrast
    x, y = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in contrast.shape[::-1]))
    across = -np.sin(found.direction), np.cos(found.direction)
    sides = [cv2.remap(contrast, x + s * across[0], y + s * across[1], cv2.INTER_LINEAR) for s in (-1, 1)]
    return np.asarray((contrast > weak) & (contrast >= sides[0]) & (contrast >= sides[1]))


def _linked(x: NDArray[np.intp], y: NDArray[np.intp], found: Ridges) -> NDArray[np.int32]:
    """Number of the line each point belongs to: near points of the same direction, so that crossing lines stay two."""
    number = np.full(found.contrast.shape, -1, np.int32)
    number[y, x] = np.arange(len(x))
    number = np.pad(number, REACH, constant_values=-1)
    angle = found.direction[y, x]
    starts, ends = [], []
    for dy in range(REACH + 1):
        for dx in range(-REACH, REACH + 1):
            if dy == 0 and dx <= 0:
                continue
            other = number[y + dy + REACH, x + dx + REACH]
            one = np.flatnonzero(other >= 0)
            other = other[one]
            close = _between(angle[one], angle[other]) < MOST_TURN
            ahead = _between(np.float32(np.arctan2(dy, dx)), angle[one]) < np.radians(50)
            kept = close & (ahead | (max(abs(dx), dy) == 1))
            starts.append(one[kept])
            ends.append(other[kept])
    i, j = np.concatenate(starts), np.concatenate(ends)
    graph = coo_matrix((np.ones(len(i), np.int8), (i, j)), shape=(len(x), len(x)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int32)


def _between(a: Floats | np.float32, b: Floats) -> Floats:
    """Angle between undirected lines, 0 to pi / 2."""
    difference = np.abs(a - b) % np.float32(np.pi)
    return np.asarray(np.minimum(difference, np.float32(np.pi) - difference), np.float32)


def _length(x: NDArray[np.intp], y: NDArray[np.intp], angle: Floats) -> float:
    """Length in grid points: the mean point of each row or column, whichever the line crosses, smoothed and joined up.

    Unsmoothed, the steps of the grid make a slanting line 5 to 8 % too long.
    """
    if len(x) < 2:
        return float(len(x))
    steep = np.abs(np.sin(angle)).mean() > np.abs(np.cos(angle)).mean()
    _, row, count = np.unique(y if steep else x, return_inverse=True, return_counts=True)
    path = [uniform_filter1d(np.bincount(row, p) / count, PATH_SMOOTHING, mode="nearest") for p in (x, y)]
    return float(np.hypot(*(np.diff(p) for p in path)).sum() + 1.0)


def _profile(piece: Patch, x_mm: Floats, y_mm: Floats, angle: Floats) -> tuple[float, float]:
    """Width at half depth (mm) and depth (ln Y) of the median profile, each point aligned on its own darkest step."""
    k = np.float32(piece.px_per_mm)
    across = -np.sin(angle)[:, None] * PROFILE_MM, np.cos(angle)[:, None] * PROFILE_MM
    at = [
        np.asarray((p[:, None] + step) * k - np.float32(0.5), np.float32)
        for p, step in zip((x_mm, y_mm), across, strict=True)
    ]
    lit = cv2.remap(piece.log_light, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    middle = len(PROFILE_MM) // 2
    darkest = middle - _ALIGN + lit[:, middle - _ALIGN : middle + _ALIGN + 1].argmin(1)
    steps = np.arange(-_HALF, _HALF + 1)
    mean = np.median(np.take_along_axis(lit, darkest[:, None] + steps, 1), axis=0)
    base = float(np.median(mean[np.abs(steps) > 15]))
    depth = base - float(mean[_HALF])
    if depth <= 0:
        return float("nan"), 0.0
    level = base - depth / 2
    sides = [_crossing(mean[_HALF::-1], level), _crossing(mean[_HALF:], level)]
    return float(sum(sides) * (PROFILE_MM[1] - PROFILE_MM[0])), depth


def _crossing(profile: Floats, level: float) -> float:
    """Steps from the start of a rising profile to a level, between steps by a straight line."""
    above = np.flatnonzero(profile >= level)
    if not len(above):
        return float(len(profile))
    j = int(above[0])
    return float(j - (profile[j] - level) / max(float(profile[j] - profile[j - 1]), 1e-9))
