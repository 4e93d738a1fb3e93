"""The order of the steps: prepare, match, choose a plane motion, refine, check."""

import cv2
import numpy as np

from tracker.errors import NotComparable
from tracker.imaging import geometry
from tracker.imaging.align.frame import common_frame, nodes_on_baseline
from tracker.imaging.align.matching import LONG_SIDE, cells_covered, keypoints, match, plane_motion
from tracker.imaging.align.prepared import Prepared, prepare
from tracker.imaging.align.residual import refine
from tracker.imaging.types import Alignment, Mask, Photo, Region

NODE_SPACING = 8.0  # working pixels between displacement nodes
GROWN = 1.3  # the treated region's radius is spared from the fit with this factor


def fit(
    baseline: Photo,
    followup: Photo,
    *,
    skin: tuple[Mask, Mask] | None = None,
    region: Region | None = None,
) -> Alignment:
    """Where each point of the baseline photo lies in the follow-up photo.

    Parameters
    ----------
    baseline, followup : Photo
        Of the same skin, from about the same side.
    skin : tuple of Mask, optional
        Skin of the baseline and of the follow-up, each at any size with its photo's proportions. Only skin and its
        near surroundings then carry the alignment; without it, everything in the picture does.
    region : Region, optional
        The treated part in baseline pixels. It does not pull on the fine fit (a scar that shrinks must be seen to
        shrink), and the fit must be good around it.

    Returns
    -------
    Alignment
        With the figures behind its acceptance in ``diagnostics``.

    Raises
    ------
    NotComparable
        Where the photos cannot be shown to be the same skin, with the reason and how to retake.
    """
    first = prepare(baseline, skin[0] if skin else None)
    second = prepare(followup, skin[1] if skin else None)
    coarse = tuple(prepare(p, m, LONG_SIDE) for p, m in zip((baseline, followup), skin or (None, None), strict=True))
    motion = plane_motion(*match(keypoints(coarse[0]), keypoints(coarse[1])))
    if motion is None or motion.inlier.sum() < 10:
        raise NotComparable(
            "Too few marks of the skin were found again in the follow-up photo to place it on the baseline.",
            "Retake it from the same side, at the same distance, in focus and in even light.",
        )
    matrix = second.from_other(coarse[1]) @ motion.matrix @ coarse[0].from_other(first)
    frame = common_frame(first, second, matrix, _spared(first, region))
    if frame is None:
        raise NotComparable(
            "The skin of the baseline lies outside the follow-up photo.",
            "Retake it with the same skin in the middle of the frame.",
        )
    fine = refine(frame.template, frame.moving, frame.weight)
    spacing = NODE_SPACING / first.scale
    nodes, shape = geometry.grid_nodes(baseline.size, spacing)
    shift = nodes_on_baseline(frame, matrix, fine.shift, first.to_working(nodes)) / second.scale
    support = nodes_on_baseline(frame, matrix, fine.agreement, first.to_working(nodes))
    covered, usable = cells_covered(motion.baseline[motion.inlier], coarse[0].trusted)
    whole = np.linalg.inv(second.photo_to_working) @ matrix @ first.photo_to_working
    return Alignment(
        homography=whole / whole[2, 2],
        displacement=shift.reshape(*shape, 2).astype(np.float32),
        spacing=spacing,
        support=np.clip(support, 0, 1).reshape(shape),
        residual_px=motion.held_out_px / coarse[1].scale,
        baseline_size=baseline.size,
        followup_size=followup.size,
        diagnostics={"inliers": float(motion.inlier.sum()), "coverage": covered / max(usable, 1)},
    )


def _spared(first: Prepared, region: Region | None) -> Mask | None:
    if region is None:
        return None
    mask = region.full(first.photo_size)
    width, height = first.size
    small = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA) > 0
    radius = float(np.sqrt(small.sum() / np.pi))
    return geometry.dilate(small, max(4.0, (GROWN - 1) * radius))
