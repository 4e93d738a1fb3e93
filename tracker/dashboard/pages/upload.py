import streamlit as st

from tracker.clinic.types import Moment, SessionKind, View
from tracker.clinic.workflow import intake, photos
from tracker.dashboard import state, widgets
from tracker.dashboard.context import PAGES, series_of_page, session_words, usual_view
from tracker.errors import TrackerError
from tracker.wording import t

NEW = "new"

st.title(t("Add photos"))
patient, series = series_of_page()
clinic = state.clinic()
sessions = {session.id: session for session in intake.list_sessions(clinic, series.id)}

options = [NEW, *reversed(sessions)]
chosen = st.session_state.get(state.UPLOAD_SESSION, NEW)
picked = st.selectbox(
    t("Session"),
    options,
    index=options.index(chosen) if chosen in options else 0,
    format_func=lambda one: t("A new session") if one == NEW else session_words(sessions[one]),
    key=f"upload_session_{series.id}_{len(options)}",
)
if picked != chosen:
    state.uploaded([], [])  # what was said about another session's photos
state.keep(state.UPLOAD_SESSION, picked)
if picked == NEW:
    with st.container(border=True):
        visit = widgets.visit_inputs("new_session", SessionKind.BASELINE if not sessions else SessionKind.TREATMENT)
        if st.button(t("Write down this session"), type="primary", key="add_session"):
            state.keep(state.UPLOAD_SESSION, intake.add_session(clinic, series.id, visit).id)
            st.rerun()
    st.caption(t("Write the session down first; then add its photos here."))
    st.stop()

session = sessions[picked]
if session.notice:
    st.warning(widgets.plain(session.notice))
left, right = st.columns(2)
views, moments = list(View), list(Moment)
usual, hint = views.index(usual_view(list(sessions))), t("Only photos of the same view are compared.")
view = left.selectbox(t("View"), views, index=usual, key="upload_view", help=hint, format_func=t)
moment = Moment.BEFORE
if session.kind is SessionKind.TREATMENT:
    moment = right.selectbox(t("Taken"), moments, key="upload_moment", format_func=t)
turn = st.session_state.get(state.UPLOAD_ROUND, 0)
files = st.file_uploader(
    t("Photos of this view"),
    type=widgets.PHOTO_ENDINGS,
    accept_multiple_files=True,
    key=f"photos_{turn}",
    max_upload_size=60,
)
st.caption(t("Lay the calibration card beside the skin, same light and distance as last time, flash off."))
store = t("Store {count} photos", count=len(files)) if files else t("Store photos")
if st.button(store, type="primary", disabled=not files, key="store"):
    bar, stored, errors = st.progress(0.0, t("Storing and checking")), [], []
    for done, file in enumerate(files):
        bar.progress(done / len(files), t("Checking {number} of {count}", number=done + 1, count=len(files)))
        try:
            stored.append(photos.add_photo(clinic, session.id, file.getvalue(), file.name, view, moment))
        except TrackerError as error:
            errors.append(str(error))
    state.uploaded(stored, errors)
    st.rerun()

for message in st.session_state.get(state.UPLOAD_ERRORS, []):
    st.error(widgets.plain(message))
for photo in st.session_state.get(state.UPLOADED, []):
    widgets.photo_report(photo)
if st.session_state.get(state.UPLOADED):
    st.page_link(PAGES / "compare.py", label=t("Compare with an earlier session"), icon=":material/compare:")
