"""The disc of skin that stands for a drawn region."""

import numpy as np
import pytest

from tracker.imaging.regions.patch import skin_patch


@pytest.mark.parametrize("size", [(300, 200), (1600, 1200)])
def test_a_disc_of_half_the_radius_lies_in_the_middle_of_the_widest_skin(size):
    width, height = size
    column, row = np.meshgrid(np.arange(width), np.arange(height))
    radius = 0.3 * height
    centre = 0.4 * width, 0.5 * height
    skin = np.hypot(column - centre[0], row - centre[1]) <= radius
    skin[:, int(0.9 * width) :] = True  # a narrower strip elsewhere
    patch = skin_patch(skin)
    assert patch.name == "drawn"
    full = patch.full(size)
    assert not (full & ~skin).any()
    assert full.sum() == pytest.approx(np.pi * (radius / 2) ** 2, rel=0.06)
    found = np.array([column[full].mean(), row[full].mean()])
    assert found == pytest.approx(centre, abs=0.02 * width)


def test_without_skin_there_is_no_patch():
    assert skin_patch(np.zeros((100, 100), bool)) is None
    speck = np.zeros((100, 100), bool)
    speck[50, 50] = True
    assert skin_patch(speck) is None


def test_skin_everywhere_leaves_a_margin():
    full = skin_patch(np.ones((200, 300), bool)).full((300, 200))
    assert 0.05 < full.mean() < 0.3
