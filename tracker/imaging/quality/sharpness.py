"""Focus and motion: how much fine detail the skin of a photo has against its coarse detail.

A ratio of contrasts of the same skin, so neither exposure nor tone nor a moderate tone curve moves it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.quality.groups import TEXTURE
from tracker.imaging.quality.view import View
from tracker.imaging.types import Flag, FlagCode

FINE, COARSE = (0.7, 1.4), (2.8, 5.6)  # Gaussian sigmas of the bands of ln Y, pixels at 1000 px
LEAST_DETAIL = 0.35
"""Skin in focus gives 0.49 to 0.79, blurred by a Gaussian of 1 px at 1000 px 0.27 to 0.44, by 1.5 px 0.19 to 0.30 (18
people of faces_london)."""
MIDDLE, BROAD = (1.4, 2.8), (4.0, 8.0)
SHARPNESS_RATIO = 1.12
"""Of the fine band over the geometric mean of the middle and the broad one, in two photos of a visit: 0.92 to 1.07 in
90 % of 72 pairs of faces_london, neutral and smiling, and 0.92 to 1.05 between rendered ones at 720 px, where a blur of
1 px at 1000 px leaves 0.83 to 0.91. The fine band over one coarser band alone mixes up blur and smile."""


def detail_of(view: View) -> float:
    """Fine over coarse contrast of ln Y on skin; nan without skin."""
    if not view.enough:
        return float("nan")
    fine, coarse = (_contrast(view, *band) for band in (FINE, COARSE))
    return fine / max(coarse, 1e-6)


def sharpness_of(view: View, stretch: float = 1.0) -> float:
    """Fine contrast of ln Y on skin over the geometric mean of middle and broad contrast; nan without skin.

    Parameters
    ----------
    view : View
        Of the photo.
    stretch : float
        At least 1: how much larger the skin is here than in the photo it is compared with, so that both are looked at
        in bands of the same skin.
    """
    if not view.enough:
        return float("nan")
    fine, middle, broad = (_contrast(view, low * stretch, high * stretch) for low, high in (FINE, MIDDLE, BROAD))
    return fine / max(float(np.sqrt(middle * broad)), 1e-6)


def focus_flags(view: View) -> tuple[Flag, ...]:
    """A photo without fine detail."""
    value = detail_of(view)
    if np.isnan(value) or value >= LEAST_DETAIL:
        return ()
    reason = f"The skin is blurred: fine detail {value:.2f} of the coarse, expected at least {LEAST_DETAIL:.2f}."
    return (Flag(FlagCode.BLURRED, reason, "Hold still, focus on the skin, and take it again.", TEXTURE),)


def sharpness_flags(first: View, second: View, size_ratio: float) -> tuple[Flag, ...]:
    """One photo of the pair is blurred more than the other.

    Parameters
    ----------
    first, second : View
        Baseline and follow-up.
    size_ratio : float
        Pixels across a piece of skin in the view of the follow-up over those in the view of the baseline.
    """
    before, after = sharpness_of(first, max(1.0, 1 / size_ratio)), sharpness_of(second, max(1.0, size_ratio))
    ratio = after / max(before, 1e-6)
    if not np.isfinite(ratio) or 1 / SHARPNESS_RATIO <= ratio <= SHARPNESS_RATIO:
        return ()
    which = "follow-up" if ratio < 1 else "baseline"
    found = f"{max(ratio, 1 / ratio):.2f} times less sharp"
    reason = f"The {which} is {found}, expected within {SHARPNESS_RATIO:.2f} times."
    retake = "Retake it in focus, with the camera held still."
    return (Flag(FlagCode.SHARPNESS_DIFFERS, reason, retake, TEXTURE),)


def _contrast(view: View, low: float, high: float) -> float:
    blurred = [np.asarray(cv2.GaussianBlur(view.log_light, (0, 0), s), np.float32) for s in (low, high)]
    band: NDArray[np.float32] = (blurred[0] - blurred[1])[view.inside]
    return float(np.median(np.abs(band)))  # medians: brows, lashes and hair would otherwise speak for the skin
