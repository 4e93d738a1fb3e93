"""From the colours of a file's ICC profile to sRGB.

Matrix profiles (Display P3, Adobe RGB, ProPhoto) and grey curves are computed in float from the profile's own curves
and colorants, for 8 and 16 bit alike; table profiles (CMYK, Lab, scanners) go through LittleCMS in 8 bit, relative
colorimetric with black point compensation. Colours outside sRGB are clipped.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from tracker.imaging.decode.integrity import Refused

_SRGB_D50 = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)  # sRGB colorants adapted to D50 (Bradford), the connection space of ICC
_ADOBE_D50 = np.array(
    [[0.6097559, 0.2052401, 0.1492240], [0.3111242, 0.6256560, 0.0632197], [0.0194811, 0.0608902, 0.7448387]]
)
_P3_D50 = np.array(
    [[0.5151215, 0.2919769, 0.1571045], [0.2411957, 0.6922455, 0.0665741], [-0.0010376, 0.0418854, 0.7840576]]
)
_FINE = 4096  # nodes on which curves are compared

Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Pixels = NDArray[np.uint8] | NDArray[np.uint16]


def srgb_to_linear(v: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1 decoding, 0 to 1."""
    return np.asarray(np.where(v <= 0.04045, v / 12.92, ((np.maximum(v, 0.0) + 0.055) / 1.055) ** 2.4))


def linear_to_srgb(v: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1 encoding; the input is clipped to 0 to 1."""
    v = np.clip(v, 0.0, 1.0)
    return np.asarray(np.where(v <= 0.0031308, v * 12.92, 1.055 * v ** (1 / 2.4) - 0.055))


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """A matrix profile: one curve per channel, then colorants.

    Parameters
    ----------
    curves : tuple of callable
        Encoded 0 to 1 to linear, red, green, blue.
    to_srgb : ndarray, shape (3, 3)
        Linear device RGB (column) to linear sRGB.
    """

    curves: tuple[Curve, Curve, Curve] = field(repr=False)
    to_srgb: NDArray[np.float64] = field(repr=False)

    def is_srgb(self) -> bool:
        """Whether it differs from sRGB by less than half an 8-bit step."""
        v = np.linspace(0, 1, _FINE)
        curves_agree = all(np.abs(linear_to_srgb(c(v)) - v).max() < 0.5 / 255 for c in self.curves)
        return curves_agree and bool(np.abs(self.to_srgb - np.eye(3)).max() < 2e-3)

    def apply(self, rgb: Pixels) -> Pixels:
        """Rows of encoded device RGB (h, w, 3) as rows of sRGB of the same depth."""
        top = np.iinfo(rgb.dtype).max
        tables = np.stack([curve(np.linspace(0, 1, top + 1)) for curve in self.curves], axis=-1).astype(np.float32)
        if rgb.dtype == np.uint8:
            light = np.asarray(cv2.LUT(rgb, tables[None]))
        else:
            light = np.stack([tables[:, i][rgb[..., i]] for i in range(3)], axis=-1)
        light = np.asarray(cv2.transform(light, self.to_srgb.astype(np.float32)))
        if rgb.dtype == np.uint16:
            return (linear_to_srgb(light.astype(np.float64)) * 65535 + 0.5).astype(np.uint16)
        level = np.clip(light, 0, 1) * np.float32(65535) + np.float32(0.5)
        return np.take(_encode_table(), level.astype(np.uint16))


_ENCODE: list[NDArray[np.uint8]] = []


def _encode_table() -> NDArray[np.uint8]:
    if not _ENCODE:  # linear 16 bit to sRGB 8 bit; one step is at most 0.05 of an 8-bit step
        _ENCODE.append((linear_to_srgb(np.linspace(0, 1, 65536)) * 255 + 0.5).astype(np.uint8))
    return _ENCODE[0]


def _gamma(exponent: float) -> Curve:
    return lambda v: np.asarray(np.maximum(v, 0.0) ** exponent)


def _from_colorants(colorants: NDArray[np.float64], curves: tuple[Curve, Curve, Curve]) -> Matrix:
    return Matrix(curves, np.linalg.solve(_SRGB_D50, colorants))


def adobe_rgb() -> Matrix:
    """Adobe RGB (1998), which cameras mark in EXIF alone (interoperability index R03)."""
    curve = _gamma(563 / 256)
    return _from_colorants(_ADOBE_D50, (curve, curve, curve))


def display_p3() -> Matrix:
    """Display P3, which HEIC files may mark by number (colour primaries 12)."""
    return _from_colorants(_P3_D50, (srgb_to_linear, srgb_to_linear, srgb_to_linear))


def space(icc: bytes) -> str:
    """The colour space of the profile's input side, e.g. ``"RGB"``, ``"GRAY"``, ``"CMYK"``, ``"Lab"``."""
    if len(icc) < 132 or icc[36:40] != b"acsp":
        raise damaged()
    return icc[16:20].decode("ascii", "replace").strip()


def damaged() -> Refused:
    """The one answer to a profile that cannot be used."""
    return Refused(
        "expected a usable colour profile or none, found a damaged or foreign one, so its colours are unknown; "
        "export the photo as sRGB JPEG."
    )


def matrix(icc: bytes) -> Matrix | None:
    """The profile as a matrix or grey-curve profile; None where it is made of tables."""
    try:
        tags = _tags(icc)
        if b"A2B0" in tags:
            return None
        if b"kTRC" in tags and space(icc) == "GRAY":
            curve = _curve(tags[b"kTRC"])
            return _sane(Matrix((curve, curve, curve), np.eye(3)))
        if not {b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"} <= tags.keys():
            return None
        colorants = np.array([struct.unpack_from(">3i", tags[t], 8) for t in (b"rXYZ", b"gXYZ", b"bXYZ")]).T / 65536
        curves = _curve(tags[b"rTRC"]), _curve(tags[b"gTRC"]), _curve(tags[b"bTRC"])
        return _sane(_from_colorants(colorants, curves))
    except (struct.error, ValueError, IndexError, ZeroDivisionError) as error:
        raise damaged() from error


def _sane(shaper: Matrix) -> Matrix:
    """The same profile; raises ValueError where black is not black or white not white, as in a damaged one."""
    ends = np.array([curve(np.array([0.0, 1.0])) for curve in shaper.curves])
    white = shaper.to_srgb @ ends[:, 1]
    if not (np.abs(ends[:, 0]).max() < 0.05 and np.abs(white - 1.0).max() < 0.05):  # NaN fails too
        raise ValueError("white is not white")
    return shaper


def _tags(icc: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", icc, 128)
    if count > 200:
        raise ValueError(f"{count} tags")
    entries = [struct.unpack_from(">4sII", icc, 132 + 12 * i) for i in range(count)]
    return {name: icc[offset : offset + size] for name, offset, size in entries}


def _curve(tag: bytes) -> Curve:
    """A curve tag (curveType or parametricCurveType, ICC.1:2022 sections 10.6 and 10.18)."""
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        values = np.frombuffer(tag, ">u2", count, 12).astype(np.float64)
        if count == 0:
            return _gamma(1.0)
        if count == 1:
            return _gamma(float(values[0]) / 256)
        nodes = np.linspace(0, 1, count)
        return lambda v: np.interp(v, nodes, values / 65535)
    if tag[:4] != b"para":
        raise ValueError("unknown curve type")
    (kind,) = struct.unpack_from(">H", tag, 8)
    p = [v / 65536 for v in struct.unpack_from(f">{(1, 3, 4, 5, 7)[kind]}i", tag, 12)]
    return _parametric(p)


def _parametric(p: list[float]) -> Curve:
    g = p[0]
    if len(p) == 1:
        return _gamma(g)
    a, b = p[1], p[2]
    c, d = (p[3] if len(p) > 4 else 0.0), (p[4] if len(p) > 4 else -b / a)
    e, f = (p[5], p[6]) if len(p) == 7 else (0.0, 0.0)
    if len(p) == 4:  # Y = (aX + b)^g + c, below -b/a: c
        e, f, c = p[3], p[3], 0.0
    return lambda v: np.asarray(np.where(v >= d, np.maximum(a * v + b, 0.0) ** g + e, c * v + f))


def lab() -> bytes:
    """The profile of Lab pictures that carry none (D50, as TIFF says)."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def littlecms(icc: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    """A LittleCMS transform from a Pillow mode to 8-bit sRGB; raises Refused where the profile does not fit."""
    try:
        return ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(icc)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise damaged() from error


def through_littlecms(transform: ImageCms.ImageCmsTransform, rows: Image.Image) -> Image.Image:
    """Rows of a picture in sRGB."""
    converted = ImageCms.applyTransform(rows, transform)
    if converted is None:
        raise damaged()
    return converted
