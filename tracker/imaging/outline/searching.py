"""Every lesion of a region found without a prompt, by the network alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.outline.area import FOUND, LEAST_CONTRAST, contrast, outline_of
from tracker.imaging.outline.evidence import Plane, View
from tracker.imaging.outline.reading import SURE, Stack, network_odds_once
from tracker.imaging.types import Box, Mask, Outline, OutlineNetwork, Photo, Region

TILE = 160
"""Working pixels of a side that are read at once, as in training: group normalisation reads other sizes too large."""
OVERLAP = 16
REGION = 2 * TILE - OVERLAP
"""Working pixels of the longer side of a region of up to a megapixel: four tiles, 0.5 s of one core."""
LEAST_SCALE = REGION / 1000
"""Working pixels per photo pixel: lesions of 26 to 300 px are within what the network was trained on (8 to 90)."""
LEAST_AREA = 40
"""Working pixels: smaller ones are pores, hairs and noise."""
ZONE = 6
"""Working pixels around a lesion that belong to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the network says of a region.

    Parameters
    ----------
    seen : View
        The region's box at the working scale.
    odds : Stack
        Log-odds of a lesion by each member; far below 0 outside the region.
    """

    seen: View
    odds: Stack = field(repr=False)


def find(photo: Photo, within: Region, network: OutlineNetwork) -> tuple[Outline, ...]:
    """All lesions in a region, the largest first; empty where there is none.

    Parameters
    ----------
    photo : Photo
        Any camera.
    within : Region
        Where to look, in photo pixels; bare skin.
    network : OutlineNetwork
        Of the extra ``networks``.

    Returns
    -------
    tuple of Outline
        Each with a 95 % interval of its area. Lesions narrower than about 3 % of a megapixel region's side are missed.

    Notes
    -----
    A proposal to look at: with a box or a drawing around one lesion, ``propose`` outlines it at a finer scale.
    """
    reading = read(photo, within, network)
    probability = _probability(reading.odds)
    _, part, stats, _ = cv2.connectedComponentsWithStats((probability.mean(0) >= 0.5).astype(np.uint8), connectivity=8)
    sizes = np.asarray(stats)[:, cv2.CC_STAT_AREA]
    kept = [one for one in 1 + np.argsort(-sizes[1:]) if sizes[one] >= LEAST_AREA]
    found = [_outlined(reading.seen, probability, np.asarray(part), int(one)) for one in kept]
    return tuple(outline for outline in found if outline is not None)


def soft_outline(photo: Photo, within: Region, network: OutlineNetwork) -> NDArray[np.float32]:
    """How likely each pixel of a region's box belongs to a lesion, for overlays.

    Parameters
    ----------
    photo, within, network
        As for :func:`find`.

    Returns
    -------
    ndarray of float32, shape (box.height, box.width)
        0 to 1; 0 outside the region.
    """
    mean = _probability(read(photo, within, network).odds).mean(0)
    size = within.box.width, within.box.height
    return np.asarray(np.clip(cv2.resize(mean, size, interpolation=cv2.INTER_LINEAR), 0, 1), np.float32)


def read(photo: Photo, within: Region, network: OutlineNetwork) -> Reading:
    """The network's log-odds over a region, tile by tile."""
    box = within.box
    scale = min(1.0, max(REGION / max(box.width, box.height), LEAST_SCALE))
    linear = photo.linear(box, scale)
    seen = View(box, linear, np.asarray(linear.max(axis=2) > 0, bool))
    height, width = seen.lit.shape
    places = list(_tiles(height, width))
    values = network_odds_once([View(box, linear[at], seen.lit[at]) for at in places], network)
    odds, weight = np.zeros((values.shape[0], height, width), np.float32), np.zeros((height, width), np.float32)
    for at, one in zip(places, np.moveaxis(values, 1, 0), strict=True):
        trust = _trust(weight[at].shape)
        odds[:, at[0], at[1]] += trust * one
        weight[at] += trust
    inside = cv2.resize(within.mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    return Reading(seen, np.where(inside & seen.lit, odds / weight, -SURE).astype(np.float32))


def _outlined(seen: View, probability: Stack, part: NDArray[np.int32], one: int) -> Outline | None:
    """One part with its surroundings; None where it does not differ from the skin around."""
    own = np.asarray(part == one)
    zone = cv2.dilate(own.astype(np.uint8), np.ones((2 * ZONE + 1,) * 2, np.uint8)) > 0
    zone &= own | (part == 0)
    rows, columns = _around(own)
    cut = View(_photo_box(seen, rows, columns), seen.linear[rows, columns], seen.lit[rows, columns])
    members = [np.asarray(np.where(zone, plane, 0)[rows, columns], np.float32) for plane in probability]
    if contrast(members, cut) < LEAST_CONTRAST:
        return None
    return outline_of(members, cut, FOUND)


def _around(own: Mask) -> tuple[slice, slice]:
    """Rows and columns of a part with as much skin around it as is wide."""
    rows, columns = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
    reach = int(0.6 * max(np.ptp(rows), np.ptp(columns))) + ZONE + 4
    return (
        slice(max(0, int(rows[0]) - reach), int(rows[-1]) + 1 + reach),
        slice(max(0, int(columns[0]) - reach), int(columns[-1]) + 1 + reach),
    )


def _photo_box(seen: View, rows: slice, columns: slice) -> Box:
    (sx, sy), (height, width) = seen.scale, seen.lit.shape
    left, top = seen.box.left + round(columns.start / sx), seen.box.top + round(rows.start / sy)
    right, bottom = round(min(columns.stop, width) / sx), round(min(rows.stop, height) / sy)
    return Box(left, top, min(seen.box.left + right, seen.box.right), min(seen.box.top + bottom, seen.box.bottom))


def _tiles(height: int, width: int) -> Iterator[tuple[slice, slice]]:
    for top in _starts(height):
        for left in _starts(width):
            yield slice(top, min(top + TILE, height)), slice(left, min(left + TILE, width))


def _starts(length: int) -> list[int]:
    if length <= TILE:
        return [0]
    count = -(-(length - OVERLAP) // (TILE - OVERLAP))
    return [round(k * (length - TILE) / (count - 1)) for k in range(count)]


def _trust(shape: tuple[int, ...]) -> Plane:
    """Less at the rim of a tile, where the network sees half of what is around."""
    rows, columns = (np.minimum(np.arange(n) + 1, n - np.arange(n)).clip(1, OVERLAP) / OVERLAP for n in shape)
    return np.asarray(np.minimum.outer(rows, columns), np.float32)


def _probability(odds: Stack) -> Stack:
    return np.asarray(1 / (1 + np.exp(-odds)), np.float32)
