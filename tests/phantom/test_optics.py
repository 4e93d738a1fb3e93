"""Golden values of docs/methods.md (simulator), and the small colour changes for real photos."""

import numpy as np
import pytest

from tracker.imaging.colour import haemoglobin_index, individual_typology_angle, linear_to_encoded
from tracker.phantom import optics

# melanosomes, blood, L*, a*, b*, ITA, R450, R550, R650, sRGB, H: as printed in methods.md 8.3.
GOLDEN = [
    (0.013, 0.007, (70.4, 5.8, 11.0), 62, (0.332, 0.365, 0.564), (191, 168, 153), 9.63),
    (0.060, 0.007, (61.2, 7.5, 18.7), 31, (0.183, 0.262, 0.447), (173, 142, 115), 9.65),
    (0.160, 0.007, (47.5, 10.2, 23.9), -6, (0.073, 0.144, 0.291), (142, 106, 73), 11.18),
    (0.250, 0.007, (39.2, 11.4, 22.3), -26, (0.045, 0.094, 0.208), (121, 85, 56), 16.67),
    (0.430, 0.007, (29.1, 10.8, 13.6), -57, (0.032, 0.051, 0.118), (91, 62, 48), 30.43),
    (0.030, 0.020, (60.2, 12.1, 14.3), 36, (0.196, 0.226, 0.494), (175, 137, 121), 23.49),
    (0.030, 0.050, (52.5, 18.2, 14.1), 10, (0.132, 0.144, 0.452), (163, 113, 102), 41.26),
]


@pytest.mark.parametrize(("melanin", "blood", "lab", "ita", "bands", "srgb", "index"), GOLDEN)
def test_golden_values_to_the_printed_digits(melanin, blood, lab, ita, bands, srgb, index):
    found = optics.skin_lab(melanin, blood)
    np.testing.assert_array_equal(found.round(1), lab)
    assert round(float(individual_typology_angle(found))) == ita
    spectrum = optics.spectral_reflectance(melanin, blood)
    np.testing.assert_array_equal(spectrum[np.isin(optics.WAVELENGTHS, (450, 550, 650))].round(3), bands)
    linear = optics.skin_linear(melanin, blood)
    np.testing.assert_array_equal(np.rint(linear_to_encoded(linear) * 255), srgb)
    assert round(float(haemoglobin_index(linear)), 2) == index


def test_the_table_agrees_with_the_exact_model():
    rng = np.random.default_rng(1)
    melanin, blood = rng.uniform(0.005, 0.43, (64, 64)), rng.uniform(0.002, 0.2, (64, 64))
    np.testing.assert_allclose(optics.skin_colour(melanin, blood), optics.skin_linear(melanin, blood), rtol=2e-3)


@pytest.mark.parametrize("ita", [60, 45, 10, -25, -50])
def test_melanin_for_ita_is_the_inverse_of_ita(ita):
    melanin = optics.melanin_for_ita(ita)
    assert individual_typology_angle(optics.skin_lab(melanin, 0.007)) == pytest.approx(ita, abs=0.1)


def test_an_impossible_tone_is_refused():
    with pytest.raises(ValueError, match="ita must be"):
        optics.melanin_for_ita(89)


@pytest.mark.parametrize("delta", [-3.0, 5.0, 14.0])
def test_added_blood_moves_h_by_what_was_asked(delta):
    linear = optics.skin_colour(np.full((8, 8), 0.06), np.full((8, 8), 0.007))
    weight = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    moved = haemoglobin_index(optics.add_blood(linear, weight, delta)) - haemoglobin_index(linear)
    np.testing.assert_allclose(moved, delta * weight, atol=1e-3)


def test_added_melanin_darkens_and_hardly_moves_h():
    linear = optics.skin_colour(np.full((4, 4), 0.06), np.full((4, 4), 0.007))
    tanned = optics.add_melanin(linear, np.ones((4, 4), np.float32), 0.08)
    np.testing.assert_allclose(np.log(linear[..., 0] / tanned[..., 0]), 0.08, rtol=1e-4)
    as_blood = 0.08 / optics.BLOOD_OD[0] * -100 * float(optics.BLOOD_OD @ [0.628, -1, 0.372])
    assert np.abs(haemoglobin_index(tanned) - haemoglobin_index(linear)).max() < 0.1 * as_blood


def test_a_moderate_erythema_has_the_published_size_at_every_tone():
    # dH of blood 0.7 -> 2 % (methods.md 1.1).
    for ita, expected in {49: 13.85, 31: 13.70, 9: 13.61, -26: 12.82, -44: 10.20}.items():
        melanin = optics.melanin_for_ita(ita)
        step = haemoglobin_index(optics.skin_linear(melanin, 0.02)) - haemoglobin_index(
            optics.skin_linear(melanin, 0.007)
        )
        assert step == pytest.approx(expected, abs=0.25)
