"""A patch of skin to measure repeats in, where nobody has drawn a region."""

import cv2
import numpy as np

from tracker.imaging.regions.drawn import DRAWN, region_from_polygon
from tracker.imaging.types import Mask, Region

SHARE = 0.5
"""Of the radius of the largest disc of skin: the rest stays outside as the reference that a drawn region needs."""
SEARCHED_PX = 400
"""Longer side at which the disc is searched: its centre need not be more exact than 1 in 400."""


def skin_patch(skin: Mask) -> Region | None:
    """A disc in the middle of the widest skin, named as a drawn region is; None where there is no skin.

    Parameters
    ----------
    skin : Mask
        (height, width).

    Returns
    -------
    Region or None
        In pixels of the same photo.
    """
    height, width = skin.shape
    scale = min(1.0, SEARCHED_PX / max(skin.shape))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(skin.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    depth = cv2.distanceTransform(np.pad(small, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    radius = SHARE * float(depth[row, column]) / scale
    if radius < 1:
        return None
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    centre = (np.array([column, row]) + 0.5) / scale - 0.5
    return region_from_polygon(DRAWN, centre + radius * np.stack([np.cos(turn), np.sin(turn)], 1), (width, height))
