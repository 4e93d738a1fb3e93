"""Redness of a region in both photos: haemoglobin index H, with CIELAB a* and log(R/G) beside it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tracker.imaging import colour
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.types import Flag, FlagCode, Measurement, Metric

Floats = NDArray[np.float64]

TONE_GAIN_ITA = np.array([-57.0, -44.0, -26.0, -6.0, 9.0, 31.0, 49.0, 62.0])
TONE_GAIN = np.array([0.54, 0.74, 0.93, 0.98, 0.98, 0.99, 1.00, 1.01])
"""H that the same blood adds, relative to ITA +49 (docs/methods.md, redness); simulated, not clinical."""
DARKEST_FULL_ITA = -45.0
CELLS_PER_SAMPLE = 8.0  # neighbouring cells share JPEG chroma blocks and blotches of the skin: effective n = n / 8


def tone_gain(ita: float) -> float:
    """How much of the change of H of light skin the same blood makes at a skin tone, 0.5 to 1.01.

    Parameters
    ----------
    ita : float
        Of untreated, calibrated skin at baseline, degrees; nan gives 1.
    """
    return 1.0 if np.isnan(ita) else float(max(0.5, np.interp(ita, TONE_GAIN_ITA, TONE_GAIN)))


def tone_flags(ita: float) -> tuple[Flag, ...]:
    """A remark where the skin is so dark that redness is seen less well."""
    if np.isnan(ita) or ita >= DARKEST_FULL_ITA:
        return ()
    reason = f"Skin tone ITA {ita:.0f}°: redness is seen with reduced sensitivity below {DARKEST_FULL_ITA:.0f}°."
    return (Flag(FlagCode.DARK_SKIN_SENSITIVITY, reason, "Cross-polarised light helps."),)


def measure(cells: SkinCells, region: str, *, gain: float = 1.0) -> tuple[tuple[Measurement, Measurement], ...]:
    """Redness of a region at baseline and follow-up.

    Parameters
    ----------
    cells : SkinCells
        Of the region, the follow-up brought to the baseline's camera and lamp by the reference skin.
    region : str
        Its name.
    gain : float
        From :func:`tone_gain`; H is divided by it.

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
    return (
        _both(cells, region, Metric.REDNESS, "H", lambda rgb: colour.haemoglobin_index(rgb) / gain),
        _both(cells, region, Metric.REDNESS_A_STAR, "a*", lambda rgb: colour.linear_to_lab(rgb)[..., 1]),
        _both(cells, region, Metric.REDNESS_LOG_RG, "EI", colour.log_red_green),
    )


def _both(
    cells: SkinCells, region: str, metric: Metric, unit: str, index: Callable[[ArrayLike], Floats]
) -> tuple[Measurement, Measurement]:
    first, second = (float(index(light.mean(axis=0))) for light in (cells.baseline, cells.followup))
    spread = float(np.std(index(cells.followup) - index(cells.baseline), ddof=1)) if len(cells) > 1 else float("nan")
    error = spread / np.sqrt(max(1.0, len(cells) / CELLS_PER_SAMPLE)) / np.sqrt(2)
    return (
        Measurement(metric, region, first, unit, float(error)),
        Measurement(metric, region, second, unit, float(error)),
    )
