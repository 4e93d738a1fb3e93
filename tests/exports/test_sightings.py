"""What a network saw, drawn: the dots, names, hatches and soft outline lie where they should, and nowhere else."""

import cv2
import numpy as np
import pytest

from tracker.exports import sightings
from tracker.imaging.types import Box, Outline, Region

SKIN = (196, 150, 128)
SQUARE = np.array([[200.0, 200.0], [600.0, 200.0], [600.0, 500.0], [200.0, 500.0]])
EYE = np.array([[700.0, 300.0], [800.0, 300.0], [800.0, 360.0], [700.0, 360.0]])


@pytest.fixture
def picture():
    return np.full((400, 500, 3), SKIN, np.uint8)


def changed(before, after):
    return np.abs(before.astype(int) - after).max(-1) > 12


def test_landmarks_regions_and_what_is_left_out_are_drawn_at_display_scale(picture):
    out = sightings.landmarks_drawn(picture, {"chin": (100.0, 700.0)}, {"cheek_left": SQUARE}, {"eye_left": EYE}, 0.5)
    assert tuple(out[350, 50]) == sightings.POINT_COLOUR
    moved = changed(picture, out)
    assert moved[100, 110:290].mean() > 0.9  # a side of the region
    assert moved[195:240, 150:250].mean() == 0  # not its inside
    inside = moved[152:178, 352:398]
    assert 0.1 < inside.mean() < 0.7  # lines with skin between them
    assert not moved[:, 420:].any()
    assert (picture == np.array(SKIN)).all()


def test_the_name_of_a_region_stands_inside_it_and_beside_what_is_left_out(picture):
    out = sightings.landmarks_drawn(picture, {}, {"cheek_left": SQUARE}, {}, 0.5)
    assert changed(picture, out)[110:240, 110:290].any()
    lower = np.array([[200.0, 340.0], [600.0, 340.0], [600.0, 500.0], [200.0, 500.0]])
    out = sightings.landmarks_drawn(picture, {}, {"nose": SQUARE}, {"eye_left": lower}, 0.5)
    assert changed(picture, out)[105:165, 180:220].any()


def soft_disc(radius=60, size=200):
    y, x = np.mgrid[:size, :size]
    away = np.hypot(x - size / 2, y - size / 2)
    return np.clip(1 - (away - radius) / 40, 0, 1).astype(np.float32)


def test_a_soft_outline_is_bluer_the_likelier_and_its_line_is_at_one_half(picture):
    soft = soft_disc()
    outline = Outline(Box(300, 200, 500, 400), soft, float(soft.sum()), (1.0, 2.0))
    out = sightings.outline_drawn(picture, outline, 0.5)
    blue = out[150, :, 2].astype(int)
    assert blue[200] > blue[246] > blue[265] == SKIN[2]
    assert tuple(out[10, 10]) == SKIN
    line = np.abs(out[150].astype(int) - sightings.HARD_COLOUR).max(-1) < 40
    at = np.flatnonzero(line)
    assert abs(at.max() - 240) <= 2  # radius 80 px of the photo: 40 on display, from 200
    assert abs(at.min() - 160) <= 2


def test_where_it_looked_and_found_nothing_is_a_white_line_and_no_colour(picture):
    mask = np.zeros((800, 1000), np.uint8)
    cv2.circle(mask, (500, 400), 100, 1, -1)
    out = sightings.prompt_drawn(picture, Region.from_mask("drawn", mask.astype(bool)), 0.5)
    assert tuple(out[200, 250]) == SKIN
    assert (out[200] == 255).all(-1).any()


def test_an_outline_at_the_border_of_the_photo_is_cut_there(picture):
    soft = np.ones((400, 400), np.float32)
    out = sightings.outline_drawn(picture, Outline(Box(800, 600, 1200, 1000), soft, 1.0, (1.0, 1.0)), 0.5)
    assert out.shape == picture.shape
    assert changed(picture, out)[310:, 410:].all()


def test_the_legend_goes_from_no_colour_to_the_colour_of_what_is_sure():
    found = sightings.soft_colours()
    assert found[0] == "#e0e0e0"
    assert len(set(found)) == len(found)
