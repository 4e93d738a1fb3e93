"""The patient's own pages: whose they are, where the person is today, and what the clinic released."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from tracker.clinic.types import HealingPhase
from tracker.clinic.workflow import aftercare, own
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.own import Journey
from tracker.clinic.workflow.releasing import ReleasedChange, ReleasedPair
from tracker.clinic.workflow.telling import deciding
from tracker.dashboard import own_cards, state, widgets
from tracker.dashboard.context import remembered_choice, series_words
from tracker.exports.plain_words import PlainWords, Telling, plain_words
from tracker.exports.table import PRIMARY
from tracker.imaging.types import Verdict
from tracker.wording import n, t, when

MOST_DAYS = 3
"""Pairs of days whose changes are shown at once; the older ones unfold."""


def of_page() -> tuple[Clinic, str]:
    """The clinic in the patient's hands, and the patient's id; stops the page for anybody else."""
    here = state.me()
    if not here.actor.patient_id:
        widgets.empty(t("This page is for patients"), t("Sign in with a patient's account to see it."))
        st.stop()
    return state.clinic(), here.actor.patient_id


def today(clinic: Clinic, patient_id: str) -> bool:
    """Where the patient is in healing, and what to do, to avoid and to call about; False before the first needling."""
    now = aftercare.today_for(clinic, patient_id)
    if now.series is None or now.days is None or now.needled is None:
        return False
    title = t("Treated today")
    if now.days:
        title = n("{count} day after your treatment", "{count} days after your treatment", now.days)
    lines = [t("{where}, treated on {day}", where=series_words(now.series), day=when(now.needled))]
    if now.phase is HealingPhase.COLOUR_ASSESSABLE:
        lines.append(t("Results usually show after 4 to 6 weeks."))
    own_cards.healing(now.phase, title, lines)
    own_cards.things(t("Today: do"), now.do)
    own_cards.things(t("Today: avoid"), now.avoid)
    own_cards.things(t("Call your clinic if you notice"), now.call, "call")
    return True


def next_visits(journey: Journey) -> None:
    """When to come next, for each course that waits for something."""
    for one in journey.series:
        named = t("Next visit: {where}", where=series_words(one.series))
        own_cards.next_visit(one, named if len(journey.series) > 1 else t("Next visit"))


def before_and_after(journey: Journey) -> None:
    """The released pairs under the slider, one at a time; nothing where none is released."""
    pairs = {one.analysis_id: one for one in journey.released.pairs}
    if not pairs:
        return
    ids = list(reversed(pairs))
    chosen = ids[0]
    if len(ids) > 1:
        spoken = {one: _pair_words(pairs[one]) for one in ids}
        chosen = remembered_choice(t("Photos to compare"), ids, state.OWN_PAIR, spoken)
    _viewer(pairs[chosen])


def _viewer(pair: ReleasedPair) -> None:
    if pair.aligned:
        sides = [f"/img/{pair.analysis_id}/{side}/photo" for side in ("before", "after")]
    else:
        sides = [f"/img/{one.photo.id}?w=1200" for one in (pair.before, pair.after)]
    layer = widgets.LayerView(t("Photo"), sides[0], sides[1], "")
    before = t("Before · {day}", day=when(pair.before.day))
    after = t("After · {day}", day=when(pair.after.day))
    widgets.viewer([layer], widgets.Labels(before, after), aligned=pair.aligned, key=f"own_{pair.analysis_id}")
    if pair.aligned:
        st.caption(t("The later photo is turned and scaled to fit the first."))


def _pair_words(pair: ReleasedPair) -> str:
    return t(
        "{first} and {second}, {view}",
        first=when(pair.before.day),
        second=when(pair.after.day),
        view=t(pair.after.photo.view),
    )


def other_photos(journey: Journey) -> None:
    """Released photos that stand in no released pair."""
    shown = {one.photo.id for pair in journey.released.pairs for one in (pair.before, pair.after)}
    left = [one for one in journey.released.photos if one.photo.id not in shown]
    own_cards.photos([(f"/img/{one.photo.id}", f"{when(one.day)}, {t(one.photo.view)}") for one in left])


def changes(journey: Journey, *, hide_numbers: bool) -> None:
    """Every released change in plain words: the newest photos first, and of them what changed first."""
    by_days: dict[tuple[date, date], list[ReleasedChange]] = {}
    for one in journey.released.changes:
        by_days.setdefault(one.days, []).append(one)
    newest = sorted(by_days, key=lambda days: days[::-1], reverse=True)
    for days in newest[:MOST_DAYS]:
        _told(journey, days, by_days[days], hide_numbers=hide_numbers)
    if older := newest[MOST_DAYS:]:
        with st.expander(t("Earlier comparisons")):
            for days in older:
                _told(journey, days, by_days[days], hide_numbers=hide_numbers)


def _told(journey: Journey, days: tuple[date, date], found: Sequence[ReleasedChange], *, hide_numbers: bool) -> None:
    """A card for each change, one for all without, and one for each reason that withholds a number."""
    alike: dict[str, list[PlainWords]] = {}
    for verdict in Verdict:
        for one in _in_order(found, verdict):
            since = None if journey.starts_at(one) else one.days[0]
            days_since = journey.days_since_treatment(one)
            telling = Telling(
                own.is_directed(one.metric), days_since, since, hide_numbers, own.is_settled(days_since, one.metric)
            )
            words = plain_words(one.change, telling)
            alike.setdefault(words.title if verdict is Verdict.CHANGED else words.sentence + words.aside, []).append(
                words
            )
    for told in alike.values():
        own_cards.change(told, days)


def _in_order(found: Sequence[ReleasedChange], verdict: Verdict) -> list[ReleasedChange]:
    """Those of one verdict, the measure that decides in their course first."""
    mine = [one for one in found if one.change.verdict is verdict]
    return sorted(mine, key=lambda one: (one.metric is not deciding(one.series), PRIMARY.index(one.metric)))
