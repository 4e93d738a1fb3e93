"""What the files of a pair say."""

from dataclasses import replace

from tracker.imaging.quality import file
from tracker.imaging.types import FlagCode, Metric


def test_a_hard_compressed_photo_is_named_with_its_quality(photo):
    pair = photo(jpeg_quality=92), replace(photo(jpeg_quality=30), name="sent.jpg")
    (flag,) = file.compression_flags(pair)
    assert flag.code is FlagCode.COMPRESSED
    assert "sent.jpg" in flag.reason
    assert "30" in flag.reason
    assert {Metric.ROUGHNESS, Metric.SPOTS} <= set(flag.withholds)


def test_good_and_unknown_qualities_are_no_doubt(photo):
    assert file.compression_flags((photo(jpeg_quality=92), photo())) == ()


def test_two_cameras_are_a_remark(photo):
    (flag,) = file.camera_flags((photo(camera="A 1"), photo(camera="B 2")))
    assert flag.code is FlagCode.CAMERA_DIFFERS
    assert flag.withholds == ()
    assert file.camera_flags((photo(camera="A 1"), photo(camera="A 1"))) == ()
    assert file.camera_flags((photo(camera="A 1"), photo())) == ()


def test_the_flash_withholds_relief(photo):
    (flag,) = file.flash_flags((photo(flash=False), photo(flash=True)))
    assert flag.code is FlagCode.FLAT_LIGHT
    assert Metric.WRINKLES in flag.withholds
    assert Metric.REDNESS not in flag.withholds
    assert file.flash_flags((photo(flash=False), photo(flash=None))) == ()
