"""How the skin recovers after each needling: redness by day against what is expected. Never an outcome."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from tracker.clinic.access import Action
from tracker.clinic.records.gathered import Gathered
from tracker.clinic.records.store import Records
from tracker.clinic.types import (
    HealingPhase,
    HealingStage,
    Kind,
    Moment,
    Patient,
    PhotoRecord,
    Series,
    Session,
    SessionKind,
)
from tracker.clinic.workflow.bursts import bursts_of
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, own_practice
from tracker.clinic.workflow.progress import STILL_HEALING, rows_of
from tracker.imaging.change.healing import LATE_FROM_DAY, Expected, Rise, Sign, expected_from, judged
from tracker.imaging.types import Metric

LAST_DAY = 27
"""Photos up to here tell how a needling heals; from day 28 they tell what it achieved."""

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HealingPoint:
    """Redness in one region on one day, above the skin before that needling.

    Parameters
    ----------
    photo_id : str
        The photo that stands for its visit.
    rise : Rise
        Day, rise and smallest rise that could have been seen, in H; NaN where the number is withheld.
    sign : Sign
        Beside what is expected.
    reason : str
        Why there is no number; empty otherwise.
    """

    photo_id: str
    rise: Rise
    sign: Sign
    reason: str


@dataclass(frozen=True, slots=True)
class HealingCourse:
    """The course of one region in one view.

    Parameters
    ----------
    region, view : str
        Where, and how it was photographed; no region where every photo was refused as a whole.
    points : tuple of HealingPoint
        By day.
    expected : Expected or None
        From the earliest photo on; None where no photo shows a rise to fade.
    own_before : bool
        Compared with the photo of the same day before needling; False: with the baseline of the series.
    """

    region: str
    view: str
    points: tuple[HealingPoint, ...]
    expected: Expected | None
    own_before: bool

    @property
    def latest(self) -> HealingPoint | None:
        """The last day with a number."""
        return next((one for one in reversed(self.points) if not math.isnan(one.rise.rise)), None)

    @property
    def late(self) -> bool:
        """Whether the last number lies later than expected above the skin before needling."""
        return self.latest is not None and self.latest.sign is Sign.LATE


@dataclass(frozen=True, slots=True)
class DayPhoto:
    """A photo of the days after a needling; ``day`` is None for the one before it."""

    photo: PhotoRecord
    day: int | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """What is known of the days after one needling.

    Parameters
    ----------
    session : Session
        The treatment.
    number : int
        1 for the first treatment of the series.
    day_today : int
        Whole days since then, or until the next treatment where there is one.
    is_latest : bool
        Whether no treatment followed.
    courses : tuple of HealingCourse
        The regions that lie highest at their last day first.
    photos : tuple of DayPhoto
        The photos before and after, by day.
    """

    session: Session
    number: int
    day_today: int
    is_latest: bool
    courses: tuple[HealingCourse, ...]
    photos: tuple[DayPhoto, ...]

    @property
    def stage(self) -> HealingStage | None:
        """The stage of healing today."""
        return HealingPhase.after(self.day_today).stage

    @property
    def late(self) -> tuple[HealingCourse, ...]:
        """The courses that are later than expected."""
        return tuple(course for course in self.courses if course.late)


@dataclass(frozen=True, slots=True)
class LateHealer:
    """Somebody to have a look at; no number, so that whoever books may see it.

    Parameters
    ----------
    patient : Patient
        Who.
    series : Series
        What is treated.
    needled : date
        The last treatment.
    day : int
        After how many days the newest photo still showed redness.
    """

    patient: Patient
    series: Series
    needled: date
    day: int


@guarded(Action.SEE_RECORD, series_id=Kind.SERIES)
def recoveries(clinic: Clinic, series_id: str, today: date | None = None) -> list[Recovery]:
    """The recovery after each treatment of a series, by date, from what is stored; nothing is measured here.

    Parameters
    ----------
    clinic : Clinic
        Where.
    series_id : str
        Which; ``review.measure_series`` measures its photos.
    today : date, optional
        Default: the clinic's today. Treatments planned for later are left out.
    """
    with clinic.store.read() as records:
        return recoveries_of(Gathered(records, [series_id]), series_id, today or date.today())


@guarded(Action.SEE_PLAN)
def late_healers(clinic: Clinic, today: date | None = None) -> list[LateHealer]:
    """Whose newest photo, from day 7 after the last needling on, still shows redness above the skin before it.

    By patient code. Only what is stored is read, in a dozen statements for a whole practice; a photo that nobody
    compared yet cannot flag anybody.
    """
    day = today or date.today()
    with clinic.store.read() as records:
        ids = records.lately_needled(own_practice(clinic), day, LATE_FROM_DAY, LAST_DAY)
        known = Gathered(records, ids)
        found = []
        for one in ids:
            recovery = next(iter(recoveries_of(known, one, day)[-1:]), None)
            late = recovery.late if recovery else ()
            if recovery and late:
                last = max(int(course.latest.rise.day) for course in late if course.latest)
                series = known.series(one)
                found.append(LateHealer(known.patient(series.patient_id), series, recovery.session.date, last))
    return sorted(found, key=lambda one: one.patient.code)


def recoveries_of(records: Records, series_id: str, today: date) -> list[Recovery]:
    """The recovery after each treatment of a series, inside a transaction."""
    sessions = records.sessions_of(series_id)
    treated = [one for one in sessions if one.kind is SessionKind.TREATMENT and one.date <= today]
    # A comparison that was refused as a whole has one row, of the measure that decides, without a region.
    rows = [row for row in rows_of(records, series_id) if row["metric"] == Metric.REDNESS or not row["region"]]
    found = []
    for number, (session, then) in enumerate(zip_longest(treated, treated[1:]), 1):
        until = today if then is None else min(then.date, today)
        mine = [row for row in rows if row["analysis_id"] and _needled_on(row) == session.date]
        found.append(
            Recovery(
                session=session,
                number=number,
                day_today=(until - session.date).days,
                is_latest=then is None,
                courses=_courses(
                    [row for row in mine if row["days_since_needling"] <= LAST_DAY], _before(rows, session)
                ),
                photos=_photos(records, sessions, session),
            )
        )
    return found


def _needled_on(row: _Row) -> date | None:
    """Day of the last needling before the photo of a row."""
    days = row["days_since_needling"]
    return None if math.isnan(days) else (row["date"] - timedelta(days)).date()


def _before(rows: Sequence[_Row], session: Session) -> dict[tuple[str, str], float]:
    """Change since the baseline of the series at the photo before needling, where the skin had settled by then.

    The difference of two changes holds the noise of two photos like each change itself, so their SDC holds for it.
    """
    return {
        (row["region"], row["view"]): row["change"]
        for row in rows
        if row["session_id"] == session.id and row["in_trend"] and row["days_since_needling"] != 0
    }


def _courses(rows: Sequence[_Row], before: dict[tuple[str, str], float]) -> tuple[HealingCourse, ...]:
    measured = dict.fromkeys((row["region"], row["view"]) for row in rows if row["region"])
    found = []
    for region, view in measured or dict.fromkeys((row["region"], row["view"]) for row in rows):
        mine = [row for row in rows if row["view"] == view and row["region"] in (region, "")]
        start = before.get((region, view))
        rises = [Rise(row["days_since_needling"], row["change"] - (start or 0.0), row["sdc"]) for row in mine]
        expected = expected_from(rises)
        points = tuple(
            HealingPoint(row["photo_id"], rise, judged(rise, expected), _reason(row))
            for row, rise in zip(mine, rises, strict=True)
        )
        found.append(HealingCourse(region, view, points, expected, start is not None))
    return tuple(sorted(found, key=_height, reverse=True))


def _height(course: HealingCourse) -> float:
    return -math.inf if course.latest is None else course.latest.rise.rise


def _reason(row: _Row) -> str:
    if not math.isnan(row["change"]):
        return ""
    return "; ".join(one for one in row["flags"].split("; ") if not one.startswith(STILL_HEALING))


def _photos(records: Records, sessions: Sequence[Session], treated: Session) -> tuple[DayPhoto, ...]:
    """The photo that stands for each view of each visit, from before the needling to day 27 after it."""
    found = []
    for session in sessions:
        for burst in bursts_of(records, session.id):
            lead = burst.lead
            days = session.days_at(lead.moment)
            if session.id == treated.id and lead.moment is Moment.BEFORE:
                found.append(DayPhoto(lead, None))
            elif days is not None and days <= LAST_DAY and session.date - timedelta(days) == treated.date:
                found.append(DayPhoto(lead, days))
    return tuple(found)
