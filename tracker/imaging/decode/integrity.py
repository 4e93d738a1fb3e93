"""Is the whole file there? Containers are walked to their own end mark: decoders forgive what a record must not.

libjpeg fills the missing part of a cut file with grey and only warns, Pillow does not check the CRC of PNG pixel data,
and camera raw files open as their thumbnail. Everything here reads bytes only; no pixel is decoded.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator

ACCEPTED = "JPEG, PNG, WebP, TIFF or HEIC"
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # not stuffing, not padding, not a restart
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a length
_START_OF_SCAN = 0xDA
_MOST_SCANS = 64  # a progressive photo has about 10; each costs a pass over all pixels, and 300 took 24 s
_RAW_TAGS = frozenset({50706, 33421, 33422})  # DNGVersion, CFARepeatPatternDim, CFAPattern
_RAW_PHOTOMETRIC = frozenset({32803, 34892})  # colour filter array, linear raw
_PHOTOMETRIC, _BITS, _SAMPLE_FORMAT = 262, 258, 339  # TIFF tags
_TIFF_KINDS = {1: "B", 3: "H", 4: "I"}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"hevm", b"hevs"})
_INFLATE_STEP = 1 << 20
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
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
    at, scans = 2, 0
    while (mark := _MARKER.search(data, at)) is not None:
        code, at = data[mark.start() + 1], mark.end()
        if code == 0xD9:
            return
        scans += code == _START_OF_SCAN
        if scans > _MOST_SCANS:
            raise _cut(f"at most {_MOST_SCANS} scans", "more")
        if code not in _BARE:
            if at + 2 > len(data):
                break
            at += max(2, struct.unpack_from(">H", data, at)[0])
    raise _cut("an end mark", f"the end of the file after {len(data)} bytes")


def _png(data: bytes) -> None:
    if len(data) < 33:
        raise _cut("a whole header", f"{len(data)} bytes")
    inflate, inflated, expected = zlib.decompressobj(), 0, _png_bytes(data)
    for kind, body, right in png_chunks(data):
        if not right:
            raise _cut(f"a right checksum of the part {_name(kind)}", "a wrong one")
        if kind == b"IDAT" and inflated < expected:
            inflated += _inflated(inflate, body, expected - inflated)
        if kind == b"IEND":
            break
    else:
        raise _cut("an end mark", f"the end of the file after {len(data)} bytes")
    if inflated < expected:
        raise _cut(f"{expected} bytes of pixels", f"{inflated}")


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind and content of each part of a PNG, and whether its checksum is right; raises Refused where one is cut."""
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise _cut(f"{length} bytes in the part {_name(kind)}", f"{len(data) - at - 8}")
        right = zlib.crc32(data[at + 4 : end - 4]) == struct.unpack_from(">I", data, end - 4)[0]
        yield kind, data[at + 8 : end - 4], right
        at = end


def _inflated(inflate: "zlib._Decompress", body: bytes, enough: int) -> int:
    """How many bytes of pixels come out, without keeping them; counting stops at enough."""
    total = 0
    try:
        while body and total < enough and not inflate.eof:
            total += len(inflate.decompress(body, _INFLATE_STEP))
            body = inflate.unconsumed_tail
    except zlib.error as error:
        raise _cut("pixels that can be unpacked", "damaged ones") from error
    return total


def _png_bytes(data: bytes) -> int:
    """The bytes that the rows of a PNG unpack to, one filter byte per row included (PNG sections 8.2 and 11.2.1)."""
    width, height, depth, kind, _, _, interlace = struct.unpack_from(">IIBBBBB", data, 16)
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(kind, 0)
    passes = _ADAM7 if interlace else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes]
    return sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in sizes if columns > 0 and rows > 0)


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
    if data[8:10] == b"CR" or b"+" in data[2:4]:
        raise Refused(f"expected a {ACCEPTED} photo, found a camera raw file or a BigTIFF; export the photo as JPEG.")
    tags = tiff_tags(data)
    if _RAW_TAGS & tags.keys() or tags.get(_PHOTOMETRIC, (2,))[0] in _RAW_PHOTOMETRIC:
        raise Refused("expected a finished photo, found a camera raw file; export the photo as JPEG and try again.")
    if 32 in tags.get(_BITS, ()) or 64 in tags.get(_BITS, ()) or 3 in tags.get(_SAMPLE_FORMAT, ()):
        found = "decimal numbers" if 3 in tags.get(_SAMPLE_FORMAT, ()) else "numbers of 32 bit or more"
        raise Refused(f"expected 8 or 16 bit whole numbers per channel, found {found}; export the photo as JPEG.")
    for offset_tag, count_tag in ((273, 279), (324, 325)):  # strips, tiles
        ends = [o + c for o, c in zip(tags.get(offset_tag, ()), tags.get(count_tag, ()), strict=False)]
        if ends and max(ends) > len(data):
            raise _cut(f"{max(ends)} bytes", f"{len(data)}")


def tiff_tags(data: bytes) -> dict[int, tuple[int, ...]]:
    """The whole-number tags of a TIFF's first picture (TIFF 6.0 section 2); raises Refused where its list is cut."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        (at,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, at)
        tags = {}
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, n = struct.unpack_from(f"{order}HHI", data, entry)
            if kind not in _TIFF_KINDS or n > len(data):
                continue
            letter = _TIFF_KINDS[kind]
            form = f"{order}{n}{letter}"
            inline = struct.calcsize(form) <= 4
            place = entry + 8 if inline else struct.unpack_from(f"{order}I", data, entry + 8)[0]
            tags[tag] = struct.unpack_from(form, data, place)
    except struct.error as error:
        raise _cut("a whole list of tags", f"the end of the file after {len(data)} bytes") from error
    return tags


_WALKS: dict[str, Callable[[bytes], None]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "HEIF": _heif,
    "TIFF": _tiff,
}
