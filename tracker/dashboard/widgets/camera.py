"""The browser's camera with the last photo of the view laid over it, words of coaching, and a shutter.

The picture goes straight to ``/capture``; nothing of it passes through Streamlit.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from tracker.clinic.types import Moment, PhotoRecord, View
from tracker.wording import t

_HERE = Path(__file__).parent
_CAMERA = st.components.v2.component(
    "skin_camera",
    html=(_HERE / "camera.html").read_text("utf-8"),
    css=(_HERE / "camera.css").read_text("utf-8"),
    js=(_HERE / "camera.js").read_text("utf-8"),
)
GHOST_WIDTH = 1200  # px; twice the width at which it is shown on a phone


@dataclass(frozen=True, slots=True)
class Shot:
    """What is to be taken.

    Parameters
    ----------
    session_id : str
        Session that the photo will belong to.
    view : View
        How it shows the site.
    moment : Moment
        Before or after needling.
    ghost : PhotoRecord or None
        The last photo of the view, laid over the camera's picture; the photo gets its shape.
    """

    session_id: str
    view: View
    moment: Moment = Moment.BEFORE
    ghost: PhotoRecord | None = None


def camera(shot: Shot, *, key: str) -> str | None:
    """The id of the photo that was just stored, or None.

    Parameters
    ----------
    shot : Shot
        May change between runs: the camera goes on, for the next view.
    key : str
        Of this component on the page.
    """
    ghost = shot.ghost
    data = {
        "take": f"/capture/{shot.session_id}?view={shot.view.name}&moment={shot.moment.name}",
        "coach": f"/coach/{shot.session_id}?view={shot.view.name}",
        "ghost": None if ghost is None else f"/img/{ghost.id}?w={GHOST_WIDTH}",
        "ratio": None if ghost is None else ghost.size[0] / ghost.size[1],
        "words": _words(shot),
    }
    result = _CAMERA(key=key, data=data, on_stored_change=lambda: None)
    stored = result.get("stored")
    return str(stored) if stored else None


def _words(shot: Shot) -> dict[str, str]:
    return {
        "camera": t("Camera"),
        "view": t("View: {view}", view=t(str(shot.view))),
        "open": t("Start the camera"),
        "stop": t("Stop the camera"),
        "private": t("Nothing is stored before you keep a photo."),
        "picture": t("Picture of the camera. Space or Enter takes the photo."),
        "take": t("Take the photo"),
        "which": t("Which camera"),
        "unnamed": t("Camera {number}"),
        "ghost": t("Show the last photo"),
        "noGhost": t("First photo of this view: there is no last photo to lay over."),
        "strength": t("How strongly the last photo is shown"),
        "grid": t("Grid"),
        "coach": t("Say what to change"),
        "looking": t("Looking at the picture"),
        "checking": t("Checking the photo"),
        "storing": t("Storing the photo"),
        "stored": t("Stored."),
        "taken": t("The photo just taken"),
        "keep": t("Keep"),
        "keepAnyway": t("Keep it anyway"),
        "again": t("Take it again"),
        "insecure": t(
            "The browser gives no camera to this page: open it over https, or on this computer as localhost."
        ),
        "refused": t(
            "The camera is not allowed. Allow it for this page in the browser's settings, then start it again."
        ),
        "none": t("No camera was found. Connect one and start again, or add photos as files."),
        "occupied": t("Another program uses the camera. Close it, then start the camera again."),
        "broken": t("The camera does not start. Connect it again, or add photos as files."),
        "lost": t("The server does not answer. Check the connection and try again."),
    }
