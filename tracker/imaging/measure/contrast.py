"""How much of a scar's area is left, told by its contrast: a scar that fades must not be read as one that shrinks.

An outline drawn by colour keeps only the darkest part of a fading scar: on rendered scars that had lost 30 % of their
area and half of their contrast it lost 65 %. Here the contrast itself is scaled by its own core first.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.errors import NotComparable
from tracker.imaging.types import Box, Mask, Photo, Region

Floats = NDArray[np.float64]
WORKING_SIDE = 400  # px: a scar 2 mm wide in a frame of 160 mm still has 5 px across
LEVELS = (0.35, 0.5, 0.65)
"""Share of the core's contrast at which a pixel counts half; the spread of the three answers is part of the error."""
SOFTNESS = 0.6  # of the core's contrast from no to full count
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
    block : int
        Pixels within which noise hangs together.
    box : Box
        The part of the photo.
    """

    colour: Floats = field(repr=False)
    core: Mask = field(repr=False)
    zone: Mask = field(repr=False)
    ring: Mask = field(repr=False)
    block: int
    box: Box

    @property
    def area_scale(self) -> float:
        """Photo pixels per working pixel."""
        return self.box.width * self.box.height / self.core.size


def area_left(photos: tuple[Photo, Photo], outlines: tuple[Region, Region]) -> tuple[float, float]:
    """Follow-up over baseline area in photo pixels, and the standard error of its natural logarithm.

    Parameters
    ----------
    photos : tuple of Photo
        Baseline and follow-up.
    outlines : tuple of Region
        The scar as drawn in the baseline, and as the alignment carries it to the follow-up.

    Returns
    -------
    tuple of float
        Not corrected for scale: divide by the growth of the skin around, or multiply by the areas of a pixel.

    Raises
    ------
    NotComparable
        The scar can hardly be told from the skin around it.

    Notes
    -----
    The contrast to the skin around is projected on the direction that tells the baseline's scar best from that skin
    (linear discriminant), divided by its median in the scar's core, softly cut at three levels, and unmixed by the
    mean cut value of core and ring. Both photos go through the same steps, so what the steps get wrong cancels.
    """
    first, second = (_look(photo, outline) for photo, outline in zip(photos, outlines, strict=True))
    direction = _telling(first)
    (before, error_before), (after, error_after) = (_areas(scar, direction) for scar in (first, second))
    ratios = after * second.area_scale / (before * first.area_scale)
    method = float(np.std(np.log(ratios), ddof=1))
    return float(np.exp(np.log(ratios).mean())), float(np.sqrt(error_before**2 + error_after**2 + method**2))


def half_contrast(photos: tuple[Photo, Photo], outlines: tuple[Region, Region]) -> Region:
    """Where the scar has at least half of its core's contrast in the follow-up: the shape behind :func:`area_left`.

    Raises
    ------
    NotComparable
        As :func:`area_left`.
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
    return _Scar(colour, core, zone, ring, max(3, round(2 * half)), box)


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


def _areas(scar: _Scar, direction: Floats) -> tuple[Floats, float]:
    """Area in working pixels at each of LEVELS, and the standard error of its logarithm from the skin's unevenness."""
    contrast, core = _contrast(scar, direction)
    areas, errors = [], []
    for level in LEVELS:
        share = np.clip(0.5 + (contrast / core - level) / SOFTNESS, 0, 1)
        skin, full = float(share[scar.ring].mean()), float(share[scar.core].mean())
        areas.append(float((share - skin)[scar.zone].sum()) / (full - skin))
        blocks = _block_means(share, scar.ring, scar.block)
        patches = max(1.0, float(scar.zone.sum()) / scar.block**2)
        errors.append(float(np.std(blocks)) * scar.block**2 * np.sqrt(patches) / (full - skin))
    if min(areas) <= 0:
        raise NotComparable(FAINT, RETAKE)
    return np.array(areas), float(np.mean(errors) / np.mean(areas))


def _block_means(share: Floats, ring: Mask, block: int) -> Floats:
    """Means over blocks that lie in the ring for a third at least: what a patch of skin differs by."""
    size = max(1, ring.shape[1] // block), max(1, ring.shape[0] // block)
    weight = cv2.resize(ring.astype(np.float64), size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(np.where(ring, share, 0.0), size, interpolation=cv2.INTER_AREA)
    kept = weight > 1 / 3
    return (
        np.asarray(total[kept] / weight[kept], np.float64) if kept.sum() >= 3 else np.asarray(share[ring], np.float64)
    )
