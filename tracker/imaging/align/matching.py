"""Coarse matching: the same marks found in both photos, and one plane motion that explains them."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from tracker.imaging.align.prepared import Image, Prepared, band, local_contrast
from tracker.imaging.geometry import apply_homography
from tracker.imaging.types import Mask, Matrix3, Points

KEYPOINTS = 3000
LONG_SIDE = (
    600  # px: on blurred, noisy half-scale follow-ups it gives 3 times the true matches of 1350 px, 4 times faster
)
WIDEST_TEXTURE = 20.0  # px at that scale; narrower bands lose matches there (8 px: a third fewer)
RATIO = 0.9  # of the nearest to the second nearest; mutual check, vote and MAGSAC remove what it lets through
INLIER_PX = 3.0  # at that scale: faces are not planes; the residual takes over from here
FOLDS = 5
GUIDED_REACH_PX = 14.0  # 31 px of a 1350 px face
GUIDED_RATIO = 0.9
NEIGHBOUR_PX = 5.0  # from the median motion of the neighbours; a wrong match is 10 px off on average
VOTE_DEGREES = 25.0  # around the commonest turn between matched marks
VOTE_LOG_SCALE = 0.4  # around the commonest change of size, natural logarithm


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """Marks of one photo.

    Parameters
    ----------
    points : Points
        (n, 2) in the pixels of the matching scale.
    descriptors : ndarray of float32, shape (n, 128)
        RootSIFT, unit length.
    turn, log_size : ndarray of float64, shape (n,)
        Orientation in degrees and natural logarithm of the size.
    """

    points: Points = field(repr=False)
    descriptors: NDArray[np.float32] = field(repr=False)
    turn: NDArray[np.float64] = field(repr=False)
    log_size: NDArray[np.float64] = field(repr=False)


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
    fine = band(prepared.log_luminance, 0.0, WIDEST_TEXTURE)
    return np.asarray(fine / local_contrast(fine, 2 * WIDEST_TEXTURE, 0.01), np.float32)


def keypoints(prepared: Prepared) -> Keypoints:
    """The strongest SIFT marks inside the trusted part."""
    picture = np.clip(128 + 42 * texture(prepared), 0, 255).astype(np.uint8)
    sift = cv2.SIFT.create(nfeatures=KEYPOINTS, contrastThreshold=0.01)
    found, descriptors = sift.detectAndCompute(picture, prepared.trusted.astype(np.uint8))
    if descriptors is None or len(found) == 0:
        return Keypoints(np.zeros((0, 2)), np.zeros((0, 128), np.float32), np.zeros(0), np.zeros(0))
    total = np.maximum(descriptors.sum(1, keepdims=True), 1e-9)
    root = np.sqrt(descriptors / total).astype(np.float32)  # RootSIFT: Arandjelovic and Zisserman 2012
    points, turn, size = (np.array([getattr(k, name) for k in found]) for name in ("pt", "angle", "size"))
    return Keypoints(points.astype(np.float64), root, turn, np.log(size))


def match(baseline: Keypoints, followup: Keypoints) -> tuple[Points, Points]:
    """Mutually nearest marks that beat the second nearest and share one turn and one change of size: (n, 2) each."""
    first, second_index = mutual(baseline, followup, RATIO)
    agree = _vote(
        followup.turn[second_index] - baseline.turn[first], followup.log_size[second_index] - baseline.log_size[first]
    )
    return baseline.points[first[agree]], followup.points[second_index[agree]]


def mutual(baseline: Keypoints, followup: Keypoints, ratio: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Mutually nearest marks whose distance is below ``ratio`` of that to the second nearest: (n,) indices."""
    if min(len(baseline.points), len(followup.points)) < 3:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    similarity = baseline.descriptors @ followup.descriptors.T
    there, back = similarity.argmax(1), similarity.argmax(0)
    rows = np.arange(len(there))
    best = similarity[rows, there]
    similarity[rows, there] = -1.0
    second = similarity.max(1)
    distance = np.sqrt(np.maximum(1.0 - np.stack([best, second]), 0))  # of unit vectors, up to the factor sqrt 2
    first = np.flatnonzero((back[there] == rows) & (distance[0] < ratio * distance[1]))
    return first, there[first]


def _vote(turn: NDArray[np.float64], grown: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which matches lie near the commonest pair of turn (degrees) and growth (log); the Hough step of Lowe 2004."""
    turn = (turn + 180) % 360 - 180
    votes, _, _ = np.histogram2d(turn, grown, bins=[36, 16], range=[[-180, 180], [-1.6, 1.6]])
    padded = np.concatenate([votes[-2:], votes, votes[:2]])
    smooth = cv2.GaussianBlur(padded, (0, 0), 1.0)[2:-2]
    row, column = np.unravel_index(int(smooth.argmax()), smooth.shape)
    off = np.abs((turn - (-175 + 10 * row) + 180) % 360 - 180)
    return np.asarray((off < VOTE_DEGREES) & (np.abs(grown - (-1.5 + 0.2 * column)) < VOTE_LOG_SCALE), bool)


def plane_motion(baseline: Points, followup: Points) -> PlaneMotion | None:
    """The motion that best predicts matches it has not seen; None where no four matches agree."""
    if len(baseline) < 7:
        return None
    cv2.setRNGSeed(1)  # the same photos give the same answer
    robust, _ = cv2.estimateAffine2D(
        baseline, followup, method=cv2.USAC_MAGSAC, ransacReprojThreshold=INLIER_PX, maxIters=5000, confidence=0.9999
    )
    if robust is None or not np.isfinite(robust).all():
        return None
    start = np.vstack([np.asarray(robust, np.float64), [0.0, 0.0, 1.0]])
    near = np.linalg.norm(apply_homography(start, baseline) - followup, axis=1) < 2 * INLIER_PX
    if near.sum() < 7:
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


def guided(baseline: Keypoints, followup: Keypoints, matrix: Matrix3) -> tuple[Points, Points]:
    """More matches near a plane motion that is already trusted: the best of the marks within reach, (n, 2) each.

    A smiling cheek slides by up to 20 px of a 1350 px face; its marks lose the ratio test against all of the photo
    but win it against their neighbourhood.
    """
    predicted = apply_homography(matrix, baseline.points)
    pairs = cKDTree(predicted).sparse_distance_matrix(
        cKDTree(followup.points), GUIDED_REACH_PX, output_type="coo_matrix"
    )
    scale, turn, _ = plane_figures(matrix)
    turned = followup.turn[pairs.col] - baseline.turn[pairs.row] - turn
    grown = followup.log_size[pairs.col] - baseline.log_size[pairs.row] - np.log(abs(scale))
    alike = (np.abs((turned + 180) % 360 - 180) < VOTE_DEGREES) & (np.abs(grown) < VOTE_LOG_SCALE)
    rows, columns = pairs.row[alike], pairs.col[alike]
    similarity = np.einsum("ij,ij->i", baseline.descriptors[rows], followup.descriptors[columns])
    best, second = np.full(len(predicted), -1.0), np.full(len(predicted), -1.0)
    best_back = np.full(len(followup.points), -1.0)
    np.maximum.at(best, rows, similarity)
    np.maximum.at(best_back, columns, similarity)
    runner_up = similarity < best[rows]
    np.maximum.at(second, rows[runner_up], similarity[runner_up])
    distance, next_distance = (np.sqrt(np.maximum(1.0 - value, 0.0)) for value in (similarity, second[rows]))
    good = (similarity >= best[rows]) & (similarity >= best_back[columns]) & (distance < GUIDED_RATIO * next_distance)
    start, target = baseline.points[rows[good]], followup.points[columns[good]]
    keep = _neighbourly(start, target - predicted[rows[good]])
    return start[keep], target[keep]


def _neighbourly(points: Points, shifts: Points) -> NDArray[np.bool_]:
    """Which matches move about as the median of their eight nearest neighbours."""
    if len(points) < 9:
        return np.zeros(len(points), bool)
    _, near = cKDTree(points).query(points, k=9)
    usual = np.median(shifts[near[:, 1:]], axis=1)
    return np.asarray(np.linalg.norm(shifts - usual, axis=1) < NEIGHBOUR_PX, bool)


def plane_figures(matrix: Matrix3) -> tuple[float, float, float]:
    """Scale (negative where mirrored), turn in degrees and ratio of the two axes of a plane motion."""
    linear = matrix[:2, :2]
    axes = np.linalg.svd(linear, compute_uv=False)
    determinant = float(np.linalg.det(linear))
    turn = float(np.degrees(np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])))
    scale = float(np.sign(determinant) * np.sqrt(abs(determinant)))
    return scale, turn, float(axes[0] / max(axes[1], 1e-9))


def held_out(count: int) -> NDArray[np.bool_]:
    """Which of the matches no fine fit may see: every fourth."""
    return np.asarray(np.arange(count) % 4 == 3, bool)


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
