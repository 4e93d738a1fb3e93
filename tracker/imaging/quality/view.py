"""The small copy of a photo that the checks look at, with its skin."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour
from tracker.imaging.types import LinearRGB, Mask, Photo

CHECK_SIDE = 1000  # longer side in pixels: blur of 1 px there is 4 px in 12 megapixels
FEWEST_PIXELS = 200
DARKEST = np.float32(2e-3)  # linear light: seven 8-bit steps above black


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A photo at the size of the checks.

    Parameters
    ----------
    light : LinearRGB
        (height, width, 3), as recorded: no calibration.
    encoded : ndarray of uint8 or uint16, shape (height, width, 3)
        sRGB.
    log_light : ndarray of float32, shape (height, width)
        ln Y.
    inside : Mask
        (height, width): skin, its edge left out.
    scale : float
        Pixels here per pixel of the photo.
    """

    light: LinearRGB = field(repr=False)
    encoded: NDArray[Any] = field(repr=False)
    log_light: NDArray[np.float32] = field(repr=False)
    inside: Mask = field(repr=False)
    scale: float

    @classmethod
    def of(cls, photo: Photo, skin: Mask | None) -> Self:
        """The view of a photo; without a skin mask its middle half is looked at."""
        scale = min(1.0, CHECK_SIDE / max(photo.size))
        size = max(1, round(photo.size[0] * scale)), max(1, round(photo.size[1] * scale))
        encoded: NDArray[Any] = cv2.resize(photo.encoded, size, interpolation=cv2.INTER_AREA)
        light = replace(photo, encoded=encoded, calibration=None).linear()
        y = np.asarray(colour.luminance(light), np.float32)
        return cls(light, encoded, np.log(np.maximum(y, DARKEST)), _inside(skin, size), scale)

    @property
    def enough(self) -> bool:
        """Whether there is skin to look at."""
        return int(self.inside.sum()) >= FEWEST_PIXELS


def _inside(skin: Mask | None, size: tuple[int, int]) -> Mask:
    width, height = size
    if skin is None:
        inside = np.zeros((height, width), bool)
        inside[height // 4 : -(height // 4) or None, width // 4 : -(width // 4) or None] = True
        return inside
    soft = cv2.resize(skin.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.erode(soft, np.ones((9, 9), np.uint8)) > 0, bool)
