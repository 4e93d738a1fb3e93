"""The clinic's records. Times are UTC; session dates and capture times are local to the clinic."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.clinic.types.accounts import FIRST_PRACTICE
from tracker.clinic.types.vocabulary import (
    BodySite,
    Booster,
    FinalOutcome,
    Fitzpatrick,
    HealingPhase,
    Indication,
    Moment,
    Sector,
    SessionKind,
)
from tracker.errors import InvalidInput
from tracker.imaging.types import Metric

INTERVAL_DAYS = 35  # clinics advise 4 to 6 weeks; the median of published needling studies is 4 (methods.md 7)
SHORTEST_INTERVAL_DAYS = 28  # below this, the last session's healing may still be under way
MAINTENANCE_DAYS = 91  # quarterly, once the planned series is done (methods.md 7)
ZONE_DEPTH_MM = (0.2, 2.5)  # what needling devices are set to (methods.md 7)
MOST_PASSES = 20
MOST_ZONES = 20


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
    maintenance_days : int
        Planned days between two treatments once the series is done; 0 for none.
    """

    indication: Indication
    site: BodySite
    detail: str = ""
    planned_sessions: int | None = None
    interval_days: int = INTERVAL_DAYS
    primary_metric: Metric | None = None
    maintenance_days: int = MAINTENANCE_DAYS

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
        if not 0 <= self.maintenance_days <= 730:
            raise InvalidInput(
                f"Days between maintenance treatments: expected 0 (none) to 730, found {self.maintenance_days}; "
                "correct the plan."
            )


@dataclass(frozen=True, slots=True)
class Series:
    """One course of treatments of one site of one patient.

    Parameters
    ----------
    id, patient_id : str
        Random ids.
    plan : SeriesPlan
        What it sets out to do.
    created : datetime
        UTC.
    ended : date or None
        Since when nothing more is planned.
    end_reason : str
        Why.
    """

    id: str
    patient_id: str
    plan: SeriesPlan
    created: datetime
    ended: date | None = None
    end_reason: str = ""

    @property
    def title(self) -> str:
        """Indication and place in words: ``"acne scars, face (left cheek)"``."""
        where = f"{self.plan.site} ({self.plan.detail})" if self.plan.detail else str(self.plan.site)
        return f"{self.plan.indication}, {where}"


@dataclass(frozen=True, slots=True)
class Zone:
    """One part of the treated site, needled in its own way.

    Parameters
    ----------
    name : str
        ``"forehead"``.
    depth_mm : float
        0.2 to 2.5 mm.
    passes : int
        How often the device went over it.
    """

    name: str
    depth_mm: float
    passes: int = 1

    def __post_init__(self) -> None:
        named, (least, most) = self.name.strip(), ZONE_DEPTH_MM
        if not 1 <= len(named) <= 60 or not named.isprintable():
            raise InvalidInput(
                f"Zone: expected a name of 1 to 60 characters on one line, found {named[:70]!r}; name the zone."
            )
        if not least <= self.depth_mm <= most:
            raise InvalidInput(
                f"Zone {named}: expected a needle depth of {least} to {most} mm, found {self.depth_mm}; "
                "correct the depth."
            )
        if not 1 <= self.passes <= MOST_PASSES:
            raise InvalidInput(
                f"Zone {named}: expected 1 to {MOST_PASSES} passes, found {self.passes}; correct the number."
            )


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
        0.1 to 4 mm; that of the deepest zone where zones are given.
    serum : str
        What was applied.
    notes : str
        Free text.
    sector : Sector
        Under which rules it was done.
    zones : tuple of Zone
        Depth and passes by part of the site.
    booster : Booster
        What was worked in with the needles.
    anaesthetic, reaction : str
        What was given against pain, and how the skin took it.
    """

    date: date
    kind: SessionKind
    device: str = ""
    needle_depth_mm: float | None = None
    serum: str = ""
    notes: str = ""
    sector: Sector = Sector.COSMETIC
    zones: tuple[Zone, ...] = ()
    booster: Booster = Booster.NONE
    anaesthetic: str = ""
    reaction: str = ""

    def __post_init__(self) -> None:
        if len(self.zones) > MOST_ZONES:
            raise InvalidInput(
                f"Zones: expected at most {MOST_ZONES}, found {len(self.zones)}; put neighbours together."
            )
        if self.zones:
            object.__setattr__(self, "needle_depth_mm", max(zone.depth_mm for zone in self.zones))
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
