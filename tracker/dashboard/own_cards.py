"""What patients read, as HTML: where they are in healing, what holds today, their visits, changes and diary."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from tracker.clinic.types import HealingPhase, SessionKind
from tracker.clinic.types.own import DiaryEntry, Reaction
from tracker.clinic.types.plan import Situation, Step
from tracker.clinic.workflow.own import OwnSeries
from tracker.dashboard.context import series_words
from tracker.exports.plain_words import PlainWords
from tracker.wording import mark, t, titled, when

LEVELS = (mark("none"), mark("slight"), mark("moderate"), mark("strong"))
"""Of a reaction, 0 to 3."""
REACTIONS = {
    Reaction.REDNESS: mark("Redness"),
    Reaction.SWELLING: mark("Swelling"),
    Reaction.SORENESS: mark("Soreness"),
    Reaction.FLAKING: mark("Flaking"),
}
_STEPS = (
    ((HealingPhase.ACUTE,), mark("Acute"), mark("day 0 to 1")),
    ((HealingPhase.EARLY,), mark("Early healing"), mark("day 2 to 4")),
    ((HealingPhase.FLAKING,), mark("Flaking"), mark("day 5 to 7")),
    ((HealingPhase.COLOUR_ASSESSABLE, HealingPhase.OUTCOME_ASSESSABLE), mark("Settled"), mark("from day 8")),
)
_PHASES = {
    HealingPhase.NOT_NEEDLED: "",
    HealingPhase.ACUTE: mark("acute"),
    HealingPhase.EARLY: mark("early healing"),
    HealingPhase.FLAKING: mark("flaking"),
    HealingPhase.COLOUR_ASSESSABLE: mark("settled"),
    HealingPhase.OUTCOME_ASSESSABLE: mark("settled"),
}
_WAITING = {
    Step.BASELINE: mark("Photos before the first treatment"),
    Step.FIRST: mark("First treatment"),
    Step.TREATMENT: mark("Next treatment"),
    Step.OUTCOME: mark("Photos of the result"),
    Step.MAINTENANCE: mark("Treatment after the planned ones"),
}


def healing(phase: HealingPhase, title: str, lines: Sequence[str]) -> None:
    """The four phases with the one of today marked, in words too, not by colour alone."""
    steps = []
    for phases, name, days in _STEPS:
        here = phase in phases
        now = f"<b>{escape(t('you are here'))}</b>" if here else ""
        state = ' class="here" aria-current="step"' if here else ""
        steps.append(f"<li{state}><span>{escape(t(name))}</span><small>{escape(t(days))}</small>{now}</li>")
    st.html(
        f'<section class="spt-own"><h2>{escape(title)}</h2><ol class="spt-phases">{"".join(steps)}</ol>'
        f"{''.join(f'<p>{escape(line)}</p>' for line in lines)}</section>"
    )


def things(title: str, lines: Sequence[str], kind: str = "") -> None:
    """A titled list; nothing for no lines. ``kind`` is ``"call"`` for what to call about."""
    if lines:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        st.html(f'<section class="spt-own {kind}"><h2>{escape(title)}</h2><ul>{items}</ul></section>')


def next_visit(one: OwnSeries, named: str) -> None:
    """When to come next in a course; nothing where nothing is due or agreed."""
    lines = []
    if one.booking is not None:
        at = t("{day} at {time}", day=when(one.booking.day), time=one.booking.time)
        lines.append(t("Agreed: {when}", when=at if one.booking.time else when(one.booking.day)))
    if one.window is not None:
        lines.append(f"{t(_WAITING[one.window.step])}: {_days(one)}")
        if one.situation is Situation.OVERDUE and one.booking is None:
            lines.append(t("These days have passed and no day is agreed yet."))
    if lines:
        body = "".join(f"<p>{escape(line)}</p>" for line in lines)
        st.html(f'<section class="spt-own"><h2>{escape(named)}</h2>{body}</section>')


def _days(one: OwnSeries) -> str:
    window = one.window
    assert window is not None
    if window.closes is None:
        return t("the day is agreed with your clinic")
    return t("between {first} and {last}", first=when(window.opens), last=when(window.closes))


def visits(one: OwnSeries) -> None:
    """A course as its patient sees it: the days, newest first."""
    planned = one.series.plan.planned_sessions or one.series.plan.indication.planned_sessions
    done = t("{count} of {planned} planned treatments done", count=one.treatments, planned=planned)
    items = []
    for visit in reversed(one.visits):
        kind = titled(visit.kind)
        phase = t(_PHASES[visit.phase]) if _PHASES[visit.phase] and visit.kind is not SessionKind.TREATMENT else ""
        healing_words = f" <small>{escape(t('skin: {phase}', phase=phase))}</small>" if phase else ""
        items.append(f"<li><b>{escape(when(visit.day))}</b> {escape(kind)}{healing_words}</li>")
    listed = f'<ol class="spt-visits">{"".join(items)}</ol>' if items else f"<p>{escape(t('No visit yet.'))}</p>"
    st.html(
        f'<section class="spt-own"><h3>{escape(series_words(one.series))}</h3><p>{escape(done)}</p>{listed}</section>'
    )


def change(told: Sequence[PlainWords], days: tuple[date, date]) -> None:
    """What may be said of one released change, or of several of which the same is said, and of which photos."""
    photos = t("Photos of {first} and {second}", first=when(days[0]), second=when(days[1]))
    first = told[0]
    if len(told) == 1:
        head = f"<h3>{escape(first.title)}</h3>"
        extra = "".join(f"<p>{escape(line)}</p>" for line in (first.aside, first.numbers) if line)
    else:
        head = ""
        items = (
            f"<li>{escape(one.title)}{f'<br><small>{escape(one.numbers)}</small>' if one.numbers else ''}</li>"
            for one in told
        )
        aside = f"<p>{escape(first.aside)}</p>" if first.aside else ""
        extra = f"{aside}<ul>{''.join(items)}</ul>"
    st.html(
        f'<article class="spt-own spt-change">{head}<p class="said">{escape(first.sentence)}</p>{extra}'
        f"<small>{escape(photos)}</small></article>"
    )


def photos(found: Sequence[tuple[str, str]]) -> None:
    """Released photos by address and words; nothing for none."""
    figures = "".join(
        f'<figure><a href="{escape(address)}?w=1600" target="_blank"><img src="{escape(address)}?w=640" loading="lazy" '
        f'alt="{escape(t("Photo, {what}", what=words))}"></a><figcaption>{escape(words)}</figcaption></figure>'
        for address, words in found
    )
    if figures:
        st.html(f'<div class="spt-strip">{figures}</div>')


def diary(entries: Sequence[DiaryEntry]) -> None:
    """The entries of a diary in the given order."""
    st.html("".join(_entry(one) for one in entries))


def _entry(one: DiaryEntry) -> str:
    told = [
        f"<li>{escape(t(name))}: <b>{escape(t(LEVELS[one.levels[reaction]]))}</b></li>"
        for reaction, name in REACTIONS.items()
        if reaction in one.levels
    ]
    words = f'<p class="words">{escape(one.words)}</p>' if one.words else ""
    picture = ""
    if one.photo_sha256:
        remark = t("Photo from home: not comparable with photos of the clinic")
        alt = t("Photo from home, {day}", day=when(one.day))
        note = f'<figcaption class="spt-note">{escape(remark)}</figcaption>'
        picture = (
            f'<figure><a href="/img/diary/{one.id}?w=1600" target="_blank"><img src="/img/diary/{one.id}?w=640" '
            f'loading="lazy" alt="{escape(alt)}"></a>{note}</figure>'
        )
    return (
        f'<article class="spt-own spt-entry"><h3>{escape(when(one.day))}</h3><ul>{"".join(told)}</ul>{words}{picture}'
        "</article>"
    )
