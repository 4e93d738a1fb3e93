"""Make-up that covers the pattern of colour."""

from dataclasses import replace

import pytest

from tracker.imaging.quality import makeup, pattern_of
from tracker.imaging.types import FlagCode, Metric


@pytest.mark.parametrize(("contrast", "which"), [(0.35, "follow-up"), (2.8, "baseline")])
def test_a_covered_photo_is_named(shared, view, contrast, which):
    found = replace(pattern_of(shared(), view()), colour_contrast=contrast)
    (flag,) = makeup.make_up_flags(found)
    assert flag.code is FlagCode.MAKE_UP
    assert which in flag.reason
    assert Metric.REDNESS in flag.withholds
    assert Metric.ROUGHNESS not in flag.withholds


def test_a_curve_that_flattens_everything_is_no_make_up(shared, view):
    found = replace(pattern_of(shared(), view()), colour_contrast=0.5, contrast=0.6)
    assert makeup.make_up_flags(found) == ()
    assert makeup.make_up_flags(pattern_of(shared(), view())) == ()
    assert makeup.make_up_flags(None) == ()
