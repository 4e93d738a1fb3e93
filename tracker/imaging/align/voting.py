"""A second way to a plane motion, where too few marks agree for the first: each match on its own names one.

A match carries a place, a turn and a size: a whole similarity (Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94). The
one that the others support best survives nine wrong matches in ten, and a foot that is no plane. An affine motion
through three chance matches does not: it squeezed the view of four wounds 1.3 to 2 times.
"""

import numpy as np
from numpy.typing import NDArray

from tracker.imaging.align.matching import Keypoints, PlaneMotion, mutual
from tracker.imaging.geometry import apply_homography
from tracker.imaging.types import Matrix3

REACH_PX = 14.0  # at the matching scale: half of a true match's error on a foot seen from 20 degrees aside
TURN_REACH, LOG_SIZE_REACH = 30.0, 0.5  # degrees and natural logarithm, between a match and the motion
FAR_SHARE = 0.25  # of the distance between two matches: what the turn and size of one leave open at the other
MOST_TURN, MOST_LOG_SIZE = 90.0, 0.8  # the verdict refuses more of either
LEAST = 4  # matches that support a motion
ROUNDS = 3
Complex = NDArray[np.complex128]


def voted_motion(baseline: Keypoints, followup: Keypoints) -> PlaneMotion | None:
    """The similarity that most of the mutually nearest marks support; None where no four do.

    Parameters
    ----------
    baseline, followup : Keypoints
        Of the two photos.

    Returns
    -------
    PlaneMotion or None
        Its matches are the supporters, all of them within REACH_PX and inliers.
    """
    first, second = mutual(baseline, followup, 1.0)
    turn = (followup.turn[second] - baseline.turn[first] + 180) % 360 - 180
    grown = followup.log_size[second] - baseline.log_size[first]
    usable = (np.abs(turn) < MOST_TURN) & (np.abs(grown) < MOST_LOG_SIZE)
    first, second, turn, grown = first[usable], second[usable], turn[usable], grown[usable]
    start, target = (k.points[i] @ np.array([1, 1j]) for k, i in ((baseline, first), (followup, second)))
    best, matrix, supporters = 0.0, np.eye(3), np.zeros(len(start), bool)
    for one in range(len(start)):
        alike = (np.abs(turn - turn[one]) < TURN_REACH) & (np.abs(grown - grown[one]) < LOG_SIZE_REACH)
        slope = complex(np.exp(grown[one] + 1j * np.radians(turn[one])))
        score, motion, supported = _supported(start, target, one, slope, alike)
        if score > best:
            best, matrix, supporters = score, motion, supported
    if best == 0.0:
        return None
    p, q = baseline.points[first[supporters]], followup.points[second[supporters]]
    error = np.linalg.norm(apply_homography(matrix, p) - q, axis=1)
    return PlaneMotion(matrix, "similarity", p, q, error < REACH_PX, float(np.median(error)))


def _supported(
    start: Complex, target: Complex, one: int, slope: complex, alike: NDArray[np.bool_]
) -> tuple[float, Matrix3, NDArray[np.bool_]]:
    """The similarity that one match begins, with its score and its supporters; a score of 0 with too few of them."""
    error = np.abs(slope * (start - start[one]) + target[one] - target)
    supported = alike & (error < REACH_PX + FAR_SHARE * np.abs(start - start[one]))
    shift = target[one] - slope * start[one]
    for _ in range(ROUNDS):
        if supported.sum() < LEAST:
            break
        slope, shift = _similarity(start[supported], target[supported])
        error = np.abs(slope * start + shift - target)
        supported = alike & (error < REACH_PX)
    score = float((1 - (error[supported] / REACH_PX) ** 2).sum()) if supported.sum() >= LEAST else 0.0
    return score, _matrix(slope, shift), supported


def _similarity(start: Complex, target: Complex) -> tuple[complex, complex]:
    """Least squares."""
    from_centre, to_centre = start - start.mean(), target - target.mean()
    slope = complex((np.conj(from_centre) * to_centre).sum() / max(float((np.abs(from_centre) ** 2).sum()), 1e-9))
    return slope, complex(target.mean() - slope * start.mean())


def _matrix(slope: complex, shift: complex) -> Matrix3:
    a, b = slope.real, slope.imag
    return np.array([[a, -b, shift.real], [b, a, shift.imag], [0, 0, 1]], np.float64)
