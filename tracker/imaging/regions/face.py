"""The standard regions of a face: forehead, cheeks, nose and chin, placed by landmarks or by proportions."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.colour import LUMINANCE, linear_to_uint8
from tracker.imaging.regions.skin import reduced, skin_mask
from tracker.imaging.types import Mask, Photo, Points, Region

FACE_REGIONS = ("forehead", "cheek_left", "cheek_right", "nose", "chin")
"""Names in answers; sides are the patient's, so cheek_right is on the left of the picture."""
DETECTION_SIDE = 480
"""Longer side in pixels for the Haar cascades: a face of a sixth of it is still the 80 px that they need."""
LEAST_SKIN = 0.5
"""A region of which less is skin (hair, hand, mask, out of frame) is left out rather than measured in part."""
# Outlines in the face's own frame: origin midway between the pupils, x towards the patient's left (right of the
# picture), y down, unit = distance between the pupils. Set on the mean of the 72 landmark sets of faces_london.
_ELLIPSES = {
    "forehead": ((0.0, -0.72), (0.52, 0.20)),
    "cheek_right": ((-0.56, 0.62), (0.25, 0.24)),
    "cheek_left": ((0.56, 0.62), (0.25, 0.24)),
    "nose": ((0.0, 0.42), (0.13, 0.30)),
    "chin": ((0.0, 1.62), (0.28, 0.13)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """Where a face lies in a photo.

    Parameters
    ----------
    pupil_right, pupil_left : tuple of float
        The patient's pupils (x, y) in pixels; the right one is on the left of the picture.
    """

    pupil_right: tuple[float, float]
    pupil_left: tuple[float, float]

    @property
    def inter_pupil_px(self) -> float:
        """Distance between the pupils in pixels."""
        return float(np.hypot(*(np.subtract(self.pupil_left, self.pupil_right))))

    def to_photo(self, points: Points) -> Points:
        """Points of the face's frame (unit: inter-pupil distance, y down) in photo pixels."""
        right, left = np.asarray(self.pupil_right), np.asarray(self.pupil_left)
        along = left - right
        down = np.array([-along[1], along[0]])
        return np.asarray((right + left) / 2 + points @ np.stack([along, down]), np.float64)


def find_face(photo: Photo, landmarks: Mapping[str, Points] | None = None) -> Face | None:
    """The largest face of a photo, or None where there is none.

    Parameters
    ----------
    photo : Photo
        Upright.
    landmarks : mapping of name to (x, y), optional
        ``pupil_right`` and ``pupil_left`` are used where present; without them the Haar cascades of OpenCV are asked.
    """
    if landmarks is not None and {"pupil_right", "pupil_left"} <= set(landmarks):
        right, left = (np.asarray(landmarks[name], np.float64).ravel() for name in ("pupil_right", "pupil_left"))
        return Face((float(right[0]), float(right[1])), (float(left[0]), float(left[1])))
    small = reduced(photo, DETECTION_SIDE)
    scale = small.size[0] / photo.size[0]
    grey = linear_to_uint8(small.linear() @ LUMINANCE)
    found = _cascade("haarcascade_frontalface_default.xml").detectMultiScale(grey, 1.1, 6, minSize=(60, 60))
    if len(found) == 0:
        return None
    left, top, side = np.asarray(found)[np.argmax(np.asarray(found)[:, 2]), :3].tolist()
    eyes = _eyes(grey[top : top + side, left : left + side])
    right_eye, left_eye = (eyes + np.array([left, top]) + 0.5) / scale - 0.5
    return Face((float(right_eye[0]), float(right_eye[1])), (float(left_eye[0]), float(left_eye[1])))


def face_regions(
    photo: Photo, landmarks: Mapping[str, Points] | None = None, skin: Mask | None = None
) -> tuple[Region, ...]:
    """The standard regions that can be seen in a photo of a face; empty where there is no face.

    Parameters
    ----------
    photo : Photo
        Upright.
    landmarks : mapping of name to (x, y), optional
        Named points in photo pixels; without them the face is found by Haar cascade and placed by proportions.
    skin : Mask, optional
        (height, width), from :func:`skin_mask`, computed here if not given.

    Returns
    -------
    tuple of Region
        In the order of FACE_REGIONS, without those of which less than half is skin.
    """
    face = find_face(photo, landmarks)
    if face is None:
        return ()
    skin = skin_mask(photo) if skin is None else skin
    out = []
    for name in FACE_REGIONS:
        shape = np.zeros(skin.shape, np.uint8)
        outline = np.rint(face.to_photo(_ellipse(*_ELLIPSES[name]))).astype(np.int32)
        cv2.fillPoly(shape, [outline], 1)
        inside = (shape > 0) & skin
        if inside.sum() >= LEAST_SKIN * max(1, int(shape.sum())):
            out.append(Region.from_mask(name, inside))
    return tuple(out)


def _ellipse(centre: tuple[float, float], radii: tuple[float, float]) -> Points:
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    return np.stack([centre[0] + radii[0] * np.cos(turn), centre[1] + radii[1] * np.sin(turn)], axis=1)


def _eyes(face: NDArray[np.uint8]) -> Points:
    """(2, 2): the eye on the left of the picture, then the other, in pixels of the face box."""
    side = face.shape[0]
    typical = np.array([[0.31, 0.38], [0.69, 0.38]]) * side
    found = _cascade("haarcascade_eye.xml").detectMultiScale(
        face[: int(0.6 * side)], 1.05, 4, minSize=(side // 8, side // 8)
    )
    out = typical.copy()
    for at, expected in enumerate(typical):
        centres = [np.array([x + w / 2, y + 0.53 * h]) for x, y, w, h in found]
        away = [float(np.hypot(*(centre - expected))) for centre in centres]
        if away and min(away) < 0.13 * side:
            out[at] = centres[int(np.argmin(away))]
    return np.asarray(out, np.float64)


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))
