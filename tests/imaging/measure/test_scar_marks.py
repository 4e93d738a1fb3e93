"""Number and length of painted scars on skin with blotches and camera noise."""

import cv2
import numpy as np
import pytest

from tracker.imaging import colour
from tracker.imaging.measure import scar_marks
from tracker.imaging.types import Metric, Photo, Region

SIZE, PX_PER_MM = 300, 6.0
SKIN = np.array([0.42, 0.27, 0.19])
BLOOD = np.array([0.266, 0.746, 0.611])
DRAWN = np.zeros((SIZE, SIZE), bool)
DRAWN[50:250, 50:250] = True
REGION = Region.from_mask("drawn", DRAWN)


def photo(scars, seed=1):
    rng = np.random.default_rng(seed)
    blotches = cv2.GaussianBlur(rng.normal(0, 1, (SIZE, SIZE, 3)), (0, 0), 6)
    weight = cv2.GaussianBlur(scars.astype(np.float64), (0, 0), 2)[..., None]
    light = SKIN * np.exp(0.2 * blotches - 0.45 * weight * BLOOD) * (1 + rng.normal(0, 0.01, (SIZE, SIZE, 3)))
    return Photo("p", "p", colour.linear_to_uint8(np.clip(light, 0, 1)))


def discs(*centres, radius=9):
    y, x = np.mgrid[:SIZE, :SIZE]
    return np.any([np.hypot(x - a, y - b) <= radius for a, b in centres], axis=0)


@pytest.mark.parametrize("centres", [[(100, 100)], [(90, 90), (150, 200), (210, 100)]])
def test_separate_scars_are_counted(centres):
    assert scar_marks.find(photo(discs(*centres)), REGION, PX_PER_MM).count == len(centres)


def test_plain_skin_has_none():
    assert [scar_marks.find(photo(np.zeros((SIZE, SIZE)), seed), REGION, PX_PER_MM).count for seed in range(5)] == [
        0
    ] * 5


def test_scars_outside_the_drawing_do_not_count():
    assert scar_marks.find(photo(discs((20, 20), (150, 150))), REGION, PX_PER_MM).count == 1


@pytest.mark.parametrize("angle", [0, 30, 45, 90])
def test_the_length_of_a_mark_is_read_in_mm_whichever_way_it_runs(angle):
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    turn = np.radians(angle)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    found = scar_marks.find(photo((np.abs(along) <= 75) & (np.abs(across) <= 7)), REGION, PX_PER_MM)
    assert found.count == 1
    assert found.length_mm == pytest.approx(25.0, rel=0.12)


def test_number_and_length_are_told_with_their_units():
    found = scar_marks.find(photo(discs((100, 100))), REGION, PX_PER_MM)
    (count, _), (length, _) = scar_marks.measure((found, found), "drawn")
    assert (count.metric, count.value, count.unit) == (Metric.SCAR_COUNT, 1.0, "scars")
    assert (length.metric, length.unit) == (Metric.SCAR_LENGTH, "mm")
