"""Contrast of a scar's relief against the skin around it: how much light and shade it throws, no depth."""

import numpy as np
from numpy.typing import NDArray

from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.types import Measurement, Metric

Floats = NDArray[np.float64]

UNIT = "% contrast"
SHADE: Floats = np.array([1.733, -0.096, -0.637])
"""Weights of ln R, G, B that see light and shade fully and neither blood (0.266, 0.746, 0.611) nor melanin
(0.323, 0.501, 0.803): the row of the inverse that belongs to (1, 1, 1)."""
BLOCKS = 8.0  # independent patches in a scar or a ring, for the standard error


def measure(scar: SkinCells, ring: SkinCells, region: str) -> tuple[Measurement, Measurement]:
    """SD of light and shade in a scar less that of its ring, at baseline and follow-up (unit "% contrast").

    Parameters
    ----------
    scar : SkinCells
        Of the scar with a rim as wide as it takes for its walls to be in.
    ring : SkinCells
        Of the skin around, in patches of the same width.
    region : str
        Its name.

    Notes
    -----
    A proxy of depth: the walls of a scar turn towards the light and away from it. Comparable between photos with the
    light from the same side only, and never between persons or sites. 0 is as even as the skin around; below 0 the scar
    is smoother than that. A plane is taken out of either, so the fall of the light does not count.
    """
    values = []
    for inner, outer in ((scar.baseline, ring.baseline), (scar.followup, ring.followup)):
        spread = [_spread(light, cells.position) for light, cells in ((inner, scar), (outer, ring))]
        values.append(100 * (spread[0] - spread[1]))
    own = _error_of_change(scar, ring)
    first, second = (Measurement(Metric.SCAR_CONTRAST, region, value, UNIT, own) for value in values)
    return first, second


def _shade(light: Floats, position: Floats) -> Floats:
    """Light and shade of each patch, a plane taken out."""
    values = np.log(light) @ SHADE
    nodes = np.column_stack([np.ones(len(position)), position - position.mean(axis=0)])
    return np.asarray(values - nodes @ np.linalg.lstsq(nodes, values, rcond=None)[0], np.float64)


def _spread(light: Floats, position: Floats) -> float:
    values = _shade(light, position)
    middle = float(np.median(values))
    most = 4 * 1.4826 * float(np.median(np.abs(values - middle)))  # a hair is no wall
    return float(np.std(np.clip(values, middle - most, middle + most)))


def _error_of_change(scar: SkinCells, ring: SkinCells) -> float:
    """Standard error of one photo's value: what the shade of patches changed by, over independent patches."""
    inner, outer = (_spread(cells.followup / cells.baseline, cells.position) for cells in (scar, ring))
    return 100 * float(np.hypot(inner, outer)) / float(np.sqrt(2 * BLOCKS) * np.sqrt(2))
