"""How far two judges agree on an ordered scale, beyond what chance alone would give."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

FEWEST = 10
"""Below ten pairs the interval of kappa covers nearly everything, and its formula is not valid."""


class Kappa(NamedTuple):
    """Linearly weighted kappa with its 95 % interval."""

    value: float
    low: float
    high: float


def weighted_kappa(first: Sequence[int], second: Sequence[int], grades: int) -> Kappa | None:
    """Linearly weighted kappa of two judges; None where it is not defined.

    Parameters
    ----------
    first, second : sequence of int
        Grades from 0 to ``grades`` - 1, of the same things in the same order.
    grades : int
        How many there are.

    Returns
    -------
    Kappa or None
        None for fewer than :data:`FEWEST` pairs, and where a judge gave all pairs the same grade: then agreement beyond
        chance has no meaning. The interval is that of the large-sample variance (Fleiss, Cohen and Everitt 1969,
        doi:10.1037/h0028106), held within -1 and 1; NaN where all pairs agree, which leaves no variance.
    """
    if len(first) < FEWEST or len(set(first)) < 2 or len(set(second)) < 2:
        return None
    from statsmodels.stats.inter_rater import cohens_kappa  # 0.3 s, needed after a grading only

    table = np.zeros((grades, grades))
    np.add.at(table, (np.asarray(first), np.asarray(second)), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = cohens_kappa(table, wt="linear")
    value, low, high = float(found.kappa), float(found.kappa_low), float(found.kappa_upp)
    if not math.isfinite(value):
        return None
    if not low < high:  # full agreement has no variance, which says nothing of the next pair
        return Kappa(value, math.nan, math.nan)
    return Kappa(value, max(-1.0, low), min(1.0, high))
