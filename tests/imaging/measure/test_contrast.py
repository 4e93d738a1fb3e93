"""Where a scar has half of its contrast, on painted skin whose truth is known."""

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


def photo(area: float, strength: float, seed: int) -> Photo:
    """Skin with blotches of its own (the same in every photo) and noise of the camera (new in every photo)."""
    blotches = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, (SIZE, SIZE, 3)), (0, 0), 6)
    weight = cv2.GaussianBlur(ellipse(area).astype(np.float64), (0, 0), 2)[..., None]
    light = SKIN * np.exp(0.15 * blotches - strength * weight * BLOOD)
    light = light * (1 + np.random.default_rng(seed).normal(0, 0.01, light.shape))
    return Photo("p", "p", colour.linear_to_uint8(np.clip(light, 0, 1)))


DRAWN = Region.from_mask("drawn", ellipse(1.0))


@pytest.mark.parametrize("strength", [0.3, 0.2])
def test_the_shape_left_is_where_the_scar_is(strength: float) -> None:
    photos = photo(1.0, 0.3, 1), photo(0.6, strength, 2)
    shape = contrast.half_contrast(photos, (DRAWN, DRAWN)).full((SIZE, SIZE))
    true = ellipse(0.6)
    assert 2 * (shape & true).sum() / (shape.sum() + true.sum()) > 0.9


def test_a_scar_that_has_gone_is_refused_with_what_to_do() -> None:
    with pytest.raises(NotComparable, match="Draw the outline"):
        contrast.half_contrast((photo(1.0, 0.3, 1), photo(1.0, 0.0, 2)), (DRAWN, DRAWN))


def test_a_speck_is_refused() -> None:
    speck = np.zeros((SIZE, SIZE), bool)
    speck[160:163, 160:163] = True
    small = Region.from_mask("drawn", speck)
    with pytest.raises(NotComparable, match="too small"):
        contrast.half_contrast((photo(1.0, 0.3, 1), photo(1.0, 0.3, 2)), (small, small))
