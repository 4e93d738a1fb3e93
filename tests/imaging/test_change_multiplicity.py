"""Holm over the figures of a pair: 2,000 patients in whom nothing has changed, and identities that must hold."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from tracker.imaging import change
from tracker.imaging.change.multiplicity import (
    declared,
    difference,
    holm_level,
    p_value,
    percent,
    quantile,
    standard_error,
)
from tracker.imaging.types import Change, FlagCode, Measurement, Metric, Verdict

METRICS = (
    Metric.REDNESS,
    Metric.PIGMENT,
    Metric.EVENNESS,
    Metric.SPOTS,
    Metric.ROUGHNESS,
    Metric.WRINKLES,
    Metric.PORES,
    Metric.SCAR_AREA,
    Metric.WRINKLE_CONTRAST,
    Metric.PORE_AREA,
)
REGIONS = ("cheek_left", "cheek_right", "forehead")
PATIENTS = 2000
NOISE = change.Noise(0.05, 1000, "simulated")


def judged(metric: Metric, region: str, z: float, noise: change.Noise = NOISE) -> Change:
    """The change of a measure that moved by z standard errors."""
    start = 10.0
    moved = z * np.sqrt(2) * noise.sem_used
    end = start * np.exp(moved) if metric in change.LOG_METRICS else start + moved
    return change.judge((Measurement(metric, region, start, "u"), Measurement(metric, region, end, "u")), noise)


def patients(correlation: float, seed: int) -> np.ndarray:
    """(patients, 30) standard normal: figures of one patient share a part of their noise, as those of one photo do."""
    rng = np.random.default_rng(seed)
    own, shared = rng.normal(size=(PATIENTS, 30)), rng.normal(size=(PATIENTS, 1))
    return np.sqrt(1 - correlation) * own + np.sqrt(correlation) * shared


def any_found(z: np.ndarray) -> float:
    """Share of patients (rows) in whom a family with these z values shows any change, after Holm."""
    p = 2 * stats.norm.sf(np.abs(z))
    return float(np.mean([row.min() <= holm_level(row) for row in p]))


@pytest.mark.parametrize(("correlation", "alone"), [(0.0, (0.76, 0.81)), (0.3, (0.55, 0.76))])
def test_chance_alone_changes_something_in_four_of_five_patients_but_in_one_of_twenty_once_declared(
    correlation: float, alone: tuple[float, float]
) -> None:
    z = patients(correlation, 7)
    noise = 2 * np.sqrt(0.05 * 0.95 / PATIENTS)
    primary, others = any_found(z[:, :3]), any_found(z[:, 3:])
    assert alone[0] <= np.mean((np.abs(z) > 1.96).any(1)) <= alone[1]
    assert primary <= 0.05 + noise
    assert others <= 0.05 + noise
    assert min(primary, others) > 0.02, "a procedure that never finds anything would pass too"


def test_the_verdicts_of_whole_answers_are_those_of_the_simulation() -> None:
    z = patients(0.3, 8)[:60] * 1.4  # wider than chance, so that something is found
    names = [(metric, region) for metric in METRICS for region in REGIONS]
    for line in z:
        told = declared([judged(*name, value) for name, value in zip(names, line, strict=True)], Metric.REDNESS)
        found = [row.verdict is Verdict.CHANGED for row in told]
        p = 2 * stats.norm.sf(np.abs(line))
        assert found == [*(p[:3] <= holm_level(p[:3])), *(p[3:] <= holm_level(p[3:]))]


@pytest.mark.parametrize("df", [8, 15, 1000])
def test_the_p_value_comes_back_from_what_is_printed(df: int) -> None:
    noise = change.Noise(0.05, df, "simulated")
    for metric in (Metric.REDNESS, Metric.ROUGHNESS):
        row = judged(metric, "drawn", 2.4, noise)
        expected = 2 * (stats.t.sf(2.4, df) if df < change.FEW_DF else stats.norm.sf(2.4))
        assert p_value(row) == pytest.approx(expected, rel=1e-9)
        assert standard_error(row) == pytest.approx(np.sqrt(2) * noise.sem_used)
        assert difference(row) == pytest.approx(2.4 * standard_error(row))


values = st.lists(st.floats(-6, 6), min_size=2, max_size=30)


@settings(max_examples=30, deadline=None)  # statsmodels collects garbage at each call
@given(values, st.sampled_from([9, 1000]))
def test_verdicts_are_holms_and_agree_with_what_is_printed(z: list[float], df: int) -> None:
    noise = change.Noise(0.05, df, "simulated")
    names = [(metric, region) for metric in METRICS[1:] for region in REGIONS]
    rows = [judged(*name, value, noise) for name, value in zip(names, z, strict=False)]
    told = declared(rows, Metric.REDNESS)
    if len(told) > 1:
        expected = multipletests([p_value(row) for row in rows], alpha=0.05, method="holm")[0]
        assert [row.verdict is Verdict.CHANGED for row in told] == list(expected)
    for before, after in zip(rows, told, strict=True):
        low, high = after.interval
        assert (after.verdict is Verdict.CHANGED) == (low > 0 or high < 0)
        assert after.sdc >= before.sdc * (1 - 1e-12)
        assert p_value(after) == pytest.approx(p_value(before), rel=1e-6, abs=1e-12)
        assert (after.change, after.baseline, after.followup) == (before.change, before.baseline, before.followup)


def test_declaring_twice_changes_nothing() -> None:
    rows = [judged(metric, region, 1.5 + len(region) / 3) for metric in METRICS for region in REGIONS]
    once = declared(rows, Metric.REDNESS)
    twice = declared(once, Metric.REDNESS)
    assert [row.verdict for row in once] == [row.verdict for row in twice]
    np.testing.assert_allclose([row.sdc for row in once], [row.sdc for row in twice], rtol=1e-9)
    assert all(len([f for f in row.flags if f.code is FlagCode.MANY_MEASURES]) == 1 for row in twice)


def test_the_primary_measure_in_one_region_is_left_as_it_was() -> None:
    rows = [judged(Metric.REDNESS, "drawn", 2.1), judged(Metric.PIGMENT, "drawn", 2.1), judged(Metric.SPOTS, "x", 0.1)]
    told = declared(rows, Metric.REDNESS)
    assert told[0] is rows[0]
    assert (rows[1].verdict, told[1].verdict) == (Verdict.CHANGED, Verdict.NO_DETECTABLE_CHANGE)
    (remark,) = told[1].flags
    assert "1 other figure " in remark.reason
    assert "97.5 %" in remark.reason
    assert percent(told[1].level) == "97.5"


def test_what_was_withheld_takes_no_part_in_the_family() -> None:
    lost = change.withhold(Metric.SPOTS, "drawn", "%", ())
    rows = [judged(Metric.PIGMENT, "drawn", 2.1), lost]
    assert declared(rows, Metric.REDNESS) == tuple(rows)
    assert declared([], Metric.REDNESS) == ()


def test_few_repeats_keep_their_wider_tails() -> None:
    few, many = change.Noise(0.05, 8, "s"), change.Noise(0.05, 1000, "s")
    rows = [replace(judged(Metric.PIGMENT, region, 3.0, few)) for region in REGIONS]
    told = declared(rows, Metric.REDNESS)
    assert told[0].sdc / rows[0].sdc == pytest.approx(quantile(8, told[0].level) / quantile(8))
    assert told[0].sdc / rows[0].sdc > quantile(np.inf, told[0].level) / quantile(np.inf)
    assert judged(Metric.PIGMENT, "x", 0, many).df == np.inf
