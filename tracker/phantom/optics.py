"""Colour of skin from its melanin and blood: a closed-form two-layer model, and small colour changes for real photos.

Epidermis: Beer-Lambert absorption by melanosomes. Dermis: semi-infinite Kubelka-Munk medium with blood. Constant
surface reflection, internal reflection after Saunderson. Good for ranking, invariance and coverage tests, not for
absolute clinical values: b* is a little low on light skin (no carotene) and high around ITA 0 to -25.

References
----------
Haemoglobin: S. Prahl, omlc.org/spectra/hemoglobin. Melanin, baseline, scattering: S. L. Jacques, Skin Optics, 1998,
omlc.org/news/jan98/skinoptics.html; Phys Med Biol 2013;58:R37, doi:10.1088/0031-9155/58/11/R37.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tracker.imaging.colour import (
    FLOOR,
    HAEMOGLOBIN_WEIGHTS,
    XYZ_TO_RGB,
    Floats,
    individual_typology_angle,
)
from tracker.imaging.types import LinearRGB, frozen

WAVELENGTHS: Floats = np.arange(400.0, 721.0, 10.0)
"""nm."""
# Molar extinction of oxy- and deoxyhaemoglobin, 1/(cm M), 400 to 720 nm in steps of 10 (Prahl).
# fmt: off
_OXY: Floats = np.array(
    [266232, 466840, 480360, 246072, 102580, 62816, 44480, 33209.2, 26629.2, 23684.4, 20932.8, 20035.2, 24202.4,
     39956.8, 53236, 43016, 32613.2, 44496, 50104, 14400.8, 3200, 1506, 942, 610, 442, 368, 319.6, 294, 277.6,
     276, 290, 314, 348]
)
_DEOXY: Floats = np.array(
    [223296, 303956, 407560, 528600, 413280, 103292, 23388.8, 16156.4, 14550, 16684, 20862, 25773.6, 31589.6,
     39036.4, 46592, 53412, 53788, 45072, 37020, 28324.4, 14677.2, 9443.6, 6509.6, 5148.8, 4345.2, 3750.12,
     3226.56, 2795.12, 2407.92, 2051.96, 1794.28, 1540.48, 1325.88]
)
# fmt: on
_MELANOSOME: Floats = 6.6e11 * WAVELENGTHS**-3.33  # 1/cm, interior of a melanosome
_BLOODLESS: Floats = 0.244 + 85.3 * np.exp(-(WAVELENGTHS - 154) / 66.2)  # 1/cm, skin without blood and melanin
_SCATTERING: Floats = 2e5 * WAVELENGTHS**-1.5 + 2e12 * WAVELENGTHS**-4.0  # 1/cm, reduced, Mie + Rayleigh
# CIE 1931 2 degree observer (x, y, z) and D65, 400 to 720 nm in steps of 10 (CIE 15:2018); embedded because
# importing colour-science takes a second and this module is imported by every test of the engine.
# fmt: off
_OBSERVER: Floats = np.array(
    [
        [0.01431, 0.04351, 0.13438, 0.2839, 0.34828, 0.3362, 0.2908, 0.19536, 0.09564, 0.03201, 0.0049,
         0.0093, 0.06327, 0.1655, 0.2904, 0.4334499, 0.5945, 0.7621, 0.9163, 1.0263, 1.0622, 1.0026,
         0.8544499, 0.6424, 0.4479, 0.2835, 0.1649, 0.0874, 0.04677, 0.0227, 0.01135916, 0.005790346, 0.002899327],
        [0.000396, 0.00121, 0.004, 0.0116, 0.023, 0.038, 0.06, 0.09098, 0.13902, 0.20802, 0.323,
         0.503, 0.71, 0.862, 0.954, 0.9949501, 0.995, 0.952, 0.87, 0.757, 0.631, 0.503,
         0.381, 0.265, 0.175, 0.107, 0.061, 0.032, 0.017, 0.00821, 0.004102, 0.002091, 0.001047],
        [0.06785001, 0.2074, 0.6456, 1.3856, 1.74706, 1.77211, 1.6692, 1.28764, 0.8129501, 0.46518, 0.272,
         0.1582, 0.07824999, 0.04216, 0.0203, 0.008749999, 0.0039, 0.0021, 0.001650001, 0.0011, 0.0008, 0.00034,
         0.00019, 0.00004999999, 0.00002, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
).T
_D65: Floats = np.array(
    [82.7549, 91.486, 93.4318, 86.6823, 104.865, 117.008, 117.812, 114.861, 115.923, 108.811, 109.354, 107.802, 104.79,
     107.689, 104.405, 104.046, 100, 96.3342, 95.788, 88.6856, 90.0062, 89.5991, 87.6987, 83.2886, 83.6992,
     80.0268, 80.2146, 82.2778, 78.2842, 69.7213, 71.6091, 74.349, 61.604]
)
# fmt: on
_TO_XYZ: Floats = _OBSERVER * _D65[:, None] / (_OBSERVER[:, 1] @ _D65)
WHITE: Floats = _TO_XYZ.sum(0)
"""XYZ of a perfect white with these 33 bands; 0.2 % off the D65 white point of sRGB, which moves H by 0.24."""

NORMAL_BLOOD = 0.007
"""Blood volume fraction of uninflamed dermis; 0.02 is a moderate erythema, 0.05 freshly needled skin."""
MELANIN_OD: Floats = np.array([0.323, 0.501, 0.803])
"""Unit optical density of melanin in linear sRGB (R, G, B) at 6 % melanosomes and 1 % blood."""
BLOOD_OD: Floats = np.array([0.266, 0.746, 0.611])
"""The same for blood."""

_EPIDERMIS_CM = 0.006
_INTERNAL = 0.53  # diffuse internal reflection at n = 1.4, Egan's polynomial
_SURFACE = 0.03


def blood_absorption(oxygenation: float = 0.75) -> Floats:
    """Absorption of whole blood (150 g/l haemoglobin) in 1/cm, one value per wavelength."""
    return 2.303 * 150 / 64500 * (oxygenation * _OXY + (1 - oxygenation) * _DEOXY)


def spectral_reflectance(melanin: ArrayLike, blood: ArrayLike, oxygenation: float = 0.75) -> Floats:
    """Diffuse reflectance of skin at 33 wavelengths from 400 to 720 nm, surface reflection included.

    Parameters
    ----------
    melanin : array_like
        Volume fraction of melanosomes in the epidermis, 0.005 to 0.43.
    blood : array_like
        Volume fraction of blood in the dermis, 0.002 to 0.2; broadcast against ``melanin``.
    oxygenation : float
        Saturation of haemoglobin, 0 to 1.

    Returns
    -------
    ndarray of float64, shape (..., 33)
        0 to 1.
    """
    fm, fb = (np.asarray(v, float)[..., None] for v in (melanin, blood))
    epidermis = fm * _MELANOSOME + (1 - fm) * _BLOODLESS
    dermis = fb * blood_absorption(oxygenation) + (1 - fb) * _BLOODLESS
    x = (
        2 * dermis / np.maximum(0.75 * _SCATTERING - 0.25 * dermis, 1e-6)
    )  # K/S with K = 2 mua, S = 0.75 mus' - 0.25 mua
    q = np.exp(-2 * epidermis * _EPIDERMIS_CM) * (1 + x - np.sqrt(x * x + 2 * x))
    return np.asarray(_SURFACE + (1 - _SURFACE) * (1 - _INTERNAL) * q / (1 - _INTERNAL * q), np.float64)


def skin_xyz(melanin: ArrayLike, blood: ArrayLike, oxygenation: float = 0.75) -> Floats:
    """CIE XYZ (D65, 2 degrees) of skin; relate it to :data:`WHITE` for CIELAB."""
    return spectral_reflectance(melanin, blood, oxygenation) @ _TO_XYZ


def skin_lab(melanin: ArrayLike, blood: ArrayLike) -> Floats:
    """CIELAB of skin relative to its own perfect white, shape (..., 3)."""
    t = skin_xyz(melanin, blood) / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def skin_linear(melanin: ArrayLike, blood: ArrayLike, oxygenation: float = 0.75) -> Floats:
    """Linear sRGB of skin, exact, shape (..., 3); use :func:`skin_colour` for whole images."""
    return skin_xyz(melanin, blood, oxygenation) @ XYZ_TO_RGB.T


_MELANIN_RANGE = (0.002, 0.9)
_BLOOD_RANGE = (0.0005, 0.5)
_NODES = (512, 256)  # melanin, blood: linear interpolation of the log colour is then exact to 1e-4


@cache
def _log_colour_table() -> NDArray[np.float32]:
    melanin = np.geomspace(*_MELANIN_RANGE, _NODES[0])
    blood = np.geomspace(*_BLOOD_RANGE, _NODES[1])
    return frozen(np.log(np.maximum(skin_linear(melanin[None], blood[:, None]), FLOOR)).astype(np.float32))


def skin_log_colour(log_melanin: NDArray[np.float32], log_blood: NDArray[np.float32]) -> NDArray[np.float32]:
    """Natural logarithm of the linear sRGB of skin for whole maps, from a table.

    Parameters
    ----------
    log_melanin, log_blood : ndarray of float32, shape (height, width)
        Natural logarithms of the volume fractions; clipped to 0.002-0.9 and 0.0005-0.5.

    Returns
    -------
    ndarray of float32, shape (height, width, 3)
    """

    def coordinate(values: NDArray[np.float32], limits: tuple[float, float], nodes: int) -> NDArray[np.float32]:
        low, high = np.log(limits)
        return np.asarray((values - np.float32(low)) * np.float32((nodes - 1) / (high - low)), np.float32)

    x = coordinate(log_melanin, _MELANIN_RANGE, _NODES[0])
    y = coordinate(log_blood, _BLOOD_RANGE, _NODES[1])
    table = _log_colour_table()
    return np.asarray(cv2.remap(table, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def skin_colour(melanin: ArrayLike, blood: ArrayLike) -> LinearRGB:
    """Linear sRGB of two-dimensional maps of melanin and blood, float32, shape (height, width, 3)."""
    logs = (np.log(np.maximum(np.asarray(v, np.float32), 1e-6)) for v in np.broadcast_arrays(melanin, blood))
    return np.asarray(np.exp(skin_log_colour(*logs)), np.float32)


def melanin_for_ita(ita: float, blood: float = NORMAL_BLOOD) -> float:
    """Melanosome fraction of skin with a given individual typology angle (degrees, +62 to -60)."""
    melanin = np.geomspace(0.004, 0.5, 400)
    angles = individual_typology_angle(skin_lab(melanin, blood))
    if not angles[-1] <= ita <= angles[0]:
        raise ValueError(f"ita must be {angles[-1]:.0f} to {angles[0]:.0f} degrees, got {ita:.0f}")
    return float(np.exp(np.interp(-ita, -angles, np.log(melanin))))


def add_blood(linear: LinearRGB, weight: NDArray[np.float32], delta_h: float) -> LinearRGB:
    """A photo with blood added: its optical density grows along the blood axis so that H rises by ``delta_h``.

    Parameters
    ----------
    linear : LinearRGB
        Real or rendered skin.
    weight : ndarray of float32, shape (height, width)
        0 to 1, where and how much; make its edge soft.
    delta_h : float
        Rise of H at weight 1; negative takes blood away.

    Returns
    -------
    LinearRGB
        H rises by exactly ``weight * delta_h`` wherever no channel leaves the floor.
    """
    density = BLOOD_OD * delta_h / (-100.0 * float(BLOOD_OD @ HAEMOGLOBIN_WEIGHTS))
    return _add_density(linear, weight, density)


def add_melanin(linear: LinearRGB, weight: NDArray[np.float32], delta_log_red: float) -> LinearRGB:
    """A photo with melanin added: its optical density grows along the melanin axis.

    Parameters
    ----------
    linear : LinearRGB
        Real or rendered skin.
    weight : ndarray of float32, shape (height, width)
        0 to 1, where and how much.
    delta_log_red : float
        Rise of -ln R at weight 1; a fifth more melanin at 6 % melanosomes is about 0.08.

    Returns
    -------
    LinearRGB
        H moves by less than a tenth of what the same density of blood would add.
    """
    return _add_density(linear, weight, MELANIN_OD * delta_log_red / MELANIN_OD[0])


def _add_density(linear: LinearRGB, weight: NDArray[np.float32], density: Floats) -> LinearRGB:
    return np.asarray(linear * np.exp(-weight[..., None] * density.astype(np.float32)), np.float32)
