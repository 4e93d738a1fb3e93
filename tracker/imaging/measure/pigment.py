"""Melanin of a region in both photos: MI_c, evenness, dark spots, and the tone of untreated skin."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tracker.imaging import colour
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.measure.errors import NO_CARD, NO_DOUBT, PER_DE00, SURFACE_SD, Doubt, jackknife
from tracker.imaging.types import Measurement, Metric

Floats = NDArray[np.float64]

BLOOD_IN_MELANIN = 0.32  # MI_R added per H of blood: 0.27 to 0.36 over all skin tones on the simulator
SPOT_CONTRAST = 4.0  # MI above the skin around: a lentigo differs by 5 to 15, blotches of plain skin by 1 to 2
LEAST_SPOTS = 0.5  # % of a region: a spot that only one photo shows, where the blocks see none in either


def melanin_corrected(linear: ArrayLike, h_reference: float) -> Floats:
    """MI_c = 100 log10(1/R) - 0.32 (H - H_ref) of linear sRGB, shape (..., 3) -> (...).

    Parameters
    ----------
    linear : array_like
        Linear sRGB at one exposure: MI_c rises by 0.43 per percent of shadow.
    h_reference : float
        H of untreated skin of the same photo.

    Returns
    -------
    ndarray of float64
        MI units; melanin x1.2 adds 0.5 (ITA +62) to 10 (ITA -57).

    References
    ----------
    Takiwaki, Miyaoka, Kohno, Arase. Skin Res Technol 2002;8:74-78.
    """
    excess = colour.haemoglobin_index(linear) - h_reference
    return np.asarray(colour.melanin_index(linear) - BLOOD_IN_MELANIN * excess, np.float64)


def measure(
    cells: SkinCells, h_reference: float, region: str, *, doubt: Doubt = NO_DOUBT, scale: float = 0.0
) -> tuple[tuple[Measurement, Measurement], ...]:
    """Pigment, evenness and spots of a region at baseline and follow-up.

    Parameters
    ----------
    cells : SkinCells
        Of the region, the follow-up brought to the baseline's exposure, camera and lamp by the reference skin.
    h_reference : float
        H of the reference skin at baseline.
    region : str
        Its name.
    doubt : Doubt
        Scatter of untreated skin between the photos, and of the alignment.
    scale : float
        Relative standard error of a change of pigment, from :func:`scale_error`.

    Returns
    -------
    tuple of pairs of Measurement
        (baseline, follow-up) of pigment (unit "MI"), evenness (SD of MI_c within the region after a plane is taken
        out, unit "MI SD", smaller is more even) and spots (share of the region at least 4 MI above its surroundings,
        unit "% of region").

    Notes
    -----
    Comparable between photos of one person with the same light direction. Without a card the exposure comes from the
    reference skin, so a tan of all skin is not seen.
    """
    both = [melanin_corrected(light, h_reference) for light in (cells.baseline, cells.followup)]
    error = doubt.of_change(lambda rgb: melanin_corrected(rgb, h_reference), cells)
    nodes = _plane(cells.position)
    flat = [values - nodes @ np.linalg.lstsq(nodes, values, rcond=None)[0] for values in both]
    spread = [float(np.std(values)) for values in flat]
    uneven = _uneven_error(cells.position, flat)
    dark = [values - _surroundings(cells, values) >= SPOT_CONTRAST for values in flat]
    spots = [100 * float(np.mean(which)) for which in dark]
    moved = jackknife(cells.position, lambda some: 100 * float(dark[1][some].mean() - dark[0][some].mean()))
    share = max(moved, LEAST_SPOTS) / np.sqrt(2)
    return (
        _pair(Metric.PIGMENT, region, "MI", (float(both[0].mean()), float(both[1].mean())), (error, error), scale),
        _pair(Metric.EVENNESS, region, "MI SD", (spread[0], spread[1]), tuple(v * uneven / np.sqrt(2) for v in spread)),
        _pair(Metric.SPOTS, region, "% of region", (spots[0], spots[1]), (share, share)),
    )


def _uneven_error(position: Floats, flat: list[Floats]) -> float:
    """Standard error of the logarithm of the ratio of both spreads; nan where a photo shows none at all."""
    if min(float(np.std(values)) for values in flat) == 0:
        return float("nan")
    return jackknife(position, lambda some: float(np.log(np.std(flat[1][some]) / np.std(flat[0][some]))))


def scale_error(light: Floats, residual_de00: float) -> float:
    """Relative standard error of a change of pigment: shine dilutes it, the colour matrix may scale it.

    Parameters
    ----------
    light : ndarray, shape (3,)
        Calibrated linear sRGB of untreated skin that faces the lamp; nan without a card.
    residual_de00 : float
        What the card's skin patches, held out, were off by.
    """
    if np.isnan(light).any():
        return NO_CARD
    card = PER_DE00 * residual_de00 if np.isfinite(residual_de00) else 0.0
    return float(np.hypot(SURFACE_SD / max(float(light[0]), 1e-3), card))


def _pair(
    metric: Metric,
    region: str,
    unit: str,
    values: tuple[float, float],
    errors: tuple[float, ...],
    scale: float = 0.0,
) -> tuple[Measurement, Measurement]:
    return (
        Measurement(metric, region, values[0], unit, errors[0], (), scale),
        Measurement(metric, region, values[1], unit, errors[1], (), scale),
    )


def _plane(position: Floats) -> Floats:
    centred = (position - position.mean(0)) / max(float(np.ptp(position)), 1e-9)
    return np.column_stack([np.ones(len(position)), centred])


def _surroundings(cells: SkinCells, values: Floats) -> Floats:
    """Mean over about a quarter of the region's width around each cell."""
    column, row = np.rint((cells.position - cells.position.min(0)) / cells.spacing).astype(int).T
    shape = (int(row.max()) + 1, int(column.max()) + 1)
    total, weight = np.zeros(shape), np.zeros(shape)
    total[row, column], weight[row, column] = values, 1.0
    sigma = max(1.5, max(shape) / 8)
    smooth, share = (cv2.GaussianBlur(a, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT) for a in (total, weight))
    return np.asarray((smooth / np.maximum(share, 1e-6))[row, column], np.float64)
