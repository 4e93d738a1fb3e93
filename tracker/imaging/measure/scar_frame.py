"""Where a point lies on a scar: 0 on its middle line or centre, 1 on the drawn outline, more on the skin around."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import skeletonize

from tracker.errors import NotComparable
from tracker.imaging.measure.cells import grid
from tracker.imaging.types import Box, Mask, Points, Region

Floats = NDArray[np.float64]

WORKING_SIDE = 480  # px: a mark 3 mm wide in a frame of 120 mm still has 12 px across
FARTHEST = 4.0
"""Level up to which the skin around is looked at: three half-widths beyond the outline."""
CELLS = 6000  # then a scar has 20 cells across, and sampling takes 20 ms
LINE = 2.5
"""Area over that of the largest disc inside, above which a part is a line: an ellipse of 2 to 1 has 2."""
BRANCH = 0.45  # of the median depth of the middle line: shallower branches run into corners of a drawn outline
LINE_END = 0.35  # half-widths from the end of a middle line that are left out: marks get narrower, seldom shorter
ANGLES = 72
SPECK = 0.02  # of the largest part's area
MOST_PARTS = 30
LEAST_HALF = 2.5  # working px: narrower, and the outline's own steps decide
BEYOND = 99.0
TOO_SMALL = "The scar is too small in this photo to follow its area."
CLOSER = "Draw the outline in this photo by hand, or take the photo closer."


@dataclass(frozen=True, slots=True, eq=False)
class ScarFrame:
    """Small patches on and around a drawn scar, each with its level.

    Parameters
    ----------
    points : Points
        (n, 2) baseline pixels.
    level : ndarray, shape (n,)
        0 on the middle, 1 on the outline, up to FARTHEST.
    spacing : float
        Baseline pixels between points, and the width of a patch.
    half_px : float
        Half the width of the scar (median over its parts) in baseline pixels.
    dimensions : float
        2 where the scar can shrink in both directions, 1 for a line, between them for parts of both kinds.
    """

    points: Points = field(repr=False)
    level: Floats = field(repr=False)
    spacing: float
    half_px: float
    dimensions: float


def frame(outline: Region, size: tuple[int, int]) -> ScarFrame:
    """Patches on and around a scar, with their level.

    Parameters
    ----------
    outline : Region
        As drawn in the baseline; it may consist of parts.
    size : tuple of int
        (width, height) of the photo.

    Raises
    ------
    NotComparable
        The scar is too small.

    Notes
    -----
    A round part has the level of its rays, distance from the centre over that of the outline; a line has the share of
    the way from the nearest point of its middle line to the outline, and continues in half-widths. The ends of lines
    are left out.
    """
    deepest = _deepest(outline.mask)
    box = outline.box.grown(int(np.ceil((FARTHEST - 1) * deepest)) + 4, size)
    whole = np.zeros((box.height, box.width), np.uint8)
    top, left = outline.box.top - box.top, outline.box.left - box.left
    whole[top : top + outline.box.height, left : left + outline.box.width] = outline.mask
    scale = min(1.0, WORKING_SIDE / max(box.width, box.height))
    shape = max(1, round(box.width * scale)), max(1, round(box.height * scale))
    inside = np.asarray(cv2.resize(whole * 255, shape, interpolation=cv2.INTER_AREA) > 127, bool)
    parts = separate(inside)
    if not parts:
        raise NotComparable(TOO_SMALL, CLOSER)
    found = [_part(part) for part in parts]
    half = float(np.median([each[1] for each in found]))
    if half < LEAST_HALF:
        raise NotComparable(TOO_SMALL, CLOSER)
    level = np.min([each[0] for each in found], axis=0)
    areas = np.array([part.sum() for part in parts], float)
    dimensions = float(np.average([each[2] for each in found], weights=areas))
    points, spacing = grid(level < FARTHEST, box, CELLS)
    return ScarFrame(points, _at(level, box, points), spacing, half / scale, dimensions)


def separate(inside: Mask) -> list[Mask]:
    """The parts of a mask, largest first, without specks."""
    count, label, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=8)
    areas = np.asarray(stats)[1:count, cv2.CC_STAT_AREA]
    order = np.argsort(-areas)[:MOST_PARTS]
    return [np.asarray(label == 1 + k) for k in order if areas[k] >= SPECK * areas[order[0]]]


def middle_line(part: Mask) -> tuple[Mask, float]:
    """The middle line of a part without short branches, and half the width of the part."""
    depth = np.asarray(cv2.distanceTransform(part.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE))
    line = np.asarray(skeletonize(part), bool)
    half = float(np.median(depth[line]))
    return np.asarray(line & (depth > BRANCH * half), bool), half


def _deepest(mask: Mask) -> float:
    padded = np.pad(mask.astype(np.uint8), 1)
    return float(cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).max())


def _part(part: Mask) -> tuple[Floats, float, float]:
    """Level map, half-width in working pixels and dimensions of one part."""
    deepest = _deepest(part)
    if part.sum() > LINE * np.pi * deepest**2:
        level, half = _along_line(part)
        return level, half, 1.0
    return _along_rays(part), deepest, 2.0


def _along_rays(part: Mask) -> Floats:
    rows, columns = np.nonzero(part)
    y, x = np.indices(part.shape)
    y, x = y - rows.mean(), x - columns.mean()
    distance, turn = np.hypot(x, y), (np.arctan2(y, x) / (2 * np.pi) + 0.5) * ANGLES
    sector = np.minimum(turn.astype(int), ANGLES - 1)
    reach = np.ones(ANGLES)
    np.maximum.at(reach, sector[part], distance[part])
    reach = ndimage.gaussian_filter1d(reach, 1.0, mode="wrap")
    nodes = np.arange(-1, ANGLES + 1)
    around = np.interp((turn - 0.5) % ANGLES, nodes, reach[nodes % ANGLES])
    return np.asarray(distance / around, np.float64)


def _along_line(part: Mask) -> tuple[Floats, float]:
    line, half = middle_line(part)
    to_line, (row, column) = ndimage.distance_transform_edt(~line, return_indices=True)
    to_border = ndimage.distance_transform_edt(part) - 0.5
    outside, (near_row, near_column) = ndimage.distance_transform_edt(~part, return_indices=True)
    local = np.maximum(np.asarray(to_line + to_border)[near_row, near_column], 0.5 * half)
    local = ndimage.gaussian_filter(local, 0.5 * half)
    level = np.where(part, to_line / np.maximum(to_line + to_border, 1e-6), 1 + (outside - 0.5) / local)
    neighbours = ndimage.convolve(line.astype(int), np.ones((3, 3), int), mode="constant") - 1
    ends = np.asarray(ndimage.distance_transform_edt(~(line & (neighbours <= 1))))
    return np.asarray(np.where(ends[row, column] < LINE_END * half, BEYOND, level), np.float64), half


def _at(level: Floats, box: Box, points: Points) -> Floats:
    """Level at photo pixels."""
    where = (points - [box.left, box.top] + 0.5) * [level.shape[1] / box.width, level.shape[0] / box.height] - 0.5
    column, row = np.rint(where).astype(int).T
    rows, columns = np.clip(row, 0, level.shape[0] - 1), np.clip(column, 0, level.shape[1] - 1)
    return np.asarray(level[rows, columns], np.float64)
