"""Drawing an area on a photo: tap corners, drag them, save."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st

from tracker.imaging.types import Points
from tracker.wording import t

_HERE = Path(__file__).parent
_EDITOR = st.components.v2.component(
    "skin_outline",
    html=(_HERE / "outline.html").read_text("utf-8"),
    css=(_HERE / "outline.css").read_text("utf-8"),
    js=(_HERE / "outline.js").read_text("utf-8"),
)
ANEW = "anew"
"""Name of the start of an outline that was drawn on the photo alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """What is drawn on.

    Parameters
    ----------
    address : str
        Of the photo on this server.
    size : tuple of int
        Width and height of the photo in pixels; the shown preview may be smaller.
    beside : Points or None
        The area of the other kind on the same photo, shown but not edited.
    reference : str
        ``"drawn"`` where reference skin is drawn and the treated area shown beside it, ``"beside"`` the other way
        round: each has its own colour.
    seeks : bool
        Whether the program can look for the edge that a rough drawing points at.
    """

    address: str
    size: tuple[int, int]
    beside: Points | None = field(default=None, repr=False)
    reference: str = "beside"
    seeks: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Outlined:
    """What a person did with the outline.

    Parameters
    ----------
    corners : Points
        In pixels of the upright photo.
    start : str
        Name of the outline that it was made from; :data:`ANEW` where it was drawn on the photo alone.
    rough : bool
        It only points at an edge that the program should look for; False to save it.
    """

    corners: Points = field(repr=False)
    start: str
    rough: bool


def outline_editor(canvas: Canvas, polygon: Points | None, *, start: str, turn: int, key: str) -> Outlined | None:
    """What was just saved or pointed at, or None.

    Parameters
    ----------
    canvas : Canvas
        The photo.
    polygon : Points or None
        Corners to start from.
    start : str
        Their name, which comes back with what was made of them.
    turn : int
        Another number drops unsaved corners; with the same, they outlive other corners to start from.
    key : str
        Of this component on the page.
    """
    data = {
        "address": canvas.address,
        "width": canvas.size[0],
        "height": canvas.size[1],
        "corners": _listed(polygon),
        "beside": _listed(canvas.beside),
        "reference": canvas.reference,
        "seeks": canvas.seeks,
        "start": start if polygon is not None else ANEW,
        "turn": turn,
        "words": _words(canvas),
    }
    result = _EDITOR(key=key, data=data, on_saved_change=lambda: None, on_rough_change=lambda: None)
    for name in ("saved", "rough"):
        if done := result.get(name):
            corners = np.asarray(done["corners"], np.float64).reshape(-1, 2)
            return Outlined(corners, str(done["start"]), name == "rough")
    return None


def _words(canvas: Canvas) -> dict[str, str]:
    begin = t("Tap at least three corners round the treated skin.")
    if canvas.reference == "drawn":
        begin = t("Tap at least three corners round the untreated reference skin.")
    return {
        "undo": t("Undo"),
        "clear": t("Start again"),
        "save": t("Save this area"),
        "seek": t("Find the edge near this"),
        "photo": t("Photo to draw on"),
        "outline": t("Outline of the area"),
        "begin": begin,
        "go_on": t("Drag a corner, or tap to add one."),
    }


def _listed(polygon: Points | None) -> Sequence[Sequence[float]]:
    return [] if polygon is None else polygon.tolist()
