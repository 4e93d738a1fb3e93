import numpy as np
import pytest

from tracker.phantom import relief


@pytest.mark.parametrize("profile", [relief.ice_pick, relief.boxcar, relief.rolling, relief.plateau, relief.crease])
def test_profiles_are_deepest_in_the_middle_and_end_outside(profile):
    rho = np.linspace(0, 4, 200, dtype=np.float32)
    depth = profile(rho)
    assert depth[0] == pytest.approx(1, abs=1e-6)
    assert np.all(np.diff(depth) <= 1e-7)
    assert depth[-1] < 0.001


def test_a_boxcar_has_a_flat_floor_and_an_ice_pick_a_point():
    half = np.array([0.5], np.float32)
    assert relief.boxcar(half)[0] > 0.99
    assert relief.ice_pick(half)[0] < 0.6


def test_micro_relief_is_shallow_furrows_and_not_white_noise():
    height = relief.micro_relief((400, 500), 10.0, 30.0, np.random.default_rng(1))
    assert abs(height.mean()) < 1e-4
    assert 0.003 < height.std() < 0.05
    assert ((height - height.mean()) ** 3).mean() < 0  # furrows cut into plateaus, not the other way round
    neighbour = np.corrcoef(height[:, :-1].ravel(), height[:, 1:].ravel())[0, 1]
    assert neighbour > 0.5


def test_pores_have_the_asked_density_and_sizes():
    field, centres, diameters = relief.pore_field((800, 800), 20.0, 90, np.random.default_rng(4))
    assert len(centres) / 16 == pytest.approx(90, rel=0.3)
    assert diameters.min() >= 0.1
    assert diameters.max() <= 0.5
    at = np.rint(centres).astype(int)
    assert np.median(field[at[:, 1], at[:, 0]]) > 5 * np.median(field)


def test_no_pores_where_none_are_asked_for():
    field, centres, _ = relief.pore_field((50, 50), 10.0, 0, np.random.default_rng(4))
    assert not field.any()
    assert len(centres) == 0
