"""Before and after on each other: slider, blink or side by side, with overlays; all in the browser, without a rerun."""

from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from tracker.wording import t

_HERE = Path(__file__).parent
_VIEWER = st.components.v2.component(
    "skin_viewer",
    html=(_HERE / "viewer.html").read_text("utf-8"),
    css=(_HERE / "viewer.css").read_text("utf-8"),
    js=(_HERE / "viewer.js").read_text("utf-8"),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """The colours of an overlay from low to high, as ``"#rrggbb"``, and the words at both ends."""

    low: str
    high: str
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerView:
    """One overlay: its button, its two pictures and how to read it."""

    label: str
    before: str
    after: str
    legend: str
    scale: Scale | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands on the two photos."""

    before: str
    after: str


def viewer(
    layers: list[LayerView], labels: Labels, *, aligned: bool, key: str, focus: tuple[float, float] = (0.5, 0.5)
) -> None:
    """Two photos to compare.

    Parameters
    ----------
    layers : list of LayerView
        The first is shown first; addresses on this server.
    labels : Labels
        Of the two photos.
    aligned : bool
        Whether both lie in one frame; without it they can only be shown side by side.
    key : str
        Of this component on the page.
    focus : tuple of float
        The point that stays in sight when the photos are magnified, as shares of width and height.
    """
    data = {
        "layers": [asdict(one) for one in layers],
        "before": labels.before,
        "after": labels.after,
        "focus": list(focus),
        "aligned": aligned,
        "words": _words(),
    }
    _VIEWER(key=key, data=data)


def _words() -> dict[str, str]:
    return {
        "slider": t("Slider"),
        "blink": t("Blink"),
        "sides": t("Side by side"),
        "fit": t("Fit"),
        "modes_group": t("How to compare"),
        "layers_group": t("What to draw on the photos"),
        "zooms_group": t("Magnification"),
        "slide": t("Slide between the earlier and the later photo"),
        "at": t("{share} % from the left is the earlier photo"),
        "turn": t("Turn between the two photos"),
        "frame": t("The two photos"),
    }
