"""What may be said about one measure between two photos."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from tracker.imaging.change.noise import FEW_DF, Noise
from tracker.imaging.types import Change, Flag, FlagCode, Measurement, Metric, Verdict, withheld

LOG_METRICS = frozenset({Metric.ROUGHNESS, Metric.EVENNESS, Metric.SCAR_AREA})
"""Noise grows with the value, so differences are taken between logarithms and given in % of the baseline."""
_TWO_SIDED_95 = float(stats.norm.ppf(0.975))  # once: asking scipy for it takes 0.1 ms, and a report asks 36,000 times
MOST_SCALE = 0.9  # of 1.96 relative errors: at 1 a measured change would leave any larger change open


def judge(
    pair: tuple[Measurement, Measurement], noise: Noise | None, flags: Sequence[Flag] = (), *, gain: float = 1.0
) -> Change:
    """What may be said about one measure between two photos.

    Parameters
    ----------
    pair : tuple of Measurement
        Baseline and follow-up of one measure in one region.
    noise : Noise or None
        From repeats; without it nothing can be said.
    flags : sequence of Flag
        Of the pair; one that withholds this metric makes it NOT_ASSESSABLE, one that widens multiplies the SDC.
    gain : float
        The measure was divided by this (skin tone), so its noise is too.

    Returns
    -------
    Change
        CHANGED where the difference exceeds the smallest detectable change. Swapping the photos turns the sign.
    """
    first, second = pair
    scale = max(first.scale_error, second.scale_error)
    doubts = tuple(dict.fromkeys((*first.flags, *second.flags, *flags)))
    mine = tuple(flag for flag in doubts if not flag.withholds or first.metric in flag.withholds)
    if noise is None:
        reason = "Its noise is not known: no repeats have been measured with this set-up."
        mine = (*mine, Flag(FlagCode.TOO_FEW_REPEATS, reason, "Photograph unchanged skin twice.", (first.metric,)))
    if noise is None or withheld(mine, first.metric) or not np.isfinite([first.value, second.value]).all():
        return _not_assessable(first, mine)
    ratio = first.metric in LOG_METRICS
    if ratio and min(first.value, second.value) <= 0:
        return _not_assessable(first, mine)
    scatter = float(np.hypot(noise.sem_used / gain * np.sqrt(2), _own_error(pair, noise.sem / gain, ratio)))
    half = noise.quantile * scatter * max((flag.widens for flag in doubts), default=1.0)
    difference = float(np.log(second.value / first.value)) if ratio else second.value - first.value
    shown = [difference, half, *interval(difference, half, scale)]
    if ratio:
        shown = [100 * float(np.expm1(v)) for v in shown]
    return Change(
        metric=first.metric,
        region=first.region,
        unit=first.unit,
        baseline=first.value,
        followup=second.value,
        change=shown[0],
        sdc=shown[1],
        interval=(shown[2], shown[3]),
        verdict=Verdict.CHANGED if abs(difference) > half else Verdict.NO_DETECTABLE_CHANGE,
        flags=mine,
        df=float(noise.df) if noise.df < FEW_DF else math.inf,
        gain=gain,
        scale_error=scale,
    )


def interval(difference: float, half: float, scale_error: float = 0.0) -> tuple[float, float]:
    """The true changes that a measured difference leaves open.

    Parameters
    ----------
    difference : float
        As measured, on the scale on which it is judged.
    half : float
        Smallest detectable change on that scale: what noise alone leaves open.
    scale_error : float
        Relative standard error of the change: skin tone, colour matrix, shine.

    Returns
    -------
    tuple of float
        All t with ``|difference - t| <= hypot(half, 1.96 scale_error t)``: half on either side without a scale error.
        Contains 0 exactly where ``|difference| <= half``, so it never contradicts the verdict.

    References
    ----------
    Fieller. J R Stat Soc B 1954;16:175-185. doi:10.1111/j.2517-6161.1954.tb00159.x
    """
    q = min(_TWO_SIDED_95 * scale_error, MOST_SCALE) ** 2
    reach = float(np.sqrt(q * difference**2 + (1 - q) * half**2))
    if reach == 0:
        return difference, difference
    # The end nearer to 0 from the product of both, so that at |difference| = half it is 0 and no rounding error.
    side = 1.0 if difference >= 0 else -1.0
    far = difference + side * reach
    near = (difference - half) * (difference + half) / far
    return (near, far / (1 - q)) if side > 0 else (far / (1 - q), near)


def withhold(metric: Metric, region: str, unit: str, flags: Sequence[Flag]) -> Change:
    """A row without numbers, with the reasons."""
    return _not_assessable(Measurement(metric, region, float("nan"), unit), tuple(flags))


def _own_error(pair: tuple[Measurement, Measurement], typical: float, ratio: bool) -> float:
    """The part of this pair's own standard error that exceeds what the repeats already contain."""
    own = np.nan_to_num([m.standard_error / (m.value if ratio else 1.0) for m in pair])
    return float(np.sqrt(max(0.0, float((own**2).sum()) - 2 * typical**2)))


def _not_assessable(measurement: Measurement, flags: tuple[Flag, ...]) -> Change:
    nan = float("nan")
    verdict = Verdict.NOT_ASSESSABLE
    return Change(
        measurement.metric, measurement.region, measurement.unit, nan, nan, nan, nan, (nan, nan), verdict, flags
    )
