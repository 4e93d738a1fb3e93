"""Skin of all tones before walls, regions of a real face at the right places, drawn regions and their surroundings."""

import cv2
import numpy as np
import pytest
import skimage.data

from tracker import phantom
from tracker.errors import InvalidInput
from tracker.imaging import calibrate, regions
from tracker.imaging.colour import linear_to_uint8
from tracker.imaging.types import Box, Photo, Region
from tracker.phantom.optics import skin_colour

WALLS = {
    "grey": (150, 152, 155),
    "blue": (30, 80, 150),
    "yellow": (190, 160, 70),
    "wood": (60, 35, 18),
    "white": (235, 235, 235),
}


def photo(pixels):
    return Photo("test", "0", np.ascontiguousarray(pixels))


def iou(found, true):
    return (found & true).sum() / max(1, (found | true).sum())


def hand(size=(360, 480), wall="grey", melanin=0.05, light=1.0):
    """A forearm with three fingers, shaded to one side, before a wall; the shadow falls on the wall beside it."""
    height, width = size
    shape = np.zeros(size, np.uint8)
    cv2.line(shape, (0, height // 2), (width // 2, height // 2), 1, height // 4)
    for dy in (-60, 0, 60):
        cv2.line(shape, (width // 2, height // 2 + dy // 2), (int(0.85 * width), height // 2 + dy), 1, 26)
    rng = np.random.default_rng(0)
    skin = skin_colour(melanin, 0.012)
    back = (np.array(WALLS[wall]) / 255.0) ** 2.2
    linear = np.where(shape[..., None] > 0, skin, back) * light
    linear *= np.linspace(1.15, 0.8, width)[None, :, None]
    shadow = np.roll(shape, (14, 10), (0, 1)) & (1 - shape)
    linear = np.where(shadow[..., None] > 0, linear * 0.12, linear)
    linear = cv2.GaussianBlur(linear, (0, 0), 1.0) + rng.normal(0, 0.004, linear.shape)
    return photo(linear_to_uint8(linear)), shape > 0


@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("melanin", [0.02, 0.08, 0.16, 0.30])
def test_a_hand_of_any_tone_is_told_from_the_wall(wall, melanin):
    seen, true = hand(wall=wall, melanin=melanin)
    assert iou(regions.skin_mask(seen), true) > 0.9


@pytest.mark.parametrize(
    ("lamp", "wall"),
    [((1.2, 1.0, 0.75), "blue"), ((0.85, 1.0, 1.2), "blue"), ((1.08, 1.0, 0.88), "grey"), ((0.9, 1.0, 1.15), "grey")],
)  # a grey wall under the first lamp has the colour of pale skin: nothing tells them apart
def test_a_coloured_lamp_does_not_hide_the_skin(lamp, wall):
    seen, true = hand(wall=wall)
    coloured = linear_to_uint8(seen.linear() * np.array(lamp))
    assert iou(regions.skin_mask(photo(coloured)), true) > 0.9


@pytest.mark.parametrize("ita", [55.0, 10.0, -25.0])
def test_skin_that_fills_the_frame_is_all_skin(ita):
    spec = phantom.SceneSpec(ita=ita, site=phantom.SITES["patch"], frame_mm=(60.0, 45.0), px_per_mm=6.0)
    shot = phantom.photograph(phantom.make_scene(spec, 2), phantom.Visit(), 2)
    assert regions.skin_mask(photo(shot.encoded)).mean() > 0.85


def test_the_calibration_card_is_no_skin():
    spec = phantom.SceneSpec(site=phantom.SITES["patch"], frame_mm=(150.0, 112.0), px_per_mm=8.0)
    card = phantom.Placement(phantom.tracker_card(), (0.0, 15.0))
    shot = phantom.photograph(phantom.make_scene(spec, 3), phantom.Visit(targets=(card,)), 3)
    seen = photo(shot.encoded)
    found = regions.skin_mask(seen.with_calibration(calibrate.fit(seen)))
    assert not (found & ~cv2.dilate(shot.skin().astype(np.uint8), np.ones((5, 5))).astype(bool)).any()
    assert iou(found, shot.skin()) > 0.9


@pytest.mark.parametrize("colour", [(120, 120, 120), (40, 90, 160), (70, 140, 60), (0, 0, 0), (255, 255, 255)])
def test_no_skin_gives_an_empty_mask(colour):
    rng = np.random.default_rng(1)
    picture = np.clip(rng.normal(colour, 5, (120, 160, 3)), 0, 255).astype(np.uint8)
    assert not regions.skin_mask(photo(picture)).any()


def test_a_black_border_changes_nothing():
    seen, _ = hand()
    padded = photo(np.pad(seen.encoded, ((0, 80), (40, 0), (0, 0))))
    inner = regions.skin_mask(padded)[:-80, 40:]
    assert iou(inner, regions.skin_mask(seen)) > 0.98
    assert regions.photographed(padded)[:-80, 40:].all()
    assert regions.photographed(padded).sum() == inner.size


def test_the_mask_does_not_depend_on_the_size_of_the_photo():
    seen, true = hand()
    large = photo(cv2.resize(seen.encoded, None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR))
    found = regions.skin_mask(large)
    assert found.shape == (1080, 1440)
    assert iou(found, cv2.resize(true.astype(np.uint8), (1440, 1080)).astype(bool)) > 0.9


def test_sixteen_bits_say_the_same_as_eight():
    seen, _ = hand()
    deep = Photo("deep", "1", seen.encoded.astype(np.uint16) * 257)
    assert iou(regions.skin_mask(deep), regions.skin_mask(seen)) > 0.99


@pytest.fixture(scope="module")
def astronaut():
    return photo(skimage.data.astronaut())


def test_the_regions_of_the_astronaut_lie_where_they_should(astronaut):
    found = {region.name: region for region in regions.face_regions(astronaut)}
    assert tuple(found) == ("forehead", "cheek_left", "cheek_right", "nose", "chin")
    middle = {name: np.array([r.box.left + r.box.right, r.box.top + r.box.bottom]) / 2 for name, r in found.items()}
    by_hand = {
        "forehead": (226, 72),
        "cheek_right": (197, 131),
        "cheek_left": (248, 134),
        "nose": (222, 122),
        "chin": (219, 176),
    }
    for name, place in by_hand.items():
        assert np.hypot(*(middle[name] - place)) < 9, name  # pixels; the pupils are 45 apart
    assert middle["cheek_right"][0] < middle["nose"][0] < middle["cheek_left"][0]  # the patient's sides


def test_regions_are_skin_and_do_not_overlap(astronaut):
    skin = regions.skin_mask(astronaut)
    total = np.zeros(skin.shape, int)
    for region in regions.face_regions(astronaut, skin=skin):
        total += region.full(astronaut.size)
    assert total.max() == 1
    assert skin[total > 0].all()


def test_a_tilted_head_tilts_the_regions(astronaut):
    turn = cv2.getRotationMatrix2D((222, 120), 12, 1.0)
    tilted = photo(cv2.warpAffine(astronaut.encoded, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE))
    upright, leaning = regions.find_face(astronaut), regions.find_face(tilted)
    expected = turn[:, :2] @ np.array(upright.pupil_left) + turn[:, 2]
    assert np.hypot(*(expected - leaning.pupil_left)) < 0.15 * upright.inter_pupil_px


def test_no_face_gives_no_regions():
    seen, _ = hand()
    assert regions.face_regions(seen) == ()


def test_a_face_frame_and_its_inverse_agree():
    face = regions.Face((100.0, 80.0), (160.0, 95.0))
    points = np.array([[0.3, 1.2], [-0.5, -0.4]])
    where = face.to_photo(points)
    x, y = face.frame((300, 300), 1.0)
    for (px, py), point in zip(where, points, strict=True):
        assert np.hypot(x[round(py), round(px)] - point[0], y[round(py), round(px)] - point[1]) < 0.02


def test_a_polygon_becomes_its_pixels():
    region = regions.region_from_polygon("drawn", np.array([[10, 10], [30, 10], [30, 20], [10, 20]]), (60, 40))
    assert region.box == Box(10, 10, 31, 21)
    assert region.area_px == 231


@pytest.mark.parametrize("points", [np.zeros((2, 2)), np.zeros((4, 3)), np.array([[0, 0], [5, np.nan], [5, 5]])])
def test_a_polygon_that_is_none_is_refused(points):
    with pytest.raises(InvalidInput, match="draw the region again"):
        regions.region_from_polygon("drawn", points, (60, 40))


def test_a_polygon_outside_the_photo_is_refused():
    with pytest.raises(InvalidInput):
        regions.region_from_polygon("drawn", np.array([[100, 100], [130, 100], [130, 120]]), (60, 40))


@pytest.mark.parametrize("full", [np.uint8(255), np.uint16(65535), np.bool_(True), np.float32(1.0)])
def test_a_mask_picture_of_any_depth_becomes_a_region(full):
    mask = np.zeros((40, 60), np.asarray(full).dtype)
    mask[5:15, 20:50] = full
    assert regions.region_from_mask("drawn", mask, (60, 40)).area_px == 300


def test_a_colour_mask_picture_is_read_too():
    mask = np.zeros((40, 60, 4), np.uint8)
    mask[..., 3] = 255
    mask[5:15, 20:50, :3] = 255
    assert regions.region_from_mask("drawn", mask, (60, 40)).area_px == 300


def test_a_mask_of_another_size_is_refused_with_both_sizes():
    with pytest.raises(InvalidInput, match="40x60 pixels, expected the 60x40"):
        regions.region_from_mask("drawn", np.ones((60, 40), bool), (60, 40))


def test_an_empty_mask_is_refused():
    with pytest.raises(InvalidInput, match="empty"):
        regions.region_from_mask("drawn", np.zeros((40, 60), bool), (60, 40))


def test_a_ring_has_the_area_of_a_ring():
    y, x = np.mgrid[:300, :300]
    region = Region.from_mask("drawn", np.hypot(x - 150, y - 150) <= 50)
    around = regions.ring(region, 10, 40, (300, 300))
    assert around.sum() == pytest.approx(np.pi * (90**2 - 60**2), rel=0.01)
    assert not (around & region.full((300, 300))).any()
    with pytest.raises(ValueError, match="inner < outer"):
        regions.ring(region, 5, 5, (300, 300))


def test_reference_skin_keeps_away_from_the_region():
    region = regions.region_from_polygon("drawn", np.array([[80, 80], [120, 80], [120, 120], [80, 120]]), (240, 200))
    skin = np.ones((200, 240), bool)
    reference = regions.reference_skin(photo(np.zeros((200, 240, 3), np.uint8)), skin, region)
    gap = round(regions.drawn.REFERENCE_GAP * np.sqrt(region.area_px))
    assert not reference[80 - gap : 121 + gap, 100].any()
    assert reference[80 - gap - 2, 100]


def test_a_region_that_covers_all_skin_leaves_no_reference():
    skin = np.zeros((100, 100), bool)
    skin[20:80, 20:80] = True
    region = Region.from_mask("drawn", skin)
    assert not regions.reference_skin(photo(np.zeros((100, 100, 3), np.uint8)), skin, region).any()


@pytest.mark.photos
@pytest.mark.slow
def test_hands_of_real_people(shared_data):
    found = []
    for path in sorted((shared_data / "skin_hgr1").glob("*.jpg"))[::6]:
        true = cv2.imread(str(path.with_name(path.stem + "_skin.png")), cv2.IMREAD_GRAYSCALE) > 127
        seen = photo(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB))
        found.append(iou(regions.skin_mask(seen), true))
    assert np.median(found) >= 0.94
    assert np.percentile(found, 10) >= 0.75
