"""How a network is asked about a view and weighed: with stand-ins whose answer is known."""

import numpy as np
import pytest

from tracker.imaging.outline import reading
from tracker.imaging.outline.channels import CHANNELS
from tracker.imaging.outline.evidence import View
from tracker.imaging.types import Box

PLACE = CHANNELS.index("place")
EVIDENCE = CHANNELS.index("evidence")


def view(height=90, width=150, seed=0):
    linear = np.random.default_rng(seed).uniform(0.2, 0.5, (height, width, 3)).astype(np.float32)
    return View(Box(0, 0, width, height), linear, np.ones((height, width), bool))


class Echo:
    """Two members that answer one of the planes, and remember what they were shown."""

    def __init__(self, plane):
        self.plane, self.shown = plane, None

    def __call__(self, planes):
        self.shown = planes
        return np.stack([planes[:, self.plane], 2 * planes[:, self.plane]])


def test_flips_are_undone_before_they_are_averaged():
    seen = view()
    y, x = np.mgrid[:90, :150].astype(np.float32)
    place = (x / 150 + y / 900 - 0.5).astype(np.float32)  # no flip maps it on itself
    echo = Echo(PLACE)
    odds = reading.network_odds(seen, place, np.full(place.shape, 0.5, np.float32), echo)
    assert odds.shape == (2, 90, 150)
    np.testing.assert_allclose(odds[0], place, atol=1e-6)
    np.testing.assert_allclose(odds[1], 2 * place, atol=1e-6)


def test_the_network_sees_sides_that_are_multiples_of_sixteen_and_no_prompt_in_the_padding():
    place = np.full((90, 150), 0.3, np.float32)
    echo = Echo(PLACE)
    reading.network_odds(view(), place, np.full(place.shape, 0.5, np.float32), echo)
    assert echo.shown.shape == (len(reading.LOOKS), len(CHANNELS), 96, 160)
    assert echo.shown.dtype == np.float32
    assert (echo.shown[0, PLACE, 90:] == -1).all()
    assert (echo.shown[0, EVIDENCE, 90:] == -1).all()


def test_without_a_prompt_place_and_evidence_are_silent():
    echo = Echo(PLACE)
    odds = reading.network_odds_once([view(seed=one) for one in range(6)], echo)
    assert odds.shape == (2, 6, 90, 150)
    assert not echo.shown[0, PLACE].any()
    np.testing.assert_allclose(echo.shown[0, EVIDENCE], 0, atol=1e-5)


@pytest.mark.parametrize("weight", [0.2, 0.5, 0.8])
def test_two_voices_that_agree_are_kept_and_two_that_differ_cancel(weight):
    colours = [np.full((4, 4), 0.9, np.float32)]
    agreed = reading.weighed(colours, np.full((1, 4, 4), np.log(9), np.float32), weight)
    np.testing.assert_allclose(agreed[0], 0.9, atol=1e-3)
    odds = np.full((1, 4, 4), np.clip(-np.log(9) * (1 - weight) / weight, -reading.SURE, None), np.float32)
    middle = reading.weighed(colours, odds, weight)[0].mean()
    assert middle == pytest.approx(0.5, abs=0.001) if weight > 0.3 else middle > 0.5


def test_the_network_counts_more_for_a_faint_lesion():
    weights = [reading.network_weight(contrast) for contrast in (0.0, 2.5, 2.8, 3.2, 3.5, 9.0)]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > weights[-1]
    assert all(0 <= weight <= 1 for weight in weights)


@pytest.mark.parametrize("count", [1, 3, 5, 7])
def test_any_number_of_members_is_paired(count):
    colours = [np.full((4, 4), p, np.float32) for p in (0.2, 0.4, 0.5, 0.6, 0.8)]
    assert len(reading.weighed(colours, np.zeros((count, 4, 4), np.float32), 0.5)) == max(5, count)


def test_one_member_that_is_all_too_sure_cannot_outvote_the_rest():
    (mixed,) = reading.weighed([np.full((2, 2), 0.999, np.float32)], np.full((1, 2, 2), -1e9, np.float32), 0.5)
    assert mixed.min() > 1 / (1 + np.exp(reading.SURE))
