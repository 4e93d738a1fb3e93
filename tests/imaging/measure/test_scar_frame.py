"""Level of points on and around drawn scars of known shape."""

import numpy as np
import pytest

from tracker.errors import NotComparable
from tracker.imaging.measure import scar_frame
from tracker.imaging.types import Region

SIZE = (300, 240)
Y, X = np.mgrid[: SIZE[1], : SIZE[0]].astype(float)


def frame(mask):
    return scar_frame.frame(Region.from_mask("drawn", mask), SIZE)


def test_a_disc_is_as_level_as_its_radius_and_can_shrink_both_ways():
    found = frame(np.hypot(X - 150, Y - 120) <= 30)
    true = np.hypot(found.points[:, 0] - 150, found.points[:, 1] - 120) / 30
    assert found.dimensions == 2
    assert found.half_px == pytest.approx(30, abs=2)
    near = true < 1.8
    np.testing.assert_allclose(found.level[near], true[near], atol=0.08)


def test_a_line_is_as_level_as_the_distance_from_its_middle_and_can_get_narrower():
    found = frame((np.abs(X - 150) <= 100) & (np.abs(Y - 120 - 8 * np.sin(X / 40)) <= 10))
    inside = (np.abs(found.points[:, 0] - 150) < 70) & (found.level < 3)
    true = np.abs(found.points[:, 1] - 120 - 8 * np.sin(found.points[:, 0] / 40)) / 10
    assert found.dimensions == 1
    assert found.half_px == pytest.approx(10, abs=1)
    assert np.percentile(np.abs(found.level - true)[inside], 90) < 0.25
    ends = (np.abs(found.points[:, 0] - 150) > 106) & (np.abs(found.points[:, 1] - 120) < 4)
    assert not ends.any()  # straight ahead of a line nothing is compared: it gets narrower, seldom shorter


def test_parts_of_both_kinds_lie_between():
    mask = (np.hypot(X - 60, Y - 60) <= 20) | ((np.abs(X - 190) <= 60) & (np.abs(Y - 180) <= 8))
    assert 1 < frame(mask).dimensions < 2


@pytest.mark.parametrize("radius", [1, 2])
def test_a_speck_is_refused_with_what_to_do(radius):
    with pytest.raises(NotComparable, match="too small"):
        frame(np.hypot(X - 150, Y - 120) <= radius)


def test_specks_beside_a_scar_are_no_parts():
    mask = np.hypot(X - 150, Y - 120) <= 30
    mask[10:13, 10:13] = True
    assert len(scar_frame.separate(mask)) == 1
