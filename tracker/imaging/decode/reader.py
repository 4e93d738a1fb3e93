"""Bytes to upright sRGB pixels, inside the limited child process. Pillow decides what a photo is.

Nothing is kept of the file but pixels, size, format, capture time and camera.
"""

import contextlib
import re
import struct
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, PngImagePlugin, TiffImagePlugin, UnidentifiedImageError

from tracker.imaging.decode import profile
from tracker.imaging.decode.integrity import Refused, sniff, whole, whole_tiff

MAX_MEGAPIXELS = 100
MIN_SIDE = 64  # pixels; a face of 64 pixels has cheeks of 10
_STRIPE = 1 << 20  # pixels converted at a time: 12 MB of float32
_ORIENTATION, _EXIF_IFD, _INTEROP_IFD = 0x0112, 0x8769, 0xA005
_TAKEN = (0x9003, 0x9004)  # DateTimeOriginal, DateTimeDigitized; DateTime (0x0132) is when it was last edited
_MAKE, _MODEL = 0x010F, 0x0110
_DECODER_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    SyntaxError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    cv2.error,
)  # all that Pillow's plugins were seen to raise on damaged files; anything else ends the child, which is caught too
_HDR_TRANSFERS = frozenset({16, 18})  # PQ and HLG, ITU-T H.273
Pixels = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A photo whose header was read and whose pixels were not.

    Parameters
    ----------
    image : PIL.Image.Image
        Not loaded.
    data : bytes
        The file.
    container : str
        By its first bytes.
    orientation : int
        1 to 8, still to be applied.
    deep : bool
        16 bits per channel.
    captured_at : datetime or None
        As the camera wrote it.
    camera : str
        Make and model.
    """

    image: Image.Image = field(repr=False)
    data: bytes = field(repr=False)
    container: str
    orientation: int
    deep: bool
    captured_at: datetime | None
    camera: str

    @property
    def size(self) -> tuple[int, int]:
        """Upright width and height."""
        width, height = self.image.size
        return (height, width) if self.orientation >= 5 else (width, height)


def prepare() -> None:
    """Set Pillow's limits for this process, and load the formats that are accepted."""
    Image.MAX_IMAGE_PIXELS = MAX_MEGAPIXELS * 1_000_000
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 4 << 20
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    cv2.setNumThreads(1)
    Image.preinit()
    Image.init()
    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def open_header(data: bytes) -> Opened:
    """The photo with its header read and judged; raises Refused."""
    container = sniff(data)
    if container == "HEIF" and "HEIF" not in Image.OPEN:
        raise Refused(
            "HEIC needs the extra 'heic', which is not installed; "
            "run pip install 'skin-progress-tracker[heic]' or export the photo as JPEG."
        )
    image = _opened(data, container)
    _judge_size(image.size)
    whole(data, container)
    exif = _exif(image)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        whole_tiff(dict(image.tag_v2), len(data))
    _judge_mode(image)
    # libheif turns the picture itself, and so does Pillow for TIFF: never twice
    turned = container in ("HEIF", "TIFF")
    found = exif.get(_ORIENTATION, 1)
    orientation = found if not turned and isinstance(found, int) and 1 <= found <= 8 else 1
    return Opened(image, data, container, orientation, _deep(image, container), _taken(exif), _camera(exif))


def _opened(data: bytes, container: str) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=(container,))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        pixels = re.search(r"\((\d+) pixels\)", str(error))
        raise _too_large(int(pixels[1]) if pixels else None) from error
    except UnidentifiedImageError as error:
        raise _unreadable(container) from error
    except _DECODER_ERRORS as error:
        raise _unreadable(container) from error


def _unreadable(container: str) -> Refused:
    return Refused(f"the {container} data are damaged or incomplete; copy the file from the camera again.")


def _too_large(pixels: int | None) -> Refused:
    found = f"found {pixels / 1e6:.0f}" if pixels else "found more"
    return Refused(f"expected at most {MAX_MEGAPIXELS} megapixels, {found}; make the photo smaller and try again.")


def _judge_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise _too_large(width * height)
    if min(size) < MIN_SIDE:
        raise Refused(
            f"expected at least {MIN_SIDE} pixels on each side, found {width} x {height}; use the original photo."
        )


def _judge_mode(image: Image.Image) -> None:
    if image.mode in ("F", "I") or (isinstance(image, TiffImagePlugin.TiffImageFile) and _float_tiff(image)):
        raise Refused(
            f"expected 8 or 16 bit whole numbers per channel, found {'32-bit' if image.mode == 'I' else 'decimal'} "
            "numbers; export the photo as JPEG."
        )
    nclx = image.info.get("nclx_profile")
    if isinstance(nclx, dict) and nclx.get("transfer_characteristics") in _HDR_TRANSFERS:
        raise Refused("expected a standard photo, found a high dynamic range one (PQ or HLG); export it as JPEG.")


def _float_tiff(image: TiffImagePlugin.TiffImageFile) -> bool:
    return 3 in tuple(np.atleast_1d(image.tag_v2.get(339, 1)))


def _deep(image: Image.Image, container: str) -> bool:
    if container == "PNG":
        tile = image.tile[0] if isinstance(image, ImageFile.ImageFile) and image.tile else None
        return image.mode.startswith("I;16") or (tile is not None and ";16" in str(tile.args))
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        bits = np.atleast_1d(image.tag_v2.get(258, 1))
        return bool((bits == 16).any()) and image.tag_v2.get(262) in (1, 2)
    return False


def _exif(image: Image.Image) -> Image.Exif:
    try:
        exif = image.getexif()
        exif.get_ifd(_EXIF_IFD)
    except _DECODER_ERRORS:  # a broken EXIF block does not spoil the pixels
        return Image.Exif()
    return exif


def _text(value: object) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    return "".join(c for c in text.split("\x00")[0] if c.isprintable()).strip()[:60]


def _taken(exif: Image.Exif) -> datetime | None:
    with contextlib.suppress(*_DECODER_ERRORS):
        times = exif.get_ifd(_EXIF_IFD)
        for tag in _TAKEN:
            with contextlib.suppress(ValueError):
                return datetime.strptime(_text(times.get(tag))[:19], "%Y:%m:%d %H:%M:%S")
    return None


def _camera(exif: Image.Exif) -> str:
    make, model = _text(exif.get(_MAKE)), _text(exif.get(_MODEL))
    return model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()


def fill(photo: Opened, upright: Pixels) -> None:
    """Decode the pixels into an array.

    Parameters
    ----------
    photo : Opened
        From :func:`open_header`.
    upright : ndarray of uint8 or uint16, shape (height, width, 3)
        Written in place: sRGB-encoded; what is transparent becomes white.
    """
    try:
        _load(photo)
        stored = stored_view(upright, photo.orientation)
        source = _deep_rows(photo) if photo.deep else _rows(photo.image, colour_of(photo))
        top = 0
        for rows in source:
            stored[top : top + len(rows)] = rows
            top += len(rows)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(None) from error
    except _DECODER_ERRORS as error:
        raise _unreadable(photo.container) from error


def _load(photo: Opened) -> None:
    size = photo.image.size
    photo.image.load()
    if photo.image.size != size:
        raise ValueError("the size changed while decoding")


def stored_view(upright: Pixels, orientation: int) -> Pixels:
    """A view of the upright array in the order in which the file stores rows (EXIF orientation 1 to 8)."""
    view = upright.swapaxes(0, 1) if orientation >= 5 else upright
    flip_rows, flip_columns = _FLIPS[orientation]
    return view[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]


# orientation: does stored row 0 lie at the far end (bottom or right), and stored column 0 (right or bottom)?
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

Converter = Callable[[Image.Image], Pixels]


def colour_of(photo: Opened) -> Converter:
    """How 8-bit rows of this photo become sRGB."""
    image = photo.image
    icc = image.info.get("icc_profile")
    mode = _plain_mode(image)
    if not icc:
        return _matrix_converter(_unprofiled(photo))
    space, shaper = profile.space(icc), profile.matrix(icc)
    grey = mode == "L"
    if shaper is not None and mode in ("RGB", "L") and (space == "RGB" or (space == "GRAY" and grey)):
        return _matrix_converter(shaper)
    if {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab"}.get(mode) != space:
        raise profile.damaged()
    transform = profile.littlecms(icc, mode)
    return lambda rows: np.asarray(profile.through_littlecms(transform, _opaque(rows, mode)).convert("RGB"))


def _plain_mode(image: Image.Image) -> str:
    if image.mode in ("CMYK", "LAB"):
        return image.mode
    return "L" if image.mode in ("1", "L", "LA", "La", "I;16", "I;16B", "I;16L") else "RGB"


def _unprofiled(photo: Opened) -> profile.Matrix | None:
    nclx = photo.image.info.get("nclx_profile")
    if isinstance(nclx, dict) and nclx.get("color_primaries") == 12:
        return profile.display_p3()
    exif = _exif(photo.image)
    with contextlib.suppress(*_DECODER_ERRORS):
        if _text(exif.get_ifd(_INTEROP_IFD).get(1)) == "R03":
            return profile.adobe_rgb()
    return None


def _matrix_converter(shaper: profile.Matrix | None) -> Converter:
    if shaper is None or shaper.is_srgb():
        return lambda rows: np.asarray(_opaque(rows, "RGB"))
    return lambda rows: shaper.apply(np.asarray(_opaque(rows, "RGB")))


def _opaque(rows: Image.Image, mode: str) -> Image.Image:
    """Rows in a plain mode, on white where they are transparent."""
    if rows.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in rows.info:
        clear = rows.convert("RGBA")
        rows = Image.alpha_composite(Image.new("RGBA", rows.size, "white"), clear)
    return rows if rows.mode == mode else rows.convert(mode)


def _rows(image: Image.Image, convert: Converter) -> Iterator[Pixels]:
    width, height = image.size
    step = max(1, _STRIPE // width)
    for top in range(0, height, step):
        yield convert(image.crop((0, top, width, min(top + step, height))))


def _deep_rows(photo: Opened) -> Iterator[Pixels]:
    """16-bit rows: Pillow has accepted the file by now but keeps 8 bits, so OpenCV reads the same bytes again."""
    size, icc = photo.image.size, photo.image.info.get("icc_profile")
    shaper = profile.matrix(icc) if icc else None
    if icc and shaper is None:
        raise Refused("a 16-bit photo with a table colour profile is not read; export it as 8-bit sRGB JPEG.")
    again = cv2.imdecode(np.frombuffer(photo.data, np.uint8), cv2.IMREAD_UNCHANGED)
    if again is None or again.dtype != np.uint16 or again.shape[1::-1] != size:
        raise Refused("this kind of 16-bit picture is not read; export it as 8-bit JPEG.")
    if again.ndim == 2:
        again = again[..., None]
    step = max(1, _STRIPE // size[0])
    for top in range(0, size[1], step):
        rows = _deep_rgb(again[top : top + step])
        yield rows if shaper is None or shaper.is_srgb() else shaper.apply(rows)


def _deep_rgb(rows: NDArray[np.uint16]) -> NDArray[np.uint16]:
    if rows.shape[2] == 1:
        return np.repeat(rows, 3, axis=2)
    rgb = rows[..., 2::-1]
    if rows.shape[2] == 3:
        return rgb
    alpha = rows[..., 3:].astype(np.float32) / 65535
    return (rgb * alpha + 65535 * (1 - alpha) + 0.5).astype(np.uint16)
