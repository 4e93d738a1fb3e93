"""Where a face is, by the Haar cascades of OpenCV."""

import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.colour import LUMINANCE, linear_to_uint8
from tracker.imaging.regions.colours import reduced
from tracker.imaging.types import Photo, Points

DETECTION_SIDE = 480
"""Longer side in pixels for the Haar cascades: a face of a sixth of it is still the 80 px that they need."""
FACE_CASCADE = "haarcascade_frontalface_alt2.xml"
"""Finds 144 of the 144 faces of faces_london and 2 false ones on 108 hands and feet; the default cascade 142 and 8."""
EYES_IN_BOX = np.array([[0.308, 0.387], [0.687, 0.387]])
"""Where the cascade's box has the pupils (mean over the 72 of faces_london), as a share of its side."""

EYE_OFFSET = np.array([0.008, -0.0135])
"""From the centre of the eye cascade's box to the pupil, in sides of the face box (mean over faces_london)."""


@dataclass(frozen=True, slots=True)
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
        return float(np.hypot(*np.subtract(self.pupil_left, self.pupil_right)))

    def to_photo(self, points: Points) -> Points:
        """Points of the face's own frame in photo pixels.

        Parameters
        ----------
        points : Points
            (n, 2): origin midway between the pupils, x towards the patient's left, y down the face, unit = distance
            between the pupils.
        """
        right, left = np.asarray(self.pupil_right), np.asarray(self.pupil_left)
        along = left - right
        down = np.array([-along[1], along[0]])
        return np.asarray((right + left) / 2 + points @ np.stack([along, down]), np.float64)

    def frame(self, shape: tuple[int, int], scale: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Coordinates (x, y) in the face's own frame of every pixel of a reduced photo of (height, width)."""
        centre = (np.add(self.pupil_right, self.pupil_left) / 2 + 0.5) * scale - 0.5
        along = np.subtract(self.pupil_left, self.pupil_right) / self.inter_pupil_px
        unit = self.inter_pupil_px * scale
        yy, xx = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
        dx, dy = (xx - centre[0]) / unit, (yy - centre[1]) / unit
        return (
            np.asarray(along[0] * dx + along[1] * dy, np.float32),
            np.asarray(along[0] * dy - along[1] * dx, np.float32),
        )


def find_face(photo: Photo) -> Face | None:
    """The largest face of a photo by the Haar cascades of OpenCV, or None where there is none.

    Parameters
    ----------
    photo : Photo
        Upright.
    """
    small = linear_to_uint8(reduced(photo, DETECTION_SIDE) @ LUMINANCE)
    found = np.asarray(_cascade(FACE_CASCADE).detectMultiScale(small, 1.15, 4, minSize=(60, 60)))
    if found.size == 0:
        return None
    left_edge, top, side = found[np.argmax(found[:, 2]), :3].tolist()
    eyes = _eyes(small[top : top + side, left_edge : left_edge + side]) + np.array([left_edge, top])
    right, left = (eyes + 0.5) * (photo.size[0] / small.shape[1]) - 0.5
    return Face((float(right[0]), float(right[1])), (float(left[0]), float(left[1])))


def _eyes(face: NDArray[np.uint8]) -> Points:
    """(2, 2): the eye on the left of the picture, then the other, in pixels of the cascade's box.

    An eye that is not found (closed, shaded) is put at its usual place: off by less than 0.1 inter-pupil distances.
    """
    side = face.shape[0]
    least = (side // 8, side // 8)
    found = _cascade("haarcascade_eye.xml").detectMultiScale(face[: int(0.6 * side)], 1.1, 4, minSize=least)
    out = EYES_IN_BOX * side
    centres = [np.array([x + w / 2, y + 0.53 * h]) + EYE_OFFSET * side for x, y, w, h in found]
    for at, usual in enumerate(EYES_IN_BOX * side):
        away = [float(np.hypot(*(centre - usual))) for centre in centres]
        if away and min(away) < 0.13 * side:
            out[at] = centres[int(np.argmin(away))]
    return np.asarray(out, np.float64)


def _cascade(name: str) -> cv2.CascadeClassifier:
    """The loaded cascade; one per thread, because its search keeps state and two threads would mix theirs."""
    loaded: dict[str, cv2.CascadeClassifier] = _LOADED.__dict__
    if name not in loaded:
        loaded[name] = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))
    return loaded[name]


_LOADED = threading.local()
