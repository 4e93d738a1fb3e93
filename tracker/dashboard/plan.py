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
from tracker.wording import decimal, n, t, titled


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
    done = t("{count} of {planned} treatments done.", count=len(treatments), planned=plan.planned_sessions)
    if plan.planned_sessions is not None and len(treatments) >= plan.planned_sessions:
        return f"{done} {_outcome_words(entry, treatments[-1].date, day)}"
    if not treatments:
        return f"{done} {t('The first treatment can be planned any time after the baseline photos.')}"
    due = treatments[-1].date + timedelta(plan.interval_days)
    away = (due - day).days
    if away < 0:
        late = n(
            "The next was due on {day}, {count} day ago.",
            "The next was due on {day}, {count} days ago.",
            -away,
            day=when(due),
        )
        return f"{done} {late}"
    return f"{done} {t('Next due today.') if away == 0 else t('Next due on {day}.', day=when(due))}"


def _outcome_words(entry: SeriesEntry, last: date, day: date) -> str:
    """When the final outcomes of a complete series are to be photographed, or that they have been."""
    seen = {visit.session.outcome(entry.series.plan) for visit in entry.sessions if visit.photos}
    words = []
    for outcome in FinalOutcome:
        due = last + timedelta(outcome.days)
        if outcome in seen:
            words.append(t("{outcome} photographed", outcome=t(outcome)))
        elif (day - due).days > OUTCOME_WINDOW_DAYS:
            words.append(t("{outcome} missed", outcome=t(outcome)))
        else:
            words.append(t("{outcome} to be photographed about {day}", outcome=t(outcome), day=when(due)))
    return t("The planned series is complete: {outcomes}.", outcomes=", ".join(words))


def session_details(session: Session, plan: SeriesPlan) -> str:
    """Final outcome or healing phase, device, depth and serum in one line."""
    visit = session.visit
    state = session.outcome(plan) or session.phase
    parts = [titled(state)]
    if session.days_since_needling is not None:
        parts.append(t("{count} days after the last treatment", count=session.days_since_needling))
    if visit.device:
        parts.append(visit.device)
    if visit.needle_depth_mm is not None:
        parts.append(t("{depth} mm", depth=decimal(f"{visit.needle_depth_mm:.1f}")))
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
    day = when(session.date)
    if not days:
        return t("The photo of {day} was taken on the day of needling, while the skin was still healing.", day=day)
    return n(
        "The photo of {day} was taken {count} day after needling, while the skin was still healing.",
        "The photo of {day} was taken {count} days after needling, while the skin was still healing.",
        days,
        day=day,
    )


def is_healing(session: Session) -> bool:
    """Whether no measure of photos taken before any needling of that day belongs in a trend yet."""
    return not any(session.phase.shows(metric) for metric in Metric)
