"""The course of one patient over a series, against simulated patients whose truth is known."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tracker.imaging.change.progress import FEWEST_SESSIONS, Trend, course

SEM = 1.3
TIMES = np.array([0, 35, 70, 105, 195.0])
PATIENTS = 2000


def patients(total: float, seed: int = 1, times: np.ndarray = TIMES) -> np.ndarray:
    """(patients, sessions): a straight course with a true change over the series, and repeat noise."""
    noise = np.random.default_rng(seed).normal(0, SEM, (PATIENTS, len(times)))
    return 20 + total * (times - times[0]) / np.ptp(times) + noise


@pytest.mark.parametrize("total", [0.0, -4.0])
def test_intervals_of_the_total_change_cover_the_truth(total: float) -> None:
    found = [course(TIMES, row, SEM) for row in patients(total)]
    assert 0.93 <= np.mean([one.interval[0] <= total <= one.interval[1] for one in found]) <= 0.97
    assert np.mean([one.total for one in found]) == pytest.approx(total, abs=0.15)


def test_two_thousand_unchanged_patients_show_a_trend_in_three_to_seven_percent() -> None:
    trends = [course(TIMES, row, SEM).trend for row in patients(0.0, 2)]
    assert 0.03 <= np.mean([one in (Trend.FALLS, Trend.RISES) for one in trends]) <= 0.07


@pytest.mark.parametrize("df", [10, 20])
def test_few_repeats_behind_the_noise_are_allowed_for(df: int) -> None:
    rng = np.random.default_rng(df)
    known = SEM * np.sqrt(rng.chisquare(df, PATIENTS) / df)
    pairs = zip(patients(0.0, 3), known, strict=True)
    found = [course(TIMES, row, sem, df=df).trend for row, sem in pairs]
    assert 0.03 <= np.mean([one in (Trend.FALLS, Trend.RISES) for one in found]) <= 0.07


def test_five_equally_spaced_sessions_say_more_than_the_first_and_the_last() -> None:
    found = course(np.arange(5.0), np.zeros(5), 1.0)
    half = (found.interval[1] - found.interval[0]) / 2
    assert half / stats.norm.ppf(0.975) == pytest.approx(1.26, abs=0.01)
    assert half / stats.norm.ppf(0.975) < np.sqrt(2)


def test_a_steady_fall_is_named_and_turned_round_it_is_a_rise() -> None:
    values = 20 - 8 * TIMES / 195
    assert course(TIMES, values, SEM).trend is Trend.FALLS
    assert course(TIMES, values[::-1], SEM).trend is Trend.RISES
    assert course(TIMES, values, SEM).total == pytest.approx(-8)


@given(st.lists(st.floats(-20, 20), min_size=5, max_size=5), st.floats(-50, 50))
def test_a_constant_changes_nothing_and_a_minus_turns_the_sign(values: list[float], constant: float) -> None:
    there = course(TIMES, values, SEM)
    moved, turned = course(TIMES, np.array(values) + constant, SEM), course(TIMES, -np.array(values), SEM)
    assert moved.total == pytest.approx(there.total, abs=1e-9)
    assert turned.total == pytest.approx(-there.total, abs=1e-12)
    assert turned.p_value == pytest.approx(there.p_value)


def test_shuffling_the_sessions_kills_the_trend() -> None:
    rng = np.random.default_rng(4)
    rows = patients(-8.0, 4)[:500]
    assert np.mean([course(TIMES, row, SEM).trend is Trend.FALLS for row in rows]) > 0.95
    shuffled = [course(TIMES, rng.permutation(row), SEM) for row in rows]
    assert abs(np.mean([one.total for one in shuffled])) < 0.6
    assert np.mean([one.trend in (Trend.FALLS, Trend.RISES) for one in shuffled]) < 0.2


def test_p_value_agrees_with_that_of_all_orders_of_the_sessions() -> None:
    times = np.arange(6.0)
    orders = np.array(list(permutations(range(6))))
    pairs = []
    for row in patients(-3.0, 5, times)[:100]:
        found = course(times, row, SEM)
        slopes = (row[orders] - row.mean()) @ (times - times.mean()) / ((times - times.mean()) ** 2).sum()
        pairs.append((found.p_value, np.mean(np.abs(slopes) >= abs(found.slope) - 1e-12)))
    assert stats.spearmanr(pairs).statistic > 0.75  # six sessions: the orders know the scatter less well than the kit
    assert np.median(np.subtract(*np.array(pairs).T)) == pytest.approx(0.0, abs=0.05)


def test_withheld_sessions_are_left_out_and_too_few_are_said_to_be() -> None:
    gaps = course(TIMES, [20, np.nan, 16, np.nan, 12], SEM)
    assert (gaps.sessions, gaps.trend) == (3, Trend.FALLS)
    few = course(TIMES, [20, np.nan, np.nan, np.nan, 12], SEM)
    assert (few.sessions, few.trend) == (2, Trend.TOO_FEW)
    assert np.isnan([few.slope, few.total, *few.interval, few.p_value]).all()
    assert course([0, 0, 0, 35], [1, 1, 1, 9], SEM).trend is Trend.TOO_FEW
    assert FEWEST_SESSIONS == 3


def test_a_course_that_is_no_line_has_a_wider_interval() -> None:
    bent = course(np.arange(5.0), [0, -9, -10, -10, 0.0], SEM)
    straight = course(np.arange(5.0), [0, 0, 0, 0, 0.0], SEM)
    assert bent.scatter > 3
    assert np.ptp(bent.interval) == pytest.approx(bent.scatter * np.ptp(straight.interval))


def test_an_uncertain_session_weighs_in_the_interval() -> None:
    sure, unsure = course(TIMES, np.zeros(5), SEM), course(TIMES, np.zeros(5), [SEM, SEM, SEM, SEM, 3 * SEM])
    assert np.ptp(unsure.interval) > 1.5 * np.ptp(sure.interval)


def test_more_regions_ask_for_more() -> None:
    once, thrice = course(TIMES, np.zeros(5), SEM), course(TIMES, np.zeros(5), SEM, level=0.05 / 3)
    ratio = stats.norm.ppf(1 - 0.025 / 3) / stats.norm.ppf(0.975)
    assert np.ptp(thrice.interval) / np.ptp(once.interval) == pytest.approx(ratio)
