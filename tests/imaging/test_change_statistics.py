"""What the verdict promises over 2,000 simulated patients: false alarms, coverage, power, with few repeats and many."""

import numpy as np
import pytest
from scipy import stats

from tracker.imaging import change
from tracker.imaging.change.multiplicity import quantile

PATIENTS = 2000
SEM = 1.7


def pairs(truth: float, seed: int) -> np.ndarray:
    """(patients,) measured differences of two visits."""
    return np.random.default_rng(seed).normal(truth, np.sqrt(2) * SEM, PATIENTS)


def known_sem(df: int, seed: int) -> np.ndarray:
    """(patients,) SEM as each clinic would have found it from df degrees of freedom."""
    return SEM * np.sqrt(np.random.default_rng(seed).chisquare(df, PATIENTS) / df)


@pytest.mark.parametrize("df", [10, 20])
def test_t_quantiles_keep_false_alarms_at_five_percent_and_coverage_at_95(df: int) -> None:
    half = quantile(df) * np.sqrt(2) * known_sem(df, df)
    assert 0.03 <= np.mean(np.abs(pairs(0.0, df + 1)) > half) <= 0.07
    assert 0.93 <= np.mean(np.abs(pairs(4.0, df + 2) - 4.0) <= half) <= 0.97


@pytest.mark.parametrize("df", [5, 10, 19])
def test_with_few_repeats_the_product_is_more_cautious_still(df: int) -> None:
    noises = [change.Noise(float(sem), df, "simulated") for sem in known_sem(df, df)]
    half = np.array([noise.quantile * np.sqrt(2) * noise.sem_used for noise in noises])
    assert np.mean(np.abs(pairs(0.0, df + 1)) > half) <= 0.035


def test_power_reaches_eighty_percent_at_3_96_sem_and_rises_with_the_change() -> None:
    half = change.Noise(SEM, 1000, "simulated").quantile * np.sqrt(2) * SEM
    power = [np.mean(np.abs(pairs(truth * SEM, 9)) > half) for truth in (0, 1, 2, 3, 3.96, 5, 6)]
    assert power == sorted(power)
    assert power[4] == pytest.approx(0.80, abs=0.03)
    expected = stats.norm.sf(1.96 - np.array([0, 1, 2, 3, 3.96, 5, 6]) / np.sqrt(2))
    np.testing.assert_allclose(power[1:], expected[1:], atol=0.04)
