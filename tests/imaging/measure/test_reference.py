"""The reference skin takes camera and lamp out, and leaves what happened to the skin."""

import numpy as np
import pytest

from tracker.imaging import colour
from tracker.imaging.measure import reference
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.types import FlagCode, Metric
from tracker.phantom.optics import melanin_for_ita, skin_linear

N = 900


def skin(blood: np.ndarray, gains: tuple[float, float, float] = (1, 1, 1), seed: int = 0) -> SkinCells:
    """A patch of skin whose follow-up holds ``blood``, shape (n,), through a camera with other gains."""
    rng = np.random.default_rng(seed)
    melanin = melanin_for_ita(31.0) * rng.lognormal(0, 0.05, N)
    shade = rng.lognormal(0, 0.05, (N, 1))
    first, second = skin_linear(melanin, np.full(N, 0.007)), skin_linear(melanin, blood)
    side = int(np.sqrt(N))
    yy, xx = np.mgrid[0:side, 0:side] * 10.0
    return SkinCells(np.stack([xx.ravel(), yy.ravel()], 1), first * shade, second * shade * np.array(gains), 10.0, N)


def h_change(cells: SkinCells) -> np.ndarray:
    return np.asarray(colour.haemoglobin_index(cells.followup) - colour.haemoglobin_index(cells.baseline))


@pytest.mark.parametrize("gains", [(1.2, 1.0, 0.9), (0.7, 0.7, 0.7), (0.95, 1.02, 1.1)])
def test_camera_gains_are_taken_out(gains: tuple[float, float, float]) -> None:
    cells = skin(np.full(N, 0.007), gains)
    match = reference.match_colour(cells, None, calibrated=False)
    assert match is not None
    assert np.abs(h_change(match.apply(cells))).max() < 1e-6
    assert np.exp(match.log_gain) == pytest.approx(np.array(gains), rel=1e-6)


def test_a_reddened_third_hardly_moves_the_reference() -> None:
    blood = np.full(N, 0.007)
    blood[: N // 3] = 0.02
    match = reference.match_colour(skin(blood), None, calibrated=False)
    assert match is not None
    assert abs(100 * match.log_gain @ colour.HAEMOGLOBIN_WEIGHTS) < 0.5


def test_a_flush_of_all_skin_survives_where_the_surroundings_fix_the_white_balance() -> None:
    cells = skin(np.full(N, 0.02))
    loose = reference.match_colour(cells, None, calibrated=False)
    fixed = reference.match_colour(cells, np.zeros(3), calibrated=False)
    assert loose is not None
    assert fixed is not None
    assert np.median(h_change(loose.apply(cells))) == pytest.approx(0, abs=1e-6)
    assert np.median(h_change(fixed.apply(cells))) == pytest.approx(
        loose.skin_shift_h - reference.FLUSH_LIMIT_H, abs=1e-6
    )
    assert (loose.anchor, fixed.anchor) == ("skin", "surroundings")


def test_surroundings_give_the_white_balance_or_say_that_they_moved() -> None:
    rng = np.random.default_rng(1)
    wall = rng.uniform(0.2, 0.6, (N, 1)) * np.array([1.0, 0.98, 0.9])
    gains = np.array([1.1, 1.0, 0.92])
    steady = SkinCells(np.zeros((N, 2)), wall, wall * gains * rng.lognormal(0, 0.1, (N, 1)), 5.0, N)
    found = reference.steady_surroundings(steady)
    assert found is not None
    assert found - found.mean() == pytest.approx(np.log(gains) - np.log(gains).mean(), abs=0.002)
    moved = SkinCells(np.zeros((N, 2)), wall, wall * rng.lognormal(0, 0.1, (N, 3)), 5.0, N)
    assert reference.steady_surroundings(moved) is None


def test_too_little_skin_gives_no_reference_and_says_so() -> None:
    few = skin(np.full(N, 0.007)).keep(np.arange(N) < 30)
    assert reference.match_colour(few, None, calibrated=False) is None
    flag = reference.match_flags(None, calibrated=False)[0]
    assert flag.code == FlagCode.NO_REFERENCE
    assert Metric.REDNESS in flag.withholds


def test_hair_and_highlights_are_no_reference() -> None:
    cells = skin(np.full(N, 0.007))
    first, second = cells.baseline.copy(), cells.followup.copy()
    first[:50] = second[:50] = [0.02, 0.015, 0.01]  # hair
    first[50:100] = second[50:100] = [0.9, 0.9, 0.9]  # shine
    spoiled = SkinCells(cells.position.copy(), first, second, 10.0, N)
    plausible = reference.plausible_skin(spoiled)
    assert not plausible[:100].any()
    assert plausible[100:].mean() > 0.95


def test_weights_choose_the_skin_that_counts() -> None:
    blood = np.full(N, 0.007)
    blood[: N // 2] = 0.012
    cells = skin(blood)
    only_first = np.where(np.arange(N) < N // 2, 1.0, 0.0)
    match = reference.match_colour(cells, None, calibrated=False, weights=only_first)
    assert match is not None
    assert np.median(h_change(match.apply(cells))[: N // 2]) == pytest.approx(0, abs=0.05)
    assert np.median(h_change(match.apply(cells))[N // 2 :]) < -3


def test_the_reference_keeps_its_distance_from_the_region() -> None:
    cells = skin(np.full(N, 0.007))
    distance = np.hypot(*(cells.position - 145.0).T)
    left = reference.away_from(cells, distance, radius=40.0)
    assert np.hypot(*(left.position - 145.0).T).min() > 100.0


def test_skin_tone_is_that_of_the_skin_that_was_made() -> None:
    assert reference.skin_tone(skin(np.full(N, 0.007)).keep(np.ones(N, bool))) == pytest.approx(31.0, abs=4.0)
