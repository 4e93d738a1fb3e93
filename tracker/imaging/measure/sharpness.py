"""How sharp two photos of the same skin are, and the blur that brings the sharper one to the other."""

import numpy as np
from scipy.optimize import brentq

from tracker.imaging.measure.patch import Patch

SHARP_MM = ((0.12, 0.24), (0.5, 1.0))  # fine over coarse band power tells the sharpness of the same skin
MOST_BLUR_MM = 0.15  # blur that may be added to the sharper photo; more changes the roughness band by over 10 %
BLUR_STEP_MM = 1e-3  # of the search: a thousandth of a millimetre moves roughness by less than 0.1 %


def match_sharpness(first: Patch, second: Patch) -> tuple[tuple[Patch, Patch], float]:
    """Both patches at the sharpness of the blurrier one, and the blur that was added, sigma in mm."""
    added = added_blur(first, second)
    return (first.blurred(added[0]), second.blurred(added[1])), max(added)


def added_blur(first: Patch, second: Patch) -> tuple[float, float]:
    """Sigma in mm of the Gaussian that brings either patch to the sharpness of the blurrier one; one of them is 0."""
    ratios = sharpness(first), sharpness(second)
    swap = ratios[1] > ratios[0]
    sharp, target = (second, ratios[0]) if swap else (first, ratios[1])

    def excess(sigma_mm: float) -> float:
        return float(np.log(max(sharpness(sharp.blurred(sigma_mm)), 1e-9) / max(target, 1e-9)))

    most = 3 * MOST_BLUR_MM
    if excess(0.0) <= 0:
        return 0.0, 0.0
    sigma = most if excess(most) > 0 else float(brentq(excess, 0.0, most, xtol=BLUR_STEP_MM))
    return (0.0, sigma) if swap else (sigma, 0.0)


def sharpness(piece: Patch) -> float:
    """Fine over coarse band power of ln Y; falls with blur, independent of exposure and contrast."""
    inside = piece.inside
    fine, coarse = (float(np.var(piece.band(*band)[inside])) for band in SHARP_MM)
    return fine / max(coarse, 1e-12)
