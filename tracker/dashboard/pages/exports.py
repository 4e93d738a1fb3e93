import streamlit as st

from tracker.clinic.workflow import sharing
from tracker.dashboard import giving, state, widgets
from tracker.exports.comparison import PRIVACY
from tracker.wording import t

st.title(t("Exports"))
clinic = state.clinic()
people = sharing.exportable(clinic)
st.caption(t("Comparison pictures of patients who consented to their export, each purpose by itself."))
if not people:
    hint = t("Patients appear here once they have consented to a use of their pictures outside their treatment.")
    widgets.empty(t("Nobody has consented to an export yet"), hint)
else:
    purpose, chosen, dating = giving.choice(people)
    st.caption(t(PRIVACY))
    giving.consented(chosen, purpose, dating)

st.subheader(t("What has left the clinic"), anchor=False)
exports = sharing.exports_made(clinic)
if exports:
    giving.made(exports)
else:
    st.caption(t("No picture has been exported so far."))
