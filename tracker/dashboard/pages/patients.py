import streamlit as st

from tracker.clinic.workflow import intake
from tracker.dashboard import roster, state, widgets
from tracker.dashboard.context import PAGES
from tracker.wording import n, t

SHOWN = 25  # a clinic searches beyond that; more rows only slow the page

clinic = state.clinic()
st.title(t("Patients"))
label = t("Search by code or name")
known = intake.find_patients(clinic, "", 1).total
if not known:
    widgets.empty(t("No patients yet"), t("Add the first one below: a code is enough, a name is optional."))
else:
    wanted = st.text_input(label, key="patient_search", placeholder="P-001").strip()
    found = intake.find_patients(clinic, wanted, SHOWN)
    if not found.total:
        hint = t("No code or name contains these letters. Correct the search, or add the patient.")
        widgets.empty(t("Nobody found"), hint)
    elif wanted:
        st.caption(n("{count} patient found", "{count} patients found", found.total))
    roster.listed(found.patients)
    if (more := found.total - len(found.patients)) > 0:
        st.caption(t("{count} more: type a part of the code or name to narrow the list.", count=more))

with st.expander(t("Add a patient"), expanded=not known, icon=":material/person_add:"):
    details = widgets.patient_inputs("new_patient")
    plan = widgets.plan_inputs("new_patient")
    if st.button(t("Add patient"), type="primary", key="add_patient"):
        person = roster.added(details)
        series = intake.add_series(clinic, person.id, plan)
        state.choose_patient(person.id, series.id)
        st.switch_page(PAGES / "intake.py")
