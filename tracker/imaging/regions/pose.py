"""How a head is turned, from landmarks of one photo: a flat face with a nose on it, under weak perspective."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from tracker.imaging.types import FaceLandmarks

Floats = NDArray[np.float64]

NOSE_BASE, NOSE_LENGTH = 0.4, 0.6
"""Of the distance from the line of the eyes to that of the mouth: height of the nose's base above the mouth, and how
far the tip stands off the plane of eyes and mouth (Gee and Cipolla 1994)."""
EYES, MOUTH = 0.64, 0.37
"""Half the distance of the outer canthi and of the mouth corners, of the same length: means of the 72 landmark sets of
faces_london (SD 0.04 and 0.02)."""
NOSE_RISE = 16.0
"""Degrees that the tip of a nose points up in that model when the head is level: mean of the same 72 frontal photos."""
_MODEL = np.array(
    [
        [-EYES, -0.5, 0.0],
        [EYES, -0.5, 0.0],
        [-MOUTH, 0.5, 0.0],
        [MOUTH, 0.5, 0.0],
        [0.0, 0.5 - NOSE_BASE, -NOSE_LENGTH],
    ]
)
"""Outer canthi, mouth corners, tip of the nose: x to the right of the picture, y down, z away from the camera."""
_STARTS = (-50.0, 0.0, 50.0)  # degrees of yaw: a flat face looks alike turned to either side, the nose decides


@dataclass(frozen=True, slots=True)
class HeadPose:
    """How a head is turned, degrees; (0, 0, 0) looks into the camera.

    Parameters
    ----------
    yaw : float
        Positive towards the patient's left, which is the right of the picture.
    pitch : float
        Positive upwards.
    roll : float
        Positive towards the patient's left shoulder: clockwise in the picture.
    misfit : float
        Root mean square distance of the five points from the model, in % of the inter-pupil distance.
    """

    yaw: float
    pitch: float
    roll: float
    misfit: float


def head_pose(landmarks: FaceLandmarks) -> HeadPose:
    """Yaw, pitch and roll of a head.

    Parameters
    ----------
    landmarks : FaceLandmarks
        Outer canthi, mouth corners and the two sides of the tip of the nose are used.

    Notes
    -----
    Least squares over scale, place and rotation. A smile widens the mouth and hardly moves the answer, since both
    corners move alike. Noses differ: a tip that stands off by 0.5 instead of 0.6 makes 45 degrees of 38. Pitch is told
    against the mean of frontal photos and to about 10 degrees only.

    References
    ----------
    Gee, Cipolla. Image Vis Comput 1994;12:639-647. doi:10.1016/0262-8856(94)90039-6
    """
    seen = _seen(landmarks)
    middle, unit = seen.mean(0), float(np.hypot(*(seen[:2].mean(0) - seen[2:4].mean(0))))
    seen = (seen - middle) / unit
    fits = [least_squares(_misfit, np.array([np.radians(yaw), 0, 0, 0, 0, 0]), args=(seen,)) for yaw in _STARTS]
    best = min(fits, key=lambda fit: float(fit.cost))
    yaw, pitch, roll = np.degrees(best.x[:3]).tolist()
    off = float(np.sqrt(2 * best.cost / len(seen))) * unit / landmarks.inter_pupil_px
    return HeadPose(yaw, pitch - NOSE_RISE, roll, 100 * off)


def _seen(landmarks: FaceLandmarks) -> Floats:
    """The five points of the model in the photo, (5, 2)."""
    points = landmarks.points
    tip = np.add(points["nose_tip_right"], points["nose_tip_left"]) / 2
    names = ("outer_canthus_right", "outer_canthus_left", "mouth_corner_right", "mouth_corner_left")
    return np.array([*(points[name] for name in names), tip], np.float64)


def projected(yaw: float, pitch: float, roll: float) -> Floats:
    """The model's five points, (5, 2), turned by degrees and seen from far away, in its own unit."""
    turned = Rotation.from_euler("ZXY", [roll, -pitch, -yaw], degrees=True).apply(_MODEL)
    return np.asarray(turned[:, :2], np.float64)


def _misfit(parameters: Floats, seen: Floats) -> Floats:
    yaw, pitch, roll = np.degrees(parameters[:3]).tolist()
    model = np.exp(parameters[3]) * projected(yaw, pitch, roll) + parameters[4:]
    return np.asarray((model - seen).ravel(), np.float64)
