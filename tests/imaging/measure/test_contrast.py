"""The area left of a scar that fades as it shrinks, on painted skin whose truth is known."""

import cv2
import numpy as np
import pytest

from tracker.errors import NotComparable
from tracker.imaging import colour
from tracker.imaging.measure import contrast
from tracker.imaging.types import Photo, Region

SIZE = 320
SKIN = np.array([0.42, 0.27, 0.19])
BLOOD = np.array([0.266, 0.746, 0.611])  # optical density of blood in R, G, B


def ellipse(area: float) -> np.ndarray:
    mask = np.zeros((SIZE, SIZE), np.uint8)
    axes = round(90 * np.sqrt(area)), round(24 * np.sqrt(area))
    cv2.ellipse(mask, (160, 160), axes, 15, 0, 360, 255, -1)
    return mask > 0


def photo(area: float, strength: float, seed: int, tilt: float = 0.0, name: str = "p") -> Photo:
    """Skin with blotches of its own (the same in every photo) and noise of the camera (new in every photo)."""
    blotches = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, (SIZE, SIZE, 3)), (0, 0), 6)
    weight = cv2.GaussianBlur(ellipse(area).astype(np.float64), (0, 0), 2)[..., None]
    shade = 1 + tilt * (np.arange(SIZE) / SIZE - 0.5)[None, :, None]
    light = SKIN * np.exp(0.15 * blotches - strength * weight * BLOOD) * shade
    light = light * (1 + np.random.default_rng(seed).normal(0, 0.01, light.shape))
    return Photo(name, name, colour.linear_to_uint8(np.clip(light, 0, 1)))


DRAWN = Region.from_mask("drawn", ellipse(1.0))


def left(area: float, strength: float, seed: int = 2, tilt: float = 0.3) -> tuple[float, float]:
    return contrast.area_left((photo(1.0, 0.3, 1), photo(area, strength, seed, tilt)), (DRAWN, DRAWN))


@pytest.mark.parametrize("area", [1.0, 0.9, 0.8, 0.7, 0.6, 0.5])
def test_a_scar_that_only_shrinks_is_read_within_four_points(area: float) -> None:
    true = ellipse(area).sum() / ellipse(1.0).sum()
    assert left(area, 0.3)[0] == pytest.approx(true, abs=0.04)


@pytest.mark.parametrize("fade", [1.0, 0.7, 0.5, 0.35])
def test_a_scar_that_only_fades_keeps_its_area(fade: float) -> None:
    ratio, error = left(1.0, 0.3 * fade)
    assert ratio == pytest.approx(1.0, abs=0.06)
    assert abs(np.log(ratio)) < 1.96 * error


def test_shrinking_and_fading_together_lie_in_the_interval() -> None:
    true = ellipse(0.7).sum() / ellipse(1.0).sum()
    held = 0
    for seed in range(20):
        ratio, error = left(0.7, 0.18, seed=seed + 5)
        held += abs(np.log(ratio / true)) < 1.96 * error
    assert held >= 18


def test_the_error_grows_as_the_scar_fades() -> None:
    assert left(1.0, 0.3)[1] < left(1.0, 0.15)[1] < left(1.0, 0.08)[1]


def test_the_shape_left_is_where_the_scar_is() -> None:
    shape = contrast.half_contrast((photo(1.0, 0.3, 1), photo(0.6, 0.3, 2)), (DRAWN, DRAWN)).full((SIZE, SIZE))
    true = ellipse(0.6)
    assert 2 * (shape & true).sum() / (shape.sum() + true.sum()) > 0.9


def test_a_scar_that_has_gone_is_refused_with_what_to_do() -> None:
    with pytest.raises(NotComparable, match="Draw the outline"):
        left(1.0, 0.0)


def test_a_speck_is_refused() -> None:
    speck = np.zeros((SIZE, SIZE), bool)
    speck[160:163, 160:163] = True
    small = Region.from_mask("drawn", speck)
    with pytest.raises(NotComparable, match="too small"):
        contrast.area_left((photo(1.0, 0.3, 1), photo(1.0, 0.3, 2)), (small, small))
