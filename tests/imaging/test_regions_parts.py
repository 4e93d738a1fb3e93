"""Parts of a face between landmarks: they turn and grow with it, do not overlap, and hold neither eyes nor lips."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.imaging import regions
from tracker.imaging.regions import parts
from tracker.imaging.types import POINT_NAMES, Photo


def centre(outline):
    moments = cv2.moments(outline.astype(np.float32))
    return np.array([moments["m10"], moments["m01"]]) / moments["m00"]


def skin_picture(size=(400, 400)):
    return Photo("skin", "0", np.full((*size, 3), (200, 150, 130), np.uint8))


def test_the_weights_of_every_corner_add_up_to_one():
    same = dict.fromkeys(POINT_NAMES, (7.0, -3.0))
    for outline in (parts.region_outlines(same) | parts.excluded_outlines(same)).values():
        np.testing.assert_allclose(outline, np.tile([7.0, -3.0], (len(outline), 1)), atol=1e-9)


def test_every_part_lies_where_its_name_says(mean_face):
    outlines = regions.region_outlines(mean_face((0, 0), 1.0).points)
    assert tuple(outlines) == regions.EVERY_PART
    middle = {name: centre(outline) for name, outline in outlines.items()}
    height = [middle[name][1] for name in ("forehead", "glabella", "nose", "perioral", "chin")]
    assert height == sorted(height)
    for name in ("cheek", "periorbital", "cheek_malar", "cheek_lateral"):
        right, left = middle[f"{name}_right"], middle[f"{name}_left"]
        assert right[0] < -0.3 < 0.3 < left[0], name  # the patient's right is on the left of the picture
        np.testing.assert_allclose(right * [-1, 1], left, atol=1e-6)
    assert abs(middle["cheek_malar_right"][0]) < abs(middle["cheek_lateral_right"][0])


@settings(max_examples=25, deadline=None)
@given(turn=st.floats(-40, 40), unit=st.floats(20, 300), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_parts_follow_the_face(mean_face, turn, unit, x, y):
    here, there = (regions.region_outlines(face.points) for face in (mean_face(), mean_face((x, y), unit, turn)))
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    axes = np.array([[c, s], [-s, c]]) * unit / 80.0
    for name, outline in here.items():
        np.testing.assert_allclose((outline - (200, 150)) @ axes + (x, y), there[name], atol=1e-6 * unit)


def test_no_pixel_is_in_two_measured_parts_nor_in_an_eye(mean_face):
    face = mean_face((200.0, 170.0), 90.0, 6.0)
    seen = skin_picture()
    found = regions.face_regions(seen, face, np.ones((400, 400), bool))
    assert tuple(region.name for region in found) == regions.FACE_REGIONS
    total = sum(region.full(seen.size).astype(int) for region in found)
    assert total.max() == 1
    for name, outline in regions.excluded_outlines(face.points).items():
        inside = np.zeros(total.shape, np.uint8)
        cv2.fillPoly(inside, [np.rint(outline).astype(np.int32)], 1)
        assert not total[inside > 0].any(), name


def test_both_halves_of_a_cheek_are_the_cheek(mean_face):
    face, seen = mean_face((200.0, 170.0), 90.0), skin_picture()
    skin = np.ones((400, 400), bool)
    wanted = ("cheek_left", "cheek_malar_left", "cheek_lateral_left")
    whole, malar, lateral = (r.full(seen.size) for r in regions.face_regions(seen, face, skin, wanted))
    assert not (malar & lateral).any()
    assert ((malar | lateral) & whole).sum() > 0.97 * whole.sum()


def test_a_part_under_hair_or_out_of_frame_is_left_out(mean_face):
    seen = skin_picture()
    skin = np.ones((400, 400), bool)
    low = mean_face((200.0, 40.0), 90.0)  # the forehead is above the upper edge
    assert "forehead" not in {region.name for region in regions.face_regions(seen, low, skin)}
    skin[:, :200] = False  # a hand over the right half
    names = {region.name for region in regions.face_regions(seen, mean_face((200.0, 170.0), 90.0), skin)}
    assert "cheek_left" in names
    assert "cheek_right" not in names


def test_a_strand_of_hair_is_cut_out(mean_face):
    pixels = skin_picture().encoded.copy()
    pixels[60:110, 190:204] = (30, 22, 18)
    (forehead,) = regions.face_regions(
        Photo("hair", "0", pixels), mean_face((200.0, 170.0), 90.0), np.ones((400, 400), bool), ("forehead",)
    )
    full = forehead.full((400, 400))
    assert not full[70:100, 193:200].any()
    assert full[82:100, 240].all()
