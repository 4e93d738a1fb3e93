"""Photos for a kit, gathered in the session and nowhere else, and what was measured from them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import streamlit as st

from tracker.clinic.types import BodySite, Kit
from tracker.clinic.workflow import kits
from tracker.clinic.workflow.repeat_photos import RepeatPhoto, check_different, check_enough, uploaded_repeat
from tracker.clinic.workflow.repeatability import MeasuredKit
from tracker.dashboard import state, widgets
from tracker.errors import InvalidInput, TrackerError
from tracker.wording import mark, t, titled

MOST_HELD = 60
"""Photos held in the memory of one session: 15 subjects, about 300 MB; more go through the command line."""
CLINICS = ""
"""Stands for the clinic's choice where a series has no kit of its own."""
NO_KIT = mark(
    "Verdicts use the noise that ships with the program. Measure that of this room, camera, lamp and card below: it "
    "says how small a change you can see here."
)
_HOW = {
    kits.AUTOMATIC: mark("Automatic: the newest kit of the photos' camera"),
    kits.DEFAULTS: mark("The defaults of the program"),
}
MOST_SUBJECTS, SEATINGS = 30, ("1", "2", "3", "4")


def gathered() -> list[RepeatPhoto]:
    """The photos of this session, in the order of their arrival."""
    return cast("list[RepeatPhoto]", st.session_state.setdefault(state.REPEATS, []))


def measured() -> MeasuredKit | None:
    """What was measured in this session and is not stored yet."""
    return cast("MeasuredKit | None", st.session_state.get(state.MEASURED_KIT))


def keep_measured(found: MeasuredKit | None) -> None:
    """Remember what was measured, and let the photos go."""
    st.session_state[state.MEASURED_KIT] = found
    forget_photos()


def forget_photos() -> None:
    """Let the photos go, and empty the uploader."""
    st.session_state[state.REPEATS] = []
    st.session_state[state.REPEATS_ROUND] = st.session_state.get(state.REPEATS_ROUND, 0) + 1


def at_site(photos: Sequence[RepeatPhoto], site: BodySite) -> list[RepeatPhoto]:
    """The photos as photos of a body site."""
    return [replace(photo, site=str(site)) for photo in photos]


def counted(photos: Sequence[RepeatPhoto]) -> list[tuple[str, dict[str, int]]]:
    """Photos per subject and seating."""
    counts = Counter((photo.subject, photo.seating) for photo in photos)
    return [
        (subject, {seating: number for (one, seating), number in counts.items() if one == subject})
        for subject in dict.fromkeys(photo.subject for photo in photos)
    ]


def next_place(photos: Sequence[RepeatPhoto]) -> tuple[int, int]:
    """Where the next photos most likely belong: index of the subject and of the seating."""
    table = counted(photos)
    if not table:
        return 0, 0
    subject, row = table[-1]
    last = int(subject.removeprefix("Subject ")) - 1
    return (last, 1) if set(row) == {SEATINGS[0]} else (min(last + 1, MOST_SUBJECTS - 1), 0)


def gather() -> BodySite:
    """The body site; with the uploader of one seating, whose photos join those of the session."""
    photos = gathered()
    turn = st.session_state.get(state.REPEATS_ROUND, 0)
    subject_at, seating_at = next_place(photos)
    sites = list(BodySite)
    first, second, third = st.columns(3)
    subjects = [f"Subject {number}" for number in range(1, MOST_SUBJECTS + 1)]
    subject = first.selectbox(
        t("Subject"), subjects, index=subject_at, key=f"repeat_subject_{turn}", format_func=widgets.subject_words
    )
    seating = second.selectbox(t("Seating"), SEATINGS, index=seating_at, key=f"repeat_seating_{turn}")
    site = third.selectbox(t("Body site"), sites, format_func=titled, key="repeat_site")
    files: Any = st.file_uploader(
        t("Photos of this seating"),
        type=widgets.PHOTO_ENDINGS,
        accept_multiple_files=True,
        key=f"repeat_photos_{turn}",
        max_upload_size=60,
    )
    kind: Any = "secondary" if photos else "primary"
    if st.button(t("Add these photos"), key="add_repeats", disabled=not files, type=kind):
        try:
            photos += _opened(photos, (subject, seating), [(file.name, file.getvalue()) for file in files])
        except TrackerError as error:  # nothing is added: a seating is complete, or is sent again
            st.error(widgets.plain(str(error)))
            return site
        st.session_state[state.REPEATS_ROUND] = turn + 1
        st.rerun()
    return site


def _opened(
    photos: Sequence[RepeatPhoto], place: tuple[str, str], files: Sequence[tuple[str, bytes]]
) -> list[RepeatPhoto]:
    """The files as photos of a subject and seating."""
    if len(photos) + len(files) > MOST_HELD:
        raise InvalidInput(
            f"Photos: expected at most {MOST_HELD} on this page, found {len(photos) + len(files)}; measure larger sets "
            "with: tracker repeatability FOLDER."
        )
    new = [uploaded_repeat(*place, name, data) for name, data in files]
    check_different([*photos, *new])
    return new


def enough(photos: Sequence[RepeatPhoto]) -> str:
    """What is still missing, empty where a kit can be measured."""
    try:
        check_enough(photos)
    except TrackerError as missing:
        return str(missing)
    return ""


def choice_words(one: str, known: Mapping[str, Kit]) -> str:
    """How comparisons are judged where the clinic chose this kit, or one of the two choices without a name."""
    return t(_HOW[one]) if one in _HOW else t("Kit: {name}", name=known[one].name)


def series_kit(series_id: str) -> None:
    """A choice of the kit that judges one series; nothing where there is no kit."""
    clinic = state.clinic()
    names = {kit.id: t("Kit: {name}", name=kit.name) for kit in kits.list_kits(clinic)}
    if not names:
        return
    chosen = kits.kit_of_series(clinic, series_id) or CLINICS
    options = [CLINICS, *names]
    picked = st.selectbox(
        t("Judged by"),
        options,
        index=options.index(chosen),
        format_func=lambda one: names.get(one) or t("The clinic's choice (see Repeatability)"),
        key=f"kit_of_{series_id}_{len(options)}",
    )
    if picked != chosen:
        kits.choose_kit_of_series(clinic, series_id, None if picked == CLINICS else picked)
        st.rerun()
