import numpy as np
import pytest

from tracker.phantom.pose import Geometry, Pose

FLAT = (float("inf"), float("inf"))
BENT = (float("inf"), 45.0)
POSE = Pose(7.0, (3.0, -2.0), (5.0, -4.0), 0.96, 1.0, 9)


def grid(step=10.0, half=30.0):
    x, y = np.meshgrid(np.arange(-half, half + 1, step), np.arange(-half, half + 1, step))
    return np.stack([x.ravel(), y.ravel()], 1)


@pytest.mark.parametrize("radius", [FLAT, BENT, (120.0, 150.0)])
def test_there_and_back_is_where_it_started(radius):
    geometry = Geometry(POSE, radius, 10.0, (1000, 800))
    np.testing.assert_allclose(geometry.to_skin(geometry.to_photo(grid())), grid(), atol=1e-5)


def test_the_plain_pose_is_a_scale_about_the_middle():
    geometry = Geometry(Pose(), FLAT, 8.0, (801, 601))
    np.testing.assert_allclose(geometry.to_photo(np.array([[0.0, 0.0], [10.0, -5.0]])), [[400, 300], [480, 260]])


def test_turning_and_zooming_do_what_they_say():
    geometry = Geometry(Pose(rotation_deg=90, zoom=0.5), FLAT, 8.0, (801, 601))
    np.testing.assert_allclose(geometry.to_photo(np.array([[10.0, 0.0]])), [[400, 340]], atol=1e-9)


def test_the_map_of_all_pixels_agrees_with_the_exact_points():
    geometry = Geometry(POSE, BENT, 10.0, (700, 600))
    x, y, seen = geometry.skin_maps()
    points = np.array([[100, 200], [350, 300], [600, 450], [20, 330]])
    assert seen[points[:, 1], points[:, 0]].all()
    exact = geometry.to_skin(points.astype(float))
    found = np.stack([m[points[:, 1], points[:, 0]] for m in (x, y)], 1)
    np.testing.assert_allclose(found, exact, atol=0.004)  # mm; 0.04 px


def test_what_has_curved_out_of_sight_is_undefined():
    geometry = Geometry(Pose(), BENT, 10.0, (1600, 1200))
    assert np.isnan(geometry.to_photo(np.array([[0.0, 90.0]]))).all()
    assert np.isnan(geometry.to_skin(np.array([[800.0, 5.0]]))[0, 1])
    assert not geometry.skin_maps()[2][5, 800]


def test_area_shrinks_with_the_slope_of_the_body():
    geometry = Geometry(Pose(), BENT, 10.0, (1600, 1200))
    middle, side = geometry.area_px_per_mm2(np.array([[0.0, 0.0], [0.0, 45.0 * np.pi / 3]]))
    assert middle == pytest.approx(100, rel=1e-3)
    assert side == pytest.approx(50, rel=1e-2)  # cos 60 degrees


def test_the_stretch_is_smooth_and_as_large_as_asked():
    still, moved = (Geometry(Pose(stretch_mm=s, seed=4), FLAT, 10.0, (800, 800)) for s in (0.0, 1.0))
    shift = (moved.to_photo(grid(5)) - still.to_photo(grid(5))) / 10.0
    assert 0.3 < np.sqrt((shift**2).sum(1).mean()) < 1.8  # mm
    assert np.abs(moved.area_px_per_mm2(grid(5)) / 100 - 1).max() < 0.25
