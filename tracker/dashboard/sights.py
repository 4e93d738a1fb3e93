"""What networks saw in the two photos of a comparison: asked for without waiting, drawn, and told in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from tracker.clinic.types import AnalysisStatus, BodySite, SeriesPlan, SightingKind, SightingRecord
from tracker.clinic.workflow import seeing
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.seeing import GLANCES, Wanted
from tracker.clinic.workflow.sight import COLOURS
from tracker.dashboard import state, widgets
from tracker.errors import TrackerError
from tracker.exports import sightings as export
from tracker.exports.overlay import Picture
from tracker.imaging.regions import parts
from tracker.imaging.types import Metric
from tracker.wording import decimal, mark, t

POLL_S = 1.0
"""A face takes a tenth of a second and an outline one or two, and the page must not flicker."""
NOT_INSTALLED = mark(
    "Face landmarks are not shown: this installation has no neural networks. Install it with the extra "
    "\u201cnetworks\u201d to see them."
)
_TITLES = {SightingKind.FACE: mark("Face landmarks"), SightingKind.OUTLINE: mark("Outline of the scar")}
_BUTTONS = {SightingKind.FACE: mark("Landmarks"), SightingKind.OUTLINE: mark("Proposed outline")}
_PHOTOS = (mark("earlier photo"), mark("later photo"))


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One kind of thing looked for in both photos.

    Parameters
    ----------
    kind : SightingKind
        What.
    wanted : tuple of Wanted or None
        For the earlier and the later photo; None where nothing can be looked for.
    found : tuple of SightingRecord or None
        What is stored by now.
    troubles : tuple of str
        Why looking failed in a way that could not be stored; empty otherwise.
    """

    kind: SightingKind
    wanted: tuple[Wanted | None, ...]
    found: tuple[SightingRecord | None, ...]
    troubles: tuple[str, ...]

    @property
    def pending(self) -> bool:
        """Whether a worker is still looking."""
        all_of = zip(self.wanted, self.found, self.troubles, strict=True)
        return any(wanted is not None and found is None and not trouble for wanted, found, trouble in all_of)

    @property
    def failed(self) -> bool:
        """Whether looking broke off, which may be tried again."""
        return any(self.troubles) or any(one and one.status is AnalysisStatus.FAILED for one in self.found)


def of_pair(clinic: Clinic, photo_ids: Sequence[str], plan: SeriesPlan, deciding: Metric) -> list[Sight]:
    """What can be looked for in the earlier and the later photo, with what is there by now; never waits.

    Landmarks on a face; an outline where the area of a scar decides. Elsewhere the drawn area holds the lesions and the
    skin between them, and has no edge to be found.
    """
    kinds = [SightingKind.FACE] if plan.site is BodySite.FACE else []
    kinds += [SightingKind.OUTLINE] if deciding is Metric.SCAR_AREA else []
    return [_sight(clinic, kind, [wanted(clinic, one, kind) for one in photo_ids]) for kind in kinds]


def wanted(clinic: Clinic, photo_id: str, kind: SightingKind) -> Wanted | None:
    """What to look for in a photo; None where nothing can be."""
    return seeing.face_of(photo_id) if kind is SightingKind.FACE else seeing.outline_of(clinic, photo_id)


def stored(clinic: Clinic, photo_id: str, kind: SightingKind) -> SightingRecord | None:
    """What is stored of it by now."""
    asked = wanted(clinic, photo_id, kind)
    return None if asked is None else seeing.stored(clinic, asked)


def glance(clinic: Clinic, asked: Wanted | None) -> tuple[SightingRecord | None, str]:
    """What is stored by now, and why it cannot be."""
    try:
        return (None if asked is None else GLANCES.at(clinic, asked)), ""
    except TrackerError as error:
        return None, str(error)


def _sight(clinic: Clinic, kind: SightingKind, asked: Sequence[Wanted | None]) -> Sight:
    found, troubles = zip(*(glance(clinic, one) for one in asked), strict=True)
    return Sight(kind, tuple(asked), found, troubles)


def drawn(picture: Picture, sighting: SightingRecord | None, scale: float) -> Picture:
    """The picture of a photo with what was seen in it; the picture alone where nothing was."""
    if sighting is None:
        return picture
    seen = sighting.seen
    if seen.points:
        every, left_out = parts.region_outlines(seen.points), parts.excluded_outlines(seen.points)
        outlines = {name: every[name] for name in parts.FACE_REGIONS}
        return export.landmarks_drawn(picture, seen.points, outlines, left_out, scale)
    if seen.outline is not None:
        return export.outline_drawn(picture, seen.outline, scale)
    return picture if seen.prompt is None else export.prompt_drawn(picture, seen.prompt, scale)


def layers(analysis_id: str, looked: Sequence[Sight]) -> list[widgets.LayerView]:
    """The pictures of what was seen; nothing where neither photo has anything to show."""
    shown = []
    for one in looked:
        if any(found is not None and _visible(found) for found in one.found):
            name, scale = _layer(one.kind)
            stamp = "-".join("" if found is None else found.id[:8] for found in one.found)
            before, after = (f"/img/{analysis_id}/{side}/{name}?seen={stamp}" for side in ("before", "after"))
            shown.append(widgets.LayerView(t(_BUTTONS[one.kind]), before, after, legend(one), scale))
    return shown


def legend(sight: Sight) -> str:
    """How to read the picture, who says so, and what it is not."""
    who = t(" and ").join(dict.fromkeys(named(found) for found in sight.found if found is not None))
    if sight.kind is SightingKind.FACE:
        sure = [found.seen.confidence for found in sight.found if found is not None and found.seen.points]
        return t(
            "Dots: the landmarks that {who} found. Coloured lines: the standard regions that they define. Hatched: "
            "left out of every region (eyes, brows, nostrils, lips); hair is left out by its colour. It finds places "
            "on a face; it does not recognise anyone and judges no skin. Confidence of the points, median: {sure} "
            "(1 is surest).",
            who=who,
            sure=", ".join(decimal(f"{one:.2f}") for one in sure),
        )
    return t(
        "Blue: how likely {who} holds each spot for scar. Yellow line: likely by one half, its outline. White line: "
        "where it looked and found nothing. A proposal, no diagnosis: it decides nothing until a person accepts or "
        "corrects it.",
        who=who,
    )


def named(found: SightingRecord) -> str:
    """Who saw it: the network with its version and weights, or the formulas in its place."""
    if found.seen.proposer == COLOURS:
        return t("the program by colour alone (no network)")
    named = {"name": found.seen.proposer, "weights": found.weights_hash[:8]}
    if found.kind is SightingKind.FACE:
        return t("the face network {name} (weights {weights})", **named)
    return t("the outline network {name} (weights {weights})", **named)


def notes(looked: Sequence[Sight]) -> None:
    """What is still looked for, what was refused and why, and what is not installed."""
    for one in looked:
        if one.kind is SightingKind.FACE and not any(one.wanted):
            st.caption(t(NOT_INSTALLED))
        for line in refusals(one):
            st.caption(widgets.plain(line))
        if one.failed and st.button(t("Look again"), key=f"again_{one.kind}"):
            for asked in one.wanted:
                if asked is not None:
                    GLANCES.again(state.clinic(), asked)
            st.rerun()
    pending = [one for one in looked if one.pending]
    if pending:
        wait(state.clinic(), [asked for one in pending for asked in one.wanted if asked is not None], pending[0].kind)


def refusals(sight: Sight) -> list[str]:
    """One line for each photo in which nothing was found: the reason, and what to do; one line where they agree."""
    lines: dict[str, list[str]] = {}
    for place, found, trouble in zip(_PHOTOS, sight.found, sight.troubles, strict=True):
        why = trouble or ("" if found is None else f"{found.seen.reason} {found.seen.retake}".strip())
        if why:
            lines.setdefault(why, []).append(t(place))
    title, both = t(_TITLES[sight.kind]), t(" and ")
    return [f"{title}, {both.join(where)}: {why}" for why, where in lines.items()]


@st.fragment(run_every=POLL_S)
def wait(clinic: Clinic, asked: Sequence[Wanted], kind: SightingKind) -> None:
    """A line while workers look; the page is drawn again when they are done, and stays usable until then."""
    if any(found is None and not trouble for found, trouble in (glance(clinic, one) for one in asked)):
        title = t(_TITLES[kind])
        st.caption(t("{title}: the program is looking at the photos; this takes a few seconds.", title=title))
    else:
        st.rerun()


def _visible(found: SightingRecord) -> bool:
    return bool(found.seen.points) or found.seen.outline is not None


def _layer(kind: SightingKind) -> tuple[str, widgets.Scale | None]:
    """Name in the address, and how to read the colours."""
    if kind is SightingKind.FACE:
        return "face", None
    return "soft", widgets.Scale(t("surely skin"), t("surely scar"), export.soft_colours())
