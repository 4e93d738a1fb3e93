"""A measure over the sessions of a series."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from tracker.errors import InvalidInput


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
    t, y = np.asarray(times, np.float64), np.asarray(values, np.float64)
    keep = np.isfinite(t) & np.isfinite(y)
    t, y = t[keep], y[keep]
    if len(np.unique(t)) < 2:
        raise InvalidInput(f"Trend: expected values at two times at least, found {len(np.unique(t))}; add a session.")
    spread = float(((t - t.mean()) ** 2).sum())
    slope = float(((t - t.mean()) * (y - y.mean())).sum() / spread)
    half = float(stats.norm.ppf(0.975) * sem / np.sqrt(spread))
    return slope, (slope - half, slope + half)
