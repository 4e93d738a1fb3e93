"""A measure over the sessions of a series."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from tracker.errors import InvalidInput

FEWEST_SESSIONS = 3
"""Baseline included. Two sessions are a pair, which has a verdict of its own."""
MISFIT_LEVEL = 0.05  # scatter about the line that the known noise explains this rarely widens the interval

Floats = NDArray[np.float64]


class Trend(StrEnum):
    """What may be said of a measure over all sessions that count."""

    FALLS = "falls"
    RISES = "rises"
    NONE = "no trend beyond the noise"
    TOO_FEW = "too few sessions for a trend"


@dataclass(frozen=True, slots=True)
class Course:
    """A straight line through the sessions that count, judged by the known repeat noise.

    Parameters
    ----------
    trend : Trend
        FALLS or RISES only where the interval of ``total`` does not contain 0.
    sessions : int
        Different times with a value, the baseline among them.
    slope : float
        Change per unit of time; NaN, like all below, with fewer than :data:`FEWEST_SESSIONS`.
    total : float
        ``slope`` times the time from the first to the last session.
    interval : tuple of float
        Of ``total``, at the level asked for.
    p_value : float
        Two-sided, that unchanged skin gives a slope as large.
    scatter : float
        Scatter about the line over that expected from the noise alone; near 1 where a line describes the course.
    widened : bool
        The interval allows for more scatter than the noise explains.
    level : float
        At which the interval was made; 0.05 gives 95 %.
    """

    trend: Trend
    sessions: int
    slope: float = math.nan
    total: float = math.nan
    interval: tuple[float, float] = (math.nan, math.nan)
    p_value: float = math.nan
    scatter: float = math.nan
    widened: bool = False
    level: float = 0.05


def course(times: ArrayLike, values: ArrayLike, sem: ArrayLike, *, df: float = math.inf, level: float = 0.05) -> Course:
    """The trend of one measure over the sessions of a patient and the total change over them.

    Parameters
    ----------
    times : array_like, shape (n,)
        Days, weeks or session numbers of the sessions that count: photos of skin that still heals are left out by the
        caller, not modelled.
    values : array_like, shape (n,)
        On the scale on which the measure is judged (logarithms for ratio measures); NaN where withheld, left out.
    sem : array_like, shape (n,) or a number
        Standard error of measurement of each value.
    df : float
        Degrees of freedom behind it; inf where it is known well.
    level : float
        Chance of a trend in unchanged skin; divided by the number of regions that are looked at.

    Returns
    -------
    Course
        TOO_FEW, without numbers, at fewer than :data:`FEWEST_SESSIONS` different times.

    Notes
    -----
    Least squares; the standard error follows from the known noise and the spacing of the sessions, not from the few
    residuals. Over 5 equally spaced sessions the total has a standard error of 1.26 SEM, last minus first 1.41 SEM.
    Where the scatter about the line exceeds what the noise explains (chi-square, 5 %), the standard error is multiplied
    by the Birge ratio: the course is not a line, or the noise is larger than known.

    References
    ----------
    Birge. Phys Rev 1932;40:207-227. doi:10.1103/PhysRev.40.207
    """
    t, y, sigma = _complete(times, values, sem)
    sessions = len(np.unique(t))
    if sessions < FEWEST_SESSIONS:
        return Course(Trend.TOO_FEW, sessions)
    slope, error = _line(t, y, sigma)
    rest = y - y.mean() - slope * (t - t.mean())
    freedom = len(t) - 2
    chi2 = float((rest**2 / sigma**2).sum())
    scatter = math.sqrt(chi2 / freedom)
    widened = bool(stats.chi2.sf(chi2, freedom) < MISFIT_LEVEL)
    error *= scatter if widened else 1.0
    span = float(np.ptp(t))
    total, half = slope * span, _quantile(df, level) * error * span
    trend = Trend.NONE if abs(total) <= half else Trend.FALLS if total < 0 else Trend.RISES
    z = -abs(slope) / error
    p_value = float(2 * (special.ndtr(z) if math.isinf(df) else special.stdtr(df, z)))
    return Course(trend, sessions, slope, total, (total - half, total + half), p_value, scatter, widened, level)


def trend(times: ArrayLike, values: ArrayLike, sem: float) -> tuple[float, tuple[float, float]]:
    """Slope of a measure over time with its 95 % interval from the known repeat noise.

    Parameters
    ----------
    times : array_like, shape (n,)
        Days, weeks or session numbers; at least two different ones among those with a value.
    values : array_like, shape (n,)
        nan where withheld; left out.
    sem : float
        Standard error of measurement of one value.

    Returns
    -------
    tuple of float and tuple of float
        Change per unit of time, and its 95 % interval.

    Raises
    ------
    InvalidInput
        With fewer than two different times.
    """
    t, y, sigma = _complete(times, values, sem)
    if len(np.unique(t)) < 2:
        raise InvalidInput(f"Trend: expected values at two times at least, found {len(np.unique(t))}; add a session.")
    slope, error = _line(t, y, sigma)
    half = _quantile(math.inf, 0.05) * error
    return slope, (slope - half, slope + half)


def _complete(times: ArrayLike, values: ArrayLike, sem: ArrayLike) -> tuple[Floats, Floats, Floats]:
    t, y = np.asarray(times, np.float64), np.asarray(values, np.float64)
    sigma = np.broadcast_to(np.asarray(sem, np.float64), t.shape)
    keep = np.isfinite(t) & np.isfinite(y) & np.isfinite(sigma)
    return t[keep], y[keep], sigma[keep]


def _line(t: Floats, y: Floats, sigma: Floats) -> tuple[float, float]:
    """Slope by least squares and its standard error from the known noise of each value."""
    away = t - t.mean()
    spread = float((away**2).sum())
    return float((away * y).sum() / spread), float(np.sqrt((away**2 * sigma**2).sum()) / spread)


def _quantile(df: float, level: float) -> float:
    return float(-special.ndtri(level / 2) if math.isinf(df) else -special.stdtrit(df, level / 2))
