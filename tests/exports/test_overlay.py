"""Overlays on pictures with known truth."""

import warnings
from itertools import combinations

import colour
import cv2
import numpy as np
import pytest

from tracker.exports import overlay
from tracker.imaging.types import Alignment, Box, Calibration, Photo, Region

SKIN = (196, 150, 128)


def photo(encoded, calibration=None):
    return Photo("a", "0" * 64, encoded, calibration=calibration)


def disc(size, centre, radius):
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.circle(mask, centre, radius, 1, -1)
    return Region.from_mask("drawn", mask.astype(bool))


@pytest.fixture
def skin():
    encoded = np.full((400, 600, 3), SKIN, np.uint8)
    cv2.circle(encoded, (200, 200), 60, (200, 120, 110), -1)  # less green: redder
    return photo(encoded)


def test_shown_keeps_the_shape_and_never_enlarges(skin):
    assert overlay.shown(skin, 300).shape == (200, 300, 3)
    assert overlay.shown(skin, 5000).shape == (400, 600, 3)
    part = overlay.shown(skin, 300, Box(0, 0, 200, 100))
    assert part.shape == (50, 100, 3)
    assert tuple(part[0, 0]) == SKIN


def test_shown_applies_the_calibration(skin):
    half = Calibration("card", np.eye(3) * 0.5, 1.0, 0.5, 0.5, None, np.zeros((4, 2)))
    darker = overlay.shown(skin.with_calibration(half), 300)
    assert (darker < overlay.shown(skin, 300)).all()


def test_outline_lies_on_the_border_and_nowhere_else(skin):
    region = disc(skin.size, (400, 200), 80)
    picture = overlay.shown(skin, 600)
    drawn = overlay.outlined(picture, [region], 1.0)
    rows, columns = np.nonzero((drawn != picture).any(-1))
    distance = np.hypot(columns - 400, rows - 200)
    assert distance.size > 400
    assert np.abs(distance - 80).max() < 5
    assert (overlay.outlined(picture, [], 1.0) == picture).all()


def test_redness_map_colours_only_the_redder_skin(skin):
    everywhere = Region("drawn", Box(0, 0, 600, 400), np.ones((400, 600), bool))
    zero = overlay.redness_level(skin, disc(skin.size, (450, 200), 60))
    drawn = overlay.redness_map(skin, [everywhere], zero, 600).astype(int)
    plain = overlay.shown(skin, 600).astype(int)
    assert np.abs(drawn[200, 450] - plain[200, 450]).max() <= 1
    changed = drawn[200, 200] - plain[200, 200]
    assert np.abs(changed).max() > 20
    assert drawn[200, 200, 0] > drawn[200, 200, 2]  # orange, not violet


def test_redness_map_ignores_shading(skin):
    everywhere = Region("drawn", Box(0, 0, 600, 400), np.ones((400, 600), bool))
    shaded = photo(overlay.linear_to_uint8(skin.linear() * 0.6))
    region = disc(skin.size, (450, 200), 60)
    level = overlay.redness_level(skin, region)
    assert overlay.redness_level(shaded, region) == pytest.approx(level, abs=0.7)  # 8-bit steps
    assert overlay.redness_map(shaded, [everywhere], level, 300).shape == (267 - 67, 300, 3)


def test_texture_map_marks_the_rough_half():
    rng = np.random.default_rng(1)
    grain = cv2.GaussianBlur(rng.normal(size=(400, 600)), (0, 0), 2.0)
    grain[:, :300] = 0
    encoded = np.clip(np.full((400, 600, 3), SKIN) * (1 + 0.5 * grain[..., None]), 0, 255).astype(np.uint8)
    region = Region("drawn", Box(0, 0, 600, 400), np.ones((400, 600), bool))
    drawn = overlay.texture_map(photo(encoded), [region], 600).astype(int)
    yellow = drawn[..., 1] - drawn[..., 2]
    assert yellow[100:300, 400:500].mean() > yellow[100:300, 100:200].mean() + 15


def test_pixels_per_mm_reads_the_card():
    to_px = np.diag([12.0, 12.0, 1.0])
    card = Calibration("card", np.eye(3), 1.0, 0.5, 0.5, to_px, np.array([[0, 0], [600, 0], [600, 400], [0, 400.0]]))
    encoded = np.zeros((400, 600, 3), np.uint8)
    assert overlay.pixels_per_mm(photo(encoded, card)) == pytest.approx(12.0)
    assert overlay.pixels_per_mm(photo(encoded)) == pytest.approx(6.0)


def test_carried_brings_the_followup_back():
    rng = np.random.default_rng(2)
    scene = cv2.GaussianBlur(rng.integers(0, 255, (400, 600, 3)).astype(np.float32), (0, 0), 6)
    scene = cv2.normalize(scene, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    angle = np.deg2rad(6)
    homography = np.array(
        [[np.cos(angle), -np.sin(angle), 40.0], [np.sin(angle), np.cos(angle), -20.0], [0.0, 0.0, 1.0]]
    )
    seen = cv2.warpPerspective(scene, homography, (600, 400))
    grid = np.zeros((2, 2, 2), np.float32)
    alignment = Alignment(homography, grid, 300.0, np.ones((2, 2), np.float32), 0.1, (600, 400), (600, 400))
    back = overlay.carried(overlay.shown(photo(seen), 300), alignment, 0.5, 0.5)
    truth = overlay.shown(photo(scene), 300)
    inside = (slice(60, 140), slice(60, 240))
    assert np.abs(back[inside].astype(int) - truth[inside]).mean() < 3


def test_reference_skin_is_dashed_white_over_a_dark_rim_and_nothing_else_is_touched(skin):
    region = disc((600, 400), (400, 200), 60)
    picture = overlay.shown(skin, 600)
    drawn = overlay.reference_outlined(picture, region, 1.0)
    changed = (drawn != picture).any(2)
    away = np.hypot(*(np.indices((400, 600)) - np.array([200, 400])[:, None, None]))
    assert changed.any()
    assert np.abs(away[changed] - 60).max() <= 5
    white, dark = (drawn > 230).all(2), (drawn < 60).all(2)
    assert 0.2 < white.sum() / changed.sum() < 0.8
    assert dark.sum() > 0.1 * changed.sum()
    row, column = np.argwhere(white).T
    angles = np.arctan2(row - 200, column - 400)
    assert len(np.unique(np.round(angles, 1))) > 30  # all the way round
    assert overlay.REFERENCE_COLOUR not in overlay.OUTLINE_COLOURS


def test_corners_follow_the_border_and_stay_few():
    region = disc((600, 400), (400, 200), 90)
    found = overlay.corners(region, 16)
    assert 4 <= len(found) <= 16
    assert np.abs(np.hypot(*(found - [400, 200]).T) - 90).max() < 2
    mask = np.zeros((400, 600), np.uint8)
    cv2.fillPoly(mask, [np.rint(found).astype(np.int32)], 1)
    inside = region.full((600, 400))
    assert (mask.astype(bool) & inside).sum() / (mask.astype(bool) | inside).sum() > 0.93


def test_corners_of_several_parts_are_those_of_the_largest():
    mask = disc((600, 400), (400, 200), 50).full((600, 400))
    mask[10:20, 10:20] = True
    assert overlay.corners(Region.from_mask("drawn", mask)).min() > 100


VISION = {"normal": "", "deuteranopia": "Deuteranomaly", "protanopia": "Protanomaly", "tritanopia": "Tritanomaly"}


def lab_as_seen(rgb, vision):
    """CIELAB of sRGB colours (0 to 1) as somebody with this colour vision sees them (Machado et al. 2009)."""
    linear = colour.cctf_decoding(np.asarray(rgb, float), function="sRGB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the grid of the matrices; full strength is one of its points
        seen = linear @ colour.matrix_cvd_Machado2009(VISION[vision], 1.0).T if VISION[vision] else linear
    return colour.XYZ_to_Lab(colour.sRGB_to_XYZ(np.clip(seen, 0, 1), apply_cctf_decoding=False))


def apart(first, second):
    return colour.delta_E(first, second, method="CIE 2000")


def steps_of(name, vision):
    hexes = overlay.colour_scale(name)
    return lab_as_seen([[int(one[at : at + 2], 16) / 255 for at in (1, 3, 5)] for one in hexes], vision)


@pytest.mark.parametrize("vision", VISION)
def test_redder_and_paler_are_told_apart_with_any_colour_vision(vision):
    seen = steps_of(overlay.REDNESS_COLOURS, vision)
    assert (apart(seen[:-1], seen[1:]) > 10).all()
    assert (apart(seen[:3], seen[::-1][:3]) > 20).all()  # as much redder as paler: never the same colour
    assert seen[3, 0] == seen[:, 0].max()  # the same as the reference is lightest


@pytest.mark.parametrize("vision", VISION)
def test_rough_is_lighter_than_smooth_with_any_colour_vision(vision):
    seen = steps_of(overlay.TEXTURE_COLOURS, vision)
    assert (np.diff(seen[:, 0]) > 5).all()


@pytest.mark.parametrize("vision", VISION)
def test_outlines_are_told_apart_with_any_colour_vision(vision):
    seen = lab_as_seen(np.array(overlay.OUTLINE_COLOURS) / 255, vision)
    assert min(float(apart(one, other)) for one, other in combinations(seen, 2)) > 11
    assert apart(seen[0], seen[1]) > 40  # of the earlier and of the later photo
