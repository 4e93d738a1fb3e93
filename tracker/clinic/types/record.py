"""The clinic's records. Times are UTC; session dates and capture times are local to the clinic."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.clinic.types.accounts import FIRST_PRACTICE
from tracker.clinic.types.vocabulary import (
    BodySite,
    FinalOutcome,
    Fitzpatrick,
    HealingPhase,
    Indication,
    Moment,
    SessionKind,
)
from tracker.errors import InvalidInput
from tracker.imaging.types import Metric

INTERVAL_DAYS = 35  # clinics advise 4 to 6 weeks; the median of published needling studies is 4 (methods.md 7)
SHORTEST_INTERVAL_DAYS = 28  # below this, the last session's healing may still be under way


@dataclass(frozen=True, slots=True)
class Patient:
    """A person under a pseudonym.

    Parameters
    ----------
    id : str
        Random; the only thing that ever appears in an address.
    code : str
        Pseudonym shown on screen, unique in the clinic.
    name : str
        Empty unless the clinic chose to keep it; sealed at rest.
    created : datetime
        UTC.
    practice_id : str
        Whose patient.
    birth_date : date or None
        Sealed at rest.
    fitzpatrick : Fitzpatrick or None
        Skin type as the clinician judged it.
    """

    id: str
    code: str
    name: str
    created: datetime
    practice_id: str = FIRST_PRACTICE
    birth_date: date | None = None
    fitzpatrick: Fitzpatrick | None = None


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """What a treatment series sets out to do; fields left as None take the indication's defaults.

    Parameters
    ----------
    indication, site
        What and where.
    detail : str
        Which part of the site: ``"left cheek"``.
    planned_sessions : int
        How many treatments.
    interval_days : int
        Planned days between two of them.
    primary_metric : Metric
        The measure that decides.
    """

    indication: Indication
    site: BodySite
    detail: str = ""
    planned_sessions: int | None = None
    interval_days: int = INTERVAL_DAYS
    primary_metric: Metric | None = None

    def __post_init__(self) -> None:
        if self.planned_sessions is None:
            object.__setattr__(self, "planned_sessions", self.indication.planned_sessions)
        if self.primary_metric is None:
            object.__setattr__(self, "primary_metric", self.indication.primary_metric)
        for what, value, most in (
            ("Planned sessions", self.planned_sessions, 50),
            ("Interval in days", self.interval_days, 730),
        ):
            if value is None or not 1 <= value <= most:
                raise InvalidInput(f"{what}: expected 1 to {most}, found {value}; correct the plan.")


@dataclass(frozen=True, slots=True)
class Series:
    """One course of treatments of one site of one patient."""

    id: str
    patient_id: str
    plan: SeriesPlan
    created: datetime

    @property
    def title(self) -> str:
        """Indication and place in words: ``"acne scars, face (left cheek)"``."""
        where = f"{self.plan.site} ({self.plan.detail})" if self.plan.detail else str(self.plan.site)
        return f"{self.plan.indication}, {where}"


@dataclass(frozen=True, slots=True)
class Visit:
    """What is written down about one session.

    Parameters
    ----------
    date : date
        Day of the session, clinic's calendar.
    kind : SessionKind
        Baseline, treatment or follow-up.
    device : str
        Needling device.
    needle_depth_mm : float or None
        0.1 to 4 mm.
    serum : str
        What was applied.
    notes : str
        Free text.
    """

    date: date
    kind: SessionKind
    device: str = ""
    needle_depth_mm: float | None = None
    serum: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        depth = self.needle_depth_mm
        if depth is not None and not 0.1 <= depth <= 4.0:  # devices on the market reach 0.2 to 3 mm
            raise InvalidInput(f"Needle depth: expected 0.1 to 4.0 mm, found {depth}; correct the depth.")


@dataclass(frozen=True, slots=True)
class Session:
    """One visit of a series, as seen on the day before anything was done.

    Parameters
    ----------
    id, series_id : str
        Random ids.
    visit : Visit
        What is written down.
    created : datetime
        UTC.
    number : int
        1 for the first session of the series by date.
    days_since_needling : int or None
        Whole days since the last earlier treatment of the series; None before the first.
    notice : str
        Something the clinician should know (interval shorter than advised); empty otherwise.
    treatments_before : int
        Treatments of the series before this session.
    """

    id: str
    series_id: str
    visit: Visit
    created: datetime
    number: int
    days_since_needling: int | None
    notice: str = ""
    treatments_before: int = 0

    @property
    def date(self) -> date:
        """Day of the session."""
        return self.visit.date

    @property
    def kind(self) -> SessionKind:
        """Baseline, treatment or follow-up."""
        return self.visit.kind

    @property
    def phase(self) -> HealingPhase:
        """Healing phase of the needling before this session."""
        return HealingPhase.after(self.days_since_needling)

    def days_at(self, moment: Moment) -> int | None:
        """Days since the last needling for a photo of this session."""
        if self.kind is SessionKind.TREATMENT and moment is Moment.AFTER:
            return 0
        return self.days_since_needling

    def outcome(self, plan: SeriesPlan, moment: Moment = Moment.BEFORE) -> FinalOutcome | None:
        """The final outcome that a photo of this session shows; None while treatments of the plan are missing."""
        planned = plan.planned_sessions or plan.indication.planned_sessions
        return FinalOutcome.at(self.days_at(moment), self.treatments_before, planned)
