"""Who and what a page is about: the patient and the series at its top, and the pair on the compare page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import streamlit as st

from tracker.clinic.records.finding import Who
from tracker.clinic.types import Moment, Patient, PhotoRecord, Series, SeriesPlan, Session, View
from tracker.clinic.workflow import intake, photos, review
from tracker.dashboard import state, widgets
from tracker.wording import capital, t

PAGES = Path(__file__).parent / "pages"
MOST_OFFERED = 50
"""Patients in the select box of a page, which goes to the browser whole on every click: 2,000 take 0.1 s and 60 kB."""
SEARCH_PX = 220


def patient_of_page() -> Patient:
    """The chosen patient, with a line to change it; stops the page with a hint where there is none."""
    clinic, patient = state.clinic(), state.chosen_patient()
    found = intake.find_patients(clinic, "", MOST_OFFERED)
    if not found.total:
        widgets.empty(t("No patients yet"), t("Add the first patient; photos and comparisons follow from there."))
        st.page_link(PAGES / "patients.py", label=t("Add a patient"), icon=":material/group:")
        st.stop()
    if patient is None:
        _turn_to(found.patients[0].id)
    with st.container(horizontal=True, key="who_of_page", vertical_alignment="bottom"):
        if found.total > MOST_OFFERED:
            found = _searched(patient, found)
        offered = {one.id: named(one) for one in found.patients}
        offered = offered if patient.id in offered else {patient.id: named(patient)} | offered
        ids = list(offered)
        picked = st.selectbox(
            t("Patient"),
            ids,
            index=ids.index(patient.id),
            format_func=lambda one: offered[one],
            key=f"patient_of_page_{patient.id}_{hash(tuple(ids))}",
        )
    if picked != patient.id:
        _turn_to(picked)
    return patient


def _searched(patient: Patient, everybody: intake.Found) -> intake.Found:
    """Whom the select box offers in a big clinic: who fits what was typed; a single one is chosen at once."""
    label = t("Search by code or name")
    wanted = st.text_input(label, key=f"search_of_page_{patient.id}", placeholder="P-001", width=SEARCH_PX).strip()
    if not wanted:
        return everybody
    found = intake.find_patients(state.clinic(), wanted, MOST_OFFERED)
    if found.total == 1 and found.patients[0].id != patient.id:
        _turn_to(found.patients[0].id)
    if not found.total:
        st.caption(t("Nobody found"))
    return found


def _turn_to(patient_id: str) -> NoReturn:
    """Make this the patient, and draw the page anew."""
    state.choose_patient(patient_id)
    st.rerun()


def series_of_page() -> tuple[Patient, Series]:
    """The chosen patient and series, with a line to change them; stops the page with a hint where there is none."""
    with st.container(key="pair_of_page"):
        left, right = st.columns(2)
    with left:
        patient = patient_of_page()
    known = {series.id: series for series in intake.list_series(state.clinic(), patient.id)}
    chosen = state.kept(state.SERIES, known)
    if chosen is None:
        hint = t("Plan one for {patient}: what is treated, where, and how often.", patient=patient.code)
        widgets.empty(t("No treatment series yet"), hint)
        st.page_link(PAGES / "timeline.py", label=t("Plan a series"), icon=":material/calendar_month:")
        st.stop()
    ids, words = list(known), told_apart({one.id: series_words(one) for one in known.values()})
    with right:
        picked = st.selectbox(
            t("Treatment series"),
            ids,
            index=ids.index(chosen),
            format_func=lambda one: words[one],
            key=f"series_of_page_{patient.id}",
        )
    state.choose_patient(patient.id, picked)
    return patient, known[picked]


def told_apart(words: Mapping[str, str]) -> dict[str, str]:
    """The same words by id, with a number where several say the same: a select box knows its options by their words."""
    often, seen = Counter(words.values()), Counter[str]()
    found = {}
    for one, said in words.items():
        seen[said] += 1
        found[one] = f"{said} ({seen[said]})" if often[said] > 1 else said
    return found


def named(patient: Patient | Who) -> str:
    """``"P-001 · Jane Roe"``, or the code alone."""
    return f"{patient.code} · {patient.name}" if patient.name else patient.code


def series_words(series: Series) -> str:
    """Indication and place, with a capital at the start: ``"Acne scars, face (left cheek)"``."""
    return plan_words(series.plan)


def plan_words(plan: SeriesPlan) -> str:
    """The same of a plan."""
    where = f"{t(plan.site)} ({t(plan.detail)})" if plan.detail else t(plan.site)
    return capital(f"{t(plan.indication)}, {where}")


def session_words(session: Session) -> str:
    """``"4 Apr 2026 · session 2, treatment"``: the day first, because a phone cuts the rest."""
    return t(
        "{day} · session {number}, {kind}", day=widgets.when(session.date), number=session.number, kind=t(session.kind)
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sessions and the photo that stands for each, in one view and moment."""

    earlier: Session
    later: Session
    before: PhotoRecord
    after: PhotoRecord


def pair_of_page(series: Series) -> Pair:
    """The two sessions and the view to compare; stops the page with a hint where there are no two."""
    clinic = state.clinic()
    held = {session.id: session for session in intake.list_sessions(clinic, series.id)}
    known = {one: _by_view(found) for one, found in review.leads_of(clinic, series.id).items()}
    ids = [one for one in held if known[one]]
    if len(ids) < 2:
        widgets.empty(
            t("Two sessions with photos are needed"), t("So far there is one." if ids else "So far there are none.")
        )
        st.page_link(PAGES / "upload.py", label=t("Add photos"), icon=":material/add_a_photo:")
        st.stop()
    words = {one: session_words(held[one]) for one in ids}
    with st.container(key="pair_of_sessions"):
        first, second = st.columns(2)
    with first:
        earlier = remembered_choice(t("Earlier"), ids[:-1], state.EARLIER, words)
    with second:
        later = remembered_choice(t("Later"), ids[: ids.index(earlier) : -1], state.LATER, words)
    views = [view for view in known[earlier] if view in known[later]]
    if not views:
        hint = t("These sessions have no photos of the same view. Add one, or choose others.")
        widgets.empty(t("No view in common"), hint)
        st.stop()
    spoken = {one: t(one) for one in views}
    view = remembered_choice(t("View"), views, state.VIEW, spoken) if len(views) > 1 else views[0]
    return Pair(held[earlier], held[later], known[earlier][view], known[later][view])


def _by_view(leads: Sequence[PhotoRecord]) -> dict[str, PhotoRecord]:
    """The photo that stands for each view: of those taken before needling, else of those after it."""
    ordered = sorted(leads, key=lambda photo: photo.moment is Moment.BEFORE)  # later entries win
    return {str(photo.view): photo for photo in ordered}


def usual_view(session_ids: Sequence[str]) -> View:
    """The view of the newest photo of these sessions, given by date: a new photo is best taken the same way."""
    for one in reversed(session_ids):
        stored = photos.list_photos(state.clinic(), one)
        if stored:
            return stored[-1].view
    return View.FRONTAL


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
