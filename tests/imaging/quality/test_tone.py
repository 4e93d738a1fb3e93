"""Curves and local tone mapping."""

from dataclasses import replace

import numpy as np

from tracker.imaging.quality import pattern_of, tone
from tracker.imaging.types import FlagCode, Metric


def s_curve(light):
    encoded = np.clip(light, 0, 1) ** (1 / 2.2)
    return (encoded * encoded * (3 - 2 * encoded)) ** 2.2


def test_an_honest_pair_is_no_doubt(shared, view):
    assert tone.tone_flags(pattern_of(shared(lambda v: 0.8 * v), view())) == ()
    assert tone.tone_flags(None) == ()


def test_a_curve_withholds_colour_and_tells_how_to_avoid_it(shared, view):
    (flag,) = tone.tone_flags(pattern_of(shared(s_curve), view()))
    assert flag.code is FlagCode.TONE_MAPPED
    assert {Metric.REDNESS, Metric.PIGMENT} <= set(flag.withholds)
    assert Metric.SCAR_AREA not in flag.withholds
    assert "HDR" in flag.retake


def test_lifted_shadows_are_told_from_side_light(shared, view):
    found = pattern_of(shared(), view())
    lifted = replace(found, evened=-0.4, evened_alike=-0.9)
    (flag,) = tone.tone_flags(lifted)
    assert "follow-up" in flag.reason
    assert "40%" in flag.reason
    (other,) = tone.tone_flags(replace(found, evened=0.4, evened_alike=0.9))
    assert "of the baseline" in other.reason
    assert tone.tone_flags(replace(lifted, alike=0.5)) == ()
