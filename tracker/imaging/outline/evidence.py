"""Soft outlines of a lesion from its colours and a rough place, by several members that differ where it is unclear."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from tracker.imaging.colour import haemoglobin_index, linear_to_lab
from tracker.imaging.types import Box, LinearRGB, Mask, Photo

Plane = NDArray[np.float32]
"""(height, width)."""
Channels = tuple[Plane, Plane, Plane]
"""a*, L*, and b* or H."""

WORKING_SIDE = 160
"""Longer side in pixels of the part that is looked at; at 240 the Dice on lesions_fuseg falls by 0.007."""
MARGIN = 0.6
"""Of skin around the prompt, in its longer side."""
ROUNDS = 4
BINS = 16
BIN_SMOOTHING = 1.5
MOST_LIKELIHOOD = 4.0
KNOWN_SHARE = 0.6
"""Of the lesion's baseline colours beside those of the follow-up itself."""
KNOWN_RELIEF = 2.0
"""Multiple of a recipe's doubt that is taken back where the place is known: the place already holds the ring off."""
FARTHEST = -8.0
"""Log-odds of the place where an outline may not reach."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The reduced part of a photo around a prompt.

    Parameters
    ----------
    box : Box
        The part, in photo pixels.
    linear : LinearRGB
        The part at the working scale.
    lit : Mask
        False in an exactly black border.
    """

    box: Box
    linear: LinearRGB = field(repr=False)
    lit: Mask = field(repr=False)

    @property
    def scale(self) -> tuple[float, float]:
        """Working pixels per photo pixel, across and down."""
        return self.linear.shape[1] / self.box.width, self.linear.shape[0] / self.box.height


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the outline is expected.

    Parameters
    ----------
    log_odds : Plane
        Of a pixel from its place alone.
    depth : Plane
        1 on the expected border, less inside (0 at the middle), more outside: distance in radii of the prompt.
    """

    log_odds: Plane = field(repr=False)
    depth: Plane = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What tells one member from another.

    Parameters
    ----------
    space : str
        ``"lab"`` (L*, a*, b*) or ``"blood"`` (L*, a*, H).
    doubt : float
        Log-likelihood a colour must exceed to count as lesion: without it the ring of inflamed skin joins in.
    reach : float
        How fast the weight of background pixels falls with their distance, per radius: the nearest skin is what the
        border must be told from.
    blur : float
        Standard deviation in working pixels of the smoothing before the colours are read.
    """

    space: str
    doubt: float
    reach: float
    blur: float


RECIPES = (
    Recipe("lab", 0.7, 12.0, 1.2),
    Recipe("lab", 0.5, 12.0, 1.2),
    Recipe("lab", 0.6, 20.0, 1.8),
    Recipe("blood", 0.7, 12.0, 1.2),
    Recipe("blood", 0.6, 9.0, 1.8),
)


def view(photo: Photo, box: Box) -> View:
    """The part of a photo around a box, at the working scale."""
    around = box.grown(int(MARGIN * max(box.width, box.height)) + 4, photo.size)
    scale = WORKING_SIDE / max(around.width, around.height)
    linear = photo.linear(around, min(scale, 1.0))
    if scale > 1.0:
        size = max(1, round(around.width * scale)), max(1, round(around.height * scale))
        linear = np.asarray(cv2.resize(linear, size, interpolation=cv2.INTER_LINEAR), np.float32)
    return View(around, linear, np.asarray(linear.max(axis=2) > 0, bool))


def member(seen: View, place: Place, recipe: Recipe, known: Plane | None = None) -> Plane:
    """The probability of the lesion by one recipe.

    Parameters
    ----------
    seen : View
        What is looked at.
    place : Place
        Where the lesion is expected.
    recipe : Recipe
        Colour space and weights.
    known : Plane, optional
        Log-likelihood ratio from the colours that the lesion had in another photo, averaged with those of this one.

    Returns
    -------
    Plane
        0 to 1 at the working scale.
    """
    channels = colours(seen.linear, recipe)
    bin_of = quantised(channels, bounds(channels, seen.lit))
    guide = np.asarray(channels[0] / 40, np.float32)
    soft = np.asarray(np.exp(-2.0 * place.depth**2) * (place.depth < 1), np.float32)
    nearby = np.exp(-np.clip(place.depth - 1, 0, 9) * recipe.reach) * seen.lit
    outside = nearby * (place.depth > 1)
    for _ in range(ROUNDS):
        colour = log_ratio(bin_of, soft * seen.lit, np.asarray(outside, np.float32))[bin_of] - recipe.doubt
        if known is not None:
            own = colour + KNOWN_RELIEF * recipe.doubt
            colour = (1 - KNOWN_SHARE) * own + KNOWN_SHARE * known
        odds = np.where(seen.lit, colour + place.log_odds, FARTHEST)
        soft = along_edges(np.asarray(1 / (1 + np.exp(-odds)), np.float32), guide)
        outside = nearby * (1 - soft)
    return soft


def colours(linear: LinearRGB, recipe: Recipe) -> Channels:
    """The three channels of a recipe; the first is a*, which guides the smoothing."""
    smooth = cv2.GaussianBlur(linear, (0, 0), recipe.blur)
    lab = linear_to_lab(np.maximum(smooth, 0)).astype(np.float32)
    third = lab[..., 2] if recipe.space == "lab" else haemoglobin_index(np.maximum(smooth, 0.004)).astype(np.float32)
    return lab[..., 1], lab[..., 0], np.asarray(third, np.float32)


def bounds(channels: Channels, lit: Mask) -> tuple[tuple[float, float], ...]:
    """The 1st and the 99th percentile of each channel where the photo is lit."""
    return tuple(
        (float(np.percentile(channel[lit], 1)), float(np.percentile(channel[lit], 99))) if lit.any() else (0.0, 1.0)
        for channel in channels
    )


def quantised(channels: Channels, limits: tuple[tuple[float, float], ...]) -> NDArray[np.int64]:
    """Histogram bin of each pixel, between limits per channel."""
    bin_of = np.zeros(channels[0].shape, np.int64)
    for channel, (low, high) in zip(channels, limits, strict=True):
        step = (channel - low) / (high - low + 1e-6) * (BINS - 1)
        bin_of = bin_of * BINS + np.clip(step, 0, BINS - 1).astype(np.int64)
    return bin_of


def log_ratio(bin_of: NDArray[np.int64], inside: Plane, outside: Plane) -> NDArray[np.float32]:
    """Log-likelihood ratio of every histogram bin, -4 to 4, from weighted colours inside and outside."""
    size = BINS**3
    shares = []
    for weights in (inside, outside):
        counts = np.bincount(bin_of.ravel(), weights.ravel(), size).reshape(BINS, BINS, BINS)
        smooth = gaussian_filter(counts, BIN_SMOOTHING, truncate=2.5)
        shares.append(smooth / (smooth.sum() + 1e-9) + 0.02 / size)
    ratio = np.clip(np.log(shares[0] / shares[1]), -MOST_LIKELIHOOD, MOST_LIKELIHOOD)
    return np.asarray(ratio.ravel(), np.float32)


def along_edges(soft: Plane, guide: Plane) -> Plane:
    """A probability smoothed along the edges of a guide.

    References
    ----------
    He, Sun, Tang. Guided image filtering. IEEE TPAMI 2013;35:1397-1409. doi:10.1109/TPAMI.2012.213
    """

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.boxFilter(plane, -1, (7, 7), borderType=cv2.BORDER_REFLECT), np.float32)

    mean_guide, mean_soft = mean(guide), mean(soft)
    slope = (mean(guide * soft) - mean_guide * mean_soft) / (mean(guide * guide) - mean_guide**2 + 0.02)
    return np.asarray(np.clip(mean(slope) * guide + mean(mean_soft - slope * mean_guide), 0, 1), np.float32)
