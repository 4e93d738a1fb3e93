"""Geometry against shapes whose answer is known by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.imaging import geometry
from tracker.imaging.types import Box

TILTED = np.array([[1.02, 0.05, 12.0], [-0.04, 0.97, -7.0], [1e-5, -2e-5, 1.0]])


def wavy(size=(320, 240), spacing=8.0, amplitude=4.0):
    nodes, shape = geometry.grid_nodes(size, spacing)
    x, y = nodes.T
    shift = np.stack([amplitude * np.sin(y / 60), amplitude * np.cos(x / 70)], 1)
    return shift.reshape(*shape, 2).astype(np.float32)


def test_homography_of_a_shift_shifts():
    shift = np.array([[1, 0, 3.0], [0, 1, -2.0], [0, 0, 1]])
    np.testing.assert_allclose(geometry.apply_homography(shift, np.array([[0.0, 0.0], [5, 5]])), [[3, -2], [8, 3]])


def test_homography_jacobian_agrees_with_small_steps():
    at, step = np.array([[40.0, 60.0], [200, 10]]), 1e-4
    found = geometry.homography_jacobian(TILTED, at)
    for axis in (0, 1):
        move = np.eye(2)[axis] * step
        ahead, behind = geometry.apply_homography(TILTED, at + move), geometry.apply_homography(TILTED, at - move)
        np.testing.assert_allclose(found[:, :, axis], (ahead - behind) / (2 * step), atol=1e-6)


def test_grid_values_are_exact_on_nodes_and_linear_between():
    grid = np.arange(12, dtype=np.float32).reshape(3, 4)
    at = np.array([[0.0, 0.0], [30, 20], [5, 0], [0, 5], [-9, 99]])
    np.testing.assert_allclose(geometry.sample_grid(grid, 10.0, at), [0, 11, 0.5, 2, 8])


def test_nodes_reach_the_last_pixel():
    nodes, (rows, columns) = geometry.grid_nodes((101, 57), 8.0)
    assert len(nodes) == rows * columns
    assert nodes[:, 0].max() >= 100
    assert nodes[:, 1].max() >= 56


@given(st.floats(0, 319), st.floats(0, 239))
def test_undo_displacement_is_the_inverse(x, y):
    point = np.array([[x, y]])
    there = geometry.displace(TILTED, wavy(), 8.0, point)
    np.testing.assert_allclose(geometry.undo_displacement(TILTED, wavy(), 8.0, there), point, atol=2e-3)


def test_area_jacobian_predicts_the_area_of_a_carried_square():
    grid = wavy(spacing=4.0)
    side = np.linspace(-20, 20, 81)
    ones = np.full_like(side, 20.0)
    sides = ((side, -ones), (ones, side), (-side, ones), (-ones, -side))
    rim = np.concatenate([np.stack(pair, 1) for pair in sides]) + np.array([150.0, 110.0])
    carried = geometry.polygon_area(geometry.displace(TILTED, grid, 4.0, rim))
    inside = geometry.box_pixels(Box(130, 90, 170, 130)) + 0.5
    predicted = 1600 * geometry.area_jacobian(TILTED, grid, 4.0, inside).mean()
    assert carried == pytest.approx(predicted, rel=1e-3)


def test_area_jacobian_sees_a_fold():
    nodes, shape = geometry.grid_nodes((100, 100), 10.0)
    grid = np.zeros((*shape, 2), np.float32)
    grid[:, :, 0] = -1.5 * nodes[:, 0].reshape(shape)  # x goes back faster than it advances
    assert (geometry.area_jacobian(np.eye(3), grid, 10.0, nodes) < 0).all()


def test_a_polygon_fills_the_pixels_whose_centres_it_holds():
    mask = geometry.polygon_to_mask(np.array([[1.5, 0.5], [4.5, 0.5], [4.5, 2.5], [1.5, 2.5]]), (7, 5))
    expected = np.zeros((5, 7), bool)
    expected[1:3, 2:5] = True
    np.testing.assert_array_equal(mask, expected)


def test_a_polygon_beyond_the_photo_is_cut():
    mask = geometry.polygon_to_mask(np.array([[-50.0, -50], [50, -50], [50, 50], [-50, 50]]), (20, 10))
    assert mask.all()
    assert not geometry.polygon_to_mask(np.array([[30.0, 2], [40, 2], [40, 8]]), (20, 10)).any()


@pytest.mark.parametrize("radius", [5.3, 20.2, 60.4])
def test_disc_area_survives_polygon_and_mask(radius):
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    polygon = np.stack([80 + radius * np.cos(angle), 75 + radius * np.sin(angle)], 1)
    mask = geometry.polygon_to_mask(polygon, (160, 150))
    assert geometry.polygon_area(polygon) == pytest.approx(np.pi * radius**2, rel=1e-3)
    assert mask.sum() == pytest.approx(np.pi * radius**2, rel=0.05)
    again = geometry.polygon_to_mask(geometry.mask_to_polygons(mask)[0], (160, 150))
    np.testing.assert_array_equal(again, mask)


def test_the_largest_outline_comes_first():
    mask = np.zeros((40, 40), bool)
    mask[2:5, 2:5] = True
    mask[10:30, 10:30] = True
    first, second = geometry.mask_to_polygons(mask)
    assert geometry.polygon_area(first) > geometry.polygon_area(second)


def test_dilation_is_round():
    mask = np.zeros((41, 41), bool)
    mask[20, 20] = True
    grown = geometry.dilate(mask, 10)
    assert grown.sum() == pytest.approx(np.pi * 100, rel=0.03)
    np.testing.assert_array_equal(geometry.dilate(mask, 0), mask)
