"""Colour arithmetic against independent implementations and against its own promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2lab

from tracker.imaging import colour

RNG = np.random.default_rng(0)


def test_transfer_curve_round_trip() -> None:
    levels = np.arange(256) / 255
    assert np.array_equal(colour.linear_to_uint8(colour.encoded_to_linear(levels)), np.arange(256))


def test_lab_agrees_with_scikit_image() -> None:
    encoded = RNG.random((50, 3))
    ours = colour.linear_to_lab(colour.encoded_to_linear(encoded))
    assert np.abs(ours - rgb2lab(encoded[None])[0]).max() < 0.02  # they round the primaries to fewer digits


def test_xyz_matrices_are_inverse() -> None:
    assert np.allclose(colour.RGB_TO_XYZ @ colour.XYZ_TO_RGB, np.eye(3), atol=1e-6)


@given(st.floats(0.3, 3.0))
def test_haemoglobin_index_ignores_exposure(gain: float) -> None:
    skin = np.array([0.35, 0.22, 0.16])
    assert colour.haemoglobin_index(gain * skin) == pytest.approx(colour.haemoglobin_index(skin), abs=1e-9)


def test_haemoglobin_index_rises_when_green_is_absorbed() -> None:
    assert colour.haemoglobin_index([0.35, 0.20, 0.16]) > colour.haemoglobin_index([0.35, 0.22, 0.16])


def test_log_red_green_ignores_exposure_and_rises_with_red() -> None:
    assert colour.log_red_green([0.2, 0.1, 0.1]) == pytest.approx(100 * np.log10(2))
    assert colour.log_red_green([0.4, 0.2, 0.2]) == pytest.approx(colour.log_red_green([0.2, 0.1, 0.1]))


def test_melanin_index_of_white_is_zero_and_black_is_finite() -> None:
    assert colour.melanin_index([1.0, 1.0, 1.0]) == pytest.approx(0.0)
    assert np.isfinite(colour.melanin_index([0.0, 0.0, 0.0]))


@pytest.mark.parametrize(
    ("rgb", "expected"), [((173, 142, 115), 31), ((121, 85, 56), -26), ((91, 62, 48), -57), ((191, 168, 153), 62)]
)
def test_typology_angle_of_known_skin(rgb: tuple[int, int, int], expected: float) -> None:
    lab = colour.linear_to_lab(colour.encoded_to_linear(np.array(rgb) / 255))
    assert colour.individual_typology_angle(lab) == pytest.approx(expected, abs=1.5)


def test_delta_e_2000_published_pair() -> None:
    # pair 1 of Sharma, Wu, Dalal 2005, table 1
    assert colour.delta_e_2000([50, 2.6772, -79.7751], [50, 0, -82.7485]) == pytest.approx(2.0425, abs=1e-4)


def test_luminance_of_white_is_one() -> None:
    assert colour.luminance(np.ones((2, 2, 3), np.float32)) == pytest.approx(np.ones((2, 2)), abs=1e-5)
