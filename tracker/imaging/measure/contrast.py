"""Where a scar has at least half of its core's contrast: the shape to show, not the area, which is in ``shrinkage``."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.errors import NotComparable
from tracker.imaging.types import Box, Mask, Photo, Region

Floats = NDArray[np.float64]
WORKING_SIDE = 400  # px: a scar 2 mm wide in a frame of 160 mm still has 5 px across
CORE, ZONE, RING = 0.6, 0.8, 3.0
"""Half-widths: deeper inside is core; up to so far outside counts as scar; up to so far outside is its reference."""
LEAST_CONTRAST = 1.6
"""Core over the scatter of the skin around, below which noise decides the area."""
LEAST_PIXELS = 60
FAINT = "The scar can hardly be told from the skin around it, so its area is not followed."
RETAKE = "Draw the outline in this photo by hand, or take it sharper, closer, and with more skin around the scar."


@dataclass(frozen=True, slots=True, eq=False)
class _Scar:
    """A scar and the skin around it at the working scale, light taken out.

    Parameters
    ----------
    colour : ndarray, shape (height, width, 3)
        Natural logarithm of linear RGB less a plane through the skin around.
    core, zone, ring : Mask
        See CORE, ZONE, RING.
    box : Box
        The part of the photo.
    """

    colour: Floats = field(repr=False)
    core: Mask = field(repr=False)
    zone: Mask = field(repr=False)
    ring: Mask = field(repr=False)
    box: Box


def half_contrast(photos: tuple[Photo, Photo], outlines: tuple[Region, Region]) -> Region:
    """Where the scar has at least half of its core's contrast in the follow-up.

    Parameters
    ----------
    photos : tuple of Photo
        Baseline and follow-up.
    outlines : tuple of Region
        The scar as drawn in the baseline, and as the alignment carries it to the follow-up.

    Raises
    ------
    NotComparable
        The scar is too small, or can hardly be told from the skin around it.
    """
    first, second = (_look(photo, outline) for photo, outline in zip(photos, outlines, strict=True))
    contrast, core = _contrast(second, _telling(first))
    share = np.where(second.zone, contrast / core, 0.0).astype(np.float32)
    whole = cv2.resize(share, (second.box.width, second.box.height), interpolation=cv2.INTER_LINEAR)
    return Region(outlines[1].name, second.box, np.asarray(whole >= 0.5, bool))


def _telling(scar: _Scar) -> Floats:
    """The direction in log colour that tells the scar best from the skin around it (linear discriminant)."""
    spread = np.cov(scar.colour[scar.ring].T) + 1e-6 * np.eye(3)
    return np.asarray(np.linalg.solve(spread, np.median(scar.colour[scar.core], axis=0)), np.float64)


def _look(photo: Photo, outline: Region) -> _Scar:
    box = outline.box.grown(int(0.35 * max(outline.box.width, outline.box.height)) + 8, photo.size)
    light = photo.linear(box, min(1.0, WORKING_SIDE / max(box.width, box.height)))
    size = light.shape[1], light.shape[0]
    whole = np.zeros((box.height, box.width), np.uint8)
    top, left = outline.box.top - box.top, outline.box.left - box.left
    whole[top : top + outline.box.height, left : left + outline.box.width] = outline.mask
    inside = np.asarray(cv2.resize(whole * 255, size, interpolation=cv2.INTER_AREA) > 127, bool)
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    half = float(np.percentile(depth[inside], 95)) if inside.any() else 0.0
    lit = light.max(axis=2) > 0
    core, zone = inside & (depth > CORE * half) & lit, (away < ZONE * half) & lit
    ring = (away > ZONE * half) & (away < RING * half + 4) & lit
    if min(int(core.sum()), int(ring.sum())) < LEAST_PIXELS:
        raise NotComparable("The scar is too small in this photo to follow its area.", RETAKE)
    smooth = cv2.GaussianBlur(light, (0, 0), max(0.8, 0.12 * half))
    colour = _level(np.log(np.maximum(smooth, 1e-3)).astype(np.float64), ring)
    return _Scar(colour, core, zone, ring, box)


def _level(colour: Floats, ring: Mask) -> Floats:
    """Colours less a plane through those of the ring: the light falls off across a scar."""
    rows, columns = np.indices(ring.shape) / max(ring.shape)
    plane = np.stack([np.ones(ring.shape), rows, columns], axis=-1)
    kept = ring
    for _ in range(3):
        fit = np.linalg.lstsq(plane[kept], colour[kept], rcond=None)[0]
        rest = colour - plane @ fit
        size = np.linalg.norm(rest, axis=2)
        kept = ring & (size < 2.5 * np.median(size[ring]))  # hair and moles are no skin around
    return np.asarray(rest, np.float64)


def _contrast(scar: _Scar, direction: Floats) -> tuple[Floats, float]:
    """Contrast to the skin around, shape (height, width), and that of the core; refuses where noise would decide."""
    contrast = scar.colour @ direction
    contrast = contrast - np.median(contrast[scar.ring])
    core = float(np.median(contrast[scar.core]))
    if core < LEAST_CONTRAST * 1.4826 * float(np.median(np.abs(contrast[scar.ring]))):
        raise NotComparable(FAINT, RETAKE)
    return contrast, core
