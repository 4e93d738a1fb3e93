"""Several photos of one view and moment: the mean of what each of them says, and what that mean could have seen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from tracker.imaging.change.verdict import LOG_METRICS, interval, withhold
from tracker.imaging.types import Change, FlagCode, Metric, Verdict, withheld

UNKNOWN = 0.0
"""Share of the repeat variance that averaging photos can lower, where nobody has measured it: then none."""
QUANTILE = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, slots=True)
class BurstChange:
    """One measure in one region between two visits of several photos each.

    Parameters
    ----------
    change : Change
        The mean; withheld only where every later photo, or the first of the baseline, is withheld.
    used, photos : int
        Later photos that gave a number, and that there are.
    used_before, photos_before : int
        The same of the baseline.
    """

    change: Change
    used: int
    photos: int
    used_before: int
    photos_before: int

    @property
    def left_out(self) -> int:
        """Photos of both visits that gave no number for this measure."""
        return self.photos - self.used + self.photos_before - self.used_before


def average_bursts(
    followups: Sequence[Sequence[Change]],
    baselines: Sequence[Sequence[Change]] = (),
    shares: Mapping[Metric, float] | None = None,
) -> list[BurstChange]:
    """The mean change of every measure and region, in the order in which the pairs name them.

    Parameters
    ----------
    followups : sequence of sequences of Change
        One per later photo, each against the first baseline photo; empty for a photo that was refused.
    baselines : sequence of sequences of Change
        One per further baseline photo, each against the first.
    shares : mapping of Metric to float, optional
        See :func:`average_changes`; 0 where a measure is missing.
    """
    places = dict.fromkeys((change.metric, change.region) for rows in followups for change in rows)
    found = []
    for metric, region in places:
        later, earlier = (
            [row for rows in side for row in rows if (row.metric, row.region) == (metric, region)]
            for side in (followups, baselines)
        )
        one = average_changes(later, earlier, photo_share=(shares or {}).get(metric, UNKNOWN))
        found.append(replace(one, photos=len(followups), photos_before=1 + len(baselines)))
    return found


def average_changes(
    followups: Sequence[Change], baselines: Sequence[Change] = (), *, photo_share: float = UNKNOWN
) -> BurstChange:
    """The mean of several changes of one measure in one region.

    Every photo is compared with one and the same baseline photo, so m later and n baseline photos need m + n - 1
    comparisons and not m * n, and the region that a person drew on that one photo serves all of them.

    Parameters
    ----------
    followups : sequence of Change
        Of each later photo against the first baseline photo; at least one.
    baselines : sequence of Change
        Of each further baseline photo against the first: where it lies beside the mean of its visit.
    photo_share : float
        ``s_photo^2 / (s_session^2 + s_photo^2)``, 0 to 1: the share of the repeat variance that photos of one moment do
        not have in common.

    Returns
    -------
    BurstChange
        Withheld photos are left out and counted; where all later ones are withheld, so is the mean, with the most
        frequent reason. Measures of :data:`LOG_METRICS` are averaged as logarithms.

    Notes
    -----
    ``SEM_m^2 = s_session^2 + s_photo^2 / m`` for either visit. Photos that scatter more than the repeats predict widen
    the interval again: it never falls below that of their own scatter. What a pair adds to the repeats from its own
    pixels and outline is lowered by the same factor as they are.
    """
    told = [one for one in followups if one.verdict is not Verdict.NOT_ASSESSABLE]
    before = [one for one in baselines if one.verdict is not Verdict.NOT_ASSESSABLE]
    counts = (len(told), len(followups), 1 + len(before), 1 + len(baselines))
    if not told:
        return BurstChange(_most_frequent(followups), *counts)
    first = told[0]
    ratio = first.metric in LOG_METRICS
    later = _steps([one.change for one in told], ratio)
    earlier = np.append(_steps([one.change for one in before], ratio), 0.0)  # the first against itself
    single = _steps([one.sdc for one in told], ratio)
    per_photo = 1 / len(later) + 1 / len(earlier)
    left = 1 - photo_share + photo_share * per_photo / 2
    half = max(
        float(np.sqrt(np.mean(single**2) * left)), QUANTILE * float(np.sqrt(_scatter(later, earlier) * per_photo))
    )
    return BurstChange(_changed(told, (later, earlier), half), *counts)


def _changed(told: Sequence[Change], steps: tuple[np.ndarray, np.ndarray], half: float) -> Change:
    """The mean of the photos that gave a number."""
    first = told[0]
    ratio = first.metric in LOG_METRICS
    start, end = float(steps[1].mean()), float(steps[0].mean())
    difference = end - start
    base = float(np.median([one.baseline for one in told]))
    values = [base * float(np.exp(v)) if ratio else base + v for v in (start, end)]
    scale_error = max(one.scale_error for one in told)  # of the colours themselves: averaging does not lower it
    shown = [difference, half, *interval(difference, half, scale_error)]
    if ratio:
        shown = [100 * float(np.expm1(v)) for v in shown]
    return replace(
        first,
        baseline=values[0],
        followup=values[1],
        change=shown[0],
        sdc=shown[1],
        interval=(shown[2], shown[3]),
        verdict=Verdict.CHANGED if abs(difference) > half else Verdict.NO_DETECTABLE_CHANGE,
        flags=tuple(dict.fromkeys(flag for one in told for flag in one.flags)),
        scale_error=scale_error,
    )


def _steps(values: ArrayLike, ratio: bool) -> np.ndarray:
    """Differences on the scale on which they are averaged."""
    return np.log1p(np.asarray(values, float) / 100) if ratio else np.asarray(values, float)


def _scatter(later: np.ndarray, earlier: np.ndarray) -> float:
    """Pooled variance of photos within their own visit; 0 where neither has two."""
    squares = sum(float(((side - side.mean()) ** 2).sum()) for side in (later, earlier))
    return squares / max(1, len(later) + len(earlier) - 2)


def _most_frequent(changes: Sequence[Change]) -> Change:
    """The withheld change whose reason most of them have, the earlier one among equals."""
    codes = Counter(code for one in changes for code in _reasons(one))
    most = max(changes, key=lambda one: max((codes[code] for code in _reasons(one)), default=0))
    return withhold(most.metric, most.region, most.unit, most.flags)


def _reasons(change: Change) -> tuple[FlagCode, ...]:
    return tuple(dict.fromkeys(flag.code for flag in withheld(change.flags, change.metric)))
