import numpy as np
import pytest

from tracker.phantom import vessels
from tracker.phantom.sites import SITES

SHAPE, SCALE = (600, 800), 10.0


def test_freckles_raise_melanin_in_spots():
    field = vessels.freckles(SHAPE, SCALE, 2.0, np.random.default_rng(1))
    assert field.min() >= 0
    assert 0.002 < (field > 0.05).mean() < 0.2


def test_capillaries_are_thin():
    field = vessels.capillaries(SHAPE, SCALE, np.random.default_rng(3))
    assert field.max() > 0.2
    assert (field > 0.2).mean() < 0.02


def test_veins_are_broad_and_soft():
    field = vessels.deep_veins(SHAPE, SCALE, np.random.default_rng(2))
    assert 0.02 < (field > 0.2).mean() < 0.5
    assert np.abs(np.diff(field, axis=0)).max() < 0.1


@pytest.mark.parametrize(("site", "sparse"), [("forearm", False), ("patch", True)])
def test_hair_grows_where_the_site_has_it(site, sparse):
    found = vessels.hairs(SHAPE, SCALE, SITES[site], np.random.default_rng(1))
    cover = vessels.hair_cover(found, SHAPE)
    assert (len(found) == 0) == sparse
    assert (cover.max() > 0.1) == (not sparse)
    assert cover.mean() < 0.1
