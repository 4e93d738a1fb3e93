"""Wet, oily and glossy skin."""

from dataclasses import replace

import numpy as np
import pytest

from tracker.imaging.quality import View, gloss, pattern_of
from tracker.imaging.types import FlagCode, Metric


def shining(photo, share):
    encoded = photo().encoded.copy()
    spots = np.random.default_rng(2).random((40, 40)) < share
    encoded[np.kron(spots, np.ones((20, 20))).astype(bool)] = 240
    return View.of(replace(photo(), encoded=encoded), np.ones((800, 800), bool))


def test_the_share_of_highlights_is_found(photo, view):
    assert gloss.shine_of(view()) < 0.01
    assert gloss.shine_of(shining(photo, 0.3)) == pytest.approx(0.3, abs=0.05)
    assert [flag.code for flag in gloss.shine_flags(shining(photo, 0.3))] == [FlagCode.SPECULAR]
    assert gloss.shine_flags(view()) == ()


def test_a_film_on_the_skin_spoils_what_depends_on_shade(shared, view):
    found = replace(pattern_of(shared(), view()), contrast=1.3, paler=4.0, brightened=0.1)
    (flag,) = gloss.wet_flags(view(), view(), found)
    assert flag.code is FlagCode.SPECULAR
    assert {Metric.ROUGHNESS, Metric.SPOTS} <= set(flag.withholds)
    assert Metric.REDNESS not in flag.withholds
    assert "wetter" in flag.reason
    assert "drier" in gloss.wet_flags(view(), view(), replace(found, contrast=1 / 1.3))[0].reason
    assert Metric.REDNESS in gloss.wet_flags(view(), view(), replace(found, tone=-40.0))[0].withholds


def test_stronger_shade_that_is_not_paler_is_no_gloss(shared, view):
    found = replace(pattern_of(shared(), view()), contrast=1.3, paler=0.2, brightened=0.1)
    assert gloss.wet_flags(view(), view(), found) == ()


def test_many_more_highlights_are_told_without_a_pattern(photo, view):
    (flag,) = gloss.wet_flags(view(), shining(photo, 0.3), None)
    assert Metric.ROUGHNESS in flag.withholds
