"""What a plan and a session say, in words."""

from datetime import date, timedelta

from tracker.clinic.types import (
    OUTCOME_WINDOW_DAYS,
    FinalOutcome,
    HealingPhase,
    Moment,
    SeriesPlan,
    Session,
    SessionKind,
)
from tracker.clinic.workflow.progress import SeriesEntry
from tracker.dashboard.widgets import when
from tracker.imaging.types import Metric


def due_words(entry: SeriesEntry, today: date | None = None) -> str:
    """How far the series is, and when the next session is due.

    Parameters
    ----------
    entry : SeriesEntry
        A series with its sessions.
    today : date, optional
        Default: the clinic's today.
    """
    plan, day = entry.series.plan, today or date.today()
    treatments = [visit.session for visit in entry.sessions if visit.session.kind is SessionKind.TREATMENT]
    done = f"{len(treatments)} of {plan.planned_sessions} treatments done."
    if plan.planned_sessions is not None and len(treatments) >= plan.planned_sessions:
        return f"{done} {_outcome_words(entry, treatments[-1].date, day)}"
    if not treatments:
        return f"{done} The first treatment can be planned any time after the baseline photos."
    due = treatments[-1].date + timedelta(plan.interval_days)
    away = (due - day).days
    if away < 0:
        return f"{done} The next was due on {when(due)}, {-away} day{'s' if away < -1 else ''} ago."
    return f"{done} Next due {'today' if away == 0 else f'on {when(due)}'}."


def _outcome_words(entry: SeriesEntry, last: date, day: date) -> str:
    """When the final outcomes of a complete series are to be photographed, or that they have been."""
    seen = {visit.session.outcome(entry.series.plan) for visit in entry.sessions if visit.photos}
    words = []
    for outcome in FinalOutcome:
        due = last + timedelta(outcome.days)
        if outcome in seen:
            words.append(f"{outcome} photographed")
        elif (day - due).days > OUTCOME_WINDOW_DAYS:
            words.append(f"{outcome} missed")
        else:
            words.append(f"{outcome} to be photographed about {when(due)}")
    return f"The planned series is complete: {', '.join(words)}."


def session_details(session: Session, plan: SeriesPlan) -> str:
    """Final outcome or healing phase, device, depth and serum in one line."""
    visit = session.visit
    state = session.outcome(plan) or session.phase
    parts = [f"{state[:1].upper()}{state[1:]}"]
    if session.days_since_needling is not None:
        parts.append(f"{session.days_since_needling} days after the last treatment")
    if visit.device:
        parts.append(visit.device)
    if visit.needle_depth_mm is not None:
        parts.append(f"{visit.needle_depth_mm:.1f} mm")
    if visit.serum:
        parts.append(visit.serum)
    return " · ".join(parts)


def healing_note(session: Session, moment: Moment, metric: Metric = Metric.REDNESS) -> str:
    """A sentence where a photo was taken too early after needling to judge a measure; empty where it was not.

    Parameters
    ----------
    session : Session
        When it was taken.
    moment : Moment
        Before or after the needling of that day.
    metric : Metric
        Colour settles sooner than relief and area.
    """
    days = session.days_at(moment)
    if HealingPhase.after(days).shows(metric):
        return ""
    when_taken = "on the day of" if days == 0 else f"{days} day{'' if days == 1 else 's'} after"
    return f"The photo of {when(session.date)} was taken {when_taken} needling, while the skin was still healing."


def is_healing(session: Session) -> bool:
    """Whether no measure of photos taken before any needling of that day belongs in a trend yet."""
    return not any(session.phase.shows(metric) for metric in Metric)
