import numpy as np
import pytest

from tracker.phantom.light import Light, Surface, falloff, illuminate

FLAT = (float("inf"), float("inf"))


def surface(height, radius=FLAT):
    return Surface(height.astype(np.float32), np.ones(height.shape, np.float32), 10.0, radius)


def waves(shape=(200, 200)):
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] / 10.0  # mm
    return 0.02 * np.sin(2 * np.pi * x / 2.0) * np.sin(2 * np.pi * y / 2.0)


def contrast(light):
    lit, _ = illuminate(surface(waves()), light, 0.0)
    return float(np.log(lit[20:-20, 20:-20, 1]).std())


def test_flat_skin_is_lit_evenly_with_one():
    lit, _ = illuminate(surface(np.zeros((100, 100))), Light(), 0.0)
    np.testing.assert_allclose(lit, 1, atol=0.01)


def test_raking_light_shows_relief_and_frontal_light_hides_it():
    raking, steep, frontal = (contrast(Light(elevation_deg=e, ambient=0.1)) for e in (25, 55, 88))
    assert raking > 2 * steep
    assert steep > 3 * frontal  # what is left at 88 degrees is the shade in the furrows


def test_red_light_spreads_further_under_the_skin_than_blue():
    lit, _ = illuminate(surface(waves()), Light(elevation_deg=30), 0.0)
    red, green, blue = np.log(lit).std((0, 1))
    assert red < green < blue


def test_the_side_towards_the_light_is_brighter():
    lit, _ = illuminate(surface(np.zeros((400, 400)), (40.0, 40.0)), Light(azimuth_deg=180), 0.0)
    assert lit[200, 50, 1] > 1.3 * lit[200, 350, 1]
    turned, _ = illuminate(surface(np.zeros((400, 400)), (40.0, 40.0)), Light(azimuth_deg=180), 180.0)
    assert turned[200, 350, 1] > 1.3 * turned[200, 50, 1]  # skin turned in the photo: the light stays in the room


def test_crossed_polarisers_leave_no_shine():
    _, shine = illuminate(surface(waves()), Light(shine=0.0), 0.0)
    assert not shine.any()


def test_a_near_lamp_falls_off_across_the_frame():
    u, v = np.meshgrid(np.linspace(-80, 80, 200, dtype=np.float32), np.linspace(-60, 60, 150, dtype=np.float32))
    near = falloff((u, v), Light(azimuth_deg=180, distance_mm=400), 0.0)
    far = falloff((u, v), Light(azimuth_deg=180, distance_mm=5000), 0.0)
    assert near[75, 100] == pytest.approx(1, abs=0.03)
    assert near[75, 5] / near[75, -5] > 1.5
    assert far[75, 5] / far[75, -5] < 1.1
