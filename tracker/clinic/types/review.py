"""What people say of photos and comparisons, and what of it the patient may see. Times are UTC."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tracker.clinic.types.vocabulary import Gais, GoodmanBaron, Moment, Purpose, View
from tracker.imaging.types import Change, Metric


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark of a clinician on a series or on one of its photos.

    Parameters
    ----------
    id, series_id : str
        Random ids.
    photo_id : str
        Empty where it is about the series.
    text : str
        As it was written.
    author_id, author : str
        Who wrote it; the id is empty for the operator of the computer.
    created : datetime
        UTC.
    withdrawn : datetime or None
        Since when it no longer counts; it stays on record.
    """

    id: str
    series_id: str
    photo_id: str
    text: str
    author_id: str
    author: str
    created: datetime
    withdrawn: datetime | None


@dataclass(frozen=True, slots=True)
class Release:
    """A photo, or one number of one comparison, that a clinician let the patient see.

    Parameters
    ----------
    id, patient_id : str
        Random ids.
    photo_id : str
        Empty for a number.
    analysis_id : str
        Empty for a photo.
    metric : Metric or None
        Which number.
    region : str
        Where on the skin.
    change : Change or None
        The number as it was told on the day of its release: later measuring does not alter what was released.
    author_id : str
        Who released it.
    created : datetime
        UTC.
    """

    id: str
    patient_id: str
    photo_id: str
    analysis_id: str
    metric: Metric | None
    region: str
    change: Change | None
    author_id: str
    created: datetime


class Direction(StrEnum):
    """Which way the skin went, for a rater and for a measure."""

    IMPROVED = "improved"
    SAME = "no change"
    WORSE = "worse"


class Shown(StrEnum):
    """On which side a photo is shown, with nothing to tell which came first."""

    LEFT = "left"
    RIGHT = "right"


class Scale(StrEnum):
    """How a pair is graded."""

    GAIS = "Global Aesthetic Improvement Scale"
    GOODMAN_BARON = "Goodman and Baron grade of acne scars"


@dataclass(frozen=True, slots=True)
class BetterSide:
    """The side with the better skin, and by how much: an improvement from the other side to this one.

    Parameters
    ----------
    better : Shown or None
        None where neither is better.
    by : Gais
        One of the three grades of improvement; NO_CHANGE where neither is better.
    """

    better: Shown | None
    by: Gais


@dataclass(frozen=True, slots=True)
class TwoGrades:
    """A grade for each of two photos of acne scars."""

    left: GoodmanBaron
    right: GoodmanBaron


@dataclass(frozen=True, slots=True)
class Grading:
    """What a rater said of a pair without knowing which photo came first.

    Parameters
    ----------
    id, series_id, baseline_photo_id, followup_photo_id : str
        Random ids.
    scale : Scale
        Decides which of the grades are there.
    later_shown_left : bool
        How it was shown.
    gais : Gais or None
        Of the change from the earlier photo to the later one.
    before, after : GoodmanBaron or None
        Of each photo.
    computed : Direction or None
        What the deciding measure said when it was graded; None where it could not be judged. An outline that is
        corrected afterwards, by somebody who has seen the answer, changes nothing here.
    analysis_id : str
        On which comparison that rests; empty where there was none.
    author_id, author : str
        The rater.
    created : datetime
        UTC.
    """

    id: str
    series_id: str
    baseline_photo_id: str
    followup_photo_id: str
    scale: Scale
    later_shown_left: bool
    gais: Gais | None
    before: GoodmanBaron | None
    after: GoodmanBaron | None
    computed: Direction | None
    analysis_id: str
    author_id: str
    author: str
    created: datetime

    @property
    def rated(self) -> Direction:
        """Which way the skin went for the rater."""
        if self.gais is not None:
            return {Gais.NO_CHANGE: Direction.SAME, Gais.WORSE: Direction.WORSE}.get(self.gais, Direction.IMPROVED)
        grades = list(GoodmanBaron)
        assert self.before is not None
        assert self.after is not None
        step = grades.index(self.after) - grades.index(self.before)
        return Direction.SAME if step == 0 else Direction.IMPROVED if step < 0 else Direction.WORSE


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a rater and the measure said the same.

    Parameters
    ----------
    pairs : int
        Pairs on which both had an answer.
    same : int
        Of these, the same answer.
    unjudged : int
        Further pairs that the measure could not judge.
    kappa : float or None
        Linearly weighted kappa of improved, no change, worse; None where ``why`` says so.
    interval : tuple of float
        Of kappa, 95 %; (NaN, NaN) without one.
    why : str
        Why there is no kappa; else empty.
    """

    pairs: int
    same: int
    unjudged: int
    kappa: float | None
    interval: tuple[float, float]
    why: str = ""

    @property
    def share(self) -> float:
        """Share of the same answers; NaN without pairs."""
        return self.same / self.pairs if self.pairs else float("nan")


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """A picture that left the clinic.

    Parameters
    ----------
    id, patient_id : str
        Random ids.
    purpose : Purpose
        For which.
    consent_id : str
        The consent that allowed it.
    analysis_id : str
        What it shows.
    kind : str
        ``"jpeg"`` or ``"png"``.
    sha256 : str
        Of the bytes that were handed out.
    author_id, author : str
        Who took it out.
    created : datetime
        UTC.
    """

    id: str
    patient_id: str
    purpose: Purpose
    consent_id: str
    analysis_id: str
    kind: str
    sha256: str
    author_id: str
    author: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Exportable:
    """A comparison of a patient who consented to an export: no numbers, no name.

    Parameters
    ----------
    analysis_id, patient_id, series_id : str
        Random ids.
    before_id, after_id : str
        The two photos.
    days : tuple of date
        When they were taken.
    view : View
        Of both.
    moments : tuple of Moment
        Before or after needling, each.
    """

    analysis_id: str
    patient_id: str
    series_id: str
    before_id: str
    after_id: str
    days: tuple[date, date]
    view: View
    moments: tuple[Moment, Moment]
