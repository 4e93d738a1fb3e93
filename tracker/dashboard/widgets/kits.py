"""Kits on the screen: how one is measured, which there are, and what they can see."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from tracker.clinic.types import Kit, KitLabels
from tracker.exports.kits import kit_sentences, kit_view
from tracker.imaging.change import Component
from tracker.wording import mark, t, when

STEPS = (
    (
        mark("Set up"),
        mark("Room, lamp, camera and card as for patients. Choose subjects whose skin will not change: volunteers."),
    ),
    (mark("Shoot twice"), mark("Two photos in the same position, a breath apart.")),
    (
        mark("Re-seat, shoot twice again"),
        mark("The subject stands up, the camera is put down; best on another day."),
    ),
    (
        mark("At least three subjects, better ten"),
        mark("The program compares all photos of each subject and tells what is noise."),
    ),
)

SCOPES = (mark("within-visit"), mark("between-visit"))
"""Words of ``Kit.scope``."""


def protocol() -> None:
    """The four steps, in a row at the desk and one below the other on a phone."""
    cards = "".join(
        f"<div><b>{number}. {escape(t(title))}</b>{escape(t(text))}</div>"
        for number, (title, text) in enumerate(STEPS, 1)
    )
    st.html(f'<div class="spt-steps">{cards}</div>')


def kit_cards(kits: Sequence[Kit], used: set[str], doubts: Sequence[Sequence[str]]) -> None:
    """One card per kit with its date, its set-up and what should be known about it."""
    cards = []
    for kit, remarks in zip(kits, doubts, strict=True):
        labels = kit.labels
        facts = [t("measured {day}", day=when(kit.measured)), t(kit.scope), labels.camera or t("camera not named")]
        facts += [text for text in (labels.room, labels.lamp, labels.card) if text]
        state = t("Not in use")
        if kit.id in used:
            camera = labels.camera or t("any camera")
            state = t("In use for photos of {camera}", camera=camera)
        notes = "".join(f'<div class="spt-note">{escape(text)}</div>' for text in remarks)
        kind = " changed" if kit.id in used else ""
        cards.append(
            f'<div class="spt-verdict{kind}"><b>{escape(state)}</b>{escape(kit.name)}'
            f'<div class="spt-dim">{escape(" · ".join(facts))}</div>{notes}</div>'
        )
    st.html("".join(cards))


def kit_findings(components: Sequence[Component]) -> None:
    """What a kit can see: a sentence per measure, and the table behind them."""
    st.html("".join(f'<div class="spt-verdict">{escape(one)}</div>' for one in kit_sentences(components)))
    view = kit_view(components)
    st.dataframe(view.loc[:, [name for name in view if (view[name] != "").any()]], hide_index=True)
    st.caption(
        t(
            "SEM: standard error of measurement of one photo. SDC: smallest detectable change, 1.96 × √2 × SEM. "
            "Seen from: what verdicts use; the upper 80 % limit while there are fewer than 20 degrees of freedom (df). "
            "ICC: share of the variance that is between subjects; it rises with how much they differ."
        )
    )


def gathered_table(counts: Sequence[tuple[str, dict[str, int]]]) -> None:
    """How many photos there are of each subject and seating."""
    seatings = sorted({seating for _, row in counts for seating in row} | {"1", "2"})
    head = "".join(f"<th>{escape(t('Seating {number}', number=one))}</th>" for one in seatings)
    rows = "".join(
        f"<tr><td>{escape(subject_words(subject))}</td>"
        + "".join(f"<td>{row.get(one, 0) or '–'}</td>" for one in seatings)
        + "</tr>"
        for subject, row in counts
    )
    st.html(f'<table class="spt-table"><tr><th>{escape(t("Subject"))}</th>{head}</tr>{rows}</table>')


def subject_words(subject: str) -> str:
    """``"Subject 3"``, which is also how the photos of a kit name it, in the language of this moment."""
    return t("Subject {number}", number=subject.removeprefix("Subject "))


def kit_inputs(key: str, camera: str) -> KitLabels:
    """Name and set-up of a new kit."""
    left, right = st.columns(2)
    example = t("Room 2, phone on stand")
    name = left.text_input(t("Name of the kit"), key=f"{key}_name", max_chars=80, placeholder=example)
    room = right.text_input(t("Room (optional)"), key=f"{key}_room", max_chars=200)
    lamp = left.text_input(t("Lamp (optional)"), key=f"{key}_lamp", max_chars=200)
    card = right.text_input(t("Card (optional)"), key=f"{key}_card", max_chars=200)
    shown = left.text_input(
        t("Camera"),
        value=camera,
        key=f"{key}_camera_{camera}",
        max_chars=200,
        disabled=bool(camera),
        help=t("As the photos name it: by it the kit is found for a patient's photos."),
    )
    return KitLabels(name.strip(), room.strip(), shown.strip(), lamp.strip(), card.strip())
