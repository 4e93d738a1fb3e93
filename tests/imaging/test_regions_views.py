"""Standard views by yaw, and the turn beyond which no region is placed."""

import pytest

from tracker.imaging import regions
from tracker.imaging.regions import HeadPose, StandardView


@pytest.mark.parametrize(
    ("yaw", "view"),
    [
        (0, StandardView.FRONTAL),
        (-14, StandardView.FRONTAL),
        (22, None),
        (45, StandardView.RIGHT_OBLIQUE),  # a head turned to its left shows its right cheek
        (-45, StandardView.LEFT_OBLIQUE),
        (90, None),  # lateral: never trained, chosen by hand
    ],
)
def test_a_view_is_told_by_yaw(yaw, view):
    assert regions.standard_view(HeadPose(yaw, 0.0, 0.0, 1.0)) is view


def test_regions_are_refused_on_a_head_that_is_turned_away_with_what_to_do():
    assert regions.view_flags(HeadPose(25.0, 0.0, 0.0, 1.0)) == ()
    (flag,) = regions.view_flags(HeadPose(-48.0, 0.0, 0.0, 1.0))
    assert "48°" in flag.reason
    assert "by hand" in flag.retake
