"""What a plan and a session say, in words."""

from datetime import date, timedelta

from tracker.clinic.types import (
    OUTCOME_WINDOW_DAYS,
    Booking,
    Booster,
    FinalOutcome,
    HealingPhase,
    Moment,
    Sector,
    SeriesPlan,
    Session,
    SessionKind,
    Visit,
)
from tracker.clinic.types.plan import Situation, Standing, Window
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


def window_words(window: Window, today: date | None = None) -> str:
    """What is due and when: ``"Next treatment: overdue since 24 Apr 2026 (planned 9 Apr 2026)"``.

    Parameters
    ----------
    window : Window
        Of a series.
    today : date, optional
        Default: the clinic's today.
    """
    step, situation = titled(window.step), window.situation(today or date.today())
    if window.closes is None:
        return t("{step}: can be planned any time", step=step)
    if situation is Situation.OVERDUE:
        words = t("{step}: overdue since {day}", step=step, day=when(window.closes + timedelta(1)))
        return f"{words} ({t('planned {day}', day=when(window.due))})"
    days = {"opens": when(window.opens), "closes": when(window.closes)}
    if situation is Situation.OPEN:
        return t("{step}: due now, until {closes}", step=step, **days)
    return t("{step}: {opens} to {closes}", step=step, **days)


def booking_words(booking: Booking) -> str:
    """``"9 Apr 2026, 14:30 · treatment"``."""
    day = f"{when(booking.day)}, {booking.time}" if booking.time else when(booking.day)
    return f"{day} · {t(booking.kind)}"


def next_words(standing: Standing, window: Window | None, today: date | None = None) -> str:
    """What comes next in a series: its appointment, else its window, else that nothing does."""
    if standing.ended is not None:
        return t("Ended on {day}", day=when(standing.ended))
    if standing.booking is not None:
        return t("Booked: {what}", what=booking_words(standing.booking))
    return t("Nothing is due") if window is None else window_words(window, today)


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
    """Final outcome or healing phase, device, depths by zone and what was worked in, in one line."""
    visit = session.visit
    state = session.outcome(plan) or session.phase
    parts = [titled(state)]
    if session.days_since_needling is not None:
        parts.append(t("{count} days after the last treatment", count=session.days_since_needling))
    if visit.device:
        parts.append(visit.device)
    parts += zone_words(visit)
    if visit.booster is not Booster.NONE:
        parts.append(f"{t(visit.booster)}: {visit.serum}" if visit.serum else t(visit.booster))
    elif visit.serum:
        parts.append(visit.serum)
    if session.kind is SessionKind.TREATMENT and visit.sector is Sector.MEDICAL:
        parts.append(t(visit.sector))
    return " · ".join(parts)


def zone_words(visit: Visit) -> list[str]:
    """Depth and passes of each zone, or the one depth: ``["forehead 0.5 mm, 2 passes", "cheeks 1.5 mm, 1 pass"]``."""
    if not visit.zones:
        depth = visit.needle_depth_mm
        return [] if depth is None else [t("{depth} mm", depth=decimal(f"{depth:.1f}"))]
    return [
        n(
            "{zone} {depth} mm, {count} pass",
            "{zone} {depth} mm, {count} passes",
            zone.passes,
            zone=zone.name,
            depth=decimal(f"{zone.depth_mm:.1f}"),
        )
        for zone in visit.zones
    ]


def visit_remarks(visit: Visit) -> list[tuple[str, str]]:
    """What else was written down, each under its name: anaesthetic, reaction, notes."""
    named = [
        (t("Anaesthetic"), visit.anaesthetic),
        (t("Reaction of the skin"), visit.reaction),
        (t("Notes"), visit.notes),
    ]
    return [(name, words) for name, words in named if words]


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
