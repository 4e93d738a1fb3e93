import streamlit as st

from tracker.clinic.types import Moment, SeriesPlan, SessionKind
from tracker.clinic.workflow import intake
from tracker.clinic.workflow.progress import SessionEntry, timeline
from tracker.dashboard import repeats, state, widgets
from tracker.dashboard.context import PAGES, patient_of_page, series_words
from tracker.dashboard.plan import due_words, is_healing, session_details
from tracker.wording import t, titled


def show(entry: SessionEntry, plan: SeriesPlan) -> None:
    session = entry.session
    with st.container(border=True):
        words, pictures = st.columns([2, 3])
        with words:
            title = t("Session {number} · {day}", number=session.number, day=widgets.when(session.date))
            st.markdown(f"**{title}**  \n{titled(session.kind)}")
            st.caption(widgets.plain(session_details(session, plan)))
            if is_healing(session):
                st.caption(f":orange-badge[{t('Still healing')}] {t('Kept out of the trend.')}")
            if session.notice:
                st.warning(widgets.plain(session.notice))
            if session.visit.notes:
                with st.expander(t("Notes")):
                    st.text(session.visit.notes)
        with pictures:
            if not entry.photos:
                st.caption(t("No photos of this session."))
            treated = session.kind is SessionKind.TREATMENT
            after = {
                photo.id: f", {t(photo.moment)}" for photo in entry.photos if treated or photo.moment is Moment.AFTER
            }
            widgets.photo_strip(entry.photos, [f"{t(photo.view)}{after.get(photo.id, '')}" for photo in entry.photos])


st.title(t("Timeline"))
patient = patient_of_page()
clinic = state.clinic()
entries = timeline(clinic, patient.id).series
if not entries:
    widgets.empty(t("No treatment series yet"), t("Plan one below: what is treated, where, and how often."))
for series in entries:
    st.subheader(series_words(series.series), anchor=False)
    st.markdown(widgets.plain(due_words(series)))
    if st.button(t("Add photos"), key=f"add_{series.series.id}", icon=":material/add_a_photo:"):
        state.choose_patient(patient.id, series.series.id)
        st.switch_page(PAGES / "upload.py")
    repeats.series_kit(series.series.id)
    if not series.sessions:
        widgets.empty(t("No sessions yet"), t("Add the first photos: the session is written down with them."))
    for entry in reversed(series.sessions):
        show(entry, series.series.plan)

with st.expander(t("Plan another series" if entries else "Plan a series"), expanded=not entries):
    plan = widgets.plan_inputs("new_series")
    if st.button(t("Add series"), type="primary", key="add_series"):
        added = intake.add_series(clinic, patient.id, plan)
        state.choose_patient(patient.id, added.id)
        st.switch_page(PAGES / "upload.py")
