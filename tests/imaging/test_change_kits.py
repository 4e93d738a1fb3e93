"""From pairs of photos of unchanged skin to the noise that verdicts use."""

from itertools import combinations

import numpy as np
import pytest

from tracker.errors import InvalidInput
from tracker.imaging.change import (
    UNJUDGED,
    Noise,
    NoiseModel,
    RepeatPair,
    Repeats,
    components_of,
    default_noise,
    judge,
    kit_noise,
    kits,
    two_level,
    withhold,
)
from tracker.imaging.types import Flag, FlagCode, Measurement, Metric

LOST = Flag(FlagCode.BLURRED, "Blurred.", withholds=(Metric.REDNESS,))
SEATS = ("1", "1", "2", "2")


def pairs(values, *, metric=Metric.REDNESS, regions=("chin",), gain=1.0, lost=()):
    """All pairs of every subject's four photos, as the engine judges them; ``lost`` are (subject, photo)."""
    out = []
    for subject, row in enumerate(values):
        for i, j in combinations(range(4), 2):
            gone = (subject, i) in lost or (subject, j) in lost
            both = [Measurement(metric, regions[0], row[k] / gain, "u") for k in (i, j)]
            changes = []
            for region in regions:
                pair = tuple(Measurement(metric, region, one.value, "u") for one in both)
                judged = judge(pair, UNJUDGED.look_up(metric, region, calibrated=False), gain=gain)
                changes.append(withhold(metric, region, "u", (LOST,)) if gone else judged)
            names = (f"{subject}{i}", f"{subject}{j}")
            out.append(RepeatPair(str(subject), (SEATS[i], SEATS[j]), names, False, tuple(changes)))
    return out


@pytest.fixture
def values():
    draw = np.random.default_rng(1)
    seat = np.repeat(draw.normal(0, 1.0, (40, 2)), 2, axis=1)
    return 60 + draw.normal(0, 5, (40, 1)) + seat + draw.normal(0, 0.5, (40, 4))


def test_noise_of_pairs_is_that_of_their_values(values):
    (one,) = components_of(pairs(values))
    assert (one.metric, one.kind, one.colour, one.photos, one.withheld) == (
        Metric.REDNESS,
        "chin",
        "uncalibrated",
        160,
        0,
    )
    known = two_level([[Repeats.of_values(SEATS, row)] for row in values])
    assert one.levels.session == pytest.approx(known.session)
    assert one.levels.photo == pytest.approx(known.photo)
    assert one.photo_share == pytest.approx(known.photo_variance / known.sem() ** 2)
    assert one.levels.icc() == pytest.approx(known.icc(), abs=0.01)  # a level is the mean of baselines


def test_the_gain_of_the_skin_tone_is_taken_out_again(values):
    (plain,) = components_of(pairs(values))
    (dark,) = components_of(pairs(values, gain=0.6))
    assert dark.levels.sem() == pytest.approx(plain.levels.sem())


def test_ratio_measures_are_kept_as_logarithms():
    draw = np.random.default_rng(2)
    values = np.exp(draw.normal(3, 0.5, (60, 1)) + draw.normal(0, 0.1, (60, 4)))
    (one,) = components_of(pairs(values, metric=Metric.ROUGHNESS))
    assert one.levels.sem() == pytest.approx(0.1, rel=0.15)
    assert one.sdc(0.1) == pytest.approx(100 * (np.exp(1.96 * np.sqrt(2) * 0.1) - 1), rel=0.001)


def test_both_cheeks_are_one_kind_and_count_once(values):
    (both,) = components_of(pairs(values, regions=("cheek_left", "cheek_right")))
    (one,) = components_of(pairs(values, regions=("cheek_left",)))
    assert both.kind == "cheek"
    assert both.levels == one.levels


def test_a_photo_that_spoils_its_pairs_is_left_out_and_counted(values):
    (one,) = components_of(pairs(values, lost={(0, 3), (5, 0)}))
    assert one.withheld == 6
    assert one.photos == 158
    assert one.levels.subjects == 40


def test_two_subjects_are_no_kit(values):
    assert components_of(pairs(values[:2])) == ()


def test_what_the_kit_lacks_comes_from_the_defaults_and_says_so(values):
    model = kit_noise(components_of(pairs(values)), "kit A")
    mine = model.look_up(Metric.REDNESS, "chin", calibrated=False)
    other = model.look_up(Metric.REDNESS, "nose", calibrated=False)
    assert mine.source.endswith("kit A")
    assert "not measured" not in mine.source
    assert other.sem == default_noise().look_up(Metric.REDNESS, "nose", calibrated=False).sem
    assert other.source.endswith("not measured with kit A")


def test_few_repeats_widen_the_limit_and_averaging_narrows_the_noise(values):
    few = kit_noise(components_of(pairs(values[:5])), "few").look_up(Metric.REDNESS, "chin", calibrated=False)
    assert few.df < 20
    assert few.sem_used > 1.15 * few.sem
    model = kit_noise(components_of(pairs(values)), "kit", photos=4)
    mean = model.look_up(Metric.REDNESS, "chin", calibrated=False)
    (one,) = components_of(pairs(values))
    assert mean.sem == pytest.approx(np.sqrt(one.levels.session_variance + one.levels.photo_variance / 4))
    assert "mean of 4 photos" in mean.source


def test_a_count_that_never_varied_is_not_taken_for_a_perfect_measure():
    found = components_of(pairs(np.full((5, 4), 3.0), metric=Metric.SPOTS))
    assert found[0].levels.sem() == 0
    model = kit_noise(found, "kit")
    assert "not measured with kit" in model.look_up(Metric.SPOTS, "chin", calibrated=False).source


def test_no_photos_cannot_be_averaged(values):
    with pytest.raises(InvalidInput, match="at least 1"):
        kit_noise(components_of(pairs(values)), "kit", photos=0)


def test_skin_on_which_the_defaults_are_noisier_stays_so(values, monkeypatch):
    key = Metric.REDNESS, "chin", "uncalibrated"
    dark = Metric.REDNESS, "chin dark", "uncalibrated"
    light = Metric.REDNESS, "chin light", "uncalibrated"
    table = {key: Noise(1.0, 50, "all"), dark: Noise(1.5, 50, "dark"), light: Noise(0.5, 50, "light")}
    monkeypatch.setattr(kits, "default_noise", lambda: NoiseModel("defaults", table))
    model = kit_noise(components_of(pairs(values)), "kit")
    mine = model.entries[key].sem
    for tone, expected in ((float("nan"), mine), (60.0, mine), (20.0, mine), (-50.0, 1.5 * mine)):
        assert model.look_up(Metric.REDNESS, "chin", calibrated=False, tone=tone).sem == pytest.approx(expected)
