"""How blurred the card's printed edges are: the sharpness of a photo, told from something that no treatment changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour
from tracker.imaging.calibrate.card import TRACKER_CARD, Card
from tracker.imaging.geometry import apply_homography, box_pixels
from tracker.imaging.types import Box, Calibration, Photo, Points

Floats = NDArray[np.float64]

REACH_MM = 1.15  # to either side of an edge; the tag's border and its white surround are 1.3 mm wide
LEVEL_MM = 0.75  # beyond it lie plain black and plain white: four sigmas of a blur of 0.19 mm
MIDDLE = 0.8  # of an edge's length, without its corners
STEP_MM = 0.02
LEAST_CONTRAST = 0.1  # of linear light between black and white; less is shadow or glare
FEWEST_EDGES = 4


@dataclass(frozen=True, slots=True)
class EdgeBlur:
    """Blur of the card's edges in one photo.

    Parameters
    ----------
    variance_mm2 : float
        Square of the Gaussian sigma, mm2; nan where fewer than four edges can be read.
    error_mm2 : float
        Its standard error, from the disagreement of the edges.
    """

    variance_mm2: float
    error_mm2: float


def edge_blur(photo: Photo, calibration: Calibration | None, card: Card = TRACKER_CARD) -> EdgeBlur:
    """The blur of lens, focus, hand and pixels together, from the outer edges of the card's tags.

    Parameters
    ----------
    photo : Photo
        Un-warped.
    calibration : Calibration or None
        Of the same photo, with a scale.
    card : Card
        Whose edges are meant.

    Returns
    -------
    EdgeBlur
        In mm of the card's plane. Comparable between photos of the same print; ink and paper add the same to each.

    Notes
    -----
    Along each edge the pixels, none of them interpolated, give the light against their distance from the edge. The
    area between that curve and the sharp step is ``sigma sqrt(2 / pi)`` for a Gaussian blur.

    References
    ----------
    ISO 12233:2017, slanted edge, for the reading of an edge at a pitch finer than the pixels.
    """
    if calibration is None or calibration.mm_to_px is None or calibration.target != card.name:
        return EdgeBlur(float("nan"), float("nan"))
    found = [
        sigma**2
        for tag in card.tags
        for sigma in _tag_blurs(photo, np.asarray(calibration.mm_to_px, np.float64), tag.corners)
        if np.isfinite(sigma)
    ]
    if len(found) < FEWEST_EDGES:
        return EdgeBlur(float("nan"), float("nan"))
    middle = float(np.median(found))
    spread = 1.4826 * float(np.median(np.abs(np.array(found) - middle)))
    return EdgeBlur(middle, 1.25 * spread / np.sqrt(len(found)))  # of a median


def _tag_blurs(photo: Photo, mm_to_px: Floats, corners: Points) -> list[float]:
    """Sigma in mm of the four edges of a tag; none where it leaves the photo."""
    low, high = corners.min(0) - REACH_MM, corners.max(0) + REACH_MM
    outline = apply_homography(mm_to_px, np.array([low, (high[0], low[1]), high, (low[0], high[1])]))
    left, top = np.floor(outline.min(0)).astype(int).tolist()
    right, bottom = np.ceil(outline.max(0)).astype(int).tolist()
    if left < 0 or top < 0 or right >= photo.size[0] or bottom >= photo.size[1]:
        return []
    box = Box(left, top, right + 1, bottom + 1)
    light = np.asarray(colour.luminance(photo.linear(box)), np.float64).ravel()
    place = apply_homography(np.asarray(np.linalg.inv(mm_to_px), np.float64), box_pixels(box).astype(np.float64))
    sides = []
    for axis in (0, 1):
        along = place[:, 1 - axis]
        centre, half = corners[:, 1 - axis].mean(), np.ptp(corners[:, 1 - axis]) / 2 * MIDDLE
        for edge, outward in ((corners[:, axis].min(), -1.0), (corners[:, axis].max(), 1.0)):
            distance = (place[:, axis] - edge) * outward  # black inside is negative
            near = (np.abs(along - centre) <= half) & (np.abs(distance) <= REACH_MM)
            sides.append(_sigma(distance[near], light[near]))
    return sides


def _sigma(distance: Floats, light: Floats) -> float:
    """Sigma in mm of the step at distance 0, black on the negative side; nan where there is no step."""
    number = np.rint((distance + REACH_MM) / STEP_MM).astype(int)
    count = np.bincount(number)
    at = np.flatnonzero(count)
    curve = np.bincount(number, light)[at] / count[at]
    place = at * STEP_MM - REACH_MM
    if len(place) < 20 or place[0] > -LEVEL_MM or place[-1] < LEVEL_MM:
        return float("nan")
    black, white = np.median(curve[place < -LEVEL_MM]), np.median(curve[place > LEVEL_MM])
    if white - black < LEAST_CONTRAST:
        return float("nan")
    step = (curve - black) / (white - black)
    middle = place[-1] - float(np.trapezoid(step, place))  # the sharp step of the same area lies there
    fine = np.linspace(-LEVEL_MM, LEVEL_MM, 301) + middle
    lifted = np.interp(fine, place, step) - (fine > middle)
    return float(np.trapezoid(lifted * np.where(fine > middle, -1.0, 1.0), fine) * np.sqrt(np.pi / 2))
