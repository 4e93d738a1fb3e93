"""Pure functions on points, grids, masks and polygons: where things go, and how large they become.

Coordinates are (x, y) with the centre of the top-left pixel at (0, 0). A *grid* is a displacement sampled on nodes:
node (r, c) of an array (rows, columns, 2) sits at pixel (c, r) * spacing.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.types import Box, Mask, Matrix3, Points

Grid = NDArray[np.float32]
"""(rows, columns, 2), displacement in pixels."""
ROUNDING = 1e-9  # px: a centre on the edge is inside whatever the last digit of the crossing says


def apply_homography(matrix: Matrix3, points: Points) -> Points:
    """Points moved by a homography.

    Parameters
    ----------
    matrix : Matrix3
        Column-vector convention: ``q ~ matrix @ (x, y, 1)``.
    points : Points
        (n, 2).

    Returns
    -------
    Points
        (n, 2), in the pixels of the target.
    """
    flat = np.asarray(points, np.float64).reshape(-1, 2)
    moved = flat @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(moved[:, :2] / moved[:, 2:], np.float64)


def homography_jacobian(matrix: Matrix3, points: Points) -> NDArray[np.float64]:
    """The 2x2 derivative of a homography at each point.

    Returns
    -------
    ndarray of float64, shape (n, 2, 2)
        ``[i, a, b]`` is the change of output axis ``a`` per pixel of input axis ``b``.
    """
    flat = np.asarray(points, np.float64).reshape(-1, 2)
    moved = flat @ matrix[:, :2].T + matrix[:, 2]
    w = moved[:, 2][:, None, None]
    upper = np.broadcast_to(matrix[:2, :2], (len(flat), 2, 2))
    lower = moved[:, :2, None] * matrix[2, :2][None, None, :]
    return np.asarray(upper / w - lower / w**2, np.float64)


def sample_grid(grid: NDArray[np.floating], spacing: float, points: Points) -> NDArray[np.float64]:
    """Bilinear values of a grid at points; beyond its edge the nearest edge value is taken.

    Parameters
    ----------
    grid : ndarray, shape (rows, columns) or (rows, columns, k)
        Values on nodes.
    spacing : float
        Pixels between nodes.
    points : Points
        (n, 2) in pixels.

    Returns
    -------
    ndarray of float64, shape (n,) or (n, k)
        In the unit of the grid.

    Notes
    -----
    With 8 px between nodes and a field of 6 px amplitude and 600 px wavelength the interpolation error is 0.005 px.
    """
    rows, columns = grid.shape[:2]
    flat = np.asarray(points, np.float64).reshape(-1, 2) / spacing
    x = np.clip(flat[:, 0], 0, columns - 1)
    y = np.clip(flat[:, 1], 0, rows - 1)
    left = np.minimum(x.astype(np.intp), max(columns - 2, 0))
    top = np.minimum(y.astype(np.intp), max(rows - 2, 0))
    right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    shape = (-1,) + (1,) * (grid.ndim - 2)
    fx, fy = (x - left).reshape(shape), (y - top).reshape(shape)
    upper = grid[top, left] * (1 - fx) + grid[top, right] * fx
    lower = grid[bottom, left] * (1 - fx) + grid[bottom, right] * fx
    return np.asarray(upper * (1 - fy) + lower * fy, np.float64)


def grid_nodes(size: tuple[int, int], spacing: float) -> tuple[Points, tuple[int, int]]:
    """The node positions that cover a photo of (width, height) pixels, and the (rows, columns) they form.

    Returns
    -------
    tuple of Points and tuple of int
        (rows * columns, 2) in pixels, row by row, and (rows, columns).
    """
    columns = int(np.ceil((size[0] - 1) / spacing)) + 1
    rows = int(np.ceil((size[1] - 1) / spacing)) + 1
    yy, xx = np.mgrid[0:rows, 0:columns].astype(np.float64) * spacing
    return np.stack([xx.ravel(), yy.ravel()], axis=1), (rows, columns)


def box_pixels(box: Box) -> Points:
    """The pixel centres of a box, row by row: (box.height * box.width, 2)."""
    yy, xx = np.mgrid[box.top : box.bottom, box.left : box.right].astype(np.float64)
    return np.stack([xx.ravel(), yy.ravel()], axis=1)


def displace(matrix: Matrix3, grid: Grid, spacing: float, points: Points) -> Points:
    """Points moved by a homography plus the grid displacement at the point where they started."""
    return np.asarray(apply_homography(matrix, points) + sample_grid(grid, spacing, points), np.float64)


def undo_displacement(matrix: Matrix3, grid: Grid, spacing: float, points: Points) -> Points:
    """Where points came from: the inverse of :func:`displace` by fixed-point iteration.

    Notes
    -----
    Contracts where the displacement changes by less than the homography's scale per pixel, which the fold check of
    the alignment guarantees; 20 rounds at a contraction of 0.5 leave a millionth.
    """
    inverse = np.asarray(np.linalg.inv(matrix), np.float64)
    target = np.asarray(points, np.float64).reshape(-1, 2)
    found = apply_homography(inverse, target)
    for _ in range(20):
        step = apply_homography(inverse, target - sample_grid(grid, spacing, found))
        moved = float(np.abs(step - found).max(initial=0.0))
        found = step
        if moved < 1e-4:
            break
    return found


def area_jacobian(matrix: Matrix3, grid: Grid, spacing: float, points: Points) -> NDArray[np.float64]:
    """Follow-up area per baseline area (determinant of the map's derivative) at points.

    Returns
    -------
    ndarray of float64, shape (n,)
        1 where sizes are kept; zero or less where the map folds.
    """
    along_y, along_x = (np.gradient(grid.astype(np.float64), spacing, axis=axis) for axis in (0, 1))
    linear = homography_jacobian(matrix, points)
    dx, dy = sample_grid(along_x, spacing, points), sample_grid(along_y, spacing, points)
    linear[:, :, 0] += dx
    linear[:, :, 1] += dy
    return np.asarray(np.linalg.det(linear), np.float64)


def polygon_to_mask(polygon: Points, size: tuple[int, int]) -> Mask:
    """The pixels whose centre lies inside a polygon or on its edge.

    Parameters
    ----------
    polygon : Points
        (n >= 3, 2); closed by itself. Even-odd rule where it crosses itself.
    size : tuple of int
        Width and height of the mask.

    Returns
    -------
    Mask
        (height, width).
    """
    width, height = size
    mask = np.zeros((height, width), bool)
    x, y = np.asarray(polygon, np.float64).T
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    for row in range(max(0, int(np.ceil(y.min()))), min(height - 1, int(np.floor(y.max()))) + 1):
        for below, below2 in ((y <= row, y2 <= row), (y < row, y2 < row)):  # the second catches a flat lower edge
            crosses = below != below2
            at = np.sort(x[crosses] + (row - y[crosses]) * (x2[crosses] - x[crosses]) / (y2[crosses] - y[crosses]))
            for left, right in zip(at[::2], at[1::2], strict=True):
                first, last = int(np.ceil(left - ROUNDING)), int(np.floor(right + ROUNDING))
                mask[row, max(0, first) : max(0, last + 1)] = True
    return mask


def mask_to_polygons(mask: Mask) -> tuple[Points, ...]:
    """The outer outlines of a mask, the largest first, through the centres of its border pixels."""
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return tuple(contour[:, 0].astype(np.float64) for contour in sorted(found, key=cv2.contourArea, reverse=True))


def polygon_area(polygon: Points) -> float:
    """Area of a simple polygon in square pixels (shoelace formula), whichever way round it runs."""
    x, y = np.asarray(polygon, np.float64).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def dilate(mask: Mask, radius_px: float) -> Mask:
    """A mask grown by a distance, by the exact Euclidean distance transform."""
    if radius_px <= 0:
        return mask.copy()
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(distance <= radius_px, bool)
