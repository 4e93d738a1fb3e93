import streamlit as st

from tracker.clinic.workflow import consents, diary
from tracker.dashboard import consenting, own_cards, state, widgets
from tracker.dashboard.context import patient_of_page
from tracker.wording import t

st.title(t("Consents"))
patient = patient_of_page()
clinic = state.clinic()
if told := state.told_once():
    st.success(told)

left, right = st.columns([3, 2], gap="large")
with left:
    st.caption(t("In the words that the patient reads. Only a withdrawn consent to photos stops new photos."))
    for one in consents.consents_of(clinic, patient.id):
        consenting.state_card(one)
        consenting.history(one)
        if one.exports:
            consenting.exports_made(one.exports)
with right:
    st.subheader(t("Record a signed form"), anchor=False)
    consenting.record_form(clinic, patient.id)
    st.subheader(t("For the patient to keep"), anchor=False)
    widgets.download_link(f"/export/everything/{patient.id}", t("Download everything about this patient"))

st.subheader(t("Diary of the patient"), anchor=False)
entries = diary.entries(clinic, patient.id)
if entries:
    own_cards.diary(entries)
else:
    widgets.empty(t("No diary entries"), t("Patients write them on their own pages, once they have an account."))
