"""Log luminance of a region of one photo on a millimetre grid."""

from dataclasses import dataclass, field, replace
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour
from tracker.imaging.types import Photo, Points, Region

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

MARGIN_MM = 3.0  # beyond the region: two sigmas of the widest band
SMALL_SIGMA_PX = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Log luminance of a region on a grid of known scale.

    Parameters
    ----------
    log_light : ndarray of float32, shape (height, width)
        ln Y of linear light.
    mask : ndarray of float32, shape (height, width)
        1 where it counts.
    px_per_mm : float
        Grid points per millimetre.
    tile : ndarray of int32, shape (height, width)
        Which part of the region a grid point belongs to, 0 to TILES; the same skin has the same number in both photos.
    """

    log_light: Floats = field(repr=False)
    mask: Floats = field(repr=False)
    px_per_mm: float
    tile: NDArray[np.int32] = field(repr=False)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Where more than half of a grid point counts."""
        return np.asarray(self.mask > 0.5)

    @property
    def area_mm2(self) -> float:
        """Area that counts."""
        return float(self.inside.sum()) / self.px_per_mm**2

    def resized(self, px_per_mm: float) -> Self:
        """The same skin on a coarser grid; itself where ``px_per_mm`` is not lower."""
        scale = px_per_mm / self.px_per_mm
        if scale >= 0.999:
            return self
        size = round(self.mask.shape[1] * scale), round(self.mask.shape[0] * scale)
        light, mask = (
            np.asarray(cv2.resize(a, size, interpolation=cv2.INTER_AREA), np.float32)
            for a in (self.log_light, self.mask)
        )
        tile = cv2.resize(self.tile, size, interpolation=cv2.INTER_NEAREST_EXACT)
        return replace(
            self,
            log_light=light,
            mask=mask,
            px_per_mm=size[0] / self.mask.shape[1] * self.px_per_mm,
            tile=np.asarray(tile, np.int32),
        )

    def blurred(self, sigma_mm: float) -> Self:
        """The same skin, less sharp."""
        sigma = sigma_mm * self.px_per_mm
        if sigma < SMALL_SIGMA_PX:  # a sampled Gaussian this narrow has too little variance: 0 below 0.3 px
            side = sigma**2 / 2
            kernel = np.array([side, 1 - 2 * side, side], np.float32)
            return replace(self, log_light=np.asarray(cv2.sepFilter2D(self.log_light, -1, kernel, kernel), np.float32))
        return replace(self, log_light=np.asarray(cv2.GaussianBlur(self.log_light, (0, 0), sigma), np.float32))

    def smooth(self, sigma_mm: float) -> Floats:
        """Gaussian mean over the region only: neither background nor highlight leaks in."""
        sigma = sigma_mm * self.px_per_mm
        weight = cv2.GaussianBlur(self.mask, (0, 0), sigma)
        light = cv2.GaussianBlur(self.log_light * self.mask, (0, 0), sigma)
        return np.asarray(light / np.maximum(weight, 1e-4), np.float32)

    def band(self, low_mm: float, high_mm: float) -> Floats:
        """Difference of two Gaussian means: what lies between two sizes."""
        return self.smooth(low_mm) - self.smooth(high_mm)

    def filled(self) -> Floats:
        """Light about zero (ln Y), outside filled with the mean of the skin beside it so that the edge is no line."""
        inside = self.inside
        level = np.float32(np.median(self.log_light[inside]))
        near = cv2.GaussianBlur(self.mask, (0, 0), 0.5 * self.px_per_mm)
        outside = np.where(near > 1e-3, self.smooth(0.5) - level, np.float32(0))
        return np.asarray(np.where(inside, self.log_light - level, outside), np.float32)

    def noise(self) -> float:
        """White-noise SD of ln Y from the diagonal second difference, whose response to skin is smallest."""
        kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6  # unit response to white noise
        detail = cv2.filter2D(self.log_light, -1, kernel)[self.inside]
        return float(1.4826 * np.median(np.abs(detail))) if detail.size else float("nan")


def patch(photo: Photo, region: Region, px_per_mm: float, working: float, anchors: Points | None = None) -> Patch:
    """The log luminance of a region, resampled to ``working`` grid points per millimetre.

    Parameters
    ----------
    photo : Photo
        Un-warped.
    region : Region
        In its pixels.
    px_per_mm : float
        Of the photo at the region, at least ``working``.
    working : float
        Grid points per millimetre wanted.
    anchors : Points, optional
        (n, 2) photo pixels around which the region is divided into tiles; one tile without them.
    """
    box = region.box.grown(int(np.ceil(MARGIN_MM * px_per_mm)), photo.size)
    light = photo.linear(box, min(1.0, working / px_per_mm))
    height, width = light.shape[:2]
    mask = np.zeros((box.height, box.width), np.float32)
    top, left = region.box.top - box.top, region.box.left - box.left
    mask[top : top + region.box.height, left : left + region.box.width] = region.mask
    y = np.asarray(colour.luminance(light), np.float32)
    shine = (light.min(axis=2) > 0.7) | (light.max(axis=2) > 0.95)  # a channel near its end: highlight, not skin
    inside = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    inside = np.where(shine, np.float32(0), inside)
    scale = width / box.width
    corner = np.array([box.left, box.top])
    tile = np.zeros(inside.shape, np.int32) if anchors is None else _tiles(inside.shape, (anchors - corner) * scale)
    return Patch(np.log(np.maximum(y, np.float32(1e-3))), inside, scale * px_per_mm, tile)


def _tiles(shape: tuple[int, ...], anchors: Doubles) -> NDArray[np.int32]:
    """Number of the nearest anchor, shape (height, width)."""
    seeds = np.full(shape, 255, np.uint8)
    at = np.clip(np.rint(anchors).astype(int), 0, np.array(shape[::-1]) - 1)
    seeds[at[:, 1], at[:, 0]] = 0
    _, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    number = np.zeros(int(labels.max()) + 1, np.int32)
    number[labels[at[:, 1], at[:, 0]]] = np.arange(len(anchors))
    return np.asarray(number[labels], np.int32)
