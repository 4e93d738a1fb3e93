"""Cells and tables of docs/accuracy.md: every figure with its n and a 95 % interval, and whether its bar is met."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

NOTHING = "-"
RESAMPLES = 2000  # of a bootstrap: the limits then move by less than the last printed digit


def table(head: Iterable[str], body: Iterable[Iterable[object]]) -> list[str]:
    """The lines of a markdown table, with an empty line behind it."""
    names = [str(name) for name in head]
    lines = ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in body]
    return ["| " + " | ".join(names) + " |", "|" + "---|" * len(names), *lines, ""]


def share_limits(k: float, n: int) -> tuple[float, float]:
    """95 % limits (Jeffreys) of the share of ``k`` among ``n``, each 0 to 1; nan without any."""
    if n < 1:
        return float("nan"), float("nan")
    low, high = stats.beta.ppf([0.025, 0.975], k + 0.5, n - k + 0.5)
    return (0.0 if k == 0 else float(low)), (1.0 if k == n else float(high))


def share_cell(k: float, n: int) -> str:
    """``5.9% (3.5% to 9.2%), 16 of 272``."""
    if n < 1:
        return NOTHING
    low, high = share_limits(k, n)
    return f"{k / n:.1%} ({low:.1%} to {high:.1%}), {k:.0f} of {n}"


def sd_limits(sd: float, df: int) -> tuple[float, float]:
    """95 % limits (chi-square) of a standard deviation with ``df`` degrees of freedom."""
    if df < 1:
        return float("nan"), float("nan")
    low, high = (float(sd * np.sqrt(df / stats.chi2.ppf(p, df))) for p in (0.975, 0.025))
    return low, high


def sd_cell(sd: float, df: int, digits: int = 2) -> str:
    """``1.55 (1.32 to 1.86)``: any multiple of a standard deviation, such as an SDC, with chi-square limits."""
    if df < 1 or not np.isfinite(sd):
        return NOTHING
    low, high = sd_limits(sd, df)
    return f"{sd:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def quantile_limits(values: ArrayLike, quantile: float, groups: Sequence[object] | None = None) -> tuple[float, float]:
    """95 % limits of a quantile by bootstrap; whole ``groups`` (people, scenes) are drawn where they are given.

    Parameters
    ----------
    values : array_like, shape (n,)
        Nan are left out.
    quantile : float
        0 to 1; 0.5 is the median.
    groups : sequence, length n, optional
        Whose each value is: values of one person or scene are not independent.
    """
    found, owner = _finite(values, groups)
    names, index = np.unique(owner, return_inverse=True)
    if len(names) < 2:  # one person says nothing of others
        return float("nan"), float("nan")
    parts = [found[index == k] for k in range(len(names))]
    rng = np.random.default_rng(20)
    drawn = [
        np.quantile(np.concatenate([parts[k] for k in rng.integers(0, len(parts), len(parts))]), quantile)
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def quantile_cell(
    values: ArrayLike, quantile: float, groups: Sequence[object] | None = None, *, digits: int = 2
) -> str:
    """``0.82 (0.71 to 0.97)``: a quantile with its bootstrap limits."""
    found, _ = _finite(values, groups)
    if not found.size:
        return NOTHING
    low, high = quantile_limits(values, quantile, groups)
    limits = f" ({low:.{digits}f} to {high:.{digits}f})" if np.isfinite(low) else ""
    return f"{np.quantile(found, quantile):.{digits}f}{limits}"


def median_cell(values: ArrayLike, groups: Sequence[object] | None = None, *, digits: int = 2) -> str:
    """``0.28 (0.25 to 0.33), n 111``: the median with its bootstrap limits and the number of values."""
    found, _ = _finite(values, groups)
    return f"{quantile_cell(values, 0.5, groups, digits=digits)}, n {found.size}" if found.size else NOTHING


def bar_cell(value: float, bar: float, *, least: bool = False, digits: int = 2, percent: bool = False) -> str:
    """``<= 2.20: met`` or ``<= 2.20: **missed**``; ``least`` where more is better."""
    shown = f"{bar:.{max(0, digits - 2)}%}" if percent else f"{bar:.{digits}f}"
    if not np.isfinite(value):
        return f"{'>=' if least else '<='} {shown}: not measured"
    met = value >= bar if least else value <= bar
    return f"{'>=' if least else '<='} {shown}: {'met' if met else '**missed**'}"


def between_cell(value: float, low: float, high: float, *, digits: int = 2, percent: bool = False) -> str:
    """``93% to 97%: met``: a bar with two ends."""
    shown = [f"{v:.{max(0, digits - 2)}%}" if percent else f"{v:.{digits}f}" for v in (low, high)]
    if not np.isfinite(value):
        return f"{shown[0]} to {shown[1]}: not measured"
    return f"{shown[0]} to {shown[1]}: {'met' if low <= value <= high else '**missed**'}"


def _finite(values: ArrayLike, groups: Sequence[object] | None) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    found = np.asarray(values, np.float64).ravel()
    owner = np.array([str(g) for g in (range(found.size) if groups is None else groups)], dtype=np.str_)
    keep = np.isfinite(found)
    return found[keep], owner[keep]
