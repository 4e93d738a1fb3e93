"""Another expression, told without landmarks: how far the skin of a region is stretched beyond a change of view."""

import numpy as np
from numpy.typing import NDArray

from tracker.imaging.geometry import sample_grid
from tracker.imaging.quality.groups import WRINKLES
from tracker.imaging.types import Alignment, Flag, FlagCode, Region

MOST_STRAIN = 0.06
"""Median stretch or squeeze of the skin of a region. Found: 0.006 to 0.022 between rendered photos of one visit with
0.3 mm of stretch; in the smiles of faces_london 0.04 to 0.22 on the cheeks (median 0.125), 0.015 to 0.12 on the
forehead (median 0.04)."""
POINTS = 400  # of a region: the displacement is smooth over 8 working pixels


def strain(alignment: Alignment, region: Region) -> float:
    """Median of the larger principal strain of the residual displacement over a region, 0 = rigid; nan outside."""
    local = _local_strain(alignment)
    row, column = np.nonzero(region.mask)
    step = max(1, len(row) // POINTS)
    points = np.stack([column[::step] + region.box.left, row[::step] + region.box.top], 1).astype(np.float64)
    return float(np.median(sample_grid(local, alignment.spacing, points))) if len(points) else float("nan")


def expression_flags(alignment: Alignment, region: Region) -> tuple[Flag, ...]:
    """Folds that come and go with an expression are withheld where the skin moved; colour is not."""
    found = strain(alignment, region)
    if not found > MOST_STRAIN:
        return ()
    reason = (
        f"{region.name}: the skin is stretched or squeezed by {found:.0%} between the photos, "
        f"expected at most {MOST_STRAIN:.0%} (another expression)."
    )
    return (Flag(FlagCode.EXPRESSION, reason, "Retake it with the face at rest, as in the baseline.", WRINKLES),)


def _local_strain(alignment: Alignment) -> NDArray[np.float64]:
    """Larger absolute principal strain at each node, in the baseline's frame and scale."""
    down, across = (np.gradient(alignment.displacement.astype(np.float64), alignment.spacing, axis=a) for a in (0, 1))
    plane = alignment.homography[:2, :2]
    scale = float(np.sqrt(abs(np.linalg.det(plane))))
    gradient = np.einsum("ji,rcjk->rcik", plane / scale, np.stack([across, down], -1)) / scale
    symmetric = (gradient + np.swapaxes(gradient, -1, -2)) / 2
    mean = (symmetric[..., 0, 0] + symmetric[..., 1, 1]) / 2
    shear = np.hypot((symmetric[..., 0, 0] - symmetric[..., 1, 1]) / 2, symmetric[..., 0, 1])
    return np.asarray(np.maximum(np.abs(mean + shear), np.abs(mean - shear)), np.float64)
