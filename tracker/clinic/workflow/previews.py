"""Previews: small JPEGs made of pixels alone, kept in a folder that may be emptied at any time."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np

from tracker.errors import InvalidInput
from tracker.imaging.types import Photo

WIDTH = 1600  # px; the widest that a page shows, made at the upload: every smaller one is made from it in 10 ms
QUALITY = 88  # 0.3 MB at 1600 px; no block edges visible on skin at 100 %


def jpeg(photo: Photo, width: int) -> bytes:
    """JPEG of at most that width in px: no metadata, no thumbnail, no file name."""
    eight_bit = photo.encoded if photo.encoded.dtype == np.uint8 else (photo.encoded // 257).astype(np.uint8)
    if width < photo.size[0]:
        height = max(1, round(photo.size[1] * width / photo.size[0]))
        eight_bit = np.asarray(cv2.resize(eight_bit, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(eight_bit, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise RuntimeError(f"OpenCV could not write a JPEG of {eight_bit.shape}")
    return bytes(data)


def preview(folder: Path, sha256: str, width: int, original: Callable[[], Photo]) -> bytes:
    """JPEG of at most that width: as it was made before, else from the widest preview, else from the original.

    Parameters
    ----------
    folder : Path
        Where previews are kept.
    sha256 : str
        Of the original.
    width : int
        In px.
    original : callable
        Decodes it: 0.2 s for 12 megapixels, so it is called only where no preview serves.
    """
    data = kept(folder, sha256, width)
    if data is not None:
        return data
    widest = kept(folder, sha256, WIDTH) if width < WIDTH else None
    data = None if widest is None else _smaller(widest, width)
    if data is None:
        photo = original()
        keep(folder, sha256, WIDTH, jpeg(photo, WIDTH))
        data = jpeg(photo, width)
    keep(folder, sha256, width, data)
    return data


def _smaller(data: bytes, width: int) -> bytes | None:
    """A preview made from a wider one, which this program wrote; None where that is damaged."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB) if data else None
    if picture is None:
        return None
    return data if width >= picture.shape[1] else jpeg(Photo("", "", np.asarray(picture, np.uint8)), width)


def check_width(width: int) -> None:
    """Nothing; raises InvalidInput for a width that no preview has."""
    if not 16 <= width <= 8192:
        raise InvalidInput(f"Preview width: expected 16 to 8192 px, found {width}; choose another.")


def kept(folder: Path, sha256: str, width: int) -> bytes | None:
    """The preview of a file that was made before; None where there is none."""
    path = _path(folder, sha256, width)
    return path.read_bytes() if path.exists() else None


def keep(folder: Path, sha256: str, width: int, data: bytes) -> None:
    """Keep a preview; a full disk must not stop anyone from looking, so a preview that cannot be kept is not."""
    target = _path(folder, sha256, width)
    partial = target.with_name(f"{uuid4().hex}.part")
    with suppress(OSError):
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(data)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def shown_name(name: str) -> str:
    """A file name that is safe to print: last part only, no control characters, at most 255 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:255].strip() or "photo"


def _path(folder: Path, sha256: str, width: int) -> Path:
    return folder / f"{sha256}-{width}.jpg"
