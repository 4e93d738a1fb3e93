"""A card of known colours in a plane of known size, photographed by a random camera: is the truth recovered?"""

import io
import time
from dataclasses import dataclass, replace

import colour
import cv2
import numpy as np
import pytest
from PIL import Image

from tracker.errors import InvalidInput, NotComparable
from tracker.imaging import calibrate
from tracker.imaging.calibrate import TRACKER_CARD, PatchKind, checker, solve
from tracker.imaging.colour import (
    delta_e_2000,
    individual_typology_angle,
    linear_to_encoded,
    linear_to_lab,
    linear_to_uint8,
    xyz_to_linear,
)
from tracker.imaging.types import Box, FlagCode, Metric, Photo, Region
from tracker.phantom import optics

PLANE_MM = (170.0, 130.0)
PX_PER_MM = 12.0  # of the flat picture
SIZE = (1600, 1200)  # of the photo
CARD_AT = (20.0, 20.0)
SKIN_AT = np.array([(16.0 + 15 * i, 91.0) for i in range(10)])
# (melanin, blood) that are not on the card
SKIN = optics.skin_linear(
    [0.02, 0.025, 0.04, 0.06, 0.09, 0.13, 0.20, 0.27, 0.35, 0.40],
    [0.004, 0.03, 0.01, 0.04, 0.007, 0.015, 0.01, 0.02, 0.007, 0.02],
)


@dataclass(frozen=True)
class Camera:
    mix: np.ndarray
    exposure: float
    gamma: float = 1.0
    quality: int = 92
    flare: float = 0.0


def flat_scene(rng, target=None):
    width, height = (round(v * PX_PER_MM) for v in PLANE_MM)
    grain = cv2.GaussianBlur(rng.normal(size=(height // 8, width // 8)).astype(np.float32), (0, 0), 3)
    grain = cv2.resize(grain / grain.std(), (width, height))
    picture = (SKIN[4] * np.exp(0.08 * grain)[..., None]).astype(np.float32)
    target = calibrate.card_reflectance(PX_PER_MM)[0] if target is None else target
    left, top = (round(v * PX_PER_MM) for v in CARD_AT)
    picture[top : top + target.shape[0], left : left + target.shape[1]] = target
    for (x, y), skin in zip(SKIN_AT, SKIN, strict=True):
        a, b, c, d = (round(v * PX_PER_MM) for v in (x - 6, y - 6, x + 6, y + 6))
        picture[b:d, a:c] = skin
    return picture


def random_pose(rng, tilt=None):
    """Homography from the plane in mm to pixels: pinhole camera, tilt about a random axis, any roll."""
    width, height = SIZE
    focal = 1.2 * width
    tilt = np.radians(rng.uniform(0, 25) if tilt is None else tilt)
    axis, roll = rng.uniform(0, 2 * np.pi), rng.uniform(-np.pi, np.pi)
    turn = cv2.Rodrigues(tilt * np.array([np.cos(axis), np.sin(axis), 0]))[0] @ cv2.Rodrigues(np.array([0, 0, roll]))[0]
    distance = focal / (rng.uniform(0.75, 0.95) * height / (1.1 * PLANE_MM[0]))
    inner = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
    centred = np.array([[1, 0, -PLANE_MM[0] / 2], [0, 1, -PLANE_MM[1] / 2], [0, 0, 1]])
    return inner @ np.column_stack([turn[:, 0], turn[:, 1], [0, 0, distance]]) @ centred


def random_camera(rng, **fixed):
    mix = np.eye(3) + rng.normal(0, 0.07, (3, 3))
    mix = np.diag(np.exp(rng.normal(0, 0.08, 3))) @ (mix / mix.sum(1, keepdims=True))
    camera = Camera(
        mix, 0.55 * 2 ** rng.uniform(-1, 1), rng.uniform(0.92, 1.08), int(rng.integers(85, 96)), rng.uniform(0, 0.01)
    )
    return replace(camera, **fixed)


def shoot(scene, pose, camera, rng, tone=None):
    """8-bit JPEG photo; ``tone`` changes the light before the sRGB curve."""
    to_mm = np.array([[1 / PX_PER_MM, 0, 0.5 / PX_PER_MM], [0, 1 / PX_PER_MM, 0.5 / PX_PER_MM], [0, 0, 1]])
    light = cv2.warpPerspective(scene, pose @ to_mm, SIZE, borderValue=(0.25, 0.18, 0.12))
    light = cv2.GaussianBlur(light, (0, 0), 0.8) @ camera.mix.T.astype(np.float32) * np.float32(camera.exposure)
    light = light * np.float32(1 - camera.flare) + np.float32(camera.flare) * light.mean((0, 1))
    light = light + rng.standard_normal(light.shape, np.float32) * np.sqrt(np.maximum(light, 0) / 8000 + 0.002**2)
    light = np.clip(light, 0, 1) ** (1 / camera.gamma)
    return jpeg(linear_to_uint8(light if tone is None else tone(light)), camera.quality)


def jpeg(pixels, quality=92):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return Photo("simulated", "0" * 64, np.asarray(Image.open(buffer)).copy())


def project(pose, points):
    moved = np.column_stack([points, np.ones(len(points))]) @ pose.T
    return moved[:, :2] / moved[:, 2:]


def skin_lab(photo, pose):
    """CIELAB of the ten held-out squares of skin, as the photo's calibration gives them."""
    light, found = photo.linear(), []
    for centre in SKIN_AT:
        steps = np.stack(np.meshgrid(np.linspace(-3, 3, 20), np.linspace(-3, 3, 20)), -1).reshape(-1, 2)
        x, y = np.rint(project(pose, centre + steps)).astype(int).T
        found.append(light[y, x].mean(0))
    return linear_to_lab(np.maximum(found, 0))


def withheld(calibration):
    return {metric for flag in calibration.flags for metric in flag.withholds}


def codes(calibration):
    return {flag.code for flag in calibration.flags}


@pytest.fixture(scope="module")
def visits():
    """8 random cameras, each at two poses, exposures and JPEG qualities: (photo, pose, calibration) twice."""
    out = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        scene, camera = flat_scene(rng), random_camera(rng)
        pair = []
        for _ in range(2):
            pose = random_pose(rng)
            again = replace(camera, exposure=0.55 * 2 ** rng.uniform(-1, 1), quality=int(rng.integers(85, 96)))
            photo = shoot(scene, pose, again, rng)
            pair.append((photo, pose, calibrate.fit(photo)))
        out.append(pair)
    return out


@pytest.mark.slow
def test_held_out_skin_comes_back(visits):
    truth = linear_to_lab(SKIN)
    after, before = [], []
    for photo, pose, calibration in (v for pair in visits for v in pair):
        assert calibration is not None
        assert not calibration.flags
        after.append(np.median(delta_e_2000(skin_lab(calibrate.apply(photo, calibration), pose), truth)))
        before.append(np.median(delta_e_2000(skin_lab(photo, pose), truth)))
    assert np.median(after) <= 1.0, "the product's bar is 2.0; the simulator has no metamerism, so ask for half"
    assert max(after) <= 2.0
    assert np.median(before) > 5.0, "the scenes are too easy to prove anything"


@pytest.mark.slow
def test_two_photos_of_a_visit_agree(visits):
    apart = []
    for pair in visits:
        labs = [skin_lab(calibrate.apply(photo, calibration), pose) for photo, pose, calibration in pair]
        apart.append(np.median(delta_e_2000(*labs)))
    assert np.median(apart) <= 0.8
    assert max(apart) <= 1.5


@pytest.mark.slow
def test_the_printed_residual_tells_the_truth(visits):
    said = [c.skin_residual_de00 for pair in visits for _, _, c in pair]
    assert max(said) <= 2.0
    assert all(c.residual_de00 > 0 for pair in visits for _, _, c in pair)


@pytest.mark.slow
def test_scale_and_area_under_tilt():
    errors, areas, tilts = [], [], []
    rng = np.random.default_rng(5)
    scene = flat_scene(rng)
    for tilt in (0.0, 10.0, 20.0, 28.0):
        pose = random_pose(rng, tilt)
        calibration = calibrate.fit(shoot(scene, pose, random_camera(rng), rng))
        square = np.array([[-5.0, -5], [5, -5], [5, 5], [-5, 5]])
        for centre in SKIN_AT[[0, 4, 9]]:
            quad = project(pose, centre + square)
            left, top = np.floor(quad.min(0)).astype(int)
            right, bottom = np.ceil(quad.max(0)).astype(int) + 1
            mask = np.zeros((bottom - top, right - left), np.uint8)
            cv2.fillPoly(mask, [np.rint((quad - (left, top)) * 256).astype(np.int32)], 1, shift=8)
            drawn = Region("drawn", Box(left, top, right, bottom), mask > 0)
            polygon = abs(cv2.contourArea((quad - quad[0]).astype(np.float32)))
            per_px = calibrate.mm2_per_px(calibration, quad.mean(0)[None])[0]
            areas.append(polygon * per_px / 100.0 - 1)
            errors.append(calibrate.px_per_mm(calibration, drawn) / np.sqrt(polygon / 100.0) - 1)
            whole = calibrate.area_mm2(calibration, drawn) * polygon / drawn.area_px
            assert abs(whole / 100.0 - 1) <= 0.02
        tilts.append(abs(calibrate.tilt_degrees(calibration) - tilt))
    assert np.abs(errors).max() <= 0.01
    assert np.abs(areas).max() <= 0.02
    assert max(tilts[1:]) <= 4.0, "against the camera's axis; the card is a little off it"


def test_exposure_changes_nothing():
    rng = np.random.default_rng(8)
    scene, pose, camera = flat_scene(rng), random_pose(rng), random_camera(rng, quality=95, flare=0.0, gamma=1.0)
    labs = []
    for exposure in (0.5, 1.0):
        photo = shoot(scene, pose, replace(camera, exposure=exposure), rng)
        labs.append(skin_lab(calibrate.apply(photo, calibrate.fit(photo)), pose))
    assert np.median(delta_e_2000(*labs)) <= 0.6


def _s_curve(strength):
    def bend(light):
        encoded = linear_to_encoded(light)
        bent = np.clip(encoded - strength * np.sin(2 * np.pi * encoded) / (2 * np.pi), 0, 1)
        return np.where(bent <= 0.04045, bent / 12.92, ((bent + 0.055) / 1.055) ** 2.4)

    return bend


def _local(strength):
    def flatten(light):
        around = cv2.GaussianBlur(light.mean(2), (0, 0), 60)
        return np.clip(light * (np.maximum(around, 0.01) / 0.2)[..., None] ** -strength, 0, 1)

    return flatten


@pytest.mark.parametrize(
    "tone", [pytest.param(_s_curve(0.5), id="s-curve"), pytest.param(_local(0.4), id="local tone mapping")]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_tone_mapped_photos_are_refused_for_colour(tone, seed):
    rng = np.random.default_rng(seed)
    calibration = calibrate.fit(shoot(flat_scene(rng), random_pose(rng), random_camera(rng), rng, tone))
    assert FlagCode.TONE_MAPPED in codes(calibration)
    assert {Metric.REDNESS, Metric.PIGMENT, Metric.SKIN_TONE} <= withheld(calibration)
    assert Metric.SCAR_AREA not in withheld(calibration)


def test_a_shadow_edge_on_the_card_withholds_colour_and_is_named():
    rng = np.random.default_rng(3)
    scene = flat_scene(rng)
    scene[:, : round((CARD_AT[0] + 40) * PX_PER_MM)] *= np.float32(0.7)
    calibration = calibrate.fit(shoot(scene, random_pose(rng), random_camera(rng), rng))
    assert FlagCode.CARD_UNREADABLE in codes(calibration)
    assert Metric.REDNESS in withheld(calibration)
    assert any("shadow" in flag.reason for flag in calibration.flags)


def test_a_finger_on_the_card_is_left_out():
    rng = np.random.default_rng(4)
    scene = flat_scene(rng)
    for name in ("skin ITA +22", "skin ITA -8", "orange"):
        patch = next(p for p in TRACKER_CARD.patches if p.name == name)
        left, top = (round(v * PX_PER_MM) for v in (CARD_AT[0] + patch.left, CARD_AT[1] + patch.top))
        scene[top : top + 96, left : left + 96] = (0.05, 0.3, 0.5)
    pose = random_pose(rng)
    photo = shoot(scene, pose, random_camera(rng), rng)
    calibration = calibrate.fit(photo)
    assert not withheld(calibration)
    assert all(name in calibration.flags[0].reason for name in ("skin ITA +22", "skin ITA -8", "orange"))
    off = delta_e_2000(skin_lab(calibrate.apply(photo, calibration), pose), linear_to_lab(SKIN))
    assert np.median(off) <= 1.5


def test_an_overexposed_card_says_which_patches_and_keeps_the_scale():
    rng = np.random.default_rng(6)
    pose = random_pose(rng, 5.0)
    photo = shoot(flat_scene(rng), pose, random_camera(rng, exposure=3.5), rng)
    calibration = calibrate.fit(photo)
    assert codes(calibration) == {FlagCode.CARD_UNREADABLE}
    assert "overexposed" in calibration.flags[0].reason
    assert not calibrate.has_colour(calibration)
    assert np.isnan(calibration.residual_de00)
    np.testing.assert_array_equal(calibration.matrix, np.eye(3))
    truth = np.sqrt(abs(cv2.contourArea(project(pose, np.array([[0.0, 0], [9, 0], [9, 9], [0, 9]])).astype("f4"))) / 81)
    assert calibrate.px_per_mm(calibration, calibration.corners) == pytest.approx(truth, rel=0.1)


def test_a_steep_card_is_not_read():
    rng = np.random.default_rng(7)
    calibration = calibrate.fit(shoot(flat_scene(rng), random_pose(rng, 40.0), random_camera(rng), rng))
    assert codes(calibration) == {FlagCode.CARD_UNREADABLE}
    assert "tilted" in calibration.flags[0].reason


def test_a_card_half_out_of_the_photo_is_named():
    card = linear_to_uint8(0.6 * calibrate.card_reflectance(10.0)[0])
    photo = jpeg(np.ascontiguousarray(np.pad(card, ((60, 60), (60, 60), (0, 0)), constant_values=120)[:, 480:]))
    calibration = calibrate.fit(photo)
    assert calibration is not None
    assert calibration.mm_to_px is None
    assert "2 of 4 corner marks" in calibration.flags[0].reason
    region = Region("cheek_left", Box(0, 0, 9, 9), np.ones((9, 9), bool))
    assert [f.code for f in calibrate.scale_flags(calibration, region)] == [FlagCode.NO_SCALE]
    with pytest.raises(InvalidInput, match="no scale"):
        calibrate.px_per_mm(calibration, region)


def test_a_small_card_is_named():
    card = linear_to_uint8(0.6 * calibrate.card_reflectance(16.0)[0])
    small = cv2.resize(card, None, fx=1.8 / 16, fy=1.8 / 16, interpolation=cv2.INTER_AREA)
    photo = Photo("small", "0" * 64, np.pad(small, ((200, 200), (200, 200), (0, 0)), constant_values=120))
    calibration = calibrate.fit(photo)
    assert calibration is not None
    assert "1.8 pixels per mm" in calibration.flags[0].reason


def test_a_mirrored_card_is_not_a_card():
    card = linear_to_uint8(0.6 * calibrate.card_reflectance(10.0)[0])
    assert calibrate.fit(jpeg(np.ascontiguousarray(card[:, ::-1]))) is None


def test_of_two_copies_one_is_read():
    card = linear_to_uint8(0.6 * calibrate.card_reflectance(8.0)[0])
    both = np.concatenate([card, np.full((card.shape[0], 80, 3), 120, np.uint8), card], axis=1)
    calibration = calibrate.fit(jpeg(np.pad(both, ((80, 80), (80, 80), (0, 0)), constant_values=120)))
    assert not calibration.flags
    assert calibrate.px_per_mm(calibration, calibration.corners) == pytest.approx(8.0, rel=0.005)


@pytest.mark.parametrize("block", [2, 10, 50])
def test_random_textures_hold_no_target(block):
    rng = np.random.default_rng(block)
    for _ in range(2):
        small = rng.integers(0, 256, (1200 // block, 1600 // block, 3), dtype=np.uint8)
        assert calibrate.fit(jpeg(cv2.resize(small, (1600, 1200), interpolation=cv2.INTER_NEAREST))) is None
        assert calibrate.fit(jpeg(cv2.resize(small, (1600, 1200), interpolation=cv2.INTER_CUBIC))) is None


def test_a_regular_grid_of_other_colours_is_no_chart():
    rng = np.random.default_rng(0)
    assert calibrate.fit(jpeg(linear_to_uint8(chart(rng.uniform(0.03, 0.8, (24, 3)))))) is None


def chart(colours=None, pitch=60, patch=48):
    """A ColorChecker as linear light on a black frame, dark skin at the top left."""
    colours = np.array(list(checker.REFERENCE.values())) if colours is None else colours
    picture = np.full((4 * pitch + 40, 6 * pitch + 40, 3), 0.03, np.float32)
    for k, value in enumerate(np.clip(colours, 0.0, 0.95)):
        y, x = 20 + (k // 6) * pitch + 6, 20 + (k % 6) * pitch + 6
        picture[y : y + patch, x : x + patch] = value
    return picture


@pytest.mark.parametrize("turn", range(4))
def test_a_colour_checker_is_read_every_way_round(turn):
    rng = np.random.default_rng(turn)
    camera = random_camera(rng, exposure=0.8, quality=92)
    light = np.rot90(chart(), turn) @ camera.mix.T.astype(np.float32) * np.float32(camera.exposure)
    calibration = calibrate.fit(jpeg(np.pad(linear_to_uint8(light), ((90, 90), (90, 90), (0, 0)), constant_values=150)))
    assert calibration is not None
    assert calibration.target == "ColorChecker 24"
    assert not withheld(calibration)
    assert calibration.residual_de00 <= 1.5
    assert calibration.mm_to_px is None
    white = camera.exposure * (camera.mix @ np.ones(3)) @ calibration.matrix
    np.testing.assert_allclose(white, 1.0, atol=0.03)


def test_a_mirrored_colour_checker_is_refused():
    picture = linear_to_uint8(0.8 * chart()[:, ::-1])
    assert calibrate.fit(jpeg(np.pad(picture, ((90, 90), (90, 90), (0, 0)), constant_values=150))) is None


def test_the_colour_checker_reference_is_colour_sciences():
    data = colour.CCS_COLOURCHECKERS["ColorChecker24 - After November 2014"]
    white = colour.xy_to_XYZ(data.illuminant)
    for (name, ours), xyy in zip(checker.REFERENCE.items(), data.data.values(), strict=True):
        xyz = colour.adaptation.chromatic_adaptation_VonKries(
            colour.xyY_to_XYZ(xyy), white, np.array([0.95047, 1.0, 1.08883]), transform="Bradford"
        )
        np.testing.assert_allclose(xyz_to_linear(xyz), ours, atol=1e-4, err_msg=name)


def test_the_card_spans_the_skin_tones_of_its_optics():
    for patch in TRACKER_CARD.patches:
        if patch.name.startswith("skin ITA"):
            ita = float(patch.name.split()[-1])
            assert float(individual_typology_angle(linear_to_lab(patch.linear))) == pytest.approx(ita, abs=1.0)
            np.testing.assert_allclose(optics.skin_linear(optics.melanin_for_ita(ita), 0.007), patch.linear, atol=0.004)
    kinds = [p.kind for p in TRACKER_CARD.patches]
    assert kinds.count(PatchKind.NEUTRAL) >= 6
    assert kinds.count(PatchKind.SKIN) >= 8


def test_card_patches_and_tags_do_not_overlap():
    boxes = [(p.left, p.top, p.width, p.height) for p in TRACKER_CARD.patches]
    boxes += [(t.left - 1.3, t.top - 1.3, t.size + 2.6, t.size + 2.6) for t in TRACKER_CARD.tags]
    width, height = TRACKER_CARD.size_mm
    for i, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for a, b, c, d in boxes[:i]:
            assert x >= a + c or a >= x + w or y >= b + d or b >= y + h


def test_measured_reference_values_replace_the_design():
    rng = np.random.default_rng(11)
    real = {p.name: tuple(np.array(p.linear) * (0.9, 0.95, 1.05)) for p in TRACKER_CARD.patches}
    print_ = calibrate.measured(TRACKER_CARD, real)
    scene, pose = flat_scene(rng, calibrate.card_reflectance(PX_PER_MM, print_)[0]), random_pose(rng)
    photo = shoot(scene, pose, random_camera(rng), rng)
    off = [
        np.median(
            delta_e_2000(skin_lab(calibrate.apply(photo, calibrate.fit(photo, card=card)), pose), linear_to_lab(SKIN))
        )
        for card in (print_, TRACKER_CARD)
    ]
    assert off[0] <= 1.5 < off[1]
    with pytest.raises(InvalidInput, match="not on this card"):
        calibrate.measured(TRACKER_CARD, {"pink": (0.5, 0.4, 0.4)})


def test_a_reference_table_survives_the_round_trip():
    again = calibrate.read_reference(calibrate.write_reference(TRACKER_CARD))
    for patch, other in zip(TRACKER_CARD.patches, again.patches, strict=True):
        np.testing.assert_allclose(other.linear, patch.linear, atol=2e-5, err_msg=patch.name)
    np.testing.assert_allclose(again.ground, TRACKER_CARD.ground, atol=2e-5)


def test_a_reference_table_is_cielab_of_d50():
    data = colour.CCS_COLOURCHECKERS["ColorChecker24 - After November 2014"]
    lab = colour.XYZ_to_Lab(colour.xyY_to_XYZ(data.data["light skin"]), data.illuminant)
    card = calibrate.read_reference("patch,L*,a*,b*\norange," + ",".join(map(str, lab)))
    found = next(p.linear for p in card.patches if p.name == "orange")
    np.testing.assert_allclose(found, checker.REFERENCE["light skin"], atol=5e-4)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("name,L,a,b\nwhite,95,0,0", "begins with"),
        ("patch,L*,a*,b*\nwhite,bright,0,0", "expected a number"),
        ("patch,L*,a*,b*\nwhite,195,0,0", "expected 0 to 100"),
        ("patch,L*,a*,b*\npink,50,0,0", "not on this card"),
        ("patch,L*,a*,b*\nwhite,95", "expected a number"),
    ],
)
def test_a_bad_reference_table_is_named(table, why):
    with pytest.raises(InvalidInput, match=why):
        calibrate.read_reference(table)


def test_a_print_is_measured_beside_a_chart():
    rng = np.random.default_rng(14)
    values = {p.name: tuple(np.array(p.linear) ** 1.08 * (0.93, 0.97, 1.0)) for p in TRACKER_CARD.patches}
    print_ = calibrate.measured(TRACKER_CARD, {**values, "ground": (0.38, 0.40, 0.41)})
    card = calibrate.card_reflectance(9.0, print_)[0]
    board = np.full((1000, 1400, 3), 0.2, np.float32)
    board[60 : 60 + card.shape[0], 100 : 100 + card.shape[1]] = card
    board[650:930, 300:700] = chart()
    camera = random_camera(rng, exposure=0.75, quality=95)
    photo = jpeg(linear_to_uint8(board @ camera.mix.T.astype(np.float32) * np.float32(camera.exposure)), 95)
    found = calibrate.measure_print(photo)
    off = [
        delta_e_2000(linear_to_lab(a.linear), linear_to_lab(b.linear))
        for a, b in zip(found.patches, print_.patches, strict=True)
    ]
    assert np.median(off) <= 1.0
    assert FlagCode.TONE_MAPPED not in codes(calibrate.fit(photo, card=found))
    with pytest.raises(NotComparable, match="ColorChecker cannot be found"):
        calibrate.measure_print(jpeg(linear_to_uint8(0.7 * np.pad(card, ((50, 50), (50, 50), (0, 0))))))


def test_weights_favour_skin_and_dark_patches():
    rng = np.random.default_rng(12)
    seen = rng.uniform(0.05, 0.8, (20, 3))
    truth = np.array([[1.1, -0.05, 0.0], [0.04, 0.9, 0.02], [-0.02, 0.1, 1.2]])
    np.testing.assert_allclose(solve.fit_matrix(seen, seen @ truth, np.ones(20)), truth, atol=1e-3)


def test_a_12_megapixel_photo_without_a_target_takes_little_time():
    rng = np.random.default_rng(13)
    smooth = cv2.resize(rng.integers(60, 200, (30, 40, 3), dtype=np.uint8), (4000, 3000), interpolation=cv2.INTER_CUBIC)
    photo = Photo("big", "0" * 64, cv2.add(smooth, rng.integers(0, 12, smooth.shape, dtype=np.uint8)))
    taken = []
    for _ in range(3):
        start = time.process_time()
        assert calibrate.fit(photo) is None
        taken.append(time.process_time() - start)
    assert min(taken) <= 0.3, "the goal is 0.15 s on a free core; a busy machine gets twice that"


@pytest.mark.photos
def test_every_chart_photo_is_found(shared_data):
    files = sorted((shared_data / "charts_plantcv").iterdir())
    assert len(files) == 8
    for file in files:
        with Image.open(file) as image:
            photo = Photo(file.name, "0" * 64, np.asarray(image.convert("RGB")).copy())
        calibration = calibrate.fit(photo)
        assert calibration is not None, file.name
        assert calibration.residual_de00 < 10, file.name


@pytest.mark.photos
@pytest.mark.slow
def test_no_chart_is_seen_in_faces_and_hands(shared_data):
    files = [
        f for d in ("faces_london", "faces_cc0", "skin_hgr1") for f in sorted((shared_data / d).glob("*.jpg"))[::12]
    ]
    assert len(files) > 15
    for file in files:
        with Image.open(file) as image:
            assert calibrate.fit(Photo(file.name, "0" * 64, np.asarray(image.convert("RGB")).copy())) is None, file.name
