"""Pigment of a scar against its ring: known melanin, blood that is none, other exposure."""

import numpy as np
import pytest

from tracker.imaging.measure import scar_pigment
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.types import Metric

SKIN = np.array([0.42, 0.27, 0.19])
BLOOD, MELANIN = np.array([0.266, 0.746, 0.611]), np.array([0.323, 0.501, 0.803])


def cells(first, second):
    position = np.random.default_rng(0).uniform(0, 100, (100, 2))
    return SkinCells(position, SKIN * first * np.ones((100, 3)), SKIN * second * np.ones((100, 3)), 2.0, 100)


def test_melanin_is_read_and_exposure_cancels():
    first, second = scar_pigment.measure(
        cells(np.exp(-0.2 * MELANIN), 0.6 * np.exp(-0.1 * MELANIN)), cells(1.0, 0.6), "drawn"
    )
    assert first.metric == Metric.SCAR_PIGMENT
    assert first.unit == "MI"
    assert first.value == pytest.approx(2 * second.value, rel=0.02)
    assert first.value > 2


def test_blood_is_hardly_read_as_pigment():
    brown, red = (
        scar_pigment.measure(cells(np.exp(-0.2 * axis), np.exp(-0.2 * axis)), cells(1.0, 1.0), "drawn")[0].value
        for axis in (MELANIN, BLOOD)
    )
    assert abs(red) < 0.2 * brown
