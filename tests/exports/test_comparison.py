"""What leaves the house: same scale on both sides, a caption, and nothing but pixels in the file."""

import io
import re
from datetime import date

import cv2
import numpy as np
import pytest
from PIL import Image

from tracker.errors import NotComparable
from tracker.exports import comparison as export
from tracker.imaging.types import Alignment, Analysis, Change, Flag, FlagCode, Metric, Photo, Region, Verdict

CHANGE = Change(Metric.REDNESS, "drawn", "H", 20.1, 14.0, -6.1, 2.2, (-7.7, -4.5), Verdict.CHANGED)


def spotted(scale=1.0):
    encoded = np.full((round(300 * scale), round(400 * scale), 3), (196, 150, 128), np.uint8)
    cv2.circle(encoded, (round(200 * scale), round(150 * scale)), round(30 * scale), (90, 60, 60), -1)
    return Photo("Jane Roe.jpg", "0" * 64, encoded)


def analysis(scale, refusal=None):
    grid = np.zeros((2, 2, 2), np.float32)
    size = round(400 * scale), round(300 * scale)
    aligned = Alignment(np.diag([scale, scale, 1.0]), grid, 300.0, np.ones((2, 2), np.float32), 0.1, (400, 300), size)
    mask = np.zeros((300, 400), bool)
    mask[100:200, 150:250] = True
    region = Region.from_mask("drawn", mask)
    return Analysis(
        "0" * 64, "1" * 64, "face", "7", refusal, None if refusal else aligned, (region,), (region,), (CHANGE,)
    )


@pytest.fixture
def picture():
    words = export.caption(analysis(1.5), date(2026, 1, 10), date(2026, 4, 4))
    return export.comparison(spotted(), spotted(1.5), analysis(1.5), words)


def test_both_sides_show_the_same_skin_at_the_same_scale(picture):
    assert picture.shape[1] == 2 * export.PANEL_WIDTH + 3 * export.MARGIN
    top, wide = export.MARGIN, export.PANEL_WIDTH
    left = picture[top : top + wide, export.MARGIN : export.MARGIN + wide]
    right = picture[top : top + wide, 2 * export.MARGIN + wide : 2 * (export.MARGIN + wide)]
    dark = [int((side.sum(-1) < 330).sum()) for side in (left, right)]
    assert dark[0] > 50_000
    assert dark[0] == pytest.approx(dark[1], rel=0.02)


@pytest.mark.parametrize("kind", list(export.FileKind))
def test_file_has_pixels_and_profile_and_nothing_else(picture, kind):
    data = export.encode(picture, kind)
    image = Image.open(io.BytesIO(data))
    assert image.format == kind.value.upper()
    assert image.info["icc_profile"] == export.SRGB_PROFILE
    assert not image.getexif()
    assert set(image.info) <= {"icc_profile", "jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for planted in (b"Jane", b"Exif", b"http://ns.adobe.com", b"2026"):
        assert planted not in data
    assert export.encode(picture, kind) == data


def test_a_file_with_more_than_pixels_is_never_handed_out(picture):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", icc_profile=export.SRGB_PROFILE, comment=b"Jane Roe")
    with pytest.raises(RuntimeError, match="more than pixels"):
        export._assert_clean(buffer.getvalue())
    with pytest.raises(RuntimeError, match="more than pixels"):
        export._assert_clean(export.encode(picture) + b"trailing")


def test_profile_does_not_depend_on_the_clock():
    assert export._fixed_srgb_profile() == export.SRGB_PROFILE
    assert export.SRGB_PROFILE[24:28] == b"\x07\xd0\x00\x01"


def test_caption_gives_no_date_away_unless_asked():
    words = export.caption(analysis(1.0), date(2026, 1, 10), date(2026, 4, 4))
    assert (words.before, words.after) == ("Before", "12 weeks later")
    dated = export.caption(analysis(1.0), date(2026, 1, 10), date(2026, 4, 4), export.Dating.DATES)
    assert (dated.before, dated.after) == ("10 Jan 2026", "4 Apr 2026 (12 weeks later)")
    assert "could have been missed" in words.measures[0]
    assert "may still be recognised" in " ".join(words.notes)
    assert not re.search("anonym|de-identified", " ".join((*words.measures, *words.notes)), re.IGNORECASE)


def test_refused_pair_gives_no_picture_but_the_reason():
    refusal = Flag(FlagCode.NOT_ALIGNED, "Too little skin in common.", "Stand closer.")
    with pytest.raises(NotComparable, match=r"Too little skin in common\. Stand closer\."):
        export.comparison(spotted(), spotted(), analysis(1.0, refusal), export.Caption("a", "b", ()))


def test_file_name_is_random_and_tells_nothing():
    names = {export.file_name() for _ in range(50)}
    assert len(names) == 50
    assert all(re.fullmatch(r"comparison-[0-9a-f]{16}\.jpg", name) for name in names)
