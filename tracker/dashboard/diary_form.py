"""Writing the diary: four reactions in words, a text, and a photo from home."""

from datetime import date

import streamlit as st

from tracker.clinic.types.own import MOST_WORDS, DiaryDraft
from tracker.clinic.workflow import diary
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import own_cards, state, widgets
from tracker.errors import TrackerError
from tracker.wording import t


def form(clinic: Clinic, patient_id: str, *, photos: bool) -> None:
    """The form of a new entry; it empties itself once the entry is stored.

    Parameters
    ----------
    clinic : Clinic
        In the patient's hands.
    patient_id : str
        Whose diary.
    photos : bool
        Whether a photo may be added: not where the consent to photos was withdrawn.
    """
    turn = int(st.session_state.get(state.DIARY_ROUND, 0))
    with st.form(f"diary_{turn}"):
        day = st.date_input(t("Day"), "today", max_value=date.today(), format=t("YYYY-MM-DD"), key=f"diary_day_{turn}")
        words = [t(one) for one in own_cards.LEVELS]
        chosen = {
            reaction: st.radio(
                t(name),
                range(len(words)),
                index=None,  # what nobody answered must not be stored as none
                format_func=words.__getitem__,
                horizontal=True,
                key=f"diary_{reaction}_{turn}",
            )
            for reaction, name in own_cards.REACTIONS.items()
        }
        text = st.text_area(t("In your words (optional)"), max_chars=MOST_WORDS, height=100, key=f"diary_text_{turn}")
        file = _photo(turn) if photos else None
        saved = st.form_submit_button(t("Save"), type="primary", width="stretch")
    if not saved:
        return
    data = None if file is None else (file.getvalue(), file.name)
    levels = {reaction: level for reaction, level in chosen.items() if level is not None}
    draft = DiaryDraft(day, levels, text, *(data or (None, "")))
    try:
        with st.spinner(t("Saving")):
            diary.write(clinic, patient_id, draft)
    except TrackerError as error:
        st.error(widgets.plain(str(error)))  # what was typed stays in the form
        return
    st.session_state[state.DIARY_ROUND] = turn + 1
    state.tell_once(t("Saved in your diary."))
    st.rerun()


def _photo(turn: int) -> "st.runtime.uploaded_file_manager.UploadedFile | None":
    """A photo of today from the phone's camera or its album; never shown from the page, only from its own address."""
    return st.file_uploader(
        t("Photo from home (optional)"),
        type=widgets.PHOTO_ENDINGS,
        key=f"diary_photo_{turn}",
        help=t("It is kept for you and your clinic. It is not compared with the photos of the clinic."),
    )
