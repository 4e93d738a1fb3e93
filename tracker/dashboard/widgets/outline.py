"""Drawing the treated area on a photo: tap corners, drag them, save."""

from collections.abc import Sequence
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


def outline_editor(address: str, size: tuple[int, int], polygon: Points | None, *, key: str) -> Points | None:
    """The polygon that was just saved, in pixels of the upright photo, or None.

    Parameters
    ----------
    address : str
        Of the photo on this server.
    size : tuple of int
        Width and height of the photo in pixels; the shown preview may be smaller.
    polygon : Points or None
        Corners to start from.
    key : str
        Of this component on the page.
    """
    corners: Sequence[Sequence[float]] = [] if polygon is None else polygon.tolist()
    data = {"address": address, "width": size[0], "height": size[1], "corners": corners}
    result = _EDITOR(key=key, data=data, on_saved_change=lambda: None)
    saved = result.get("saved")
    return None if not saved else np.asarray(saved, np.float64).reshape(-1, 2)
