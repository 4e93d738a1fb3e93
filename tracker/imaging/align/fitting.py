"""The order of the steps: prepare, match, choose a plane motion, refine, check."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from scipy.spatial import cKDTree

from tracker.errors import NotComparable
from tracker.imaging import geometry
from tracker.imaging.align.frame import Frame, common_frame, nodes_on_baseline
from tracker.imaging.align.likeness import seen_again
from tracker.imaging.align.matching import (
    LONG_SIDE,
    Keypoints,
    PlaneMotion,
    guided,
    held_out,
    keypoints,
    match,
    plane_motion,
)
from tracker.imaging.align.prepared import Pair, Prepared, mirrored, prepare
from tracker.imaging.align.regained import regained
from tracker.imaging.align.residual import Anchors, refine
from tracker.imaging.align.verdict import (
    MIRROR_DOUBT,
    Fit,
    check_evidence,
    check_mirror,
    check_motion,
    outvotes,
    weigh,
)
from tracker.imaging.align.voting import voted_motion
from tracker.imaging.types import Alignment, Mask, Photo, Region

NODE_SPACING = 8.0  # working pixels between displacement nodes
MARK_PX = 1.0  # standard deviation of a matched mark, in pixels of the matching scale
REACH_PX = 40.0  # working pixels from the plane motion within which a match may still be right (a smiling cheek)
LEAST_MARGIN_PX = 8.0  # around a small one: the texture filters smear its edge that far
GUIDED_INLIERS = 40  # below so many the plane motion itself is in doubt, and guided matches would flatter it
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
        shrink), and the fit must be good around it. Where too few marks agree, a voted motion is tried for it.

    Returns
    -------
    Alignment
        With the figures behind its acceptance in ``diagnostics``.

    Raises
    ------
    NotComparable
        Where the photos cannot be shown to be the same skin, with the reason and how to retake.
    """
    masks = skin or (None, None)
    with ThreadPoolExecutor(1) as other:  # a person waits for the pair, and OpenCV lets other threads run
        second = other.submit(_looked_at, followup, masks[1])
        first = _looked_at(baseline, masks[0])
        both = first, second.result()
    marks = both[0][2], both[1][2]
    seen = Seen(Pair((both[0][0], both[1][0]), (both[0][1], both[1][1])), marks, region, (baseline, followup))
    try:
        alignment, belief = _accepted(seen, check_motion(plane_motion(*match(*marks))))
        if belief < MIRROR_DOUBT:
            check_mirror(alignment.diagnostics["inliers"], _inliers(plane_motion(*match(marks[0], _mirrored(seen)))))
    except NotComparable:
        motion = None if region is None else voted_motion(*marks)
        if motion is None or not outvotes(_inliers(motion), _inliers(voted_motion(marks[0], _mirrored(seen)))):
            raise
        alignment, _ = _accepted(seen, check_motion(motion))
    return alignment


def _looked_at(photo: Photo, skin: Mask | None) -> tuple[Prepared, Prepared, Keypoints]:
    """The working copy, the coarse copy and its marks."""
    coarse = prepare(photo, skin, LONG_SIDE)
    return prepare(photo, skin), coarse, keypoints(coarse)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """All that a fit may look at: both photos, their working copies and marks, and the treated part."""

    pair: Pair = field(repr=False)
    marks: tuple[Keypoints, Keypoints] = field(repr=False)
    region: Region | None
    photos: tuple[Photo, Photo] = field(repr=False)


def _accepted(seen: Seen, motion: PlaneMotion) -> tuple[Alignment, float]:
    """The fit from one plane motion and its belief, or a refusal."""
    found = attempt(seen.pair, seen.marks, motion, seen.region)
    evidence = weigh(found)
    alignment = _as_alignment(found, evidence.as_dict())
    check_evidence(evidence, seen_again(alignment, *seen.photos, seen.region) if seen.region else float("nan"))
    fine = regained(found.fine, found.levels, found.anchors)  # after the verdict: a search finds likeness in strangers
    return _as_alignment(replace(found, fine=fine), evidence.as_dict()), evidence.belief


def attempt(pair: Pair, marks: tuple[Keypoints, Keypoints], motion: PlaneMotion, region: Region | None) -> Fit:
    """A fit from one plane motion without its verdict; refuses only where nothing can be fitted."""
    matrix = pair.to_working(motion.matrix)
    frame = common_frame(*pair.working, matrix, _spared(pair.working[0], region))
    if frame is None:
        raise NotComparable(
            "The skin of the baseline lies outside the follow-up photo.",
            "Retake it with the same skin in the middle of the frame.",
        )
    anchors = _anchors(pair, marks, motion, frame)
    fine, levels = refine(frame.template, frame.moving, frame.weight, anchors)
    return Fit(pair, motion, matrix, frame, fine, levels, anchors)


def _mirrored(seen: Seen) -> Keypoints:
    """The marks of the follow-up as a mirror would show it."""
    return keypoints(mirrored(seen.pair.coarse[1]))


def _inliers(motion: PlaneMotion | None) -> float:
    return 0.0 if motion is None else float(motion.inlier.sum())


def _anchors(pair: Pair, marks: tuple[Keypoints, Keypoints], motion: PlaneMotion, frame: Frame) -> Anchors:
    """Three of four matches near the plane motion (the fourth is held out for the verdict), and guided ones."""
    seen = ~held_out(len(motion.baseline))
    start, target = pair.matches(motion.baseline, motion.followup)
    matrix = pair.to_working(motion.matrix)
    reached = np.linalg.norm(geometry.apply_homography(matrix, start) - target, axis=1) < REACH_PX
    start, target = start[seen & reached], target[seen & reached]
    if motion.inlier.sum() >= GUIDED_INLIERS:
        more = guided(*marks, motion.matrix)
        hidden = cKDTree(motion.baseline[~seen])
        fresh = hidden.query(more[0], distance_upper_bound=1e-6)[0] > 1e-6
        more_start, more_target = pair.matches(more[0][fresh], more[1][fresh])
        start, target = np.concatenate([start, more_start]), np.concatenate([target, more_target])
    plane = geometry.apply_homography(matrix, start)
    error = MARK_PX * pair.working[1].scale / pair.coarse[1].scale
    return Anchors(plane - np.array([frame.left, frame.top]), target - plane, error)


def _as_alignment(found: Fit, diagnostics: dict[str, float]) -> Alignment:
    first, second = found.pair.working
    spacing = NODE_SPACING / first.scale
    nodes, shape = geometry.grid_nodes(first.photo_size, spacing)
    at = first.to_working(nodes)
    shift = nodes_on_baseline(found.frame, found.matrix, found.fine.shift, at) / second.scale
    support = nodes_on_baseline(found.frame, found.matrix, found.fine.agreement, at)
    whole = np.linalg.inv(second.photo_to_working) @ found.matrix @ first.photo_to_working
    return Alignment(
        homography=whole / whole[2, 2],
        displacement=shift.reshape(*shape, 2).astype(np.float32),
        spacing=spacing,
        support=np.clip(support, 0, 1).reshape(shape),
        residual_px=diagnostics["match_px"],
        baseline_size=first.photo_size,
        followup_size=second.photo_size,
        diagnostics=diagnostics,
    )


def _spared(first: Prepared, region: Region | None) -> Mask | None:
    if region is None:
        return None
    mask = region.full(first.photo_size)
    width, height = first.size
    small = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA) > 0
    radius = float(np.sqrt(small.sum() / np.pi))
    return geometry.dilate(small, max(LEAST_MARGIN_PX, (GROWN - 1) * radius))
