"""Asking patients how content they are, in their own opinion."""

import streamlit as st

from tracker.clinic.types import Gais
from tracker.clinic.types.own import MOST_WORDS
from tracker.clinic.workflow import rating
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.own import OwnSeries
from tracker.dashboard import state, widgets
from tracker.dashboard.context import series_words
from tracker.errors import TrackerError
from tracker.wording import capital, t, titled, when


def question(clinic: Clinic, one: OwnSeries, *, named: bool) -> None:
    """The question about one course, with the answers given so far.

    Parameters
    ----------
    clinic : Clinic
        In the patient's hands.
    one : OwnSeries
        The course.
    named : bool
        Whether to say which course: where there are several.
    """
    series = one.series
    lines = [f"{when(rated.day)}: {t(rated.gais)}{f' · {rated.words}' if rated.words else ''}" for rated in one.ratings]
    with st.form(f"rating_{series.id}_{len(lines)}"):
        label = t("Compared with before the treatment, the treated skin looks")
        if named:
            label = t("{where}: compared with before, the treated skin looks", where=series_words(series))
        gais = st.radio(
            widgets.plain(label), list(Gais), index=None, format_func=titled, key=f"gais_{series.id}_{len(lines)}"
        )
        words = st.text_area(t("In your words (optional)"), max_chars=MOST_WORDS, height=80)
        saved = st.form_submit_button(t("Save my answer"), width="stretch")
    if told := state.told_once(series.id):
        st.success(told)
    widgets.history(capital(t("my answers so far")), lines)
    if saved and gais is None:
        st.warning(t("Choose one of the five answers first."))
    elif saved and gais is not None:
        try:
            rating.rate(clinic, series.id, gais, words)
        except TrackerError as error:
            st.error(widgets.plain(str(error)))
            return
        state.tell_once(t("Your answer is saved."), series.id)
        st.rerun()
