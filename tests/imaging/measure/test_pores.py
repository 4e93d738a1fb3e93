"""Spots of known number, size and contrast in drawn skin, and what must not count as a pore."""

import numpy as np
import pytest

from tracker.imaging.measure import pores, wrinkles
from tracker.imaging.measure.sharpness import BlurMatch
from tracker.imaging.types import FlagCode, Metric

SCALE = 20.0
SAME = BlurMatch((0.0, 0.0), 0.0)
AREA_CM2 = 4.84


def lattice(step_mm: float) -> np.ndarray:
    x, y = np.meshgrid(np.arange(5.0, 25.1, step_mm), np.arange(5.0, 25.1, step_mm))
    return np.stack([x.ravel(), y.ravel()], 1) + np.random.default_rng(5).uniform(-0.3, 0.3, (x.size, 2))


def measured(pair):
    found = pores.find(pair, wrinkles.find(pair))
    return {both[0].metric: both for both in pores.measure(pair, found)}


@pytest.fixture(scope="module")
def pored(plain_skin, lay):
    skin = plain_skin(SCALE).with_spots(lattice(2.0), 0.3, 0.2)
    return measured(lay((plain_skin(SCALE).photo(), skin.photo(seed=2)), SCALE, SAME))


def test_planted_pores_are_counted(pored):
    before, after = pored[Metric.PORES]
    assert after.value * AREA_CM2 == pytest.approx(len(lattice(2.0)), rel=0.07)
    assert before.value <= 3.0
    assert after.unit == "pores/cm²"


def test_their_diameter_and_share_of_the_skin_are_read(pored):
    assert pored[Metric.PORE_DIAMETER][1].value == pytest.approx(0.3, rel=0.15)
    planted = 100 * len(lattice(2.0)) * np.pi / 4 * 0.3**2 / (100 * AREA_CM2)
    assert pored[Metric.PORE_AREA][1].value == pytest.approx(planted, rel=0.3)


def test_wider_pores_read_wider(plain_skin, lay):
    both = [plain_skin(SCALE).with_spots(lattice(2.5), d, 0.2).photo(seed=i) for i, d in enumerate((0.25, 0.40))]
    before, after = measured(lay(both, SCALE, SAME))[Metric.PORE_DIAMETER]
    assert after.value / before.value == pytest.approx(1.6, rel=0.15)


def test_freckles_and_hairs_are_no_pores(plain_skin, lay):
    bare = plain_skin(SCALE)
    spotted = bare.with_spots(lattice(6.0), 2.0, 0.2)
    hairy = bare.with_line((6.0, 10.0), (24.0, 12.0), 0.4, 0.04).with_line((6.0, 20.0), (24.0, 15.0), 0.4, 0.04)
    found = [measured(lay((bare.photo(), skin.photo(seed=2)), SCALE, SAME))[Metric.PORES] for skin in (spotted, hairy)]
    for before, after in found:
        assert after.value - before.value <= 1.0


def test_noise_alone_has_no_pores(plain_skin, lay):
    flat = plain_skin(SCALE, 0.0005)
    before, after = measured(lay((flat.photo(noise=0.005), flat.photo(noise=0.005, seed=2)), SCALE, SAME))[Metric.PORES]
    assert max(before.value, after.value) <= 1.0


def test_fewer_pores_are_seen_as_fewer(plain_skin, lay):
    places = lattice(2.0)
    skins = [plain_skin(SCALE).with_spots(places[::step], 0.3, 0.2).photo(seed=step) for step in (1, 2)]
    before, after = measured(lay(skins, SCALE, SAME))[Metric.PORES]
    assert after.value / before.value == pytest.approx(0.5, abs=0.06)
    assert before.standard_error > 0


def test_under_fifteen_pixels_per_mm_only_pores_are_withheld(plain_skin, lay):
    skin = plain_skin(12.0)
    pair = lay((skin.photo(), skin.photo(seed=2)), 12.0, SAME)
    found = wrinkles.find(pair)
    count = pores.measure(pair, pores.find(pair, found))[0][0]
    assert np.isnan(count.value)
    assert count.flags[0].code == FlagCode.DISTANCE_DIFFERS
    assert np.isfinite(wrinkles.measure(pair, found)[0][0].value)


def test_no_pores_leave_the_diameter_undefined_with_a_reason(plain_skin, lay):
    flat = plain_skin(SCALE, 0.0005)
    found = measured(lay((flat.photo(noise=0.0005), flat.photo(noise=0.0005, seed=2)), SCALE, SAME))
    assert found[Metric.PORES][0].value == 0.0
    assert np.isnan(found[Metric.PORE_DIAMETER][0].value)
    assert "no pore" in found[Metric.PORE_DIAMETER][0].flags[0].reason
