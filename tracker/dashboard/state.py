"""The opened clinic, and every key of the session state. No other file names a key that outlives a page."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from tracker.clinic.types import Patient, Series
from tracker.clinic.workflow import door, intake
from tracker.clinic.workflow.clinic import Clinic, default_home
from tracker.clinic.workflow.door import Present
from tracker.clinic.workflow.seeing import GLANCES
from tracker.dashboard.workers import workers_need_no_main
from tracker.errors import NotFound
from tracker.imaging.types import Points
from tracker.wording import t

workers_need_no_main()

PATIENT = "chosen_patient"
SERIES = "chosen_series"
EARLIER = "chosen_earlier_session"
LATER = "chosen_later_session"
VIEW = "chosen_view"
ROUGH = "rough_drawings"
OUTLINE_TURN = "outline_turn"
UPLOAD_SESSION = "upload_session"
UPLOADED = "uploaded_photo_ids"
UPLOAD_ERRORS = "upload_errors"
UPLOAD_ROUND = "upload_round"
REPEATS = "repeat_photos"
REPEATS_ROUND = "repeat_round"
MEASURED_KIT = "measured_kit"
LANGUAGE = "language"
HERE = "who_is_here_in_this_run"
BLINDED = "blinded_token"
BLINDED_ANSWER = "blinded_answer"
OWN_PAIR = "chosen_own_pair"
DIARY_ROUND = "diary_round"
CONSENT_ASKED = "asked_consent"
TOLD = "told_once"
AFTERCARE_LINES = "aftercare_lines"
AFTERCARE_ROUND = "aftercare_round"
BOOKED_SERIES = "booked_series"
MOVED_BOOKING = "moved_booking"
INVITATION = "patient_invitation"
UPLOAD_VIEWS = "upload_views"
NEW_LINK = "new_link"
ACCOUNTS_ROUND = "accounts_round"
PASSWORD_ROUND = "password_round"  # noqa: S105  a counter
FACTOR = "second_factor"
ACCOUNT_DONE = "account_done"
AUDIT_BEFORE = "audit_before"
AUDIT_CODE = "audit_code"

_OPENED: dict[Path, Clinic] = {}
_LOCK = threading.Lock()


def opened() -> Clinic:
    """The clinic of ``TRACKER_HOME``, opened once per process and folder, in the hands of its operator.

    For the gate and the door alone: what a person asks for goes through :func:`clinic`, or through
    :func:`tracker.dashboard.routes.clinic_of`.

    Raises
    ------
    StoreUnavailable
        The folder cannot be used.
    """
    home = default_home()
    with _LOCK:
        if home not in _OPENED:
            _OPENED[home] = Clinic.open(home)
        return _OPENED[home]


def me() -> Present:
    """Who is signed in on this page, read anew at each run of it; the page stops where nobody is any more.

    A tab that was open when its person signed out, or was disabled, shows nothing further.
    """
    context = get_script_run_ctx(suppress_warning=True)
    run = None if context is None else context.cursors  # each run of a page, or of a part of it, has its own
    known: tuple[object, Present | None] = st.session_state.get(HERE, (None, None)) if run is not None else (None, None)
    if known[1] is not None and known[0] is run:
        return known[1]
    here = door.present(opened(), sign_in_id=sign_in_id())
    if run is not None:
        st.session_state[HERE] = (run, here)
    if here is None:
        st.html(
            f'<p class="spt-empty"><a href="/login" target="_self">{t("You are signed out. Sign in again.")}</a></p>'
        )
        st.stop()
    return here


def sign_in_id() -> str:
    """Id of the sign-in that the gate let in; empty without a gate."""
    return str(st.user.to_dict().get("sign_in", ""))


def clinic() -> Clinic:
    """The clinic in the hands of the person of this page: every use case asks whether that person may.

    Raises
    ------
    StoreUnavailable
        The folder cannot be used.
    """
    return opened().acting(me().actor)


def language() -> str:
    """Code of the language of this page; empty outside of one."""
    return str(st.session_state.get(LANGUAGE, "")) if get_script_run_ctx(suppress_warning=True) else ""


def close_all() -> None:
    """Close every opened clinic; at the end of the server or of a test."""
    GLANCES.settle()
    with _LOCK:
        while _OPENED:
            _OPENED.popitem()[1].close()


def keep(key: str, value: str) -> None:
    """Remember a choice beyond the page: a widget's own value is lost when the page changes."""
    st.session_state[key] = value


def kept(key: str, among: Mapping[str, object]) -> str | None:
    """The remembered choice if it is still among the options, else the first option, else None."""
    chosen = st.session_state.get(key)
    return chosen if chosen in among else next(iter(among), None)


def turn() -> int:
    """Counts what should drop unsaved corners of the outline editor: a choice, something saved or taken back."""
    return int(st.session_state.get(OUTLINE_TURN, 0))


def next_turn() -> None:
    """Drop the unsaved corners."""
    st.session_state[OUTLINE_TURN] = turn() + 1


def rough(where: str) -> Points | None:
    """The rough drawing near which an edge is looked for, by photo and kind of area; never stored."""
    drawings: dict[str, Points] = st.session_state.get(ROUGH, {})
    return drawings.get(where)


def keep_rough(where: str, corners: Points | None) -> None:
    """Remember a rough drawing, or forget it; only the last is kept."""
    st.session_state[ROUGH] = {} if corners is None else {where: corners}


def choose_patient(patient_id: str, series_id: str = "") -> None:
    """Make this the patient, and the series, of every page."""
    if st.session_state.get(PATIENT) != patient_id or st.session_state.get(SERIES) != series_id:
        for key in (SERIES, EARLIER, LATER, VIEW, ROUGH, UPLOAD_SESSION, UPLOADED, UPLOAD_ERRORS, UPLOAD_VIEWS):
            st.session_state.pop(key, None)
    st.session_state[PATIENT] = patient_id
    if series_id:
        st.session_state[SERIES] = series_id


def chosen_patient() -> Patient | None:
    """The patient of every page, or None where nobody is chosen yet."""
    patient_id = st.session_state.get(PATIENT)
    if patient_id is None:
        return None
    try:
        return intake.get_patient(clinic(), patient_id)
    except NotFound:
        st.session_state.pop(PATIENT)
        return None


def chosen_series(patient: Patient) -> Series | None:
    """The series of every page, or None where the patient has none."""
    by_id = {series.id: series for series in intake.list_series(clinic(), patient.id)}
    chosen = kept(SERIES, by_id)
    return by_id[chosen] if chosen else None


def uploaded(stored: Sequence[object], errors: list[str]) -> None:
    """Keep the answers of one upload for the next run, and empty the uploader, which frees the files' memory."""
    st.session_state[UPLOADED] = stored
    st.session_state[UPLOAD_ERRORS] = errors
    st.session_state[UPLOAD_ROUND] = st.session_state.get(UPLOAD_ROUND, 0) + 1


def tell_once(words: str, where: str = "") -> None:
    """Say something on the next run, after what was done; ``where`` names the part of the page that says it."""
    st.session_state[TOLD] = (words, where)


def told_once(where: str = "") -> str:
    """What was to be said in this part of the page, once; empty where nothing was."""
    words, place = st.session_state.get(TOLD, ("", ""))
    if place != where:
        return ""
    st.session_state.pop(TOLD, None)
    return str(words)
