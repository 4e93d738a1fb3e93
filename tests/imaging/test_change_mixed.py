"""Many patients of one protocol, simulated: the model finds what was put in and never falls over what is missing."""

import numpy as np
import pytest

from tracker.errors import InvalidInput
from tracker.imaging.change.mixed import FEWEST_PATIENTS, mean_change, shrunken, slope


def cohort(seed, n=30, visits=5, fall=-1.0, between=0.5, missing=0.2, shift=0.0):
    """Codes, months, values, set-ups; later visits of a set-up are higher by ``shift``."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(n):
        start, own = 20 + rng.normal(0, 4), fall + rng.normal(0, between)
        for visit in range(visits):
            if visit == 0 or rng.random() >= missing:
                kit = "B" if rng.random() < 0.4 and visit else "A"
                value = start + own * visit + rng.normal(0, 1) + (shift if kit == "B" else 0)
                rows.append((f"P-{person}", float(visit), value, kit))
    codes, months, values, kits = zip(*rows, strict=True)
    return codes, months, np.array(values), kits


@pytest.mark.parametrize(("visits", "method"), [(3, "random intercept per"), (5, "random intercept and slope per")])
def test_the_model_recovers_a_known_slope_with_visits_missing(visits, method):
    found = [slope(*cohort(seed, visits=visits)[:3]) for seed in range(40)]
    assert all(method in one.method for one in found)
    assert np.mean([one.value for one in found]) == pytest.approx(-1.0, abs=0.1)  # SE of the mean of 40: 0.026
    assert np.mean([one.interval[0] <= -1 <= one.interval[1] for one in found]) >= 0.85  # 40 draws of 95 %
    assert all(20 < one.patients <= 30 for one in found)  # who has only a baseline takes no part


def test_patients_who_respond_differently_widen_the_interval_even_with_few_visits():
    covered = []
    for seed in range(60):
        low, high = slope(*cohort(seed, visits=3, between=2.0)[:3]).interval
        covered.append(low <= -1 <= high)
    assert np.mean(covered) >= 0.88  # 83 % by the model alone


def test_no_slope_is_found_where_there_is_none():
    found = [slope(*cohort(seed, fall=0.0)[:3]) for seed in range(20)]
    assert np.mean([one.interval[0] > 0 or one.interval[1] < 0 for one in found]) <= 0.2


def test_a_shift_between_set_ups_is_told_from_the_slope():
    codes, months, values, kits = cohort(3, shift=6.0, n=60)
    assert slope(codes, months, values, kits).value == pytest.approx(-1.0, abs=0.3)
    assert "2 set-ups" in slope(codes, months, values, kits).remarks[0]


def test_a_set_up_that_goes_with_time_is_left_out_and_said():
    codes, months, values, _ = cohort(4, visits=2, missing=0.0)
    found = slope(codes, months, values, ["B" if month else "A" for month in months])
    assert np.isfinite(found.value)
    assert "cannot be told from the change" in found.remarks[0]


@pytest.mark.parametrize("values", ["constant", "exact line", "one value each", "withheld"])
def test_degenerate_data_end_in_a_sentence_or_a_number_never_in_a_warning(values):
    codes = np.repeat([f"P-{n}" for n in range(8)], 4)
    months = np.tile(np.arange(4.0), 8)
    y = {
        "constant": np.full(32, 7.0),
        "exact line": 20 - 2 * months,
        "one value each": np.where(months == 0, 5.0, np.nan),
        "withheld": np.full(32, np.nan),
    }[values]
    found = slope(codes, months, y)
    if values in ("one value each", "withheld"):
        assert np.isnan(found.value)
        assert "too few to say" in found.remarks[0]
    else:
        assert found.value == pytest.approx(0.0 if values == "constant" else -2.0, abs=1e-6)
        assert found.interval[0] <= found.value <= found.interval[1]


def test_fewer_than_five_patients_are_too_few_to_say():
    found = slope(*cohort(1, n=FEWEST_PATIENTS - 1)[:3])
    assert np.isnan([found.value, *found.interval]).all()
    assert "4 patients" in found.remarks[0]
    assert np.isfinite(slope(*cohort(1, n=FEWEST_PATIENTS, missing=0.0)[:3]).value)
    assert "too few to say" in mean_change([1.0, 2.0, np.nan, 3.0, 4.0]).remarks[0]


def test_shrunken_changes_lie_nearer_to_the_truth_than_raw_ones():
    rng = np.random.default_rng(5)
    truth = rng.normal(-4, 1.5, 300)
    errors = rng.uniform(1, 3, 300)
    raw = truth + rng.normal(0, errors)
    found = shrunken(raw, errors)
    assert found.mean == pytest.approx(-4, abs=0.3)
    assert found.spread == pytest.approx(1.5, abs=0.4)
    assert np.mean((found.values - truth) ** 2) < 0.6 * np.mean((raw - truth) ** 2)
    assert (np.abs(found.values - found.mean) <= np.abs(raw - found.mean) + 1e-12).all()


def test_differences_that_are_all_noise_are_drawn_to_the_mean():
    found = shrunken([-4.0, -4.1, -3.9, -4.05], [2.0] * 4)
    assert found.spread == 0
    np.testing.assert_allclose(found.values, found.mean)
    with pytest.raises(InvalidInput, match="at least 2"):
        shrunken([1.0], [1.0])
    with pytest.raises(InvalidInput, match="positive standard error"):
        shrunken([1.0, 2.0], [1.0, 0.0])


def test_bootstrap_covers_the_mean_and_repeats_itself():
    rng = np.random.default_rng(6)
    covered = []
    for _ in range(40):
        low, high = mean_change(rng.normal(-3, 2, 25)).interval
        covered.append(low <= -3 <= high)
    assert np.mean(covered) >= 0.82  # 40 draws of about 93 %
    same = rng.normal(-3, 2, 25)
    assert mean_change(same).interval == mean_change(same).interval
    assert mean_change(np.full(6, -2.0)).interval == (-2.0, -2.0)
