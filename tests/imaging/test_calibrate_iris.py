"""Millimetres from the irises: the right scale, said to be rough, and none where they cannot be read."""

import numpy as np
import pytest

from tracker.imaging import calibrate
from tracker.imaging.types import FaceLandmarks, FlagCode


def eyes(right_px, left_px):
    points = {
        "iris_right_outer": (100.0, 100.0), "iris_right_inner": (100.0 + right_px, 100.0),
        "iris_left_inner": (200.0, 104.0), "iris_left_outer": (200.0 + left_px, 104.0),
    }  # fmt: skip
    return FaceLandmarks(points, {}, 110.0, 1.0)


def test_the_mean_width_of_both_irises_gives_the_scale_and_says_how_rough_it_is():
    found = calibrate.iris_scale(eyes(23.0, 25.0))
    assert found.px_per_mm == pytest.approx(24.0 / calibrate.IRIS_MM)
    (flag,) = found.flags
    assert flag.code is FlagCode.IRIS_SCALE
    assert "±5%" in flag.reason
    assert "11.7 mm" in flag.reason


@pytest.mark.parametrize(("right", "left"), [(6.0, 6.0), (20.0, 26.0)])
def test_irises_that_are_small_or_unequal_give_no_scale(right, left):
    assert calibrate.iris_scale(eyes(right, left)) is None


@pytest.mark.photos
def test_real_pupils_lie_apart_as_anatomy_says(shared_data):
    apart = []
    for path in sorted((shared_data / "faces_london").glob("*_neutral.tem")):
        marks = [np.array([float(v) for v in line.split()]) for line in path.read_text().splitlines()[1:]]
        points = {"iris_right_outer": marks[4], "iris_right_inner": marks[8], "iris_left_outer": marks[16],
                  "iris_left_inner": marks[12]}  # fmt: skip
        unit = float(np.hypot(*(marks[0] - marks[1])))
        apart.append(unit / calibrate.iris_scale(FaceLandmarks(points, {}, unit, 1.0)).px_per_mm)
    assert len(apart) == 72
    # 63.4 mm between adult pupils, SD 3.8 (Dodgson 2004, doi:10.1117/12.529999)
    assert np.mean(apart) == pytest.approx(63.4, abs=2.5)
    assert np.std(apart) < 4.5
