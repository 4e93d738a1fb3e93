"""The area left of a scar that fades as it shrinks, on painted skin whose truth is known."""

import cv2
import numpy as np
import pytest

from tracker.errors import NotComparable
from tracker.imaging import colour
from tracker.imaging.measure import cells, scar_frame, shrinkage
from tracker.imaging.measure.shrinkage import Shrinkage
from tracker.imaging.types import Photo, Region

SIZE = 320
SKIN = np.array([0.42, 0.27, 0.19])
BLOOD = np.array([0.266, 0.746, 0.611])  # optical density of blood in R, G, B


def ellipse(area: float, half: tuple[int, int] = (56, 44)) -> np.ndarray:
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    return np.hypot(x / half[0], y / half[1]) <= np.sqrt(area)


def band(area: float) -> np.ndarray:
    """A line that gets narrower and no shorter."""
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    return (np.abs(y) <= 16 * area) & (np.abs(x) <= 110)


def photo(scar: np.ndarray, strength: float, seed: int, tilt: float = 0.0) -> Photo:
    """Skin with blotches of its own (the same in every photo) and noise of the camera (new in every photo)."""
    blotches = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, (SIZE, SIZE, 3)), (0, 0), 6)
    weight = cv2.GaussianBlur(scar.astype(np.float64), (0, 0), 4)[..., None]
    shade = 1 + tilt * (np.arange(SIZE) / SIZE - 0.5)[None, :, None]
    light = SKIN * np.exp(0.3 * blotches - strength * weight * BLOOD) * shade
    light = light * (1 + np.random.default_rng(seed).normal(0, 0.01, light.shape))
    return Photo("p", "p", colour.linear_to_uint8(np.clip(light, 0, 1)))


def left(photos: tuple[Photo, Photo], outline: np.ndarray) -> Shrinkage:
    frame = scar_frame.frame(Region.from_mask("drawn", outline), (SIZE, SIZE))
    lights = []
    for each in photos:
        light, usable = cells.sample(each, frame.points, frame.spacing)
        lights.append(np.where(usable[:, None], light, np.nan))
    return shrinkage.shrinkage(frame, (lights[0], lights[1]))


@pytest.mark.parametrize("shape", [ellipse, band])
@pytest.mark.parametrize(("area", "strength"), [(1.0, 0.3), (1.0, 0.15), (0.8, 0.3), (0.7, 0.18), (0.55, 0.24)])
def test_the_interval_holds_what_is_left_whether_it_fades_or_shrinks(shape, area, strength) -> None:
    found = left((photo(shape(1.0), 0.3, 1), photo(shape(area), strength, 2, tilt=0.3)), shape(1.0))
    true = np.log(shape(area).sum() / shape(1.0).sum())
    error = np.hypot(found.standard_error, shrinkage.OF_CHANGE * true)
    assert abs(np.log(found.area) - true) < 2.5 * error
    assert found.standard_error < 0.2


def test_a_scar_that_only_fades_keeps_its_area() -> None:
    found = left((photo(ellipse(1.0), 0.3, 1), photo(ellipse(1.0), 0.15, 2)), ellipse(1.0))
    assert found.area == pytest.approx(1.0, abs=0.06)
    assert found.contrast == pytest.approx(0.5, abs=0.1)


def test_what_is_left_falls_with_every_step_of_shrinking() -> None:
    areas = [
        left((photo(ellipse(1.0), 0.3, 1), photo(ellipse(a), 0.3 * (1 + a) / 2, 2)), ellipse(1.0)).area
        for a in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
    ]
    assert (np.diff(areas) < 0).all()


def test_the_outline_may_be_drawn_a_little_too_far_out_or_in() -> None:
    photos = photo(ellipse(1.0), 0.3, 1), photo(ellipse(0.7), 0.24, 2)
    found = [left(photos, ellipse(drawn)) for drawn in (0.9, 1.0, 1.1)]
    true = np.log(0.7)
    error = [np.hypot(each.standard_error, shrinkage.OF_CHANGE * true) for each in found]
    assert all(abs(np.log(each.area) - true) < 2.5 * e for each, e in zip(found, error, strict=True))
    assert np.ptp(np.log([each.area for each in found])) < 2 * min(error)


def test_skin_without_a_scar_gets_no_area_and_the_reason() -> None:
    with pytest.raises(NotComparable, match="hardly be told"):
        left((photo(ellipse(1.0), 0.0, 1), photo(ellipse(1.0), 0.0, 2)), ellipse(1.0))


def test_a_scar_half_outside_the_follow_up_is_refused() -> None:
    frame = scar_frame.frame(Region.from_mask("drawn", ellipse(1.0)), (SIZE, SIZE))
    light, _ = cells.sample(photo(ellipse(1.0), 0.3, 1), frame.points, frame.spacing)
    lost = np.where((frame.level < 1.5)[:, None], np.nan, light)
    with pytest.raises(NotComparable, match="too small"):
        shrinkage.shrinkage(frame, (light, lost))
