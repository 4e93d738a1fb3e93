"""The outline of a scar or wound followed from one photo to the next, with the ratio of the areas."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from tracker.errors import NotComparable
from tracker.imaging import align, outline, regions
from tracker.imaging.measure import scars
from tracker.imaging.pipeline.analysis import prepare, register_on_skin
from tracker.imaging.pipeline.lesions import growth_around
from tracker.imaging.types import Alignment, Outline, OutlineNetwork, Photo, Region

Method = Literal["colours", "network and colours"]
SIGHTED_SD = 0.16
"""Standard error of ln area where the place, and with it the change of scale, was only sighted: SD of ln growth against
that of the alignment, on 36 pairs of wounds that have both, is 0.154."""
LEAST_MARK = 3.5
"""Contrast of a mark whose mean colour does not stand out, in the baseline; 60 patches of plain cheeks reach 3.2."""


@dataclass(frozen=True, slots=True, eq=False)
class FollowedOutline:
    """An outline found again, and how its area changed.

    Parameters
    ----------
    outline : Outline
        In the follow-up.
    area_ratio : float
        Area in the follow-up over area in the baseline, the scale of the photos taken out.
    interval : tuple of float
        95 % interval of the ratio.
    method : str
        ``"network and colours"``, or ``"colours"`` where no network was given.
    aligned : bool
        False where the photos could not be laid on each other and the place was found by its surroundings alone.
    """

    outline: Outline = field(repr=False)
    area_ratio: float
    interval: tuple[float, float]
    method: Method = "colours"
    aligned: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class CarriedOutline:
    """The outline of the baseline at its place in the follow-up, not yet looked for there.

    Parameters
    ----------
    region : Region
        In follow-up pixels.
    alignment : Alignment
        What carried it.
    aligned : bool
        False where only its surroundings were sighted: good for an outline, not for measuring skin patch by patch.
    """

    region: Region
    alignment: Alignment = field(repr=False)
    aligned: bool


def carry_outline(baseline: Photo, region: Region, followup: Photo) -> CarriedOutline:
    """Where an outline of the baseline lies in the follow-up.

    Parameters
    ----------
    baseline, followup : Photo
        Of the same skin, already prepared.
    region : Region
        In baseline pixels.

    Returns
    -------
    CarriedOutline
        By the alignment, or where that is refused by the look of the body part around the region.

    Raises
    ------
    NotComparable
        Where neither finds the place; the reason is that of the alignment.
    """
    skin = regions.skin_mask(baseline), regions.skin_mask(followup)
    try:
        found, aligned = register_on_skin(baseline, followup, region, skin), True
    except NotComparable as refused:
        found, aligned = _sighted((baseline, followup), region, skin, refused), False
    return CarriedOutline(align.carry_region(found, region), found, aligned)


def follow_outline(
    baseline: Photo, region: Region, followup: Photo, network: OutlineNetwork | None = None
) -> FollowedOutline:
    """The outline of ``region`` in the follow-up photo, and the ratio of the areas.

    Parameters
    ----------
    baseline, followup : Photo
        Of the same skin, as decoded.
    region : Region
        The outline in the baseline, drawn or approved by a person.
    network : OutlineNetwork, optional
        Of the extra ``networks``; without it the colours decide alone, and the answer says so.

    Returns
    -------
    FollowedOutline
        Areas are compared at the scale of the skin around the region, so no card is needed.

    Raises
    ------
    NotComparable
        Where the photos cannot be laid on each other, or the lesion is not found again.
    """
    baseline, followup = prepare(baseline), prepare(followup)
    carried = carry_outline(baseline, region, followup)
    found = outline.propagate(baseline, region, followup, carried.region, network)
    ratio, interval = scars.area_ratio((scars.drawn(region), found), growth_around(carried.alignment, region))
    if not carried.aligned:
        interval = _widened(ratio, interval)
    return FollowedOutline(
        found, ratio, interval, "colours" if network is None else "network and colours", carried.aligned
    )


def _sighted(
    photos: tuple[Photo, Photo], region: Region, skin: tuple[np.ndarray, np.ndarray], refused: NotComparable
) -> Alignment:
    try:
        found = align.sight(*photos, region, skin)
    except NotComparable:
        raise refused from None  # its advice is the one that helps
    unproved = np.isnan(found.diagnostics["mark_seen"])  # faces look alike: plain skin may not be sighted
    if unproved and outline.contrast_of(photos[0], region) < LEAST_MARK:
        raise refused
    return found


def _widened(ratio: float, interval: tuple[float, float]) -> tuple[float, float]:
    """The interval with the doubt about the scale added; symmetric on the logarithm, as it was."""
    half = float(np.hypot(np.log(interval[1] / ratio), scars.Z95 * SIGHTED_SD))
    return ratio * float(np.exp(-half)), ratio * float(np.exp(half))
