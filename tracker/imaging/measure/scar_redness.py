"""Redness of a scar against the skin around it, in the same photo."""

import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.measure.errors import Index
from tracker.imaging.types import Flag, FlagCode, Measurement, Metric

Floats = NDArray[np.float64]

UNIT = "H"
CELLS_PER_SAMPLE = 8.0  # see measure.redness
RED_H, PALE_MI = 2.0, 1.5
"""Least difference to the skin around that earns a word: blotches of plain skin differ by 1 to 2 H and MI."""


def measure(scar: SkinCells, ring: SkinCells, region: str, *, gain: float = 1.0) -> tuple[Measurement, Measurement]:
    """H of a scar less H of the ring around it, at baseline and follow-up (unit "H", 0 is as red as its surroundings).

    Parameters
    ----------
    scar, ring : SkinCells
        As photographed, with a card or without: lamp and camera act on both alike.
    region : str
        Its name.
    gain : float
        From :func:`tracker.imaging.measure.redness.tone_gain`; the difference is divided by it.

    Notes
    -----
    Comparable between photos of one scar, and with care between scars of one person. The standard error holds the
    unevenness of how both changed.

    References
    ----------
    Partl et al. PLoS One 2019. doi:10.1371/journal.pone.0218018 (treated less untreated skin)
    """
    return against_ring(scar, ring, colour.haemoglobin_index, Measurement(Metric.SCAR_REDNESS, region, 0.0, UNIT), gain)


def against_ring(
    scar: SkinCells, ring: SkinCells, index: Index, named: Measurement, gain: float = 1.0
) -> tuple[Measurement, Measurement]:
    """An index of the mean light of a scar less that of its ring, in both photos.

    Parameters
    ----------
    scar, ring : SkinCells
        Patches that are usable in both photos.
    index : callable
        Linear RGB, shape (..., 3), to the index, shape (...).
    named : Measurement
        Metric, region and unit of the answer.
    gain : float
        The differences are divided by it.
    """
    values = [
        float(index(inner.mean(axis=0)) - index(outer.mean(axis=0))) / gain
        for inner, outer in ((scar.baseline, ring.baseline), (scar.followup, ring.followup))
    ]
    error = float(np.hypot(_error(scar, index), _error(ring, index))) / gain
    first, second = (Measurement(named.metric, named.region, value, named.unit, error) for value in values)
    return first, second


def kind_of_mark(redness: float, pigment: float) -> tuple[Flag, ...]:
    """The word for a stretch mark by how it differs from the skin around, as a remark; nothing where it hardly does.

    Parameters
    ----------
    redness, pigment : float
        Of the mark less the skin around, H and MI.
    """
    if redness >= RED_H:
        word = "rubra (redder than the skin around)"
    elif pigment <= -PALE_MI:
        word = "alba (paler than the skin around)"
    else:
        return ()
    reason = f"A stretch mark would be called {word}: {redness:+.1f} H and {pigment:+.1f} MI against it."
    return (Flag(FlagCode.MARK_KIND, reason),)


def _error(cells: SkinCells, index: Index) -> float:
    """Standard error of one photo's mean, from how unevenly the patches changed."""
    if len(cells) < 2:
        return float("nan")
    spread = float(np.std(index(cells.followup) - index(cells.baseline), ddof=1))
    return spread / float(np.sqrt(max(1.0, len(cells) / CELLS_PER_SAMPLE)) * np.sqrt(2))
