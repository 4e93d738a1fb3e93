"""Lesions found without a prompt, with a stand-in network that looks for redness."""

import cv2
import numpy as np
import pytest

from tracker.imaging import outline
from tracker.imaging.colour import linear_to_uint8
from tracker.imaging.outline import searching
from tracker.imaging.outline.channels import CHANNELS
from tracker.imaging.types import Box, Photo, Region

SKIN, RED = np.array([0.5, 0.32, 0.24]), np.array([0.35, 0.08, 0.07])
REDNESS = CHANNELS.index("a*")


def reds(planes):
    """Three members that differ in how much redness they ask for; a* is in units of its arcsinh."""
    return np.stack([8 * (planes[:, REDNESS] - least) for least in (1.2, 1.4, 1.6)])


def skin(spots, size=(600, 500)):
    width, height = size
    weight = np.zeros((height, width), np.float32)
    for x, y, radius in spots:
        cv2.circle(weight, (x, y), radius, 1.0, cv2.FILLED)
    weight = cv2.GaussianBlur(weight, (0, 0), 2)
    grain = cv2.GaussianBlur(np.random.default_rng(0).standard_normal((height, width)), (0, 0), 2)
    linear = (SKIN + (RED - SKIN) * weight[..., None]) * (1 + 0.1 * grain[..., None])
    return Photo("spots", "1", linear_to_uint8(linear)), weight


def whole(photo):
    width, height = photo.size
    return Region("all", Box(0, 0, width, height), np.ones((height, width), bool))


def dice(a, b):
    return 2 * (a & b).sum() / max(1, a.sum() + b.sum())


def test_every_lesion_is_found_the_largest_first():
    photo, _ = skin([(150, 150, 30), (400, 120, 50), (300, 380, 20)])
    found = outline.find(photo, whole(photo), reds)
    assert len(found) == 3
    areas = [each.area_px for each in found]
    assert areas == sorted(areas, reverse=True)
    for each, (x, y, radius) in zip(found, [(400, 120, 50), (150, 150, 30), (300, 380, 20)], strict=True):
        true = np.zeros((500, 600), np.uint8)
        cv2.circle(true, (x, y), radius, 1, cv2.FILLED)
        assert dice(each.region().full(photo.size), true > 0) > 0.9
        assert each.interval_px[0] < each.area_px < each.interval_px[1]


def test_nothing_is_found_on_bare_skin():
    photo, _ = skin([])
    assert outline.find(photo, whole(photo), reds) == ()


def test_what_lies_outside_the_region_is_not_looked_at():
    photo, _ = skin([(150, 150, 30), (400, 120, 50)])
    left = np.zeros((500, 600), bool)
    left[:, :280] = True
    (only,) = outline.find(photo, Region.from_mask("left", left), reds)
    assert only.box.right < 300


def test_a_box_that_does_not_begin_at_the_corner_is_placed_right():
    photo, _ = skin([(400, 320, 40)])
    part = np.zeros((500, 600), bool)
    part[200:450, 250:550] = True
    (found,) = outline.find(photo, Region.from_mask("part", part), reds)
    true = np.zeros((500, 600), np.uint8)
    cv2.circle(true, (400, 320), 40, 1, cv2.FILLED)
    assert dice(found.region().full(photo.size), true > 0) > 0.93


def test_the_overlay_is_a_probability_of_the_regions_size():
    photo, weight = skin([(150, 150, 30)])
    soft = outline.soft_outline(photo, whole(photo), reds)
    assert soft.shape == (500, 600)
    assert soft.dtype == np.float32
    assert soft.min() >= 0
    assert soft.max() <= 1
    assert dice(soft >= 0.5, weight >= 0.5) > 0.9


@pytest.mark.parametrize("length", [50, 160, 161, 304, 700, 1500])
def test_tiles_cover_everything_and_are_never_larger_than_one(length):
    covered = np.zeros(length, bool)
    for start in searching._starts(length):
        assert start >= 0
        assert start + min(searching.TILE, length) <= length
        covered[start : start + searching.TILE] = True
    assert covered.all()


def test_tiles_leave_no_seam():
    spots = [(x, y, 60) for x in range(200, 2200, 400) for y in range(200, 1600, 400)]
    photo, weight = skin(spots, (2400, 1800))
    found = outline.find(photo, whole(photo), reds)
    assert len(found) == len(spots)
    together = np.maximum.reduce([each.region().full(photo.size) for each in found])
    assert dice(together, weight >= 0.5) > 0.9
