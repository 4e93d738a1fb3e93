import streamlit as st

from tracker.clinic.workflow import audit_log
from tracker.dashboard import audit_table, state
from tracker.wording import t

st.title(t("Audit log"))
st.caption(t("Who did what to whose record, when, and how it ended. The log holds no names of patients and no photos."))
clinic = state.clinic()
newest = audit_log.list_lines(clinic, most=1)
audit_table.chain(clinic, newest[0].number if newest else 0)
audit_table.entries(clinic)
