"""The mean of several photos of one moment, against simulated visits whose truth is known."""

import math

import numpy as np
import pytest

from tracker.imaging import change
from tracker.imaging.change import average_bursts, average_changes
from tracker.imaging.types import Change, Flag, FlagCode, Measurement, Metric, Verdict

BLURRED = Flag(FlagCode.BLURRED, "Blurred.", "Hold still.", (Metric.REDNESS, Metric.ROUGHNESS))
SHINY = Flag(FlagCode.SPECULAR, "Shiny.", "Dab it dry.", (Metric.REDNESS,))
REMARK = Flag(FlagCode.UNCALIBRATED, "No card.")


def judged(first: float, second: float, sem: float, metric: Metric = Metric.REDNESS, *flags: Flag) -> Change:
    pair = Measurement(metric, "drawn", first, "u"), Measurement(metric, "drawn", second, "u")
    return change.judge(pair, change.Noise(sem, 1000, "simulated"), flags)


def row(difference: float, sem: float) -> Change:
    """What :func:`judged` gives, without asking for its quantile 50,000 times."""
    half = 1.959964 * math.sqrt(2) * sem
    verdict = Verdict.CHANGED if abs(difference) > half else Verdict.NO_DETECTABLE_CHANGE
    interval = (difference - half, difference + half)
    return Change(Metric.REDNESS, "drawn", "u", 20.0, 20.0 + difference, difference, half, interval, verdict)


def visits(rng: np.random.Generator, truth: float, photos: int, s_session: float, s_photo: float) -> change.BurstChange:
    """Two visits of several photos each, all compared with the first photo of the first visit."""
    before, after = (
        value + rng.normal(0, s_session) + rng.normal(0, s_photo, photos) for value in (20.0, 20.0 + truth)
    )
    sem = math.hypot(s_session, s_photo)
    later, earlier = ([row(value - before[0], sem) for value in side] for side in (after, before[1:]))
    return average_changes(later, earlier, photo_share=s_photo**2 / sem**2)


@pytest.mark.parametrize(("s_session", "s_photo"), [(1.0, 0.3), (0.6, 0.8), (0.1, 1.0)])
@pytest.mark.parametrize("photos", [2, 3, 5])
def test_unchanged_skin_is_called_changed_in_at_most_seven_percent(s_session, s_photo, photos) -> None:
    rng = np.random.default_rng(photos)
    found = [visits(rng, 0.0, photos, s_session, s_photo).change.verdict for _ in range(2000)]
    share = np.mean([verdict is Verdict.CHANGED for verdict in found])
    # Where the photos alone make the noise, the guard against their own scatter makes the verdict cautious.
    assert (0.015 if s_photo > s_session else 0.03) <= share <= 0.07


def test_three_photos_see_smaller_changes_as_the_two_level_noise_says() -> None:
    rng = np.random.default_rng(1)
    one, three = ([visits(rng, 3.0, m, 0.6, 0.8).change for _ in range(1500)] for m in (1, 3))
    assert np.median([answer.sdc for answer in one]) == pytest.approx(1.96 * math.sqrt(2) * 1.0, rel=1e-3)
    expected = 1.96 * math.sqrt(2) * math.sqrt(0.6**2 + 0.8**2 / 3)
    assert np.median([answer.sdc for answer in three]) == pytest.approx(expected, rel=0.01)
    covered = np.mean([answer.interval[0] <= 3.0 <= answer.interval[1] for answer in three])
    assert 0.93 <= covered <= 0.98
    power = [np.mean([one.verdict is Verdict.CHANGED for one in rows]) for rows in (one, three)]
    assert power[1] > power[0] + 0.2


def test_without_a_measured_share_averaging_earns_nothing() -> None:
    rows = [judged(10.0, 13.0, 1.0)] * 3
    mean = average_changes(rows, [judged(10.0, 10.0, 1.0)] * 2)
    assert mean.change.sdc == pytest.approx(rows[0].sdc)
    assert mean.change.change == pytest.approx(3.0)


def test_one_photo_is_its_own_mean() -> None:
    single = judged(10.0, 14.0, 1.0, Metric.REDNESS, REMARK)
    mean = average_changes([single])
    assert mean.change == single
    assert (mean.used, mean.photos, mean.used_before, mean.photos_before) == (1, 1, 1, 1)


def test_photos_that_scatter_widen_the_interval_again() -> None:
    calm = average_changes([judged(10.0, v, 1.0) for v in (12.9, 3.0 + 10.0, 13.1)], photo_share=1.0)
    wild = average_changes([judged(10.0, v, 1.0) for v in (5.0, 13.0, 21.0)], photo_share=1.0)
    assert wild.change.sdc > 4 * calm.change.sdc
    assert (calm.change.verdict, wild.change.verdict) == (Verdict.CHANGED, Verdict.NO_DETECTABLE_CHANGE)


def test_the_first_baseline_photo_is_not_the_zero_of_the_mean() -> None:
    later = [judged(10.0, 13.0, 1.0), judged(10.0, 15.0, 1.0)]
    mean = average_changes(later, [judged(10.0, 12.0, 1.0)]).change
    assert (mean.baseline, mean.followup, mean.change) == pytest.approx((11.0, 14.0, 3.0))


def test_ratios_are_averaged_as_logarithms() -> None:
    later = [judged(2.0, 4.0, 0.05, Metric.ROUGHNESS), judged(2.0, 1.0, 0.05, Metric.ROUGHNESS)]
    mean = average_changes(later).change
    assert mean.change == pytest.approx(0.0, abs=1e-9)
    assert mean.baseline == pytest.approx(2.0)
    assert mean.followup == pytest.approx(2.0)


def test_a_withheld_photo_is_left_out_of_that_measure_and_counted() -> None:
    rows = [
        [judged(10.0, 13.0, 1.0), judged(2.0, 2.5, 0.05, Metric.ROUGHNESS)],
        [judged(10.0, 99.0, 1.0, Metric.REDNESS, SHINY), judged(2.0, 2.5, 0.05, Metric.ROUGHNESS, SHINY)],
        [],
    ]
    redness, roughness = average_bursts(rows, [[judged(10.0, 10.0, 1.0, Metric.REDNESS, BLURRED)]])
    assert redness.change.change == pytest.approx(3.0)
    assert (redness.used, redness.photos, redness.used_before, redness.photos_before) == (1, 3, 1, 2)
    assert redness.left_out == 3
    assert (roughness.used, roughness.photos) == (2, 3)


def test_all_withheld_is_withheld_for_the_most_frequent_reason() -> None:
    rows = [judged(10.0, 13.0, 1.0, Metric.REDNESS, flag) for flag in (SHINY, BLURRED, BLURRED)]
    mean = average_changes(rows)
    assert mean.change.verdict is Verdict.NOT_ASSESSABLE
    assert math.isnan(mean.change.change)
    assert [flag.code for flag in mean.change.flags] == [FlagCode.BLURRED]
    assert mean.used == 0


def test_swapping_the_visits_turns_the_sign() -> None:
    there = average_changes([judged(10.0, 13.0, 1.0), judged(10.0, 14.0, 1.0)], photo_share=0.5).change
    back = average_changes([judged(10.0, 7.0, 1.0), judged(10.0, 6.0, 1.0)], photo_share=0.5).change
    assert there.change == pytest.approx(-back.change)
    assert there.sdc == pytest.approx(back.sdc)
    assert there.verdict is back.verdict
