"""Each doubt is raised by what spoils the photo, and by nothing else."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tracker.imaging import colour, quality
from tracker.imaging.types import Alignment, FlagCode, Metric, Photo

SIZE = 800
rng = np.random.default_rng(0)
_GRAIN = sum(s * cv2.GaussianBlur(rng.standard_normal((SIZE, SIZE)), (0, 0), s) for s in (0.7, 1.4, 2.8, 5.6))
SKIN = np.ones((SIZE, SIZE), bool)


def photo(exposure: float = 1.0, blur: float = 0.0) -> Photo:
    light = 0.35 * exposure * np.exp(0.02 * _GRAIN)[..., None] * np.array([1.2, 0.9, 0.7])
    encoded = colour.linear_to_uint8(light)
    return Photo("test", "0", cv2.GaussianBlur(encoded, (0, 0), blur) if blur else encoded)


def alignment(matrix: np.ndarray | None = None) -> Alignment:
    return Alignment(
        homography=np.eye(3) if matrix is None else matrix,
        displacement=np.zeros((3, 3, 2), np.float32),
        spacing=400.0,
        support=np.ones((3, 3), np.float32),
        residual_px=0.1,
        baseline_size=(SIZE, SIZE),
        followup_size=(SIZE, SIZE),
    )


def glossy(share: float) -> Photo:
    """A photo with white highlights on a share of the skin."""
    encoded = photo().encoded.copy()
    spots = np.random.default_rng(2).random((SIZE // 20, SIZE // 20)) < share
    encoded[np.kron(spots, np.ones((20, 20))).astype(bool)] = 240
    return Photo("test", "0", encoded)


def light(followup_factor: np.ndarray | float = 1.0, contrast: float = 1.0) -> quality.SharedLight:
    yy, xx = np.mgrid[0:30, 0:30] / 29.0
    shade = 0.3 * np.exp(0.3 * (xx - 0.5) + 0.1 * np.random.default_rng(1).standard_normal((30, 30)))
    first = shade.reshape(-1, 1) * np.array([1.2, 0.9, 0.7])
    second = np.exp(contrast * np.log(first)) * np.reshape(followup_factor, (-1, 1))
    position = np.stack([xx.ravel(), yy.ravel()], 1) * SIZE
    return quality.SharedLight(position, first, second, 0.5, 0.5, calibrated=False)


def pair(first: Photo, second: Photo, matrix: np.ndarray | None = None, shared: quality.SharedLight | None = None):
    flags = quality.pair_flags((first, second), (SKIN, SKIN), alignment(matrix), shared or light())
    return {flag.code: flag for flag in flags}


def codes(flags) -> set[FlagCode]:
    return {flag.code for flag in flags}


def test_a_good_photo_and_a_good_pair_raise_no_doubt() -> None:
    assert quality.photo_flags(photo(), SKIN) == ()
    assert pair(photo(), photo(1.2)) == {}


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [
        (photo(blur=2.5), FlagCode.BLURRED),
        (photo(exposure=3.0), FlagCode.CLIPPED),
        (photo(exposure=0.03), FlagCode.TOO_DARK),
    ],
)
def test_what_spoils_a_photo_is_named_with_a_way_to_retake(spoiled: Photo, code: FlagCode) -> None:
    flags = quality.photo_flags(spoiled, SKIN)
    assert code in codes(flags)
    assert all(flag.retake and flag.reason.endswith(".") for flag in flags)


def test_a_small_photo_and_one_without_skin_are_told() -> None:
    small = replace(photo(), encoded=photo().encoded[:300, :300].copy())
    assert FlagCode.REGION_TOO_SMALL in codes(quality.photo_flags(small))
    assert codes(quality.photo_flags(photo(), np.zeros((SIZE, SIZE), bool))) == {FlagCode.REGION_NOT_FOUND}


def test_sixteen_bit_photos_are_judged_alike() -> None:
    deep = replace(photo(exposure=0.03), encoded=photo(exposure=0.03).encoded.astype(np.uint16) * 257)
    assert codes(quality.photo_flags(deep, SKIN)) == codes(quality.photo_flags(photo(exposure=0.03), SKIN))


def test_detail_falls_with_blur() -> None:
    values = [quality.detail(photo(blur=b), SKIN) for b in (0.0, 0.7, 1.5, 3.0)]
    assert (np.diff(values) < 0).all()
    assert np.isnan(quality.detail(photo(), np.zeros((SIZE, SIZE), bool)))


def test_one_blurred_photo_spoils_texture_and_keeps_colour() -> None:
    flags = pair(photo(), photo(blur=1.5))
    assert set(flags) == {FlagCode.SHARPNESS_DIFFERS}
    assert Metric.ROUGHNESS in flags[FlagCode.SHARPNESS_DIFFERS].withholds
    assert Metric.REDNESS not in flags[FlagCode.SHARPNESS_DIFFERS].withholds


@pytest.mark.parametrize("scale", [0.7, 1.4])
def test_another_distance_is_named_and_spoils_texture_only(scale: float) -> None:
    flags = pair(photo(), photo(), np.diag([scale, scale, 1.0]))
    assert set(flags) == {FlagCode.DISTANCE_DIFFERS}
    assert Metric.REDNESS not in flags[FlagCode.DISTANCE_DIFFERS].withholds


def test_turned_skin_is_named() -> None:
    assert set(pair(photo(), photo(), np.diag([1.0, 0.8, 1.0]))) == {FlagCode.POSE_DIFFERS}


def test_light_from_another_side_spoils_what_depends_on_shade_and_keeps_redness() -> None:
    side = np.exp(np.linspace(-0.6, 0.6, 30))
    flags = pair(photo(), photo(), shared=light(np.repeat(side, 30)))
    assert FlagCode.LIGHT_DIFFERS in flags
    withholds = flags[FlagCode.LIGHT_DIFFERS].withholds
    assert Metric.ROUGHNESS in withholds
    assert Metric.PIGMENT in withholds
    assert Metric.REDNESS not in withholds


@pytest.mark.parametrize("contrast", [0.6, 1.6])
def test_tone_mapping_spoils_colour(contrast: float) -> None:
    flags = pair(photo(), photo(), shared=light(contrast=contrast))
    assert FlagCode.TONE_MAPPED in flags or FlagCode.LIGHT_DIFFERS in flags


def test_another_lamp_without_a_card_withholds_colour_and_with_a_card_does_not() -> None:
    other = replace(light(), lamp_h=9.0)
    assert Metric.REDNESS in pair(photo(), photo(), shared=other)[FlagCode.LIGHT_DIFFERS].withholds
    assert pair(photo(), photo(), shared=replace(other, calibrated=True)) == {}


def test_wet_skin_is_told_by_its_highlights() -> None:
    assert quality.shine(photo(), SKIN) < 0.01
    assert quality.shine(glossy(0.3), SKIN) == pytest.approx(0.3, abs=0.05)
    assert FlagCode.SPECULAR in codes(quality.photo_flags(glossy(0.3), SKIN))
    flag = pair(photo(), glossy(0.19))[FlagCode.SPECULAR]
    assert Metric.ROUGHNESS in flag.withholds
    assert Metric.REDNESS not in flag.withholds
