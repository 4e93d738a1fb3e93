"""Training scenes: a labelled photo seen from elsewhere, in other light, on other skin, before another background."""

import cv2
import numpy as np
from landmark_looks import developed, texture
from landmark_people import MIRROR, Labelled
from numpy.typing import NDArray

from tracker.imaging.geometry import apply_homography
from tracker.imaging.regions.landmarks import ANCHOR_NAMES, CROP_UNITS, crop_transform
from tracker.imaging.types import POINT_NAMES

ELASTIC = 0.06
"""SD of a smooth field with nodes an inter-pupil distance apart, in that unit: faces of other proportions. 58 people
are too few to learn from where a chin may be; their own spread is 0.07 at the mouth and 0.12 at the chin."""
ANCHOR_INDEX = np.array([POINT_NAMES.index(name) for name in ANCHOR_NAMES])
Picture = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Points = NDArray[np.float64]


def crop_scene(photo: Labelled, side: int, rng: np.random.Generator) -> tuple[Picture, Points]:
    """An aligned crop with the small errors that a locator leaves.

    Shifts up to 0.16 inter-pupil distances, turns up to 8 degrees, scales up to 12 %, and perspective.

    Returns
    -------
    tuple of ndarray
        (side, side, 3) uint8 sRGB, and (91, 2) points in its pixels, NaN where not labelled.
    """
    place = crop_transform(photo.points[ANCHOR_INDEX], side)
    unit = side / CROP_UNITS
    jitter = _about(side, rng.uniform(-8, 8), np.exp(rng.uniform(-0.12, 0.12)), rng.uniform(-0.08, 0.08, 2) * unit * 2)
    bend = rng.normal(0, ELASTIC * unit, (5, 5, 2)) if rng.random() < 0.8 else np.zeros((5, 5, 2))
    return _scene(photo, _bent(side, rng) @ jitter @ place, bend, rng, side)


def frame_scene(photo: Labelled, side: int, rng: np.random.Generator) -> tuple[Picture, Points]:
    """A whole frame: the face 0.25 to 1.2 times as high as the frame, turned by up to 40 degrees, anywhere in it.

    Returns
    -------
    tuple of ndarray
        (side, side, 3) uint8 sRGB, and the six anchors (6, 2) in its pixels.
    """
    face_px = side * np.exp(rng.uniform(np.log(0.25), np.log(1.2)))
    unit = face_px / 3.0  # hairline to chin is three inter-pupil distances
    place = crop_transform(photo.points[ANCHOR_INDEX], side)
    room = max(side - face_px, 0.15 * side) / 2
    move = _about(side, rng.uniform(-40, 40), unit * CROP_UNITS / side, rng.uniform(-room, room, 2))
    picture, points = _scene(photo, _bent(side, rng) @ move @ place, np.zeros((5, 5, 2)), rng, side)
    return picture, points[ANCHOR_INDEX]


def _about(side: int, degrees: float, scale: float, shift: NDArray[np.float64]) -> Matrix:
    """Turn and scale about the centre of a square, then shift."""
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    middle = (side - 1) / 2
    x, y = middle - c * middle + s * middle + shift[0], middle - s * middle - c * middle + shift[1]
    return np.array([[c, -s, x], [s, c, y], [0, 0, 1.0]])


def _bent(side: int, rng: np.random.Generator) -> Matrix:
    """A little perspective and shear: corners moved by up to 5 % of the side."""
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    moved = corners + rng.uniform(-0.05, 0.05, (4, 2)).astype(np.float32) * side
    return np.asarray(cv2.getPerspectiveTransform(corners, moved), np.float64)


def _scene(
    photo: Labelled, place: Matrix, bend: NDArray[np.float64], rng: np.random.Generator, side: int
) -> tuple[Picture, Points]:
    """The photo through a homography and a smooth field, mirrored half the time, developed anew."""
    picture, points = photo.picture, photo.points
    flip = rng.random() < 0.5
    if flip:
        place = np.array([[-1, 0, side - 1.0], [0, 1, 0], [0, 0, 1]]) @ place
    # Frames with a small face reduce the photo by up to 7: averaged first, or they would alias as no camera does.
    shrink = 1
    scale = float(np.sqrt(abs(np.linalg.det(place[:2, :2]))))
    while scale * shrink < 0.45 and shrink < 8:
        shrink *= 2
    if shrink > 1:
        picture = np.asarray(cv2.resize(picture, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA))
        onto = place @ np.array([[shrink, 0, (shrink - 1) / 2], [0, shrink, (shrink - 1) / 2], [0, 0, 1.0]])
    else:
        onto = place
    field = np.asarray(cv2.resize(bend.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC), np.float32)
    seen = _seen(picture, onto, field)
    rgb, mask = seen[..., :3], seen[..., 3]
    inside = _inside(picture.shape, onto, side)
    if photo.outlined and rng.random() < 0.35:
        keep = cv2.multiply(mask, inside, scale=1 / 255)
    elif rng.random() < 0.5:
        keep = inside
    else:
        keep = None
    if keep is not None:
        rgb = _over(rgb, texture(side, rng), keep)
    moved = _unbent(apply_homography(place, points), field)
    if flip:
        moved = moved[MIRROR]
    rgb = _occluded(rgb, rng) if rng.random() < 0.2 else rgb
    return developed(rgb, rng), moved


def _seen(picture: Picture, onto: Matrix, field: NDArray[np.float32]) -> Picture:
    """What a square shows: at q the photo's pixel that the homography carries to q + field(q)."""
    side = field.shape[0]
    if not field.any():
        out = cv2.warpPerspective(picture, onto, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(out, np.uint8)
    nodes = np.stack(np.meshgrid(np.arange(side), np.arange(side)), 2).astype(np.float32) + field
    source = cv2.perspectiveTransform(nodes.reshape(-1, 1, 2), np.linalg.inv(onto)).reshape(side, side, 2)
    out = cv2.remap(picture, source, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.uint8)


def _unbent(points: Points, field: NDArray[np.float32]) -> Points:
    """Where points land: q with q + field(q) = point; three rounds leave less than 0.02 px."""
    landed = np.nan_to_num(points)
    for _ in range(3):
        at = landed.astype(np.float32)[:, None]
        away = cv2.remap(field, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0]
        landed = np.nan_to_num(points) - away
    return np.where(np.isnan(points), np.nan, landed)


def _inside(shape: tuple[int, ...], onto: Matrix, side: int) -> Picture:
    """255 where the photo reaches."""
    h, w = shape[:2]
    corners = np.array([[0, 0, 1], [w - 1, 0, 1], [w - 1, h - 1, 1], [0, h - 1, 1.0]]) @ onto.T
    mask = np.zeros((side, side), np.uint8)
    outline = np.clip(corners[:, :2] / corners[:, 2:], -1e4, 1e4)
    cv2.fillConvexPoly(mask, np.rint(outline).astype(np.int32), 255)
    return mask


def _over(front: Picture, back: Picture, keep: Picture) -> Picture:
    """Front where keep is 255, back where it is 0."""
    share = (keep.astype(np.float32) / 255)[..., None]
    return np.asarray(front * share + back * (1 - share), np.uint8)


def _occluded(rgb: Picture, rng: np.random.Generator) -> Picture:
    """Covered in part by something: an ellipse, a bar or a finger of another texture or of the photo's own colours."""
    side = rgb.shape[0]
    mask = np.zeros((side, side), np.uint8)
    at = tuple(int(v) for v in rng.uniform(0, side, 2))
    if rng.random() < 0.5:
        axes = tuple(int(v) for v in rng.uniform(0.05, 0.2, 2) * side)
        cv2.ellipse(mask, at, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
    else:
        to = tuple(int(v) for v in np.asarray(at) + rng.normal(0, 0.5 * side, 2))
        cv2.line(mask, at, to, 255, int(rng.uniform(0.04, 0.15) * side))
    cover = texture(side, rng) if rng.random() < 0.6 else np.ascontiguousarray(np.roll(rgb, side // 3, rng.integers(2)))
    return _over(rgb, cover, 255 - mask)
