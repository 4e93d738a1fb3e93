"""The working copy of a photo: log-luminance at a fixed scale, and where it may be trusted."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.geometry import dilate
from tracker.imaging.types import Mask, Matrix3, Photo, Points

Image = NDArray[np.float32]

WORKING_LONG_SIDE = 1500  # pores and moles of a face that fills a 12-megapixel photo are still 2 to 5 px across
LUMINANCE_FLOOR = 0.004  # of white: below it the logarithm shows sensor noise only
CONTEXT = 0.015  # of the long side: brows, lashes and lip rims beside the skin belong to the same surface


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One photo, ready to be matched.

    Parameters
    ----------
    log_luminance : ndarray of float32, shape (height, width)
        Natural logarithm of linear luminance at the working scale.
    scale : float
        Working pixels per photo pixel, at most 1.
    trusted : Mask
        Skin, with its holes filled and its near surroundings; all of the picture where no skin mask was given.
    photo_size : tuple of int
        Width and height of the photo itself.
    """

    log_luminance: Image = field(repr=False)
    scale: float
    trusted: Mask = field(repr=False)
    photo_size: tuple[int, int]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the working copy."""
        return self.log_luminance.shape[1], self.log_luminance.shape[0]

    def to_working(self, points: Points) -> Points:
        """Photo pixels to working pixels; pixel centres, not corners, are whole numbers."""
        return (np.asarray(points, np.float64) + 0.5) * self.scale - 0.5

    def to_photo(self, points: Points) -> Points:
        """Working pixels to photo pixels."""
        return (np.asarray(points, np.float64) + 0.5) / self.scale - 0.5

    @property
    def photo_to_working(self) -> Matrix3:
        """The same as a matrix."""
        shift = 0.5 * self.scale - 0.5
        return np.array([[self.scale, 0, shift], [0, self.scale, shift], [0, 0, 1]], np.float64)

    def from_other(self, other: "Prepared") -> Matrix3:
        """From the pixels of another working copy of the same photo to the pixels of this one."""
        return np.asarray(self.photo_to_working @ np.linalg.inv(other.photo_to_working), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Baseline and follow-up, at the working scale and at the smaller one at which marks are matched."""

    working: tuple[Prepared, Prepared] = field(repr=False)
    coarse: tuple[Prepared, Prepared] = field(repr=False)

    def to_working(self, coarse_motion: Matrix3) -> Matrix3:
        """A plane motion between the coarse copies as one between the working copies."""
        (first, second), (small_first, small_second) = self.working, self.coarse
        return np.asarray(second.from_other(small_second) @ coarse_motion @ small_first.from_other(first), np.float64)

    def matches(self, baseline: Points, followup: Points) -> tuple[Points, Points]:
        """Matches between the coarse copies as positions in the working copies."""
        (first, second), (small_first, small_second) = self.working, self.coarse
        return first.to_working(small_first.to_photo(baseline)), second.to_working(small_second.to_photo(followup))


def prepare(photo: Photo, skin: Mask | None, long_side: int = WORKING_LONG_SIDE) -> Prepared:
    """The working copy of a photo.

    Parameters
    ----------
    photo : Photo
        sRGB-encoded pixels; shrunk while still encoded, so that no full-size float image is ever made.
    skin : Mask or None
        At any size with the photo's proportions.
    long_side : int
        Pixels of the working copy's longer side at most.
    """
    width, height = photo.size
    scale = min(1.0, long_side / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    encoded = photo.encoded if photo.encoded.dtype == np.uint8 else (photo.encoded >> 8).astype(np.uint8)
    if size != photo.size:
        encoded = cv2.resize(encoded, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    small = np.asarray(encoded, np.uint8)
    return Prepared(_log_luminance(small), size[0] / width, _trusted(size, skin), photo.size)


def mirrored(prepared: Prepared) -> Prepared:
    """The working copy as a mirror would show it."""
    flipped = np.ascontiguousarray(prepared.log_luminance[:, ::-1])
    return Prepared(flipped, prepared.scale, np.ascontiguousarray(prepared.trusted[:, ::-1]), prepared.photo_size)


def _log_luminance(encoded: NDArray[np.uint8]) -> Image:
    v = np.linspace(0.0, 1.0, 256)
    light = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)  # IEC 61966-2-1
    tables = (light[:, None] * np.array([0.2126, 0.7152, 0.0722])).astype(np.float32)[None]  # BT.709 luminance
    weighted = cv2.LUT(np.ascontiguousarray(encoded), np.ascontiguousarray(tables))
    total = cv2.transform(weighted, np.ones((1, 3), np.float32))
    return np.asarray(cv2.log(total + np.float32(LUMINANCE_FLOOR)), np.float32)


def _trusted(size: tuple[int, int], skin: Mask | None) -> Mask:
    width, height = size
    if skin is None:
        return np.ones((height, width), bool)
    mask = cv2.resize(skin.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros((height, width), np.uint8)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return dilate(filled.astype(bool), CONTEXT * max(width, height))


def band(image: Image, fine: float, coarse: float) -> Image:
    """Difference of two Gaussian blurs (standard deviations in pixels): what lies between two sizes."""
    small = cv2.GaussianBlur(image, (0, 0), fine) if fine > 0 else image
    return np.asarray(small - cv2.GaussianBlur(image, (0, 0), coarse), np.float32)


def local_contrast(image: Image, window: float, floor: float) -> Image:
    """Root mean square in a Gaussian window, never below a floor."""
    small = cv2.resize(image * image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    mean = cv2.resize(cv2.GaussianBlur(small, (0, 0), window / 4), (image.shape[1], image.shape[0]))
    return np.asarray(np.sqrt(np.maximum(mean, 0) + floor * floor), np.float32)
