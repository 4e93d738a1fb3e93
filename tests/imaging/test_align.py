"""Alignment against known truth: drawn skin moved on purpose, and refusals that must come."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import pytest

from tracker.errors import NotComparable
from tracker.imaging import align, geometry
from tracker.imaging.types import Box, Photo, Region
from tracker.phantom import SITES, Camera, Kind, Lesion, Light, Pose, SceneSpec, Visit, carry, make_scene, photograph

SIZE = (640, 560)


@cache
def skin_pixels(seed):
    """Skin-coloured texture of many sizes, sRGB-encoded uint8; the same seed is the same skin."""
    rng = np.random.default_rng(seed)
    texture = np.zeros((SIZE[1], SIZE[0]), np.float32)
    for sigma, strength in ((1.2, 0.03), (3, 0.04), (8, 0.05), (25, 0.05)):
        noise = cv2.GaussianBlur(rng.normal(0, 1, texture.shape).astype(np.float32), (0, 0), sigma)
        texture += strength * noise / noise.std()
    colour = np.array([200.0, 150.0, 125.0], np.float32)
    return np.clip(colour * np.exp(texture)[:, :, None], 0, 255).astype(np.uint8)


def photo(pixels, name="photo"):
    return Photo(name, name, np.ascontiguousarray(pixels))


@dataclass
class Moved:
    pixels: np.ndarray
    matrix: np.ndarray
    amplitude: float

    def truth(self, points):
        flat = geometry.apply_homography(self.matrix, points)
        return flat + self.amplitude * np.stack([np.sin(flat[:, 1] / 90), np.cos(flat[:, 0] / 80)], 1)


def moved(pixels, angle=3.0, scale=1.0, amplitude=3.0, seed=0):
    """The same skin turned, scaled and smoothly stretched, with its own light and noise."""
    matrix = np.vstack([cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), angle, scale), [0, 0, 1]])
    made = Moved(pixels, matrix, amplitude)
    yy, xx = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float64)
    target = np.stack([xx.ravel(), yy.ravel()], 1)
    flat = target.copy()
    for _ in range(20):
        flat = target - amplitude * np.stack([np.sin(flat[:, 1] / 90), np.cos(flat[:, 0] / 80)], 1)
    source = geometry.apply_homography(np.linalg.inv(matrix), flat).reshape(SIZE[1], SIZE[0], 2).astype(np.float32)
    out = cv2.remap(pixels.astype(np.float32), source, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    rng = np.random.default_rng([seed, 9])
    out = out * (0.9 + 0.2 * xx / SIZE[0])[:, :, None] + rng.normal(0, 2, out.shape)
    made.pixels = np.clip(out, 0, 255).astype(np.uint8)
    return made


def inner_points(count=300):
    return np.random.default_rng(1).uniform([80, 80], [SIZE[0] - 80, SIZE[1] - 80], (count, 2))


def errors(alignment, made, points):
    return np.linalg.norm(align.carry_points(alignment, points) - made.truth(points), axis=1)


def test_the_same_photo_does_not_move():
    same = photo(skin_pixels(1))
    found = align.fit(same, same)
    assert np.abs(align.carry_points(found, inner_points()) - inner_points()).max() < 0.05


@pytest.mark.parametrize(
    ("angle", "scale", "amplitude", "median", "p95"),
    [(3, 1.0, 3, 0.1, 0.3), (-15, 0.75, 4, 0.15, 0.5), (8, 1.25, 2, 0.15, 0.4)],
)
def test_a_known_warp_is_found_again(angle, scale, amplitude, median, p95):
    made = moved(skin_pixels(1), angle, scale, amplitude)
    found = align.fit(photo(skin_pixels(1)), photo(made.pixels))
    error = errors(found, made, inner_points())
    assert np.median(error) < median
    assert np.percentile(error, 95) < p95
    assert found.diagnostics["turn_degrees"] == pytest.approx(-angle, abs=2)  # the stretch turns a little too
    assert found.diagnostics["scale"] == pytest.approx(scale, abs=0.02)


def test_a_large_photo_is_answered_in_its_own_pixels():
    made = moved(skin_pixels(1), 4, 1.0, 3)
    large = [cv2.resize(p, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC) for p in (skin_pixels(1), made.pixels)]
    found = align.fit(photo(large[0]), photo(large[1]))
    points = inner_points()
    carried = align.carry_points(found, (points + 0.5) * 4 - 0.5)
    assert np.median(np.linalg.norm((carried + 0.5) / 4 - 0.5 - made.truth(points), axis=1)) < 0.15


def test_invert_points_undoes_carry_points():
    found = align.fit(photo(skin_pixels(1)), photo(moved(skin_pixels(1)).pixels))
    back = align.invert_points(found, align.carry_points(found, inner_points()))
    np.testing.assert_allclose(back, inner_points(), atol=2e-3)


def test_a_carried_region_has_the_area_that_the_jacobian_says():
    made = moved(skin_pixels(1), 5, 0.85, 3)
    found = align.fit(photo(skin_pixels(1)), photo(made.pixels))
    yy, xx = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    region = Region.from_mask("drawn", (xx - 300) ** 2 + (yy - 260) ** 2 < 70**2)
    carried = align.carry_region(found, region)
    assert carried.area_px == pytest.approx(float(align.jacobian(found, region)[region.mask].sum()), rel=0.01)
    assert carried.area_px == pytest.approx(region.area_px * 0.85**2, rel=0.05)
    centre = np.array([[300.0, 260.0]])
    rows, columns = np.nonzero(carried.mask)
    middle = np.array([columns.mean() + carried.box.left, rows.mean() + carried.box.top])
    np.testing.assert_allclose(middle, made.truth(centre)[0], atol=1.0)


def test_a_soft_mask_keeps_its_sum_under_the_jacobian():
    made = moved(skin_pixels(1), 2, 1.0, 3)
    found = align.fit(photo(skin_pixels(1)), photo(made.pixels))
    box = Box(200, 180, 320, 300)
    yy, xx = np.mgrid[-60:60, -60:60]
    soft = np.exp(-(xx**2 + yy**2) / 800).astype(np.float32)
    _, carried = align.carry_probability(found, box, soft)
    region = Region("drawn", box, np.ones((120, 120), bool))
    assert carried.sum() == pytest.approx(float((soft * align.jacobian(found, region)).sum()), rel=0.01)
    assert carried.min() >= 0
    assert carried.max() <= 1


def test_a_region_outside_the_follow_up_is_refused():
    crop = skin_pixels(1)[:, 250:]
    found = align.fit(photo(skin_pixels(1)), photo(crop))
    gone = Region("drawn", Box(10, 10, 60, 60), np.ones((50, 50), bool))
    with pytest.raises(NotComparable, match="outside the follow-up"):
        align.carry_region(found, gone)


@pytest.mark.parametrize("other", [2, 3, 4, 5])
def test_other_skin_is_refused_with_advice(other):
    with pytest.raises(NotComparable) as refusal:
        align.fit(photo(skin_pixels(1)), photo(skin_pixels(other)))
    assert refusal.value.reason
    assert refusal.value.retake


def test_a_mirror_image_is_refused():
    with pytest.raises(NotComparable):
        align.fit(photo(skin_pixels(1)), photo(skin_pixels(1)[:, ::-1]))


def test_a_symmetrical_pattern_does_not_hide_the_mirror():
    left = skin_pixels(1)[:, :320].astype(np.float32)
    own = skin_pixels(7).astype(np.float32)
    face = np.concatenate([left, left[:, ::-1]], 1)  # the same marks on both halves, as brows and eyes are
    pixels = np.clip(0.35 * face + 0.65 * own, 0, 255).astype(np.uint8)
    assert align.fit(photo(pixels), photo(pixels)).diagnostics["inliers"] > 100
    with pytest.raises(NotComparable, match=r"mirror|texture|marks"):
        align.fit(photo(pixels), photo(pixels[:, ::-1]))


@pytest.mark.parametrize("pixels", [np.full((300, 400, 3), 128, np.uint8), np.zeros((300, 400, 3), np.uint8)])
def test_a_blank_photo_is_refused_not_guessed(pixels):
    with pytest.raises(NotComparable, match="marks"):
        align.fit(photo(skin_pixels(1)), photo(pixels))


def test_only_skin_carries_the_alignment():
    """The background stayed, the skin moved: matches on the floor must not win."""
    yy, xx = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    first_skin = ((xx - 320) / 170) ** 2 + ((yy - 280) / 170) ** 2 < 1
    made = moved(skin_pixels(1), 6, 1.0, 2)
    centre = made.truth(np.array([[320.0, 280.0]]))[0]
    second_skin = ((xx - centre[0]) / 168) ** 2 + ((yy - centre[1]) / 168) ** 2 < 1
    floor = skin_pixels(8)
    before = np.where(first_skin[:, :, None], skin_pixels(1), floor)
    after = np.where(second_skin[:, :, None], made.pixels, floor)
    found = align.fit(photo(before), photo(after), skin=(first_skin, second_skin))
    points = np.array([320.0, 280.0]) + np.random.default_rng(2).uniform(-80, 80, (100, 2))
    assert np.median(errors(found, made, points)) < 0.15


def test_skin_masks_may_come_at_any_scale():
    made = moved(skin_pixels(1))
    small = np.ones((56, 64), bool)
    found = align.fit(photo(skin_pixels(1)), photo(made.pixels), skin=(small, small))
    assert np.median(errors(found, made, inner_points())) < 0.1


def test_the_same_input_gives_the_same_answer():
    made = moved(skin_pixels(1))
    first, second = (align.fit(photo(skin_pixels(1)), photo(made.pixels)) for _ in range(2))
    np.testing.assert_array_equal(first.displacement, second.displacement)
    np.testing.assert_array_equal(first.homography, second.homography)


def test_diagnostics_carry_the_figures_of_the_verdict():
    found = align.fit(photo(skin_pixels(1)), photo(moved(skin_pixels(1)).pixels))
    for name in ("inliers", "coverage", "match_px", "round_trip_px", "correlation_z", "folded", "belief"):
        assert np.isfinite(found.diagnostics[name])
    assert found.diagnostics["folded"] == 0
    assert found.diagnostics["round_trip_px"] < 0.5
    assert 0 <= found.support.min() <= found.support.max() <= 1


@pytest.mark.slow
@pytest.mark.parametrize("radius_px", [10, 20, 40, 80, 100])
def test_a_scar_that_shrinks_is_seen_to_shrink(radius_px):
    """docs/methods.md 3.2: at least 95 % of a true 20 % shrinkage survives the alignment."""
    width_mm = 2 * radius_px / 8.0
    scar = Lesion(Kind.HYPERTROPHIC, (1.0, -2.0), width_mm, width_mm, -0.6, blood=2.2, seed=3)
    scene = make_scene(SceneSpec(site=SITES["cheek"], ita=30, frame_mm=(80, 64), px_per_mm=8.0, lesions=(scar,)), 5)
    before = photograph(scene, Visit(), 1)
    pose = Pose(rotation_deg=2, shift_mm=(1, 0.7), stretch_mm=0.5, seed=4, zoom=1.03)
    visit = Visit(pose=pose, light=Light(azimuth_deg=200), camera=Camera(exposure=0.92))
    after = photograph(scene.with_lesions([scar.changed(area=0.8)]), visit, 2)
    region = Region.from_mask("drawn", before.mask())
    size = (after.encoded.shape[1], after.encoded.shape[0])
    found = align.fit(photo(before.encoded), photo(after.encoded), region=region)
    carried = align.carry_region(found, region).area_px
    whole = Box(0, 0, *size)
    source = carry(after, before, geometry.box_pixels(whole)).reshape(size[1], size[0], 2).astype(np.float32)
    unchanged = (cv2.remap(before.mask().astype(np.float32), source, None, cv2.INTER_LINEAR) >= 0.5).sum()
    kept = (1 - after.mask().sum() / carried) / (1 - after.mask().sum() / unchanged)
    assert 0.95 <= kept <= 1.05
