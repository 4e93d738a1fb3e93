import streamlit as st

from tracker.clinic.workflow import intake
from tracker.clinic.workflow.progress import SeriesEntry, timeline
from tracker.dashboard import state, widgets
from tracker.dashboard.context import patient_of_page, sentence_case
from tracker.dashboard.plan import due_words, session_details

st.title("Timeline")
patient = patient_of_page()
clinic = state.clinic()


def show_series(entry: SeriesEntry) -> None:
    st.subheader(sentence_case(entry.series.title), anchor=False)
    st.markdown(widgets.plain(due_words(entry)))
    if not entry.sessions:
        widgets.empty("No sessions yet", "Add the first photos: the session is written down with them.")
    for visit in reversed(entry.sessions):
        with st.container(border=True):
            heading = f"Session {visit.session.number} · {widgets.when(visit.session.date)}"
            st.markdown(f"**{heading}** · {widgets.plain(visit.session.kind)}")
            st.caption(widgets.plain(session_details(visit.session)))
            if visit.session.notice:
                st.warning(widgets.plain(visit.session.notice))
            if visit.photos:
                widgets.photo_strip(visit.photos, [f"{photo.view}, {photo.moment}" for photo in visit.photos])
            else:
                st.caption("No photos of this session.")
            if visit.session.visit.notes:
                with st.expander("Notes"):
                    st.text(visit.session.visit.notes)
    if st.button("Add photos to this series", key=f"add_{entry.series.id}", icon=":material/add_a_photo:"):
        state.choose_patient(patient.id, entry.series.id)
        st.switch_page("pages/upload.py")


entries = timeline(clinic, patient.id).series
if not entries:
    widgets.empty("No treatment series yet", "Plan one below: what is treated, where, and how often.")
for entry in entries:
    show_series(entry)

with st.expander("Plan another series" if entries else "Plan a series", expanded=not entries):
    plan = widgets.plan_inputs("new_series")
    if st.button("Add series", type="primary", key="add_series"):
        added = intake.add_series(clinic, patient.id, plan)
        state.choose_patient(patient.id, added.id)
        st.switch_page("pages/upload.py")
