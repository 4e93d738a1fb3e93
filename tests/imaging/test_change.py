"""Repeatability, verdicts and trend against simulated patients whose truth is known."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.imaging import change
from tracker.imaging.types import Flag, FlagCode, Measurement, Metric, Verdict

SEM = 1.0
KNOWN = change.Noise(SEM, 1000, "simulated")


def pair(first: float, second: float, metric: Metric = Metric.REDNESS) -> tuple[Measurement, Measurement]:
    return Measurement(metric, "drawn", first, "u"), Measurement(metric, "drawn", second, "u")


def verdicts(difference: float, n: int, noise: change.Noise = KNOWN, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).normal([20.0, 20.0 + difference], SEM, (n, 2))
    return np.array([change.judge(pair(*v), noise).verdict == Verdict.CHANGED for v in values])


def test_two_thousand_unchanged_patients_are_called_changed_in_three_to_seven_percent() -> None:
    assert 0.03 <= verdicts(0.0, 2000).mean() <= 0.07


def test_a_change_of_four_sem_is_found_in_eighty_percent() -> None:
    assert 0.77 <= verdicts(3.96 * SEM, 2000).mean() <= 0.83


@pytest.mark.parametrize("df", [10, 20])
def test_intervals_from_few_repeats_cover_the_truth(df: int) -> None:
    rng = np.random.default_rng(df)
    covered = []
    for _ in range(2000):
        repeats = rng.normal(0, SEM, (df, 2))
        noise = change.Noise(change.repeatability(repeats).sem, df, "simulated")
        low, high = change.judge(pair(*rng.normal([20.0, 23.0], SEM)), noise).interval
        covered.append(low <= 3.0 <= high)
    expected = (0.93, 0.97) if df >= change.FEW_DF else (0.95, 1.0)  # the upper limit is meant to be cautious
    assert expected[0] <= np.mean(covered) <= expected[1]


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(-20, 20))
def test_swapping_the_photos_turns_the_sign_and_a_constant_changes_nothing(a: float, b: float, k: float) -> None:
    there, back = change.judge(pair(a, b), KNOWN), change.judge(pair(b, a), KNOWN)
    assert there.change == -back.change
    assert there.verdict == back.verdict
    moved = change.judge(pair(a + k, b + k), KNOWN)
    assert moved.change == pytest.approx(there.change, abs=1e-9)
    assert moved.sdc == there.sdc


def test_ratio_measures_are_judged_on_logarithms_and_shown_in_percent() -> None:
    noise = change.Noise(0.05, 1000, "simulated")
    row = change.judge(pair(2.0, 3.0, Metric.ROUGHNESS), noise)
    assert row.change == pytest.approx(50.0)
    assert row.sdc == pytest.approx(100 * np.expm1(1.96 * np.sqrt(2) * 0.05), rel=1e-3)
    assert row.verdict == Verdict.CHANGED
    doubled = change.judge(pair(4.0, 6.0, Metric.ROUGHNESS), noise)
    assert doubled.change == pytest.approx(row.change)


def test_a_flag_that_withholds_the_measure_leaves_no_number() -> None:
    flag = Flag(FlagCode.LIGHT_DIFFERS, "Other lamp.", "Same lamp.", (Metric.REDNESS,))
    row = change.judge(pair(20, 40), KNOWN, (flag,))
    assert row.verdict == Verdict.NOT_ASSESSABLE
    assert np.isnan([row.baseline, row.followup, row.change, row.sdc, *row.interval]).all()
    assert flag in row.flags
    other = Flag(FlagCode.BLURRED, "Blurred.", "Focus.", (Metric.ROUGHNESS,))
    assert change.judge(pair(20, 40), KNOWN, (other,)).verdict == Verdict.CHANGED


def test_without_repeats_nothing_is_said() -> None:
    row = change.judge(pair(20, 40), None)
    assert row.verdict == Verdict.NOT_ASSESSABLE
    assert row.flags[0].code == FlagCode.TOO_FEW_REPEATS


def test_a_dark_skins_gain_widens_the_smallest_detectable_change() -> None:
    assert change.judge(pair(20, 22), KNOWN, gain=0.5).sdc == pytest.approx(2 * change.judge(pair(20, 22), KNOWN).sdc)


def test_an_uncertain_measurement_widens_the_smallest_detectable_change() -> None:
    first, second = pair(20, 24)
    sure = change.judge((first, second), KNOWN)
    unsure = change.judge((Measurement(Metric.REDNESS, "drawn", 20, "u", 3.0), second), KNOWN)
    assert unsure.sdc > 1.5 * sure.sdc


def test_repeatability_recovers_the_noise_that_was_put_in() -> None:
    rng = np.random.default_rng(1)
    subjects = rng.normal(20, 5, (400, 1))
    found = change.repeatability(subjects + rng.normal(0, 1.2, (400, 2)))
    assert found.sem == pytest.approx(1.2, rel=0.08)
    assert found.sdc == pytest.approx(2.77 * found.sem, rel=1e-2)
    assert found.icc == pytest.approx(25 / (25 + 1.44), abs=0.02)
    assert found.icc_interval[0] < found.icc < found.icc_interval[1]
    assert found.sem_interval[0] < 1.2 < found.sem_interval[1]


def test_icc_agrees_with_the_published_example() -> None:
    # Shrout and Fleiss 1979, table 2: 6 targets, 4 judges, ICC(2,1) = 0.29. doi:10.1037/0033-2909.86.2.420
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = change.repeatability(ratings)
    assert found.icc == pytest.approx(0.29, abs=0.005)
    assert found.icc_interval == pytest.approx((0.02, 0.76), abs=0.01)


def test_a_systematic_shift_between_repeats_counts_as_noise() -> None:
    first = np.arange(10.0)
    values = np.stack([first, first + 2.0], axis=1)
    found = change.repeatability(values)
    assert found.bias == pytest.approx(2.0)
    assert found.sem == pytest.approx(np.sqrt(2.0))


@pytest.mark.parametrize("values", [[[1.0, 2.0]], [[1.0], [2.0], [3.0]], [[np.nan, 1], [2, np.nan]]])
def test_too_few_repeats_are_refused(values: list[list[float]]) -> None:
    with pytest.raises(InvalidInput, match="at least 2 subjects"):
        change.repeatability(values)


def test_trend_finds_the_slope_and_its_interval_covers() -> None:
    rng = np.random.default_rng(2)
    times = np.array([0, 5, 10, 15, 20.0])
    slopes, covered = [], []
    for _ in range(1000):
        slope, (low, high) = change.trend(times, 30 - 0.4 * times + rng.normal(0, SEM, 5), SEM)
        slopes.append(slope)
        covered.append(low <= -0.4 <= high)
    assert np.mean(slopes) == pytest.approx(-0.4, abs=0.01)
    assert 0.93 <= np.mean(covered) <= 0.97


def test_trend_leaves_out_what_was_withheld_and_refuses_a_single_visit() -> None:
    slope, _ = change.trend([0, 1, 2, 3], [1.0, np.nan, 3.0, 4.0], SEM)
    assert slope == pytest.approx(1.0)
    with pytest.raises(InvalidInput, match="two times"):
        change.trend([1, 1, 2], [3.0, 4.0, np.nan], SEM)


def test_shuffled_sessions_show_no_trend() -> None:
    rng = np.random.default_rng(3)
    slopes = [change.trend(np.arange(6.0), rng.permutation(np.arange(6.0)), SEM)[0] for _ in range(500)]
    assert abs(np.mean(slopes)) < 0.05


def test_the_defaults_name_their_source_and_cover_the_colour_measures() -> None:
    model = change.default_noise()
    for metric in (Metric.REDNESS, Metric.REDNESS_A_STAR, Metric.REDNESS_LOG_RG, Metric.PIGMENT, Metric.EVENNESS):
        for calibrated in (True, False):
            noise = model.look_up(metric, "drawn", calibrated=calibrated)
            assert noise is not None
            assert noise.df >= 1
            assert any(character.isdigit() for character in noise.source)
    assert model.look_up(Metric.REDNESS, "cheek_left", calibrated=False) == model.look_up(
        Metric.REDNESS, "cheek_right", calibrated=False
    )


def test_a_noise_file_with_a_bad_entry_is_refused(tmp_path) -> None:
    path = tmp_path / "noise.toml"
    path.write_text(
        'name = "x"\n[source.s]\nwhat = "w"\n'
        '[[noise]]\nmetric = "redness"\nkind = "any"\ncolour = "calibrated"\nsem = -1.0\ndf = 5\nsource = "s"\n'
    )
    with pytest.raises(InvalidInput, match="positive SEM"):
        change.load_noise(path)


@given(st.floats(-30, 30), st.floats(0.1, 5), st.floats(0, 0.45))
@example(0.119192, 0.119192, 0.4375)
def test_an_interval_with_a_scale_error_contains_zero_exactly_where_nothing_is_called_changed(
    difference: float, half: float, scale: float
) -> None:
    low, high = change.interval(difference, half, scale)
    assert low <= difference + 1e-9
    assert difference <= high + 1e-9
    assert (low <= 0 <= high) == (abs(difference) <= half)
    assert change.interval(-difference, half, scale) == pytest.approx((-high, -low))
    assert change.interval(difference, half) == pytest.approx((difference - half, difference + half))


def test_intervals_cover_a_change_that_is_read_on_a_wrong_scale_at_every_size() -> None:
    rng = np.random.default_rng(8)
    scale = 0.08
    for truth in (0.0, 2.0, 8.0, 20.0):
        covered = []
        for _ in range(2000):
            read = truth * (1 + scale * rng.standard_normal()) + np.sqrt(2) * SEM * rng.standard_normal()
            first = Measurement(Metric.REDNESS, "drawn", 20.0, "H", scale_error=scale)
            second = Measurement(Metric.REDNESS, "drawn", 20.0 + read, "H", scale_error=scale)
            low, high = change.judge((first, second), KNOWN).interval
            covered.append(low <= truth <= high)
        assert 0.93 <= np.mean(covered) <= 0.97


def test_eight_read_as_seven_and_a_half_lies_inside_and_the_smallest_detectable_change_stays() -> None:
    def read(scale: float) -> tuple[Measurement, Measurement]:
        return (
            Measurement(Metric.REDNESS, "drawn", 10.0, "H", scale_error=scale),
            Measurement(Metric.REDNESS, "drawn", 17.5, "H", scale_error=scale),
        )

    sure = change.Noise(0.05, 1000, "simulated")
    plain, scaled = change.judge(read(0.0), sure), change.judge(read(0.05), sure)
    assert not plain.interval[0] <= 8.0 <= plain.interval[1]
    assert scaled.interval[0] <= 8.0 <= scaled.interval[1]
    assert scaled.sdc == plain.sdc
    assert scaled.scale_error == 0.05


def test_noise_of_a_skin_tone_goes_before_that_of_all_skin_but_not_before_a_kind_of_its_own() -> None:
    noises = {name: change.Noise(sem, 30, name) for sem, name in ((1.0, "any"), (2.0, "any dark"), (3.0, "drawn"))}
    model = change.NoiseModel("m", {(Metric.PIGMENT, name, "calibrated"): n for name, n in noises.items()})

    def found(region: str, tone: float = float("nan")) -> str:
        noise = model.look_up(Metric.PIGMENT, region, calibrated=True, tone=tone)
        assert noise is not None
        return noise.source

    assert found("nose", -40.0) == "any dark"
    assert found("nose", 50.0) == found("nose") == "any"
    assert found("drawn", -40.0) == "drawn"
    assert [change.kind_of_tone("any", ita) for ita in (50, 41, 10, -30, float("nan"))] == [
        "any light", "any medium", "any brown", "any dark", "any",
    ]  # fmt: skip
