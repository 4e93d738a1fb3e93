"""Camera: linear light to an 8-bit photo, and the photo's file."""

import io
from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from tracker.imaging.types import LinearRGB, frozen

IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_LEVELS = 16383  # 14 bits: 0.2 of an 8-bit step at black, where the sRGB curve is steepest


@dataclass(frozen=True, slots=True)
class Camera:
    """What a camera does to light.

    Parameters
    ----------
    exposure : float
        Factor on the light.
    white_balance : tuple of float
        Factors on R, G, B; all 1 is right for white light.
    mix : tuple of tuple of float
        3x3 rows: recorded channel = row . linear sRGB; rows should sum to about 1.
    blur_px : float
        Sigma of lens, focus and hand.
    noise : float
        Factor on the shot and read noise; 0 for none. At 1, variance = Y / 8000 + 0.002^2.
    contrast : float
        0 = honest sRGB curve; 1 = a strong S-curve as phones apply (for refusal tests).
    """

    exposure: float = 1.0
    white_balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    mix: tuple[tuple[float, float, float], ...] = IDENTITY
    blur_px: float = 0.5
    noise: float = 1.0
    contrast: float = 0.0


def record(light: LinearRGB, camera: Camera, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The 8-bit sRGB photo of linear light.

    Parameters
    ----------
    light : LinearRGB
        What reaches the lens, (height, width, 3).
    camera : Camera
        Its settings.
    rng : numpy.random.Generator
        Source of the noise.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Read-only.
    """
    seen = cv2.GaussianBlur(light, (0, 0), camera.blur_px) if camera.blur_px > 0.2 else light
    gains = np.array(camera.white_balance) * camera.exposure
    matrix = np.diag(gains) @ np.array(camera.mix, float)
    seen = np.asarray(cv2.transform(seen, matrix.astype(np.float32)), np.float32)
    np.maximum(seen, 0, out=seen)
    if camera.noise > 0:
        sigma = np.sqrt(seen * np.float32(1 / 8000) + np.float32(0.002**2)) * np.float32(camera.noise)
        seen += sigma * rng.standard_normal(seen.shape, np.float32)
    codes = np.clip(seen * np.float32(_LEVELS) + np.float32(0.5), 0, _LEVELS).astype(np.uint16)
    return frozen(_curve(camera.contrast)[codes])


def _curve(contrast: float) -> NDArray[np.uint8]:
    v = np.linspace(0, 1, _LEVELS + 1)
    encoded = np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)
    s_curve = encoded * encoded * (3 - 2 * encoded)
    return np.asarray(np.rint(255 * ((1 - contrast) * encoded + contrast * s_curve)), np.uint8)


def jpeg(encoded: NDArray[np.uint8], quality: int = 92, captured_at: datetime | None = None) -> bytes:
    """A JPEG file of a photo; its EXIF holds the camera model 'Phantom' and, if given, the capture time, nothing else.

    Parameters
    ----------
    encoded : ndarray of uint8, shape (height, width, 3)
        sRGB.
    quality : int
        Of libjpeg; chroma is halved below 90 as phones do.
    captured_at : datetime or None
        Written as DateTimeOriginal.
    """
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Phantom"
    if captured_at is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = captured_at.strftime("%Y:%m:%d %H:%M:%S")
    out = io.BytesIO()
    sampling = "4:4:4" if quality >= 90 else "4:2:0"
    Image.fromarray(encoded).save(out, "JPEG", quality=quality, subsampling=sampling, exif=exif)
    return out.getvalue()
