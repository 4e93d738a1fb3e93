"""Light from another side, of another colour, and mixed."""

from dataclasses import replace

import numpy as np
import pytest

from tracker.imaging.quality import light, pattern_of
from tracker.imaging.types import FlagCode, Metric


def doubts(pair, view):
    found = pattern_of(pair, view())
    flags = (*light.direction_flags(pair, found), *light.lamp_flags(pair, found))
    assert all(flag.code is FlagCode.LIGHT_DIFFERS and flag.retake for flag in flags)
    return flags, {metric for flag in flags for metric in flag.withholds}


def side(values):
    return values * np.exp(np.repeat(np.linspace(-0.6, 0.6, 30), 30))[:, None] ** 2


def test_the_same_light_is_no_doubt(shared, view):
    assert doubts(shared(), view) == ((), set())


def test_light_from_another_side_keeps_redness_with_a_wider_margin(shared, view):
    flags, lost = doubts(shared(side, calibrated=True), view)
    assert {Metric.ROUGHNESS, Metric.PIGMENT, Metric.SCAR_CONTRAST} <= lost
    assert Metric.REDNESS not in lost
    assert max(flag.widens for flag in flags) == light.WIDER


def test_on_dark_skin_light_from_another_side_withholds_redness_too(shared, skin, view):
    pair = shared(side, calibrated=True)
    dark = replace(pair, baseline=pair.baseline * 0.15, followup=pair.followup * 0.15)
    assert Metric.REDNESS in doubts(dark, view)[1]


def test_without_a_card_light_from_another_side_withholds_redness(shared, view):
    flags, lost = doubts(shared(side), view)
    assert {Metric.REDNESS, Metric.SCAR_REDNESS, Metric.ROUGHNESS} <= lost
    assert "another side" in flags[0].reason


def test_harder_light_from_the_same_side_is_named(shared, view):
    flags, lost = doubts(shared(lambda v: v * v.mean(1, keepdims=True) ** 0.5, calibrated=True), view)
    assert Metric.ROUGHNESS in lost
    assert "stronger" in flags[0].reason


@pytest.mark.parametrize("shift", [{"lamp_h": 9.0}, {"lamp_yellow": -20.0}])
def test_another_white_balance_without_a_card_keeps_only_redness(shared, view, shift):
    flags, lost = doubts(shared(**shift), view)
    assert {Metric.PIGMENT, Metric.REDNESS_A_STAR, Metric.SKIN_TONE} <= lost
    assert Metric.REDNESS not in lost
    assert max(flag.widens for flag in flags) >= 1.0
    assert doubts(shared(**shift, calibrated=True), view) == ((), set())


def test_a_strange_lamp_withholds_all_colour(shared, view):
    assert Metric.REDNESS in doubts(shared(lamp_yellow=50.0), view)[1]


def test_mixed_light_withholds_redness_even_where_it_averages_out(shared, skin, view):
    across = (skin[0][:, :1] / 800 - 0.5) * [0.0, 0.0, 0.4]
    pair = shared(lambda v: v * np.exp(across))
    assert Metric.REDNESS in doubts(pair, view)[1]
