"""Number of separate scars in a drawn region, and the length of their middle lines."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.measure.scar_frame import middle_line
from tracker.imaging.types import Box, Mask, Measurement, Metric, Photo, Region

Floats = NDArray[np.float64]

COUNT_UNIT, LENGTH_UNIT = "scars", "mm"
PX_PER_MM = 6.0  # of the working picture: a scar 1 mm wide has 6 px across
SMOOTH_MM, AROUND_MM = 0.3, 4.0
"""Sigmas: finer is pores, hair and furrows; within the second the surroundings are read."""
SURE, LIKELY = 6.0, 3.0
"""Robust standard deviations of the skin around: a scar reaches the first somewhere, and goes as far as the second."""
LEAST_MM2 = 1.5  # smaller is a pore, a mole or noise
ROUNDS = 3
MARGIN_MM = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Separate scars found in a region.

    Parameters
    ----------
    box : Box
        Where ``label`` lies in the photo.
    label : ndarray of int, shape (height, width)
        0 for none, 1, 2, ... for each, at PX_PER_MM.
    count : int
        How many.
    length_mm : float
        Of their middle lines together.
    """

    box: Box
    label: NDArray[np.int_] = field(repr=False)
    count: int
    length_mm: float


def find(photo: Photo, region: Region, px_per_mm: float) -> Marks:
    """The separate scars that stand out from the skin around in a drawn region.

    Parameters
    ----------
    photo : Photo
        Any lamp and camera: colours are compared within it.
    region : Region
        Drawn around one scar or many.
    px_per_mm : float
        There.

    Notes
    -----
    Distance in log colour from the mean of the unmarked skin within 4 mm, in standard deviations of the skin outside
    the region (Mahalanobis), thresholded with hysteresis. Scars that touch count as one; one that is cut by a band of
    plain skin counts as two.
    """
    box = region.box.grown(int(np.ceil(MARGIN_MM * px_per_mm)), photo.size)
    scale = min(1.0, PX_PER_MM / px_per_mm)
    light = photo.linear(box, scale)
    density = px_per_mm * scale
    whole = np.zeros((box.height, box.width), np.uint8)
    top, left = region.box.top - box.top, region.box.left - box.left
    whole[top : top + region.box.height, left : left + region.box.width] = region.mask
    inside = cv2.resize(whole * 255, light.shape[1::-1], interpolation=cv2.INTER_AREA) > 127
    colour = cv2.GaussianBlur(np.log(np.maximum(light, 1e-3)), (0, 0), max(0.5, SMOOTH_MM * density))
    away = _distance(np.asarray(colour, np.float64), np.asarray(inside, bool), AROUND_MM * density)
    label = _hysteresis(away, np.asarray(inside, bool), LEAST_MM2 * density**2)
    count = int(label.max())
    length = sum(_length(label == k) for k in range(1, count + 1)) / density
    return Marks(box, label, count, float(length))


def measure(found: tuple[Marks, Marks], region: str) -> tuple[tuple[Measurement, Measurement], ...]:
    """Number of scars (unit "scars") and length of their middle lines (unit "mm"), each at baseline and follow-up.

    Notes
    -----
    Comparable between photos of one region with the same card, light and sharpness. A mark that fades below the
    threshold is no longer counted, so a fall of either may be fading.
    """
    counts = [Measurement(Metric.SCAR_COUNT, region, float(each.count), COUNT_UNIT) for each in found]
    lengths = [Measurement(Metric.SCAR_LENGTH, region, each.length_mm, LENGTH_UNIT) for each in found]
    return (counts[0], counts[1]), (lengths[0], lengths[1])


def _distance(colour: Floats, inside: Mask, sigma: float) -> Floats:
    """Mahalanobis distance of each pixel from the unmarked skin around it."""
    plain = np.ones(inside.shape)
    out = np.zeros(inside.shape)
    for _ in range(ROUNDS):
        weight = cv2.GaussianBlur(plain, (0, 0), sigma)
        near = cv2.GaussianBlur(colour * plain[..., None], (0, 0), sigma) / np.maximum(weight, 1e-3)[..., None]
        rest = colour - near
        skin = rest[~inside & (plain > 0)] if (~inside & (plain > 0)).sum() > 100 else rest[plain > 0]
        middle = np.median(skin, axis=0)
        size = np.linalg.norm(skin - middle, axis=1)
        spread = np.cov(skin[size < 3 * np.median(size)].T) + 1e-6 * np.eye(3)
        off = rest - middle
        out = np.sqrt(np.maximum(np.einsum("...i,ij,...j", off, np.linalg.inv(spread), off), 0))
        plain = (out < LIKELY + 0.5).astype(np.float64)
    return np.asarray(out, np.float64)


def _hysteresis(away: Floats, inside: Mask, least_px: float) -> NDArray[np.int_]:
    count, label, stats, _ = cv2.connectedComponentsWithStats(((away > LIKELY) & inside).astype(np.uint8))
    label, out, kept = np.asarray(label), np.zeros(away.shape, np.int_), 0
    areas = np.asarray(stats)[:, cv2.CC_STAT_AREA]
    for index in range(1, count):
        part = label == index
        if areas[index] >= least_px and float(away[part].max()) >= SURE:
            kept += 1
            out[part] = kept
    return out


def _length(part: Mask) -> float:
    """Length of a middle line in px: steps along the axes count 1, diagonal ones the square root of 2."""
    line = middle_line(part)[0]
    straight = int((line[1:] & line[:-1]).sum() + (line[:, 1:] & line[:, :-1]).sum())
    diagonal = int((line[1:, 1:] & line[:-1, :-1]).sum() + (line[1:, :-1] & line[:-1, 1:]).sum())
    corner = int((line[1:, 1:] & line[:-1, :-1] & (line[1:, :-1] | line[:-1, 1:])).sum())
    corner += int((line[1:, :-1] & line[:-1, 1:] & (line[1:, 1:] | line[:-1, :-1])).sum())
    return straight + float(np.sqrt(2)) * (diagonal - corner)
