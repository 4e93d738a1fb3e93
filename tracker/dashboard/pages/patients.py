import streamlit as st

from tracker.clinic.workflow import intake
from tracker.dashboard import state, widgets
from tracker.dashboard.context import PAGES, named, series_words
from tracker.wording import t

SHOWN = 50  # a clinic searches beyond that; more rows only slow the page

clinic = state.clinic()
people = intake.list_patients(clinic)

st.title(t("Patients"))
if not people:
    widgets.empty(t("No patients yet"), t("Add the first one below: a code is enough, a name is optional."))
else:
    label = t("Search by code or name")
    wanted = st.text_input(label, key="patient_search", placeholder="P-001").strip().casefold()
    found = [person for person in people if wanted in named(person).casefold()]
    if not found:
        hint = t("No code or name contains these letters. Correct the search, or add the patient.")
        widgets.empty(t("Nobody found"), hint)
    for person in found[:SHOWN]:
        with st.container(border=True, key=f"patient_{person.id}"):
            words, action = st.columns([5, 1], vertical_alignment="center")
            titles = [series_words(series) for series in intake.list_series(clinic, person.id)]
            words.markdown(
                f"**{widgets.plain(named(person))}**  \n{widgets.plain(' · '.join(titles)) or t('No series yet')}"
            )
            if action.button(t("Open"), key=f"open_{person.id}", width="stretch"):
                state.choose_patient(person.id)
                st.switch_page(PAGES / "timeline.py")
    if len(found) > SHOWN:
        more = len(found) - SHOWN
        st.caption(t("{count} more: type a part of the code or name to narrow the list.", count=more))

with st.expander(t("Add a patient"), expanded=not people, icon=":material/person_add:"):
    code, name = widgets.patient_inputs("new_patient")
    plan = widgets.plan_inputs("new_patient")
    if st.button(t("Add patient"), type="primary", key="add_patient"):
        person = intake.add_patient(clinic, code, name)
        series = intake.add_series(clinic, person.id, plan)
        state.choose_patient(person.id, series.id)
        st.switch_page(PAGES / "upload.py")
