"""Patches of skin sampled from un-warped photos."""

import numpy as np
import pytest

from tracker.imaging import colour
from tracker.imaging.measure import cells
from tracker.imaging.types import Box, Photo


def photo(light: np.ndarray) -> Photo:
    return Photo("test", "0", colour.linear_to_uint8(light))


def ramp(height: int = 200, width: int = 300) -> np.ndarray:
    yy, xx = np.mgrid[0:height, 0:width].astype(float)
    return np.stack([0.2 + xx / 1000, 0.2 + yy / 1000, np.full_like(xx, 0.3)], -1)


def test_grid_fills_the_mask_with_about_as_many_points_as_asked() -> None:
    yy, xx = np.mgrid[0:100, 0:100]
    disc = np.hypot(xx - 50, yy - 50) < 40
    points, spacing = cells.grid(disc, Box(10, 20, 110, 120), 500)
    assert len(points) == pytest.approx(500, rel=0.1)
    assert spacing == pytest.approx(np.sqrt(disc.sum() / 500), rel=1e-6)
    assert (np.hypot(*(points - [60, 70]).T) < 41).all()


def test_grid_never_goes_below_one_pixel() -> None:
    points, spacing = cells.grid(np.ones((5, 5), bool), Box(0, 0, 5, 5), 1000)
    assert spacing == 1.0
    assert len(points) == 25


@pytest.mark.parametrize("width", [1.0, 4.0, 15.0])
def test_samples_are_the_light_at_the_points(width: float) -> None:
    points = np.array([[50.0, 60.0], [123.4, 99.7], [250.0, 150.0]])
    light, usable = cells.sample(photo(ramp()), points, width)
    assert usable.all()
    expected = np.column_stack([0.2 + points[:, 0] / 1000, 0.2 + points[:, 1] / 1000, np.full(3, 0.3)])
    assert light == pytest.approx(expected, abs=0.003)


def test_points_outside_and_overexposed_patches_are_not_usable() -> None:
    light = ramp()
    light[100:160, 100:160] = 1.0
    _, usable = cells.sample(photo(light), np.array([[130.0, 130.0], [-5.0, 10.0], [310.0, 10.0], [50.0, 50.0]]), 6.0)
    assert usable.tolist() == [False, False, False, True]


def test_a_single_channel_at_its_end_is_enough_to_leave_a_patch_out() -> None:
    light = ramp()
    light[..., 0] = 1.0
    _, usable = cells.sample(photo(light), np.array([[130.0, 130.0]]), 6.0)
    assert not usable.any()


def test_a_pair_of_different_scales_averages_over_the_same_skin() -> None:
    small = ramp()
    large = np.repeat(np.repeat(small, 2, 0), 2, 1)
    points, spacing = cells.grid(np.ones((100, 100), bool), Box(50, 50, 150, 150), 300)
    pair = cells.pair(photo(small), photo(large), points, points * 2 + 0.5, spacing)
    assert len(pair) == pair.asked == len(points)
    assert np.abs(pair.log_ratio).max() < 0.02


def test_many_points_do_not_overrun_the_sampler() -> None:
    points = np.random.default_rng(0).uniform(0, 199, (40000, 2))
    light, usable = cells.sample(photo(ramp(220, 220)), points, 3.0)
    assert light.shape == (40000, 3)
    assert usable.all()
