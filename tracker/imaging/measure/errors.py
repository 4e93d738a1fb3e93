"""Standard errors of what is measured on patches of skin: from blocks of neighbours, and from what no photo knows."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.types import Mask, frozen

Floats = NDArray[np.float64]
Index = Callable[[ArrayLike], Floats]
"""Linear sRGB, shape (..., 3), to a colour index, shape (...)."""

BLOCKS_ACROSS = 5
"""Blocks across the longer side of a region: 5 mm wide on a region of 25 mm, at least twice the 2 mm over which
blotches, JPEG chroma and the blur of light under the skin tie neighbours together."""
FEWEST_IN_BLOCK = 3  # patches; a corner with fewer says nothing of its own and stays in
SURFACE_SD = 0.017
"""A photo without crossed polarisers cannot tell it from melanin (both dilute blue most): even between 0 and 0.06."""
PER_DE00 = 0.03  # relative error of a colour difference per CIEDE2000 left on the card's skin patches
"""Rendered with mixed cameras; 28 real sensitivities under 7 lamps give 0.15 at 2.7 (docs/methods.md, calibration)."""
_STEP = 1e-3  # of ln RGB, for the slope of an index


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """What a pair of photos leaves open about the colour of a region, besides the region's own patches.

    Parameters
    ----------
    reference : ndarray, shape (3, 3)
        Covariance of ln R, G, B of what the reference skin says of camera and lamp.
    shift_px : float
        Residual error of the alignment in baseline pixels.
    """

    reference: Floats = field(default_factory=lambda: frozen(np.zeros((3, 3))), repr=False)
    shift_px: float = 0.0

    def of_reference(self, index: Index, light: Floats) -> float:
        """Standard error of an index at a colour, shape (3,), from the reference skin alone."""
        steps = light * np.exp(_STEP * np.eye(3))
        slope = (index(steps) - index(light)) / _STEP
        return float(np.sqrt(max(0.0, float(slope @ self.reference @ slope))))

    def of_place(self, position: Floats, values: Floats) -> float:
        """Error of the mean of values at positions, shape (n, 2), where the alignment is off by ``shift_px``."""
        if self.shift_px == 0.0 or len(position) < 4:
            return 0.0
        centred = np.column_stack([np.ones(len(position)), position - position.mean(axis=0)])
        slope = np.linalg.lstsq(centred, values, rcond=None)[0][1:]
        return float(self.shift_px * np.hypot(*slope) / np.sqrt(2))  # the shift may point anywhere


NO_DOUBT = Doubt()


def change_error(cells: SkinCells, index: Index, change: Callable[[Mask], float], doubt: Doubt) -> float:
    """Standard error of one photo's part in a change of a region.

    Parameters
    ----------
    cells : SkinCells
        Of the region.
    index : Index
        What is measured.
    change : callable
        Takes a mask, shape (n,), of the patches to use and gives the change.
    doubt : Doubt
        Of reference skin and alignment.

    Returns
    -------
    float
        The error of the change over the square root of 2, because both photos carry it.
    """
    if len(cells) < FEWEST_IN_BLOCK:
        return float("nan")
    parts = (
        jackknife(cells.position, change),
        doubt.of_reference(index, cells.baseline.mean(axis=0)),
        doubt.of_place(cells.position, index(cells.baseline)),
    )
    return float(np.sqrt(np.square(parts).sum() / 2))


def jackknife(position: Floats, figure: Callable[[Mask], float]) -> float:
    """Standard error of a figure of patches of skin, by leaving out one block of neighbours at a time.

    Parameters
    ----------
    position : ndarray, shape (n, 2)
        Of the patches, in pixels.
    figure : callable
        Takes a mask, shape (n,), of the patches to use and gives the figure.

    Returns
    -------
    float
        In the unit of the figure; nan with fewer than two blocks.

    Notes
    -----
    Patches side by side are not independent, so an error from single patches would be several times too small.

    References
    ----------
    Kunsch. Ann Stat 1989;17:1217-1241. doi:10.1214/aos/1176347265
    """
    labels = blocks(position)
    left_out = np.array([figure(labels != label) for label in range(int(labels.max(initial=-1)) + 1)])
    count = len(left_out)
    if count < 2:
        return float("nan")
    return float(np.sqrt((count - 1) / count * np.sum((left_out - left_out.mean()) ** 2)))


def block_covariance(position: Floats, values: Floats, weights: Floats) -> Floats:
    """Covariance of the weighted centre of values, shape (n, k) -> (k, k), from the medians of blocks of neighbours."""
    labels = blocks(position)
    count = int(labels.max(initial=-1)) + 1
    if count < 2:
        return np.zeros((values.shape[1], values.shape[1]))
    inside = [labels == label for label in range(count)]
    share = np.array([weights[which].sum() for which in inside]) / max(float(weights.sum()), 1e-9)
    middle = np.array([np.median(values[which], axis=0) for which in inside])
    away = (middle - share @ middle / share.sum()) * share[:, None]
    return np.asarray(count / (count - 1) * away.T @ away / share.sum() ** 2, np.float64)


def blocks(position: Floats) -> NDArray[np.int64]:
    """Which block each patch belongs to, 0 to count - 1, or -1 for the few in a corner, shape (n,)."""
    if len(position) == 0:
        return np.zeros(0, np.int64)
    low = position.min(axis=0)
    across = int(np.clip(np.sqrt(len(position) / (2.5 * FEWEST_IN_BLOCK)), 2, BLOCKS_ACROSS))
    side = max(float(np.ptp(position, axis=0).max()), 1e-9) / across
    column, row = np.minimum((position - low) / side, across - 1e-9).astype(np.int64).T
    _, labels, counts = np.unique(row * across + column, return_inverse=True, return_counts=True)
    kept = np.where(counts >= FEWEST_IN_BLOCK, np.cumsum(counts >= FEWEST_IN_BLOCK) - 1, -1)
    return np.asarray(kept[labels], np.int64)
