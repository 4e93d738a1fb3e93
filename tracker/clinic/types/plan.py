"""How far a series is, and what comes next in it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.clinic.types.booking import Booking
from tracker.clinic.types.record import SeriesPlan
from tracker.clinic.types.vocabulary import FinalOutcome


class Step(StrEnum):
    """What a patient should come for next."""

    BASELINE = "baseline photos"
    FIRST = "first treatment"
    TREATMENT = "next treatment"
    OUTCOME = "photos of the final outcome"
    MAINTENANCE = "maintenance treatment"


class Situation(StrEnum):
    """Where today lies in a due window."""

    AHEAD = "to come"
    OPEN = "due now"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which a step is due.

    Parameters
    ----------
    step : Step
        What for.
    opens, due : date
        From when on, and on which day it was planned.
    closes : date or None
        Until when; None where it is never late.
    """

    step: Step
    opens: date
    due: date
    closes: date | None

    def situation(self, today: date) -> Situation:
        """Where a day lies."""
        if today < self.opens:
            return Situation.AHEAD
        return Situation.OVERDUE if self.closes is not None and today > self.closes else Situation.OPEN


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one series is; everything that planning depends on, nothing clinical beyond it.

    Parameters
    ----------
    series_id, patient_id : str
        Whose.
    code : str
        Pseudonym of the patient.
    plan : SeriesPlan
        What the series set out to do.
    began : date
        When it was planned.
    ended : date or None
        Since when nothing more is planned.
    sessions, treatments : int
        Done so far.
    last_treatment, last_session : date or None
        The newest of each.
    outcomes : frozenset of FinalOutcome
        Those that have been photographed.
    booking : Booking or None
        The next appointment that is agreed and neither kept, missed nor cancelled.
    """

    series_id: str
    patient_id: str
    code: str
    plan: SeriesPlan
    began: date
    ended: date | None = None
    sessions: int = 0
    treatments: int = 0
    last_treatment: date | None = None
    last_session: date | None = None
    outcomes: frozenset[FinalOutcome] = frozenset()
    booking: Booking | None = None

    @property
    def complete(self) -> bool:
        """Whether all planned treatments are done."""
        return self.treatments >= (self.plan.planned_sessions or self.plan.indication.planned_sessions)
