"""Pigment against the optics that made it: melanin in, blood out."""

import numpy as np
import pytest

from tracker.imaging import colour
from tracker.imaging.measure import pigment
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.types import Metric
from tracker.phantom.optics import melanin_for_ita, skin_linear

TONES = [62.0, 31.0, 9.0, -26.0, -44.0]
SIDE = 30


def cells(first: np.ndarray, second: np.ndarray) -> SkinCells:
    yy, xx = np.mgrid[0:SIDE, 0:SIDE] * 4.0
    light = [np.broadcast_to(v, (SIDE * SIDE, 3)).astype(float).copy() for v in (first, second)]
    return SkinCells(np.stack([xx.ravel(), yy.ravel()], 1), light[0], light[1], 4.0, SIDE * SIDE)


def measured(pair: SkinCells) -> dict[Metric, tuple[float, float]]:
    h = float(np.median(colour.haemoglobin_index(pair.baseline)))
    return {first.metric: (first.value, second.value) for first, second in pigment.measure(pair, h, "drawn")}


@pytest.mark.parametrize("ita", TONES)
def test_melanin_raises_pigment_at_every_tone(ita: float) -> None:
    melanin = melanin_for_ita(ita)
    values = [
        measured(cells(skin_linear(melanin, 0.007), skin_linear(melanin * f, 0.007)))[Metric.PIGMENT][1]
        for f in (0.6, 0.8, 1.0, 1.25, 1.6)
    ]
    assert (np.diff(values) > 0).all()


@pytest.mark.parametrize("ita", TONES)
def test_blood_fakes_less_than_a_quarter_of_what_it_fakes_uncorrected(ita: float) -> None:
    melanin = melanin_for_ita(ita)
    first, second = skin_linear(melanin, 0.007), skin_linear(melanin, 0.02)
    pair = measured(cells(first, second))[Metric.PIGMENT]
    uncorrected = float(colour.melanin_index(second) - colour.melanin_index(first))
    assert abs(pair[1] - pair[0]) < 0.25 * uncorrected


def test_evenness_sees_blotches_and_not_a_gradient_of_shade() -> None:
    rng = np.random.default_rng(0)
    melanin = melanin_for_ita(31.0)
    plain = np.broadcast_to(skin_linear(melanin, 0.007), (SIDE * SIDE, 3))
    gradient = plain * np.linspace(0.9, 1.1, SIDE * SIDE)[:, None]
    blotched = skin_linear(melanin * rng.lognormal(0, 0.3, SIDE * SIDE), np.full(SIDE * SIDE, 0.007))
    assert measured(cells(plain, gradient))[Metric.EVENNESS][1] < 0.2
    assert measured(cells(plain, blotched))[Metric.EVENNESS][1] > 0.5


def test_spots_count_the_share_that_is_darker_than_around() -> None:
    melanin = np.full((SIDE, SIDE), melanin_for_ita(31.0))
    spotted = melanin.copy()
    spotted[5:8, 5:8] *= 3.0
    spotted[20:23, 12:15] *= 3.0
    blood = np.full(SIDE * SIDE, 0.007)
    pair = cells(skin_linear(melanin.ravel(), blood), skin_linear(spotted.ravel(), blood))
    first, second = measured(pair)[Metric.SPOTS]
    assert first == 0.0
    assert second == pytest.approx(100 * 18 / SIDE**2, rel=0.1)
