import streamlit as st

from tracker.clinic.workflow import capture, intake
from tracker.dashboard import state, taking, widgets
from tracker.dashboard.context import PAGES, series_of_page, usual_view
from tracker.wording import t

st.title(t("Add photos"))
patient, series = series_of_page()
clinic = state.clinic()
sessions = {session.id: session for session in intake.list_sessions(clinic, series.id)}
session = taking.choose_session(series, sessions)
if session is None:
    taking.write_down(series, sessions)
    st.stop()
if session.notice:
    st.warning(widgets.plain(session.notice))
missing = taking.checklist(session, capture.protocol_of(series.plan.site))
view, moment = taking.which(session, missing, usual_view(list(sessions)), "upload")
files, camera = st.tabs([t("Files"), t("Camera")])
with files:
    taking.by_files(session, view, moment)
    told = taking.told()
with camera:
    taking.by_camera(session, view, moment)
if told or not missing:
    st.page_link(PAGES / "compare.py", label=t("Compare with an earlier session"), icon=":material/compare:")
