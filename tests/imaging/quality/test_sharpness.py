"""Blur is seen, and told from distance."""

import numpy as np
import pytest

from tracker.imaging.quality import View, sharpness
from tracker.imaging.types import FlagCode, Metric


def test_detail_and_sharpness_fall_with_blur(view):
    for figure in (sharpness.detail_of, sharpness.sharpness_of):
        assert (np.diff([figure(view(blur=b)) for b in (0.0, 0.7, 1.5, 3.0)]) < 0).all()


@pytest.mark.parametrize(("blurs", "which"), [((0.0, 0.8), "follow-up"), ((0.8, 0.0), "baseline")])
def test_the_blurred_photo_of_a_pair_is_named(view, blurs, which):
    (flag,) = sharpness.sharpness_flags(*(view(blur=b) for b in blurs), 1.0)
    assert flag.code is FlagCode.SHARPNESS_DIFFERS
    assert which in flag.reason
    assert {Metric.ROUGHNESS, Metric.WRINKLES, Metric.PORE_AREA, Metric.SCAR_CONTRAST} <= set(flag.withholds)
    assert Metric.REDNESS not in flag.withholds


def test_exposure_is_no_blur(view):
    assert sharpness.sharpness_flags(view(), view(exposure=0.5), 1.0) == ()


def test_a_photo_out_of_focus_is_told_alone(view):
    assert [flag.code for flag in sharpness.focus_flags(view(blur=2.5))] == [FlagCode.BLURRED]
    assert sharpness.focus_flags(view()) == ()


def test_without_skin_nothing_is_said(photo):
    nothing = View.of(photo(), np.zeros((800, 800), bool))
    assert np.isnan(sharpness.detail_of(nothing))
    assert sharpness.focus_flags(nothing) == ()
    assert sharpness.sharpness_flags(nothing, nothing, 1.0) == ()
