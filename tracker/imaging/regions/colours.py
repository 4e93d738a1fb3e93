"""Colour evidence for skin: a prior that holds for all tones, and a histogram model of one photo's own colours."""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from tracker.imaging.colour import LUMINANCE
from tracker.imaging.types import LinearRGB, Photo

Plane = NDArray[np.float32]
"""(height, width)."""

SKIN_MEAN = (0.60, 0.36)
SKIN_PRECISION = np.linalg.inv(np.array([[0.055, 0.040], [0.040, 0.090]]))
"""Mean and inverse covariance of (ln R/G, ln G/B) in linear light over the faces of faces_london, all ethnicities,
widened until the phantom's deep tones (ITA -45) under lamps between about 4000 K and 8000 K lie inside."""
PRIOR_PEAK = 1.9
"""Log-odds at the most skin-like colour: 7 to 1 against a background of any colour whatever."""
LEAST_ODDS = -6.0
FAINTEST = 0.002
"""Linear light below which an 8-bit colour ratio is noise."""
DARK = -4.3
"""ln Y below which a colour no longer speaks for skin (Y = 1.4 %)."""
LEAST_RED = 0.12
"""ln R/G below which nothing is skin but for the smoothing around it: 1 % of the pixels of white faces."""
REDNESS_IN_GUIDE = 0.7
"""Beside a third of ln Y; without it the grey shadow beside a hand of the same brightness joins the hand."""
BINS = (24, 24, 18)
SMOOTHING = (1.6, 1.6, 2.0)
"""Of the histograms, in bins of 0.09, 0.09 and 0.33 log units: shading within one hand spans three bins."""
MOST_LIKELIHOOD = 4.0
"""Cap of the histogram's log-likelihood ratio, so that no single colour outvotes the place and the prior."""


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """What the skin model sees of a reduced photo.

    Parameters
    ----------
    brightness : Plane
        ln Y.
    prior : Plane
        Log-odds of skin from the colour alone.
    redness : Plane
        ln R/G.
    bin_of : ndarray of int32
        (height, width), index into the flattened histogram.
    """

    brightness: Plane = field(repr=False)
    prior: Plane = field(repr=False)
    redness: Plane = field(repr=False)
    bin_of: NDArray[np.int32] = field(repr=False)

    @property
    def guide(self) -> Plane:
        """The picture along whose edges evidence is smoothed: light, and redness, which tells a shadow from skin."""
        return np.asarray(self.brightness / 3 + REDNESS_IN_GUIDE * self.redness, np.float32)


def reduced(photo: Photo, side: int) -> LinearRGB:
    """Linear sRGB of the whole photo with the longer side cut to so many pixels.

    Notes
    -----
    Averages encoded values, and every k-th pair of pixels only: 5 ms where area averaging of 12 megapixels of linear
    light takes 150, and a mask does not feel it.
    """
    width, height = photo.size
    scale = min(1.0, side / max(width, height))
    small: NDArray[Any] = photo.encoded
    step = int(1 / (1.5 * scale))
    if step >= 2:
        small = cv2.resize(small, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_LINEAR)
    if scale < 1.0:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    return Photo(photo.name, photo.sha256, small, calibration=photo.calibration).linear()


def colours(linear: LinearRGB) -> Colours:
    """The colour evidence of a reduced photo.

    Parameters
    ----------
    linear : LinearRGB
        (height, width, 3).
    """
    light = np.maximum(cv2.GaussianBlur(linear, (0, 0), 0.8), FAINTEST)
    log = np.log(light)
    red, blue = log[..., 0] - log[..., 1], log[..., 1] - log[..., 2]
    brightness = np.log(light @ LUMINANCE.astype(np.float32))
    u, v = red - SKIN_MEAN[0], blue - SKIN_MEAN[1]
    (uu, uv), (_, vv) = SKIN_PRECISION
    prior = np.maximum(PRIOR_PEAK - 0.5 * (uu * u * u + 2 * uv * u * v + vv * v * v), LEAST_ODDS)
    prior -= np.clip((DARK - brightness) / 0.6, 0, 4) + np.clip((LEAST_RED - red) / 0.08, 0, 3)
    axes = ((red + 0.5) / 2.2, (blue + 0.5) / 2.2, (brightness + 6) / 6)
    i, j, k = (np.clip(a * n, 0, n - 1).astype(np.int32) for a, n in zip(axes, BINS, strict=True))
    bin_of = (i * BINS[1] + j) * BINS[2] + k
    return Colours(np.asarray(brightness, np.float32), np.asarray(prior, np.float32), red, np.asarray(bin_of, np.int32))


def likelihood(bin_of: NDArray[np.int32], inside: Plane, outside: Plane) -> Plane:
    """Log-likelihood ratio of each pixel's colour under the weighted colours inside against those outside.

    Parameters
    ----------
    bin_of : ndarray of int32
        From :func:`colours`.
    inside, outside : Plane
        Weights, 0 or more.

    Returns
    -------
    Plane
        Within -4 to 4.
    """
    shares = []
    for weights in (inside, outside):
        counts = np.bincount(bin_of.ravel(), weights.ravel(), int(np.prod(BINS))).reshape(BINS)
        smooth = gaussian_filter(counts, SMOOTHING)
        shares.append(smooth / (smooth.sum() + 1e-9) + 2e-5)
    ratio = np.clip(np.log(shares[0] / shares[1]), -MOST_LIKELIHOOD, MOST_LIKELIHOOD).astype(np.float32)
    return np.asarray(ratio.ravel()[bin_of], np.float32)


def probability(evidence: Plane, guide: Plane, radius: int) -> Plane:
    """Evidence (log-odds) as a probability, smoothed along the edges of a guide picture.

    References
    ----------
    He, Sun, Tang. Guided image filtering. IEEE TPAMI 2013;35:1397-1409. doi:10.1109/TPAMI.2012.213
    """
    raw = np.asarray(1 / (1 + np.exp(-1.5 * evidence)), np.float32)

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.boxFilter(plane, -1, (2 * radius + 1,) * 2, borderType=cv2.BORDER_REFLECT), np.float32)

    mean_guide, mean_raw = mean(guide), mean(raw)
    slope = (mean(guide * raw) - mean_guide * mean_raw) / (mean(guide * guide) - mean_guide**2 + 0.03)
    smooth = mean(slope) * guide + mean(mean_raw - slope * mean_guide)
    return np.asarray(np.clip(smooth, 0, 1), np.float32)
