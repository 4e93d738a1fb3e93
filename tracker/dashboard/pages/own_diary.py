import streamlit as st

from tracker.clinic.types.own import ConsentStanding
from tracker.clinic.workflow import consents, diary
from tracker.dashboard import diary_form, own, own_cards, state, widgets
from tracker.wording import t

st.title(t("Diary"))
clinic, patient_id = own.of_page()
if told := state.told_once():
    st.success(told)
st.caption(t("How does the treated skin look and feel? Your clinic can read what you write here, but not at once."))
allowed = consents.photos_consent(clinic, patient_id) is not ConsentStanding.WITHDRAWN
diary_form.form(clinic, patient_id, photos=allowed)
if not allowed:
    st.caption(t("You have withdrawn your consent to photos, so only words are kept here."))
st.subheader(t("What I wrote"), anchor=False)
entries = diary.entries(clinic, patient_id)
if entries:
    own_cards.diary(entries)
else:
    widgets.empty(t("Nothing written yet"), t("Your first entry appears here after you save it."))
