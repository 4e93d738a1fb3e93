"""Is the whole file there? Containers are walked to their own end mark: decoders forgive what a record must not.

libjpeg fills the missing part of a cut file with grey and only warns, Pillow does not check the CRC of PNG pixel data,
and camera raw files open as their thumbnail. Everything here reads bytes only; no pixel is decoded.
"""

import re
import struct
import zlib
from collections.abc import Callable

ACCEPTED = "JPEG, PNG, WebP, TIFF or HEIC"
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # not stuffing, not padding, not a restart
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a length
_RAW_TAGS = frozenset({50706, 33421, 33422})  # DNGVersion, CFARepeatPatternDim, CFAPattern
_RAW_PHOTOMETRIC = frozenset({32803, 34892})  # colour filter array, linear raw
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"hevm", b"hevs"})
_KNOWN = (
    (b"GIF8", "a GIF"),
    (b"BM", "a Windows bitmap"),
    (b"%PDF", "a PDF"),
    (b"8BPS", "a Photoshop file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000"),
    (b"FUJIFILMCCD-RAW", "a camera raw file"),
    (b"IIRO", "a camera raw file"),
    (b"IIU\x00", "a camera raw file"),
    (b"<svg", "an SVG drawing"),
    (b"%!PS", "a PostScript file"),
)


class Refused(Exception):
    """Why a file is not accepted: the end of a sentence that begins with the file's name."""


def sniff(data: bytes) -> str:
    """The container by its first bytes; the file name's extension does not count.

    Returns
    -------
    str
        ``"JPEG"``, ``"PNG"``, ``"WEBP"``, ``"TIFF"`` or ``"HEIF"``.
    """
    if not data:
        raise Refused(f"the file is empty, expected a {ACCEPTED} photo; copy it from the camera again.")
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return "TIFF"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "HEIF"
    raise Refused(f"expected a {ACCEPTED} photo, found {_described(data)}; export the photo as JPEG and try again.")


def _described(data: bytes) -> str:
    for start, words in _KNOWN:
        if data.startswith(start):
            return words
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return "an AVIF" if brand in (b"avif", b"avis") else "a video or another picture kind"
    if not data.strip(b"\x00"):
        return "only zero bytes"
    if all(byte in b"\t\r\n" or 32 <= byte < 127 for byte in data[:64]):
        return "text"
    return f"something else (it begins with the bytes {data[:4].hex(' ')})"


def whole(data: bytes, container: str) -> None:
    """Raise Refused unless the container runs to its own end mark."""
    _WALKS[container](data)


def _cut(expected: str, found: str) -> Refused:
    return Refused(
        f"the file is damaged or was cut short: expected {expected}, found {found}; copy it from the camera again."
    )


def _jpeg(data: bytes) -> None:
    at = 2
    while (mark := _MARKER.search(data, at)) is not None:
        code, at = data[mark.start() + 1], mark.end()
        if code == 0xD9:
            return
        if code not in _BARE:
            if at + 2 > len(data):
                break
            at += max(2, struct.unpack_from(">H", data, at)[0])
    raise _cut("an end mark", f"the end of the file after {len(data)} bytes")


def _png(data: bytes) -> None:
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise _cut(f"{length} bytes in the part {_name(kind)}", f"{len(data) - at - 8}")
        if zlib.crc32(data[at + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise _cut(f"a right checksum of the part {_name(kind)}", "a wrong one")
        if kind == b"IEND":
            return
        at = end
    raise _cut("an end mark", f"the end of the file after {len(data)} bytes")


def _name(kind: bytes) -> str:
    return kind.decode("ascii", "replace") if kind.isalpha() else kind.hex()


def _webp(data: bytes) -> None:
    size = struct.unpack_from("<I", data, 4)[0] + 8 if len(data) >= 8 else 12
    if size > len(data):
        raise _cut(f"{size} bytes", f"{len(data)}")


def _heif(data: bytes) -> None:
    at = 0
    while at + 8 <= len(data):
        size = struct.unpack_from(">I", data, at)[0]
        if size == 1 and at + 16 <= len(data):
            size = struct.unpack_from(">Q", data, at + 8)[0]
        if size == 0:  # runs to the end of the file
            return
        if size < 8 or at + size > len(data):
            raise _cut(f"{size} bytes in the part {_name(data[at + 4 : at + 8])}", f"{len(data) - at}")
        at += size


def _tiff(data: bytes) -> None:
    if data[8:10] == b"CR" or data[2:4] in (b"+\x00", b"\x00+"):
        raise Refused(f"expected a {ACCEPTED} photo, found a camera raw file or a BigTIFF; export the photo as JPEG.")


_WALKS: dict[str, Callable[[bytes], None]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "HEIF": _heif,
    "TIFF": _tiff,
}


def whole_tiff(tags: dict[int, object], length: int) -> None:
    """Raise Refused where the first picture of a TIFF is raw, a thumbnail of one, or points behind the file's end."""
    if _RAW_TAGS & tags.keys() or tags.get(262) in _RAW_PHOTOMETRIC:
        raise Refused("expected a finished photo, found a camera raw file; export the photo as JPEG and try again.")
    for offset_tag, count_tag in ((273, 279), (324, 325)):
        offsets, counts = tags.get(offset_tag), tags.get(count_tag)
        if isinstance(offsets, tuple) and isinstance(counts, tuple) and len(offsets) == len(counts):
            end = max((o + c for o, c in zip(offsets, counts, strict=True)), default=0)
            if end > length:
                raise _cut(f"{end} bytes", f"{length}")
