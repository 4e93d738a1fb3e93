"""The outline of the last session found again in this one, near where the alignment has carried it."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.errors import NotComparable
from tracker.imaging.outline.area import LEAST_CONTRAST, PROPAGATED, PROPAGATED_BY_NETWORK, contrast, outline_of
from tracker.imaging.outline.evidence import (
    FARTHEST,
    RECIPES,
    Place,
    Plane,
    Recipe,
    View,
    bounds,
    colours,
    log_ratio,
    member,
    quantised,
    view,
)
from tracker.imaging.outline.proposal import depth_of
from tracker.imaging.outline.reading import network_odds, network_weight, weighed
from tracker.imaging.types import Outline, OutlineNetwork, Photo, Region

PLACE_SLOPE, PLACE_MOST = 6.0, 3.0
"""Log-odds per radius that the carried outline adds, and their limit. At 8 and with half the weight on
colours the Dice on lesions_fuseg_repeat is the same, but a lesion shrunk by 30 % would be seen to shrink by 23 %."""
RING = (1.15, 1.9)
"""Radii between which the surrounding skin is read for the light."""
FARTHEST_DEPTH = 2.5
"""Radii beyond which a lesion has not grown between two sessions."""
REACH = 0.5
"""Radii by which the carried outline may be shifted to where the lesion's colours are."""
LEAST_EVIDENCE = 0.3
"""Mean log-likelihood of the baseline's lesion colours inside the found outline, less that of the ring."""
LEAST_OVERLAP = 0.35
"""Dice of the found outline with the carried one."""


def propagate(
    baseline: Photo, outline: Region, followup: Photo, carried: Region, network: OutlineNetwork | None = None
) -> Outline:
    """The outline of a lesion in the follow-up, from its outline in the baseline.

    Parameters
    ----------
    baseline, followup : Photo
        Of the same skin.
    outline : Region
        The lesion in the baseline, approved by a person.
    carried : Region
        The same outline carried by the alignment, in follow-up pixels.
    network : OutlineNetwork, optional
        Of the extra ``networks``; without it the colours decide alone.

    Returns
    -------
    Outline
        In follow-up pixels.

    Raises
    ------
    NotComparable
        Where the lesion's colours are not found near where the alignment says.

    Notes
    -----
    The lesion's colours of the baseline, scaled per channel to the follow-up's light by the skin around, are averaged
    with the follow-up's own; the carried outline is a prior on the place.
    """
    first, second = view(baseline, outline.box), view(followup, carried.box)
    before, after = depth_of(outline, first), depth_of(carried, second)
    gain = _ring_light(second, after) / _ring_light(first, before)
    relit = replace(first, linear=first.linear * gain.astype(np.float32))
    known = [_known(relit, before, second, recipe) for recipe in RECIPES]
    after = _recentred(np.asarray(np.mean(known, axis=0), np.float32), after)
    odds = np.clip(PLACE_SLOPE * (1.0 - after), -PLACE_MOST, PLACE_MOST)
    place = Place(np.where(after > FARTHEST_DEPTH, FARTHEST, odds).astype(np.float32), after)
    members = [member(second, place, recipe, prior) for recipe, prior in zip(RECIPES, known, strict=True)]
    if network is not None:
        shown = np.asarray(np.clip(1 - after, -1, 1), np.float32)
        odds = network_odds(second, shown, member(second, place, RECIPES[0]), network)
        members = weighed(members, odds, network_weight(contrast(members, second)))
    if contrast(members, second) < LEAST_CONTRAST:
        raise NotComparable(
            "The lesion does not differ enough from the skin around it in the follow-up to be outlined.",
            "If it has healed, say so; else draw the outline by hand, or take the photo sharper and closer.",
        )
    found = outline_of(members, second, PROPAGATED if network is None else PROPAGATED_BY_NETWORK)
    _check(found, carried, np.asarray(np.mean(known, axis=0), np.float32), np.mean(members, axis=0), after)
    return found


def _ring_light(seen: View, depth: Plane) -> NDArray[np.float64]:
    ring = (depth > RING[0]) & (depth < RING[1]) & seen.lit
    if int(ring.sum()) < 20:
        raise NotComparable(
            "There is no skin around the lesion to read the light from.",
            "Take the photo with at least the lesion's own width of skin around it.",
        )
    return np.maximum(np.median(seen.linear[ring], axis=0).astype(np.float64), 1e-3)


def _known(relit: View, before: Plane, second: View, recipe: Recipe) -> Plane:
    """Log-likelihood ratio of the follow-up's colours under the baseline's lesion against its surroundings."""
    channels = colours(second.linear, recipe)
    limits = bounds(channels, second.lit)
    old = quantised(colours(relit.linear, recipe), limits)
    nearby = np.exp(-np.clip(before - 1, 0, 9) * recipe.reach / 4) * relit.lit * (before >= 1)
    ratio = log_ratio(old, np.asarray((before < 1) & relit.lit, np.float32), np.asarray(nearby, np.float32))
    return np.asarray(ratio[quantised(channels, limits)], np.float32)


def _recentred(known: Plane, depth: Plane) -> Plane:
    """The depth map shifted to where the lesion's colours fill it best and its ring least."""
    inside, ring = depth < 1, (depth >= 1.05) & (depth < 1.6)
    if not ring.any():
        return depth
    pattern = inside / max(1, int(inside.sum())) - ring / max(1, int(ring.sum()))
    radius = float(np.sqrt(inside.sum() / np.pi))
    reach = max(1, int(REACH * radius))
    padded = cv2.copyMakeBorder(known, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    score = cv2.matchTemplate(padded, pattern.astype(np.float32), cv2.TM_CCORR)
    dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    score = score - 1.0 * (dx**2 + dy**2) / radius**2
    best = np.unravel_index(int(np.argmax(score)), score.shape)
    shift = np.array([[1, 0, best[1] - reach], [0, 1, best[0] - reach]], np.float64)
    return np.asarray(
        cv2.warpAffine(depth, shift, (depth.shape[1], depth.shape[0]), borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _check(found: Outline, carried: Region, known: Plane, soft: Plane, depth: Plane) -> None:
    inside, ring = soft >= 0.5, (soft < 0.5) & (depth < 1.8)
    evidence = float(known[inside].mean() - known[ring].mean()) if inside.any() and ring.any() else 0.0
    if evidence < LEAST_EVIDENCE:
        raise NotComparable(
            "The lesion's colours are not found where the alignment says it is "
            f"(evidence {evidence:.1f}, at least {LEAST_EVIDENCE} is needed).",
            "Draw the outline in the follow-up by hand, or retake it from the same side.",
        )
    mask = np.zeros((found.box.height, found.box.width), bool)
    top, left = carried.box.top - found.box.top, carried.box.left - found.box.left
    mask[top : top + carried.box.height, left : left + carried.box.width] = carried.mask
    now = found.probability >= 0.5
    overlap = 2.0 * float((mask & now).sum()) / max(1.0, float(mask.sum() + now.sum()))
    if overlap < LEAST_OVERLAP:
        raise NotComparable(
            f"The found outline and the carried one overlap by only {overlap:.0%}.",
            "Draw the outline in the follow-up by hand.",
        )
