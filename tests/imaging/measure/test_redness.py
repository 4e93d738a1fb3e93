"""Redness against the optics that made it: dose, tone, exposure and shading."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from tracker.imaging.measure import redness
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.measure.errors import Doubt
from tracker.phantom.optics import melanin_for_ita, skin_linear

TONES = [62.0, 49.0, 31.0, 9.0, -6.0, -26.0, -44.0]
SIDE = 20


def cells(first: np.ndarray, second: np.ndarray) -> SkinCells:
    yy, xx = np.mgrid[0:SIDE, 0:SIDE] * 4.0
    light = [np.broadcast_to(v, (SIDE * SIDE, 3)).astype(float).copy() for v in (first, second)]
    return SkinCells(np.stack([xx.ravel(), yy.ravel()], 1), light[0], light[1], 4.0, SIDE * SIDE)


def change_of_h(pair: SkinCells, gain: float = 1.0) -> float:
    first, second = redness.measure(pair, "drawn", gain=gain)[0]
    return second.value - first.value


@pytest.mark.parametrize("ita", TONES)
def test_h_rises_with_every_dose_of_blood_at_every_tone(ita: float) -> None:
    melanin = melanin_for_ita(ita)
    doses = np.array([0.002, 0.004, 0.007, 0.012, 0.02, 0.035, 0.05, 0.07])
    values = [change_of_h(cells(skin_linear(melanin, 0.002), skin_linear(melanin, dose))) for dose in doses]
    assert spearmanr(doses, values).statistic == 1.0


@pytest.mark.parametrize("ita", TONES)
def test_a_moderate_erythema_reads_the_same_at_every_tone(ita: float) -> None:
    melanin = melanin_for_ita(ita)
    pair = cells(skin_linear(melanin, 0.007), skin_linear(melanin, 0.02))
    assert change_of_h(pair, gain=redness.tone_gain(ita)) == pytest.approx(13.85, rel=0.10)


@pytest.mark.parametrize("exposure", [0.5, 0.8, 1.2, 1.5])
def test_exposure_and_shading_do_not_change_h(exposure: float) -> None:
    skin = skin_linear(melanin_for_ita(31.0), 0.007)
    shading = np.linspace(0.7, 1.3, SIDE * SIDE)[:, None] * exposure
    assert abs(change_of_h(cells(skin, skin * shading))) < 0.2


def test_swapping_the_photos_turns_the_sign_exactly() -> None:
    melanin = melanin_for_ita(31.0)
    there = cells(skin_linear(melanin, 0.007), skin_linear(melanin, 0.02))
    back = there.__class__(there.position, there.followup.copy(), there.baseline.copy(), 4.0, SIDE * SIDE)
    assert change_of_h(there) == -change_of_h(back)


def test_the_three_indices_agree_in_direction_and_name_their_units() -> None:
    melanin = melanin_for_ita(31.0)
    rows = redness.measure(cells(skin_linear(melanin, 0.007), skin_linear(melanin, 0.02)), "drawn")
    assert [row[0].unit for row in rows] == ["H", "a*", "EI"]
    assert all(second.value > first.value for first, second in rows)


def test_tone_gain_is_clamped_and_dark_skin_is_told() -> None:
    assert redness.tone_gain(float("nan")) == 1.0
    assert redness.tone_gain(-90.0) >= 0.5
    assert redness.tone_flags(-50.0)
    assert not redness.tone_flags(10.0)


def test_scatter_of_untreated_skin_is_the_standard_error_and_grows_as_sensitivity_falls() -> None:
    skin = skin_linear(melanin_for_ita(31.0), 0.007)
    doubt = Doubt(np.diag([0.0, 0.02**2, 0.0]))
    plain, gained = (redness.measure(cells(skin, skin), "drawn", gain=g, doubt=doubt)[0][0] for g in (1.0, 0.5))
    assert plain.standard_error == pytest.approx(2.0 / np.sqrt(2), rel=0.02)
    assert gained.standard_error == pytest.approx(2 * plain.standard_error)


@pytest.mark.parametrize("ita", [52.0, 26.0, -8.0])
def test_shine_is_half_made_up_for_and_the_rest_lies_inside_the_scale_error(ita: float) -> None:
    melanin = melanin_for_ita(ita)
    tone = redness.tone_gain(ita)
    for shine in (0.0, 0.04):
        pair = [skin_linear(melanin, dose) + shine for dose in (0.007, 0.014)]
        fair = [skin_linear(melanin_for_ita(49.0), dose) for dose in (0.007, 0.014)]
        truth = change_of_h(cells(*fair))
        gain = tone * redness.surface_gain(pair[0])
        error = redness.scale_error(pair[0], ita, 0.0)
        assert abs(change_of_h(cells(*pair), gain=gain) - truth) < 1.96 * error * truth


def test_without_a_card_nothing_is_made_up_for_and_the_scale_is_less_sure() -> None:
    unknown, nan = np.full(3, np.nan), float("nan")
    assert redness.surface_gain(unknown) == 1.0
    skin = skin_linear(melanin_for_ita(31.0), 0.007)
    errors = [redness.scale_error(skin, 31.0, residual) for residual in (0.5, 2.0)]
    assert errors[0] < errors[1] < redness.scale_error(unknown, nan, nan)
