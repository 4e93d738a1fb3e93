"""Hints before the shutter: the right word for a known fault, left and right as the patient has them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.imaging.quality import coaching
from tracker.imaging.quality.coaching import Exposure, Hint, HintCode, Stance

SHARP = Exposure(level=130, light=0.25, clipped=0.0, detail=0.2)


def codes(hints):
    return [hint.code for hint in hints]


@pytest.mark.parametrize(
    ("stance", "wanted"),
    [
        (Stance(0.94, (0, 0), 0), HintCode.CLOSER),
        (Stance(1.06, (0, 0), 0), HintCode.FARTHER),
        (Stance(1.0, (0.09, 0), 0), HintCode.CAMERA_RIGHT),  # too far right in the frame: the camera follows it
        (Stance(1.0, (-0.09, 0), 0), HintCode.CAMERA_LEFT),
        (Stance(1.0, (0, 0.09), 0), HintCode.CAMERA_DOWN),
        (Stance(1.0, (0, -0.09), 0), HintCode.CAMERA_UP),
    ],
)
def test_distance_and_place(stance, wanted):
    assert codes(coaching.stance_hints(stance)) == [wanted]
    assert coaching.stance_hints(stance, slack=2.0) == ()


def test_within_five_percent_and_a_twelfth_of_the_frame_nothing_is_asked():
    assert coaching.stance_hints(Stance(1.04, (0.07, -0.07), 0)) == ()
    assert coaching.camera_hints(Stance(1.0, (0, 0), 4.9)) == ()
    assert coaching.camera_hints(Stance(1.0, (0, 0), -6.0)) == (Hint(HintCode.TURN_CAMERA, -6.0),)


def test_the_head_is_turned_back_to_where_it_was():
    # Positive yaw looks to the patient's left: too much of it is cured by turning right.
    assert codes(coaching.turn_hints(6.0)) == [HintCode.TURN_RIGHT]
    assert codes(coaching.turn_hints(-6.0)) == [HintCode.TURN_LEFT]
    assert coaching.turn_hints(4.0) == ()
    assert codes(coaching.chin_hints(6.0)) == [HintCode.CHIN_DOWN]
    assert codes(coaching.chin_hints(-6.0)) == [HintCode.CHIN_UP]
    assert coaching.level_hints(-7.0) == (Hint(HintCode.LEVEL_HEAD, 7.0),)


@pytest.mark.parametrize(
    ("level", "light", "clipped", "wanted"),
    [
        (40, 0.02, 0.0, [HintCode.MORE_LIGHT]),
        (130, 0.25, 0.05, [HintCode.LESS_LIGHT]),
        (90, 0.12, 0.0, [HintCode.MORE_LIGHT]),  # bright enough alone, half the light of the earlier photo
        (180, 0.45, 0.0, [HintCode.LESS_LIGHT]),
        (130, 0.25, 0.0, []),
    ],
)
def test_light(level, light, clipped, wanted):
    assert codes(coaching.light_hints(Exposure(level, light, clipped, 0.2), SHARP)) == wanted


def test_without_an_earlier_photo_only_the_limits_of_one_photo_count():
    assert coaching.light_hints(Exposure(90, 0.12, 0.0, 0.2), None) == ()
    assert codes(coaching.light_hints(Exposure(30, 0.02, 0.0, 0.2), None)) == [HintCode.MORE_LIGHT]
    assert coaching.still_hints(Exposure(130, 0.25, 0.0, 0.17), None) == ()
    assert codes(coaching.still_hints(Exposure(130, 0.25, 0.0, 0.1), None)) == [HintCode.HOLD_STILL]


def test_blur_is_told_against_the_earlier_photo():
    assert codes(coaching.still_hints(Exposure(130, 0.25, 0.0, 0.13), SHARP)) == [HintCode.HOLD_STILL]
    assert coaching.still_hints(Exposure(130, 0.25, 0.0, 0.15), SHARP) == ()
    assert coaching.still_hints(Exposure(130, 0.25, 0.0, float("nan")), SHARP) == ()


def test_light_comes_first_and_holding_still_last():
    asked = [HintCode.HOLD_STILL, HintCode.CAMERA_UP, HintCode.TURN_LEFT, HintCode.MORE_LIGHT, HintCode.CLOSER]
    assert codes(coaching.ordered(tuple(Hint(code) for code in asked))) == [
        HintCode.MORE_LIGHT, HintCode.TURN_LEFT, HintCode.CLOSER, HintCode.CAMERA_UP, HintCode.HOLD_STILL,
    ]  # fmt: skip
    assert coaching.ordered(()) == (Hint(HintCode.GOOD),)


@given(
    st.floats(0.5, 2), st.floats(-40, 40), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.sampled_from([1.0, 0.5, 3.0])
)
def test_a_known_similarity_is_read(size, roll, x, y, frame):
    before, now = (480, 360), (round(480 * frame), round(360 * frame))
    c, s = (size * frame * f(np.radians(roll)) for f in (np.cos, np.sin))
    matrix = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    goal = np.array([(now[0] - 1) / 2 + x * max(now), (now[1] - 1) / 2 + y * max(now)])
    matrix[:2, 2] = goal - matrix[:2, :2] @ [(before[0] - 1) / 2, (before[1] - 1) / 2]
    found = coaching.stance_of(matrix, before, now)
    assert (found.size, found.roll) == pytest.approx((size, roll), abs=0.01)
    assert found.shift == pytest.approx((x, y), abs=1e-6)


def test_an_earlier_photo_of_another_shape_is_meant_to_lie_in_the_frame_as_large_as_it_fits():
    matrix = np.diag([0.5, 0.5, 1.0])
    matrix[0, 2] = 240 - 0.5 * 180  # a portrait photo, 360 x 960, in a frame of 480 x 480
    found = coaching.stance_of(matrix, (360, 960), (480, 480))
    assert found.size == pytest.approx(1.0)
    assert found.shift == pytest.approx((0, 0), abs=0.002)
