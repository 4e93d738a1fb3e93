import streamlit as st

from tracker.clinic.workflow.own import journey
from tracker.dashboard import own, widgets
from tracker.wording import t

st.title(t("Today"))
clinic, patient_id = own.of_page()
if not own.today(clinic, patient_id):
    hint = t("After your first treatment this page tells you day by day what to do and what to avoid.")
    widgets.empty(t("No treatment yet"), hint)
own.next_visits(journey(clinic, patient_id))
