"""SEM, SDC and ICC from repeats of unchanged skin."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from tracker.errors import InvalidInput

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Repeatability:
    """How well a measure repeats when nothing has changed.

    Parameters
    ----------
    sem : float
        Standard error of measurement: SD within subjects, in the unit of the values.
    sdc : float
        Smallest detectable change of one subject at 95 %, ``1.96 * sqrt(2) * sem``.
    icc : float
        Intraclass correlation, two-way, absolute agreement, single measure: ICC(2,1).
    df : int
        Degrees of freedom of the SEM.
    sem_interval, sdc_interval, icc_interval : tuple of float
        95 % confidence limits (chi-square for SEM and SDC, F for the ICC).
    bias : float
        Mean of the last repeat minus mean of the first.
    """

    sem: float
    sdc: float
    icc: float
    df: int
    sem_interval: tuple[float, float]
    sdc_interval: tuple[float, float]
    icc_interval: tuple[float, float]
    bias: float


def repeatability(values: ArrayLike) -> Repeatability:
    """SEM, SDC and ICC with confidence limits from repeats of the same, unchanged skin.

    Parameters
    ----------
    values : array_like, shape (n subjects, k repeats)
        At least 2 by 2; rows with a nan are left out.

    Returns
    -------
    Repeatability
        The SEM includes systematic differences between the repeats (agreement, not consistency).

    Raises
    ------
    InvalidInput
        With fewer than 2 complete subjects or fewer than 2 repeats.

    References
    ----------
    de Vet, Terwee, Knol, Bouter. J Clin Epidemiol 2006;59:1033-1039. doi:10.1016/j.jclinepi.2005.10.015
    McGraw, Wong. Psychol Methods 1996;1:30-46. doi:10.1037/1082-989X.1.1.30
    """
    table = np.asarray(values, np.float64)
    table = table[np.isfinite(table).all(1)] if table.ndim == 2 else np.empty((0, 0))
    n, k = table.shape
    if n < 2 or k < 2:
        raise InvalidInput(
            f"Repeats: expected at least 2 subjects with 2 values each, found {n} with {k}; add repeats."
        )
    within = table - table.mean(1, keepdims=True)
    df = n * (k - 1)
    sem = float(np.sqrt((within**2).sum() / df))
    low, high = (float(np.sqrt(df / stats.chi2.ppf(p, df))) for p in (0.975, 0.025))
    factor = 1.96 * np.sqrt(2)
    icc, icc_interval = _agreement(table)
    return Repeatability(
        sem=sem,
        sdc=float(factor * sem),
        icc=icc,
        df=df,
        sem_interval=(sem * low, sem * high),
        sdc_interval=(float(factor * sem * low), float(factor * sem * high)),
        icc_interval=icc_interval,
        bias=float((table[:, -1] - table[:, 0]).mean()),
    )


def _agreement(table: Floats) -> tuple[float, tuple[float, float]]:
    """ICC(2,1) and its 95 % limits (McGraw and Wong, table 7)."""
    n, k = table.shape
    grand = table.mean()
    rows = k * float(((table.mean(1) - grand) ** 2).sum()) / (n - 1)
    columns = n * float(((table.mean(0) - grand) ** 2).sum()) / (k - 1)
    rest = table - table.mean(1, keepdims=True) - table.mean(0, keepdims=True) + grand
    error = float((rest**2).sum()) / ((n - 1) * (k - 1))
    below = rows + (k - 1) * error + k * (columns - error) / n
    if below <= 0:
        return float("nan"), (float("nan"), float("nan"))
    icc = (rows - error) / below
    if error <= 0 or icc >= 1:
        return icc, (icc, icc)
    a, b = k * icc / (n * (1 - icc)), 1 + k * icc * (n - 1) / (n * (1 - icc))
    v = (a * columns + b * error) ** 2 / ((a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    up, down = stats.f.ppf(0.975, n - 1, v), stats.f.ppf(0.975, v, n - 1)
    spread = k * columns + (k * n - k - n) * error
    low = n * (rows - up * error) / (up * spread + n * rows)
    high = n * (down * rows - error) / (spread + n * down * rows)
    return float(icc), (float(low), float(high))
