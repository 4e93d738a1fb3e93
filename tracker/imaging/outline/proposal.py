"""An outline proposed from a rough prompt."""

import cv2
import numpy as np

from tracker.errors import NotComparable
from tracker.imaging.outline.area import LEAST_CONTRAST, PROPOSED, PROPOSED_BY_NETWORK, contrast, outline_of
from tracker.imaging.outline.evidence import FARTHEST, RECIPES, Place, Plane, View, member, view
from tracker.imaging.outline.reading import network_odds, network_weight, weighed
from tracker.imaging.types import Mask, Outline, OutlineNetwork, Photo, Region

BOX_SHARE = 0.97
"""A prompt that fills its bounding box to this share is a box, and a lesion in a box is round rather than square."""
PLACE_SLOPE, PLACE_LEAST, PLACE_MOST = 3.0, -1.5, 1.0
"""Log-odds per radius, and their limits. With a most of 0 a wound of two colours loses the second (Dice 0.69)."""
BAND = 0.35
"""Half width of a line across a box, in half of the box's shorter side."""
LINE_CONTRAST = 1.3
"""A line across the box must stand out so many times better than a round lesion: chosen on 102 rendered scars, where it
lifts the Dice of slanting lines from 0.65 to 0.73 and leaves round ones and ulcers alone."""
LEAST_LINE = 2.2
"""Contrast of a line across the box: of three guesses one finds something on bare skin more often than one alone."""
MOST_PARTS = 12
"""Parts of a drawn outline that are followed, the largest first."""
LOOSENESS = 1.15
"""A rough drawing cuts into the lesion: the background is learnt from beyond this many of its radii."""
ROUGHNESS = 1.4
"""Radii of the loosened drawing beyond which the outline may not reach."""


def propose(photo: Photo, prompt: Region, network: OutlineNetwork | None = None) -> Outline:
    """A soft outline of the lesion that a rough prompt points at.

    Parameters
    ----------
    photo : Photo
        Any camera; colours are compared within the photo only, so no calibration is needed.
    prompt : Region
        A box around the lesion with a little skin, or a rough drawing of it.
    network : OutlineNetwork, optional
        Of the extra ``networks``; without it the colours decide alone.

    Returns
    -------
    Outline
        In photo pixels, with a 95 % interval of its area.

    Raises
    ------
    NotComparable
        Where nothing inside the prompt differs from the skin around it.

    Notes
    -----
    Five members in two colour spaces, each a histogram model of lesion and nearest skin, re-estimated four times.
    With a network, each is averaged with one of its members as log-odds.
    """
    seen = view(photo, prompt.box)
    place = likeliest_place(prompt, seen)
    members = [member(seen, place, recipe) for recipe in RECIPES]
    if network is not None:
        odds = network_odds(seen, shown_place(prompt, place), members[0], network)
        members = weighed(members, odds, network_weight(contrast(members, seen)))
    if contrast(members, seen) < LEAST_CONTRAST:
        raise NotComparable(
            f"{prompt.name}: nothing inside the prompt differs from the skin around it.",
            "Draw the outline by hand, or take the photo sharper and closer.",
        )
    return outline_of(members, seen, PROPOSED if network is None else PROPOSED_BY_NETWORK)


def place_of(prompt: Region, seen: View) -> Place:
    """Where the prompt expects the lesion, at the working scale."""
    if is_box(prompt):
        return _in_box(prompt, seen)
    depth = np.asarray(depth_of(prompt, seen) / LOOSENESS, np.float32)
    odds = np.clip(PLACE_SLOPE * (1.05 - depth), PLACE_LEAST, PLACE_MOST)
    return Place(np.where(depth > ROUGHNESS, FARTHEST, odds).astype(np.float32), depth)


def likeliest_place(prompt: Region, seen: View) -> Place:
    """As :func:`place_of`, but a box may also hold a line from corner to corner, where that stands out far better."""
    place = place_of(prompt, seen)
    if not is_box(prompt):
        return place
    told = contrast([member(seen, place, RECIPES[0])], seen)
    lines = [_line_in_box(prompt, seen, slope) for slope in (1, -1)]
    shown = [contrast([member(seen, line, RECIPES[0])], seen) for line in lines]
    best = int(np.argmax(shown))
    return lines[best] if shown[best] > max(LINE_CONTRAST * told, LEAST_LINE) else place


def contrast_of(photo: Photo, region: Region) -> float:
    """How far a region's colours are from those of the skin beside it; see ``area.contrast``."""
    seen = view(photo, region.box)
    return contrast([np.asarray(depth_of(region, seen) < 1, np.float32)], seen)


def is_box(prompt: Region) -> bool:
    """Whether a prompt is a box rather than a drawing."""
    return prompt.area_px >= BOX_SHARE * prompt.box.width * prompt.box.height


def shown_place(prompt: Region, place: Place) -> Plane:
    """The prompt as the network was shown it in training: 1 in the middle, 0 on the border, -1 beyond."""
    own = 1 - LOOSENESS * place.depth  # a drawing by its own border, as a carried outline: it cannot tell them apart
    plane = np.where(place.log_odds <= FARTHEST, -1, 1 - place.depth) if is_box(prompt) else own
    return np.asarray(np.clip(plane, -1, 1), np.float32)


def depth_of(region: Region, seen: View) -> Plane:
    """Distance from each part's middle in radii of a disc of its area, at the working scale: 1 on the border."""
    inside = np.zeros((seen.box.height, seen.box.width), np.uint8)
    top, left = region.box.top - seen.box.top, region.box.left - seen.box.left
    inside[top : top + region.box.height, left : left + region.box.width] = region.mask
    height, width = seen.lit.shape
    small = cv2.resize(inside * 255, (width, height), interpolation=cv2.INTER_AREA if seen.scale[0] < 1 else 1) > 127
    if not small.any():
        small[np.unravel_index(int(np.argmax(cv2.resize(inside * 255, (width, height)))), small.shape)] = True
    count, part, stats, _ = cv2.connectedComponentsWithStats(small.astype(np.uint8), connectivity=8)
    largest = 1 + np.argsort(-np.asarray(stats)[1:, cv2.CC_STAT_AREA])[:MOST_PARTS]
    depths = [_part_depth(np.asarray(part) == one) for one in largest[: count - 1]]
    return np.asarray(np.min(depths, axis=0), np.float32)


def _part_depth(part: Mask) -> Plane:
    radius = float(np.sqrt(part.sum() / np.pi))
    within = cv2.distanceTransform(part.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    without = cv2.distanceTransform((~part).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(np.where(part, np.maximum(1 - within / radius, 0), 1 + without / radius), np.float32)


def _in_box(prompt: Region, seen: View) -> Place:
    across, down, _ = _within_box(prompt, seen)
    return _boxed(np.hypot(across, down), across, down)


def _line_in_box(prompt: Region, seen: View, slope: int) -> Place:
    """From the upper left corner to the lower right with a slope of 1, from the lower left up with -1."""
    across, down, (half_width, half_height) = _within_box(prompt, seen)
    length = float(np.hypot(half_width, half_height))
    x, y = across * half_width, down * half_height
    along = (x * half_width + slope * y * half_height) / length**2
    beside = (slope * y * half_width - x * half_height) / length / (BAND * min(half_width, half_height))
    return _boxed(np.hypot(along, beside), across, down)


def _within_box(prompt: Region, seen: View) -> tuple[Plane, Plane, tuple[float, float]]:
    """Of each working pixel its place from -1 to 1 across and down the box, and half the box's sides in such pixels."""
    (sx, sy), box, outer = seen.scale, prompt.box, seen.box
    y, x = np.mgrid[: seen.lit.shape[0], : seen.lit.shape[1]].astype(np.float32)
    centre_x, centre_y = (box.left + box.right) / 2 - outer.left, (box.top + box.bottom) / 2 - outer.top
    across = (x - centre_x * sx) / (box.width / 2 * sx)
    down = (y - centre_y * sy) / (box.height / 2 * sy)
    return across, down, (box.width / 2 * sx, box.height / 2 * sy)


def _boxed(depth: Plane, across: Plane, down: Plane) -> Place:
    inside = (np.abs(across) < 1) & (np.abs(down) < 1)
    odds = np.where(inside, np.clip(PLACE_SLOPE * (1.05 - depth), PLACE_LEAST, PLACE_MOST), FARTHEST)
    return Place(odds.astype(np.float32), np.asarray(depth, np.float32))
