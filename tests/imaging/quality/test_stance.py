"""Distance and direction of the camera."""

import numpy as np
import pytest

from tracker.imaging.quality import stance
from tracker.imaging.types import FlagCode, Metric


@pytest.mark.parametrize(("scale", "word"), [(0.7, "smaller"), (1.4, "larger")])
def test_another_distance_withholds_texture_and_widens_the_rest(alignment, scale, word):
    flags = stance.distance_flags(alignment(np.diag([scale, scale, 1.0])))
    lost = {metric for flag in flags for metric in flag.withholds}
    assert {flag.code for flag in flags} == {FlagCode.DISTANCE_DIFFERS}
    assert word in flags[0].reason
    assert Metric.ROUGHNESS in lost
    assert Metric.REDNESS not in lost
    assert max(flag.widens for flag in flags) > 1


def test_the_same_distance_and_side_are_no_doubt(alignment):
    assert stance.distance_flags(alignment(np.diag([1.1, 1.1, 1.0]))) == ()
    assert stance.pose_flags(alignment(np.diag([1.0, 0.95, 1.0]))) == ()


def test_turned_skin_is_named(alignment):
    assert [flag.code for flag in stance.pose_flags(alignment(np.diag([1.0, 0.8, 1.0])))] == [FlagCode.POSE_DIFFERS]


def test_the_ratio_counts_in_shares_of_the_photo(alignment):
    assert stance.size_ratio(alignment(np.diag([2.0, 2.0, 1.0]))) == pytest.approx(2.0)
