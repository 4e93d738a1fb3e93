"""Where: regions, outlines, and how they move from one photo to the other."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tracker.errors import InvalidInput
from tracker.imaging.types.vocabulary import Box, Mask, Matrix3


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A named part of one photo: a mask cut to its bounding box.

    Parameters
    ----------
    name : str
        ``"forehead"``, ``"cheek_left"``, ..., or ``"drawn"``.
    box : Box
        Where the mask lies in the photo.
    mask : Mask
        (box.height, box.width).
    """

    name: str
    box: Box
    mask: Mask = field(repr=False)

    def __post_init__(self) -> None:
        if self.mask.shape != (self.box.height, self.box.width) or self.mask.dtype != np.bool_:
            raise ValueError(
                f"mask must be bool {(self.box.height, self.box.width)}, got {self.mask.shape} {self.mask.dtype}"
            )
        self.mask.setflags(write=False)

    @classmethod
    def from_mask(cls, name: str, mask: Mask) -> Self:
        """The region of a full-size mask; raises InvalidInput where the mask is empty."""
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if rows.size == 0:
            raise InvalidInput(f"{name}: the region is empty, expected at least one pixel inside; draw it again.")
        box = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        return cls(name, box, mask[box.top : box.bottom, box.left : box.right].copy())

    @property
    def area_px(self) -> int:
        """Pixels inside."""
        return int(self.mask.sum())

    def shared_px(self, other: "Region") -> int:
        """Pixels of the same photo that lie in both regions."""
        left, top = max(self.box.left, other.box.left), max(self.box.top, other.box.top)
        right, bottom = min(self.box.right, other.box.right), min(self.box.bottom, other.box.bottom)
        if right <= left or bottom <= top:
            return 0
        parts = [
            r.mask[top - r.box.top : bottom - r.box.top, left - r.box.left : right - r.box.left] for r in (self, other)
        ]
        return int((parts[0] & parts[1]).sum())

    def full(self, size: tuple[int, int]) -> Mask:
        """The mask at the size (width, height) of the whole photo."""
        out = np.zeros((size[1], size[0]), bool)
        out[self.box.top : self.box.bottom, self.box.left : self.box.right] = self.mask
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What a person drew besides the treated region.

    Parameters
    ----------
    reference : Region or None
        Untreated skin in the baseline; the alignment carries it. Takes the place of the proposed reference skin.
    followup : Region or None
        The outline of the treated part as a person sees it in the follow-up; decides its area there.
    """

    reference: Region | None = None
    followup: Region | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Where each point of the baseline photo lies in the follow-up photo.

    A homography plus a smooth residual displacement on a grid over the baseline. It carries masks and points; pixels
    are never warped for measurement.

    Parameters
    ----------
    homography : Matrix3
        Baseline pixels to follow-up pixels.
    displacement : ndarray of float32, shape (rows, columns, 2)
        Added after the homography, in follow-up pixels; node (r, c) sits at baseline pixel (c, r) * spacing.
    spacing : float
        Baseline pixels between grid nodes.
    support : ndarray of float32, shape (rows, columns)
        0 to 1: how well the displacement is backed by matched skin near each node.
    residual_px : float
        Median held-out match error in follow-up pixels.
    baseline_size, followup_size : tuple of int
        (width, height).
    diagnostics : dict
        Figures behind the acceptance: matches, held-out p95, forward-backward error, coverage, correlation z,
        Jacobian range.
    """

    homography: Matrix3 = field(repr=False)
    displacement: NDArray[np.float32] = field(repr=False)
    spacing: float
    support: NDArray[np.float32] = field(repr=False)
    residual_px: float
    baseline_size: tuple[int, int]
    followup_size: tuple[int, int]
    diagnostics: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for array in (self.homography, self.displacement, self.support):
            array.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A soft outline of a scar or lesion with its area.

    Parameters
    ----------
    box : Box
        Where ``probability`` lies in the photo.
    probability : ndarray of float32, shape (box.height, box.width)
        0 to 1.
    area_px : float
        Sum of the probability, in pixels of the photo (tilt not corrected).
    interval_px : tuple of float
        95 % interval of the area.
    """

    box: Box
    probability: NDArray[np.float32] = field(repr=False)
    area_px: float
    interval_px: tuple[float, float]

    def region(self, name: str = "drawn") -> Region:
        """The part with a probability of at least one half."""
        return Region(name, self.box, self.probability >= 0.5)
