"""What the outline network sees of a photo: colours against the skin around, and where the lesion is expected."""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.colour import FLOOR, HAEMOGLOBIN_WEIGHTS, linear_to_lab
from tracker.imaging.outline.evidence import MOST_LIKELIHOOD, Plane
from tracker.imaging.types import LinearRGB, Mask

CHANNELS = ("fine", "middle", "coarse", "L*", "a*", "b*", "H", "MI", "lit", "place", "prompted", "evidence")
"""Planes in the order in which the network reads them."""
BANDS = (0.0, 1.5, 4.0, 12.0)
"""Sigma in working pixels between which L* is band-passed; 0 is no blur."""
UNITS = {"fine": 1.0, "middle": 1.0, "coarse": 2.0, "L*": 4.0, "a*": 2.0, "b*": 2.0, "H": 3.0, "MI": 2.0}
"""Differences that count as 1. Beyond them a channel grows as a logarithm: a pale stretch mark differs from its skin by
2 L*, a black wound by 40, and one network must read both."""
LEAST_SKIN = 40
"""Pixels of surrounding skin from which the middle of each colour is read; else the whole lit part is used."""


def channels(linear: LinearRGB, lit: Mask, place: Plane, evidence: Plane) -> NDArray[np.float32]:
    """The planes of one view.

    Parameters
    ----------
    linear : LinearRGB
        The view at the working scale, (height, width, 3), linear sRGB, 0 to 1, uncalibrated will do.
    lit : Mask
        False in an exactly black border.
    place : Plane
        Of the prompt, -1 to 1: ``1 - depth``, so 1 in the middle of a drawing, 0 on its border; -1 outside a box.
        0 everywhere without a prompt.
    evidence : Plane
        Probability of the lesion by the classical histogram model; 0.5 everywhere where there is none.

    Returns
    -------
    ndarray of float32, shape (12, height, width)
        In the order of :data:`CHANNELS`; colours relative to the median of the lit skin outside the prompt.
    """
    prompted = bool(np.any(place))
    around = lit & (place < 0) if prompted else lit
    if int(around.sum()) < LEAST_SKIN:
        around = lit if lit.any() else np.ones_like(lit)
    lab = linear_to_lab(linear).astype(np.float32)
    logs = np.log(np.maximum(cv2.GaussianBlur(linear, (0, 0), 0.8), 10 * FLOOR))
    values = {
        **dict(zip(("fine", "middle", "coarse"), _bands(lab[..., 0]), strict=True)),
        **{name: _centred(lab[..., at], around) for at, name in enumerate(("L*", "a*", "b*"))},
        "H": _centred(100.0 * (logs @ HAEMOGLOBIN_WEIGHTS.astype(np.float32)), around),
        "MI": _centred(-43.429 * logs[..., 0], around),
    }
    shown = [_compressed(values[name], unit) * lit for name, unit in UNITS.items()]
    odds = np.log((evidence + 1e-6) / (1 - evidence + 1e-6))
    weighed = np.clip(odds, -MOST_LIKELIHOOD, MOST_LIKELIHOOD) / MOST_LIKELIHOOD
    told = np.full(lit.shape, float(prompted))
    return np.stack([*shown, lit, np.clip(place, -1, 1), told, weighed]).astype(np.float32)


def _bands(lightness: Plane) -> list[Plane]:
    smooth = [lightness if sigma == 0 else cv2.GaussianBlur(lightness, (0, 0), sigma) for sigma in BANDS]
    return [np.asarray(fine - coarse, np.float32) for fine, coarse in pairwise(smooth)]


def _centred(plane: NDArray[np.floating], around: Mask) -> Plane:
    return np.asarray(plane - np.median(plane[around]), np.float32)


def _compressed(plane: Plane, unit: float) -> Plane:
    return np.asarray(np.arcsinh(plane / unit), np.float32)
