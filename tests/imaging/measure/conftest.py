"""Drawn skin for the tests of relief: a fine texture with lines and spots of known place, size and contrast."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from tracker.imaging import colour
from tracker.imaging.measure import relief
from tracker.imaging.measure.relief import ReliefPair
from tracker.imaging.measure.sharpness import BlurMatch
from tracker.imaging.types import Photo, Region

SIDE_MM, EDGE_MM = 30.0, 4.0


@dataclass(frozen=True)
class Skin:
    """Skin of 30 by 30 mm at a scale, as ln of its light."""

    px_per_mm: float
    log_light: np.ndarray

    def with_line(
        self,
        start_mm: tuple[float, float],
        end_mm: tuple[float, float],
        contrast: float,
        sigma_mm: float,
        taper_mm: float = 0.0,
    ) -> "Skin":
        """A dark line that fades over ``taper_mm`` at either end, as wrinkles do; hairs and scratches end at once."""
        y, x = (np.indices(self.log_light.shape) + 0.5) / self.px_per_mm
        a, b = np.array(start_mm), np.array(end_mm)
        along = np.clip(((x - a[0]) * (b - a)[0] + (y - a[1]) * (b - a)[1]) / ((b - a) @ (b - a)), 0, 1)
        distance = np.hypot(x - a[0] - along * (b - a)[0], y - a[1] - along * (b - a)[1])
        to_end = np.minimum(along, 1 - along) * np.hypot(*(b - a))
        depth = contrast * np.clip(to_end / taper_mm, 0, 1) if taper_mm else contrast
        return Skin(self.px_per_mm, self.log_light - depth * np.exp(-(distance**2) / (2 * sigma_mm**2)))

    def with_spots(self, centres_mm: np.ndarray, diameter_mm: float, contrast: float) -> "Skin":
        out, reach = self.log_light.copy(), 2.5 * diameter_mm
        for centre in centres_mm:
            low, high = (((centre + step) * self.px_per_mm).astype(int).clip(0) for step in (-reach, reach))
            part = np.s_[low[1] : high[1], low[0] : high[0]]
            y, x = np.indices(out[part].shape) + (low[::-1] + 0.5)[:, None, None]
            squares = (x / self.px_per_mm - centre[0]) ** 2 + (y / self.px_per_mm - centre[1]) ** 2
            out[part] -= contrast * np.exp(-squares / (diameter_mm**2 / 4))  # sigma = d / (2 sqrt 2)
        return Skin(self.px_per_mm, out)

    def photo(self, *, exposure: float = 1.0, noise: float = 0.002, seed: int = 1) -> Photo:
        light = 0.3 * exposure * np.exp(self.log_light)[..., None] * np.array([1.2, 0.9, 0.7])
        light = light + noise * np.random.default_rng(seed).standard_normal(light.shape)
        return Photo("drawn", str(seed), colour.linear_to_uint8(np.clip(light, 0, 1)))


@pytest.fixture(scope="package")
def plain_skin() -> Callable[[float], Skin]:
    def draw(px_per_mm: float, contrast: float = 0.015) -> Skin:
        side = round(SIDE_MM * px_per_mm)
        rng, field = np.random.default_rng(3), np.zeros((side, side))
        for sigma_mm in (0.2, 0.5, 1.5):
            grain = cv2.GaussianBlur(rng.standard_normal((side, side)), (0, 0), sigma_mm * px_per_mm)
            field += grain / grain.std()
        return Skin(px_per_mm, contrast * field / field.std())

    return draw


@pytest.fixture(scope="package")
def lay() -> Callable[..., ReliefPair]:
    def both(photos: Sequence[Photo], px_per_mm: float, match: BlurMatch | None = None) -> ReliefPair:
        edge = round(EDGE_MM * px_per_mm)
        mask = np.zeros(photos[0].encoded.shape[:2], bool)
        mask[edge:-edge, edge:-edge] = True
        region = Region.from_mask("drawn", mask)
        x, y = np.meshgrid(*[np.linspace(edge, mask.shape[0] - edge, 6)] * 2)
        anchors = np.stack([x.ravel(), y.ravel()], 1)
        return relief.lay((photos[0], photos[1]), (region, region), (px_per_mm, px_per_mm), (anchors, anchors), match)

    return both
