"""Light and shade of a scar against its ring: known shade, colour that is none, the fall of the light."""

import numpy as np
import pytest

from tracker.imaging.measure import scar_contrast
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.types import Metric

SKIN = np.array([0.42, 0.27, 0.19])
BLOOD, MELANIN = np.array([0.266, 0.746, 0.611]), np.array([0.323, 0.501, 0.803])
POSITION = np.stack(np.meshgrid(np.arange(30.0), np.arange(30.0)), -1).reshape(-1, 2)
WALL = np.sin(2 * np.pi * POSITION[:, 0] / 10) * np.sqrt(2)  # unit SD
SLOPE = POSITION[:, 1] / 30


def cells(*logs):
    first, second = (SKIN * np.exp(each) for each in logs)
    return SkinCells(POSITION, first, second, 1.0, len(POSITION))


def grey(values):
    return np.repeat(values[:, None], 3, axis=1)


def test_shade_is_read_in_per_cent_and_the_fall_of_the_light_is_not():
    scar = cells(grey(0.10 * WALL + 0.3 * SLOPE), grey(0.05 * WALL - 0.3 * SLOPE))
    ring = cells(grey(0.02 * WALL), grey(0.02 * WALL + 0.2 * SLOPE))
    first, second = scar_contrast.measure(scar, ring, "drawn")
    assert first.metric == Metric.SCAR_CONTRAST
    assert first.unit == "% contrast"
    assert first.value == pytest.approx(8.0, abs=0.3)
    assert second.value == pytest.approx(3.0, abs=0.3)
    assert first.standard_error > 0


@pytest.mark.parametrize("axis", [BLOOD, MELANIN])
def test_a_blotch_of_blood_or_melanin_is_no_shade(axis):
    blotchy = -0.3 * WALL[:, None] * axis
    plain = np.zeros((len(POSITION), 3))
    assert abs(scar_contrast.measure(cells(blotchy, blotchy), cells(plain, plain), "drawn")[0].value) < 0.1


def test_a_scar_smoother_than_its_skin_is_below_0():
    scar, ring = cells(grey(0.01 * WALL), grey(0.01 * WALL)), cells(grey(0.04 * WALL), grey(0.04 * WALL))
    assert scar_contrast.measure(scar, ring, "drawn")[0].value == pytest.approx(-3.0, abs=0.2)
