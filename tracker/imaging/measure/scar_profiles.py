"""Contrast of a scar by its level in both photos of a pair, with the covariances that the skin around gives it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.spatial.distance import cdist

from tracker.imaging.measure.scar_frame import FARTHEST, ScarFrame
from tracker.imaging.types import Mask, Points

Floats = NDArray[np.float64]

SKIN = 1.8
"""Level beyond which the skin around begins."""
CORE = 0.7
EDGES: Floats = np.concatenate([np.arange(0, SKIN, 0.12), np.arange(SKIN, FARTHEST + 0.01, 0.3)])
MOST_OUTLYING = 3.0  # robust SDs: hair, moles and moved highlights beyond are pulled in
SAMPLE = 560  # cells from which covariances are made: 310,000 distances
LENGTHS = (1.5, 3.0, 6.0, 12.0, 24.0)
"""Sigmas in cell widths of the smooth fields that make the skin uneven."""
OF_BASELINE = 0.15  # weight of the skin's unevenness in one photo beside that of its change between the two
BLOOD, MELANIN = np.array([0.266, 0.746, 0.611]), np.array([0.323, 0.501, 0.803])
"""Unit optical density in linear R, G, B."""
BLOOD_BEND = 0.78
"""Density of added blood at which the law of Kubelka and Munk bends: density grows as blood to the power of 0.39."""
PATCH = 0.25  # sigma in levels of the scar's own unevenness


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The cells of a pair with the light taken out.

    Parameters
    ----------
    level : ndarray, shape (n,)
        Of each cell.
    colour, change : ndarray, shape (n, 3)
        ln RGB of the baseline, and of the follow-up less the baseline, less a plane through the skin around.
    coarse : tuple of ndarray, shape (3, 3)
        Covariance of either over patches of the skin around.
    skin : ndarray, shape (3,)
        ln RGB of the skin around.
    drawn : ndarray of int, shape (m,)
        Cells from which covariances are made.
    apart : ndarray, shape (m, m)
        Their distances in baseline pixels.
    fields : ndarray, shape (5, k, k)
        Covariances between bins of smooth fields of unit variance, one per length.
    """

    level: Floats = field(repr=False)
    colour: Floats = field(repr=False)
    change: Floats = field(repr=False)
    coarse: tuple[Floats, Floats] = field(repr=False)
    skin: Floats
    drawn: NDArray[np.int_] = field(repr=False)
    apart: Floats = field(repr=False)
    fields: Floats = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Contrast by level.

    Parameters
    ----------
    level, baseline, change : ndarray, shape (k,)
        Mean level of a bin; contrast in the baseline, 1 in the core; follow-up less baseline.
    patches : ndarray, shape (k,)
        Patches of the scar's own unevenness in a bin.
    of_baseline, of_change : ndarray, shape (k, k)
        Covariances from the unevenness of the skin around.
    shares, bends : tuple of float
        Of blood, melanin and the rest: share of the contrast, and its bend.
    """

    level: Floats = field(repr=False)
    patches: Floats = field(repr=False)
    baseline: Floats = field(repr=False)
    change: Floats = field(repr=False)
    of_baseline: Floats = field(repr=False)
    of_change: Floats = field(repr=False)
    shares: Floats
    bends: Floats


def seen_by_pair(frame: ScarFrame, level: Floats, points: Points, logs: tuple[Floats, Floats]) -> Seen:
    """The cells of a pair with the light taken out; ``logs`` are ln RGB, (n, 3), of baseline and follow-up."""
    around = level > SKIN
    colour = _levelled(logs[0], points, around)
    change = _levelled(logs[1] - logs[0], points, around)
    coarse = [_coarse(c[around], points[around], frame) for c in (colour, change)]
    inner, outer = np.flatnonzero(~around), np.flatnonzero(around)
    rng = np.random.default_rng(0)
    drawn = np.concatenate([rng.permutation(inner)[: SAMPLE // 2], rng.permutation(outer)[: SAMPLE // 2]])
    apart = cdist(points[drawn], points[drawn])
    skin = np.median(logs[0][around], axis=0)
    return Seen(level, colour, change, (coarse[0], coarse[1]), skin, drawn, apart, _fields(level, drawn, apart, frame))


def _fields(level: Floats, drawn: NDArray[np.int_], apart: Floats, frame: ScarFrame) -> Floats:
    """Covariances between the bins' means of smooth fields of unit variance, one per length: shape (5, k, k)."""
    weight = _bins(level, drawn)[3]
    fields = (np.exp(-((apart / (frame.spacing * length)) ** 2) / 4) for length in LENGTHS)
    return np.stack([weight @ field @ weight.T for field in fields])


def _bins(level: Floats, drawn: NDArray[np.int_]) -> tuple[NDArray[np.int_], Floats, Mask, Floats]:
    """Bin of each cell, cells per bin, bins in use, and the weight of each drawn cell in the mean of its bin."""
    part = np.clip(np.searchsorted(EDGES, level, side="right") - 1, 0, len(EDGES) - 2)
    count = np.bincount(part, minlength=len(EDGES) - 1).astype(float)
    weight = np.zeros((len(count), len(drawn)))
    weight[part[drawn], np.arange(len(drawn))] = 1.0
    kept = (count > 0) & (weight.sum(1) > 0)
    return part, count, kept, weight[kept] / weight[kept].sum(1, keepdims=True)


def profiles(seen: Seen, avoided: tuple[float, float], frame: ScarFrame) -> Profiles:
    """Contrast by level in the direction that avoids a standard deviation of shade and of shine, in ln light."""
    level, drawn, around = seen.level, seen.drawn, seen.level > SKIN
    core = np.asarray(seen.colour[level < CORE].mean(axis=0))
    direction = _direction(core, seen, avoided)
    part, count, kept, _ = _bins(level, drawn)
    means, covariances = [], []
    for values in (seen.colour @ direction, seen.change @ direction):
        pulled = _pulled_in(values, part)
        means.append((np.bincount(part, pulled, minlength=len(count)) / np.maximum(count, 1))[kept])
        strength, fine = _strengths(pulled[drawn], seen, around[drawn], frame.spacing)
        covariances.append(np.tensordot(strength, seen.fields, 1) + np.diag(fine / count[kept]))
    middle = (np.bincount(part, level, minlength=len(count)) / np.maximum(count, 1))[kept]
    length = count[kept] * frame.spacing**2 / (np.diff(EDGES)[kept] * frame.half_px)
    patches = np.maximum(1.0, length / (2 * PATCH * frame.half_px))
    shares, bends = _colour_parts(core, direction, seen.skin)
    return Profiles(middle, patches, means[0], means[1], covariances[0], covariances[1], shares, bends)


def _levelled(values: Floats, points: Points, around: NDArray[np.bool_]) -> Floats:
    """Values, shape (n, 3), less a plane through those of the skin around: the light falls off across a scar."""
    centred = (points - points.mean(0)) / float(np.ptp(points))
    plane = np.column_stack([np.ones(len(points)), centred])
    kept, rest = around, values
    for _ in range(3):
        rest = values - plane @ np.linalg.lstsq(plane[kept], values[kept], rcond=None)[0]
        size = np.linalg.norm(rest, axis=1)
        kept = around & (size < 2.5 * np.median(size[around]))  # hair and moles are no skin around
    return np.asarray(rest, np.float64)


def _coarse(values: Floats, points: Points, frame: ScarFrame) -> Floats:
    """Covariance, shape (3, 3), of means over patches of 0.6 half-widths: finer unevenness averages out in a scar."""
    key = np.floor(points / max(0.6 * frame.half_px, 2 * frame.spacing)).astype(int)
    _, patch, count = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(patch.ravel(), channel) for channel in values.T], 1) / count[:, None]
    weight = np.where(count > 4, count, 0) if (count > 4).any() else count
    return np.asarray((means * weight[:, None]).T @ means / weight.sum(), np.float64)


def _direction(core: Floats, seen: Seen, avoided: tuple[float, float]) -> Floats:
    """The direction in log colour that tells the scar best from unevenness, shading and shine; the core is at 1."""
    white = np.exp(-seen.skin) / np.linalg.norm(np.exp(-seen.skin))  # added white light, in ln units of this skin
    spread = seen.coarse[1] + OF_BASELINE * seen.coarse[0] + 1e-5 * np.eye(3)
    spread = spread + avoided[0] ** 2 * np.full((3, 3), 1 / 3) + avoided[1] ** 2 * np.outer(white, white)
    direction = np.linalg.solve(spread, core)
    return np.asarray(direction / max(float(core @ direction), 1e-9), np.float64)


def _pulled_in(values: Floats, part: NDArray[np.int_]) -> Floats:
    """Values with outliers of their bin pulled in."""
    middle = np.zeros(len(EDGES) - 1)
    for index in np.unique(part):
        middle[index] = np.median(values[part == index])
    rest = values - middle[part]
    most = MOST_OUTLYING * 1.4826 * float(np.median(np.abs(rest)))
    return np.asarray(middle[part] + np.clip(rest, -most, most), np.float64)


def _strengths(values: Floats, seen: Seen, around: NDArray[np.bool_], spacing: float) -> tuple[Floats, float]:
    """Variance of each smooth field, fitted on the skin around (non-negative least squares), and what is left over."""
    skin, far = values[around], seen.apart[np.ix_(around, around)]
    first, second = np.triu_indices(len(skin), 1)
    distance, product = far[first, second], skin[first] * skin[second]
    part = np.digitize(distance, np.linspace(0, 0.6 * float(distance.max()), 25)) - 1
    near = part < 24
    count = np.bincount(part[near], minlength=24)
    mean, middle = (np.bincount(part[near], v[near], minlength=24) / np.maximum(count, 1) for v in (product, distance))
    weight = np.sqrt(count) / (0.3 + middle / middle.max())
    shapes = np.exp(-((middle[:, None] / (spacing * np.array(LENGTHS))) ** 2) / 4)
    strength, _ = nnls(shapes * weight[:, None], mean * weight)
    return np.asarray(strength, np.float64), max(float(np.mean(skin**2) - strength.sum()), 1e-6)


def _colour_parts(core: Floats, direction: Floats, skin: Floats) -> tuple[Floats, Floats]:
    """Shares of blood, melanin and the rest in the contrast, and the bend of each."""
    axes = np.stack([-BLOOD, -MELANIN, np.ones(3)], axis=1)
    amount = np.linalg.solve(axes, core)
    shares = np.clip(amount * (direction @ axes), 0, None)
    own = max(0.3, float(skin[0] - skin[2] - 0.3) / 0.5)  # density of the skin's own melanin, from ln R/B
    bends = np.clip(np.array([amount[0] / BLOOD_BEND, amount[1] / own, 0.0]), -0.6, 1.5)
    return np.asarray(shares / max(float(shares.sum()), 1e-9), np.float64), np.asarray(bends, np.float64)
