"""Which photo is it, how large, how turned, when and by what taken: read before any pixel is touched."""

import contextlib
import re
import struct
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

import cv2
from PIL import Image, ImageFile, PngImagePlugin

from tracker.imaging.decode.integrity import Refused, png_chunks, sniff, tiff_tags, whole

MAX_MEGAPIXELS = 100
MIN_SIDE = 64  # pixels; a face of 64 pixels has cheeks of 10
_ORIENTATION, _EXIF_IFD, _INTEROP_IFD = 0x0112, 0x8769, 0xA005
_TAKEN = (0x9003, 0x9004)  # DateTimeOriginal, DateTimeDigitized; DateTime (0x0132) is when it was last edited
_MAKE, _MODEL = 0x010F, 0x0110
_FLASH = 0x9209
_LUMINANCE_SUM = 3688  # of the example table of ITU-T T.81 annex K.1, which libjpeg scales by its quality
_PHOTOMETRIC, _BITS = 262, 258  # TIFF tags
_HDR_TRANSFERS = frozenset({16, 18})  # PQ and HLG, ITU-T H.273
DECODER_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    SyntaxError,
    EOFError,
    RuntimeError,
    struct.error,
    cv2.error,
)  # what Pillow's plugins raise on damaged files; anything else ends the child, and the parent says so


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
    adobe_rgb : bool
        EXIF says Adobe RGB (interoperability index R03).
    captured_at : datetime or None
        As the camera wrote it.
    camera : str
        Make and model.
    jpeg_quality : int or None
        1 to 100, libjpeg's scale.
    flash : bool or None
        Whether it fired.
    """

    image: Image.Image = field(repr=False)
    data: bytes = field(repr=False)
    container: str
    orientation: int
    deep: bool
    adobe_rgb: bool
    captured_at: datetime | None
    camera: str
    jpeg_quality: int | None
    flash: bool | None

    @property
    def size(self) -> tuple[int, int]:
        """Upright width and height."""
        width, height = self.image.size
        return (height, width) if self.orientation >= 5 else (width, height)


def prepare() -> None:
    """Set the limits of Pillow and OpenCV for this process, and load the formats that are accepted."""
    Image.MAX_IMAGE_PIXELS = MAX_MEGAPIXELS * 1_000_000
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 4 << 20
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    cv2.setNumThreads(1)
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
    if container == "TIFF":  # raw and decimal-number files have a better sentence than Pillow's
        whole(data, container)
    image = _opened(data, container)
    _judge_size(image.size)
    whole(data, container)
    _judge_range(image)
    exif = _exif(image, data, container)
    return Opened(
        image=image,
        data=data,
        container=container,
        orientation=_orientation(exif, container),
        deep=_deep(data, container),
        adobe_rgb=_says_adobe_rgb(exif),
        captured_at=_taken(exif),
        camera=_camera(exif),
        jpeg_quality=_jpeg_quality(image),
        flash=_flash(exif),
    )


def _opened(data: bytes, container: str) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=(container,))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        pixels = re.search(r"\((\d+) pixels\)", str(error))
        raise too_large(int(pixels[1]) if pixels else None) from error
    except DECODER_ERRORS as error:
        whole(data, container)  # a cut file has a better sentence
        raise unreadable(container) from error


def unreadable(container: str) -> Refused:
    """The answer to a file that the decoder gave up on."""
    return Refused(
        f"expected a whole {container} photo, found data that are damaged, incomplete or of a rare kind; "
        "copy the file from the camera again or export it as JPEG."
    )


def too_large(pixels: int | None) -> Refused:
    """The answer to more than 100 megapixels."""
    found = f"found {pixels / 1e6:.0f}" if pixels else "found more"
    return Refused(f"expected at most {MAX_MEGAPIXELS} megapixels, {found}; make the photo smaller and try again.")


def _judge_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise too_large(width * height)
    if min(size) < MIN_SIDE:
        raise Refused(
            f"expected at least {MIN_SIDE} pixels on each side, found {width} x {height}; use the original photo."
        )


def _judge_range(image: Image.Image) -> None:
    if image.mode in ("F", "I"):
        raise Refused(f"expected 8 or 16 bit per channel, found the mode {image.mode}; export the photo as JPEG.")
    nclx = image.info.get("nclx_profile")
    if isinstance(nclx, dict) and nclx.get("transfer_characteristics") in _HDR_TRANSFERS:
        raise Refused("expected a standard photo, found a high dynamic range one (PQ or HLG); export it as JPEG.")


def _deep(data: bytes, container: str) -> bool:
    if container == "PNG":
        return data[24] == 16
    if container == "TIFF":  # 16-bit CMYK and Lab come as 8 bit
        tags = tiff_tags(data)
        return 16 in tags.get(_BITS, ()) and tags.get(_PHOTOMETRIC, (1,))[0] in (0, 1, 2)
    return False


def _exif(image: Image.Image, data: bytes, container: str) -> Image.Exif:
    try:
        if container == "PNG":  # Pillow's own getexif would decode the pixels, to look behind them
            exif = Image.Exif()
            exif.load(next((b"Exif\0\0" + body for kind, body, _ in png_chunks(data) if kind == b"eXIf"), b""))
        else:
            exif = image.getexif()
        exif.get_ifd(_EXIF_IFD)
    except DECODER_ERRORS:  # a broken EXIF block does not spoil the pixels
        return Image.Exif()
    return exif


def _orientation(exif: Image.Exif, container: str) -> int:
    if container in ("HEIF", "TIFF"):  # libheif turns the picture itself, and so does Pillow for TIFF: never twice
        return 1
    found = exif.get(_ORIENTATION, 1)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _says_adobe_rgb(exif: Image.Exif) -> bool:
    with contextlib.suppress(*DECODER_ERRORS):
        return _text(exif.get_ifd(_INTEROP_IFD).get(1)) == "R03"
    return False


def _taken(exif: Image.Exif) -> datetime | None:
    with contextlib.suppress(*DECODER_ERRORS):
        times = exif.get_ifd(_EXIF_IFD)
        for tag in _TAKEN:
            with contextlib.suppress(ValueError):  # "0000:00:00 00:00:00" is what cameras without a clock write
                return datetime.strptime(_text(times.get(tag))[:19], "%Y:%m:%d %H:%M:%S")
    return None


def _flash(exif: Image.Exif) -> bool | None:
    with contextlib.suppress(*DECODER_ERRORS):
        found = exif.get_ifd(_EXIF_IFD).get(_FLASH)
        return bool(found & 1) if isinstance(found, int) else None
    return None


def _jpeg_quality(image: Image.Image) -> int | None:
    """Quality whose scaled example table has the same sum; cameras with tables of their own get the nearest."""
    tables = getattr(image, "quantization", None)
    if not isinstance(tables, dict) or len(tables.get(0, ())) != 64:
        return None
    percent = 100 * sum(tables[0]) / _LUMINANCE_SUM
    return round(max(1.0, min(100.0, 100 - percent / 2 if percent <= 100 else 5000 / percent)))


def _camera(exif: Image.Exif) -> str:
    make, model = _text(exif.get(_MAKE)), _text(exif.get(_MODEL))
    return model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()


def _text(value: object) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    return "".join(c for c in text.split("\x00")[0] if c.isprintable()).strip()[:60]
