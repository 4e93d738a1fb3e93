"""What to do before the shutter is pressed, so that a photo can be compared with the last one of the same view.

Hints are codes with the figure that was found; the words for them belong to whoever shows them. Left and right are the
patient's own. The camera's frame is not mirrored: the patient's left is on the right of the picture.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tracker.imaging.quality.exposure import DARKEST_SKIN, MOST_CLIPPED
from tracker.imaging.types import Matrix3

DISTANCE = 0.05
"""Of the size of the baseline, and below in degrees and shares of the frame: what capture asks for (methods 7)."""
ANGLE = 5.0
STANDARD_ANGLE = 10.0
"""Degrees from a standard view where there is no earlier photo: a third of the way from frontal to oblique."""
SHIFT = 0.08
"""Of the frame's longer side: a twelfth keeps all skin of the earlier photo that lay further from its edge."""
BRIGHTER = 1.6
"""Of linear light on the skin, two thirds of a stop; automatic exposure is repeated within half a stop."""
SOFTER = 0.7
"""Fine contrast at 480 px against the earlier photo: blurred by 1 px there 0.66 to 0.71, moved by 7 px 0.63 to 0.70,
blurred by 0.7 px 0.79 to 0.82 (12 people of faces_london)."""
LEAST_DETAIL = 0.12
"""Where there is no earlier photo: sharp faces have 0.17 to 0.29 at 480 px, moved by 7 px 0.12 to 0.19."""


class HintCode(StrEnum):
    """What to do."""

    NO_FACE = "no face"
    CLOSER = "closer"
    FARTHER = "farther"
    TURN_LEFT = "turn left"
    TURN_RIGHT = "turn right"
    CHIN_UP = "chin up"
    CHIN_DOWN = "chin down"
    LEVEL_HEAD = "level head"
    TURN_CAMERA = "turn camera"
    CAMERA_LEFT = "camera left"
    CAMERA_RIGHT = "camera right"
    CAMERA_UP = "camera up"
    CAMERA_DOWN = "camera down"
    MORE_LIGHT = "more light"
    LESS_LIGHT = "less light"
    HOLD_STILL = "hold still"
    CARD_NOT_SEEN = "card not seen"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to do.

    Parameters
    ----------
    code : HintCode
        What.
    value : float
        How far off, in the unit of the code: times (closer, farther), degrees (turn, chin, level), share of the frame
        (camera left, right, up, down), linear light against the wanted (light), detail against the wanted (hold still).
        Of LEVEL_HEAD it is positive where the head has to tilt to the patient's left shoulder, of TURN_CAMERA where the
        camera has to turn clockwise as the photographer sees it.
    """

    code: HintCode
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Stance:
    """How a subject lies in a frame.

    Parameters
    ----------
    size : float
        Times as large as it should be.
    shift : tuple of float
        How far right and down of its place, as shares of the frame's longer side.
    roll : float
        Degrees clockwise of its place.
    """

    size: float
    shift: tuple[float, float]
    roll: float


@dataclass(frozen=True, slots=True)
class Exposure:
    """The light and the detail on the skin of a frame.

    Parameters
    ----------
    level : float
        Median, 0 to 255, sRGB.
    light : float
        Median linear luminance, 0 to 1.
    clipped : float
        Share at the top of a channel.
    detail : float
        Fine over coarse contrast at the size of the frame; nan where it cannot be told.
    """

    level: float
    light: float
    clipped: float
    detail: float


def stance_hints(stance: Stance, slack: float = 1.0) -> tuple[Hint, ...]:
    """Distance and place, from how the subject of the earlier photo lies in the frame.

    Parameters
    ----------
    stance : Stance
        Against the earlier photo.
    slack : float
        Times the tolerances: 1 before the shutter, more for a verdict.
    """
    found = []
    if stance.size < 1 - DISTANCE * slack:
        found.append(Hint(HintCode.CLOSER, stance.size))
    elif stance.size > 1 + DISTANCE * slack:
        found.append(Hint(HintCode.FARTHER, stance.size))
    x, y = stance.shift
    # The camera follows the skin: what lies too far right comes to its place when the camera moves right.
    if abs(x) > SHIFT * slack:
        found.append(Hint(HintCode.CAMERA_RIGHT if x > 0 else HintCode.CAMERA_LEFT, abs(x)))
    if abs(y) > SHIFT * slack:
        found.append(Hint(HintCode.CAMERA_DOWN if y > 0 else HintCode.CAMERA_UP, abs(y)))
    return tuple(found)


def camera_hints(stance: Stance, slack: float = 1.0) -> tuple[Hint, ...]:
    """Whether the camera has to be turned about its axis."""
    return (Hint(HintCode.TURN_CAMERA, stance.roll),) if abs(stance.roll) > ANGLE * slack else ()


def turn_hints(yaw: float, tolerance: float = ANGLE) -> tuple[Hint, ...]:
    """How to turn the head: ``yaw`` is that of the frame less the wanted one, positive to the patient's left."""
    if abs(yaw) <= tolerance:
        return ()
    return (Hint(HintCode.TURN_RIGHT if yaw > 0 else HintCode.TURN_LEFT, abs(yaw)),)


def chin_hints(pitch: float, slack: float = 1.0) -> tuple[Hint, ...]:
    """How to hold the chin: ``pitch`` is that of the frame less the wanted one, positive upwards."""
    if abs(pitch) <= ANGLE * slack:
        return ()
    return (Hint(HintCode.CHIN_DOWN if pitch > 0 else HintCode.CHIN_UP, abs(pitch)),)


def level_hints(roll: float, slack: float = 1.0) -> tuple[Hint, ...]:
    """How to tilt the head: ``roll`` is that of the frame less the wanted one, positive to the patient's left."""
    return (Hint(HintCode.LEVEL_HEAD, -roll),) if abs(roll) > ANGLE * slack else ()


def light_hints(now: Exposure, before: Exposure | None) -> tuple[Hint, ...]:
    """More or less light, against the limits of one photo and against the earlier photo."""
    ratio = 1.0 if before is None or before.light <= 0 else now.light / before.light
    if now.clipped > MOST_CLIPPED and (before is None or before.clipped <= MOST_CLIPPED or ratio > BRIGHTER):
        return (Hint(HintCode.LESS_LIGHT, max(ratio, 1.0)),)
    if now.level < DARKEST_SKIN or ratio < 1 / BRIGHTER:
        return (Hint(HintCode.MORE_LIGHT, ratio),)
    return (Hint(HintCode.LESS_LIGHT, ratio),) if ratio > BRIGHTER else ()


def still_hints(now: Exposure, before: Exposure | None) -> tuple[Hint, ...]:
    """Whether the frame is moved or out of focus; nothing where it cannot be told."""
    known = before is not None and before.detail > 0  # nan is not
    share = now.detail / (before.detail if before is not None and known else LEAST_DETAIL / SOFTER)
    return (Hint(HintCode.HOLD_STILL, share),) if share < SOFTER else ()


def ordered(found: tuple[Hint, ...]) -> tuple[Hint, ...]:
    """The hints in the order in which they should be followed, or GOOD where nothing is left to do.

    Light first, because nothing else can be seen without it; then what the patient does, before the fine placing of
    the camera, which it would undo; holding still last.
    """
    return tuple(sorted(found, key=lambda hint: _ORDER[hint.code])) or (Hint(HintCode.GOOD),)


_ORDER = {
    code: place
    for place, codes in enumerate(
        (
            (HintCode.NO_FACE,),
            (HintCode.MORE_LIGHT, HintCode.LESS_LIGHT),
            (HintCode.TURN_LEFT, HintCode.TURN_RIGHT),
            (HintCode.CLOSER, HintCode.FARTHER),
            (HintCode.CHIN_UP, HintCode.CHIN_DOWN),
            (HintCode.LEVEL_HEAD, HintCode.TURN_CAMERA),
            (HintCode.CAMERA_LEFT, HintCode.CAMERA_RIGHT, HintCode.CAMERA_UP, HintCode.CAMERA_DOWN),
            (HintCode.CARD_NOT_SEEN,),
            (HintCode.HOLD_STILL,),
            (HintCode.GOOD,),
        )
    )
    for code in codes
}


def stance_of(matrix: Matrix3, before: tuple[int, int], now: tuple[int, int]) -> Stance:
    """How a subject lies in a frame, from the similarity that carries the earlier photo onto it.

    Parameters
    ----------
    matrix : Matrix3
        Pixels of the earlier photo to pixels of the frame.
    before, now : tuple of int
        Width and height of both. The earlier photo is meant to lie in the middle of the frame, as large as it fits.
    """
    wanted = min(now[0] / before[0], now[1] / before[1])
    size = float(np.hypot(matrix[0, 0], matrix[1, 0])) / wanted
    middle = matrix @ [(before[0] - 1) / 2, (before[1] - 1) / 2, 1.0]
    off = (middle[:2] - ((now[0] - 1) / 2, (now[1] - 1) / 2)) / max(now)
    return Stance(size, (float(off[0]), float(off[1])), float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))))
