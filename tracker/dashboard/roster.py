"""The list of patients: code and name, what is treated, and what comes next."""

from collections.abc import Sequence

import streamlit as st

from tracker.clinic.records.finding import Who
from tracker.clinic.types import Patient
from tracker.clinic.types.plan import Standing, Window
from tracker.clinic.workflow import intake, planning
from tracker.dashboard import state, widgets
from tracker.dashboard.context import PAGES, plan_words
from tracker.dashboard.plan import next_words
from tracker.wording import t


def listed(found: Sequence[Who]) -> None:
    """One row for each patient, with a button that opens the record."""
    steps = planning.next_steps(state.clinic(), [one.id for one in found])
    for person in found:
        with st.container(border=True, key=f"person_{person.id}"):
            words, action = st.columns([5, 1], vertical_alignment="center")
            lines = [_series(*one) for one in steps.get(person.id, [])] or [t("No series yet")]
            name = f"{person.code} · {person.name}" if person.name else person.code
            words.markdown("  \n".join([f"**{widgets.plain(name)}**", *lines]))
            if action.button(t("Open"), key=f"open_{person.id}", width="stretch", help=person.code):
                state.choose_patient(person.id)
                st.switch_page(PAGES / "timeline.py")


def added(details: widgets.Details) -> Patient:
    """The new patient of the form."""
    return intake.add_patient(state.clinic(), details.code, details.name, details.birth_date, details.fitzpatrick)


def _series(standing: Standing, window: Window | None) -> str:
    return widgets.plain(f"{plan_words(standing.plan)} · {next_words(standing, window)}")
