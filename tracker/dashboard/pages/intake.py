import streamlit as st

from tracker.clinic.workflow import candidacy
from tracker.dashboard import checklist, state
from tracker.dashboard.context import PAGES, patient_of_page
from tracker.wording import t

st.title(t("Intake"))
patient = patient_of_page()
kept = candidacy.candidacy_history(state.clinic(), patient.id)
newest = kept[0] if kept else None
checklist.flags(newest)
with st.container(horizontal=True):
    st.page_link(PAGES / "upload.py", label=t("Write a session down"), icon=":material/edit_note:")
    st.page_link(PAGES / "timeline.py", label=t("Timeline"), icon=":material/calendar_month:")
st.subheader(t("Checklist before a needling"), anchor=False)
checklist.ask(patient, newest)
checklist.history(kept)
checklist.details(patient)
checklist.invite(patient)
