"""Which patients followed a protocol, and how far each of them is."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from tracker.clinic.access import Action
from tracker.clinic.records.cohorts import Treated
from tracker.clinic.records.gathered import Gathered
from tracker.clinic.records.store import Records
from tracker.clinic.types import (
    OUTCOME_WINDOW_DAYS,
    FinalOutcome,
    Indication,
    Patient,
    Series,
    Session,
    SessionKind,
)
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, own_practice

GRACE_DAYS = 56
"""A patient who is this much overdue for the next treatment counts as gone: two further intervals of four weeks."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How an indication is treated; a part left as None is not asked about.

    Parameters
    ----------
    indication : Indication
        What is treated.
    device : str or None
        Most frequent device of the series' treatments, lower case; empty where none was written down.
    depth_mm : float or None
        Median needle depth of the series' treatments.
    interval_days : int or None
        Planned days between treatments.
    """

    indication: Indication
    device: str | None = None
    depth_mm: float | None = None
    interval_days: int | None = None

    def covers(self, other: "Protocol") -> bool:
        """Whether a series treated by the other protocol belongs to this one."""
        return self.indication is other.indication and all(
            asked is None or asked == found
            for asked, found in (
                (self.device, other.device),
                (self.depth_mm, other.depth_mm),
                (self.interval_days, other.interval_days),
            )
        )


class State(StrEnum):
    """How far a patient is; each patient is in exactly one."""

    MEASURED = "final outcome measured"
    NOT_ASSESSABLE = "final outcome photographed, but not assessable"
    DUE = "treatments done, final outcome to come"
    MISSED = "dropped out: no photo of the final outcome"
    TREATED = "treatments under way"
    STOPPED = "dropped out: treatments not completed"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A patient with the series that counts for a protocol."""

    patient: Patient
    series: Series
    sessions: tuple[Session, ...]

    @property
    def treatments(self) -> int:
        """Done so far."""
        return sum(session.kind is SessionKind.TREATMENT for session in self.sessions)


def protocol_of(treated: Treated) -> Protocol:
    """The protocol that a series followed, from what was written down about its treatments."""
    devices = Counter(device.strip().casefold() for device, _ in treated.needlings)
    depths = [depth for _, depth in treated.needlings if depth is not None]
    return Protocol(
        treated.indication,
        devices.most_common(1)[0][0] if devices else "",
        round(median(depths), 1) if depths else None,
        treated.interval_days,
    )


@guarded(Action.SEE_REPORT)
def protocols(clinic: Clinic) -> list[Protocol]:
    """Every protocol that at least one patient followed, by indication, device, depth and interval."""
    with clinic.store.read() as records:
        found = {protocol_of(one) for one in records.treated(own_practice(clinic))}
    return sorted(found, key=lambda one: (one.indication, one.device or "", one.depth_mm or 0, one.interval_days or 0))


def enrolled(records: Records, wanted: Protocol, practice_id: str = "") -> tuple[list[Enrolled], int, Gathered]:
    """The patients of a protocol with their first series of it, how many further series were left out, and all of it.

    A second series of the same patient is no independent observation, so only the first counts. What comes last
    answers questions about the series that count without a query for each.
    """
    firsts: dict[str, str] = {}
    more = 0
    for one in records.treated(practice_id, wanted.indication):
        if wanted.covers(protocol_of(one)):
            more += one.patient_id in firsts
            firsts.setdefault(one.patient_id, one.series_id)
    known = Gathered(records, list(firsts.values()))
    people = [
        Enrolled(known.patient(patient_id), known.series(series_id), tuple(known.sessions_of(series_id)))
        for patient_id, series_id in firsts.items()
    ]
    return people, more, known


def state_of(one: Enrolled, photographed: bool, measured: bool, today: date) -> State:
    """How far a patient is.

    Parameters
    ----------
    one : Enrolled
        Patient, series, sessions.
    photographed, measured : bool
        Whether a final outcome has a photo, and whether the photo has a number.
    today : date
        Of the report.
    """
    if measured:
        return State.MEASURED
    if photographed:
        return State.NOT_ASSESSABLE
    plan = one.series.plan
    planned = plan.planned_sessions or plan.indication.planned_sessions
    treated = [session.date for session in one.sessions if session.kind is SessionKind.TREATMENT]
    if len(treated) >= planned:
        last_call = treated[-1] + timedelta(FinalOutcome.AT_180_DAYS.days + OUTCOME_WINDOW_DAYS)
        return State.DUE if today <= last_call else State.MISSED
    if one.series.ended is not None:
        return State.STOPPED
    seen = one.sessions[-1].date if one.sessions else one.series.created.date()
    return State.TREATED if today <= seen + timedelta(plan.interval_days + GRACE_DAYS) else State.STOPPED
