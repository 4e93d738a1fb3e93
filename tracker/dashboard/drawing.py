"""Where areas are drawn: treated skin, untreated skin to compare its colour with, and the scar on the later photo."""

from collections.abc import Sequence
from enum import StrEnum

import streamlit as st

from tracker.clinic.types import PhotoRecord, RegionRecord, RegionRole, SightingKind, SightingRecord
from tracker.clinic.workflow import photos, seeing
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.prompts import rough_prompt
from tracker.clinic.workflow.seeing import Wanted
from tracker.dashboard import sights, state, widgets
from tracker.dashboard.context import Pair
from tracker.dashboard.starts import Start, basis_of, starts, step, weighed
from tracker.errors import TrackerError
from tracker.exports.overlay import corners
from tracker.imaging import regions
from tracker.imaging.types import Analysis, Metric, Points, Region
from tracker.wording import capital, mark, t

EDITOR_WIDTH = 1600


class Target(StrEnum):
    """What is drawn, and on which photo."""

    TREATED = mark("Treated area")
    REFERENCE = mark("Untreated reference skin")
    FOLLOWUP = mark("Scar on the later photo")

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
        Carries the outline to the later photo until the program has looked for it there.
    metric : Metric
        That decides: only for scars is the outline of the later photo used, and an edge looked for.
    """
    with st.expander(t("Areas: draw or correct them")):
        offered = [one for one in Target if one is not Target.FOLLOWUP or metric is Metric.SCAR_AREA]
        target = Target(st.radio(t("What to draw"), offered, key="draw_target", horizontal=True, format_func=t))
        st.caption(advice(target, metric))
        photo = pair.after if target is Target.FOLLOWUP else pair.before
        seeks = metric is Metric.SCAR_AREA and target is not Target.REFERENCE
        asked = _asked(clinic, photo, target) if seeks else None
        found, trouble = sights.glance(clinic, asked)
        drawn = [one for one in photos.list_regions(clinic, photo.id) if one.role is target.role]
        st.caption(widgets.plain(provenance(drawn[-1] if drawn else None, target)))
        options = starts(drawn, found, _carried(asked, found, target, analysis), state.rough(f"{photo.id} {target}"))
        start = _start(options, photo, target)
        _told(asked, found, trouble)
        edited = _editor(clinic, photo, target, start, seeks=seeks)
        if start.proposal is not None and target is Target.FOLLOWUP:
            _weigh(start.proposal, analysis)
        _act(clinic, photo, target, (options, start), edited)
        widgets.history(t("History of this area ({count})", count=len(drawn)), [step(one) for one in drawn])
        if asked is not None and found is None and not trouble:
            sights.wait(clinic, [asked], SightingKind.OUTLINE)


def _asked(clinic: Clinic, photo: PhotoRecord, target: Target) -> Wanted | None:
    """Where to look for the edge: near a rough drawing, else near the outline of the session before or of the photo."""
    rough = state.rough(f"{photo.id} {target}")
    if rough is None:
        return seeing.outline_of(clinic, photo.id)
    return seeing.outline_in(photo.id, rough_prompt(regions.region_from_polygon(photos.DRAWN, rough, photo.size)))


def _carried(
    asked: Wanted | None, found: SightingRecord | None, target: Target, analysis: Analysis | None
) -> Region | None:
    """The outline of an earlier session on this photo: as the program looked in it, else as the comparison has it."""
    own = asked is None or asked.prompt is None or asked.prompt.earlier is None
    if not own and found is not None and found.seen.prompt is not None:
        return found.seen.prompt
    if target is Target.FOLLOWUP and analysis is not None and analysis.followup_regions:
        return analysis.followup_regions[0]
    return None


def _start(options: Sequence[Start], photo: PhotoRecord, target: Target) -> Start:
    if len(options) == 1:
        return options[0]
    key = f"start_{photo.id}_{target.name}_{hash(tuple(one.name for one in options))}"
    picked = st.selectbox(
        t("Start from"),
        range(len(options)),
        format_func=lambda at: options[at].words,
        key=key,
        on_change=state.next_turn,
    )
    return options[picked]


def _told(asked: Wanted | None, found: SightingRecord | None, trouble: str) -> None:
    """Why the program proposes nothing, and a way to look again where that failed."""
    reason = trouble or ("" if found is None else f"{found.seen.reason} {found.seen.retake}".strip())
    if reason:
        st.caption(widgets.plain(t("The program proposes no edge here. {why}", why=reason)))
    if trouble and asked is not None and st.button(t("Look again"), key="look_again_area"):
        seeing.GLANCES.again(state.clinic(), asked)
        st.rerun()


def _weigh(proposal: Region, analysis: Analysis | None) -> None:
    """What accepting the proposal would mean, before it is accepted."""
    if analysis is not None and analysis.correction is None and analysis.followup_regions:
        area = next((one for one in analysis.changes if one.metric is Metric.SCAR_AREA), None)
        st.caption(weighed(proposal, analysis.followup_regions[0], area))


def _editor(
    clinic: Clinic, photo: PhotoRecord, target: Target, start: Start, *, seeks: bool
) -> widgets.Outlined | None:
    other = RegionRole.TREATED if target is Target.REFERENCE else RegionRole.REFERENCE
    beside = photos.current_region(clinic, photo.id, other)
    kind = "drawn" if target is Target.REFERENCE else "beside"
    canvas = widgets.Canvas(f"/img/{photo.id}?w={EDITOR_WIDTH}", photo.size, _corners(beside), kind, seeks)
    key = f"outline_{photo.id}_{target.name}"
    return widgets.outline_editor(canvas, start.corners, start=start.name, turn=state.turn(), key=key)


def _act(
    clinic: Clinic,
    photo: PhotoRecord,
    target: Target,
    offered: tuple[Sequence[Start], Start],
    edited: widgets.Outlined | None,
) -> None:
    """Store what was drawn or accepted, take it back, or look near it; what cannot be is said in a sentence."""
    options, start = offered
    where = f"{photo.id} {target}"
    accepted = start.proposal is not None and st.button(
        t("Accept this proposal as it is"), type="primary", key=f"accept_{target.name}"
    )
    current = photos.current_region(clinic, photo.id, target.role)
    words = t("Take it back: use the program\u2019s proposal")
    back = current is not None and st.button(words, key=f"back_{target.name}")
    try:
        if edited is not None and edited.rough:
            regions.region_from_polygon(photos.DRAWN, edited.corners, photo.size)
            state.keep_rough(where, edited.corners)
        elif edited is not None:
            made_from = next((one for one in options if one.name == edited.start), None)
            basis = basis_of(made_from, edited.corners)
            photos.save_region(clinic, photo.id, edited.corners, clinic.actor.name, target.role, basis)
        elif accepted and start.proposal is not None:
            photos.save_region(
                clinic, photo.id, start.proposal.full(photo.size), clinic.actor.name, target.role, start.kept
            )
        elif back:
            photos.take_back_region(clinic, photo.id, clinic.actor.name, target.role)
        else:
            return
    except TrackerError as error:
        st.error(widgets.plain(str(error)))
        return
    if edited is None or not edited.rough:
        state.keep_rough(where, None)
    state.next_turn()
    st.rerun()


def _corners(current: RegionRecord | None) -> Points | None:
    if current is None:
        return None
    return current.polygon if current.polygon is not None else corners(current.region)


def advice(target: Target, metric: Metric) -> str:
    """What to draw, which depends on the measure that decides."""
    if target is Target.REFERENCE:
        return t(
            "Draw round healthy, untreated skin on the earlier photo, close to the treated area and in the same light. "
            "Colour is then measured against it; the later photo finds it by itself."
        )
    if target is Target.FOLLOWUP:
        return t(
            "Accept, correct or draw the edge of the scar on the later photo. From then on this outline decides the "
            "area, in place of the program\u2019s own measurement, and the next session starts from it."
        )
    if metric is Metric.SCAR_AREA:
        return t("Draw along the edge of the scar: its area is measured and followed.")
    return t("Draw round the treated skin; the skin that stays outside is what its colour is compared with.")


def provenance(current: RegionRecord | None, target: Target) -> str:
    """Who drew, accepted or corrected what counts now, and when; or what the program does without."""
    if current is not None and current.region.area_px:
        return f"{capital(step(current))}."
    if target is Target.REFERENCE:
        return t("Nothing drawn: the program takes other skin of the same photo, away from the treated area.")
    if target is Target.FOLLOWUP:
        return t("Nothing drawn: the program finds what is left of the scar by itself.")
    return t("Nothing drawn: the program measures the regions of the face, or all skin that both photos show.")
