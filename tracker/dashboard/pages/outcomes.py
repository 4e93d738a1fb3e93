import streamlit as st

from tracker.clinic.workflow import outcomes as workflow
from tracker.clinic.workflow.protocols import protocols
from tracker.dashboard import protocol, state, widgets
from tracker.dashboard.context import PAGES
from tracker.exports import cohort
from tracker.exports.report import IS_NOT, figures, headline, patients_table
from tracker.wording import t

st.title(t("Outcomes"))
clinic = state.clinic()
known = protocols(clinic)
if not known:
    hint = t("Outcomes of a protocol are told once patients have been treated by it.")
    widgets.empty(t("No patients yet"), hint)
    st.page_link(PAGES / "patients.py", label=t("Add a patient"), icon=":material/group:")
    st.stop()

wanted, at = protocol.choice(known)
with st.spinner(t("Gathering the patients of this protocol")):
    report = workflow.outcomes(clinic, wanted, at)
widgets.cards([headline(report)])
for remark in report.remarks:
    st.caption(widgets.plain(remark))
st.table(protocol.as_rows(figures(report)), border="horizontal")

if len(report.measured):
    st.subheader(t("Change of each patient"), anchor=False)
    st.altair_chart(cohort.patients_chart(report), width="stretch", theme=None)
    st.caption(cohort.patients_key(report))
    st.subheader(t("Course of each patient"), anchor=False)
    st.altair_chart(cohort.course_chart(report), width="stretch", theme=None)
    st.caption(cohort.course_key(report))
with st.expander(t("All patients ({count})", count=len(report.patients)), expanded=len(report.patients) < 10):
    st.dataframe(patients_table(report), hide_index=True)
with st.container(horizontal=True):
    for kind, label in (("pdf", t("Save the report (PDF)")), ("csv", t("Save the table (CSV)"))):
        widgets.download_link(protocol.address(wanted, at, kind), label)
st.caption(t(IS_NOT))
