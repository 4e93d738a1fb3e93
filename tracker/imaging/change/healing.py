"""How redness is expected to fade in the days after needling, and when it lasts longer than usual.

Nothing here is an outcome: what these days show is the needling itself.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

FAST_DAYS, USUAL_DAYS, SLOW_DAYS = 0.6, 1.0, 1.5
"""Time constants of the expected course, in days. An engineering default, fitted to "mostly gone in 2 to 4 days" of
clinics' leaflets (4 to 26 % are left on day 2, 0.1 to 7 % on day 4), not a measurement: no published study followed
redness by day with a calibrated camera."""
LATE_FROM_DAY = 7
"""From here on nothing is expected to be left: 1 % at most of the first redness."""
EARLIEST_REMARK, LATEST_REMARK = 2, 6
"""Days on which a course outside the band is worth a remark. Before, redness changes within hours."""


class Sign(StrEnum):
    """Where redness lies beside what is expected for its day."""

    NO_NUMBER = "no number"
    AS_EXPECTED = "as expected"
    SLOWER = "slower than expected"
    FASTER = "faster than expected"
    LATE = "later than expected"


@dataclass(frozen=True, slots=True)
class Rise:
    """Redness above the skin before needling, on one day.

    Parameters
    ----------
    day : float
        Days since needling; 0 for a photo right after it.
    rise : float
        In H; negative where the skin was redder before. NaN where it was withheld.
    sdc : float
        Smallest rise that could have been seen, in H, positive.
    """

    day: float
    rise: float
    sdc: float


@dataclass(frozen=True, slots=True)
class Expected:
    """The band within which redness is expected to fade from one photo on.

    Parameters
    ----------
    day : float
        Of the photo from which it starts.
    rise : float
        Redness above the skin before needling in that photo, H, positive.

    Notes
    -----
    ``rise * exp(-(d - day)/tau)`` with tau from 0.6 to 1.5 days: an engineering default fitted to "mostly gone in 2
    to 4 days", not a measurement. It may colour a chart; it decides nothing.
    """

    day: float
    rise: float

    def at(self, day: float) -> tuple[float, float]:
        """Lowest and highest rise expected on a day, in H; NaN before the band starts."""
        return self._left(day, FAST_DAYS), self._left(day, SLOW_DAYS)

    def usual(self, day: float) -> float:
        """The middle of the band on a day, in H; NaN before it starts."""
        return self._left(day, USUAL_DAYS)

    def _left(self, day: float, constant: float) -> float:
        return math.nan if day < self.day else self.rise * math.exp((self.day - day) / constant)


def expected_from(rises: Iterable[Rise]) -> Expected | None:
    """The band that starts at the earliest photo, which is the one right after needling where it was taken.

    Parameters
    ----------
    rises : iterable of Rise
        Of one needling, in any order.

    Returns
    -------
    Expected or None
        None where no photo before day 7 shows a rise beyond its noise: there is nothing to fade.
    """
    seen = sorted((one for one in rises if one.day < LATE_FROM_DAY and not math.isnan(one.rise)), key=_day)
    if not seen or seen[0].rise <= seen[0].sdc:
        return None
    return Expected(seen[0].day, seen[0].rise)


def later_than_expected(day: float, rise_above_baseline: float, sdc: float) -> bool:
    """Whether redness lasts longer than usual: above the skin before needling by more than the noise at day 7 or later.

    Parameters
    ----------
    day : float
        Days since needling.
    rise_above_baseline, sdc : float
        H. A withheld number (NaN) is never late.
    """
    return day >= LATE_FROM_DAY and rise_above_baseline > sdc


def judged(one: Rise, expected: Expected | None) -> Sign:
    """Where a photo lies beside what is expected; only day 7 and later can be late, earlier days are a remark.

    Parameters
    ----------
    one : Rise
        The photo.
    expected : Expected or None
        Of its needling. Outside means by more than the noise of the photo.
    """
    if math.isnan(one.rise):
        return Sign.NO_NUMBER
    if later_than_expected(one.day, one.rise, one.sdc):
        return Sign.LATE
    if expected is None or one.day <= expected.day or not EARLIEST_REMARK <= one.day <= LATEST_REMARK:
        return Sign.AS_EXPECTED
    low, high = expected.at(one.day)
    if one.rise - one.sdc > high:
        return Sign.SLOWER
    return Sign.FASTER if one.rise + one.sdc < low else Sign.AS_EXPECTED


def _day(one: Rise) -> float:
    return one.day
