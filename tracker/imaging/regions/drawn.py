"""Regions that a person drew, and the skin around a region that serves as its reference."""

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.errors import InvalidInput
from tracker.imaging.geometry import dilate, polygon_to_mask
from tracker.imaging.types import Box, Mask, Photo, Points, Region

DRAWN = "drawn"
"""Name in answers of a region given by hand."""
REFERENCE = "reference"
"""Name of untreated skin drawn by hand."""
REFERENCE_GAP = 0.25
"""Gap between a region and its reference skin, in square roots of the region's area: a scar's red halo belongs to
neither, and a drawn line is seldom closer than a tenth of the diameter to the border it follows."""


def region_from_polygon(name: str, points: Points, size: tuple[int, int]) -> Region:
    """The part of a photo inside a drawn polygon.

    Parameters
    ----------
    name : str
        Region name.
    points : Points
        (n >= 3, 2) corners in pixels; parts outside the photo are cut off.
    size : tuple of int
        Width and height of the upright photo.

    Returns
    -------
    Region
        Pixels whose centre lies inside.

    Raises
    ------
    InvalidInput
        With fewer than three corners, a value that is not finite, or no pixel of the photo inside.
    """
    corners = np.asarray(points, np.float64)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or not np.isfinite(corners).all():
        raise InvalidInput(
            f"{name}: expected a polygon of at least 3 corners (x, y), found an array of shape {corners.shape}; "
            "draw the region again."
        )
    return Region.from_mask(name, polygon_to_mask(corners, size))


def region_from_mask(name: str, mask: NDArray[Any], size: tuple[int, int]) -> Region:
    """The region of a drawn mask picture.

    Parameters
    ----------
    name : str
        Region name.
    mask : ndarray, shape (height, width) or (height, width, channels)
        Bool, or a picture in which more than half of full scale means inside.
    size : tuple of int
        Width and height of the upright photo.

    Returns
    -------
    Region
        The pixels inside.

    Raises
    ------
    InvalidInput
        Where the mask has another size than the photo, or is empty.
    """
    picture = np.asarray(mask)
    if picture.ndim == 3:
        # Over the planes, not along the last axis: 10 ms instead of 290 at 12 megapixels.
        picture = reduce(np.maximum, (picture[..., channel] for channel in range(min(3, picture.shape[2]))))
    if picture.ndim != 2 or (picture.shape[1], picture.shape[0]) != size:
        found = "x".join(str(n) for n in reversed(picture.shape))
        raise InvalidInput(
            f"{name}: the mask is {found} pixels, expected the {size[0]}x{size[1]} of the upright photo; "
            "save it at the size of the photo."
        )
    inside = picture if picture.dtype == np.bool_ else picture > _full_scale(picture.dtype) / 2
    return Region.from_mask(name, np.ascontiguousarray(inside))


def ring(region: Region, inner: float, outer: float, size: tuple[int, int]) -> Mask:
    """The ring around a region, the local reference for contrasts (5 mm wide in docs/methods.md).

    Parameters
    ----------
    region : Region
        What it surrounds.
    inner, outer : float
        Distances from the region in pixels, 0 <= inner < outer.
    size : tuple of int
        Width and height of the photo.

    Returns
    -------
    Mask
        (height, width); intersect it with the skin.
    """
    if not 0 <= inner < outer:
        raise ValueError(f"expected 0 <= inner < outer, got {inner} and {outer}")
    box = region.box.grown(int(np.ceil(outer)) + 1, size)
    local = np.zeros((box.height, box.width), bool)
    top, left = region.box.top - box.top, region.box.left - box.left
    local[top : top + region.box.height, left : left + region.box.width] = region.mask
    around = dilate(local, outer) & ~(dilate(local, inner) if inner > 0 else local)
    return Region("ring", box, around).full(size)


def reference_skin(photo: Photo, skin: Mask, region: Region) -> Mask:
    """Skin far enough from a region to stand for the untreated skin of the same photo.

    Parameters
    ----------
    photo : Photo
        Only its size is used.
    skin : Mask
        (height, width), from :func:`skin_mask`.
    region : Region
        The treated part.

    Returns
    -------
    Mask
        (height, width); empty where the region leaves no other skin.
    """
    gap = max(1, round(REFERENCE_GAP * float(np.sqrt(region.area_px))))
    box = region.box.grown(gap + 1, photo.size)
    near = ring(region, 0, gap, photo.size)
    out = skin & ~near
    inner = region.box
    out[inner.top : inner.bottom, inner.left : inner.right] &= ~region.mask
    return _without_specks(out, box)


def _without_specks(mask: Mask, around: Box) -> Mask:
    """The mask; nothing where fewer pixels remain than the box around the region has on one side."""
    return mask if int(mask.sum()) > max(around.width, around.height) else np.zeros_like(mask)


def _full_scale(dtype: np.dtype[Any]) -> float:
    return float(np.iinfo(dtype).max) if np.issubdtype(dtype, np.integer) else 1.0
