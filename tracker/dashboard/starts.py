"""What an outline may be started from: what counts now, a proposal, the session before, earlier drawings, nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tracker.clinic.types import FREEHAND, Basis, RegionOrigin, RegionRecord, SightingRecord
from tracker.clinic.workflow.sight import COLOURS
from tracker.dashboard import widgets
from tracker.exports.overlay import corners
from tracker.imaging import pipeline
from tracker.imaging.types import Change, Points, Region, Verdict
from tracker.wording import mark, t

CARRIED = "carried"
"""Stands in the place of a network's name where the alignment alone carried an outline over."""
MOST_EARLIER = 8
"""Earlier drawings on offer; all of them stay on record."""
UNLIKE = 0.15
"""Of the earlier area, between proposal and measurement, from which a person is told to look twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """One outline to start from.

    Parameters
    ----------
    name : str
        Tells it from the others; comes back with what was made of it.
    words : str
        For the person.
    corners : Points or None
        In px of the photo; None for an empty photo.
    kept, changed : Basis
        How an outline came to be that was saved as it is, and one whose corners were moved.
    proposal : Region or None
        May be accepted as it is, to the pixel.
    """

    name: str
    words: str
    corners: Points | None = field(default=None, repr=False)
    kept: Basis = FREEHAND
    changed: Basis = FREEHAND
    proposal: Region | None = field(default=None, repr=False)


NOTHING = mark("Nothing: draw it anew")
"""Words of the start from an empty photo."""


def starts(
    drawn: Sequence[RegionRecord], sighting: SightingRecord | None, carried: Region | None, rough: Points | None
) -> list[Start]:
    """What is on offer, the best guess of what is wanted first.

    Parameters
    ----------
    drawn : sequence of RegionRecord
        Everything ever drawn in this role on this photo, oldest first.
    sighting : SightingRecord or None
        What the program found.
    carried : Region or None
        The outline of an earlier photo, carried here by the alignment.
    rough : Points or None
        A rough drawing near which the program was asked to look.
    """
    now = [_again(drawn[-1], "now", t("What counts now"))] if drawn and drawn[-1].region.area_px else []
    found = [] if sighting is None or sighting.seen.outline is None else [_proposal(sighting)]
    before = [] if carried is None else [_carried(carried, sighting)]
    pointed = [] if rough is None else [Start(f"{widgets.ANEW} rough", t("Your rough drawing"), rough)]
    kept = drawn[:-1] if now else drawn
    past = [one for one in reversed(kept) if one.region.area_px][:MOST_EARLIER]
    earlier = [_again(one, "earlier", t("Earlier: {what}", what=step(one))) for one in past]
    first = [*found, *pointed, *now] if rough is not None else [*now, *found]
    nothing = Start(widgets.ANEW, t(NOTHING))
    if now:
        return [*first, *before, *earlier, nothing]
    return [*first, *before, nothing, *earlier]  # what was taken back is on offer, but not what a click would restore


def basis_of(start: Start | None, made: Points) -> Basis:
    """How an outline came to be that a person made from a start; drawn anew where that is not known any more."""
    if start is None or start.corners is None:
        return FREEHAND
    same = start.corners.shape == made.shape and np.allclose(start.corners, made, atol=0.5)
    return start.kept if same else start.changed


def step(one: RegionRecord) -> str:
    """One line of history: what was done, by whom, when."""
    day, time = widgets.when(one.created.date()), f"{one.created:%H:%M}"
    done = _done(one)
    if one.author:
        return t("{done} by {author} on {day}, {time} UTC", done=done, author=one.author, day=day, time=time)
    return t("{done} on {day}, {time} UTC, no name given", done=done, day=day, time=time)


def _done(one: RegionRecord) -> str:
    if not one.region.area_px:
        return t("taken back")
    if one.origin is RegionOrigin.DRAWN:
        return t("drawn")
    who = proposer_words(one.proposer)
    if one.origin is RegionOrigin.ACCEPTED:
        return t("proposed by {who}, accepted", who=who)
    return t("proposed by {who}, corrected", who=who)


def weighed(proposal: Region, carried: Region, area: Change | None) -> str:
    """What accepting a proposal would say of the area, beside what the program measured.

    Parameters
    ----------
    proposal : Region
        On the later photo.
    carried : Region
        The outline of the earlier photo, carried there.
    area : Change or None
        The change of the area as the program measured it, where it did.
    """
    share = proposal.area_px / carried.area_px
    left = f"{100 * share:.0f}"
    if area is None or area.verdict is Verdict.NOT_ASSESSABLE:
        return t(
            "Accepted, it says that about {left} % of the outline of the earlier photo is left; the program could not "
            "measure the area by itself.",
            left=left,
        )
    measured = area.followup / area.baseline
    said = t(
        "Accepted, it says that about {left} % of the outline of the earlier photo is left; the program measured "
        "{measured} %.",
        left=left,
        measured=f"{100 * measured:.0f}",
    )
    if abs(share - measured) <= UNLIKE:
        return said
    differ = t("They differ: a faded scar stands out less than it covers. Correct the outline where it stops short.")
    return f"{said} {differ}"


def proposer_words(proposer: str) -> str:
    """``"the outline network outline-v1 (weights 3f2a91c0)"``, or what stood in its place."""
    name, _, identity = proposer.partition(" ")
    if name == CARRIED:
        return t(
            "the program, which carried over the outline of an earlier session (version {version})", version=identity
        )
    if name == COLOURS:
        return t("the program by colour (version {version})", version=identity)
    return t("the outline network {name} (weights {weights})", name=name, weights=identity[:8])


def _again(one: RegionRecord, kind: str, words: str) -> Start:
    kept = Basis(one.origin, one.proposer, one.source_id)
    changed = kept if one.origin is RegionOrigin.DRAWN else kept._replace(origin=RegionOrigin.CORRECTED)
    polygon = one.polygon if one.polygon is not None else corners(one.region)
    return Start(f"{kind} {one.id}", words, polygon, kept, changed)


def _proposal(sighting: SightingRecord) -> Start:
    assert sighting.seen.outline is not None
    region = sighting.seen.outline.region()
    changed = Basis(RegionOrigin.CORRECTED, sighting.proposer, sighting.id)
    kept = changed._replace(origin=RegionOrigin.ACCEPTED)
    words = t("Proposal of {who}", who=proposer_words(sighting.proposer))
    return Start(f"proposal {sighting.id}", words, corners(region), kept, changed, region)


def _carried(carried: Region, sighting: SightingRecord | None) -> Start:
    source = "" if sighting is None else sighting.id
    changed = Basis(RegionOrigin.CORRECTED, f"{CARRIED} {pipeline.PIPELINE_VERSION}", source)
    kept = changed._replace(origin=RegionOrigin.ACCEPTED)
    return Start(
        f"carried {source}", t("The outline of the session before, carried over"), corners(carried), kept, changed
    )
