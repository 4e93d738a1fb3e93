"""What the patient may see of a comparison: chosen photo by photo and number by number, with the words it becomes."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from tracker.clinic.types import UNDIRECTED_METRICS, Series
from tracker.clinic.workflow import releasing
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.compared import Comparison
from tracker.clinic.workflow.releasing import Releasable, ReleasedChange
from tracker.dashboard import widgets
from tracker.dashboard.context import Pair
from tracker.exports.plain_words import Telling, plain_words
from tracker.exports.table import CROSS_CHECKS, brief, in_order, metric_words, region_words
from tracker.imaging.types import Change
from tracker.wording import n, t

Number = tuple[str, str]
"""Name of a measure, and a region."""


def release(clinic: Clinic, series: Series, pair: Pair, whole: Comparison, changes: Sequence[Change]) -> None:
    """The controls of release for a pair of visits, and what is released of the whole record.

    Parameters
    ----------
    clinic : Clinic
        Where.
    series : Series
        Of the pair.
    pair : Pair
        The photos that stand for the visits.
    whole : Comparison
        Of the visits: a number is released as their mean, never as that of one photo of several.
    changes : sequence of Change
        What the series tells of it.
    """
    state = releasing.releasable(clinic, series.patient_id)
    with st.expander(t("What the patient sees")):
        st.caption(t("The patient sees nothing before it is released here, photo by photo and number by number."))
        photos = _photos(pair, {one.photo.id for one in state.released.photos})
        stored = {(str(one.metric), one.region) for one in state.released.changes if one.analysis_id == whole.record.id}
        told = {(str(one.metric), one.region): one for one in in_order(changes) if one.metric not in CROSS_CHECKS}
        numbers = _numbers(whole.record.id, told, stored)
        _preview([told[one] for one in numbers], pair)
        before = {one.photo.id for one in state.released.photos} & {pair.before.id, pair.after.id}
        if st.button(
            t("Save what the patient sees"),
            type="primary",
            key="save_release",
            disabled=(photos, set(numbers)) == (before, stored),
        ):
            _save_photos(clinic, pair, photos, before)
            _save_numbers(clinic, whole.record.id, (set(numbers), stored), told)
            st.rerun()
        _overview(state)


def _photos(pair: Pair, released: set[str]) -> set[str]:
    """The photos of the pair that are ticked."""
    named = {
        pair.before.id: t("Earlier photo, {day}", day=widgets.when(pair.earlier.date)),
        pair.after.id: t("Later photo, {day}", day=widgets.when(pair.later.date)),
    }
    return {one for one, words in named.items() if st.checkbox(words, one in released, key=f"release_photo_{one}")}


def _numbers(analysis_id: str, told: dict[Number, Change], stored: set[Number]) -> list[Number]:
    """The numbers that are chosen, in reading order."""
    if not told:
        st.caption(t("This comparison tells no number that could be released."))
        return []
    options = list(told)
    chosen = st.multiselect(
        t("Numbers"),
        options,
        default=[one for one in options if one in stored],
        format_func=lambda one: _label(told[one]),
        key=f"release_numbers_{analysis_id}",
        placeholder=t("Choose the numbers to release"),
        select_all=False,  # number by number
    )
    return [one for one in options if one in chosen]


def _label(change: Change) -> str:
    """``"Redness (left cheek): fell by 6.1 H"``."""
    return f"{metric_words(change.metric)} ({region_words(change.region)}): {brief(change)}"


def _preview(chosen: Sequence[Change], pair: Pair) -> None:
    """The words that the patient will read for what is chosen."""
    if not chosen:
        return
    lines = []
    for change in chosen:
        since = None if pair.earlier.number == 1 else pair.earlier.date
        days = pair.later.days_at(pair.after.moment)
        words = plain_words(change, Telling(change.metric not in UNDIRECTED_METRICS, days, since))
        rest = " ".join(filter(None, (words.sentence, words.aside, words.numbers)))
        lines.append(f"<li><b>{escape(words.title)}</b> {escape(rest)}</li>")
    head = escape(t("In the words of the patient\u2019s page"))
    st.html(f'<div class="spt-notes"><b>{head}</b><ul>{"".join(lines)}</ul></div>')


def _save_photos(clinic: Clinic, pair: Pair, wanted: set[str], before: set[str]) -> None:
    for one in (pair.before.id, pair.after.id):
        if one in wanted - before:
            releasing.release_photo(clinic, one)
        elif one in before - wanted:
            releasing.withdraw_photo(clinic, one)


def _save_numbers(
    clinic: Clinic, analysis_id: str, change: tuple[set[Number], set[Number]], told: dict[Number, Change]
) -> None:
    wanted, before = change
    for one in told:
        if one in wanted - before:
            releasing.release_number(clinic, analysis_id, told[one].metric, told[one].region)
        elif one in before - wanted:
            releasing.withdraw_number(clinic, analysis_id, told[one].metric, told[one].region)


def _overview(state: Releasable) -> None:
    """What is released of the whole record, and how much waits."""
    photos, numbers = state.released.photos, state.released.changes
    lines = [t("Photo of {day}, {view}", day=widgets.when(one.day), view=t(str(one.photo.view))) for one in photos] + [
        _told(one) for one in numbers
    ]
    widgets.history(
        n("{count} thing is released of this record", "{count} things are released of this record", len(lines)), lines
    )
    waits = [
        n("{count} photo", "{count} photos", len(state.photos)),
        n("{count} number", "{count} numbers", sum(one.change.metric not in CROSS_CHECKS for one in state.numbers)),
    ]
    st.caption(t("Not released of this record: {photos}, {numbers}.", photos=waits[0], numbers=waits[1]))


def _told(one: ReleasedChange) -> str:
    days = [widgets.when(day) for day in one.days]
    words = t("{number}, {first} to {second}", number=_label(one.change), first=days[0], second=days[1])
    old = t("measured again since: release the new number to replace it")
    return f"{words} ({old})" if one.outdated else words
