"""From a photo whose header was accepted to upright sRGB pixels, a stripe at a time. Pillow decodes."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tracker.imaging.decode import profile
from tracker.imaging.decode.header import DECODER_ERRORS, Opened, too_large, unreadable
from tracker.imaging.decode.integrity import Refused, tiff_tags

_STRIPE = 1 << 20  # pixels converted at a time: 12 MB of float32
_WHITE_IS_ZERO = 0  # TIFF photometric interpretation
_DISPLAY_P3 = 12  # colour primaries, ITU-T H.273
_TRANSPARENT = ("LA", "La", "PA", "RGBA", "RGBa")
_GREY = ("1", "L", "LA", "La", "I;16", "I;16B", "I;16L", "I;16N")
_SPACE_OF = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab"}
_HARMLESS = re.compile(rb"Corrupt JPEG data: [1-6]?\d extraneous bytes before marker 0xd9|Warning: [^\n]*|Invalid SOS")
_DAMAGE = re.compile(rb"Corrupt JPEG data[^\n]*|Premature end[^\n]*|Inconsistent progression[^\n]*")

# orientation: does stored row 0 lie at the far end (bottom, or right when turned), and stored column 0?
_FLIPS = {
    1: (False, False),
    2: (False, True),
    3: (True, True),
    4: (True, False),
    5: (False, False),
    6: (True, False),
    7: (True, True),
    8: (False, True),
}
Pixels = NDArray[np.uint8] | NDArray[np.uint16]
Converter = Callable[[Image.Image], Pixels]


def fill(photo: Opened, upright: Pixels) -> None:
    """Decode the pixels into an array.

    Parameters
    ----------
    photo : Opened
        From :func:`~tracker.imaging.decode.header.open_header`.
    upright : ndarray of uint8 or uint16, shape (height, width, 3)
        Written in place: sRGB-encoded; what is transparent becomes white. Raises Refused where the data are damaged.
    """
    try:
        if photo.container == "JPEG":
            refuse_damaged_jpeg(photo.data)
        size = photo.image.size
        photo.image.load()
        if photo.image.size != size:
            raise unreadable(photo.container)
        stored = stored_view(upright, photo.orientation)
        top = 0
        for rows in _deep_rows(photo) if photo.deep else _rows(photo.image, _converter(photo)):
            stored[top : top + len(rows)] = rows
            top += len(rows)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise too_large(None) from error
    except DECODER_ERRORS as error:
        raise unreadable(photo.container) from error


def stored_view(upright: Pixels, orientation: int) -> Pixels:
    """A view of the upright array in the order in which the file stores rows (EXIF orientation 1 to 8)."""
    view = upright.swapaxes(0, 1) if orientation >= 5 else upright
    flip_rows, flip_columns = _FLIPS[orientation]
    return view[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]


def refuse_damaged_jpeg(data: bytes) -> None:
    """Raise Refused where libjpeg warns of damage.

    It then goes on with grey or shifted blocks, and Pillow hears nothing: of 200 files with one bit flipped it refused
    3, libjpeg warned of 39 (of 77 for progressive files). OpenCV lets the same library print its warnings; a grey
    picture at 1/8 costs 23 ms for 12 megapixels. Only for the child process: descriptor 2 is borrowed.
    """
    kept, log = os.dup(2), os.memfd_create("warnings") if hasattr(os, "memfd_create") else os.dup(2)
    try:
        os.dup2(log, 2)
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)
        os.dup2(kept, 2)
        warnings = os.pread(log, 4096, 0) if hasattr(os, "memfd_create") else b""
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(log)
    if found := _DAMAGE.search(_HARMLESS.sub(b"", warnings)):
        words = found[0].decode("ascii", "replace").removeprefix("Corrupt JPEG data:").strip()
        raise Refused(f"the file is damaged: expected whole JPEG data, found {words}; copy it from the camera again.")


def _converter(photo: Opened) -> Converter:
    """How 8-bit rows of this photo become sRGB."""
    icc, mode = photo.image.info.get("icc_profile"), _plain_mode(photo.image)
    if not icc:
        return _unprofiled(photo, mode)
    shaper = _shaper(icc, mode)
    if shaper is not None:
        return _through(shaper)
    if _SPACE_OF[mode] != profile.space(icc):
        raise profile.damaged()
    return _through_tables(icc, mode)


def _plain_mode(image: Image.Image) -> str:
    if image.mode in ("CMYK", "LAB"):
        return image.mode
    return "L" if image.mode in _GREY else "RGB"


def _shaper(icc: bytes, mode: str) -> profile.Matrix | None:
    """The profile's curves and matrix where it has them and fits; an RGB profile on a grey picture does fit."""
    space = profile.space(icc)
    fits = (space == "RGB" and mode in ("RGB", "L")) or (space == "GRAY" and mode == "L")
    return profile.matrix(icc) if fits else None


def _unprofiled(photo: Opened, mode: str) -> Converter:
    nclx = photo.image.info.get("nclx_profile")
    if isinstance(nclx, dict) and nclx.get("color_primaries") == _DISPLAY_P3:
        return _through(profile.display_p3())
    if mode == "LAB":
        return _through_tables(profile.lab(), mode)
    if photo.adobe_rgb and mode == "RGB":
        return _through(profile.adobe_rgb())
    return _plain


def _plain(rows: Image.Image) -> Pixels:
    return np.asarray(_opaque(rows, "RGB"))


def _through(shaper: profile.Matrix) -> Converter:
    return _plain if shaper.is_srgb() else lambda rows: shaper.apply(_plain(rows))


def _through_tables(icc: bytes, mode: str) -> Converter:
    transform = profile.littlecms(icc, mode)
    return lambda rows: np.asarray(profile.through_littlecms(transform, _opaque(rows, mode)))


def _opaque(rows: Image.Image, mode: str) -> Image.Image:
    """Rows in a plain mode, on white where they are transparent."""
    if rows.mode in _TRANSPARENT or "transparency" in rows.info:
        rows = Image.alpha_composite(Image.new("RGBA", rows.size, "white"), rows.convert("RGBA"))
    return rows if rows.mode == mode else rows.convert(mode)


def _rows(image: Image.Image, convert: Converter) -> Iterator[Pixels]:
    width, height = image.size
    step = max(1, _STRIPE // width)
    for top in range(0, height, step):
        yield convert(image.crop((0, top, width, min(top + step, height))))


def _deep_rows(photo: Opened) -> Iterator[Pixels]:
    """16-bit rows: Pillow has accepted the file by now but keeps 8 bits, so OpenCV reads the same bytes again."""
    image, icc = photo.image, photo.image.info.get("icc_profile")
    shaper = _shaper(icc, _plain_mode(image)) if icc else None
    if icc and shaper is None:
        raise Refused("expected a matrix colour profile with 16 bits, found a table one; export it as 8-bit sRGB JPEG.")
    again: NDArray[Any] | None = cv2.imdecode(np.frombuffer(photo.data, np.uint8), cv2.IMREAD_UNCHANGED)
    if again is None or again.dtype != np.uint16 or again.shape[1::-1] != image.size:
        raise Refused("expected 16-bit grey or RGB, found another 16-bit layout; export the photo as 8-bit JPEG.")
    if photo.container == "TIFF" and tiff_tags(photo.data).get(262) == (_WHITE_IS_ZERO,):
        again = 65535 - again
    samples: NDArray[np.uint16] = again.reshape(*again.shape[:2], -1)
    step = max(1, _STRIPE // image.size[0])
    for top in range(0, image.size[1], step):
        rows = _deep_rgb(samples[top : top + step])
        yield rows if shaper is None or shaper.is_srgb() else shaper.apply(rows)


def _deep_rgb(rows: NDArray[np.uint16]) -> NDArray[np.uint16]:
    if rows.shape[2] == 1:
        return np.repeat(rows, 3, axis=2)
    rgb = rows[..., 2::-1]
    if rows.shape[2] == 3:
        return rgb
    alpha = rows[..., 3:].astype(np.float32) / 65535
    return (rgb * alpha + 65535 * (1 - alpha) + 0.5).astype(np.uint16)
