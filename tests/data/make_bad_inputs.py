"""Write the bad and odd files of tests/data/inputs and their expected verdicts (expected.toml). Same bytes every time.

Run ``python tests/data/make_bad_inputs.py``. Pixels: 24 drawn patches of known sRGB colour, and the public-domain
portrait of scikit-image at 160 x 120. A clinic would expect: every whole, finished photo is taken, however odd its
container; nothing that lost a part of itself is taken, however well decoders hide that.
"""

import io
import struct
import zlib
from pathlib import Path

import colour
import cv2
import numpy as np
import pillow_heif
import tifffile
from PIL import Image, PngImagePlugin
from skimage.data import astronaut

OUT = Path(__file__).parent / "inputs"
CUT, DAMAGED = "cut short", "damaged"
PATCHES = np.array(
    [
        (115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
        (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46),
        (56, 61, 150), (70, 148, 73), (175, 54, 60), (231, 199, 31), (187, 86, 149), (20, 133, 161),
        (243, 243, 242), (200, 200, 200), (160, 160, 160), (122, 122, 121), (85, 85, 85), (52, 52, 52),
    ]
)  # fmt: skip  # close to the ColorChecker Classic in sRGB; exact by definition here


def patches() -> np.ndarray:
    """(96, 144, 3) float, 0 to 1, sRGB-encoded."""
    return np.kron(PATCHES.reshape(4, 6, 3), np.ones((24, 24, 1))) / 255


def portrait() -> Image.Image:
    return Image.fromarray(cv2.resize(astronaut()[:384], (160, 120), interpolation=cv2.INTER_AREA))


def to_space(rgb: np.ndarray, name: str) -> np.ndarray:
    """Encoded sRGB to another encoded RGB space through D50, in float, by colour-science."""
    spaces = colour.RGB_COLOURSPACES
    return np.clip(
        colour.RGB_to_RGB(
            rgb, spaces["sRGB"], spaces[name], "Bradford", apply_cctf_decoding=True, apply_cctf_encoding=True
        ),
        0,
        1,
    )


def profile(space: bytes, tags: dict[bytes, bytes], pcs: bytes = b"XYZ ", kind: bytes = b"mntr") -> bytes:
    """A minimal ICC v2 profile."""
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        **tags,
    }
    table, body, at = b"", b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, at, len(data))
        body += data
        at += len(data)
    head = struct.pack(">I4sI4s4s4s", at, b"none", 0x02400000, kind, space, pcs)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(24) + struct.pack(">I", 1)
    head += struct.pack(">3i", *(round(v * 65536) for v in (0.9642, 1.0, 0.8249)))
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + table + body


def xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(v * 65536) for v in values))


def gamma(g: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(g * 256))


def sampled(values: np.ndarray) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">I", len(values)) + np.round(values * 65535).astype(">u2").tobytes()


PARA_SRGB = b"para" + bytes(4) + struct.pack(
    ">HHiiiii", 3, 0, *(round(v * 65536) for v in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
)  # fmt: skip


def rgb_profile(name: str, curve: bytes) -> bytes:
    """The matrix profile of a colour-science space."""
    space = colour.RGB_COLOURSPACES[name]
    d50 = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D50"]
    adapt = colour.adaptation.matrix_chromatic_adaptation_VonKries(
        colour.xy_to_XYZ(space.whitepoint), colour.xy_to_XYZ(d50), "Bradford"
    )
    columns = (adapt @ space.matrix_RGB_to_XYZ).T
    tags = {n: xyz(*c) for n, c in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)}
    return profile(b"RGB ", {**tags, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def cmyk_profile() -> bytes:
    """Ink that multiplies: sRGB = (1 - C)(1 - K), as an 8-bit table of 9 nodes per ink."""
    n = 9
    c, m, y, k = np.meshgrid(*[np.linspace(0, 1, n)] * 4, indexing="ij")
    rgb = (1 - np.stack([c, m, y], -1)) * (1 - k[..., None])
    lab = colour.XYZ_to_Lab(
        colour.sRGB_to_XYZ(rgb, illuminant=colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D50"]),
        colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D50"],
    )
    codes = np.clip(np.round([[1, 0, 0], [0, 1, 0], [0, 0, 1]] @ np.moveaxis(lab, -1, 0).reshape(3, -1)
                             * np.array([[2.55], [1], [1]]) + np.array([[0], [128], [128]])), 0, 255)  # fmt: skip
    identity = np.arange(256, dtype=np.uint8).tobytes()
    table = (
        b"mft1" + bytes(4) + bytes([4, 3, n, 0]) + struct.pack(">9i", *(65536 * v for v in (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    )
    table += identity * 4 + codes.T.astype(np.uint8).tobytes() + identity * 3
    return profile(b"CMYK", {b"A2B0": table}, pcs=b"Lab ", kind=b"prtr")


def cmyk(rgb: np.ndarray) -> np.ndarray:
    k = 1 - rgb.max(-1, keepdims=True)
    return np.concatenate([1 - rgb / np.maximum(1 - k, 1e-6), k], -1)


def u8(a: np.ndarray) -> np.ndarray:
    return np.round(a * 255).astype(np.uint8)


def u16(a: np.ndarray) -> np.ndarray:
    return np.round(a * 65535).astype(np.uint16)


def save(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.copy().save(out, kind, **options)  # a copy, because Pillow leaves encoder settings on what it saved
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, rows: bytes, *, depth: int = 8, kind: int = 2, extra: bytes = b"") -> bytes:
    """A PNG by hand; ``rows`` with their filter bytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def png_rows(pixels: np.ndarray) -> bytes:
    rows = pixels.reshape(len(pixels), -1)
    rows = rows.astype(">u2").view(np.uint8) if pixels.dtype == np.uint16 else rows
    return b"".join(b"\0" + row.tobytes() for row in rows)


def png16(pixels: np.ndarray, icc: bytes = b"") -> bytes:
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[pixels.shape[2]]
    extra = chunk(b"iCCP", b"test\0\0" + zlib.compress(icc)) if icc else b""
    return png(pixels.shape[1], pixels.shape[0], png_rows(pixels), depth=16, kind=kind, extra=extra)


def interlaced(pixels: np.ndarray) -> bytes:
    rows = b""
    for y, x, dy, dx in (
        (0, 0, 8, 8),
        (0, 4, 8, 8),
        (4, 0, 8, 4),
        (0, 2, 4, 4),
        (2, 0, 4, 2),
        (0, 1, 2, 2),
        (1, 0, 2, 1),
    ):
        rows += png_rows(pixels[y::dy, x::dx])
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def tiff(pixels: np.ndarray, **options: object) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, metadata=None, software=False, **options)
    return out.getvalue()


def heic(image: Image.Image, **options: object) -> bytes:
    pillow_heif.register_heif_opener()
    return save(image, "HEIF", quality=80, **options)


def exif(orientation: int = 1, *, adobe: bool = False) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F], tags[0x0110] = "Testmaker\0", "Testmaker Model 1"
    tags.get_ifd(0x8769)[0x9003] = "2026:03:04 10:11:12"
    if adobe:
        tags.get_ifd(0x8769)[0xA005] = {1: "R03"}
    return tags.tobytes()


def accepted_portraits() -> dict[str, bytes]:
    p = portrait()
    jpeg = save(p, "JPEG", quality=88, exif=exif())
    turned = {f"exif_{o}.jpg": save(p, "JPEG", quality=88, exif=exif(o)) for o in range(1, 9)}
    second = p.transpose(Image.Transpose.ROTATE_180)
    clear = p.copy()
    clear.putalpha(Image.linear_gradient("L").resize(p.size))
    at = jpeg.index(b"Exif\0\0") + 6
    return turned | {
        "progressive.jpg": save(p, "JPEG", quality=88, progressive=True),
        "restarts.jpg": save(p, "JPEG", quality=88, restart_marker_blocks=3),
        "grey.jpg": save(p.convert("L"), "JPEG", quality=88),
        "cmyk_no_profile.jpg": save(p.convert("CMYK"), "JPEG", quality=88),
        "two_pictures.jpg": save(p, "MPO", save_all=True, append_images=[second], quality=80),
        "trailing_bytes.jpg": jpeg + b"motion photo video " * 40,
        "broken_exif.jpg": jpeg[:at] + b"\xff" * 40 + jpeg[at + 40 :],
        "orientation_9.jpg": save(p, "JPEG", quality=88, exif=exif(9)),
        "jpeg_named.png": jpeg,
        "png_named.jpg": save(p, "PNG"),
        "UPPER.JPG": jpeg,
        "name with 'quotes' & ümlaut.jpg": jpeg,
        "interlaced.png": interlaced(np.asarray(p)),
        "palette.png": save(p.quantize(64), "PNG"),
        "palette_clear.png": save(p.quantize(64), "PNG", transparency=3),
        "rgba.png": save(clear, "PNG"),
        "grey_alpha.png": save(clear.convert("LA"), "PNG"),
        "bilevel.png": save(p.convert("1"), "PNG"),
        "exif_6.png": save(p, "PNG", exif=exif(6)),
        "animated.png": save(p, "PNG", save_all=True, append_images=[second]),
        "lossy.webp": save(p, "WEBP", quality=80),
        "lossless.webp": save(p, "WEBP", lossless=True),
        "exif_8.webp": save(p, "WEBP", quality=80, exif=exif(8)),
        "animated.webp": save(p, "WEBP", save_all=True, append_images=[second], quality=60),
        "pages.tif": save(p, "TIFF", save_all=True, append_images=[second.copy()], compression="tiff_lzw"),
        "exif_6.tif": tiff(np.asarray(p), photometric="rgb", compression="zlib", extratags=[(274, 3, 1, 6, True)]),
        "jpeg_inside.tif": save(p, "TIFF", compression="jpeg"),
        "big_endian.tif": tiff(np.asarray(p), byteorder=">", photometric="rgb"),
        "tiled.tif": tiff(np.asarray(p), tile=(64, 64), photometric="rgb"),
        "bilevel_fax.tif": save(p.convert("1"), "TIFF", compression="group4"),
        "plain.heic": heic(p),
        "exif_6.heic": heic(p, exif=exif(6)),
        "exif_6_unturned.heic": heic(p, exif=exif()).replace(
            b"\x12\x01\x03\0\x01\0\0\0\x01", b"\x12\x01\x03\0\x01\0\0\0\x06"
        ),
        "smallest.png": save(p.resize((64, 64)), "PNG"),
        "long.png": save(p.resize((64, 3000)), "PNG"),
    }


def accepted_patches() -> dict[str, bytes]:
    """Files whose colours are known: each decodes to PATCHES."""
    p = patches()
    p3, adobe, pro = (to_space(p, n) for n in ("Display P3", "Adobe RGB (1998)", "ProPhoto RGB"))
    linear = colour.models.eotf_sRGB(p)
    icc_p3, icc_adobe = rgb_profile("Display P3", PARA_SRGB), rgb_profile("Adobe RGB (1998)", gamma(563 / 256))
    knots = colour.RGB_COLOURSPACES["ProPhoto RGB"].cctf_decoding(np.linspace(0, 1, 1024))
    icc_pro = rgb_profile("ProPhoto RGB", sampled(knots))
    icc_linear = rgb_profile("sRGB", gamma(1.0))
    icc_srgb = rgb_profile("sRGB", PARA_SRGB)
    fine = {"quality": 97, "subsampling": 0}
    lab = colour.XYZ_to_Lab(
        colour.sRGB_to_XYZ(p, illuminant=colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D50"]),
        colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D50"],
    )
    lab8 = np.round(np.stack([lab[..., 0] * 2.55, lab[..., 1], lab[..., 2]], -1)).astype(np.int16).astype(np.uint8)
    ink = Image.fromarray(u8(cmyk(p)), "CMYK")
    return {
        "srgb.png": save(Image.fromarray(u8(p)), "PNG"),
        "srgb_profile.jpg": save(Image.fromarray(u8(p)), "JPEG", icc_profile=icc_srgb, **fine),
        "display_p3.jpg": save(Image.fromarray(u8(p3)), "JPEG", icc_profile=icc_p3, **fine),
        "display_p3.png": save(Image.fromarray(u8(p3)), "PNG", icc_profile=icc_p3),
        "display_p3.webp": save(Image.fromarray(u8(p3)), "WEBP", icc_profile=icc_p3, lossless=True),
        "display_p3.heic": heic(Image.fromarray(u8(p3)).resize((288, 192), 0), icc_profile=icc_p3, chroma=444),
        "adobe_rgb.jpg": save(Image.fromarray(u8(adobe)), "JPEG", icc_profile=icc_adobe, **fine),
        "adobe_rgb_exif.jpg": save(Image.fromarray(u8(adobe)), "JPEG", exif=exif(adobe=True), **fine),
        "prophoto.png": save(Image.fromarray(u8(pro)), "PNG", icc_profile=icc_pro),
        "prophoto.tif": save(Image.fromarray(u8(pro)), "TIFF", icc_profile=icc_pro, compression="tiff_lzw"),
        "prophoto_16.png": png16(u16(pro), icc_pro),
        "linear_16.png": png16(u16(linear), icc_linear),
        "rgb_16.png": png16(u16(p)),
        "rgba_16.png": png16(np.concatenate([u16(p), np.full((*p.shape[:2], 1), 65535, np.uint16)], -1)),
        "rgb_16.tif": tiff(u16(p), photometric="rgb", compression="zlib"),
        "display_p3_16.tif": tiff(u16(p3), photometric="rgb", iccprofile=icc_p3, compression="zlib"),
        "turned_16.tif": tiff(
            np.ascontiguousarray(np.rot90(u16(p))),
            photometric="rgb",
            compression="zlib",
            extratags=[(274, 3, 1, 6, True)],
        ),
        "cmyk_profile.tif": save(ink, "TIFF", icc_profile=cmyk_profile(), compression="tiff_lzw"),
        "lab.tif": tiff(lab8, photometric="cielab", compression="zlib"),
    }


def accepted_greys() -> dict[str, bytes]:
    """Files whose colours are the linear luminance of PATCHES, re-encoded."""
    y = colour.models.eotf_sRGB(patches()) @ np.array([0.2126, 0.7152, 0.0722])
    grey = profile(b"GRAY", {b"kTRC": gamma(2.2)})
    return {
        "grey_profile.png": save(Image.fromarray(u8(y ** (1 / 2.2))), "PNG", icc_profile=grey),
        "grey_16.png": png16(u16(colour.models.eotf_inverse_sRGB(y))[..., None]),
        "grey_16.tif": tiff(u16(colour.models.eotf_inverse_sRGB(y)), compression="zlib"),
        "inverted_16.tif": tiff(65535 - u16(colour.models.eotf_inverse_sRGB(y)), photometric="miniswhite"),
    }


def refused_cut() -> dict[str, tuple[bytes, str]]:
    p = portrait()
    jpeg, progressive = save(p, "JPEG", quality=88), save(p, "JPEG", quality=88, progressive=True)
    picture = save(p, "PNG")
    web, deflated, apple = save(p, "WEBP", quality=80), save(p, "TIFF", compression="tiff_lzw"), heic(p)
    raw = np.asarray(p)
    hole = bytearray(jpeg)
    hole[len(jpeg) // 2 : len(jpeg) // 2 + 512] = bytes(512)
    idat = picture.index(b"IDAT") + 400
    wrong_sum = bytearray(picture)
    wrong_sum[idat] ^= 0x10
    return {
        "empty.jpg": (b"", "empty"),
        "start_only.jpg": (jpeg[:3], DAMAGED),
        **{f"cut_{n}.jpg": (jpeg[: len(jpeg) * n // 100], CUT) for n in (10, 50, 90, 99)},
        **{f"cut_progressive_{n}.jpg": (progressive[: len(progressive) * n // 100], CUT) for n in (50, 99)},
        "no_end_mark.jpg": (jpeg[:-2], CUT),
        "forged_end.jpg": (jpeg[: len(jpeg) // 2] + b"\xff\xd9", DAMAGED),
        "forged_end_progressive.jpg": (progressive[: len(progressive) * 9 // 10] + b"\xff\xd9", DAMAGED),
        "hole.jpg": (bytes(hole), DAMAGED),
        "cut_50.png": (picture[: len(picture) // 2], CUT),
        "cut_99.png": (picture[: len(picture) * 99 // 100], CUT),
        "no_end_mark.png": (picture[:-12], CUT),
        "wrong_checksum.png": (bytes(wrong_sum), "checksum"),
        "too_few_rows.png": (png(160, 120, png_rows(raw[:60])), DAMAGED),
        "cut_50.webp": (web[: len(web) // 2], CUT),
        "cut_99.webp": (web[: len(web) * 99 // 100], CUT),
        "cut_50.tif": (tiff(raw, photometric="rgb")[:30000], CUT),
        "cut_99.tif": (deflated[: len(deflated) * 99 // 100], DAMAGED),
        "cut_50.heic": (apple[: len(apple) // 2], CUT),
        "cut_99.heic": (apple[: len(apple) * 99 // 100], CUT),
    }


def refused_kinds() -> dict[str, tuple[bytes, str]]:
    p = portrait()
    raw = np.asarray(p)
    wild = np.full((80, 80, 3), 0.5, np.float32)
    nan = wild.copy()
    nan[10:20] = np.nan
    header = struct.pack(">HBHHB", 17, 8, 65500, 65500, 3) + bytes([1, 17, 0, 2, 17, 1, 3, 17, 1])
    jpeg = save(p, "JPEG", quality=88)
    start = jpeg.index(b"\xff\xc0")
    huge = jpeg[: start + 2] + header + jpeg[start + 19 :]
    scans = save(p, "JPEG", quality=20, progressive=True)
    last = scans[scans.rindex(b"\xff\xda") : -2]
    text = PngImagePlugin.PngInfo()
    text.add_text("note", "a" * (64 << 20), zip=True)
    bad_icc = rgb_profile("Display P3", PARA_SRGB)
    flat = bad_icc[:140] + bytes(len(bad_icc) - 140)
    dng = [(50706, 1, 4, (1, 4, 0, 0), True)]
    return {
        "text_named.jpg": (b"Dear colleague, please find the photo attached.\n", "text"),
        "page_named.png": (b"<!doctype html><title>Not found</title>", "text"),
        "zeros.jpg": (bytes(4096), "zero bytes"),
        "noise.jpg": (np.random.default_rng(2).integers(0, 256, 4096, np.uint8).tobytes(), "something else"),
        "animation.gif": (save(p.quantize(32), "GIF"), "GIF"),
        "bitmap.bmp": (save(p.resize((80, 60)), "BMP"), "bitmap"),
        "document.pdf": (b"%PDF-1.7\n%%EOF\n", "PDF"),
        "archive.zip": (b"PK\x03\x04" + bytes(60), "ZIP"),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg' width='99' height='99'/>", "SVG"),
        "picture.avif": (save(p, "AVIF", quality=50), "AVIF"),
        "video.mp4": (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(60), "video"),
        "raw.dng": (tiff(raw[:80, :96], photometric="rgb", extratags=dng), "raw"),
        "raw.cr2": (b"II*\0\x10\0\0\0CR\2\0" + bytes(200), "raw"),
        "big.tif": (tiff(raw[:80, :96], photometric="rgb", bigtiff=True), "BigTIFF"),
        "float.tif": (tiff(wild, photometric="rgb", compression="zlib"), "decimal"),
        "nan.tif": (tiff(nan, photometric="rgb", compression="zlib"), "decimal"),
        "nan_grey.tif": (tiff(nan[..., 0], compression="zlib"), "decimal"),
        "whole_32.tif": (tiff(np.zeros((80, 80), np.int32), compression="zlib"), "32 bit"),
        "bomb_header.png": (png(50000, 50000, b""), "100 megapixels"),
        "bomb_header.jpg": (huge, "100 megapixels"),
        "bomb_101.png": (png(10100, 10000, bytes(10000 * 30301)), "100 megapixels"),
        "bomb_scans.jpg": (scans[: scans.rindex(b"\xff\xda")] + last * 70 + b"\xff\xd9", "64 scans"),
        "bomb_text.png": (save(p.resize((64, 64)), "PNG", pnginfo=text), DAMAGED),
        "too_small.png": (save(p.resize((63, 200)), "PNG"), "64 pixels"),
        "one_pixel.png": (save(p.resize((1, 1)), "PNG"), "64 pixels"),
        "no_pixels.png": (png(0, 0, b""), DAMAGED),
        "broken_profile.png": (save(p, "PNG", icc_profile=flat), "colour profile"),
        "foreign_profile.jpg": (save(p, "JPEG", quality=88, icc_profile=cmyk_profile()), "colour profile"),
    }


def main() -> None:
    OUT.mkdir(exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    lines = [
        "# Written by make_bad_inputs.py. size: upright; colour: what the pixels must show; words: in the refusal.\n"
    ]
    for group, colours in (
        (accepted_portraits(), ""),
        (accepted_patches(), "patches"),
        (accepted_greys(), "grey patches"),
    ):
        for name, data in group.items():
            (OUT / name).write_bytes(data)
            depth = 16 if "_16." in name else 8
            facts = f'size = {upright(name, colours)}\ndepth = {depth}\ncolour = "{colours}"'
            lines.append(f'["{name}"]\nverdict = "accept"\n{facts}\n')
    for name, (data, words) in (refused_cut() | refused_kinds()).items():
        (OUT / name).write_bytes(data)
        lines.append(f'["{name}"]\nverdict = "reject"\nwords = "{words}"\n')
    (OUT.parent / "expected.toml").write_text("\n".join(lines), encoding="utf-8")


def upright(name: str, colours: str) -> list[int]:
    """The upright size, known from how the file was made."""
    special = {"smallest.png": [64, 64], "long.png": [64, 3000], "display_p3.heic": [288, 192]}
    if colours:
        return special.get(name, [144, 96])
    turned = any(name.startswith(f"exif_{o}.") for o in (5, 6, 7, 8))
    return special.get(name, [120, 160] if turned else [160, 120])


if __name__ == "__main__":
    main()
