"""Flat squares in a picture, and the lattices that they form: the geometry of a colour chart, before any colour."""

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.types import Matrix3, Points

Floats = NDArray[np.float64]

FLAT_LEVELS = (6, 14, 30)
"""Largest step between neighbouring pixels (8-bit levels) inside a flat area: soft edges need the first, noise the
last."""
SMALLEST_PX, LARGEST_SHARE = 12, 0.04
"""Area of a square: 12 pixels, what is left flat of a patch of 8 x 8, and 4 % of the picture (24 of them fill it)."""
SQUARENESS = 0.80
"""Area of a component over that of the rectangle around it; a disc has 0.79."""
LONGEST = 1.7
"""Sides of a square seen under a tilt of 50 degrees."""
MOST_SQUARES = 400
SEEDS = 40
"""Squares from which a lattice is grown in vain before the search ends."""
MOST_PLACES = 40
"""Filled places beyond which it is a tiled wall or a woven cloth, not a chart of 24."""
PITCH = (1.0, 2.4)
"""Distance of neighbours over the side of a square; flat areas lose up to 4 pixels at their border."""
SNAP = 0.28
"""Distance, in pitches, within which a square fills a place of the lattice."""


@dataclass(frozen=True, slots=True, eq=False)
class Squares:
    """Flat squares: centres (n, 2) in pixels, sides (n,) in pixels."""

    centres: Points = field(repr=False)
    sides: Floats = field(repr=False)


def find_squares(picture: NDArray[np.uint8]) -> Squares:
    """Flat, roughly square areas of an 8-bit RGB picture (height, width, 3), each once."""
    red, green, blue = cv2.split(cv2.morphologyEx(picture, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)))
    steps = cv2.max(cv2.max(red, green), blue)
    rows: list[tuple[float, float, float, float]] = []
    for level in FLAT_LEVELS:
        rows += _squares_of((steps < level).astype(np.uint8))
    rows.sort(key=lambda r: -r[3])
    kept: list[tuple[float, float, float, float]] = []
    for row in rows:
        if all(np.hypot(row[0] - k[0], row[1] - k[1]) > 0.5 * max(row[2], k[2]) for k in kept):
            kept.append(row)
        if len(kept) == MOST_SQUARES:
            break
    table = np.array(kept, np.float64).reshape(-1, 4)
    return Squares(table[:, :2], table[:, 2])


def find_lattices(squares: Squares, fewest: int) -> list[tuple[Matrix3, NDArray[np.int64]]]:
    """Lattices of at least ``fewest`` squares, the fullest first.

    Returns
    -------
    list of (Matrix3, ndarray of int64)
        Homography from places (column, row) to pixels, right-handed as the picture is, and the (m, 2) filled places.
    """
    found: list[tuple[Matrix3, NDArray[np.int64]]] = []
    used: set[int] = set()
    for seed in range(len(squares.sides)):
        if seed in used or seed - len(used) > SEEDS:
            continue
        lattice = _grow(squares, seed)
        if len(lattice) >= fewest:
            used.update(lattice.values())
        if not fewest <= len(lattice) <= MOST_PLACES:
            continue
        places = np.array(list(lattice), np.int64)
        reach = SNAP * float(squares.sides[seed])
        seen = squares.centres[list(lattice.values())]
        matrix, inliers = cv2.findHomography(places.astype(np.float64), seen, cv2.RANSAC, reach)
        if matrix is not None and inliers.sum() >= fewest:
            found.append((np.asarray(matrix, np.float64), places[inliers.ravel() > 0]))
    return sorted(found, key=lambda f: -len(f[1]))


def _squares_of(flat: NDArray[np.uint8]) -> list[tuple[float, float, float, float]]:
    """x, y, side and squareness of the square components of a mask."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(flat, connectivity=4, ltype=cv2.CV_32S)
    area, width, height = (stats[:, i].astype(np.float64) for i in (cv2.CC_STAT_AREA, 2, 3))
    likely = (area >= SMALLEST_PX) & (area <= LARGEST_SHARE * flat.size)
    likely &= (area >= 0.45 * width * height) & (np.maximum(width, height) <= 2.2 * np.minimum(width, height))
    likely[0] = False
    chosen = np.flatnonzero(likely)
    chosen = chosen[np.argsort(-area[chosen] / (width * height)[chosen])][: 2 * MOST_SQUARES]
    found = []
    for label in chosen.tolist():
        left, top, w, h = stats[label, :4].tolist()
        part = (labels[top : top + h, left : left + w] == label).astype(np.uint8)
        outline = max(cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=len)
        (x, y), (a, b), _ = cv2.minAreaRect(outline)
        a, b = a + 1, b + 1  # from pixel centres to pixel edges
        squareness = area[label] / (a * b)
        if max(a, b) <= LONGEST * min(a, b) and squareness >= SQUARENESS:
            found.append((left + x, top + y, float(np.sqrt(a * b)), float(squareness)))
    return found


def _grow(squares: Squares, seed: int) -> dict[tuple[int, int], int]:
    """Places (column, row) -> square of the largest lattice that grows from a seed and two of its neighbours."""
    best: dict[tuple[int, int], int] = {}
    offset = squares.centres - squares.centres[seed]
    distance = np.hypot(offset[:, 0], offset[:, 1])
    side = squares.sides[seed]
    alike = (squares.sides > side / 1.6) & (squares.sides < side * 1.6)
    near = np.flatnonzero(alike & (distance > PITCH[0] * side) & (distance < PITCH[1] * side))
    near = near[np.argsort(distance[near])][:6]
    usable = np.flatnonzero(alike)
    for i, first in enumerate(near):
        for second in near[i + 1 :]:
            u, v = offset[first], offset[second]
            sine = (u[0] * v[1] - u[1] * v[0]) / (distance[first] * distance[second])
            longer = max(distance[first], distance[second]) / min(distance[first], distance[second])
            if abs(sine) < 0.8 or longer > 1.5:
                continue
            if sine < 0:  # columns to the right, rows down: never mirrored
                u, v = v, u
            lattice = _walk(squares.centres[usable], usable, seed, np.stack([u, v]))
            if len(lattice) > len(best):
                best = lattice
            if len(best) > MOST_PLACES:
                return best
    return best


def _walk(centres: Points, index: NDArray[np.int64], seed: int, basis: Floats) -> dict[tuple[int, int], int]:
    """Fill the lattice outwards; each place predicts its neighbours with its own, slowly adapting basis."""
    where = {int(k): i for i, k in enumerate(index)}
    filled: dict[tuple[int, int], int] = {(0, 0): seed}
    taken = {seed}
    queue = deque([((0, 0), basis)])
    while queue and len(filled) <= MOST_PLACES:
        (column, row), (u, v) = queue.popleft()
        here = centres[where[filled[column, row]]]
        for du, dv in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            place = column + du, row + dv
            if place in filled:
                continue
            step = du * u + dv * v
            gap = np.hypot(*(centres - here - step).T)
            nearest = int(gap.argmin())
            square = int(index[nearest])
            if gap[nearest] > SNAP * np.hypot(*step) or square in taken:
                continue
            filled[place] = square
            taken.add(square)
            seen = (centres[nearest] - here) * (du + dv)
            queue.append((place, np.stack([(u + seen) / 2, v] if du else [u, (v + seen) / 2])))
    return filled
