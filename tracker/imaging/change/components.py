"""Noise on two levels: between seatings of one subject, and between photos of one seating."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from tracker.errors import InvalidInput

Floats = NDArray[np.float64]

FEWEST_SUBJECTS = 3
"""With two, the upper limit of the SEM is eight times the SEM: nothing could be seen, and nothing would be gained."""
DRAWS = 4000
"""Of the generalised interval of the ICC; its limits then move by less than 0.01 from seed to seed."""
SDC = float(stats.norm.ppf(0.975) * np.sqrt(2))


@dataclass(frozen=True, slots=True, eq=False)
class Repeats:
    """One measure in one region of one subject, whose skin did not change.

    Parameters
    ----------
    seatings : tuple of str
        Of each photo; at least two different ones.
    differences : ndarray, shape (photos, photos)
        ``[i, j]`` is the value of photo j minus that of photo i, as the engine measures such a pair.
    level : float
        Mean value of the subject, for the spread between subjects.
    """

    seatings: tuple[str, ...]
    differences: Floats = field(repr=False)
    level: float

    @classmethod
    def of_values(cls, seatings: Sequence[str], values: ArrayLike) -> "Repeats":
        """From one value per photo."""
        x = np.asarray(values, np.float64)
        return cls(tuple(seatings), np.asarray(x[None, :] - x[:, None], np.float64), float(x.mean()))


@dataclass(frozen=True, slots=True)
class TwoLevel:
    """Mean squares of subjects, of seatings within subjects and of photos within seatings.

    Parameters
    ----------
    subject, session, photo : tuple of float
        (mean square, degrees of freedom).
    per_session : float
        Photos per seating: what the session variance counts in its mean square.
    per_subject : tuple of float
        What session and subject variance count in the mean square of subjects.

    Notes
    -----
    Nested analysis of variance; for unbalanced data the coefficients are those of Searle, Casella, McCulloch.
    Two of these may be compared where the same measure was repeated in the same unit.

    References
    ----------
    Searle, Casella, McCulloch. Variance Components. Wiley 1992. doi:10.1002/9780470316856
    Satterthwaite. Biometrics Bull 1946;2:110-114. doi:10.2307/3002019
    Weerahandi. J Am Stat Assoc 1993;88:899-905. doi:10.1080/01621459.1993.10476355
    """

    subject: tuple[float, float]
    session: tuple[float, float]
    photo: tuple[float, float]
    per_session: float
    per_subject: tuple[float, float]

    @property
    def subjects(self) -> int:
        """How many subjects were repeated."""
        return round(self.subject[1]) + 1

    @property
    def clipped(self) -> bool:
        """Whether seatings differed by less than their photos explain, so that the session variance is set to 0."""
        return self.session[0] < self.photo[0]

    @property
    def session_variance(self) -> float:
        """Variance between seatings, never negative."""
        return max(0.0, (self.session[0] - self.photo[0]) / self.per_session)

    @property
    def photo_variance(self) -> float:
        """Variance between photos of one seating."""
        return self.photo[0]

    def sem(self, photos: int = 1) -> float:
        """Standard error of measurement of the mean of so many photos of one seating."""
        return float(np.sqrt(self.session_variance + self.photo_variance / photos))

    def df(self, photos: int = 1) -> float:
        """Degrees of freedom of :meth:`sem` (Satterthwaite)."""
        session = max(self.session[0], self.photo[0]) / self.per_session
        photo = (1 / photos - 1 / self.per_session) * self.photo[0]
        spread = session**2 / self.session[1] + (photo**2 / self.photo[1] if self.photo[1] else 0.0)
        return float((session + photo) ** 2 / spread) if spread > 0 else self.session[1]

    def sem_interval(self, photos: int = 1) -> tuple[float, float]:
        """95 % confidence limits of :meth:`sem` (chi-square)."""
        sem, df = self.sem(photos), max(1.0, self.df(photos))
        low, high = (float(sem * np.sqrt(df / stats.chi2.ppf(p, df))) for p in (0.975, 0.025))
        return low, high

    def icc(self) -> float:
        """Share of the variance of single photos that is between subjects, 0 to 1; nan where nothing varies."""
        return float(_icc([np.array(level[0]) for level in (self.subject, self.session, self.photo)], self))

    def icc_interval(self) -> tuple[float, float]:
        """95 % generalised confidence limits of :meth:`icc`."""
        draw = np.random.default_rng(0)
        squares = [
            mean * df / draw.chisquare(df, DRAWS) if df > 0 else np.zeros(DRAWS)
            for mean, df in (self.subject, self.session, self.photo)
        ]
        found = _icc(squares, self)
        if not np.isfinite(found).all():
            return float("nan"), float("nan")
        low, high = np.quantile(found, (0.025, 0.975))
        return float(low), float(high)


def two_level(subjects: Sequence[Sequence[Repeats]]) -> TwoLevel:
    """The levels of noise of one measure.

    Parameters
    ----------
    subjects : sequence of sequences of Repeats
        Per subject one or more regions of one kind; both cheeks of a face share its seatings, so they count once.

    Raises
    ------
    InvalidInput
        With fewer than three subjects that were seated twice.
    """
    kept = [[one for one in regions if len(set(one.seatings)) > 1] for regions in subjects]
    kept = [regions for regions in kept if regions]
    if len(kept) < FEWEST_SUBJECTS:
        raise InvalidInput(
            f"Repeats: expected at least {FEWEST_SUBJECTS} subjects photographed in two seatings, found {len(kept)}; "
            "photograph more subjects."
        )
    rows = np.array([np.mean([_sums(one) for one in regions], axis=0) for regions in kept])
    levels = np.array([np.mean([one.level for one in regions]) for regions in kept])
    photo_ss, photo_df, session_ss, session_df, photos, squares = rows.T
    degrees, total = float(session_df.sum()), float(photos.sum())
    between = float((photos * (levels - photos @ levels / total) ** 2).sum())
    others = len(kept) - 1
    return TwoLevel(
        subject=(between / others, float(others)),
        session=(max(0.0, float(session_ss.sum())) / degrees, degrees),
        photo=(float(photo_ss.sum() / photo_df.sum()) if photo_df.sum() else 0.0, float(photo_df.sum())),
        per_session=float((photos - squares / photos).sum()) / degrees,
        per_subject=(
            float((squares / photos).sum() - squares.sum() / total) / others,
            float(total - (photos**2).sum() / total) / others,
        ),
    )


def _sums(repeats: Repeats) -> tuple[float, ...]:
    """Sum of squares and degrees of freedom of photos and of seatings, photos, and squared photos per seating.

    Sums of squares come from the differences of pairs: a pair is what a verdict will be about, and its own error
    (alignment, colour match) then counts as noise between photos.
    """
    squares = repeats.differences**2
    counts = Counter(repeats.seatings)
    names = np.array(repeats.seatings)
    within = sum(float(squares[np.ix_(names == name, names == name)].sum()) / 2 / n for name, n in counts.items())
    total = float(squares.sum()) / 2 / len(names)
    return (
        within,
        len(names) - len(counts),
        total - within,
        len(counts) - 1,
        len(names),
        sum(n**2 for n in counts.values()),
    )


def _icc(squares: Sequence[Floats], levels: TwoLevel) -> Floats:
    """ICC of single photos from mean squares of subjects, seatings and photos; components below 0 count as 0."""
    subject, session, photo = squares
    sessions = np.maximum(0.0, (session - photo) / levels.per_session)
    subjects = np.maximum(0.0, (subject - photo - levels.per_subject[0] * sessions) / levels.per_subject[1])
    total = subjects + sessions + photo
    return np.asarray(np.divide(subjects, total, out=np.full_like(total, np.nan), where=total > 0), np.float64)
