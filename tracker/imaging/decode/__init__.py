"""Bytes to :class:`~tracker.imaging.types.Photo`: upright, sRGB, decoded in a child process with limits.

Accepted are whole JPEG, PNG, WebP, TIFF and (with the extra ``heic``) HEIC files; the content decides, not the file
name's extension. Refused with one sentence are files that are cut, damaged, empty, larger than 100 megapixels or
smaller than 64 pixels, camera raw files, high dynamic range and decimal-number pictures, and pictures whose colour
profile is damaged or belongs to another kind of picture.

Of several pictures in a file the first is taken; transparent parts become white; grey becomes R = G = B; 16-bit PNG
and TIFF stay 16 bit. Colours go from the ICC profile (or EXIF's Adobe RGB, or HEIC's Display P3 mark) to sRGB and are
clipped there; without any of these they are taken for sRGB, and CMYK is converted without ink data, which only looks
right. Apart from pixels, capture time, camera, flash and JPEG quality nothing of the file is kept.
"""

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.errors import UnreadablePhoto
from tracker.imaging.decode.channel import unchangeable
from tracker.imaging.decode.pool import POOL, WORKERS
from tracker.imaging.types import Photo

__all__ = ["MAX_BYTES", "PhotoInfo", "check", "open_photo", "open_photos"]

Source = bytes | Path | str

MAX_BYTES = 256 << 20  # a 40-megapixel 16-bit TIFF

_SUFFIXES = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".heic": "HEIF",
    ".heif": "HEIF",
}


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """What is known of an accepted photo without its pixels.

    Parameters
    ----------
    width, height : int
        Upright, in pixels.
    format : str
        ``"JPEG"``, ``"PNG"``, ``"WEBP"``, ``"TIFF"`` or ``"HEIF"``, by content.
    depth : int
        8 or 16 bits per channel.
    captured_at : datetime or None
        Capture time as the camera wrote it (no time zone).
    camera : str
        Make and model, empty if unknown.
    message : str
        One sentence for the user.
    """

    width: int
    height: int
    format: str
    depth: int
    captured_at: datetime | None
    camera: str
    message: str


def open_photo(source: Source, *, name: str | None = None) -> Photo:
    """Decode a photo.

    Parameters
    ----------
    source : bytes or Path or str
        The file's bytes, or where it lies.
    name : str, optional
        What to call it in messages; by default the file's name, or "the photo" for bytes.

    Returns
    -------
    Photo
        Upright, sRGB-encoded, uint8, or uint16 for a 16-bit PNG or TIFF; transparent parts are white.

    Raises
    ------
    UnreadablePhoto
        With one sentence that says what is wrong with the file and what to do.
    """
    data, name = _bytes_of(source, name)
    facts, pixels = _decoded(data, name)
    taken = facts["captured_at"]
    return Photo(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        encoded=pixels,
        captured_at=datetime.fromisoformat(taken) if taken else None,
        camera=facts["camera"],
        jpeg_quality=facts["jpeg_quality"],
        flash=facts["flash"],
    )


def open_photos(sources: Iterable[Source]) -> tuple[Photo, ...]:
    """Several photos at once, each in a child process of its own; raises UnreadablePhoto for the first bad one."""
    with ThreadPoolExecutor(WORKERS) as threads:  # threads that only wait: the children do the work
        return tuple(threads.map(open_photo, sources))


def check(source: Source, name: str | None = None) -> PhotoInfo:
    """Decode a photo and forget its pixels.

    Parameters
    ----------
    source, name
        As in :func:`open_photo`.

    Returns
    -------
    PhotoInfo
        Of an accepted photo; raises UnreadablePhoto for any other.
    """
    data, name = _bytes_of(source, name)
    facts, _ = _decoded(data, name)
    taken = datetime.fromisoformat(facts["captured_at"]) if facts["captured_at"] else None
    message = f"{name}: {facts['format']}, {facts['width']} x {facts['height']} pixels, {facts['depth']} bit"
    suffix = Path(name).suffix.lower()
    if suffix in _SUFFIXES and _SUFFIXES[suffix] != facts["format"]:
        message += f" (the name ends in {suffix}, but the content counts)"
    return PhotoInfo(
        facts["width"], facts["height"], facts["format"], facts["depth"], taken, facts["camera"], f"{message}."
    )


def _bytes_of(source: Source, name: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        data, name = source, name or "the photo"
    else:
        path = Path(source)
        name = name or path.name
        try:
            if path.stat().st_size > MAX_BYTES:
                raise _too_many_bytes(name, path.stat().st_size)
            data = path.read_bytes()
        except OSError as error:
            reason = error.strerror or "it cannot be read"
            raise UnreadablePhoto(f"{name}: expected a photo file, found: {reason}; check the path.") from error
    if len(data) > MAX_BYTES:
        raise _too_many_bytes(name, len(data))
    return data, name


def _too_many_bytes(name: str, size: int) -> UnreadablePhoto:
    return UnreadablePhoto(
        f"{name}: expected at most {MAX_BYTES >> 20} MB, found {size / (1 << 20):.0f}; export the photo as JPEG."
    )


def _decoded(data: bytes, name: str) -> tuple[dict[str, Any], NDArray[Any]]:
    try:
        facts, descriptor = POOL.ask(data)
    except UnreadablePhoto as error:
        raise UnreadablePhoto(f"{name}: {error}") from error
    if descriptor is None:
        raise UnreadablePhoto(f"{name}: {facts['refused']}")
    try:
        memory = unchangeable(descriptor)
    finally:
        os.close(descriptor)
    dtype = np.uint16 if facts["depth"] == 16 else np.uint8
    return facts, np.frombuffer(memory, dtype).reshape(facts["height"], facts["width"], 3)
