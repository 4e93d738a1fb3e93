"""Whether the treated mark itself is seen again where the alignment says it lies.

The fit never looks inside the treated region, so this is evidence of its own: a wound or a red scar stands out from its
surroundings in colour, and ought to do so at the carried place too, whatever became of its size.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging import geometry
from tracker.imaging.align.carry import carry_points
from tracker.imaging.types import Alignment, Photo, Points, Region

SAMPLES = 48  # per side of the square that is looked at
REACH = 2.0  # half its side, in radii of the region
RING = (1.25, 1.9)  # radii between which the surroundings are taken
MIN_CONTRAST = 1.5  # standard deviations of the surroundings: below it the region is no mark


def seen_again(alignment: Alignment, baseline: Photo, followup: Photo, region: Region) -> float:
    """Share of the region's contrast with its surroundings that is found at the carried place.

    Returns
    -------
    float
        About 1 where the mark looks as it did, 0 where there is none, negative where it stands out the other way; NaN
        where the region does not stand out in the baseline, or too little of its surroundings is in both photos.
    """
    lattice, inside, ring = _lattice(region)
    carried = carry_points(alignment, lattice)
    spread = np.sqrt(region.area_px / np.pi) * REACH / SAMPLES
    scale = max(float(np.sqrt(abs(np.linalg.det(alignment.homography[:2, :2])))), 0.1)
    before, seen_before = _colours(baseline, lattice, spread)
    after, seen_after = _colours(followup, carried, spread * scale)
    seen = seen_before & seen_after
    if (seen & ring).sum() < 0.4 * ring.sum() or (seen & inside).sum() < 0.6 * inside.sum():
        return float("nan")
    first, second = (_contrast(colours, seen & inside, seen & ring) for colours in (before, after))
    power = float(first @ first)
    return float(first @ second / power) if power >= MIN_CONTRAST**2 else float("nan")


def _lattice(region: Region) -> tuple[Points, NDArray[np.bool_], NDArray[np.bool_]]:
    """Baseline points of a square around the region; which lie in it, and which in the ring around it."""
    box = region.box
    centre = np.array([(box.left + box.right - 1) / 2, (box.top + box.bottom - 1) / 2])
    half = REACH * max(box.width, box.height) / 2
    steps = np.linspace(-half, half, SAMPLES)
    xx, yy = np.meshgrid(steps, steps)
    lattice = np.stack([xx.ravel(), yy.ravel()], 1) + centre
    column, row = np.rint(lattice - (box.left, box.top)).astype(int).T
    within = (column >= 0) & (row >= 0) & (column < box.width) & (row < box.height)
    inside = np.zeros(len(lattice), bool)
    inside[within] = region.mask[row[within], column[within]]
    pitch = 2 * half / (SAMPLES - 1)
    radius = np.sqrt(region.area_px / np.pi) / pitch
    square = inside.reshape(SAMPLES, SAMPLES)
    ring = geometry.dilate(square, (RING[1] - 1) * radius) & ~geometry.dilate(square, (RING[0] - 1) * radius)
    return lattice, inside, ring.ravel()


def _colours(photo: Photo, points: Points, spread: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Haemoglobin index / 100 and log-luminance at points, smoothed over ``spread`` px, and which points are seen."""
    width, height = photo.size
    seen = ((points >= 0) & (points <= np.array([width - 1, height - 1]))).all(1)
    scale = min(1.0, 1.0 / max(spread, 1e-6))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(photo.encoded, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    linear = np.maximum((small / float(np.iinfo(photo.encoded.dtype).max)) ** 2.2, 0.004)
    red, green, blue = (np.log(linear[:, :, i]) for i in range(3))
    picture = np.stack([0.628 * red - green + 0.372 * blue, (red + green + blue) / 3], 2)
    at = ((points + 0.5) * (size[0] / width) - 0.5).astype(np.float32).reshape(-1, 1, 2)
    values = cv2.remap(picture, at, np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(values.reshape(-1, 2), np.float64), np.asarray(seen, bool)


def _contrast(colours: NDArray[np.float64], inside: NDArray[np.bool_], ring: NDArray[np.bool_]) -> NDArray[np.float64]:
    around = colours[ring]
    return np.asarray((colours[inside].mean(0) - around.mean(0)) / np.maximum(around.std(0), 0.02), np.float64)
