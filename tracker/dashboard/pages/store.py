import streamlit as st

from tracker.clinic.workflow import upkeep
from tracker.dashboard import people, state, stored
from tracker.wording import t

st.title(t("Store"))
clinic = state.clinic()

st.subheader(t("Are all photos whole?"), anchor=False)
st.write(
    t("Every stored photo is read again and compared with what was written down when it came in. Nothing changes.")
)
if st.button(t("Check the photos"), key="verify_store"):
    with st.spinner(t("Reading every photo; about 100 MB in a second")):
        report = upkeep.verify(clinic)
    stored.told(report)

st.subheader(t("Copy of the records"), anchor=False)
st.write(
    t(
        "A copy of the record database as it is at this moment, in the folder backups of the store, without photos. "
        "Names in it cannot be read without the key file keys/records.key: keep a copy of that file somewhere else."
    )
)
if st.button(t("Make a copy now"), key="copy_records"):
    with st.spinner(t("Copying")):
        people.attempt(lambda: st.success(t("Copied: {file}", file=upkeep.copy_records(clinic).name)))
