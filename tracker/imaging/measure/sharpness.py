"""How sharp two photos of the same skin are, and the blur that brings the sharper one to the other."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from tracker.imaging.measure.patch import Patch

SHARP_MM = ((0.12, 0.24), (0.5, 1.0))  # fine over coarse band power tells the sharpness of the same skin
MOST_BLUR_MM = 0.15  # blur that may be added to the sharper photo; more changes the roughness band by over 10 %
BLUR_STEP_MM = 1e-3  # of the search: a thousandth of a millimetre moves roughness by less than 0.1 %


@dataclass(frozen=True, slots=True)
class BlurMatch:
    """What brings two photos to the same sharpness.

    Parameters
    ----------
    added_mm : tuple of float
        Sigma in mm to blur the baseline and the follow-up with; one of them is 0. nan where it cannot be told.
    error_mm2 : float
        Standard error of its square, mm2; nan where unknown.
    """

    added_mm: tuple[float, float]
    error_mm2: float = float("nan")


def match_edges(baseline: tuple[float, float], followup: tuple[float, float]) -> BlurMatch:
    """The match by something printed that both photos show: its blur does not change with treatment.

    Parameters
    ----------
    baseline, followup : tuple of float
        Variance of the blur in mm2, and its standard error.
    """
    difference = followup[0] - baseline[0]
    sigma = float(np.sqrt(abs(difference)))
    added = (sigma, 0.0) if difference > 0 else (0.0, sigma)
    return BlurMatch(added, float(np.hypot(baseline[1], followup[1])))


def match_skin(first: Patch, second: Patch) -> BlurMatch:
    """The match by the skin itself: right only where its relief has not changed, since smoother skin looks blurred."""
    ratios = sharpness(first), sharpness(second)
    swap = ratios[1] > ratios[0]
    sharp, target = (second, ratios[0]) if swap else (first, ratios[1])

    def excess(sigma_mm: float) -> float:
        return float(np.log(max(sharpness(sharp.blurred(sigma_mm)), 1e-9) / max(target, 1e-9)))

    most = 3 * MOST_BLUR_MM
    if excess(0.0) <= 0:
        return BlurMatch((0.0, 0.0))
    sigma = most if excess(most) > 0 else float(brentq(excess, 0.0, most, xtol=BLUR_STEP_MM))
    return BlurMatch((0.0, sigma) if swap else (sigma, 0.0))


def match_sharpness(first: Patch, second: Patch) -> tuple[tuple[Patch, Patch], float]:
    """Both patches at the sharpness of the blurrier one by :func:`match_skin`, and the sigma in mm that was added."""
    added = match_skin(first, second).added_mm
    return (first.blurred(added[0]), second.blurred(added[1])), max(added)


def sharpness(piece: Patch) -> float:
    """Fine over coarse band power of ln Y; falls with blur, independent of exposure and contrast."""
    inside = piece.inside
    fine, coarse = (float(np.var(piece.band(*band)[inside])) for band in SHARP_MM)
    return fine / max(coarse, 1e-12)
