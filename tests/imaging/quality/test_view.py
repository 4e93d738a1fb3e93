"""The small copy that the checks look at."""

import numpy as np
import pytest

from tracker.imaging.quality import View
from tracker.imaging.types import Photo


def test_a_large_photo_is_looked_at_at_a_thousand_pixels():
    found = View.of(Photo("a", "0", np.full((1500, 3000, 3), 128, np.uint8)), np.ones((1500, 3000), bool))
    assert found.encoded.shape == (500, 1000, 3)
    assert found.scale == pytest.approx(1 / 3)
    assert found.log_light.mean() == pytest.approx(np.log(0.2158), abs=0.01)


def test_without_a_mask_the_middle_half_is_skin():
    found = View.of(Photo("a", "0", np.full((400, 800, 3), 128, np.uint8)), None)
    assert found.inside[200, 400]
    assert not found.inside[50, 400]
    assert found.inside.mean() == pytest.approx(0.25)


def test_no_skin_is_not_enough():
    assert not View.of(Photo("a", "0", np.full((400, 800, 3), 128, np.uint8)), np.zeros((400, 800), bool)).enough
