"""Landmarks of the face in a photo: where it is looked for, how it is cropped and read, and when there is none."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.geometry import apply_homography
from tracker.imaging.types import (
    POINT_NAMES,
    FaceLandmarks,
    LandmarkNetwork,
    Matrix3,
    NoFace,
    Photo,
    Points,
    mirrored,
)

ANCHOR_NAMES = ("pupil_right", "pupil_left", "subnasale", "mouth_corner_right", "mouth_corner_left", "chin")
"""What the locator answers, and what a crop is laid by."""
MEAN_ANCHORS: Points = np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, 0.71], [-0.4, 1.1], [0.4, 1.1], [0.0, 1.83]])
"""Mean of the 72 labelled faces of faces_london: origin midway between the pupils, unit their distance, y down."""
CROP_UNITS = 3.9
"""Side of a crop in inter-pupil distances: hairline to chin is 3.0, 3.6 in the longest of the 72 faces."""
CROP_CENTRE = (0.0, 0.33)
"""Middle between hairline and chin, in the frame of MEAN_ANCHORS."""
LOCATOR_SIDE = 96
"""Pixels of the frame that a locator takes."""
CROP_SIDE = 128
"""Pixels of the crop that a reader takes: 33 per inter-pupil distance."""
WORKING_SIDE = 1536
"""Longer side in pixels at which a photo is searched and read; a face a quarter as high keeps 128 px between pupils."""
RESIDUAL = 0.59
"""What interpolation may still shrink after averaging: training cut crops of 33 px per inter-pupil distance from 56."""
ZOOM = 1.25
"""Second look of the locator: its frame is this many crops wide, so that the face fills two thirds of it."""
LEAST_LOCATED = 0.3
"""Score of the locator below which nothing is read; the reader, which sees more, decides above it."""
SURE = 0.9
"""Score of the locator at which the parts of the photo are not searched as well."""
LEAST_FACE = 0.5
"""Score of the reader: even odds."""
MOST_EXPECTED = 0.05
"""Median expected error in inter-pupil distances: three times that of a good photo, where regions begin to slip."""
MOST_MISFIT = 0.2
"""Anchors against the mean face's, in inter-pupil distances: 0.07 in the strangest of 72 faces."""
NEAR = 0.06
"""The locator's anchors further off than this have the crop laid and read again: training moved crops by as much."""
MOST_MOVED = 0.12
"""A crop of a face is read where it was laid; elsewhere every reading leads on to another place."""
MOST_SPREAD = 0.05
"""Members that disagree by more than the accepted error do not see the same face."""
RADIAL = 1.5
"""Mean distance of a point whose error is Laplace in both axes, per mean absolute error of one axis."""

_MIRROR = np.array([POINT_NAMES.index(mirrored(name)) for name in POINT_NAMES])
_ANCHORS = np.array([POINT_NAMES.index(name) for name in ANCHOR_NAMES])
Picture = NDArray[np.uint8]


def similarity(source: Points, target: Points) -> Matrix3:
    """The turn, scale and shift that carries points nearest to others in least squares.

    Parameters
    ----------
    source, target : Points
        (n, 2), n at least 2.
    """
    a, b = source.mean(0), target.mean(0)
    p, q = (source - a) @ [1, 1j], (target - b) @ [1, 1j]
    z = complex((q * p.conj()).sum() / (np.abs(p) ** 2).sum())
    out = np.array([[z.real, -z.imag, 0.0], [z.imag, z.real, 0.0], [0.0, 0.0, 1.0]])
    out[:2, 2] = b - out[:2, :2] @ a
    return out


def crop_transform(anchors: Points, side: int, units: float = CROP_UNITS) -> Matrix3:
    """Photo pixels to pixels of an upright square crop, by the six anchors of a face.

    Parameters
    ----------
    anchors : Points
        (6, 2) photo pixels in the order of ANCHOR_NAMES.
    side : int
        Pixels of the crop.
    units : float
        Side of the crop in inter-pupil distances of the mean face.
    """
    scale = side / units
    goal = (MEAN_ANCHORS - CROP_CENTRE) * scale + (side - 1) / 2
    return similarity(anchors, goal)


def find_landmarks(photo: Photo, network: LandmarkNetwork) -> FaceLandmarks | NoFace:
    """The landmarks of the face in a photo, or why none are answered.

    Parameters
    ----------
    photo : Photo
        Upright; one face, seen from the front or nearly so, turned in the picture by at most 35 degrees, at least a
        quarter as high as the photo.
    network : LandmarkNetwork
        Finds the face in a frame and reads its landmarks in a crop.

    Returns
    -------
    FaceLandmarks or NoFace
        All of POINT_NAMES, or a refusal with its reason. Points of two photos may be compared wherever both answer.
    """
    picture, scale = _working(photo)
    anchors, score = _anchors(picture, network)
    if score < LEAST_LOCATED:
        return NoFace(f"{photo.name}: no face was found (score {score:.2f}, at least {LEAST_LOCATED} needed).")
    look = _look(picture, anchors, network)
    if look.moved > NEAR:
        look = _look(picture, look.points[_ANCHORS], network)
    reason = _doubt(look)
    if reason:
        return NoFace(f"{photo.name}: {reason}")
    points = (look.points + 0.5) / scale - 0.5
    unit = float(np.hypot(*(points[1] - points[0])))
    confidence = np.exp(-look.expected / 0.05)
    return FaceLandmarks(
        {name: (float(x), float(y)) for name, (x, y) in zip(POINT_NAMES, points, strict=True)},
        {name: float(value) for name, value in zip(POINT_NAMES, confidence, strict=True)},
        unit,
        look.face,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What one reading says.

    Parameters
    ----------
    points : Points
        (91, 2) pixels of the working picture.
    expected : ndarray of float64
        (91,) distance to the truth that the members expect, in inter-pupil distances.
    spread : float
        Median distance between members and their mean, in the same unit.
    face : float
        Probability that the crop shows a face.
    misfit : float
        Root mean square distance of the anchors from the mean face's, in the same unit.
    moved : float
        Median distance of the anchors from those that laid the crop, in the same unit.
    """

    points: Points
    expected: NDArray[np.float64]
    spread: float
    face: float
    misfit: float
    moved: float


def _working(photo: Photo) -> tuple[Picture, NDArray[np.float64]]:
    """The photo in 8 bit, at most WORKING_SIDE, and its scales along x and y (whole pixels make them differ)."""
    scale = min(1.0, WORKING_SIDE / max(photo.size))
    size = max(1, round(photo.size[0] * scale)), max(1, round(photo.size[1] * scale))
    small = photo.encoded if scale == 1 else np.asarray(cv2.resize(photo.encoded, size, interpolation=cv2.INTER_AREA))
    eight = small if small.dtype == np.uint8 else np.rint(small / 257.0)
    return np.asarray(eight, np.uint8), np.divide(size, photo.size)


def _inverse(place: Matrix3) -> Matrix3:
    return np.asarray(np.linalg.inv(place), np.float64)


def _enlarging(x: float, y: float) -> Matrix3:
    """Pixels of a picture shrunk by these factors to pixels of the picture, centres on centres."""
    return np.array([[x, 0, 0.5 * x - 0.5], [0, y, 0.5 * y - 0.5], [0, 0, 1.0]])


def _anchors(picture: Picture, network: LandmarkNetwork) -> tuple[Points, float]:
    """The anchors of the most face-like place, in pixels of the picture, and its score.

    The whole photo is looked at first, then its parts; wherever something is found, a second, upright look decides.
    """
    best: tuple[Points, float] = np.zeros((6, 2)), 0.0
    for windows in _windows(picture.shape):
        places = [_window_transform(window) for window in windows]
        points, scores = network.locate(np.stack([_cut(picture, place, LOCATOR_SIDE) for place in places]))
        at = int(np.argmax(scores))
        found = apply_homography(_inverse(places[at]), points[at])
        for _ in range(2):
            place = crop_transform(found, LOCATOR_SIDE, CROP_UNITS * ZOOM)
            points, scores = network.locate(_cut(picture, place, LOCATOR_SIDE)[None])
            found = apply_homography(_inverse(place), points[0])
        if scores[0] > best[1]:
            best = found, float(scores[0])
        if best[1] >= SURE:
            break
    return best


def _windows(shape: tuple[int, ...]) -> list[list[tuple[float, float, float]]]:
    """Squares (left, top, side) to look at: the whole photo, then halves of its shorter side in a grid."""
    h, w = shape[:2]
    whole = (w / 2 - max(h, w) / 2, h / 2 - max(h, w) / 2, float(max(h, w)))
    side = min(h, w) * 0.6
    # At most eight along a side: in a longer strip a face as wide as it is found by less overlap.
    lefts, tops = (np.linspace(0, length - side, int(np.clip(1.5 * length / side, 2, 8))) for length in (w, h))
    return [[whole], [(float(left), float(top), side) for top in tops for left in lefts]]


def _window_transform(window: tuple[float, float, float]) -> Matrix3:
    left, top, side = window
    scale = LOCATOR_SIDE / side
    return np.array([[scale, 0, -left * scale], [0, scale, -top * scale], [0, 0, 1.0]])


def _cut(picture: Picture, place: Matrix3, side: int) -> Picture:
    """A square of the picture through a transform; averaged down first, as in training, then interpolated."""
    shrink = min(1.0, float(np.sqrt(abs(np.linalg.det(place[:2, :2])))) / RESIDUAL)
    if shrink < 0.9:
        h, w = picture.shape[:2]
        size = max(1, round(w * shrink)), max(1, round(h * shrink))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        place = np.asarray(place @ _enlarging(w / size[0], h / size[1]), np.float64)
    out = cv2.warpPerspective(picture, place, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.uint8)


def _look(picture: Picture, anchors: Points, network: LandmarkNetwork) -> _Look:
    """One reading of the crop laid by anchors and of its mirror image, members and both averaged."""
    place = crop_transform(anchors, CROP_SIDE)
    per_unit = CROP_UNITS / CROP_SIDE
    crop = _cut(picture, place, CROP_SIDE)
    reading = network.read(np.stack([crop, crop[:, ::-1]]))
    points, scales = reading.points.copy(), reading.scales.copy()
    points[:, 1, :, 0] = CROP_SIDE - 1 - points[:, 1, :, 0]
    points[:, 1], scales[:, 1] = points[:, 1, _MIRROR], scales[:, 1, _MIRROR]
    mean = points.mean((0, 1))
    goal = (MEAN_ANCHORS - CROP_CENTRE) / per_unit + (CROP_SIDE - 1) / 2
    fitted = apply_homography(similarity(mean[_ANCHORS], goal), mean[_ANCHORS])
    laid = apply_homography(place, anchors)
    return _Look(
        points=apply_homography(_inverse(place), mean),
        expected=RADIAL * scales.mean((0, 1)) * per_unit,
        spread=float(np.median(np.hypot(*np.moveaxis(points - mean, 3, 0)))) * per_unit,
        face=float(reading.face.mean()),
        misfit=float(np.sqrt(((fitted - goal) ** 2).sum(1).mean())) * per_unit,
        moved=float(np.median(np.hypot(*(mean[_ANCHORS] - laid).T))) * per_unit,
    )


def _doubt(look: _Look) -> str:
    """Why a reading is not to be trusted, as a sentence's end; empty if it is."""
    if look.face < LEAST_FACE:
        return f"what was found is not a face (score {look.face:.2f}, at least {LEAST_FACE} needed)."
    error = float(np.median(look.expected))
    if error > MOST_EXPECTED:
        return (
            f"the landmarks are too uncertain: an error of {100 * error:.0f} % of the pupils' distance is expected, "
            f"at most {100 * MOST_EXPECTED:.0f} % is accepted; take the photo from the front, in even light."
        )
    if look.misfit > MOST_MISFIT or look.moved > MOST_MOVED or look.spread > MOST_SPREAD:
        return "the landmarks found do not form a face seen from the front."
    return ""
