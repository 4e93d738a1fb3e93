"""Colour arithmetic on arrays: transfer curve, XYZ, CIELAB, skin tone, chromophore indices, colour difference.

Everything takes linear sRGB (IEC 61966-2-1 primaries, D65 white) with channels last unless its name says otherwise.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from skimage.color import deltaE_ciede2000

from tracker.imaging.types import LinearRGB

Floats = NDArray[np.float64]

RGB_TO_XYZ: Floats = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
XYZ_TO_RGB: Floats = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
WHITE_D65: Floats = np.array([0.95047, 1.0, 1.08883])
LUMINANCE: Floats = RGB_TO_XYZ[1]
HAEMOGLOBIN_WEIGHTS: Floats = np.array([0.628, -1.0, 0.372])
"""Sum 0, so exposure and shading cancel exactly; derived by inverting the optical densities of melanin, blood and
shading at a melanosome fraction of 6 % and 1 % blood (docs/methods.md, redness)."""
FLOOR = 1e-4
"""Smallest light before a logarithm: below an 8-bit sRGB step (3e-4), so it only guards against log(0)."""


def encoded_to_linear(encoded: ArrayLike) -> Floats:
    """Linear light of sRGB-encoded values.

    Parameters
    ----------
    encoded : array_like
        0 to 1, any shape.

    Returns
    -------
    ndarray of float64
        0 to 1, same shape. For whole photos use ``Photo.linear``, which goes through a table.
    """
    v = np.asarray(encoded, np.float64)
    return np.where(v <= 0.04045, v / 12.92, ((np.maximum(v, 0) + 0.055) / 1.055) ** 2.4)


def linear_to_encoded(linear: ArrayLike) -> Floats:
    """sRGB-encoded values of linear light, clipped to 0 to 1."""
    v = np.clip(np.asarray(linear, np.float64), 0.0, 1.0)
    return np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)


def linear_to_uint8(linear: ArrayLike) -> NDArray[np.uint8]:
    """sRGB-encoded 8-bit values of linear light, rounded to the nearest level."""
    return np.rint(linear_to_encoded(linear) * 255).astype(np.uint8)


def linear_to_xyz(linear: ArrayLike) -> Floats:
    """CIE XYZ (Y of white = 1) of linear sRGB, shape (..., 3)."""
    return np.asarray(linear, np.float64) @ RGB_TO_XYZ.T


def xyz_to_linear(xyz: ArrayLike) -> Floats:
    """Linear sRGB of CIE XYZ (Y of white = 1); may lie outside 0 to 1 for colours outside the gamut."""
    return np.asarray(xyz, np.float64) @ XYZ_TO_RGB.T


def xyz_to_lab(xyz: ArrayLike) -> Floats:
    """CIELAB (D65) of CIE XYZ, shape (..., 3).

    References
    ----------
    CIE 15:2018, Colorimetry, equation 8.3.
    """
    t = np.asarray(xyz, np.float64) / WHITE_D65
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def linear_to_lab(linear: ArrayLike) -> Floats:
    """CIELAB (D65) of linear sRGB, shape (..., 3)."""
    return xyz_to_lab(linear_to_xyz(linear))


def luminance(linear: LinearRGB) -> NDArray[np.float32]:
    """Relative luminance Y of linear sRGB, 0 to 1, shape (height, width), float32."""
    return np.asarray(linear @ LUMINANCE.astype(np.float32), np.float32)


def individual_typology_angle(lab: ArrayLike) -> Floats:
    """Individual typology angle (ITA) in degrees, atan2(L* - 50, b*).

    Notes
    -----
    Measure it on untreated, uninflamed skin: blood alone (0.7 to 5 %) moves ITA by 40 degrees. Comparable between
    photos only if both are calibrated.

    References
    ----------
    Chardon, Cretois, Hourseau. Int J Cosmet Sci 1991;13:191-208. doi:10.1111/j.1467-2494.1991.tb00561.x
    """
    v = np.asarray(lab, np.float64)
    return np.degrees(np.arctan2(v[..., 0] - 50.0, v[..., 2]))


def haemoglobin_index(linear: ArrayLike) -> Floats:
    """Haemoglobin index H = 100 (0.628 ln R - ln G + 0.372 ln B) of linear sRGB.

    Parameters
    ----------
    linear : array_like, shape (..., 3)
        Linear sRGB; average pixels before calling, because noise near 0 biases the mean of logarithms.

    Returns
    -------
    ndarray of float64
        H units; a moderate erythema (blood 0.7 to 2.0 %) adds about 14 on light and medium skin.

    Notes
    -----
    Unchanged by exposure and shading. Compare within one person only: the absolute value rises with melanin.
    """
    return 100.0 * np.log(np.maximum(np.asarray(linear, np.float64), FLOOR)) @ HAEMOGLOBIN_WEIGHTS


def log_red_green(linear: ArrayLike) -> Floats:
    """Erythema index 100 log10(R / G) of linear sRGB; loses sensitivity on dark skin, shown beside H.

    References
    ----------
    Yamamoto, Takiwaki, Arase, Ohshima. Skin Res Technol 2008;14:26-34. doi:10.1111/j.1600-0846.2007.00254.x
    """
    v = np.maximum(np.asarray(linear, np.float64), FLOOR)
    return 100.0 * np.log10(v[..., 0] / v[..., 1])


def melanin_index(linear: ArrayLike) -> Floats:
    """Melanin index 100 log10(1 / R) of linear sRGB; rises with blood too (see measure.pigment) and with shadow."""
    return -100.0 * np.log10(np.maximum(np.asarray(linear, np.float64)[..., 0], FLOOR))


def delta_e_2000(lab_a: ArrayLike, lab_b: ArrayLike) -> Floats:
    """CIEDE2000 colour difference of CIELAB arrays, shape (..., 3) -> (...).

    References
    ----------
    Sharma, Wu, Dalal. Color Res Appl 2005;30:21-30. doi:10.1002/col.20070
    """
    return np.asarray(deltaE_ciede2000(np.asarray(lab_a, np.float64), np.asarray(lab_b, np.float64)), np.float64)
