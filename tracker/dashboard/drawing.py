"""Where areas are drawn: treated skin, untreated skin to compare its colour with, and the scar on the later photo."""

from enum import StrEnum

import streamlit as st

from tracker.clinic.types import PhotoRecord, RegionRecord, RegionRole
from tracker.clinic.workflow import photos
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state, widgets
from tracker.dashboard.context import Pair
from tracker.errors import TrackerError
from tracker.exports.overlay import corners
from tracker.imaging.types import Analysis, Metric, Points

EDITOR_WIDTH = 1600


class Target(StrEnum):
    """What is drawn, and on which photo."""

    TREATED = "Treated area"
    REFERENCE = "Untreated reference skin"
    FOLLOWUP = "Scar on the later photo"

    @property
    def role(self) -> RegionRole:
        """What the region stands for."""
        return RegionRole.REFERENCE if self is Target.REFERENCE else RegionRole.TREATED


def areas(clinic: Clinic, pair: Pair, analysis: Analysis | None, metric: Metric) -> None:
    """The editor of every area that counts for a pair; what is saved counts at once, over any proposal.

    Parameters
    ----------
    clinic : Clinic
        Where.
    pair : Pair
        The photos that are drawn on.
    analysis : Analysis or None
        Proposes the outline of the later photo.
    metric : Metric
        That decides: only for scars is the outline of the later photo used.
    """
    with st.expander("Areas: draw or correct them"):
        offered = [one for one in Target if one is not Target.FOLLOWUP or metric is Metric.SCAR_AREA]
        target = Target(st.radio("What to draw", offered, key="draw_target", horizontal=True))
        st.caption(advice(target, metric))
        photo = pair.after if target is Target.FOLLOWUP else pair.before
        current = photos.current_region(clinic, photo.id, target.role)
        st.caption(widgets.plain(provenance(current, target)))
        author = st.text_input("Drawn by", st.session_state.get(state.AUTHOR, ""), key="draw_author", max_chars=200)
        state.keep(state.AUTHOR, author)
        saved = _editor(clinic, photo, target, _start(current, target, analysis))
        _act(clinic, photo, target, saved)


def _editor(clinic: Clinic, photo: PhotoRecord, target: Target, start: Points | None) -> Points | None:
    other = RegionRole.TREATED if target is Target.REFERENCE else RegionRole.REFERENCE
    beside = photos.current_region(clinic, photo.id, other)
    canvas = widgets.Canvas(f"/img/{photo.id}?w={EDITOR_WIDTH}", photo.size, _corners(beside))
    kind = "drawn" if target is Target.REFERENCE else "beside"
    return widgets.outline_editor(canvas, start, reference=kind, key=f"outline_{photo.id}_{target.name}")


def _act(clinic: Clinic, photo: PhotoRecord, target: Target, saved: Points | None) -> None:
    """Store what was drawn, or take it back; what cannot be is said in a sentence."""
    current = photos.current_region(clinic, photo.id, target.role)
    back = current is not None and st.button("Take it back: use the program\u2019s proposal", key=f"back_{target.name}")
    author = st.session_state.get(state.AUTHOR, "")
    try:
        if saved is not None:
            photos.save_region(clinic, photo.id, saved, author, target.role)
        elif back:
            photos.take_back_region(clinic, photo.id, author, target.role)
        else:
            return
    except TrackerError as error:
        st.error(widgets.plain(str(error)))
        return
    st.rerun()


def _start(current: RegionRecord | None, target: Target, analysis: Analysis | None) -> Points | None:
    """The corners to start from: what counts now, or for the later photo what was carried over."""
    if current is None and target is Target.FOLLOWUP and analysis is not None and analysis.followup_regions:
        return corners(analysis.followup_regions[0])
    return _corners(current)


def _corners(current: RegionRecord | None) -> Points | None:
    if current is None:
        return None
    return current.polygon if current.polygon is not None else corners(current.region)


def advice(target: Target, metric: Metric) -> str:
    """What to draw, which depends on the measure that decides."""
    if target is Target.REFERENCE:
        return (
            "Draw round healthy, untreated skin on the earlier photo, close to the treated area and in the same light. "
            "Colour is then measured against it; the later photo finds it by itself."
        )
    if target is Target.FOLLOWUP:
        return "Correct the edge of the scar on the later photo: its area there is then what you drew."
    if metric is Metric.SCAR_AREA:
        return "Draw along the edge of the scar: its area is measured and followed."
    return "Draw round the treated skin; the skin that stays outside is what its colour is compared with."


def provenance(current: RegionRecord | None, target: Target) -> str:
    """Who drew what counts now, and when; or what the program does without."""
    if current is not None:
        by = f" by {current.author}" if current.author else ""
        return f"Drawn{by} on {widgets.when(current.created.date())}, {current.created:%H:%M} UTC."
    if target is Target.REFERENCE:
        return "Nothing drawn: the program takes other skin of the same photo, away from the treated area."
    if target is Target.FOLLOWUP:
        return "Nothing drawn: the program finds what is left of the scar by itself."
    return "Nothing drawn: the program measures the regions of the face, or all skin that both photos show."
