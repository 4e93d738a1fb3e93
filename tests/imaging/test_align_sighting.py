"""A foot-like shape with a red wound, moved, resized and turned: sighted where it lies, refused elsewhere."""

import cv2
import numpy as np
import pytest

from tracker.errors import NotComparable
from tracker.imaging import align
from tracker.imaging.align.likeness import seen_again
from tracker.imaging.colour import linear_to_uint8
from tracker.imaging.types import Photo, Region

SIZE = 480
SKIN, WOUND, FLOOR = np.array([0.55, 0.36, 0.27]), np.array([0.30, 0.05, 0.05]), np.array([0.05, 0.08, 0.12])


def foot(seed=0, motion=None, wound=True, shape=0):
    """A limb on a floor with fresh texture of every seed: nothing fine is shared between two photos."""
    rng = np.random.default_rng(seed)
    body, mark = np.zeros((SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), np.float32)
    if shape == 0:
        cv2.rectangle(body, (150, -40), (250, 300), 1, cv2.FILLED)
        cv2.ellipse(body, (250, 300), (150, 60), 20, 0, 360, 1, cv2.FILLED)
        cv2.ellipse(mark, (210, 210), (34, 24), 30, 0, 360, 1, cv2.FILLED)
    else:
        cv2.ellipse(body, (240, 240), (220, 60), -60, 0, 360, 1, cv2.FILLED)
        cv2.ellipse(body, (300, 120), (60, 110), -20, 0, 360, 1, cv2.FILLED)
        cv2.ellipse(mark, (190, 330), (30, 30), 0, 0, 360, 1, cv2.FILLED)
    if motion is not None:
        body, mark = (cv2.warpAffine(plane, motion, (SIZE, SIZE)) for plane in (body, mark))
    shade = 1 + 0.1 * cv2.GaussianBlur(rng.standard_normal((SIZE, SIZE)), (0, 0), 2)
    linear = (FLOOR + (SKIN - FLOOR) * body[..., None]) * shade[..., None]
    if wound:
        linear = linear + (WOUND * shade[..., None] - linear) * mark[..., None]
    photo = Photo(f"foot {seed}", str(seed), linear_to_uint8(linear))
    return photo, mark > 0.5, np.asarray((body > 0.5) & ~(mark > 0.5))


def moved(turn, size, shift):
    matrix = np.asarray(cv2.getRotationMatrix2D((240, 240), turn, size), np.float64)
    matrix[:, 2] += shift
    return matrix


def dice(a, b):
    return 2 * (a & b).sum() / max(1, a.sum() + b.sum())


@pytest.mark.parametrize(("turn", "size", "shift"), [(0, 1.0, (30, 20)), (14, 0.85, (-20, 10)), (-20, 1.15, (0, -25))])
def test_a_moved_wound_is_sighted_without_any_shared_texture(turn, size, shift):
    before, drawn, skin = foot(1)
    after, true, other = foot(2, moved(turn, size, shift))
    region = Region.from_mask("drawn", drawn)
    found = align.sight(before, after, region, (skin, other))
    assert dice(align.carry_region(found, region).full(after.size), true) > 0.7
    growth = np.median(align.jacobian(found, region))
    assert growth == pytest.approx(size**2, rel=0.2)
    assert found.diagnostics["likeness"] > found.diagnostics["mirrored"]
    assert seen_again(found, before, after, region) > 0.5


def test_the_mirror_image_is_refused():
    before, drawn, skin = foot(1)
    after, _, other = foot(2)
    mirrored = Photo("mirrored", "m", np.ascontiguousarray(after.encoded[:, ::-1]))
    with pytest.raises(NotComparable, match="not found again") as caught:
        align.sight(before, mirrored, Region.from_mask("drawn", drawn), (skin, other[:, ::-1]))
    assert "by hand" in caught.value.retake


def test_another_body_part_is_refused():
    before, drawn, skin = foot(1)
    after, _, other = foot(2, shape=1)
    with pytest.raises(NotComparable, match="not found again"):
        align.sight(before, after, Region.from_mask("drawn", drawn), (skin, other))


def test_a_bare_floor_is_refused():
    before, drawn, skin = foot(1)
    rng = np.random.default_rng(3)
    floor = FLOOR * (1 + 0.1 * rng.standard_normal((SIZE, SIZE, 1)))
    nothing = Photo("floor", "f", linear_to_uint8(floor))
    with pytest.raises(NotComparable):
        align.sight(before, nothing, Region.from_mask("drawn", drawn), (skin, np.zeros((SIZE, SIZE), bool)))


def test_the_same_pair_gives_the_same_place():
    before, drawn, skin = foot(1)
    after, _, other = foot(2, moved(8, 0.9, (10, 10)))
    region = Region.from_mask("drawn", drawn)
    first, second = (align.sight(before, after, region, (skin, other)) for _ in range(2))
    np.testing.assert_array_equal(first.homography, second.homography)
