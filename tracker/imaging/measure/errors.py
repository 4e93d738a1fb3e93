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
"""Surface reflection beyond the usual, as a share of a perfect white: a photo without crossed polarisers cannot tell it
from melanin (both dilute blue most), so it may lie anywhere between 0 and 0.06, matt to shiny; SD of that."""
PER_DE00 = 0.05
"""Relative error of a colour difference per CIEDE2000 left on the card's skin patches: 28 real cameras under 7 lamps
have a spread of 0.15 at 2.7 (simulated)."""
NO_CARD = 0.15  # the same without a card: what is left when each camera applies a matrix of its own
_STEP = 1e-3  # of ln RGB, for the slope of an index


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """What a pair of photos leaves open about the colour of a region.

    Parameters
    ----------
    light : ndarray, shape (3, 3)
        Covariance of the change of ln R, G, B that untreated skin of the region's size shows: of the centre of the
        reference skin, and of the region itself.
    shift_px : float
        Residual error of the alignment in baseline pixels.

    Notes
    -----
    The scatter is taken from the reference skin, not from the region: in the region a treatment that took unevenly
    would count as noise, and a large change would never be sure.
    """

    light: Floats = field(default_factory=lambda: frozen(np.zeros((3, 3))), repr=False)
    shift_px: float = 0.0

    def of_change(self, index: Index, cells: SkinCells) -> float:
        """Standard error of one photo's part in a change of the mean index of a region.

        It is the error of the change over the square root of 2, because both photos carry it.
        """
        middle = cells.baseline.mean(axis=0)
        slope = (index(middle * np.exp(_STEP * np.eye(3))) - index(middle)) / _STEP
        light = max(0.0, float(slope @ self.light @ slope))
        return float(np.sqrt((light + self.of_place(cells.position, index(cells.baseline)) ** 2) / 2))

    def of_place(self, position: Floats, values: Floats) -> float:
        """Error of the mean of values at positions, shape (n, 2), where the alignment is off by ``shift_px``."""
        if self.shift_px == 0.0 or len(position) < 4:
            return 0.0
        centred = np.column_stack([np.ones(len(position)), position - position.mean(axis=0)])
        slope = np.linalg.lstsq(centred, values, rcond=None)[0][1:]
        return float(self.shift_px * np.hypot(*slope) / np.sqrt(2))  # the shift may point anywhere


NO_DOUBT = Doubt()


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


def scatter(position: Floats, values: Floats, area: float) -> Floats:
    """Covariance of the mean of a part of ``area`` and of the centre of all patches, shape (k, k), together.

    Parameters
    ----------
    position : ndarray, shape (n, 2)
        Of patches of untreated skin, in pixels.
    values : ndarray, shape (n, k)
        What changed in each.
    area : float
        Of the treated part, in square pixels.

    Returns
    -------
    ndarray, shape (k, k)
        From the medians of blocks a fifth as wide as the part, or wide enough for patches; 0 with fewer than two
        blocks. Blocks farther off than 2.5 robust standard deviations count as that far: hair or an eye that moved is
        no skin.
    """
    per_patch = float(np.ptp(position, axis=0).prod()) / max(1, len(position)) if len(position) else 0.0
    side = max(np.sqrt(area) / BLOCKS_ACROSS, np.sqrt(2 * FEWEST_IN_BLOCK * per_patch))
    labels = _labels(position, side)
    count = int(labels.max(initial=-1)) + 1
    if count < 2:
        return np.zeros((values.shape[1], values.shape[1]))
    middle = np.array([np.median(values[labels == label], axis=0) for label in range(count)])
    away = middle - np.median(middle, axis=0)
    spread = 1.4826 * np.median(np.abs(away), axis=0)
    away = np.clip(away, -2.5 * spread, 2.5 * spread)
    means = min(1.0, side**2 / area) + 1.57 / count  # 1.57: variance of a median over that of a mean
    return np.asarray(away.T @ away / (count - 1) * means, np.float64)


def blocks(position: Floats) -> NDArray[np.int64]:
    """Which block of a region each patch belongs to, 0 to count - 1, or -1 for the few in a corner, shape (n,)."""
    if len(position) == 0:
        return np.zeros(0, np.int64)
    across = int(np.clip(np.sqrt(len(position) / (2.5 * FEWEST_IN_BLOCK)), 2, BLOCKS_ACROSS))
    return _labels(position, float(np.ptp(position, axis=0).max()) / across)


def _labels(position: Floats, side: float) -> NDArray[np.int64]:
    if len(position) == 0:
        return np.zeros(0, np.int64)
    away = (position - position.min(axis=0)) / max(side, 1e-9)
    column, row = np.maximum(np.ceil(away).astype(np.int64) - 1, 0).T
    _, labels, counts = np.unique(row * (column.max() + 1) + column, return_inverse=True, return_counts=True)
    kept = np.where(counts >= FEWEST_IN_BLOCK, np.cumsum(counts >= FEWEST_IN_BLOCK) - 1, -1)
    return np.asarray(kept[labels], np.int64)
