"""What a plan and a session say, in words."""

from collections.abc import Sequence
from datetime import date, timedelta

from tracker.clinic.types import HealingPhase, Moment, Series, Session, SessionKind
from tracker.clinic.workflow.progress import SeriesEntry
from tracker.dashboard.widgets import when
from tracker.imaging.types import Change, Metric


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
        return f"{done} The planned series is complete; judge the outcome 90 and 180 days after the last treatment."
    if not treatments:
        return f"{done} The first treatment can be planned any time after the baseline photos."
    due = treatments[-1].date + timedelta(plan.interval_days)
    away = (due - day).days
    if away < 0:
        return f"{done} The next was due on {when(due)}, {-away} day{'s' if away < -1 else ''} ago."
    return f"{done} Next due {'today' if away == 0 else f'on {when(due)}'}."


def session_details(session: Session) -> str:
    """Healing phase, device, depth and serum in one line."""
    visit = session.visit
    parts = [f"{session.phase[:1].upper()}{session.phase[1:]}"]
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


def deciding(series: Series) -> Metric:
    """The measure that decides in a series."""
    return series.plan.primary_metric or series.plan.indication.primary_metric


def relevant(changes: Sequence[Change], series: Series) -> tuple[Change, ...]:
    """The changes that mean something in a series: an area only where the outline of a scar is followed.

    Everywhere else the drawn area is the treated skin, and its size says nothing about the treatment.
    """
    kept = deciding(series) is Metric.SCAR_AREA
    return tuple(change for change in changes if kept or change.metric is not Metric.SCAR_AREA)


def is_healing(session: Session) -> bool:
    """Whether no measure of photos taken before any needling of that day belongs in a trend yet."""
    return not any(session.phase.shows(metric) for metric in Metric)
