"""An outline followed to the next photo, by alignment or by sight, and what the answer says of its way."""

import cv2
import numpy as np
import pytest

from tracker.errors import NotComparable
from tracker.imaging import pipeline
from tracker.imaging.colour import linear_to_uint8
from tracker.imaging.pipeline import outlines
from tracker.imaging.types import Photo, Region

SIZE = 480
SKIN, WOUND, FLOOR = np.array([0.55, 0.36, 0.27]), np.array([0.30, 0.05, 0.05]), np.array([0.05, 0.08, 0.12])


def limb(seed, shift=(0, 0), wound=1.0):
    """A limb with a wound; the texture is fresh for every seed."""
    rng = np.random.default_rng(seed)
    body, mark = np.zeros((SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), np.float32)
    cv2.rectangle(body, (150 + shift[0], -40), (250 + shift[0], 300 + shift[1]), 1, cv2.FILLED)
    cv2.ellipse(body, (250 + shift[0], 300 + shift[1]), (150, 60), 20, 0, 360, 1, cv2.FILLED)
    axes = round(38 * wound**0.5), round(26 * wound**0.5)
    cv2.ellipse(mark, (210 + shift[0], 210 + shift[1]), axes, 30, 0, 360, 1, cv2.FILLED)
    shade = 1 + 0.1 * cv2.GaussianBlur(rng.standard_normal((SIZE, SIZE)), (0, 0), 2)
    linear = (FLOOR + (SKIN - FLOOR) * body[..., None]) * shade[..., None]
    linear = linear + (WOUND * shade[..., None] - linear) * mark[..., None]
    return Photo(f"limb {seed}", str(seed), linear_to_uint8(linear)), mark > 0.5


def dice(a, b):
    return 2 * (a & b).sum() / max(1, a.sum() + b.sum())


@pytest.fixture
def no_alignment(monkeypatch):
    """The edges of a limb align it even with fresh texture; here the alignment refuses as it does on a swollen foot."""

    def refuse(*_):
        raise NotComparable("Only 0 marks of the skin were found again.", "Retake it.")

    monkeypatch.setattr(outlines, "register_on_skin", refuse)


@pytest.mark.usefixtures("no_alignment")
def test_a_wound_is_followed_by_sight_where_the_alignment_refuses():
    before, drawn = limb(1)
    after, true = limb(2, (25, 15))
    found = pipeline.follow_outline(before, Region.from_mask("drawn", drawn), after)
    assert not found.aligned
    assert found.method == "colours"
    assert dice(found.outline.region().full(after.size), true) > 0.85
    low, high = found.interval
    assert low < true.sum() / drawn.sum() < high
    assert np.log(high / low) / 2 > 1.96 * outlines.SIGHTED_SD  # the doubt about the scale is in it


def test_the_same_photo_is_aligned_and_not_merely_sighted():
    before, drawn = limb(1)
    carried = pipeline.carry_outline(before, Region.from_mask("drawn", drawn), before)
    assert carried.aligned
    assert dice(carried.region.full(before.size), drawn) > 0.98


def test_the_answer_names_the_network():
    before, drawn = limb(1)

    def undecided(planes):
        return np.zeros((5, len(planes), *planes.shape[2:]), np.float32)

    found = pipeline.follow_outline(before, Region.from_mask("drawn", drawn), before, undecided)
    assert found.method == "network and colours"
    assert found.area_ratio == pytest.approx(1, abs=0.1)


@pytest.mark.usefixtures("no_alignment")
def test_plain_skin_is_not_sighted():
    before, _ = limb(1)
    after, _ = limb(2)
    plain = np.zeros((SIZE, SIZE), bool)
    plain[290:330, 220:260] = True
    with pytest.raises(NotComparable, match="marks") as caught:
        pipeline.carry_outline(before, Region.from_mask("drawn", plain), after)
    assert caught.value.retake
