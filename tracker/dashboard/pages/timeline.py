import streamlit as st

from tracker.clinic.workflow import intake
from tracker.clinic.workflow.progress import timeline
from tracker.dashboard import state, visits, widgets
from tracker.dashboard.context import PAGES, patient_of_page
from tracker.wording import t

st.title(t("Timeline"))
patient = patient_of_page()
clinic = state.clinic()
entries = timeline(clinic, patient.id).series
if not entries:
    widgets.empty(t("No treatment series yet"), t("Plan one below: what is treated, where, and how often."))
for entry in entries:
    visits.series(entry)

with st.expander(t("Plan another series" if entries else "Plan a series"), expanded=not entries):
    plan = widgets.plan_inputs("new_series")
    if st.button(t("Add series"), type="primary", key="add_series"):
        added = intake.add_series(clinic, patient.id, plan)
        state.choose_patient(patient.id, added.id)
        st.switch_page(PAGES / "upload.py")
