"""What patients see of their own course: the days and what was released; never notes, nor a number nobody released."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from tracker.clinic.access import Action
from tracker.clinic.records.store import Records
from tracker.clinic.types import UNDIRECTED_METRICS, Booking, HealingPhase, Kind, Series, SessionKind
from tracker.clinic.types.own import Rating
from tracker.clinic.types.plan import Situation, Standing, Window
from tracker.clinic.workflow import planning
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import elevated, guarded
from tracker.clinic.workflow.releasing import Released, ReleasedChange, released_of
from tracker.imaging.types import Metric


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """One visit, without anything clinical: the day, what for, and what the skin was doing that day."""

    day: date
    kind: SessionKind
    phase: HealingPhase


@dataclass(frozen=True, slots=True)
class OwnSeries:
    """One course of treatment as its patient sees it.

    Parameters
    ----------
    series : Series
        What and where.
    visits : tuple of OwnVisit
        By date.
    treatments : int
        Done so far.
    window : Window or None
        When to come next; None where nothing is due.
    situation : Situation or None
        Where today lies in it.
    booking : Booking or None
        The next appointment that is agreed.
    ratings : tuple of Rating
        How content the patient was, the last counts.
    """

    series: Series
    visits: tuple[OwnVisit, ...]
    treatments: int
    window: Window | None
    situation: Situation | None
    booking: Booking | None
    ratings: tuple[Rating, ...]

    @property
    def last_treatment(self) -> date | None:
        """Day of the newest needling."""
        return max((one.day for one in self.visits if one.kind is SessionKind.TREATMENT), default=None)


@dataclass(frozen=True, slots=True)
class Journey:
    """A patient's own course: what was done, what comes next, and what was released."""

    series: tuple[OwnSeries, ...]
    released: Released
    days: Mapping[str, int | None] = field(default_factory=dict)
    """For each released comparison, the days from the last treatment to its later photo."""

    def days_since_treatment(self, change: ReleasedChange) -> int | None:
        """Days from the last treatment to the later photo of a change; None for one taken before the first."""
        return self.days.get(change.analysis_id)

    def starts_at(self, change: ReleasedChange) -> bool:
        """Whether the earlier photo of a change was taken on the first day of its course."""
        mine = next((one for one in self.series if one.series.id == change.series.id), None)
        return mine is None or not mine.visits or change.days[0] == mine.visits[0].day


def is_settled(days: int | None, metric: Metric) -> bool:
    """Whether skin so many days after needling can show the result in a measure, and not only the healing."""
    return HealingPhase.after(days).shows(metric)


def is_directed(metric: Metric) -> bool:
    """Whether lower is better for a measure by itself."""
    return metric not in UNDIRECTED_METRICS


@guarded(Action.SEE_OWN, patient_id=Kind.PATIENT)
def journey(clinic: Clinic, patient_id: str, today: date | None = None) -> Journey:
    """The patient's own course; raises NotFound.

    Parameters
    ----------
    clinic : Clinic
        Where; its actor is the patient.
    patient_id : str
        Who.
    today : date, optional
        Default: this day.
    """
    day = today or datetime.now(UTC).astimezone().date()
    with clinic.store.read() as records:
        standings = {one.series_id: one for one in records.standings(patient_ids=[patient_id])}
        found = [_series(records, one, standings.get(one.id), day) for one in records.series_of(patient_id)]
    released = released_of(elevated(clinic), patient_id)
    with clinic.store.read() as records:
        days = {one.analysis_id: _days(records, one.analysis_id) for one in released.changes}
    return Journey(tuple(found), released, days)


def _days(records: Records, analysis_id: str) -> int | None:
    """Days since needling on the later photo: one taken before needling shows the days since the needling before."""
    photo = records.photo(records.analysis(analysis_id).followup_photo_id)
    return records.session(photo.session_id).days_at(photo.moment)


def _series(records: Records, series: Series, standing: Standing | None, today: date) -> OwnSeries:
    sessions = records.sessions_of(series.id)
    visits = tuple(OwnVisit(one.date, one.kind, _phase(one.kind, one.phase)) for one in sessions if one.date <= today)
    window = None if standing is None else planning.next_window(standing, today)
    return OwnSeries(
        replace(series, end_reason=""),  # written by the clinic for the clinic
        visits,
        sum(one.kind is SessionKind.TREATMENT for one in visits),
        window,
        None if window is None else window.situation(today),
        None if standing is None else standing.booking,
        tuple(records.ratings_of(series.id)),
    )


def _phase(kind: SessionKind, phase: HealingPhase) -> HealingPhase:
    """On a day of needling, what begins then."""
    return HealingPhase.ACUTE if kind is SessionKind.TREATMENT else phase
