"""What a target's patches look like in one photo: linear light of the centre of each, and which cannot be used."""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.calibrate.card import PatchKind
from tracker.imaging.geometry import apply_homography
from tracker.imaging.types import Matrix3, Photo, Points

Floats = NDArray[np.float64]

CENTRE = 0.5
"""Share of a patch's width that is read: blur and JPEG colour blocks reach a few pixels in from its border."""
SIDE_SAMPLES = 24
"""Pixels read across a patch at most; 576 pixels bring sensor noise of 3 % down to 0.13 %."""
CLIPPED_LEVEL = 253 / 255
CLIPPED_SHARE = 0.02
UNEVEN = 0.18
"""Largest difference between the ninths of a patch, relative to its mean: light falling off by 2 % per mm gives 0.08,
a reflection more."""
UNEVEN_FLOOR = 0.01
"""Linear light added to the mean before dividing: 8-bit steps and JPEG noise in the darkest patches."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Linear light of some quads of a photo.

    Parameters
    ----------
    linear : ndarray, shape (n, 3)
        Interquartile mean per channel, uncalibrated linear sRGB, 0 to 1.
    clipped : ndarray of bool, shape (n,)
        More than 2 % of the pixels are at the top of a channel.
    unevenness : ndarray, shape (n,)
        Spread of the luminance over the ninths of the quad, relative.
    """

    linear: Floats = field(repr=False)
    clipped: NDArray[np.bool_] = field(repr=False)
    unevenness: Floats = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A target as it was read from one photo.

    Parameters
    ----------
    target : str
        Name of the target.
    names : tuple of str
        Of the n patches.
    kinds : tuple of PatchKind
        Of the n patches.
    measured, reference : ndarray, shape (n, 3)
        Linear light read (uncalibrated, 0 to 1) and meant (linear sRGB, D65, 0 to 1).
    failed : dict of str to str
        Patch name to the reason why it cannot be used.
    mm_to_px : Matrix3 or None
        Homography from the target's plane in mm.
    corners : Points
        (4, 2) corners in the photo.
    """

    target: str
    names: tuple[str, ...] = field(repr=False)
    kinds: tuple[PatchKind, ...] = field(repr=False)
    measured: Floats = field(repr=False)
    reference: Floats = field(repr=False)
    failed: dict[str, str]
    mm_to_px: Matrix3 | None = field(repr=False)
    corners: Points = field(repr=False)

    def usable(self, kind: PatchKind | None = None) -> NDArray[np.bool_]:
        """(n,) patches that did not fail, of one kind or of all."""
        return np.array(
            [n not in self.failed and kind in (None, k) for n, k in zip(self.names, self.kinds, strict=True)], bool
        )


def sample(photo: Photo, to_px: Matrix3, boxes: Floats) -> Sample:
    """The linear light of rectangles of a target's plane.

    Parameters
    ----------
    photo : Photo
        Its calibration, if any, is not applied.
    to_px : Matrix3
        From the target's plane to photo pixels.
    boxes : ndarray, shape (n, 4)
        Left, top, width and height in the target's plane; all of each box is read.

    Returns
    -------
    Sample
        A box that lies outside the photo even in part has NaN everywhere.
    """
    side = _side(to_px, boxes)
    steps = (np.arange(side) + 0.5) / side
    u, v = np.meshgrid(steps, steps)
    x = boxes[:, 0, None] + u.ravel() * boxes[:, 2, None]
    y = boxes[:, 1, None] + v.ravel() * boxes[:, 3, None]
    points = apply_homography(to_px, np.stack([x.ravel(), y.ravel()], 1))
    points = np.rint(np.clip(points, -1e6, 1e6)).astype(np.int64)  # far behind the horizon is outside as well
    width, height = photo.size
    column, row = points[:, 0], points[:, 1]
    shown = np.asarray((column >= 0) & (column < width) & (row >= 0) & (row < height), np.bool_)
    inside = np.asarray(shown.reshape(len(boxes), -1).all(axis=1), np.bool_)
    column, row = np.clip(column, 0, width - 1), np.clip(row, 0, height - 1)
    levels = photo.encoded[row, column].reshape(len(boxes), side * side, 3) / np.iinfo(photo.encoded.dtype).max
    light = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    clipped = (levels >= CLIPPED_LEVEL).mean(1).max(1) > CLIPPED_SHARE
    linear = np.where(inside[:, None], _interquartile_mean(light), np.nan)
    return Sample(linear, clipped, np.where(inside, _unevenness(light, side), np.nan))


def halved(photo: Photo, longest: int) -> tuple[NDArray[np.uint8], float]:
    """8-bit encoded RGB halved until it is at most ``longest`` pixels long, and the scale (1, 1/2, 1/4, ...).

    Notes
    -----
    Two pixels into one is the fast path of cv2.resize: 6 ms for 12 megapixels, 30 ms for any other factor. Pixel p
    covers the photo about ``(p + 0.5) / scale - 0.5``.
    """
    picture, scale = eight_bit(photo.encoded), 1.0
    while max(picture.shape) > longest:
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        even = picture[: 2 * height, : 2 * width]
        picture = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        scale /= 2
    return picture, scale


def eight_bit(encoded: NDArray[Any]) -> NDArray[np.uint8]:
    """Encoded 8- or 16-bit pixels as contiguous 8-bit levels."""
    return np.ascontiguousarray(encoded if encoded.dtype == np.uint8 else encoded // 256, np.uint8)


def centres(boxes: Floats, share: float = CENTRE) -> Floats:
    """The same boxes (n, 4) shrunk about their centres to a share of their width and height."""
    margin = (1 - share) / 2 * boxes[:, 2:]
    return np.concatenate([boxes[:, :2] + margin, boxes[:, 2:] * share], axis=1)


def failures(names: tuple[str, ...], seen: Sample) -> dict[str, str]:
    """Patch name to reason for the patches that cannot be used."""
    failed = {}
    for i, name in enumerate(names):
        if not np.isfinite(seen.linear[i]).all():
            failed[name] = "outside the photo"
        elif seen.clipped[i]:
            failed[name] = "overexposed"
        elif seen.unevenness[i] > UNEVEN:
            failed[name] = "unevenly lit (reflection, shadow or covered)"
    return failed


def _side(to_px: Matrix3, boxes: Floats) -> int:
    """Samples across a box: one per pixel of the largest box, at most ``SIDE_SAMPLES``, at least 3."""
    corner = boxes[:, :2]
    across = apply_homography(to_px, corner + boxes[:, 2:]) - apply_homography(to_px, corner)
    pixels = float(np.hypot(across[:, 0], across[:, 1]).max()) / np.sqrt(2)
    return int(np.clip(np.ceil(pixels / 3) * 3, 3, SIDE_SAMPLES))


def _interquartile_mean(light: Floats) -> Floats:
    """(n, m, 3) -> (n, 3). A median of 8-bit levels comes in steps of 2.6 % at a linear 0.03; this does not."""
    ordered = np.sort(light, axis=1)
    quarter = light.shape[1] // 4
    return np.asarray(ordered[:, quarter : light.shape[1] - quarter].mean(1), np.float64)


def _unevenness(light: Floats, side: int) -> Floats:
    """(n, m, 3) -> (n,) spread of the ninths' mean light; the ninths average noise away, a reflection stays."""
    third = side // 3
    grid = light.mean(2).reshape(-1, 3, third, 3, third).mean((2, 4)).reshape(len(light), 9)
    return np.asarray((grid.max(1) - grid.min(1)) / (grid.mean(1) + UNEVEN_FLOOR), np.float64)
