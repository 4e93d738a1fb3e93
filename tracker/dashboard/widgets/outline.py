"""Drawing an area on a photo: tap corners, drag them, save."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st

from tracker.imaging.types import Points

_HERE = Path(__file__).parent
_EDITOR = st.components.v2.component(
    "skin_outline",
    html=(_HERE / "outline.html").read_text("utf-8"),
    css=(_HERE / "outline.css").read_text("utf-8"),
    js=(_HERE / "outline.js").read_text("utf-8"),
)


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
    """

    address: str
    size: tuple[int, int]
    beside: Points | None = field(default=None, repr=False)


def outline_editor(canvas: Canvas, polygon: Points | None, *, reference: str, key: str) -> Points | None:
    """The polygon that was just saved, in pixels of the upright photo, or None.

    Parameters
    ----------
    canvas : Canvas
        The photo.
    polygon : Points or None
        Corners to start from.
    reference : str
        ``"drawn"`` where reference skin is drawn and the treated area shown beside it, ``"beside"`` the other way
        round: each has its own colour.
    key : str
        Of this component on the page.
    """
    data = {
        "address": canvas.address,
        "width": canvas.size[0],
        "height": canvas.size[1],
        "corners": _listed(polygon),
        "beside": _listed(canvas.beside),
        "reference": reference,
    }
    result = _EDITOR(key=key, data=data, on_saved_change=lambda: None)
    saved = result.get("saved")
    return None if not saved else np.asarray(saved, np.float64).reshape(-1, 2)


def _listed(polygon: Points | None) -> Sequence[Sequence[float]]:
    return [] if polygon is None else polygon.tolist()
