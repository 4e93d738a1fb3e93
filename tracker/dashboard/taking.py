"""The page of one session: writing it down, the photo protocol of its site as a checklist, camera and files."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from tracker.clinic.types import Moment, PhotoRecord, Series, Session, SessionKind, View
from tracker.clinic.types.protocol import PhotoProtocol
from tracker.clinic.workflow import capture, intake, photos, viewing
from tracker.dashboard import state, widgets
from tracker.dashboard.capture_words import verdict_words
from tracker.dashboard.context import session_words
from tracker.dashboard.widgets.camera import Shot, camera
from tracker.errors import TrackerError
from tracker.wording import n, t

NEW = "new"


@dataclass(frozen=True, slots=True)
class Reported:
    """One photo that was just stored, with what is said about it."""

    photo: PhotoRecord
    accept: bool
    lines: tuple[str, ...]


def choose_session(series: Series, sessions: dict[str, Session]) -> Session | None:
    """The session of the page; None for a new one."""
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
    return sessions.get(picked)


def write_down(series: Series, sessions: dict[str, Session]) -> None:
    """The form of a new session."""
    treated = [one.visit for one in sessions.values() if one.kind is SessionKind.TREATMENT]
    with st.container(border=True):
        kind = SessionKind.BASELINE if not sessions else SessionKind.TREATMENT
        visit = widgets.visit_inputs("new_session", kind, series.plan.site, treated[-1] if treated else None)
        if st.button(t("Write down this session"), type="primary", key="add_session"):
            added = intake.add_session(state.clinic(), series.id, visit)
            for key in [str(key) for key in st.session_state if str(key).startswith("new_session")]:
                del st.session_state[key]  # the next session begins with an empty form
            state.keep(state.UPLOAD_SESSION, added.id)
            st.rerun()
    st.caption(t("Write the session down first; then add its photos here."))


def checklist(session: Session, protocol: PhotoProtocol) -> list[View]:
    """What to prepare, which views are taken and which are missing; returns the missing ones."""
    clinic = state.clinic()
    missing = list(capture.missing_views(clinic, session.id))
    taken = {photo.view for photo in photos.list_photos(clinic, session.id)}
    wanted = list(dict.fromkeys([*protocol.views, *missing, *taken]))
    marks = [f":green-badge[{t('taken')}]" if view in taken else f":gray-badge[{t('missing')}]" for view in wanted]
    lines = [f"- {sign} {widgets.plain(t(str(view)))}" for view, sign in zip(wanted, marks, strict=True)]
    st.markdown("\n".join(lines))
    with st.expander(t("How this site is photographed"), expanded=not taken):
        rules = [protocol.pose, protocol.distance, protocol.light, protocol.camera, protocol.background]
        rules_said = [t(rule) for rule in rules]
        rules_said += [t("Take off: {what}", what=t(one)) for one in protocol.remove]
        if protocol.card:
            rules_said.append(t("Lay the calibration card beside the skin, all four corners in the frame."))
        st.markdown("\n".join(f"- {widgets.plain(rule)}" for rule in rules_said))
    return missing


def which(session: Session, missing: Sequence[View], usual: View, key: str) -> tuple[View, Moment]:
    """View and moment of the next photo: the first view that is missing is suggested."""
    left, right = st.columns(2)
    views, moments = list(View), list(Moment)
    first = missing[0] if missing else usual
    view = left.selectbox(
        t("View"),
        views,
        index=views.index(first),
        key=f"{key}_view_{session.id}_{first.name}",
        help=t("Only photos of the same view are compared."),
        format_func=t,
    )
    moment = Moment.BEFORE
    if session.kind is SessionKind.TREATMENT:
        moment = right.selectbox(t("Taken"), moments, key=f"{key}_moment", format_func=t)
    return view, moment


def by_camera(session: Session, view: View, moment: Moment) -> None:
    """The browser's camera with the last photo of the view laid over it."""
    ghost = capture.ghost_of(state.clinic(), session.id, view)
    stored = camera(Shot(session.id, view, moment, ghost), key="camera")
    if stored:
        st.rerun()  # the checklist above knows the photo now


def by_files(session: Session, view: View, moment: Moment) -> None:
    """Many files at once: the view of each is suggested, each is stored and judged, with progress."""
    turn = st.session_state.get(state.UPLOAD_ROUND, 0)
    files = st.file_uploader(
        t("Photos of this session"),
        type=widgets.PHOTO_ENDINGS,
        accept_multiple_files=True,
        key=f"photos_{turn}",
        max_upload_size=60,
    )
    views = [_view_of(session, file, view) for file in files]
    store = n("Store {count} photo", "Store {count} photos", len(files)) if files else t("Store photos")
    if st.button(store, type="primary", disabled=not files, key="store"):
        stored, errors = [], []
        with widgets.progress_bar(t("Storing and checking")) as advance:
            for done, (file, shown) in enumerate(zip(files, views, strict=True), 1):
                try:
                    photo = photos.add_photo(state.clinic(), session.id, file.getvalue(), file.name, shown, moment)
                    stored.append(_reported(photo))
                except TrackerError as error:
                    errors.append(str(error))
                advance(done, len(files))
        st.session_state.pop(state.UPLOAD_VIEWS, None)
        state.uploaded(stored, errors)
        st.rerun()


def _view_of(session: Session, file: UploadedFile, usual: View) -> View:
    """The view of one file: as the program suggests, or as the person corrects it."""
    suggested: dict[str, View | None] = st.session_state.setdefault(state.UPLOAD_VIEWS, {})
    if file.file_id not in suggested:
        with st.spinner(t("Looking which view {name} shows", name=file.name)):
            suggested[file.file_id] = viewing.suggested_view(state.clinic(), session.id, file.getvalue())
    view, views = suggested[file.file_id] or usual, list(View)
    return st.selectbox(
        t("View of {name}", name=widgets.plain(file.name)),
        views,
        index=views.index(view),
        format_func=t,
        key=f"view_{file.file_id}_{view.name}",
    )


def _reported(photo: PhotoRecord) -> Reported:
    verdict = capture.examine(state.clinic(), photo.id)
    return Reported(photo, verdict.accept, tuple(verdict_words(verdict)))


def told() -> bool:
    """What became of the files that were just stored; whether there were any."""
    for message in st.session_state.get(state.UPLOAD_ERRORS, []):
        st.error(widgets.plain(message))
    stored: list[Reported] = st.session_state.get(state.UPLOADED, [])
    for one in stored:
        widgets.verdict_report(one.photo, one.accept, one.lines)
    return bool(stored)
