"""Blur of the card's edges, against the blur that was put into the picture."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tracker.imaging import calibrate, colour
from tracker.imaging.types import Photo

PX_PER_MM, MARGIN_PX = 10.0, 60


@pytest.fixture(scope="module")
def card() -> np.ndarray:
    light, _ = calibrate.card_reflectance(4 * PX_PER_MM)
    border = ((4 * MARGIN_PX, 4 * MARGIN_PX), (4 * MARGIN_PX, 4 * MARGIN_PX), (0, 0))
    flat = np.pad(light, border, constant_values=0.3)
    middle = flat.shape[1] / 2, flat.shape[0] / 2
    turn = cv2.getRotationMatrix2D(middle, 4.0, 1.0)  # nobody lays a card along the rows of pixels
    return cv2.warpAffine(flat, turn, flat.shape[1::-1], flags=cv2.INTER_AREA, borderValue=(0.3, 0.3, 0.3))


def taken(card: np.ndarray, sigma_px: float, exposure: float = 0.9) -> Photo:
    """Blurred at four times the resolution of the photo, then averaged to its pixels."""
    light = cv2.GaussianBlur(card, (0, 0), 4 * sigma_px) if sigma_px else card
    small = cv2.resize(light, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = exposure * small + 0.002 * np.random.default_rng(1).standard_normal(small.shape)
    photo = Photo("card", "0", colour.linear_to_uint8(np.clip(small, 0, 1)))
    found = calibrate.fit(photo)
    assert found is not None
    return calibrate.apply(photo, found)


@pytest.mark.parametrize("sigma_px", [0.5, 1.2])
def test_the_difference_of_two_blurs_is_read_in_mm2(card: np.ndarray, sigma_px: float) -> None:
    sharp, soft = (calibrate.edge_blur(p, p.calibration) for p in (taken(card, 0.0), taken(card, sigma_px)))
    assert soft.variance_mm2 - sharp.variance_mm2 == pytest.approx((sigma_px / PX_PER_MM) ** 2, rel=0.12)
    assert 0 < soft.error_mm2 < 0.1 * soft.variance_mm2


def test_exposure_does_not_change_it(card: np.ndarray) -> None:
    bright, dim = (calibrate.edge_blur(p, p.calibration) for p in (taken(card, 0.8), taken(card, 0.8, exposure=0.4)))
    assert dim.variance_mm2 == pytest.approx(bright.variance_mm2, rel=0.05)


def test_without_a_card_it_is_unknown(card: np.ndarray) -> None:
    photo = taken(card, 0.5)
    assert np.isnan(calibrate.edge_blur(photo, None).variance_mm2)
    assert photo.calibration is not None
    other = replace(photo.calibration, target="ColorChecker Classic")
    assert np.isnan(calibrate.edge_blur(photo, other).variance_mm2)


def test_tags_outside_the_photo_are_left_out(card: np.ndarray) -> None:
    photo = taken(card, 0.5)
    cut = Photo("cut", "1", photo.encoded[MARGIN_PX + 20 :, MARGIN_PX + 20 :], calibration=photo.calibration)
    shifted = np.array([[1, 0, -MARGIN_PX - 20], [0, 1, -MARGIN_PX - 20], [0, 0, 1.0]])
    assert photo.calibration is not None
    assert photo.calibration.mm_to_px is not None
    moved = replace(photo.calibration, mm_to_px=shifted @ photo.calibration.mm_to_px)
    whole = calibrate.edge_blur(photo, photo.calibration)
    assert calibrate.edge_blur(cut, moved).variance_mm2 == pytest.approx(whole.variance_mm2, rel=0.1)
