import numpy as np
import pytest

from tracker.phantom.noise import band_noise, grain_noise, scattered_points, smooth_noise, splat

SHAPE = (256, 320)


@pytest.mark.parametrize("sigma", [0.8, 3.0, 12.0])
def test_smooth_noise_has_unit_variance_and_the_asked_smoothness(sigma):
    field = smooth_noise((512, 512), sigma, np.random.default_rng(1))
    assert field.shape == (512, 512)
    assert field.std() == pytest.approx(1, abs=0.06)  # 450 independent cells at sigma 12
    lag = max(1, round(sigma))
    correlation = np.corrcoef(field[:, :-lag].ravel(), field[:, lag:].ravel())[0, 1]
    # White noise through a Gaussian has the autocorrelation exp(-lag^2 / (4 sigma^2)); subdivision adds a little blur.
    assert correlation == pytest.approx(np.exp(-(lag**2) / (4 * sigma**2)), abs=0.1)


def test_no_lattice_shows_in_the_slopes():
    # The slope's variance by column phase: a grid that shows through would make one phase stand out.
    field = smooth_noise((1024, 1024), 32.0, np.random.default_rng(2))
    curvature = np.diff(field, 2, axis=1)
    by_phase = [curvature[:, phase::16].std() for phase in range(16)]
    assert max(by_phase) / min(by_phase) < 1.25


def test_the_same_seed_gives_the_same_field():
    a, b = (band_noise(SHAPE, 10, [(0.4, 0.1), (2.0, 0.3)], np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(a, b)


def test_grain_runs_along_its_direction():
    flat = np.zeros(SHAPE, np.float32)
    field = grain_noise(SHAPE, 1.5, 12.0, 0.0, flat, np.random.default_rng(3))
    along = np.abs(np.diff(field, axis=1)).mean()
    across = np.abs(np.diff(field, axis=0)).mean()
    assert across > 4 * along


def test_scattered_points_keep_their_distance_and_density():
    points = scattered_points((400, 400), 10.0, np.random.default_rng(1))
    expected = 400 * 400 / (10 * 8.66)
    assert len(points) == pytest.approx(expected, rel=0.05)
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, 99)
    assert np.median(distance.min(1)) > 5


def test_splat_puts_each_blob_where_it_was_asked_for():
    points = np.array([[30.25, 40.5], [100.0, 20.75]], np.float32)
    out = splat((80, 140), points, np.array([1.5, 2.5], np.float32), np.array([1.0, 0.5], np.float32))
    assert out.sum() == pytest.approx(2 * np.pi * (1.5**2 + 0.5 * 2.5**2), rel=0.02)
    y, x = np.mgrid[0:80, 0:140]
    left = np.where(x < 60, out, 0)
    assert (left * x).sum() / left.sum() == pytest.approx(30.25, abs=0.02)
    assert (left * y).sum() / left.sum() == pytest.approx(40.5, abs=0.02)
