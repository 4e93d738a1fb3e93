"""The same small patches of skin in both photos, averaged in linear light on the un-warped pixels of each."""

from dataclasses import dataclass, field, replace
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.types import Box, Mask, Photo, Points

Floats = NDArray[np.float64]

DARKEST, BRIGHTEST = 8, 250  # 8-bit levels; below, JPEG steps exceed 5 % of the light; above, a channel may be cut off
WORKING_CELL = 3.0  # working pixels across a cell: bilinear sampling then errs by less than the 8-bit step
MOST_CUT = 0.05  # share of cut-off pixels in a cell before it is left out


@dataclass(frozen=True, slots=True, eq=False)
class SkinCells:
    """Paired patches of skin that are usable in both photos.

    Parameters
    ----------
    position : ndarray, shape (n, 2)
        Centres in baseline pixels.
    baseline, followup : ndarray, shape (n, 3)
        Mean linear sRGB of the patch in either photo, above 0.
    spacing : float
        Baseline pixels between centres, and the width of a patch.
    asked : int
        Patches looked at, usable or not.
    """

    position: Floats = field(repr=False)
    baseline: Floats = field(repr=False)
    followup: Floats = field(repr=False)
    spacing: float
    asked: int

    def __post_init__(self) -> None:
        for array in (self.position, self.baseline, self.followup):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.position)

    @property
    def log_ratio(self) -> Floats:
        """(n, 3) ln of follow-up light over baseline light."""
        return np.asarray(np.log(self.followup) - np.log(self.baseline), np.float64)

    def keep(self, which: Mask) -> Self:
        """The cells for which ``which``, shape (n,), is True."""
        return replace(
            self, position=self.position[which], baseline=self.baseline[which], followup=self.followup[which]
        )

    def with_followup(self, followup: Floats) -> Self:
        """The same cells with other follow-up light, shape (n, 3)."""
        return replace(self, followup=followup)


def grid(mask: Mask, box: Box, count: int) -> tuple[Points, float]:
    """About ``count`` evenly spaced points inside a mask, and their spacing.

    Parameters
    ----------
    mask : Mask
        (box.height, box.width) at any scale: the box is divided into as many parts as the mask has.
    box : Box
        Where the mask lies in the photo.
    count : int
        How many are wanted; fewer where the mask has fewer pixels than that.

    Returns
    -------
    tuple of Points and float
        (n, 2) photo pixels, and photo pixels between neighbours (at least 1).
    """
    sx, sy = box.width / mask.shape[1], box.height / mask.shape[0]
    area = float(mask.sum()) * sx * sy
    spacing = max(1.0, float(np.sqrt(area / count)))
    x = np.arange(box.left + spacing / 2 - 0.5, box.right - 0.5, spacing)
    y = np.arange(box.top + spacing / 2 - 0.5, box.bottom - 0.5, spacing)
    xx, yy = np.meshgrid(x, y)
    column = np.clip(((xx + 0.5 - box.left) / sx).astype(int), 0, mask.shape[1] - 1)
    row = np.clip(((yy + 0.5 - box.top) / sy).astype(int), 0, mask.shape[0] - 1)
    inside = mask[row, column]
    return np.stack([xx[inside], yy[inside]], 1), spacing


def sample(photo: Photo, points: Points, width: float) -> tuple[Floats, Mask]:
    """Mean linear light of square patches around points.

    Parameters
    ----------
    photo : Photo
        Calibrated light is taken where a calibration is attached.
    points : Points
        (n, 2) photo pixels; they may lie outside.
    width : float
        Photo pixels across a patch.

    Returns
    -------
    tuple of ndarray (n, 3) and Mask (n,)
        Light, and whether it may be used: inside the photo, and hardly a pixel cut off at black or white.
    """
    columns, rows = photo.size
    inside = (points >= 0).all(1) & (points[:, 0] <= columns - 1) & (points[:, 1] <= rows - 1)
    if not inside.any():
        return np.full((len(points), 3), np.nan), np.zeros(len(points), bool)
    low, high = np.floor(points[inside].min(0)).astype(int), np.ceil(points[inside].max(0)).astype(int) + 1
    box = Box(int(low[0]), int(low[1]), int(high[0]), int(high[1])).grown(int(np.ceil(width)) + 1, photo.size)
    scale = min(1.0, WORKING_CELL / width)
    light = photo.linear(box, scale)
    size = (light.shape[1], light.shape[0])
    part = photo.encoded[box.top : box.bottom, box.left : box.right]
    step = 1 if part.dtype == np.uint8 else 257
    whole = cv2.inRange(part, (DARKEST * step,) * 3, (BRIGHTEST * step,) * 3)
    whole = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.float32) / 255
    kernel = (max(1, round(width * size[0] / box.width)), max(1, round(width * size[1] / box.height)))
    where = np.stack(
        [
            (points[:, 0] - box.left + 0.5) * size[0] / box.width - 0.5,
            (points[:, 1] - box.top + 0.5) * size[1] / box.height - 0.5,
        ],
        -1,
    ).astype(np.float32)
    rgb = _at(np.asarray(cv2.blur(light, kernel), np.float32), where)
    usable = (
        inside & (_at(np.asarray(cv2.blur(whole, kernel), np.float32), where)[:, 0] >= 1 - MOST_CUT) & (rgb > 0).all(1)
    )
    return rgb, np.asarray(usable, bool)


def pair(baseline: Photo, followup: Photo, points: Points, carried: Points, spacing: float) -> SkinCells:
    """The patches around points of the baseline and around the same skin in the follow-up.

    Parameters
    ----------
    baseline, followup : Photo
        Both calibrated, or neither.
    points, carried : Points
        (n, 2) in baseline pixels, and where the alignment puts them in follow-up pixels.
    spacing : float
        Width of a patch in baseline pixels; in the follow-up it is widened by the ratio of the distances.

    Returns
    -------
    SkinCells
        Only those usable in both photos.
    """
    ratio = _spread(carried) / max(_spread(points), 1e-9) if len(points) > 2 else 1.0
    first, good_first = sample(baseline, points, spacing)
    second, good_second = sample(followup, carried, spacing * ratio)
    good = good_first & good_second
    return SkinCells(
        position=np.asarray(points[good], np.float64),
        baseline=first[good],
        followup=second[good],
        spacing=spacing,
        asked=len(points),
    )


def _at(image: NDArray[np.float32], where: NDArray[np.float32]) -> Floats:
    # cv2.remap takes at most 32,767 rows or columns, so the points are laid out as a square
    side = int(np.ceil(np.sqrt(len(where))))
    square = np.zeros((side * side, 2), np.float32)
    square[: len(where)] = where
    found = cv2.remap(
        image,
        square[:, 0].reshape(side, side),
        square[:, 1].reshape(side, side),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(found, np.float64).reshape(side * side, -1)[: len(where)]


def _spread(points: Points) -> float:
    return float(np.sqrt(np.var(points, axis=0).sum()))
