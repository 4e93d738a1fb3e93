"""How much of a scar's area is left, told apart from how much of its contrast is left.

Seen in two photos laid on each other, the skin's own unevenness cancels in their difference, and the difference of a
scar that faded has the shape of the scar while that of a scar that shrank is a rim. The two are fitted together.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import least_squares

from tracker.errors import NotComparable
from tracker.imaging.measure.scar_frame import CLOSER, TOO_SMALL, ScarFrame
from tracker.imaging.measure.scar_profiles import CORE, PATCH, SKIN, Profiles, Seen, profiles, seen_by_pair

Floats = NDArray[np.float64]
Border = Callable[[Floats, float], Floats]
"""Contrast by distance in radii and steepness, 1 in the middle."""

LEAST_CELLS = 60
LEAST_CLARITY = 4.0
"""Contrast of the core over the SD that skin without a scar has there, below which no area is told."""
MOST_ERROR = 0.25
"""Standard error of ln area above which no area is told: the interval would reach from 0.6 to 1.6."""
LEAN = 1.22
"""ln area of the fit leans to too little shrinkage by this factor on 206 rendered scars that are not those reported."""
OF_CHANGE = 0.18
"""Relative standard error of ln area left, with which the intervals of those 206 hold the truth 19 times in 20."""
FAINT = "The scar can hardly be told from the skin around it, so its area is not followed."
UNCLEAR = "Whether the scar shrank or only faded cannot be told from these photos, so its area is not followed."
RETAKE = "Draw the outline in this photo by hand, or take it sharper, closer, and with more skin around the scar."
MEMBERS = ((0.10, 0.20), (0.02, 0.02), (0.10, 0.80))
"""Standard deviations of ln light that a change of shading, and of surface reflection, may have inside the scar but not
around it. The direction of comparison avoids them; the members of the ensemble differ in how much."""
MOTTLE = 0.60
"""The scar's own unevenness, the same in both photos: SD of a patch in shares of the contrast."""
UNLIKE, UNLIKE_CHANGE, UNLIKE_BOTH, ALONG = 0.03, 0.03, 0.015, 0.4
"""How far the profile and its change are from the model's shape, in shares of them, over so many levels."""
BEST_GUESS = np.array([1.0, np.log(0.9), np.log(2.8), 0.95, -0.03, 0.0, 0.0])
LOW = np.array([0.1, -1.5, -0.5, -0.5, -1.5, -3.0, -3.0])
HIGH = np.array([5.0, 1.0, 3.0, 3.0, 1.0, 3.0, 3.0])
PRIOR: Floats = np.array([[1.0, 0.5], [np.log(0.9), 0.25], [np.log(2.8), 0.35], [0.8, 2.0], [0.0, 1.5]])
"""Mean and SD of amplitude, ln radius, ln steepness, contrast left, ln width left."""


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """What is left of a scar.

    Parameters
    ----------
    area : float
        Area in the follow-up over area in the baseline, on the skin of the baseline photo.
    contrast : float
        The same of its contrast to the skin around.
    standard_error : float
        Of ln area.
    clarity : float
        Contrast in the baseline over the standard deviation that skin without a scar has there.
    """

    area: float
    contrast: float
    standard_error: float
    clarity: float


def shrinkage(frame: ScarFrame, lights: tuple[Floats, Floats]) -> Shrinkage:
    """Area and contrast left of a scar.

    Parameters
    ----------
    frame : ScarFrame
        Of the outline in the baseline.
    lights : tuple of ndarray, shape (n, 3)
        Linear light of the frame's points in the baseline and in the follow-up, NaN where it may not be used.

    Raises
    ------
    NotComparable
        Too few points may be used, the scar can hardly be told from the skin around, or shrinking not from fading.

    Notes
    -----
    With level r, the baseline has the profile ``A g(r)`` and the follow-up ``A f g(r / s)``, with
    ``g(r) = exp(-(r / rho)^n)``, or a blurred step where that fits better; blood and melanin bend, so the share of the
    contrast that they make fades as ``((1 + q g)^f - 1) / q``. Generalised least squares on baseline and difference,
    with covariances from the skin around. Area left is s squared, or s of a line. A scar that fades unevenly, or from
    one side, is not this model's.
    """
    good = np.isfinite(lights[0]).all(1) & np.isfinite(lights[1]).all(1)
    level, points = frame.level[good], frame.points[good]
    if min(int((level < CORE).sum()), int((level > SKIN).sum()), int((level < 1.2).sum()) // 2) < LEAST_CELLS // 2:
        raise NotComparable(TOO_SMALL, CLOSER)
    logs = [np.log(np.maximum(light[good], 1e-4)) for light in lights]
    seen = seen_by_pair(frame, level, points, (logs[0], logs[1]))
    widths, errors, left, clarity = np.array([_member(seen, avoided, frame) for avoided in MEMBERS]).T
    if float(np.median(clarity)) < LEAST_CLARITY:
        raise NotComparable(FAINT, RETAKE)
    weight = errors**-2 / float(np.sum(errors**-2))
    error = frame.dimensions * float(np.hypot(np.median(errors), np.std(widths, ddof=1)))
    if error > MOST_ERROR:
        raise NotComparable(UNCLEAR, RETAKE)
    area = float(np.exp(LEAN * frame.dimensions * (weight @ widths)))
    return Shrinkage(area, float(weight @ left), LEAN * error, float(np.median(clarity)))


def _member(seen: Seen, avoided: tuple[float, float], frame: ScarFrame) -> tuple[float, float, float, float]:
    """Of one member: ln width left, its standard error, contrast left, clarity."""
    by_level = profiles(seen, avoided, frame)
    best, error, _ = min((_fit(by_level, border) for border in BORDERS), key=lambda each: each[2])
    return float(best[4]), error, float(best[3]), _clarity(by_level)


def _soft(distance: Floats, power: float) -> Floats:
    """A profile that fades towards its border, at distances in radii."""
    return np.exp(-(distance**power))


def _flat(distance: Floats, power: float) -> Floats:
    """A flat profile with a border of the same slope: a step, blurred."""
    blur = 1.08 / power
    return np.asarray(special.ndtr((1 - distance) / blur) / special.ndtr(1 / blur), np.float64)


BORDERS: tuple[Border, ...] = (_soft, _flat)


def _curves(parameters: Floats, by_level: Profiles, border: Border) -> tuple[Floats, Floats]:
    """Contrast of baseline and follow-up by level."""
    amplitude, radius, steepness, left, width = parameters[:5]
    power = np.exp(steepness)
    first, second = (border(by_level.level / np.exp(at), power) for at in (radius, radius + width))
    faded = np.zeros_like(second)
    for share, bend in zip(by_level.shares, by_level.bends, strict=True):
        straight = abs(bend) < 1e-3
        faded += share * (left * second if straight else ((1 + bend * second) ** left - 1) / bend)
    return amplitude * first, amplitude * faded


def _fit(by_level: Profiles, border: Border) -> tuple[Floats, float, float]:
    """Best parameters, the standard error of ln width left (more where the model does not fit), and the misfit."""
    best: Floats = BEST_GUESS
    starts = [BEST_GUESS, np.where(np.arange(7) == 3, 0.7, np.where(np.arange(7) == 4, -0.3, BEST_GUESS))]
    error, cost = float("nan"), float("inf")
    for turn in range(2):
        whiten = _whitening(by_level, best if turn else np.where(np.arange(7) == 3, 0.8, BEST_GUESS), border)

        def residuals(p: Floats, whiten: Floats = whiten) -> Floats:
            first, second = _curves(p, by_level, border)
            rest = np.concatenate([by_level.baseline - first - p[5], by_level.change - (second - first) - p[6]])
            return np.concatenate([whiten @ rest, (p[:5] - PRIOR[:, 0]) / PRIOR[:, 1]])

        tries = [
            least_squares(residuals, start, bounds=(LOW, HIGH), max_nfev=40)
            for start in (starts if not turn else [best])
        ]
        found = min(tries, key=lambda each: float(each.cost))
        best = np.asarray(found.x, np.float64)
        spread = np.linalg.pinv(found.jac.T @ found.jac)
        cost = float(found.cost)
        error = float(np.sqrt(spread[4, 4] * max(1.0, cost / len(by_level.level))))
    return best, error, cost


def _whitening(by_level: Profiles, parameters: Floats, border: Border) -> Floats:
    """Matrix that turns the residuals of baseline and change into independent ones of unit variance."""
    first, second = _curves(parameters, by_level, border)
    apart = by_level.level[:, None] - by_level.level
    alike, change = np.exp(-(apart**2) / (2 * ALONG**2)), second - first
    mottle = MOTTLE / np.sqrt(by_level.patches)
    both = np.concatenate([first * mottle, change * mottle])
    covariance = np.outer(both, both) * np.tile(np.exp(-(apart**2) / (4 * PATCH**2)), (2, 2))
    size = len(apart)
    covariance[:size, :size] += by_level.of_baseline + UNLIKE**2 * alike * np.outer(first, first)
    unlike = UNLIKE_CHANGE**2 * np.outer(change, change) + UNLIKE_BOTH**2 * np.outer(first, first)
    covariance[size:, size:] += by_level.of_change + alike * unlike
    floor = 1e-7 * float(np.trace(covariance)) * np.eye(2 * size)
    return np.asarray(np.linalg.inv(np.linalg.cholesky(covariance + floor)), np.float64)


def _clarity(by_level: Profiles) -> float:
    """Contrast in the baseline over its standard error on skin without a scar (matched filter, whitened)."""
    size = len(by_level.level)
    floor = 1e-7 * float(np.trace(by_level.of_baseline)) * np.eye(size)
    whiten = np.linalg.inv(np.linalg.cholesky(by_level.of_baseline + floor))
    template = np.exp(-((by_level.level / np.exp(BEST_GUESS[1])) ** np.exp(BEST_GUESS[2])))
    nodes = whiten @ np.column_stack([template, np.ones(size)])
    spread = np.linalg.inv(nodes.T @ nodes)
    return float((spread @ nodes.T @ whiten @ by_level.baseline)[0] / np.sqrt(spread[0, 0]))
