"""A decoded photo and its calibration."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.types.vocabulary import Box, Flag, LinearRGB, Matrix3, Points, frozen


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How one photo's linear colour becomes standard linear sRGB, and how many pixels a millimetre has.

    Parameters
    ----------
    target : str
        What it was read from: ``"tracker card"``, ``"ColorChecker Classic"``, ...
    matrix : Matrix3
        Row vectors: ``calibrated = linear ** gamma @ matrix``.
    gamma : float
        Exponent that straightens the grey ramp, 1 for an honest sRGB photo.
    residual_de00 : float
        Median CIEDE2000 on patches held out of the fit.
    skin_residual_de00 : float
        The same on the skin-tone patches, each held out.
    mm_to_px : Matrix3 or None
        Homography from the card's plane in mm to photo pixels; None where the target has no known size.
    corners : Points
        (4, 2) the target's corners in the photo.
    flags : tuple of Flag
        What is doubtful about it.
    """

    target: str
    matrix: Matrix3 = field(repr=False)
    gamma: float
    residual_de00: float
    skin_residual_de00: float
    mm_to_px: Matrix3 | None = field(repr=False)
    corners: Points = field(repr=False)
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One decoded photo, upright, sRGB-encoded; linear light is made on demand for the part and scale that is needed.

    A 12-megapixel float image takes 144 MB, so none is kept: ``encoded`` is the only full-size array.

    Parameters
    ----------
    name : str
        What to call it in messages (a file name or a record id), never a path on a server.
    sha256 : str
        Of the original bytes.
    encoded : ndarray of uint8 or uint16, shape (height, width, 3)
        sRGB primaries and transfer curve, D65; 0 to 255 or 0 to 65535.
    captured_at : datetime or None
        Capture time as the camera wrote it (no time zone).
    camera : str
        Make and model, empty if unknown.
    calibration : Calibration or None
        Applied by :meth:`linear` when present.
    jpeg_quality : int or None
        1 to 100 on libjpeg's scale, from the file's tables; None where the file is no JPEG or does not say.
    flash : bool or None
        Whether the camera's flash fired; None where the file does not say.
    """

    name: str
    sha256: str
    encoded: NDArray[np.uint8] | NDArray[np.uint16] = field(repr=False)
    captured_at: datetime | None = None
    camera: str = ""
    calibration: Calibration | None = field(default=None, repr=False)
    jpeg_quality: int | None = None
    flash: bool | None = None

    def __post_init__(self) -> None:
        if self.encoded.ndim != 3 or self.encoded.shape[2] != 3 or self.encoded.dtype not in (np.uint8, np.uint16):
            raise ValueError(
                f"encoded must be (h, w, 3) uint8 or uint16, got {self.encoded.shape} {self.encoded.dtype}"
            )
        self.encoded.setflags(write=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.encoded.shape[1], self.encoded.shape[0]

    def linear(self, box: Box | None = None, scale: float = 1.0) -> LinearRGB:
        """Linear sRGB of a box at a scale, calibrated where a calibration is attached.

        Parameters
        ----------
        box : Box, optional
            The part wanted; the whole photo by default.
        scale : float
            Output pixels per photo pixel, at most 1; averaging happens in linear light.

        Returns
        -------
        LinearRGB
            float32; a calibrated value may lie a little outside 0 to 1.
        """
        part = self.encoded if box is None else self.encoded[box.top : box.bottom, box.left : box.right]
        table = _decode_table(part.dtype.itemsize, self.calibration.gamma if self.calibration else 1.0)
        light = np.asarray(cv2.LUT(part, table) if part.dtype == np.uint8 else table[part], np.float32)
        if scale < 1.0:
            size = max(1, round(light.shape[1] * scale)), max(1, round(light.shape[0] * scale))
            light = np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), np.float32)
        if self.calibration is not None:
            light = np.asarray(cv2.transform(light, self.calibration.matrix.T.astype(np.float32)), np.float32)
        return frozen(np.asarray(light, np.float32))

    def with_calibration(self, calibration: Calibration | None) -> Self:
        """The same pixels with another calibration attached."""
        return replace(self, calibration=calibration)


_TABLES: dict[tuple[int, float], NDArray[np.float32]] = {}


def _decode_table(itemsize: int, gamma: float) -> NDArray[np.float32]:
    key = (itemsize, gamma)
    if key not in _TABLES:
        if len(_TABLES) > 32:  # one per photo's gamma; 256 floats each, 65,536 for 16 bit
            _TABLES.clear()
        v = np.linspace(0.0, 1.0, 256**itemsize)
        light = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)  # IEC 61966-2-1
        _TABLES[key] = frozen((light**gamma).astype(np.float32))
    return _TABLES[key]
