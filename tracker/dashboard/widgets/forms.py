"""Form fields for patients, series and the checklist before a needling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from tracker.clinic.types import (
    INTERVAL_DAYS,
    MAINTENANCE_DAYS,
    SHORTEST_INTERVAL_DAYS,
    Answer,
    BodySite,
    Fitzpatrick,
    Indication,
    Patient,
    Question,
    Reply,
    SeriesPlan,
)
from tracker.clinic.types.candidacy import MOST_CHECKLIST_NOTE, MOST_NOTE, question_words
from tracker.dashboard.widgets.body_map import body_map
from tracker.wording import capital, mark, t, titled

PHOTO_ENDINGS = ["jpg", "jpeg", "png", "webp", "tif", "tiff", "heic", "heif"]
EARLIEST_BIRTH = date(1900, 1, 1)
_HINTS = {
    Question.COLD_SORES: mark("Note on prophylaxis"),
    Question.ISOTRETINOIN: mark("Last taken, dose"),
}


@dataclass(frozen=True, slots=True)
class Details:
    """Who a patient is, as typed."""

    code: str
    name: str
    birth_date: date | None
    fitzpatrick: Fitzpatrick | None


def patient_inputs(key: str, known: Patient | None = None) -> Details:
    """Who a patient is; the code of a known one is not asked for again.

    Parameters
    ----------
    key : str
        Of the fields on the page.
    known : Patient, optional
        Whose details are corrected.
    """
    code = known.code if known is not None else ""
    left, right = st.columns(2)
    if known is None:
        code = left.text_input(t("Code"), key=f"{key}_code", placeholder=t("next free number"), max_chars=40)
    name = (right if known is None else left).text_input(
        t("Name (optional)"), value=known.name if known else "", key=f"{key}_name", max_chars=100
    )
    if known is None:
        left, right = st.columns(2)
    born = (left if known is None else right).date_input(
        t("Birth date (optional)"),
        value=known.birth_date if known else None,
        min_value=EARLIEST_BIRTH,
        max_value=date.today(),
        format=t("YYYY-MM-DD"),
        key=f"{key}_born",
    )
    types: list[Fitzpatrick | None] = [None, *Fitzpatrick]
    chosen = (right if known is None else st).selectbox(
        t("Skin type (Fitzpatrick)"),
        types,
        index=types.index(known.fitzpatrick) if known else 0,
        format_func=lambda one: t("Not judged yet") if one is None else t(str(one)),
        key=f"{key}_fitzpatrick",
    )
    return Details(code.strip(), name.strip(), born, chosen)


def plan_inputs(key: str) -> SeriesPlan:
    """The plan of a treatment series; numbers start at what is usual for the indication."""
    indications = list(Indication)
    indication = st.selectbox(t("Indication"), indications, key=f"{key}_indication", format_func=titled)
    site, detail = _place(key)
    left, middle, right = st.columns(3)
    number = left.number_input(
        t("Planned sessions"), 1, 50, value=indication.planned_sessions, key=f"{key}_number_{indication.name}"
    )
    days = middle.number_input(t("Days between sessions"), 1, 730, value=INTERVAL_DAYS, key=f"{key}_interval")
    upkeep = right.number_input(
        t("Then maintenance every so many days"),
        0,
        730,
        value=MAINTENANCE_DAYS,
        key=f"{key}_upkeep",
        help=t("0 plans no maintenance."),
    )
    short_interval(int(days))
    return SeriesPlan(indication, site, detail, int(number), int(days), maintenance_days=int(upkeep))


def short_interval(days: int) -> None:
    """A warning where a planned interval is shorter than advised; nothing else."""
    if days < SHORTEST_INTERVAL_DAYS:
        st.warning(
            t(
                "{days} days are shorter than the {least} days that are advised: the skin may still be healing.",
                days=days,
                least=SHORTEST_INTERVAL_DAYS,
            )
        )


def _place(key: str) -> tuple[BodySite, str]:
    """Site and part, pointed at on the map or chosen in the fields beside it."""
    sites = list(BodySite)
    drawing, fields = st.columns([5, 2])
    site_key, detail_key = f"{key}_site", f"{key}_detail"
    with drawing:
        marked = st.session_state.get(site_key, sites[0]), str(st.session_state.get(detail_key, ""))
        pointed = body_map(*marked, key=f"{key}_map")
    if pointed is not None and pointed != marked:
        st.session_state[site_key], st.session_state[detail_key] = pointed
        st.rerun()  # the map was drawn with the place before
    with fields:
        site = st.selectbox(t("Body site"), sites, key=site_key, format_func=titled)
        detail = st.text_input(t("Where exactly (optional)"), key=detail_key, placeholder=t("left cheek"), max_chars=60)
    return site, detail.strip()


def candidacy_inputs(key: str, months: int, known: Sequence[Answer] = (), note: str = "") -> tuple[list[Answer], str]:
    """The checklist before a needling: an answer and a note on each question, and a note on the whole.

    Parameters
    ----------
    key : str
        Of the fields on the page.
    months : int
        How far back the clinic asks about isotretinoin.
    known : sequence of Answer
        What was answered last time.
    note : str
        The note of last time.
    """
    before = {one.question: one for one in known}
    answers = [_asked(key, question, months, before.get(question, Answer(question))) for question in Question]
    words = st.text_area(t("Note (optional)"), value=note, key=f"{key}_note", max_chars=MOST_CHECKLIST_NOTE, height=80)
    return answers, words.strip()


def _asked(key: str, question: Question, months: int, before: Answer) -> Answer:
    replies = list(Reply)
    words = capital(question_words(question, months))
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    reply = left.radio(
        words,
        replies,
        index=replies.index(before.reply),
        format_func=titled,
        horizontal=True,
        key=f"{key}_{question.name}",
    )
    label = t(_HINTS.get(question, mark("Note")))
    note = right.text_input(
        t("{note}: {question}", note=label, question=words),
        value=before.note,
        key=f"{key}_{question.name}_note",
        max_chars=MOST_NOTE,
        placeholder=label,
        label_visibility="collapsed",  # read out, but not shown nine times
    )
    return Answer(question, reply, note.strip())
