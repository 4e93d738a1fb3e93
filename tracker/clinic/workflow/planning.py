"""When each patient should come next: windows that follow from the plan and from what was done, nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tracker.clinic.access import Action
from tracker.clinic.records.finding import Who
from tracker.clinic.types import (
    OUTCOME_WINDOW_DAYS,
    SHORTEST_INTERVAL_DAYS,
    FinalOutcome,
    Kind,
    Series,
)
from tracker.clinic.types.plan import Situation, Standing, Step, Window
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, own_practice
from tracker.errors import InvalidInput

EARLY_DAYS = 7
"""Before the planned day a treatment may already be booked: practices book by the week."""
LATE_DAYS = 14
"""After it the next treatment counts as overdue: 5 weeks then become 7, the longest that clinics advise is 8."""
SOON_DAYS = 7
"""What opens within a week is on the list of this week."""
MOST_LISTED = 200
"""Of each list; a page shows fewer, and says how many there are."""
_URGENCY = (Step.TREATMENT, Step.OUTCOME, Step.FIRST, Step.BASELINE, Step.MAINTENANCE)


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next in one series, and where today lies in its window.

    Parameters
    ----------
    who : Who
        The patient; the name is empty where it is not needed.
    standing : Standing
        The series.
    window : Window
        When.
    situation : Situation
        Seen from today.
    """

    who: Who
    standing: Standing
    window: Window
    situation: Situation


@dataclass(frozen=True, slots=True)
class DueList:
    """Who should come and has no appointment.

    Parameters
    ----------
    overdue : tuple of Next
        Whose window has closed, the most recent first: these can still be reached.
    due : tuple of Next
        Whose window is open or opens within a week, the most urgent first.
    overdue_total, due_total : int
        How many there are, shown or not.
    """

    overdue: tuple[Next, ...]
    due: tuple[Next, ...]
    overdue_total: int
    due_total: int


def windows(standing: Standing) -> tuple[Window, ...]:
    """What a series is waiting for, by day; nothing for one that has ended.

    Before the first treatment nothing is ever late: when it begins is for patient and clinician to agree.
    """
    plan, last = standing.plan, standing.last_treatment
    if standing.ended is not None:
        return ()
    if last is None:
        step = Step.BASELINE if not standing.sessions else Step.FIRST
        day = standing.last_session or standing.began
        return (Window(step, day, day, None),)
    if not standing.complete:
        return (_around(Step.TREATMENT, last, plan.interval_days),)
    found = [
        Window(Step.OUTCOME, due - _SLACK, due, due + _SLACK)
        for outcome in FinalOutcome
        if outcome not in standing.outcomes
        for due in [last + timedelta(outcome.days)]
    ]
    if plan.maintenance_days:
        found.append(_around(Step.MAINTENANCE, last, plan.maintenance_days))
    return tuple(sorted(found, key=lambda window: window.due))


def next_window(standing: Standing, today: date) -> Window | None:
    """The one window that matters today: one that is open or overdue before one to come; None where nothing waits.

    A final outcome whose days have passed cannot be photographed any more and is not asked for.
    """
    possible = [
        window
        for window in windows(standing)
        if window.step is not Step.OUTCOME or window.situation(today) is not Situation.OVERDUE
    ]
    return min(possible, key=lambda window: _rank(window, today), default=None)


def too_early(standing: Standing, day: date) -> str:
    """A sentence where a needling on that day would come sooner after the last one than advised; else empty."""
    if standing.last_treatment is None:
        return ""
    days = (day - standing.last_treatment).days
    if not 0 <= days < SHORTEST_INTERVAL_DAYS:
        return ""
    return f"{days} days since the last needling: at least {SHORTEST_INTERVAL_DAYS} are advised."


def due_list(standings: Iterable[Standing], today: date) -> DueList:
    """Who should come and has no appointment, out of these series; without names."""
    overdue, due = [], []
    for standing in standings:
        window = next_window(standing, today)
        if window is None or standing.booking is not None:
            continue
        found = Next(Who(standing.patient_id, standing.code, ""), standing, window, window.situation(today))
        if found.situation is Situation.OVERDUE:
            overdue.append(found)
        elif window.opens <= today + timedelta(SOON_DAYS) and window.step is not Step.BASELINE:
            due.append(found)
    overdue.sort(key=lambda one: (-one.window.due.toordinal(), one.who.code))
    due.sort(key=lambda one: (_rank(one.window, today), one.who.code))
    return DueList(tuple(overdue), tuple(due), len(overdue), len(due))


@guarded(Action.BOOK)
def due_patients(clinic: Clinic, today: date | None = None, most: int = MOST_LISTED) -> DueList:
    """Who of the practice should come and has no appointment, with names."""
    with clinic.store.read() as records:
        found = due_list(records.standings(own_practice(clinic)), today or date.today())
        overdue, due = found.overdue[:most], found.due[:most]
        known = records.whos([one.who.id for one in (*overdue, *due)])
    return replace(found, overdue=named(overdue, known), due=named(due, known))


@guarded(Action.FIND_PATIENTS)
def next_steps(
    clinic: Clinic, patient_ids: Sequence[str], today: date | None = None
) -> dict[str, list[tuple[Standing, Window | None]]]:
    """Each of these patients' series with what comes next in it; patients of another practice are left out."""
    day = today or date.today()
    with clinic.store.read() as records:
        standings = records.standings(own_practice(clinic), patient_ids)
    found: dict[str, list[tuple[Standing, Window | None]]] = {}
    for standing in standings:
        found.setdefault(standing.patient_id, []).append((standing, next_window(standing, day)))
    return found


@guarded(Action.SEE_PLAN, series_id=Kind.SERIES)
def standing_of(clinic: Clinic, series_id: str) -> Standing:
    """How far a series is; :func:`windows` and :func:`next_window` tell when it goes on."""
    with clinic.store.read() as records:
        return records.standings(series_ids=[series_id])[0]


@guarded(Action.WRITE_RECORD, series_id=Kind.SERIES)
def change_plan(
    clinic: Clinic, series_id: str, planned_sessions: int, interval_days: int, maintenance_days: int
) -> Series:
    """The series with other numbers in its plan.

    Raises
    ------
    InvalidInput
        A number out of range.
    """
    with clinic.store.write() as records:
        plan = replace(
            records.series(series_id).plan,
            planned_sessions=planned_sessions,
            interval_days=interval_days,
            maintenance_days=maintenance_days,
        )
        return records.change_series(series_id, plan)


@guarded(Action.WRITE_RECORD, series_id=Kind.SERIES)
def end_series(clinic: Clinic, series_id: str, reason: str, day: date | None = None) -> Series:
    """The series, ended: nothing more is due in it, and its appointments are cancelled.

    Raises
    ------
    InvalidInput
        No reason: a report could not tell a drop-out from a success.
    """
    if not reason.strip():
        raise InvalidInput("Reason: expected why the series ends, found nothing; write it in a few words.")
    with clinic.store.write() as records:
        records.cancel_bookings_of(series_id)
        return records.end_series(series_id, day or date.today(), reason)


@guarded(Action.WRITE_RECORD, series_id=Kind.SERIES)
def resume_series(clinic: Clinic, series_id: str) -> Series:
    """The series, going on again after it was ended."""
    with clinic.store.write() as records:
        return records.end_series(series_id, None, "")


def named(found: Iterable[Next], known: dict[str, Who]) -> tuple[Next, ...]:
    """The same with the patients' names."""
    return tuple(replace(one, who=known.get(one.who.id, one.who)) for one in found)


_SLACK = timedelta(OUTCOME_WINDOW_DAYS)


def _around(step: Step, last: date, days: int) -> Window:
    """A week before to two weeks after the planned day, but not before the shortest interval where that is kept."""
    opens = max(days - EARLY_DAYS, min(SHORTEST_INTERVAL_DAYS, days))
    return Window(step, last + timedelta(opens), last + timedelta(days), last + timedelta(days + LATE_DAYS))


def _rank(window: Window, today: date) -> tuple[bool, int, int]:
    ahead = window.situation(today) is Situation.AHEAD
    return ahead, 0 if ahead else _URGENCY.index(window.step), window.due.toordinal()
