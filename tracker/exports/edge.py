"""The outline of a scar made smaller or larger until it holds a given share of its area: to show what was measured."""

import cv2
import numpy as np

from tracker.imaging.measure.scar_frame import separate
from tracker.imaging.types import Mask, Region


def edge_holding(outline: Region, share: float, size: tuple[int, int]) -> Region | None:
    """The outline, each part moved in or out by the same share of its own width, with ``share`` of its area.

    Parameters
    ----------
    outline : Region
        As drawn in the baseline.
    share : float
        Area wanted over its area, at least 0.
    size : tuple of int
        (width, height) of the photo, at which a larger outline is cut.

    Returns
    -------
    Region or None
        None where less than a pixel is left.

    Notes
    -----
    The measurement (``measure/shrinkage.py``) tells an area with this model of evenly moved edges and no shape, so this
    is the picture of its answer, not an edge that was found.
    """
    wanted = round(share * outline.area_px)
    if wanted < 1:
        return None
    beyond = max(outline.box.width, outline.box.height) * (np.sqrt(max(share, 1.0)) - 1)
    box = outline.box.grown(int(np.ceil(beyond)) + 2, size)
    mask = np.zeros((box.height, box.width), bool)
    top, left = outline.box.top - box.top, outline.box.left - box.left
    mask[top : top + outline.box.height, left : left + outline.box.width] = outline.mask
    if mask.all():  # it fills the photo and has no edge in it
        return outline
    nearest = np.argsort(_level(mask), axis=None, kind="stable")[:wanted]
    kept = np.zeros(mask.size, bool)
    kept[nearest] = True
    return Region(outline.name, box, kept.reshape(mask.shape))


def _level(mask: Mask) -> np.ndarray:
    """0 in the middle of each part, 1 on its outline, more outside."""
    level = np.full(mask.shape, np.inf, np.float32)
    for part in separate(mask):
        within, without = (
            cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for one in (part, ~part)
        )
        half = float(np.asarray(within).max())
        level = np.minimum(level, np.where(part, 1 - (within - 0.5) / half, 1 + (without - 0.5) / half))
    return np.asarray(cv2.GaussianBlur(level, (0, 0), 1.0), np.float32)  # a line 5 px wide has three levels otherwise
