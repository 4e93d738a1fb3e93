"""The outline of a scar or wound followed from one photo to the next, with the ratio of the areas."""

from dataclasses import dataclass, field

from tracker.imaging import align, outline
from tracker.imaging.measure import scars
from tracker.imaging.pipeline.analysis import prepare, register
from tracker.imaging.pipeline.lesions import growth_around
from tracker.imaging.types import Outline, Photo, Region


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
    """

    outline: Outline = field(repr=False)
    area_ratio: float
    interval: tuple[float, float]


def follow_outline(baseline: Photo, region: Region, followup: Photo) -> FollowedOutline:
    """The outline of ``region`` in the follow-up photo, and the ratio of the areas.

    Parameters
    ----------
    baseline, followup : Photo
        Of the same skin, as decoded.
    region : Region
        The outline in the baseline, drawn or approved by a person.

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
    alignment = register(baseline, followup, region)
    found = outline.propagate(baseline, region, followup, align.carry_region(alignment, region))
    ratio, interval = scars.area_ratio((scars.drawn(region), found), growth_around(alignment, region))
    return FollowedOutline(found, ratio, interval)
