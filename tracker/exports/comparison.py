"""A before/after picture to give away: same skin, same crop, same scale, with what was measured and no metadata.

The picture is a new one with pasted pixels, so nothing of the originals' files can ride along; it is opened again
and checked before it is handed out. A face stays recognisable, so nothing here is ever called anonymous.
"""

import io
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageCms, ImageDraw, ImageFont

from tracker.errors import NotComparable
from tracker.exports.overlay import Picture, carried, display_scale, outlined, shown
from tracker.exports.table import CROSS_CHECKS, in_order, sentence, withheld_sentences
from tracker.imaging.types import Analysis, Box, Photo, Region, Verdict
from tracker.wording import mark, n, t, when

PANEL_WIDTH = 900
"""Two panels make 1,840 pixels: sharp on a slide and in print at 150 mm (300 dpi)."""
MARGIN = 20
MOST_MEASURES = 6
FONT_PX = 26
RESAMPLED = mark(
    "The later photo was turned and scaled to fit the first, for display only; every number was measured on the "
    "photos as taken."
)
PRIVACY = mark("Metadata removed; the person may still be recognised.")


class Dating(StrEnum):
    """How the caption says when."""

    DATES = "dates"
    RELATIVE = "relative time"


class FileKind(StrEnum):
    """What is written."""

    JPEG = "jpeg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Caption:
    """The words under the two panels.

    Parameters
    ----------
    before, after : str
        One line under each panel.
    measures : tuple of str
        Sentences with each measure and its noise.
    notes : tuple of str
        What was done to the picture and what it does not promise.
    """

    before: str
    after: str
    measures: tuple[str, ...]
    notes: tuple[str, ...] = (RESAMPLED, PRIVACY)


def caption(analysis: Analysis, baseline: date, followup: date, dating: Dating = Dating.RELATIVE) -> Caption:
    """The caption of an analysed pair.

    Parameters
    ----------
    analysis : Analysis
        Its changes become the sentences, as on the page without cross-checks: the first six with a number in reading
        order, then one per reason for withholding.
    baseline, followup : date
        Session dates.
    dating : Dating
        Relative time gives no calendar date away; it is the default because a date is an identifier.
    """
    days = (followup - baseline).days
    after = _later(days) if days >= 0 else _earlier(-days)
    before = t("Before")
    if dating is Dating.DATES:
        before, after = when(baseline), f"{when(followup)} ({after})"
    listed = [change for change in in_order(analysis.changes) if change.metric not in CROSS_CHECKS]
    told = [change for change in listed if change.verdict is not Verdict.NOT_ASSESSABLE]
    measures = (*(sentence(change) for change in told[:MOST_MEASURES]), *withheld_sentences(listed))
    version = t("Skin Progress Tracker, measurement version {version}.", version=analysis.version)
    return Caption(before, after, measures, (t(RESAMPLED), t(PRIVACY), version))


def comparison(
    baseline: Photo, followup: Photo, analysis: Analysis, words: Caption, regions: Sequence[Region] = ()
) -> Picture:
    """Both photos at the same crop and scale beside each other, with the caption under them.

    Parameters
    ----------
    baseline, followup : Photo
        As measured, with their calibrations.
    analysis : Analysis
        Of this pair; its alignment brings the follow-up into the baseline's crop.
    words : Caption
        See :func:`caption`.
    regions : sequence of Region
        Baseline regions: the crop is taken round them and their outlines are drawn; without any, the crop goes round
        the analysed regions and nothing is drawn.

    Returns
    -------
    Picture
        uint8 sRGB, 1,860 pixels wide.

    Raises
    ------
    NotComparable
        The pair was refused: without an alignment no common scale can be promised.
    """
    if analysis.alignment is None:
        reason = analysis.refusal.reason if analysis.refusal else "The two photos were not aligned."
        retake = analysis.refusal.retake if analysis.refusal else ""
        raise NotComparable(f"A picture at the same scale cannot be made. {reason}", retake)
    box = _crop(regions or analysis.regions, baseline.size)
    width = round(PANEL_WIDTH * baseline.size[0] / box.width)
    scale, scale_followup = display_scale(baseline, width), display_scale(followup, width)
    left = outlined(shown(baseline, width), regions, scale)
    right = carried(shown(followup, width), analysis.alignment, scale_followup, scale)
    if regions:
        right = outlined(right, regions, scale)
    part = tuple(slice(round(a * scale), round(b * scale)) for a, b in ((box.top, box.bottom), (box.left, box.right)))
    return _sheet(_panel(left[part]), _panel(right[part]), words)


def encode(picture: Picture, kind: FileKind = FileKind.JPEG) -> bytes:
    """The file of a picture: fixed sRGB profile, nothing else beside the pixels; opened again and checked.

    Parameters
    ----------
    picture : Picture
        uint8 sRGB.
    kind : FileKind
        JPEG at quality 92 without chroma subsampling, or PNG.

    Raises
    ------
    RuntimeError
        The written file carries anything beside pixels and profile: a fault of the program, nothing is handed out.
    """
    clean = Image.new("RGB", (picture.shape[1], picture.shape[0]))
    clean.paste(Image.fromarray(np.ascontiguousarray(picture)))
    buffer = io.BytesIO()
    # PNG stays at its default effort: "optimize" takes 13 s for 5 % fewer bytes.
    options = {"quality": 92, "subsampling": 0, "optimize": True} if kind is FileKind.JPEG else {}
    clean.save(buffer, kind.value.upper(), icc_profile=SRGB_PROFILE, **options)
    data = buffer.getvalue()
    _assert_clean(data)
    return data


def file_name(kind: FileKind = FileKind.JPEG) -> str:
    """A random name that tells nothing about the patient, with the right ending."""
    return f"comparison-{secrets.token_hex(8)}.{'jpg' if kind is FileKind.JPEG else 'png'}"


def _fixed_srgb_profile() -> bytes:
    # LittleCMS stamps the time of creation into bytes 24 to 35: fixed here, so that equal pixels give equal files.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    return bytes(profile)


SRGB_PROFILE = _fixed_srgb_profile()


def _assert_clean(data: bytes) -> None:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
        image.load()
        allowed = {"icc_profile", "jfif", "jfif_version", "jfif_unit", "jfif_density"}
        extra = set(image.info) - allowed
        ends = data.endswith(b"\xff\xd9") if image.format == "JPEG" else data.endswith(b"IEND\xaeB`\x82")
        segments = {name for name, _ in getattr(image, "applist", [])} - {"APP0", "APP2"}
        if extra or segments or len(image.getexif()) or image.info.get("icc_profile") != SRGB_PROFILE or not ends:
            raise RuntimeError(f"the exported picture carries more than pixels: {sorted(extra | segments)}")


def _later(days: int) -> str:
    if days < 14:
        return n("{count} day later", "{count} days later", days)
    if days < 365:
        return t("{count} weeks later", count=round(days / 7))
    return t("{count} months later", count=round(days / 30.44))


def _earlier(days: int) -> str:
    if days < 14:
        return n("{count} day earlier", "{count} days earlier", days)
    if days < 365:
        return t("{count} weeks earlier", count=round(days / 7))
    return t("{count} months earlier", count=round(days / 30.44))


def _crop(regions: Sequence[Region], size: tuple[int, int]) -> Box:
    if not regions:
        return Box(0, 0, *size)
    boxes = [region.box for region in regions]
    box = Box(
        min(b.left for b in boxes), min(b.top for b in boxes), max(b.right for b in boxes), max(b.bottom for b in boxes)
    )
    return box.grown(round(0.15 * max(box.width, box.height)), size)


def _panel(picture: Picture) -> Picture:
    height = max(1, round(picture.shape[0] * PANEL_WIDTH / picture.shape[1]))
    # A crop smaller than the panel is enlarged the same way on both sides.
    flags = cv2.INTER_AREA if picture.shape[1] > PANEL_WIDTH else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (PANEL_WIDTH, height), interpolation=flags), np.uint8)


def _sheet(left: Picture, right: Picture, words: Caption) -> Picture:
    width = 2 * PANEL_WIDTH + 3 * MARGIN
    strong, plain, small = _font(FONT_PX + 4, "-Bold"), _font(FONT_PX), _font(FONT_PX - 6)
    lines = [(line, plain) for text in words.measures for line in _wrapped(text, plain, width - 2 * MARGIN)]
    lines += [(line, small) for text in words.notes for line in _wrapped(text, small, width - 2 * MARGIN)]
    title_height = round(1.9 * (FONT_PX + 4))
    text_height = sum(round(1.45 * font.size) for _, font in lines)
    height = MARGIN + left.shape[0] + title_height + text_height + 2 * MARGIN
    sheet = Image.new("RGB", (width, height), (255, 255, 255))
    for picture, words_below, x in ((left, words.before, MARGIN), (right, words.after, 2 * MARGIN + PANEL_WIDTH)):
        sheet.paste(Image.fromarray(picture), (x, MARGIN))
        draw = ImageDraw.Draw(sheet)
        draw.text((x, MARGIN + left.shape[0] + 8), words_below, (30, 30, 30), strong)
    y = MARGIN + left.shape[0] + title_height
    for line, font in lines:
        draw.text((MARGIN, y), line, (50, 50, 50), font)
        y += round(1.45 * font.size)
    return np.asarray(sheet, np.uint8)


def _font(size: int, weight: str = "") -> ImageFont.FreeTypeFont:
    # DejaVu comes with matplotlib and has every sign that the sentences use.
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / f"fonts/ttf/DejaVuSans{weight}.ttf"), size)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
