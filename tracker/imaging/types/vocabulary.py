"""Array types, and the words that every answer is made of."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

LinearRGB = NDArray[np.float32]
"""Linear-light sRGB primaries, D65, (height, width, 3), 0 to 1."""
Mask = NDArray[np.bool_]
"""(height, width), True inside."""
Points = NDArray[np.float64]
"""(n, 2), x and y in pixels."""
Matrix3 = NDArray[np.float64]
"""(3, 3)."""


_T = TypeVar("_T", bound=np.generic)


def frozen(array: NDArray[_T]) -> NDArray[_T]:
    """The same array, marked read-only."""
    array.setflags(write=False)
    return array


class Metric(StrEnum):
    """What is measured; the value is the name used in answers, tables and charts."""

    REDNESS = "redness"
    REDNESS_A_STAR = "redness_a_star"
    REDNESS_LOG_RG = "redness_log_rg"
    PIGMENT = "pigment"
    EVENNESS = "evenness"
    SPOTS = "spots"
    SKIN_TONE = "skin_tone"
    ROUGHNESS = "roughness"
    WRINKLES = "wrinkles"
    WRINKLE_CONTRAST = "wrinkle_contrast"
    WRINKLE_SEVERITY = "wrinkle_severity"
    PORES = "pores"
    PORE_DIAMETER = "pore_diameter"
    PORE_AREA = "pore_area"
    SCAR_AREA = "scar_area"
    SCAR_COUNT = "scar_count"
    SCAR_LENGTH = "scar_length"
    SCAR_CONTRAST = "scar_contrast"
    SCAR_REDNESS = "scar_redness"
    SCAR_PIGMENT = "scar_pigment"


class Verdict(StrEnum):
    """The only three things that may be said of a change."""

    CHANGED = "changed"
    NO_DETECTABLE_CHANGE = "no detectable change"
    NOT_ASSESSABLE = "not assessable"


class FlagCode(StrEnum):
    """Why a number is doubtful or withheld."""

    UNCALIBRATED = "uncalibrated"
    NO_SCALE = "no scale"
    IRIS_SCALE = "scale from the iris"
    PROPORTIONS = "placed by proportions"
    TONE_MAPPED = "tone-mapped"
    CLIPPED = "clipped"
    TOO_DARK = "too dark"
    BLURRED = "blurred"
    SHARPNESS_DIFFERS = "sharpness differs"
    LIGHT_DIFFERS = "light differs"
    FLAT_LIGHT = "frontal light"
    CAMERA_DIFFERS = "camera differs"
    COMPRESSED = "heavily compressed"
    MAKE_UP = "make-up"
    EXPRESSION = "expression differs"
    DISTANCE_DIFFERS = "distance differs"
    POSE_DIFFERS = "pose differs"
    SPECULAR = "shine"
    NOT_ALIGNED = "not aligned"
    REGION_NOT_FOUND = "region not found"
    REGION_TOO_SMALL = "region too small"
    OUT_OF_FRAME = "out of frame"
    NO_REFERENCE = "no reference skin"
    CARD_UNREADABLE = "card unreadable"
    DARK_SKIN_SENSITIVITY = "reduced sensitivity"
    TILTED = "tilted"
    HEALING = "healing"
    TOO_FEW_REPEATS = "too few repeats"
    MARK_KIND = "kind of mark"
    MANY_MEASURES = "many measures"


@dataclass(frozen=True, slots=True)
class Flag:
    """One doubt about a photo, a pair or a number.

    Parameters
    ----------
    code : FlagCode
        What kind of doubt.
    reason : str
        One plain sentence with the figure that was found and the one that was expected.
    retake : str
        How to take the photo again; empty where nothing needs to be done.
    withholds : tuple of Metric
        The measures that this doubt spoils; empty for a remark.
    widens : float
        Factor on the noise by which the measures that are left are judged, at least 1.
    """

    code: FlagCode
    reason: str
    retake: str = ""
    withholds: tuple[Metric, ...] = ()
    widens: float = 1.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels: left and top inclusive, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top

    def grown(self, margin: int, size: tuple[int, int]) -> "Box":
        """The box with a margin on each side, cut at a photo of (width, height) pixels."""
        return Box(
            max(0, self.left - margin),
            max(0, self.top - margin),
            min(size[0], self.right + margin),
            min(size[1], self.bottom + margin),
        )
