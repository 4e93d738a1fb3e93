"""How uneven real skin is: amplitudes of melanin, blood, relief and gloss per scale and tone.

The amplitudes were fitted so that rendered cheeks have the contrast of the real ones of the Face Research Lab London
Set (71 people, four groups, figures in tests/phantom/test_looks.py): SD of ln Y and of H in four bands of 0.35 to
5.6 mm, and the principal axis of (ln R, ln G, ln B). On dark skin relief and shine carry most of it, on light skin
blood and relief.
"""

from dataclasses import dataclass

import numpy as np

Bands = tuple[tuple[float, float], ...]
"""(sigma in mm, standard deviation) of smooth noises that add up."""

_SIGMAS_MM = (0.4, 0.8, 1.6, 3.6)
_BROAD_MM = 12.0
"""Beyond the measured bands; its amplitudes were chosen by eye."""
_SWELL_MM, _SWELL = 6.0, 0.85
"""Sigma and height (mm) of the soft swellings under the skin, which carry brightness in the coarsest band."""
_ITA = (-32.0, 30.0, 46.0, 56.0)
# Rows follow _ITA, columns _SIGMAS_MM.
_LOG_MELANIN = (
    (0.018, 0.056, 0.090, 0.130),
    (0.020, 0.020, 0.030, 0.086),
    (0.031, 0.031, 0.041, 0.130),
    (0.028, 0.028, 0.037, 0.059),
)
_LOG_BLOOD = (
    (0.054, 0.270, 0.360, 0.360),
    (0.050, 0.114, 0.185, 0.214),
    (0.033, 0.140, 0.140, 0.265),
    (0.015, 0.118, 0.129, 0.232),
)
_HEIGHT_MM = (
    (0.002, 0.003, 0.004, 0.200),
    (0.033, 0.001, 0.137, 0.440),
    (0.014, 0.002, 0.024, 0.560),
    (0.029, 0.003, 0.008, 0.400),
)
_LOG_GLOSS = (
    (0.239, 0.047, 0.013, 0.250),
    (0.130, 0.010, 0.061, 0.135),
    (0.217, 0.019, 0.065, 0.220),
    (0.208, 0.016, 0.015, 0.178),
)


@dataclass(frozen=True, slots=True)
class Unevenness:
    """Amplitudes of the random fields that make skin look alive.

    Parameters
    ----------
    log_melanin, log_blood, log_gloss : Bands
        Natural logarithms.
    height_mm : Bands
        Coarse relief.
    """

    log_melanin: Bands
    log_blood: Bands
    height_mm: Bands
    log_gloss: Bands


def unevenness(ita: float, factor: float = 1.0) -> Unevenness:
    """Amplitudes for a tone, interpolated between the fitted ones and held constant beyond them.

    Parameters
    ----------
    ita : float
        Individual typology angle, degrees.
    factor : float
        1 = as uneven as a cheek.
    """

    def bands(table: tuple[tuple[float, ...], ...], broad: float) -> Bands:
        columns = (factor * float(np.interp(ita, _ITA, column)) for column in zip(*table, strict=True))
        fitted = tuple(zip(_SIGMAS_MM, columns, strict=True))
        return (*fitted, (_BROAD_MM, factor * broad)) if broad else fitted

    return Unevenness(
        bands(_LOG_MELANIN, 0.03),
        bands(_LOG_BLOOD, 0.06),
        (*bands(_HEIGHT_MM, 0), (_SWELL_MM, factor * _SWELL)),
        bands(_LOG_GLOSS, 0),
    )
