"""Areas of known shapes at known scale and tilt, ratios of known change, and intervals that keep their promise."""

import numpy as np
import pytest

from tracker.imaging.geometry import apply_homography, box_pixels, homography_jacobian
from tracker.imaging.measure import scars
from tracker.imaging.types import Box, FlagCode, Outline, Region


def disc(radius, size=400, centre=None):
    x0, y0 = centre or (size / 2, size / 2)
    y, x = np.mgrid[:size, :size]
    return Region.from_mask("drawn", np.hypot(x - x0, y - y0) <= radius)


def tilted_card(degrees, px_per_mm=10.0, distance_mm=300.0):
    """Card plane in mm to photo pixels for a pinhole camera that looks at a card turned about the vertical axis."""
    angle = np.radians(degrees)
    focal = px_per_mm * distance_mm
    turn = np.array([[np.cos(angle), 0, 0], [0, 1, 0], [-np.sin(angle), 0, distance_mm]])
    camera = np.array([[focal, 0, 300.0], [0, focal, 300.0], [0, 0, 1]])
    return camera @ turn


@pytest.mark.parametrize("degrees", [0, 10, 20, 30])
@pytest.mark.parametrize("radius_mm", [3.0, 8.0])
def test_area_of_a_disc_is_right_whatever_the_tilt(degrees, radius_mm):
    matrix = tilted_card(degrees)
    turn = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    seen = apply_homography(matrix, radius_mm * np.stack([np.cos(turn), np.sin(turn)], 1))
    box = Box(*np.floor(seen.min(0)).astype(int) - 1, *np.ceil(seen.max(0)).astype(int) + 2)
    back = np.linalg.inv(matrix)
    pixels = box_pixels(box)
    inside = np.hypot(*apply_homography(back, pixels).T).reshape(box.height, box.width) <= radius_mm
    per_px = np.abs(np.linalg.det(homography_jacobian(back, pixels))).reshape(box.height, box.width)
    found = scars.area_mm2(scars.drawn(Region("drawn", box, inside)), "drawn", per_px)
    assert found.unit == "mm²"
    assert found.value == pytest.approx(np.pi * radius_mm**2, rel=0.02)
    assert 0.02 * found.value < found.standard_error < 0.1 * found.value


def test_a_soft_border_does_not_change_the_area():
    y, x = np.mgrid[:200, :200]
    radius, width = 60.0, 6.0
    soft = np.clip((radius - np.hypot(x - 100, y - 100)) / (2 * width) + 0.5, 0, 1).astype(np.float32)
    outline = Outline(Box(0, 0, 200, 200), soft, float(soft.sum()), (float(soft.sum()) * 0.9, float(soft.sum()) * 1.1))
    found = scars.area_mm2(outline, "drawn", np.full((200, 200), 0.01))
    assert found.value == pytest.approx(0.01 * np.pi * radius**2, rel=0.02)


def test_no_number_where_the_scale_is_not_defined():
    outline = scars.drawn(disc(20))
    per_px = np.full(outline.probability.shape, np.nan)
    found = scars.area_mm2(outline, "drawn", per_px)
    assert np.isnan(found.value)
    assert [flag.code for flag in found.flags] == [FlagCode.NO_SCALE]


@pytest.mark.parametrize("growth", [0.5, 1.0, 2.25])
def test_the_scale_of_the_photo_is_no_change_of_the_scar(growth):
    before, after = disc(50), disc(50 * np.sqrt(growth))
    ratio, (low, high) = scars.area_ratio((scars.drawn(before), scars.drawn(after)), np.full((5, 5), growth))
    assert ratio == pytest.approx(1.0, rel=0.02)
    assert low < 1 < high


def test_shrinkage_is_monotone_and_true():
    before = scars.drawn(disc(60))
    shrink = np.linspace(0, 0.5, 11)
    ratios = [scars.area_ratio((before, scars.drawn(disc(60 * np.sqrt(1 - s)))), np.ones(9))[0] for s in shrink]
    assert (np.diff(ratios) < 0).all()
    np.testing.assert_allclose(ratios, 1 - shrink, atol=0.02)


def test_one_odd_jacobian_does_not_move_the_ratio():
    growth = np.ones(101)
    growth[:10] = 5.0
    ratio, _ = scars.area_ratio((scars.drawn(disc(40)), scars.drawn(disc(40))), growth)
    assert ratio == 1.0


def test_nothing_to_compare_gives_no_number():
    empty = Outline(Box(0, 0, 4, 4), np.zeros((4, 4), np.float32), 0.0, (0.0, 0.0))
    ratio, interval = scars.area_ratio((empty, scars.drawn(disc(10))), np.ones(4))
    assert np.isnan(ratio)
    assert np.isnan(interval).all()


def test_the_interval_of_two_drawings_holds_the_true_ratio_19_times_in_20():
    rng = np.random.default_rng(4)
    true = disc(60, size=180)
    held = 0
    for _ in range(2000):
        wrong = np.exp(rng.normal(0, scars.DRAWN_SD, 2))  # each person draws the border a little too far out or in
        first, second = (_scaled(scars.drawn(true), w) for w in wrong)
        growth = np.exp(2 * rng.normal(0, scars.SCALE_SD))
        _, (low, high) = scars.area_ratio((first, second), np.full(3, growth))
        held += low <= 1.0 <= high
    assert 0.93 <= held / 2000 <= 0.97


def _scaled(outline, factor):
    low, high = outline.interval_px
    return Outline(outline.box, outline.probability, outline.area_px * factor, (low * factor, high * factor))
