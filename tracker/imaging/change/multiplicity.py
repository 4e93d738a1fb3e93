"""Many measures of one pair: how large a change must be before chance alone does not explain it.

Ten measures in three regions at 5 % each call something changed in 78 % of patients in whom nothing has changed. One
measure is therefore declared before the first session; its regions are one family, all other figures of the same pair
are another, and Holm's step-down procedure keeps the chance of any false "changed" within each family at 5 %.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from tracker.imaging.change.verdict import LOG_METRICS, interval
from tracker.imaging.types import Change, Flag, FlagCode, Metric, Verdict

LEVEL = 0.05
"""Chance of any false "changed" among the figures of a family in which nothing has changed."""


def declared(changes: Sequence[Change], primary: Metric) -> tuple[Change, ...]:
    """The changes of one pair with verdicts that hold for all of them together.

    Parameters
    ----------
    changes : sequence of Change
        Of one analysis, as judged one by one; every figure that is shown belongs in here, none that is not.
    primary : Metric
        Declared before the first session.

    Returns
    -------
    tuple of Change
        In the same order. In each of the two families (the primary measure's regions; everything else that can be
        assessed) a change is CHANGED exactly where its Holm-adjusted p value is at most 5 %. ``sdc``, ``interval`` and
        ``level`` are those at which it was decided, so that verdict, smallest detectable change and interval never
        contradict each other; a remark says how many were judged together. A family of one is returned as it came.

    Notes
    -----
    Holm compares the k-th smallest of m p values with 5 %/(m - k + 1) and stops at the first that fails. With R found,
    every figure may equally be compared with the level of the first that failed, 5 %/(m - R): the same verdicts, with
    one level for the family. The p value is two-sided, of t (of the normal distribution from 20 degrees of freedom of
    the noise on), for the difference over its standard error, on logarithms for ratio measures. Calling it again
    changes nothing.

    References
    ----------
    Holm. Scand J Stat 1979;6:65-70. https://www.jstor.org/stable/4615733
    """
    told = list(changes)
    assessable = [index for index, change in enumerate(told) if standard_error(change) > 0]
    for is_primary in (True, False):
        family = [index for index in assessable if (told[index].metric is primary) == is_primary]
        if len(family) > 1:
            level = holm_level([p_value(told[index]) for index in family])
            for index in family:
                told[index] = _held_to(told[index], level, len(family))
    return tuple(told)


def holm_level(p_values: Sequence[float]) -> float:
    """The one level at which each p value of a family may be compared: that of Holm's first failure."""
    # statsmodels' multipletests says the same (the tests compare) but collects garbage at each call: 60 ms per pair.
    levels = LEVEL / np.arange(len(p_values), 0, -1)
    failed = np.flatnonzero(np.sort(p_values) > levels)
    return float(levels[failed[0]] if len(failed) else LEVEL)


def p_value(change: Change) -> float:
    """Two-sided p value of one change by itself; NaN where it was not assessed."""
    error = standard_error(change)
    if math.isnan(error):
        return math.nan
    z = -abs(difference(change)) / error
    # scipy.stats wraps the same functions at a hundred times the cost: a second per patient of a clinic's report.
    return float(2 * (special.ndtr(z) if math.isinf(change.df) else special.stdtr(change.df, z)))


def difference(change: Change) -> float:
    """The change on the scale on which it was judged: of the logarithm for ratio measures."""
    return math.log1p(change.change / 100) if change.metric in LOG_METRICS else change.change


def standard_error(change: Change) -> float:
    """Standard error of :func:`difference`; NaN where the change was not assessed."""
    if change.verdict is Verdict.NOT_ASSESSABLE or not np.isfinite([change.change, change.sdc]).all():
        return math.nan
    return _half_width(change) / quantile(change.df, change.level)


def quantile(df: float, level: float = LEVEL) -> float:
    """Two-sided quantile of t with ``df`` degrees of freedom (inf: of the normal distribution)."""
    return float(-special.ndtri(level / 2) if math.isinf(df) else -special.stdtrit(df, level / 2))


def _half_width(change: Change) -> float:
    return math.log1p(change.sdc / 100) if change.metric in LOG_METRICS else change.sdc


def _held_to(change: Change, level: float, together: int) -> Change:
    """The change with smallest detectable change, interval and verdict at another level."""
    moved, error = difference(change), standard_error(change)
    half = error * quantile(change.df, level)
    shown = [half, *interval(moved, half, change.scale_error)]
    if change.metric in LOG_METRICS:
        shown = [100 * math.expm1(value) for value in shown]
    reason = (
        f"Judged together with {together - 1} other figure{'s' if together > 2 else ''} of these two photos: smallest "
        f"change and interval are widened to {percent(level)} %, so that chance shows a change among them in at most 1 "
        "of 20 patients."
    )
    others = tuple(flag for flag in change.flags if flag.code is not FlagCode.MANY_MEASURES)
    return replace(
        change,
        sdc=shown[0],
        interval=(shown[1], shown[2]),
        verdict=Verdict.CHANGED if abs(moved) > half else Verdict.NO_DETECTABLE_CHANGE,
        flags=(*others, Flag(FlagCode.MANY_MEASURES, reason)),
        level=level,
    )


def percent(level: float) -> str:
    """The coverage of an interval at that level, in %: ``"95"``, ``"99.8"``."""
    return f"{100 * (1 - level):.1f}".removesuffix(".0")
