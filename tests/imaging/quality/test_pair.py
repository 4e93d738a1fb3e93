"""All checks together: good photos raise no doubt, spoiled ones the right one."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tracker.imaging import quality
from tracker.imaging.types import FlagCode, Metric, Region

SKIN = np.ones((800, 800), bool)


@pytest.fixture
def doubts(photo, alignment, shared):
    """Codes to flags of a pair."""

    def ask(second, matrix=None, light=None):
        flags = quality.pair_flags((photo(), second), (SKIN, SKIN), alignment(matrix), light or shared())
        return {flag.code: flag for flag in flags}

    return ask


def test_a_good_photo_and_a_good_pair_raise_no_doubt(photo, doubts):
    assert quality.photo_flags(photo(), SKIN) == ()
    assert doubts(photo(exposure=1.2)) == {}


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"blur": 2.5}, FlagCode.BLURRED),
        ({"exposure": 3.0}, FlagCode.CLIPPED),
        ({"jpeg_quality": 20}, FlagCode.COMPRESSED),
        ({"flash": True}, FlagCode.FLAT_LIGHT),
    ],
)
def test_what_spoils_a_photo_is_told_at_upload(photo, how, code):
    assert code in {flag.code for flag in quality.photo_flags(photo(**how), SKIN)}


def test_a_photo_without_skin_is_only_told_that(photo):
    flags = quality.photo_flags(photo(), np.zeros((800, 800), bool))
    assert [flag.code for flag in flags] == [FlagCode.REGION_NOT_FOUND]


def test_each_spoil_of_a_pair_has_its_own_name(photo, doubts, shared):
    assert set(doubts(photo(blur=1.5))) == {FlagCode.SHARPNESS_DIFFERS}
    assert set(doubts(photo(), np.diag([1.0, 0.8, 1.0]))) == {FlagCode.POSE_DIFFERS}
    assert set(doubts(photo(jpeg_quality=30))) == {FlagCode.COMPRESSED}
    assert set(doubts(photo(), light=shared(lamp_h=9.0))) == {FlagCode.LIGHT_DIFFERS}


def test_another_distance_is_not_taken_for_blur(photo, doubts):
    larger = photo().encoded[200:600, 200:600]
    zoomed = cv2.resize(larger, (800, 800), interpolation=cv2.INTER_CUBIC)
    matrix = np.array([[2.0, 0, -399.5], [0, 2.0, -399.5], [0, 0, 1.0]])
    assert set(doubts(replace(photo(), encoded=zoomed), matrix)) == {FlagCode.DISTANCE_DIFFERS}


def test_a_region_has_doubts_of_its_own(alignment):
    yy, xx = np.mgrid[0:9, 0:9] * 100.0
    moved = np.stack([0.1 * xx, 0 * yy], -1).astype(np.float32)
    flags = quality.region_flags(alignment(displacement=moved), Region.from_mask("chin", SKIN))
    assert [flag.code for flag in flags] == [FlagCode.EXPRESSION]
    assert Metric.REDNESS not in flags[0].withholds


def test_detail_and_shine_of_a_photo(photo):
    assert quality.detail(photo(), SKIN) > quality.detail(photo(blur=1.5), SKIN)
    assert quality.shine(photo(), SKIN) < 0.01
    assert np.isnan(quality.detail(photo(), ~SKIN))
