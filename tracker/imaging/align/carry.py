"""Points, masks and probabilities moved through a fitted alignment."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.errors import NotComparable
from tracker.imaging import geometry
from tracker.imaging.types import Alignment, Box, Points, Region, frozen

INVERSE_SPACING = 4.0  # follow-up pixels between the nodes at which the inverse is solved; linear in between


def carry_points(alignment: Alignment, points: Points) -> Points:
    """Baseline points in follow-up pixels.

    Parameters
    ----------
    alignment : Alignment
        From :func:`tracker.imaging.align.fit`.
    points : Points
        (n, 2) in baseline pixels.

    Returns
    -------
    Points
        (n, 2) in follow-up pixels; may lie outside the follow-up photo.
    """
    return geometry.displace(alignment.homography, alignment.displacement, alignment.spacing, points)


def invert_points(alignment: Alignment, points: Points) -> Points:
    """Follow-up points in baseline pixels; undoes :func:`carry_points` to within a thousandth of a pixel."""
    return geometry.undo_displacement(alignment.homography, alignment.displacement, alignment.spacing, points)


def carry_region(alignment: Alignment, region: Region) -> Region:
    """The same skin as a mask in follow-up pixels.

    Raises
    ------
    NotComparable
        Where the region lies wholly outside the follow-up photo.
    """
    box, soft = carry_probability(alignment, region.box, region.mask.astype(np.float32))
    inside = soft >= 0.5
    if not inside.any():
        raise _outside(region.name)
    full = np.zeros((alignment.followup_size[1], alignment.followup_size[0]), bool)
    full[box.top : box.bottom, box.left : box.right] = inside
    return Region.from_mask(region.name, full)


def carry_probability(
    alignment: Alignment, box: Box, probability: NDArray[np.float32]
) -> tuple[Box, NDArray[np.float32]]:
    """A soft mask of the baseline, resampled at follow-up pixels through the inverse map.

    Parameters
    ----------
    alignment : Alignment
        From :func:`tracker.imaging.align.fit`.
    box : Box
        Where ``probability`` lies in the baseline.
    probability : ndarray of float32, shape (box.height, box.width)
        0 to 1; taken as 0 outside the box.

    Returns
    -------
    tuple of Box and ndarray of float32
        The box in the follow-up and the values in it, 0 to 1.

    Raises
    ------
    NotComparable
        Where the box lies wholly outside the follow-up photo.
    """
    target = _carried_box(alignment, box)
    if target is None:
        raise _outside("the region")
    source = _inverse_map(alignment, target) - np.array([box.left, box.top])
    carried = cv2.remap(
        probability.astype(np.float32),
        source.astype(np.float32),
        np.empty(0),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return target, frozen(np.asarray(carried, np.float32))


def jacobian(alignment: Alignment, region: Region) -> NDArray[np.float32]:
    """Follow-up area per baseline area at each pixel of the region's box.

    Returns
    -------
    ndarray of float32, shape (region.box.height, region.box.width)
        1 where nothing grew; the baseline area of a follow-up mask is its area divided by this.
    """
    box = region.box
    values = geometry.area_jacobian(
        alignment.homography, alignment.displacement, alignment.spacing, geometry.box_pixels(box)
    )
    return frozen(values.reshape(box.height, box.width).astype(np.float32))


def _outside(name: str) -> NotComparable:
    return NotComparable(
        f"{name}: this skin lies outside the follow-up photo.",
        "Retake the follow-up photo with the same skin in the frame.",
    )


def _carried_box(alignment: Alignment, box: Box) -> Box | None:
    """The follow-up box that holds the carried border of a baseline box, or None where it misses the photo."""
    x = np.linspace(box.left - 0.5, box.right - 0.5, 33)
    y = np.linspace(box.top - 0.5, box.bottom - 0.5, 33)
    low, high = np.full(33, y[0]), np.full(33, y[-1])
    left, right = np.full(33, x[0]), np.full(33, x[-1])
    rim = np.concatenate([np.stack(pair, 1) for pair in ((x, low), (x, high), (left, y), (right, y))])
    moved = carry_points(alignment, rim)
    width, height = alignment.followup_size
    corner, end = np.floor(moved.min(0)).astype(int) - 1, np.ceil(moved.max(0)).astype(int) + 2
    target = Box(max(0, int(corner[0])), max(0, int(corner[1])), min(width, int(end[0])), min(height, int(end[1])))
    return target if target.width > 0 and target.height > 0 else None


def _inverse_map(alignment: Alignment, target: Box) -> NDArray[np.float64]:
    """Baseline position of every pixel of a follow-up box: (height, width, 2)."""
    offset = np.array([target.left, target.top], np.float64)
    nodes, shape = geometry.grid_nodes((target.width, target.height), INVERSE_SPACING)
    inverse = np.asarray(np.linalg.inv(alignment.homography), np.float64)
    found = invert_points(alignment, nodes + offset)
    rest = (found - geometry.apply_homography(inverse, nodes + offset)).reshape(*shape, 2)
    pixels = geometry.box_pixels(target)
    plane = geometry.apply_homography(inverse, pixels)
    moved = plane + geometry.sample_grid(rest, INVERSE_SPACING, pixels - offset)
    return moved.reshape(target.height, target.width, 2)
