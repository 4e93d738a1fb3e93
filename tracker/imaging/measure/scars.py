"""Area of a scar or lesion: in mm2 where the photo has a scale, else relative to the baseline, each with its error."""

import numpy as np
from numpy.typing import NDArray

from tracker.imaging.types import Flag, FlagCode, Measurement, Metric, Outline, Region, frozen

UNIT = "mm²"
RELATIVE_UNIT = "% of baseline"
Z95 = 1.96
DRAWN_SD = 0.04
"""Standard error of ln area of an outline drawn by a person: 25 ulcers labelled twice differ by 3.6 % (median)."""
SCALE_SD = 0.01
"""Standard error of a length, from the card or from the alignment near the lesion; it counts double in areas."""
NO_SCALE = Flag(
    FlagCode.NO_SCALE,
    "The photo has no scale, so the area is given in % of the baseline's.",
    "Lay the calibration card beside the scar, in the same plane.",
)


def drawn(region: Region) -> Outline:
    """An outline that a person drew or approved, with the error that two experts would make of it.

    Parameters
    ----------
    region : Region
        Every pixel in it counts fully.
    """
    area = float(region.area_px)
    pixels = 0.5 / max(np.sqrt(np.pi * area), 1.0)  # half a pixel of the perimeter that does not average out
    error = Z95 * float(np.hypot(DRAWN_SD, pixels))
    interval = (area * float(np.exp(-error)), area * float(np.exp(error)))
    return Outline(region.box, frozen(region.mask.astype(np.float32)), area, interval)


def area_mm2(
    outline: Outline, region: str, mm2_per_px: NDArray[np.floating], flags: tuple[Flag, ...] = ()
) -> Measurement:
    """Area of an outline in mm2, each pixel counted with the skin that it covers, so tilt is corrected.

    Parameters
    ----------
    outline : Outline
        Soft or drawn.
    region : str
        Its name.
    mm2_per_px : ndarray, shape (outline.box.height, outline.box.width)
        Area of skin per pixel, from the calibration.
    flags : tuple of Flag
        Doubts about the scale (tilt above 30 degrees, card far away), kept with the number.

    Returns
    -------
    Measurement
        Unit "mm²"; NaN with the flag NO_SCALE where the scale is not defined inside the outline. The standard error
        holds the outline's interval and a 1 % error of the scale, which counts double.

    Notes
    -----
    Comparable between photos whose card lay in the plane of the scar. The soft sum is unbiased for a border that is
    as often too far out as too far in.
    """
    if mm2_per_px.shape != outline.probability.shape:
        raise ValueError(f"mm2_per_px must be {outline.probability.shape}, got {mm2_per_px.shape}")
    used = outline.probability > 0
    weights = np.asarray(mm2_per_px, np.float64)[used]
    if not np.isfinite(weights).all():
        return Measurement(Metric.SCAR_AREA, region, float("nan"), UNIT, flags=(*flags, NO_SCALE))
    value = float(np.dot(outline.probability[used], weights))
    error = value * float(np.hypot(_log_error(outline), 2 * SCALE_SD)) if value > 0 else 0.0
    return Measurement(Metric.SCAR_AREA, region, value, UNIT, error, flags)


def area_ratio(outlines: tuple[Outline, Outline], growth: NDArray[np.floating]) -> tuple[float, tuple[float, float]]:
    """Follow-up area over baseline area with the change of scale taken out, and its 95 % interval.

    Parameters
    ----------
    outlines : tuple of Outline
        In the baseline and in the follow-up photo.
    growth : ndarray
        Follow-up area per baseline area (|J| of the alignment) on skin around the lesion, any shape. The lesion itself
        is no scale: it may have shrunk.

    Returns
    -------
    tuple of float and tuple of float
        The ratio and (low, high), symmetric on the logarithm; NaN where either area is 0 or growth is not positive.
    """
    scale = float(np.median(growth)) if np.size(growth) else float("nan")
    before, after = (outline.area_px for outline in outlines)
    if not (scale > 0 and before > 0 and after > 0):
        return float("nan"), (float("nan"), float("nan"))
    ratio = after / (before * scale)
    error = Z95 * float(np.sqrt(sum(_log_error(outline) ** 2 for outline in outlines) + (2 * SCALE_SD) ** 2))
    return ratio, (ratio * float(np.exp(-error)), ratio * float(np.exp(error)))


def _log_error(outline: Outline) -> float:
    """Standard error of the logarithm of the area."""
    low, high = outline.interval_px
    return float(np.log(high / low)) / (2 * Z95) if low > 0 else 1.0
