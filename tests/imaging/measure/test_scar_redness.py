"""Redness of a scar against its ring: known blood, other lamps, words for stretch marks."""

import numpy as np
import pytest

from tracker.imaging.measure import scar_redness
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.types import FlagCode, Metric

SKIN = np.array([0.42, 0.27, 0.19])
BLOOD = np.array([0.266, 0.746, 0.611])


def cells(first, second, count=200, seed=0):
    rng = np.random.default_rng(seed)
    blotch = 1 + rng.normal(0, 0.02, (count, 3))
    position = rng.uniform(0, 100, (count, 2))
    noise = [1 + rng.normal(0, 0.003, (count, 3)) for _ in range(2)]
    return SkinCells(position, SKIN * first * blotch * noise[0], SKIN * second * blotch * noise[1], 2.0, count)


def blood(amount):
    return np.exp(-amount * BLOOD)


def test_blood_that_goes_is_read_and_lamp_and_camera_cancel():
    lamp = np.array([1.3, 1.0, 0.7])
    first, second = scar_redness.measure(cells(blood(0.3), blood(0.1) * lamp), cells(1.0, lamp, seed=1), "drawn")
    assert first.metric == Metric.SCAR_REDNESS
    assert first.unit == "H"
    assert first.value == pytest.approx(35.2 * 0.3, rel=0.05)  # H of a unit of blood density
    assert second.value == pytest.approx(35.2 * 0.1, abs=0.5)
    assert 0 < first.standard_error < 0.5


def test_dark_skin_is_divided_by_its_gain():
    pair = cells(blood(0.3), blood(0.3)), cells(1.0, 1.0, seed=1)
    plain, fair = (scar_redness.measure(*pair, "drawn", gain=gain)[0].value for gain in (1.0, 0.5))
    assert fair == pytest.approx(2 * plain)


@pytest.mark.parametrize(
    ("redness", "pigment", "word"), [(6.0, -4.0, "rubra"), (0.5, -4.0, "alba"), (-3.0, -2.0, "alba"), (0.5, 0.5, None)]
)
def test_a_stretch_mark_gets_its_word_with_the_figures(redness, pigment, word):
    flags = scar_redness.kind_of_mark(redness, pigment)
    if word is None:
        assert flags == ()
    else:
        assert word in flags[0].reason
        assert f"{redness:+.1f} H" in flags[0].reason
        assert flags[0].code == FlagCode.MARK_KIND
        assert flags[0].withholds == ()
