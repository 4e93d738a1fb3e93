"""Features a treatment may change: scars, stretch marks, wrinkles, papules, as values and as paint on the skin maps."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import cv2
import numpy as np

from tracker.phantom import relief
from tracker.phantom.noise import Map, Shape
from tracker.phantom.relief import Floats32


class Kind(StrEnum):
    """What a lesion is; the value names its mask."""

    ICE_PICK = "ice-pick"
    BOXCAR = "boxcar"
    ROLLING = "rolling"
    HYPERTROPHIC = "hypertrophic"
    STRETCH_MARK = "stretch mark"
    SURGICAL = "surgical scar"
    WRINKLE = "wrinkle"
    PAPULE = "papule"
    STAIN = "stain"


_PROFILE: dict[Kind, Callable[[Floats32], Floats32]] = {
    Kind.ICE_PICK: relief.ice_pick,
    Kind.BOXCAR: relief.boxcar,
    Kind.ROLLING: relief.rolling,
    Kind.HYPERTROPHIC: relief.plateau,
    Kind.STRETCH_MARK: relief.plateau,
    Kind.SURGICAL: relief.plateau,
    Kind.WRINKLE: relief.crease,
    Kind.PAPULE: relief.rolling,
    Kind.STAIN: relief.plateau,
}
_COLOUR_EDGE = {Kind.STRETCH_MARK: 2, Kind.STAIN: 2}
"""Exponent of the colour's fall at the outline: 2 fades into the skin, 3 is a scar's edge."""
_FLATTENED = {Kind.WRINKLE: 0.0, Kind.STAIN: 0.0, Kind.STRETCH_MARK: 0.5}
"""Share of the fine relief that is lost inside; 0.75 for scars."""
_LINEAR = frozenset({Kind.STRETCH_MARK, Kind.SURGICAL, Kind.WRINKLE})
MASK_LEVEL = 0.2
"""The mask of a lesion is where its profile exceeds this share of its depth (methods.md 5.2)."""


@dataclass(frozen=True, slots=True)
class Lesion:
    """One scar, stretch mark, wrinkle or spot, in skin millimetres.

    Parameters
    ----------
    kind : Kind
        Its profile and whether it is round or a line.
    centre_mm : tuple of float
        On the skin, origin in the middle of the canvas.
    width_mm, length_mm : float
        Across and along; equal for a round one.
    depth_mm : float
        Positive goes down; negative rises above the skin.
    angle_deg : float
        Direction of the length.
    blood, melanin : float
        Factors on the volume fractions inside.
    seed : int
        Of its irregular outline; the same outline is kept when it shrinks.
    """

    kind: Kind
    centre_mm: tuple[float, float]
    width_mm: float
    length_mm: float
    depth_mm: float
    angle_deg: float = 0.0
    blood: float = 1.0
    melanin: float = 1.0
    seed: int = 0

    def changed(self, area: float = 1.0, depth: float = 1.0, blood: float = 1.0, melanin: float = 1.0) -> Self:
        """The same lesion with its area, depth and colour excess multiplied.

        ``blood`` and ``melanin`` act on the logarithm of the excess: 0.5 halves the visible redness, 0 removes it.
        Round lesions shrink in both directions; lines shrink in width only, as scars and stretch marks do.
        """
        line = self.kind in _LINEAR
        return replace(
            self,
            width_mm=self.width_mm * (area if line else area**0.5),
            length_mm=self.length_mm * (1.0 if line else area**0.5),
            depth_mm=self.depth_mm * depth,
            blood=self.blood**blood,
            melanin=self.melanin**melanin,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Paint:
    """What lesions add to the maps.

    Parameters
    ----------
    height : Map
        mm.
    log_blood, log_melanin : Map
        Added to the logarithms of the volume fractions.
    smoothing : Map
        0 to 1: where the lesion has lost the fine relief and the pores of normal skin.
    masks : dict
        Soft masks (0 to 1) by kind.
    """

    height: Map = field(repr=False)
    log_blood: Map = field(repr=False)
    log_melanin: Map = field(repr=False)
    smoothing: Map = field(repr=False)
    masks: dict[str, Map] = field(repr=False)


def paint(lesions: tuple[Lesion, ...], shape: Shape, px_per_mm: float, mottle: Map) -> Paint:
    """Lesions drawn on a canvas.

    Parameters
    ----------
    lesions : tuple of Lesion
        Overlapping ones add up in colour and keep the deeper height.
    shape : tuple of int
        (height, width) of the canvas.
    px_per_mm : float
        Its scale.
    mottle : Map
        Smooth noise of unit variance that makes the colour inside uneven.
    """
    height, log_blood, log_melanin, smoothing = (np.zeros(shape, np.float32) for _ in range(4))
    result = Paint(height, log_blood, log_melanin, smoothing, {})
    for lesion in lesions:
        window = _window(lesion, shape, px_per_mm)
        if any(span.start == span.stop for span in window):
            continue
        profile, colour, outline = _profiles(lesion, window, shape, px_per_mm)
        result.height[window] -= np.float32(lesion.depth_mm) * profile
        uneven = np.clip(1 + np.float32(0.28) * mottle[window], 0.2, 1.8) * colour
        result.log_blood[window] += np.float32(np.log(lesion.blood)) * uneven
        result.log_melanin[window] += np.float32(np.log(lesion.melanin)) * uneven
        share = _FLATTENED.get(lesion.kind, 0.75)
        np.maximum(result.smoothing[window], np.float32(share) * profile, out=result.smoothing[window])
        mask = result.masks.setdefault(str(lesion.kind), np.zeros(shape, np.float32))
        soft = np.clip((outline - MASK_LEVEL) / 0.02 + 0.5, 0, 1)
        np.maximum(mask[window], soft, out=mask[window])
    return result


def _window(lesion: Lesion, shape: Shape, px_per_mm: float) -> tuple[slice, slice]:
    """Rows and columns of the canvas that the lesion may touch; empty slices where it lies outside."""
    reach = (0.9 * max(lesion.length_mm, lesion.width_mm) + 2.0 * lesion.width_mm + 1.0) * px_per_mm
    spans = []
    for middle, count in ((lesion.centre_mm[1], shape[0]), (lesion.centre_mm[0], shape[1])):
        centre = middle * px_per_mm + count / 2
        low = min(max(0, int(centre - reach)), count)
        spans.append(slice(low, max(low, min(count, int(centre + reach) + 1))))
    return spans[0], spans[1]


def _profiles(
    lesion: Lesion, window: tuple[slice, slice], shape: Shape, px_per_mm: float
) -> tuple[Floats32, Floats32, Floats32]:
    """Relief, colour weight and the profile that bounds the mask (0 to 1) inside a window."""
    k = np.float32(px_per_mm)
    y, x = np.mgrid[window].astype(np.float32)
    x = (x - np.float32(shape[1] / 2)) / k - np.float32(lesion.centre_mm[0])
    y = (y - np.float32(shape[0] / 2)) / k - np.float32(lesion.centre_mm[1])
    cosine, sine = np.float32(np.cos(np.radians(lesion.angle_deg))), np.float32(np.sin(np.radians(lesion.angle_deg)))
    u, v = x * cosine + y * sine, y * cosine - x * sine
    rho = _line_distance(lesion, u, v) if lesion.kind in _LINEAR else _round_distance(lesion, u, v)
    outline = _PROFILE[lesion.kind](rho)
    colour = np.exp(-((rho / np.float32(1.12)) ** _COLOUR_EDGE.get(lesion.kind, 3))).astype(np.float32)
    if lesion.kind in _LINEAR:
        end = np.clip((1 - np.abs(u) * np.float32(2 / lesion.length_mm)) / np.float32(0.12), 0, 1)
        outline, colour = outline * end, colour * end
    if lesion.kind is Kind.PAPULE:  # an inflamed halo reaches beyond the bump
        colour = np.asarray(0.6 * colour + 0.4 * np.exp(-((rho / 2.0) ** 2)), np.float32)
    profile = outline
    if lesion.kind is Kind.BOXCAR:  # even a steep wall is a few tenths of a millimetre wide
        profile = np.asarray(cv2.GaussianBlur(outline, (0, 0), 0.16 * px_per_mm), np.float32)
    colour = np.asarray(cv2.GaussianBlur(colour, (0, 0), max(0.12 * px_per_mm, 0.3)), np.float32)
    return profile, colour, outline


def _round_distance(lesion: Lesion, u: Floats32, v: Floats32) -> Floats32:
    """Distance over half width, with an outline made irregular by five harmonics."""
    a, b = u / np.float32(lesion.length_mm / 2), v / np.float32(lesion.width_mm / 2)
    theta = np.arctan2(b, a)
    rng = np.random.default_rng([lesion.seed, 17])
    outline = np.ones_like(theta)
    for order in range(2, 7):
        amplitude, phase = 0.10 / order**0.8 * rng.standard_normal(), rng.uniform(0, 2 * np.pi)
        outline += np.float32(amplitude) * np.cos(order * theta + np.float32(phase))
    return np.asarray(np.hypot(a, b) / np.maximum(outline, 0.4), np.float32)


def _line_distance(lesion: Lesion, u: Floats32, v: Floats32) -> Floats32:
    """Distance from a wandering centre line over a half width that tapers to the ends and varies along."""
    rng = np.random.default_rng([lesion.seed, 29])
    position = np.clip(u / np.float32(lesion.length_mm / 2), -1.25, 1.25)
    centre, width = np.zeros_like(u), np.ones_like(u)
    for order in range(1, 6):
        phases = rng.uniform(0, 2 * np.pi, 2)
        wander, swell = rng.standard_normal(2)
        centre += np.float32(0.018 * lesion.length_mm * wander / order**1.6) * np.sin(
            np.float32(order * 1.7) * position + np.float32(phases[0])
        )
        width += np.float32(0.14 * swell / order**0.5) * np.sin(
            np.float32(order * 3.1) * position + np.float32(phases[1])
        )
    taper = np.sqrt(np.maximum(1 - position**2, 0)) ** np.float32(0.8 if lesion.kind is not Kind.SURGICAL else 0.45)
    half = np.float32(lesion.width_mm / 2) * np.maximum(width, 0.35) * taper
    return np.asarray(np.abs(v - centre) / np.maximum(half, 0.03), np.float32)
