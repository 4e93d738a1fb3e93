"""A body and a face to point at: which site is treated, and which part of it. Left and right are the patient's own."""

from pathlib import Path

import streamlit as st

from tracker.clinic.types import BodySite
from tracker.wording import mark, t

_HERE = Path(__file__).parent
_MAP = st.components.v2.component(
    "skin_body_map",
    html=(_HERE / "body_map.html").read_text("utf-8"),
    css=(_HERE / "body_map.css").read_text("utf-8"),
    js=(_HERE / "body_map.js").read_text("utf-8"),
)
ZONES = {
    "face": (BodySite.FACE, ""),
    "forehead": (BodySite.FACE, mark("forehead")),
    "eyes": (BodySite.FACE, mark("around the eyes")),
    "nose": (BodySite.FACE, mark("nose")),
    "cheek-right": (BodySite.FACE, mark("right cheek")),
    "cheek-left": (BodySite.FACE, mark("left cheek")),
    "mouth": (BodySite.FACE, mark("around the mouth")),
    "chin": (BodySite.FACE, mark("chin")),
    "neck": (BodySite.NECK, mark("front")),
    "nape": (BodySite.NECK, mark("nape")),
    "decollete": (BodySite.DECOLLETE, ""),
    "abdomen": (BodySite.ABDOMEN, ""),
    "back-upper": (BodySite.BACK, mark("upper back")),
    "back-lower": (BodySite.BACK, mark("lower back")),
    "arm-right": (BodySite.ARMS, mark("right upper arm")),
    "arm-left": (BodySite.ARMS, mark("left upper arm")),
    "arm-right-back": (BodySite.ARMS, mark("back of the right upper arm")),
    "arm-left-back": (BodySite.ARMS, mark("back of the left upper arm")),
    "forearm-right": (BodySite.FOREARM, mark("right")),
    "forearm-left": (BodySite.FOREARM, mark("left")),
    "forearm-right-back": (BodySite.FOREARM, mark("right, outer side")),
    "forearm-left-back": (BodySite.FOREARM, mark("left, outer side")),
    "hand-right": (BodySite.HANDS, mark("right palm")),
    "hand-left": (BodySite.HANDS, mark("left palm")),
    "hand-right-back": (BodySite.HANDS, mark("back of the right hand")),
    "hand-left-back": (BodySite.HANDS, mark("back of the left hand")),
    "thigh-right": (BodySite.THIGHS, mark("front of the right thigh")),
    "thigh-left": (BodySite.THIGHS, mark("front of the left thigh")),
    "thigh-right-back": (BodySite.THIGHS, mark("back of the right thigh")),
    "thigh-left-back": (BodySite.THIGHS, mark("back of the left thigh")),
    "other": (BodySite.OTHER, ""),
}
"""Every region of the drawing: its site, and the part of it as a key of the catalogue, empty for all of it."""


def body_map(chosen: BodySite | None, detail: str, *, key: str) -> tuple[BodySite, str] | None:
    """The site and its part that were just pointed at, or None.

    Parameters
    ----------
    chosen : BodySite or None
        What is marked; all regions of the site where none has the detail.
    detail : str
        The part, as this function gave it or as a person wrote it.
    key : str
        Of this component on the page.
    """
    data = {
        "zones": {name: _zone(name) for name in ZONES},
        "marked": marked(chosen, detail),
        "words": {
            "front": t("Front"),
            "back": t("Back"),
            "face": t("Face"),
            "right": t("patient's right"),
            "left": t("patient's left"),
            "other": t("Another place"),
            "chosen": t("Chosen: {place}", place=_named(chosen, detail)) if chosen else t("Nothing is chosen yet."),
        },
    }
    result = _MAP(key=key, data=data, on_pointed_change=lambda: None)
    pointed = ZONES.get(str(result.get("pointed") or ""))
    if pointed is None:
        return None
    return pointed[0], t(pointed[1]) if pointed[1] else ""


def marked(chosen: BodySite | None, detail: str) -> list[str]:
    """The regions that show a site and its part: that part alone where it is drawn, else the whole site."""
    of_site = [name for name, (site, _) in ZONES.items() if site is chosen]
    exact = [name for name in of_site if (ZONES[name][1] and t(ZONES[name][1])) == detail]
    return exact or of_site


def _zone(name: str) -> str:
    site, detail = ZONES[name]
    return _named(site, t(detail) if detail else "")


def _named(site: BodySite, detail: str) -> str:
    """``"Face: left cheek"``."""
    where = t(str(site))
    where = where[:1].upper() + where[1:]
    return f"{where}: {detail}" if detail else where
