"""What one photo alone can show."""

import numpy as np
import pytest

from tracker.imaging.quality import View, exposure
from tracker.imaging.types import FlagCode, Photo


@pytest.mark.parametrize(("factor", "code"), [(3.0, FlagCode.CLIPPED), (0.03, FlagCode.TOO_DARK)])
def test_bad_exposure_is_named(view, factor, code):
    flags = exposure.exposure_flags(view(exposure=factor))
    assert code in {flag.code for flag in flags}
    assert all(flag.reason.endswith(".") and flag.retake for flag in flags)


def test_good_exposure_is_no_doubt(view):
    assert exposure.exposure_flags(view()) == ()


def test_sixteen_bits_are_judged_alike(photo):
    deep = photo(exposure=0.03).encoded.astype(np.uint16) * 257
    found = exposure.exposure_flags(View.of(Photo("a", "0", deep), np.ones((800, 800), bool)))
    assert [flag.code for flag in found] == [FlagCode.TOO_DARK]


def test_a_preview_and_a_photo_without_skin_are_told(photo):
    assert exposure.size_flags(Photo("a", "0", np.zeros((300, 300, 3), np.uint8)))[0].code is FlagCode.REGION_TOO_SMALL
    assert exposure.size_flags(photo()) == ()
    assert exposure.skin_flags(np.zeros((10, 10), bool))[0].code is FlagCode.REGION_NOT_FOUND
    assert exposure.skin_flags(np.ones((10, 10), bool)) == ()
