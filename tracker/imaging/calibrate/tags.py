"""Our printed card found by its AprilTags, and its patches read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np

from tracker.imaging.calibrate.card import Card, PatchKind, card_reflectance
from tracker.imaging.calibrate.reading import Floats, Reading, centres, failures, halved, sample
from tracker.imaging.colour import LUMINANCE, encoded_to_linear
from tracker.imaging.geometry import apply_homography, polygon_area
from tracker.imaging.types import Matrix3, Photo, Points

WORKING_PX = 2400
"""Longest side at which tags are looked for: 20 ms; a tag of 10 mm is still 20 px in a photo of a whole back."""
MISFIT_MM = 0.45
"""Largest root-mean-square distance between the tags' corners and a plane: 0.1 for a flat card, 0.4 where a strong tone
curve moves blurred edges, 0.4 and 0.7 for a card bent to a radius of 100 and 70 mm, seen from 30 cm."""
_COARSE = 2.0  # px per mm of the picture that tells what surrounds the ground
_DICTIONARY = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)


def find_tags(photo: Photo, card: Card) -> dict[int, Points]:
    """The tags of one card in a photo: number -> (4, 2) corners in photo pixels, to a fraction of a pixel.

    Notes
    -----
    Where several copies of the card are seen, the one with the largest tag is read. A mirrored card is not found:
    the tags do not decode.
    """
    picture, scale = halved(photo, WORKING_PX)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    parameters = cv2.aruco.DetectorParameters()
    parameters.perspectiveRemovePixelPerCell = 8  # 4 loses one tag in 4 on an overexposed card
    quads, numbers, _ = cv2.aruco.ArucoDetector(_DICTIONARY, parameters).detectMarkers(grey)
    if len(quads) == 0:
        return {}
    wanted = {t.number for t in card.tags}
    corners = [(quad[0].astype(np.float64) + 0.5) / scale - 0.5 for quad in quads]
    seen = [(int(n), c) for n, c in zip(np.asarray(numbers).ravel(), corners, strict=True) if int(n) in wanted]
    return {number: _refined(photo, quad) for number, quad in _one_copy(card, seen).items()}


def _one_copy(card: Card, seen: list[tuple[int, Points]]) -> dict[int, Points]:
    """The tags that lie nearest to where the largest one expects them."""
    if not seen:
        return {}
    anchor, quad = max(seen, key=lambda s: polygon_area(s[1]))
    homes = {t.number: t.corners for t in card.tags}
    guess = cv2.getPerspectiveTransform(homes[anchor].astype(np.float32), quad.astype(np.float32))
    found: dict[int, Points] = {}
    for number, home in homes.items():
        expected = apply_homography(np.asarray(guess, np.float64), home).mean(0)
        mine = [c for n, c in seen if n == number]
        if mine:
            found[number] = min(mine, key=lambda c: float(np.hypot(*(c.mean(0) - expected))))
    return found


def plane(card: Card, tags: Mapping[int, Points]) -> tuple[Matrix3, float]:
    """Homography from the card in mm to pixels by least squares over the tags' corners, and its misfit in mm (RMS)."""
    mm = np.concatenate([t.corners for t in card.tags if t.number in tags])
    px = np.concatenate([tags[t.number] for t in card.tags if t.number in tags])
    matrix, _ = cv2.findHomography(mm, px, 0)
    back = apply_homography(np.asarray(np.linalg.inv(matrix), np.float64), px) - mm
    return np.asarray(matrix, np.float64), float(np.sqrt((back**2).sum(1).mean()))


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The light on the card's grey ground.

    Parameters
    ----------
    slope : ndarray, shape (2,)
        Of the log light per mm.
    linear : ndarray, shape (3,)
        Uncalibrated linear light at the card's centre, NaN where too little of the ground can be read.
    misfit : float
        Root-mean-square relative distance from an even fall-off; a shadow edge or a reflection makes it large.
    halo : float
        Correlation, -1 to 1, of that distance with the brightness of the surroundings. Local tone mapping darkens the
        ground beside white and brightens it beside black, so it comes near -1; glare in the lens gives a positive one.
    """

    slope: Floats = field(repr=False)
    linear: Floats = field(repr=False)
    misfit: float
    halo: float


def read_card(photo: Photo, card: Card, mm_to_px: Matrix3) -> tuple[Reading, Ground]:
    """The card's patches with the fall-off of the light divided out, the ground as one more neutral; and the ground."""
    boxes = np.array([[p.left, p.top, p.width, p.height] for p in card.patches])
    seen = sample(photo, mm_to_px, centres(boxes))
    names = (*(p.name for p in card.patches), "ground")
    failed = failures(names[:-1], seen)
    ground = _read_ground(photo, card, mm_to_px)
    middle = boxes[:, :2] + boxes[:, 2:] / 2 - np.array(card.size_mm) / 2
    measured = np.vstack([seen.linear / np.exp(middle @ ground.slope)[:, None], ground.linear])
    if not np.isfinite(ground.linear).all():
        failed["ground"] = "overexposed or outside the photo"
    width, height = card.size_mm
    outline = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    return Reading(
        target=card.name,
        names=names,
        kinds=(*(p.kind for p in card.patches), PatchKind.NEUTRAL),
        measured=measured,
        reference=np.array([*(p.linear for p in card.patches), card.ground]),
        failed=failed,
        mm_to_px=mm_to_px,
        corners=apply_homography(mm_to_px, outline),
    ), ground


def _refined(photo: Photo, corners: Points) -> Points:
    """The corners moved to the nearest corner of the full-size photo in linear light.

    In sRGB-encoded values a blurred edge looks shifted to the dark side, by 0.5 px at a blur of 0.8 px, which shrinks
    the tag by a pixel; in linear light it stays in place.
    """
    side = float(np.sqrt(polygon_area(corners)))
    reach = max(2, round(side / 8 * 0.7))  # stays inside one module, so that no other corner attracts it
    left, top = np.maximum(np.floor(corners.min(0)).astype(int) - 3 * reach, 0)
    right, bottom = np.ceil(corners.max(0)).astype(int) + 3 * reach + 1
    crop = photo.encoded[top:bottom, left:right]
    light = (encoded_to_linear(crop / np.iinfo(crop.dtype).max) @ LUMINANCE).astype(np.float32)
    start = (corners - (left, top)).astype(np.float32).reshape(-1, 1, 2)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 40, 0.01)
    moved = cv2.cornerSubPix(light, start, (reach, reach), (-1, -1), stop)
    return np.asarray(moved.reshape(4, 2).astype(np.float64) + np.array([left, top]), np.float64)


def _read_ground(photo: Photo, card: Card, mm_to_px: Matrix3) -> Ground:
    boxes = _ground_boxes(card)
    seen = sample(photo, mm_to_px, boxes)
    good = ~seen.clipped & np.isfinite(seen.linear).all(1) & (seen.linear > 0).all(1)
    if good.sum() < len(boxes) // 2:
        return Ground(np.zeros(2), np.full(3, np.nan), float("nan"), float("nan"))
    light = np.log(seen.linear[good])
    centre = boxes[good, :2] + boxes[good, 2:] / 2
    middle = centre - np.array(card.size_mm) / 2
    terms = np.column_stack([np.ones(len(middle)), middle])
    level = light.mean(1)
    fit = np.linalg.lstsq(terms, level, rcond=None)[0]
    off = level - terms @ fit
    around = _surroundings(card, centre)
    around = around - terms @ np.linalg.lstsq(terms, around, rcond=None)[0]
    halo = float(off @ around / np.sqrt((off @ off) * (around @ around) + 1e-12))
    linear = np.exp((light - (middle @ fit[1:])[:, None]).mean(0))
    return Ground(fit[1:], linear, float(np.sqrt(np.mean(off**2))), halo)


def _surroundings(card: Card, points: Points) -> Floats:
    """Log of the card's own brightness within about 5 mm of points (n, 2) in mm."""
    brightness = card_reflectance(_COARSE, card)[0].mean(2)
    soft = cv2.GaussianBlur(brightness, (0, 0), 5 * _COARSE, borderType=cv2.BORDER_REPLICATE)
    column, row = np.floor(points * _COARSE).astype(np.int64).T
    return np.asarray(np.log(soft[row, column]), np.float64)


def _ground_boxes(card: Card) -> Floats:
    """(n, 4) boxes of 6 x 1.5 mm in the 3 mm lanes above, between and below the rows of the card's whole width."""
    lanes = sorted({p.top for p in card.patches if p.left < 10})
    height = card.patches[0].height
    tops = [lanes[0] - 2.25, *(t + height + 0.75 for t in lanes)]
    return np.array([(x, y, 6.0, 1.5) for y in tops for x in np.arange(4.0, card.size_mm[0] - 6.0, 9.0)], np.float64)
