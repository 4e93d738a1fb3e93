"""Roughness of rendered relief: dose, sharpness, exposure, noise and the gates."""

import cv2
import numpy as np
import pytest

from tracker.imaging import colour
from tracker.imaging.measure import relief, texture
from tracker.imaging.measure.patch import Patch
from tracker.imaging.measure.sharpness import match_edges
from tracker.imaging.types import FlagCode, Photo, Region

PX_PER_MM = 10.0
SIZE = 420
rng = np.random.default_rng(0)
_FIELD = sum(
    a * cv2.GaussianBlur(rng.standard_normal((SIZE, SIZE)), (0, 0), s) * s
    for a, s in ((1.0, 2.0), (1.0, 4.0), (1.0, 8.0))
)
RELIEF = np.asarray(_FIELD / np.std(_FIELD))
REGION = Region.from_mask("drawn", np.pad(np.ones((260, 260), bool), 80))


def photo(contrast: float, exposure: float = 1.0, noise: float = 0.001, blur: float = 0.0, seed: int = 1) -> Photo:
    light = 0.3 * exposure * np.exp(contrast * RELIEF)[..., None] * np.array([1.2, 0.9, 0.7])
    if blur:
        light = cv2.GaussianBlur(light, (0, 0), blur)
    light = light + noise * np.random.default_rng(seed).standard_normal(light.shape)
    return Photo("test", "0", colour.linear_to_uint8(light))


def measured(first: Photo, second: Photo, scales: tuple[float, float] = (PX_PER_MM, PX_PER_MM)):
    return texture.measure(relief.lay((first, second), (REGION, REGION), scales))


def test_roughness_rises_with_relief() -> None:
    values = [measured(photo(0.02), photo(c, seed=2))[1].value for c in (0.02, 0.03, 0.04, 0.06)]
    assert (np.diff(values) > 0).all()
    assert values[2] / values[0] == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("exposure", [0.6, 1.3])
def test_exposure_does_not_change_roughness(exposure: float) -> None:
    first, second = measured(photo(0.04), photo(0.04, exposure=exposure, seed=2))
    assert second.value == pytest.approx(first.value, rel=0.05)


def test_a_little_blur_in_one_photo_is_matched() -> None:
    sharp, soft = photo(0.04), photo(0.04, blur=1.0, seed=2)
    first, second = measured(sharp, soft)
    assert second.value == pytest.approx(first.value, rel=0.05)


def test_much_blur_is_refused_by_name() -> None:
    first, second = measured(photo(0.04), photo(0.04, blur=4.0, seed=2))
    assert np.isnan([first.value, second.value]).all()
    assert first.flags[0].code == FlagCode.SHARPNESS_DIFFERS


def test_noise_is_subtracted() -> None:
    clean, noisy = measured(photo(0.04, noise=0.0005), photo(0.04, noise=0.006, seed=2))
    assert noisy.value == pytest.approx(clean.value, rel=0.06)


@pytest.mark.parametrize(
    ("scales", "code"), [((float("nan"), 10.0), FlagCode.NO_SCALE), ((10.0, 4.0), FlagCode.DISTANCE_DIFFERS)]
)
def test_without_enough_millimetres_nothing_is_said(scales: tuple[float, float], code: FlagCode) -> None:
    first, second = measured(photo(0.04), photo(0.04), scales)
    assert np.isnan([first.value, second.value]).all()
    assert first.flags[0].code == code
    assert first.flags[0].retake


def test_swapping_the_photos_swaps_the_values() -> None:
    a, b = photo(0.03), photo(0.05, blur=0.8, seed=2)
    there, back = measured(a, b), measured(b, a)
    assert there[0].value == pytest.approx(back[1].value, rel=1e-6)
    assert there[1].value == pytest.approx(back[0].value, rel=1e-6)


def test_the_edges_of_the_card_keep_a_change_that_the_skin_itself_would_hide() -> None:
    """Smoother skin looks blurred: matched by itself, the rough photo is blurred until both are alike."""
    rough = photo(0.04)
    light = RELIEF - cv2.GaussianBlur(RELIEF, (0, 0), 3.0)
    smooth_light = 0.3 * np.exp(0.04 * (RELIEF - 0.6 * light))[..., None] * np.array([1.2, 0.9, 0.7])
    noise = 0.001 * np.random.default_rng(2).standard_normal(smooth_light.shape)
    smooth = Photo("test", "1", colour.linear_to_uint8(smooth_light + noise))
    regions, scales = (REGION, REGION), (PX_PER_MM, PX_PER_MM)
    by_card = texture.measure(
        relief.lay((rough, smooth), regions, scales, match=match_edges((0.01, 1e-5), (0.01, 1e-5)))
    )
    by_skin = texture.measure(relief.lay((rough, smooth), regions, scales))
    fall = [np.log(pair[1].value / pair[0].value) for pair in (by_card, by_skin)]
    assert fall[0] < -0.15
    assert abs(fall[1]) < 0.5 * abs(fall[0]) or np.isnan(fall[1])


def test_an_unreadable_card_withholds_relief_by_name() -> None:
    nowhere = match_edges((float("nan"), float("nan")), (0.01, 1e-5))
    pair = relief.lay((photo(0.04), photo(0.04, seed=2)), (REGION, REGION), (PX_PER_MM, PX_PER_MM), match=nowhere)
    first, _ = texture.measure(pair)
    assert np.isnan(first.value)
    assert first.flags[0].code == FlagCode.CARD_UNREADABLE


def test_the_standard_error_covers_what_noise_does() -> None:
    """Two photos of the same skin differ by noise alone: their difference is about as large as the errors say."""
    y, x = np.meshgrid(*[np.linspace(80, 340, 6)] * 2)
    anchors = np.stack([x.ravel(), y.ravel()], 1)
    ratios = []
    for seed in range(8):
        both = photo(0.02, noise=0.004, seed=2 * seed), photo(0.02, noise=0.004, seed=2 * seed + 1)
        pair = relief.lay(
            both, (REGION, REGION), (PX_PER_MM,) * 2, (anchors, anchors), match_edges((0.01, 0), (0.01, 0))
        )
        first, second = texture.measure(pair)
        assert first.standard_error > 0
        ratios.append((second.value - first.value) / np.hypot(first.standard_error, second.standard_error))
    assert 0.1 < np.sqrt(np.mean(np.square(ratios))) < 2.0


@pytest.mark.parametrize("sigma_mm", [0.01, 0.03, 0.06, 0.15])
def test_a_patch_is_blurred_by_what_it_says(sigma_mm: float) -> None:
    step = np.zeros((41, 41), np.float32)
    step[20, 20] = 1.0
    spread = Patch(step, np.ones_like(step), PX_PER_MM, np.zeros(step.shape, np.int32)).blurred(sigma_mm).log_light
    at = (np.arange(41) - 20) / PX_PER_MM
    assert float((spread.sum(0) * at**2).sum()) == pytest.approx(sigma_mm**2, rel=0.05)
