"""Coarse matching: the same marks found in both photos, and one plane motion that explains them."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.align.prepared import Image, Prepared, band, local_contrast
from tracker.imaging.geometry import apply_homography
from tracker.imaging.types import Mask, Matrix3, Points

KEYPOINTS = 4000
RATIO = 0.85  # of the nearest to the second nearest; the mutual check and MAGSAC remove what it lets through
INLIER_PX = 4.0  # working pixels: faces are not planes; the residual takes over from here
FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """Marks of one photo: positions in working pixels (n, 2) and RootSIFT descriptors (n, 128) of unit length."""

    points: Points = field(repr=False)
    descriptors: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class PlaneMotion:
    """One plane motion between working copies, with the matches it was chosen from.

    Parameters
    ----------
    matrix : Matrix3
        Baseline working pixels to follow-up working pixels.
    kind : str
        ``"similarity"``, ``"affine"`` or ``"homography"``.
    baseline, followup : Points
        (n, 2) all tentative matches.
    inlier : Mask
        (n,) within INLIER_PX of the motion.
    held_out_px : float
        Median error of matches left out of the fit, in follow-up working pixels.
    """

    matrix: Matrix3 = field(repr=False)
    kind: str
    baseline: Points = field(repr=False)
    followup: Points = field(repr=False)
    inlier: NDArray[np.bool_] = field(repr=False)
    held_out_px: float


def texture(prepared: Prepared) -> Image:
    """Band-passed log-luminance over its own local contrast: light and broad redness go, pores and moles stay."""
    fine = band(prepared.log_luminance, 1.0, 8.0)
    return np.asarray(fine / local_contrast(fine, 15.0, 0.01), np.float32)


def keypoints(prepared: Prepared) -> Keypoints:
    """The strongest SIFT marks inside the trusted part."""
    picture = np.clip(128 + 42 * texture(prepared), 0, 255).astype(np.uint8)
    sift = cv2.SIFT_create(nfeatures=KEYPOINTS, contrastThreshold=0.01)
    mask = prepared.trusted.astype(np.uint8)
    found, descriptors = sift.detectAndCompute(picture, mask)
    if descriptors is None or len(found) == 0:
        return Keypoints(np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    total = np.maximum(descriptors.sum(1, keepdims=True), 1e-9)
    root = np.sqrt(descriptors / total).astype(np.float32)  # RootSIFT: Arandjelovic and Zisserman 2012
    return Keypoints(np.array([k.pt for k in found], np.float64), root)


def match(baseline: Keypoints, followup: Keypoints) -> tuple[Points, Points]:
    """Mutually nearest marks that beat the second nearest: positions (n, 2) in both."""
    if min(len(baseline.points), len(followup.points)) < 3:
        return np.zeros((0, 2)), np.zeros((0, 2))
    similarity = baseline.descriptors @ followup.descriptors.T
    there, back = similarity.argmax(1), similarity.argmax(0)
    rows = np.arange(len(there))
    best = similarity[rows, there]
    similarity[rows, there] = -1.0
    second = similarity.max(1)
    distance = np.sqrt(np.maximum(1.0 - np.stack([best, second]), 0))  # of unit vectors, up to the factor sqrt 2
    good = (back[there] == rows) & (distance[0] < RATIO * distance[1])
    return baseline.points[good], followup.points[there[good]]


def plane_motion(baseline: Points, followup: Points) -> PlaneMotion | None:
    """The motion that best predicts matches it has not seen; None where no four matches agree."""
    if len(baseline) < 8:
        return None
    cv2.setRNGSeed(1)  # the same photos give the same answer
    robust, _ = cv2.findHomography(
        baseline.astype(np.float32),
        followup.astype(np.float32),
        cv2.USAC_MAGSAC,
        INLIER_PX,
        maxIters=5000,
        confidence=0.9999,
    )
    if robust is None or not np.isfinite(robust).all():
        return None
    near = np.linalg.norm(apply_homography(robust, baseline) - followup, axis=1) < 2 * INLIER_PX
    if near.sum() < 8:
        return None
    kind, held_out = _choose(baseline[near], followup[near])
    matrix = _fit(kind, baseline[near], followup[near])
    error = np.linalg.norm(apply_homography(matrix, baseline) - followup, axis=1)
    return PlaneMotion(matrix, kind, baseline, followup, error < INLIER_PX, held_out)


def _choose(baseline: Points, followup: Points) -> tuple[str, float]:
    errors = {kind: _held_out(kind, baseline, followup) for kind in ("similarity", "affine", "homography")}
    kind = min(errors, key=lambda name: errors[name])
    for simpler in ("similarity", "affine"):  # the simpler one extrapolates better: prefer it within 5 %
        if errors[simpler] <= 1.05 * errors[kind]:
            return simpler, errors[simpler]
    return kind, errors[kind]


def _held_out(kind: str, baseline: Points, followup: Points) -> float:
    fold = np.arange(len(baseline)) % FOLDS
    errors = np.empty(len(baseline))
    for k in range(FOLDS):
        out = fold == k
        matrix = _fit(kind, baseline[~out], followup[~out])
        errors[out] = np.linalg.norm(apply_homography(matrix, baseline[out]) - followup[out], axis=1)
    return float(np.median(errors))


def _fit(kind: str, baseline: Points, followup: Points) -> Matrix3:
    """Least squares with two rounds of Cauchy weights, all kinds alike."""
    weights = np.ones(len(baseline))
    matrix = np.eye(3)
    for _ in range(3):
        matrix = _solve(kind, baseline, followup, weights)
        error = np.linalg.norm(apply_homography(matrix, baseline) - followup, axis=1)
        weights = 1.0 / (1.0 + (error / 1.5) ** 2)
    return matrix


def _solve(kind: str, baseline: Points, followup: Points, weights: NDArray[np.float64]) -> Matrix3:
    centre, spread = baseline.mean(0), baseline.std() + 1e-9
    x, y = ((baseline - centre) / spread).T
    u, v = ((followup - centre) / spread).T
    one, zero = np.ones_like(x), np.zeros_like(x)
    if kind == "similarity":
        rows = np.concatenate([np.stack([x, -y, one, zero], 1), np.stack([y, x, zero, one], 1)])
    elif kind == "affine":
        rows = np.concatenate([np.stack([x, y, one, zero, zero, zero], 1), np.stack([zero, zero, zero, x, y, one], 1)])
    else:
        rows = np.concatenate(
            [
                np.stack([x, y, one, zero, zero, zero, -u * x, -u * y], 1),
                np.stack([zero, zero, zero, x, y, one, -v * x, -v * y], 1),
            ]
        )
    w = np.sqrt(np.concatenate([weights, weights]))
    p, *_ = np.linalg.lstsq(rows * w[:, None], np.concatenate([u, v]) * w, rcond=None)
    if kind == "similarity":
        inner = np.array([[p[0], -p[1], p[2]], [p[1], p[0], p[3]], [0, 0, 1]])
    else:
        last = [p[6], p[7], 1] if kind == "homography" else [0, 0, 1]
        inner = np.array([p[:3], p[3:6], last])
    into = np.array([[1 / spread, 0, -centre[0] / spread], [0, 1 / spread, -centre[1] / spread], [0, 0, 1]])
    matrix = np.linalg.inv(into) @ inner @ into
    return np.asarray(matrix / matrix[2, 2], np.float64)


def cells_covered(points: Points, mask: Mask, cells: int = 4) -> tuple[int, int]:
    """How many of the cells x cells parts of a mask's box hold at least one point, and how many hold skin at all."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        return 0, 0
    edges_y = np.linspace(rows[0], rows[-1] + 1, cells + 1)
    edges_x = np.linspace(columns[0], columns[-1] + 1, cells + 1)
    hits, _, _ = np.histogram2d(points[:, 1], points[:, 0], bins=[edges_y, edges_x])
    yy, xx = np.nonzero(mask[::4, ::4])
    area, _, _ = np.histogram2d(yy * 4.0, xx * 4.0, bins=[edges_y, edges_x])
    usable = area * 16 > 0.1 * np.diff(edges_y)[:, None] * np.diff(edges_x)[None]
    return int(((hits > 0) & usable).sum()), int(usable.sum())
