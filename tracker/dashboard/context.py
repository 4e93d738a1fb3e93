"""Who and what a page is about: the patient and the series at its top, and the pair on the compare page."""

from collections.abc import Sequence

import streamlit as st

from tracker.clinic.types import Moment, Patient, PhotoRecord, Series, Session
from tracker.clinic.workflow import intake, photos
from tracker.dashboard import state, widgets

PATIENTS_PAGE = "pages/patients.py"
UPLOAD_PAGE = "pages/upload.py"


def patient_of_page() -> Patient:
    """The chosen patient, with a line to change it; stops the page with a hint where there is none."""
    people = {person.id: person for person in intake.list_patients(state.clinic())}
    if not people:
        widgets.empty("No patients yet", "Add the first patient; photos and comparisons follow from there.")
        st.page_link(PATIENTS_PAGE, label="Add a patient", icon=":material/group:")
        st.stop()
    chosen = state.kept(state.PATIENT, people)
    assert chosen is not None
    if chosen != st.session_state.get(state.PATIENT):
        state.choose_patient(chosen)
    ids = list(people)
    picked = st.selectbox(
        "Patient", ids, index=ids.index(chosen), format_func=lambda one: named(people[one]), key="patient_of_page"
    )
    if picked != chosen:
        state.choose_patient(picked)
        st.rerun()
    return people[chosen]


def series_of_page() -> tuple[Patient, Series]:
    """The chosen patient and series, with a line to change them; stops the page with a hint where there is none."""
    with st.container(key="pair_of_page"):
        left, right = st.columns(2)
    with left:
        patient = patient_of_page()
    known = {series.id: series for series in intake.list_series(state.clinic(), patient.id)}
    chosen = state.kept(state.SERIES, known)
    if chosen is None:
        widgets.empty("No treatment series yet", f"Plan one for {patient.code}: what is treated, where, and how often.")
        st.page_link("pages/timeline.py", label="Plan a series", icon=":material/calendar_month:")
        st.stop()
    ids = list(known)
    with right:
        picked = st.selectbox(
            "Treatment series",
            ids,
            index=ids.index(chosen),
            format_func=lambda one: sentence_case(known[one].title),
            key=f"series_of_page_{patient.id}",
        )
    state.choose_patient(patient.id, picked)
    return patient, known[picked]


def named(patient: Patient) -> str:
    """``"P-001 · Jane Roe"``, or the code alone."""
    return f"{patient.code} · {patient.name}" if patient.name else patient.code


def sentence_case(text: str) -> str:
    """The same text with a capital at its start."""
    return text[:1].upper() + text[1:]


def session_words(session: Session) -> str:
    """``"Session 2 · 4 Apr 2026 · treatment"``."""
    return f"Session {session.number} · {widgets.when(session.date)} · {session.kind}"


def photo_of(session: Session, among: Sequence[PhotoRecord], view: str) -> PhotoRecord | None:
    """The photo that stands for a session in one view: the last one taken before needling, else the last after it."""
    fitting = [photo for photo in among if photo.session_id == session.id and photo.view == view]
    before = [photo for photo in fitting if photo.moment is Moment.BEFORE]
    usable = before or fitting
    return usable[-1] if usable else None


def photos_of_series(series: Series) -> tuple[list[Session], list[PhotoRecord]]:
    """The sessions that have photos, by date, and all their photos."""
    clinic = state.clinic()
    found = [(session, photos.list_photos(clinic, session.id)) for session in intake.list_sessions(clinic, series.id)]
    return [session for session, some in found if some], [photo for _, some in found for photo in some]


def remembered_choice(label: str, options: Sequence[str], key: str, words: dict[str, str] | None = None) -> str:
    """A select box whose choice outlives the page; ``options`` must not be empty."""
    current = state.kept(key, dict.fromkeys(options))
    assert current is not None
    spoken = words or {}
    picked = st.selectbox(
        label,
        list(options),
        index=list(options).index(current),
        format_func=lambda one: spoken.get(one, one),
        key=f"widget_{key}_{hash(tuple(options))}",
    )
    state.keep(key, picked)
    return picked
