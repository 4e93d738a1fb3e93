"""Redness of a region in both photos: haemoglobin index H, with CIELAB a* and log(R/G) beside it."""

import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.measure.errors import NO_CARD, NO_DOUBT, PER_DE00, SURFACE_SD, Doubt, Index
from tracker.imaging.types import Flag, FlagCode, Measurement, Metric

Floats = NDArray[np.float64]

TONE_GAIN_ITA = np.array([-57.0, -44.0, -26.0, -6.0, 9.0, 31.0, 49.0, 62.0])
TONE_GAIN = np.array([0.54, 0.74, 0.93, 0.98, 0.98, 0.99, 1.00, 1.01])
"""H that the same blood adds, relative to ITA +49 (docs/methods.md, redness); simulated, not clinical."""
DARKEST_FULL_ITA = -45.0
SURFACE = 0.015
"""Light that the surface of the skin throws back on average beyond the 3 % that the table of gains contains, as a share
of a perfect white. Fresnel's law at n = 1.4 to 1.5 over roughness 0.3 leaves 0.005 to 0.015 with a lamp 35 degrees off
the camera; the eight darkest faces of ../shared/data look as if it were 0.02 to 0.05."""
TONE_SD = 5.0  # degrees of ITA: how far the tone is read from the truth on the phantom, matt or shiny


def tone_gain(ita: float) -> float:
    """How much of the change of H of light skin the same blood makes at a skin tone, 0.5 to 1.01.

    Parameters
    ----------
    ita : float
        Of untreated, calibrated skin at baseline, degrees; nan gives 1.
    """
    return 1.0 if np.isnan(ita) else float(max(0.5, np.interp(ita, TONE_GAIN_ITA, TONE_GAIN)))


def surface_gain(light: Floats) -> float:
    """How much of a change of H the ordinary shine of skin of a colour leaves, 0.75 to 1.

    Parameters
    ----------
    light : ndarray, shape (3,)
        Calibrated linear sRGB of untreated skin that faces the lamp; nan gives 1.

    Notes
    -----
    Light from the surface carries no blood. Green decides: H falls with it and it is the channel that blood darkens.
    """
    return 1.0 if np.isnan(light).any() else float(np.clip(1 - SURFACE / max(float(light[1]), 1e-3), 0.75, 1.0))


def scale_error(light: Floats, ita: float, residual_de00: float) -> float:
    """Relative standard error of a change of H: shine that was not there or stronger, tone, colour matrix.

    Parameters
    ----------
    light : ndarray, shape (3,)
        As in :func:`surface_gain`; nan without a card.
    ita : float
        Of it, degrees.
    residual_de00 : float
        What the card's skin patches, held out, were off by.
    """
    if np.isnan(light).any() or np.isnan(ita):
        return NO_CARD
    tone = np.log(tone_gain(ita + TONE_SD) / tone_gain(ita - TONE_SD)) / 2
    card = PER_DE00 * residual_de00 if np.isfinite(residual_de00) else 0.0
    return float(np.sqrt((SURFACE_SD / max(float(light[1]), 1e-3)) ** 2 + tone**2 + card**2))


def tone_flags(ita: float) -> tuple[Flag, ...]:
    """A remark where the skin is so dark that redness is seen less well."""
    if np.isnan(ita) or ita >= DARKEST_FULL_ITA:
        return ()
    reason = f"Skin tone ITA {ita:.0f}°: redness is seen with reduced sensitivity below {DARKEST_FULL_ITA:.0f}°."
    return (Flag(FlagCode.DARK_SKIN_SENSITIVITY, reason, "Cross-polarised light helps."),)


def measure(
    cells: SkinCells, region: str, *, gain: float = 1.0, doubt: Doubt = NO_DOUBT, scale: float = 0.0
) -> tuple[tuple[Measurement, Measurement], ...]:
    """Redness of a region at baseline and follow-up.

    Parameters
    ----------
    cells : SkinCells
        Of the region, the follow-up brought to the baseline's camera and lamp by the reference skin.
    region : str
        Its name.
    gain : float
        From :func:`tone_gain` and :func:`surface_gain`; H is divided by it.
    doubt : Doubt
        Scatter of untreated skin between the photos, and of the alignment.
    scale : float
        From :func:`scale_error`.

    Returns
    -------
    tuple of pairs of Measurement
        (baseline, follow-up) of H (unit "H"), a* (unit "a*") and 100 log10(R/G) (unit "EI").

    Notes
    -----
    Light is averaged over the region before the logarithm. Two H values may be compared within one person and one
    region only, because H rises with melanin below ITA -6. The baseline value is as photographed; the follow-up value
    is relative to the reference skin, so its difference to the baseline is the change of the region minus the change
    of untreated skin.

    References
    ----------
    Yamamoto, Takiwaki, Arase, Ohshima. Skin Res Technol 2008;14:26-34. doi:10.1111/j.1600-0846.2007.00254.x
    Tsumura et al. ACM Trans Graph 2003;22:770-779. doi:10.1145/882262.882344
    """
    indices: tuple[tuple[Metric, str, Index], ...] = (
        (Metric.REDNESS, "H", lambda rgb: colour.haemoglobin_index(rgb) / gain),
        (Metric.REDNESS_A_STAR, "a*", lambda rgb: colour.linear_to_lab(rgb)[..., 1]),
        (Metric.REDNESS_LOG_RG, "EI", colour.log_red_green),
    )
    return tuple(_both(cells, region, index, doubt, scale) for index in indices)


def _both(
    cells: SkinCells, region: str, what: tuple[Metric, str, Index], doubt: Doubt, scale: float
) -> tuple[Measurement, Measurement]:
    metric, unit, index = what
    photos = (cells.baseline, cells.followup)
    first, second = (float(index(light.mean(axis=0))) for light in photos)
    error = doubt.of_change(index, cells)
    return (
        Measurement(metric, region, first, unit, error, (), scale),
        Measurement(metric, region, second, unit, error, (), scale),
    )
