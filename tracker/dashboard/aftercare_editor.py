"""The administrator's editor of the aftercare text, with what a patient would read on each day beside it."""

from typing import NamedTuple

import streamlit as st

from tracker.clinic.types.own import LAST_DAY, Aftercare, AftercareRule
from tracker.clinic.workflow import aftercare
from tracker.clinic.workflow.aftercare import MOST_CHARACTERS, MOST_RULES
from tracker.dashboard import own_cards, state, widgets
from tracker.errors import TrackerError
from tracker.wording import mark, n, t

DO, AVOID = mark("do"), mark("avoid")
PREVIEWED = (0, 1, 2, 3, 4, 5, 7, 14, 28)
"""Days of the preview: every day on which something usually changes."""


class Line(NamedTuple):
    """One line of the editor; without a text it is left out."""

    from_day: int
    to_day: int | None
    kind: str
    text: str


def editor() -> None:
    """The text by day, when to call, a preview, and the way back to the program's own text."""
    clinic = state.clinic()
    stored = aftercare.aftercare_of(clinic)
    st.caption(
        t("Patients read this on their page, by the days since their last needling. Leave the last day empty: always.")
    )
    lines = _lines(stored)
    written = [_row(number, line) for number, line in enumerate(lines)]
    if len(lines) < MOST_RULES and st.button(t("Add a line"), key="aftercare_add"):
        st.session_state[state.AFTERCARE_LINES] = len(lines) + 1
        st.rerun()
    call = st.text_area(
        t("Call the clinic about (one per line)"), "\n".join(stored.call), height=150, key=f"aftercare_call_{_turn()}"
    )
    with st.container(horizontal=True):
        saves = st.button(t("Save this text"), type="primary", key="aftercare_save")
        own = aftercare.is_own_text(clinic)
        back = own and st.button(t("Back to the program's own text"), key="aftercare_back")
    try:
        text = _text(written, call)
        _preview(text)
        if saves:
            aftercare.change_aftercare(clinic, text)
    except TrackerError as error:
        st.error(widgets.plain(str(error)))
        return
    if back:
        aftercare.back_to_defaults(clinic)
    if saves or back:
        _anew()


def _lines(stored: Aftercare) -> list[Line]:
    """What is stored, one line for each thing, and as many empty ones as were asked for."""
    lines = [
        Line(rule.from_day, rule.to_day, kind, text)
        for rule in stored.rules
        for kind, text in ((DO, rule.do), (AVOID, rule.avoid))
        if text
    ]
    wanted = int(st.session_state.get(state.AFTERCARE_LINES, len(lines)))
    return [*lines, *[Line(0, 3, AVOID, "")] * (wanted - len(lines))]


def _row(number: int, line: Line) -> Line:
    key = f"aftercare_{_turn()}_{number}"
    named = {"number": number + 1}  # labels are read out one by one, so each names its line
    with st.container(border=True):
        first, last, kind, text = st.columns([1, 1, 1, 4])
    from_day = first.number_input(t("{number}. From day", **named), 0, LAST_DAY, line.from_day, key=f"{key}_from")
    to_day = last.number_input(
        t("{number}. To day", **named), 0, LAST_DAY, line.to_day, key=f"{key}_to", placeholder=t("always")
    )
    kinds = [DO, AVOID]
    chosen = kind.selectbox(
        t("{number}. Kind", **named), kinds, kinds.index(line.kind), format_func=t, key=f"{key}_kind"
    )
    words = text.text_input(t("{number}. Text", **named), line.text, max_chars=MOST_CHARACTERS, key=f"{key}_text")
    return Line(from_day, to_day, chosen, words.strip())


def _text(lines: list[Line], call: str) -> Aftercare:
    rules = [
        AftercareRule(one.from_day, one.to_day, **{"do" if one.kind == DO else "avoid": one.text})
        for one in lines
        if one.text
    ]
    return Aftercare(tuple(rules), tuple(line.strip() for line in call.splitlines() if line.strip()))


def _preview(text: Aftercare) -> None:
    """What a patient reads on a day; the text as it stands here, saved or not."""
    st.markdown(f"**{t('What a patient reads')}**")
    day = st.select_slider(t("Days since the needling"), PREVIEWED, key="aftercare_day")
    do, avoid = text.on_day(day)
    st.caption(n("{count} day after needling", "{count} days after needling", day))
    own_cards.things(t("Today: do"), do)
    own_cards.things(t("Today: avoid"), avoid)
    if not (do or avoid):
        st.caption(t("Nothing to do or to avoid on this day."))
    own_cards.things(t("Call your clinic if you notice"), text.call, "call")


def _turn() -> int:
    return int(st.session_state.get(state.AFTERCARE_ROUND, 0))


def _anew() -> None:
    """Show what is stored now, without what was typed."""
    st.session_state.pop(state.AFTERCARE_LINES, None)
    st.session_state[state.AFTERCARE_ROUND] = _turn() + 1
    st.rerun()
