"""Whether a fitted alignment may be believed: figures that a wrong one cannot all reach, and the refusals in words.

The thresholds stand between measured genuine and impostor pairs of ``../shared/data`` (benchmarks/alignment.py).
"""

from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from tracker.errors import NotComparable
from tracker.imaging import geometry
from tracker.imaging.align.frame import Frame, blocks_trusted, nodes_on_baseline
from tracker.imaging.align.matching import PlaneMotion, cells_covered, held_out, plane_figures
from tracker.imaging.align.prepared import Pair
from tracker.imaging.align.residual import BLOCK, Anchors, Field, Level, moved
from tracker.imaging.types import Matrix3

MIN_INLIERS = 7.0
SCALE = (0.45, 2.2)
MAX_TURN_DEGREES = 90.0
MAX_STRETCH = 1.6  # ratio of the two axes of the plane motion
CONFIRMED_PX = 3.0  # working pixels within which the fine fit, which never saw the match, must reproduce it
NEAR_PX = 15.0  # working pixels: matches this near the plane motion ought to be reproduced by the fine fit
ROUND_TRIP_FREE = 1.0  # working pixels
BELIEF = 0.4  # see Evidence.belief: smiling faces reach 0.8 and more, other persons 0.3
MIN_Z = 3.2  # standard deviations; two wrong fits among 50 pairs of wounds stood at 3.0 and 2.7, two right ones at 3.0
MARK_SEEN = 0.33  # of its contrast: a treated mark seen again where the fit, which never looked at it, says it lies
MARKED_BELIEF, MARKED_Z = -0.25, 3.0  # enough with such a mark: right wounds gained, no wrong one
MIRROR_DOUBT = 1.0  # of belief: below it the mirrored picture is tried; mirrored faces reach 0.8
MIRROR_FACTOR = 2.0  # so many times the inliers in the mirror say that the photo is mirrored
MIN_SUPPORTERS = 20.0  # of a voted motion: twice what 149 pairs of different wounds reach at most (9)
MIRROR_MARGIN = 3.0  # so many times those in the mirror: other faces reach 2.1, for all have eyes in the same place
MAX_FOLDED = 0.05  # share of the trusted part; at the rim of a foot a right fit folds in 1 to 2 %
SHIFTS = 50  # random displacements of 20 to 60 px that the true one must beat


@dataclass(frozen=True, slots=True)
class Evidence:
    """The figures behind a verdict.

    Parameters
    ----------
    matches, inliers : float
        Matches of one shared turn and size; those within reach of the plane motion. Of a voted motion: its supporters.
    coverage : float
        Share of the cells of the trusted part that hold an inlier.
    confirmed : float
        Matches that the fine fit reproduces within CONFIRMED_PX.
    confirmed_share : float
        Of those near the plane motion.
    match_px, match_p95_px : float
        Their error after the fine fit, in follow-up pixels: median and 95th percentile.
    correlation : float
        Of the band-passed pictures over the trusted part, -1 to 1.
    correlation_z : float
        The same in standard deviations above random shifts.
    round_trip_px : float
        Median forward-backward error in follow-up pixels.
    area_low, area_high : float
        1st and 99th percentile of the area factor over its median.
    folded : float
        Share of the trusted part where the map folds.
    scale, turn_degrees, stretch : float
        Of the plane motion.
    working_scale : float
        Working pixels per follow-up pixel.
    """

    matches: float
    inliers: float
    coverage: float
    confirmed: float
    confirmed_share: float
    match_px: float
    match_p95_px: float
    correlation: float
    correlation_z: float
    round_trip_px: float
    area_low: float
    area_high: float
    folded: float
    scale: float
    turn_degrees: float
    stretch: float
    working_scale: float

    @property
    def belief(self) -> float:
        """One number from three: correlation, a quarter of ln(inliers / 30), less a quarter per pixel of lost way back.

        The way back counts from ROUND_TRIP_FREE working pixels on: smiles stay below 1.0, other persons begin at 1.6.
        """
        lost = max(0.0, self.round_trip_px * self.working_scale - ROUND_TRIP_FREE)
        return self.correlation + 0.25 * float(np.log(max(self.inliers, 1.0) / 30.0)) - 0.25 * lost

    def as_dict(self) -> dict[str, float]:
        """By name, for storage."""
        return {name: float(value) for name, value in asdict(self).items()} | {"belief": self.belief}


def check_motion(motion: PlaneMotion | None) -> PlaneMotion:
    """The plane motion, or a refusal where it cannot be one view of the same skin."""
    if motion is None or motion.inlier.sum() < MIN_INLIERS:
        found = 0 if motion is None else int(motion.inlier.sum())
        raise NotComparable(
            f"Only {found} marks of the skin were found again in the follow-up, at least {MIN_INLIERS:.0f} are needed.",
            "Retake it from the same side and distance, in focus and in even light, with more of the surroundings.",
        )
    scale, turn, stretch = plane_figures(motion.matrix)
    if scale <= 0 or stretch > MAX_STRETCH:
        raise NotComparable(
            "The marks that agree would need a mirrored or strongly squeezed view.",
            "Check that both photos show the same side, and retake from the same direction.",
        )
    if not SCALE[0] <= scale <= SCALE[1]:
        raise NotComparable(
            f"The skin is {scale:.2f} times as large as in the baseline; {SCALE[0]} to {SCALE[1]} can be compared.",
            "Retake it from the distance of the baseline photo.",
        )
    if abs(turn) > MAX_TURN_DEGREES:
        raise NotComparable(
            f"The follow-up is turned by {turn:.0f} degrees; up to {MAX_TURN_DEGREES:.0f} can be compared.",
            "Retake it with the camera held as for the baseline.",
        )
    return motion


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A finished fit, waiting for its verdict.

    Parameters
    ----------
    pair : Pair
        Both photos at both scales.
    motion : PlaneMotion
        Between the coarse copies.
    matrix : Matrix3
        The same between the working copies.
    frame : Frame
        Where both were laid over each other.
    fine : Field
        The displacement found there.
    levels : tuple of Level
        The pyramid it was found on.
    anchors : Anchors
        The matched marks that held it.
    """

    pair: Pair = field(repr=False)
    motion: PlaneMotion = field(repr=False)
    matrix: Matrix3 = field(repr=False)
    frame: Frame = field(repr=False)
    fine: Field = field(repr=False)
    levels: tuple[Level, ...] = field(repr=False)
    anchors: Anchors = field(repr=False)


def weigh(fit: Fit) -> Evidence:
    """The figures of a finished fit."""
    first, second = fit.pair.working
    before, after = match_errors(fit)
    near = (before < NEAR_PX) & held_out(len(before))
    error = after[near] if near.any() else np.full(1, NEAR_PX)
    covered, usable = cells_covered(fit.motion.baseline[fit.motion.inlier], fit.pair.coarse[0].trusted)
    alike, z = correlation(fit.levels[1], fit.fine.shift, 1)
    trusted = blocks_trusted(fit.frame)
    nodes, shape = geometry.grid_nodes(first.size, float(BLOCK))
    grid = nodes_on_baseline(fit.frame, fit.matrix, fit.fine.shift, nodes).reshape(*shape, 2)
    inside = nodes_on_baseline(fit.frame, fit.matrix, trusted.astype(np.float32), nodes) > 0.5
    area = geometry.area_jacobian(fit.matrix, grid, float(BLOCK), nodes[inside]) if inside.any() else np.ones(1)
    scale, turn, stretch = plane_figures(fit.matrix)
    middle = max(float(np.median(area)), 1e-9)
    return Evidence(
        matches=float(len(before)),
        inliers=float(fit.motion.inlier.sum()),
        coverage=covered / max(usable, 1),
        confirmed=float((error < CONFIRMED_PX).sum()),
        confirmed_share=float((error < CONFIRMED_PX).mean()),
        match_px=float(np.median(error)) / second.scale,
        match_p95_px=float(np.percentile(error, 95)) / second.scale,
        correlation=alike,
        correlation_z=z,
        round_trip_px=float(np.median(fit.fine.round_trip[trusted])) / second.scale if trusted.any() else float("inf"),
        area_low=float(np.percentile(area, 1)) / middle,
        area_high=float(np.percentile(area, 99)) / middle,
        folded=float((area <= 0).mean()),
        scale=scale,
        turn_degrees=turn,
        stretch=stretch,
        working_scale=second.scale,
    )


def match_errors(fit: Fit) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Error of every tentative match before and after the fine fit, in follow-up working pixels: (n,) each.

    The fine fit has never seen the matches, so they are held out from it.
    """
    start, target = fit.pair.matches(fit.motion.baseline, fit.motion.followup)
    plane = geometry.apply_homography(fit.matrix, start)
    fine = plane + nodes_on_baseline(fit.frame, fit.matrix, fit.fine.shift, start)
    return np.linalg.norm(plane - target, axis=1), np.linalg.norm(fine - target, axis=1)


def correlation(level: Level, shift: NDArray[np.float32], index: int) -> tuple[float, float]:
    """Weighted correlation over the whole frame, and its height above random shifts in their standard deviations."""
    picture = moved(level, shift, index)
    weighted = level.weight * level.template
    power = float((weighted * level.template).sum())

    def value(other: NDArray[np.float32]) -> float:
        return float((weighted * other).sum()) / float(np.sqrt(power * (level.weight * other * other).sum() + 1e-9))

    rng = np.random.default_rng(1)
    chance = []
    for reach, angle in zip(rng.uniform(20, 60, SHIFTS) / 2**index, rng.uniform(0, 2 * np.pi, SHIFTS), strict=True):
        step = round(float(reach * np.sin(angle))), round(float(reach * np.cos(angle)))
        chance.append(value(np.roll(picture, step, (0, 1))))
    found = value(picture)
    return found, float((found - np.mean(chance)) / max(float(np.std(chance)), 1e-6))


def check_evidence(evidence: Evidence, mark_seen: float) -> None:
    """Nothing where the fit may be believed; a refusal in plain words where it may not.

    Parameters
    ----------
    evidence : Evidence
        Of the fit.
    mark_seen : float
        Of :func:`tracker.imaging.align.likeness.seen_again`; NaN where no marked region can speak.
    """
    if evidence.folded > MAX_FOLDED:
        raise NotComparable(
            "The skin would have to fold over itself to match.",
            "Retake it from the same direction and with the same expression.",
        )
    marked = mark_seen >= MARK_SEEN
    belief, z = (MARKED_BELIEF, MARKED_Z) if marked else (BELIEF, MIN_Z)
    if evidence.correlation_z < z or evidence.belief < belief:
        raise NotComparable(
            f"The fine texture of the skin does not agree well enough to be sure that it is the same skin "
            f"(certainty {evidence.belief:.2f}, at least {belief} is needed).",
            "Check that it is the same person and body part; retake it in focus, from the same side and distance.",
        )


def check_mirror(inliers: float, mirrored: float) -> None:
    """A refusal where the mirrored follow-up fits far better than the follow-up itself."""
    if mirrored > MIRROR_FACTOR * inliers:
        raise NotComparable(
            "The follow-up photo is a mirror image of the baseline.",
            "Switch off the mirroring of the selfie camera and retake it, or photograph the same side.",
        )


def outvotes(supporters: float, mirrored: float) -> bool:
    """Whether a voted motion has more supporters than chance, and than a body's symmetry, can give it.

    The mirror image of the follow-up holds the same marks with none in its place: what it reaches is chance.
    """
    return supporters >= MIN_SUPPORTERS and supporters >= MIRROR_MARGIN * mirrored
