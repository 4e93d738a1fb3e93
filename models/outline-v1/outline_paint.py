"""Lesions of any look painted into skin: the network must learn "unlike its surroundings, like its middle", not a look.

Chromophores follow the optics of the phantom; on top of them a share of lesions is replaced by other tissue (slough,
necrosis, granulation, crust, pale scar), in several parts, with or without an inflamed ring that does not belong.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from outline_shapes import SIDE, Plane, noise

from tracker.imaging.types import LinearRGB
from tracker.phantom.optics import BLOOD_OD, MELANIN_OD

TISSUES = np.array([
    (0.30, 0.03, 0.03), (0.16, 0.02, 0.02), (0.45, 0.09, 0.08), (0.50, 0.22, 0.20), (0.60, 0.36, 0.32),
    (0.55, 0.42, 0.20), (0.40, 0.28, 0.10), (0.65, 0.58, 0.42), (0.02, 0.015, 0.015), (0.07, 0.04, 0.03),
    (0.14, 0.07, 0.04), (0.70, 0.62, 0.56), (0.25, 0.24, 0.20),
])  # fmt: skip
"""Linear sRGB of blood, granulation, pink skin, slough, fat, necrosis, crust, pale scar and grey film."""


@dataclass(frozen=True)
class Style:
    """How lesions of one scene look, so that neighbours of the prompted one are of its kind.

    Parameters
    ----------
    replaced : float
        Opacity of other tissue, 0 for none.
    tissues : ndarray
        (parts, 3) linear sRGB.
    blood, melanin : float
        Added optical density along either axis.
    edge : float
        Pixels over which the border fades.
    mottle : float
        Relative unevenness inside.
    relief : float
        Strength and sign of the shading by relief.
    ring : tuple of float
        Added blood and melanin outside, width in pixels, sharpness of its outer border.
    """

    replaced: float
    tissues: Plane
    blood: float
    melanin: float
    edge: float
    mottle: float
    relief: float
    ring: tuple[float, float, float, float]


def random_style(rng: Generator) -> Style:
    """A style; half of them are chromophores only, half other tissue."""
    parts = int(rng.choice([1, 2, 3, 4], p=[0.35, 0.3, 0.2, 0.15]))
    tissues = TISSUES[rng.integers(len(TISSUES), size=parts)] * np.exp(rng.normal(0, 0.3, (parts, 3)))
    only_relief = rng.uniform() < 0.12
    strength = 0.0 if only_relief else float(np.exp(rng.uniform(np.log(0.15), np.log(2.0))))
    signs = rng.choice([-0.5, 1.0], 2, p=[0.3, 0.7])
    ring = (0.0, 0.0, 1.0, 1.0)
    if rng.uniform() < 0.5:
        share = rng.uniform(0.1, 0.8)
        ring = (share * rng.choice([-0.5, 1.0], p=[0.2, 0.8]) * rng.uniform(0.2, 1.2), rng.normal(0, 0.25),
                float(np.exp(rng.uniform(np.log(2), np.log(30)))), float(rng.choice([1, 2, 6])))  # fmt: skip
    return Style(
        replaced=float(rng.uniform(0.45, 1.0)) if not only_relief and rng.uniform() < 0.5 else 0.0,
        tissues=np.clip(tissues, 0.005, 0.9).astype(np.float32),
        blood=strength * signs[0] * rng.uniform(0.2, 1.0),
        melanin=0.6 * strength * signs[1] * rng.uniform(0, 1.0),
        edge=float(np.exp(rng.uniform(np.log(0.4), np.log(4.0)))),
        mottle=float(rng.uniform(0.05, 0.5)),
        relief=float(rng.choice([-1, 1]) * (rng.uniform(0.1, 0.5) if only_relief or rng.uniform() < 0.4 else 0.0)),
        ring=ring,
    )


def painted(linear: LinearRGB, distance: Plane, style: Style, rng: Generator) -> LinearRGB:
    """The canvas with one more lesion.

    Parameters
    ----------
    linear : LinearRGB
        Skin, (256, 256, 3).
    distance : Plane
        Signed distance of the shape in pixels, positive inside.
    style : Style
        Its look.
    rng : numpy.random.Generator
        Source of chance.
    """
    alpha = np.asarray(1 / (1 + np.exp(-np.clip(2.5 * distance / style.edge, -20, 20))), np.float32)
    out = _ringed(linear, distance, alpha, style, rng)
    uneven = np.clip(1 + style.mottle * noise(rng, rng.uniform(2, 12)), 0, 2.5) * alpha
    density = uneven[..., None] * (style.blood * BLOOD_OD + style.melanin * MELANIN_OD).astype(np.float32)
    out = np.asarray(out * np.exp(-density), np.float32)
    if style.replaced > 0:
        tissue = _tissue(linear, distance, style, rng)
        out += (style.replaced * alpha)[..., None] * (tissue - out)
    if style.relief != 0:
        out = out * _shading(distance, style, rng)[..., None]
    if rng.uniform() < 0.25:
        out = _shiny(out, alpha, rng)
    return np.asarray(np.clip(out, 0.0005, 1.5), np.float32)


def _ringed(linear: LinearRGB, distance: Plane, alpha: Plane, style: Style, rng: Generator) -> LinearRGB:
    blood, melanin, width, sharpness = style.ring
    if blood == 0 and melanin == 0:
        return linear
    reach = width * np.clip(1 + 0.35 * noise(rng, 25), 0.2, 2)
    weight = np.exp(-((np.maximum(-distance, 0) / reach) ** sharpness)) * (1 - alpha)
    density = weight[..., None] * (blood * BLOOD_OD + melanin * MELANIN_OD).astype(np.float32)
    return np.asarray(linear * np.exp(-density), np.float32)


def _tissue(linear: LinearRGB, distance: Plane, style: Style, rng: Generator) -> LinearRGB:
    """Other tissue in patches, lit as the skin that it replaces."""
    count, scale = len(style.tissues), rng.uniform(5, 30)
    depth = distance / max(float(distance.max()), 1.0)
    radial = rng.uniform(0, 4) if rng.uniform() < 0.4 else 0.0
    fields = np.stack([noise(rng, scale) + radial * depth * rng.standard_normal() for _ in range(count)])
    weights = np.exp(np.clip(rng.uniform(2, 8) * (fields - fields.max(axis=0)), -30, 0))
    colour = np.tensordot(np.moveaxis(weights / weights.sum(axis=0), 0, -1), style.tissues, 1)
    grain = rng.uniform(0.02, 0.25) * noise(rng, rng.uniform(1.5, 5)) + rng.uniform(0, 0.25) * noise(rng, 10)
    light = cv2.GaussianBlur(linear[..., 1], (0, 0), 20)
    lit = np.sqrt(light / max(float(light.mean()), 1e-3))
    return np.asarray(colour * (np.exp(grain) * lit * rng.uniform(0.5, 1.3))[..., None], np.float32)


def _shading(distance: Plane, style: Style, rng: Generator) -> Plane:
    """Light on a dip or a bump: bright on one side of the border, dark on the other."""
    width = max(rng.uniform(0.1, 0.8) * float(distance.max()), 1.5)
    height = cv2.GaussianBlur(np.asarray(np.tanh((distance - 0.3 * width) / width), np.float32), (0, 0), 1.0) * width
    turn = rng.uniform(0, 2 * np.pi)
    slope = np.gradient(height)
    tilt = np.cos(turn) * slope[1] + np.sin(turn) * slope[0]
    return np.asarray(np.clip(1 + style.relief * tilt, 0.3, 1.8), np.float32)


def _shiny(linear: LinearRGB, alpha: Plane, rng: Generator) -> LinearRGB:
    spots = np.maximum(noise(rng, rng.uniform(2, 7)) - rng.uniform(1.5, 2.3), 0) * alpha
    return np.asarray(linear + (rng.uniform(0.2, 1.0) * spots)[..., None], np.float32)


def cluttered(linear: LinearRGB, distance: Plane, rng: Generator) -> LinearRGB:
    """Cloth, dressing, ruler, glove or background around the lesion, never on it."""
    out, free = linear, distance < -rng.uniform(2, 15)
    for _ in range(int(rng.integers(1, 3))):
        turn, offset = rng.uniform(0, 2 * np.pi), rng.uniform(25, 90)
        y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) - SIDE / 2
        side = x * np.cos(turn) + y * np.sin(turn) + rng.uniform(0, 8) * noise(rng, 30) - offset
        soft = np.clip(side / rng.uniform(1, 4), 0, 1) * free
        colour = rng.uniform(0, 1, 3) ** 2.2 if rng.uniform() < 0.6 else np.full(3, rng.uniform(0.003, 0.8))
        folds = np.exp(0.25 * rng.uniform() * noise(rng, 20) + 0.1 * rng.uniform() * noise(rng, 2))
        if rng.uniform() < 0.25:
            folds = folds * (1 - 0.8 * (np.sin((x * np.sin(turn) - y * np.cos(turn)) / rng.uniform(1, 6)) > 0.6))
        cloth = np.asarray(folds[..., None] * colour, np.float32)
        out = np.asarray(out + soft[..., None].astype(np.float32) * (cloth - out), np.float32)
    return out


def shaded(linear: LinearRGB, rng: Generator) -> LinearRGB:
    """A soft shadow or falloff over the scene, and now and then a few hairs."""
    field = rng.uniform(0.05, 0.4) * noise(rng, rng.uniform(60, 200))
    out = np.asarray(linear * np.exp(field)[..., None], np.float32)
    if rng.uniform() < 0.3:
        cover = np.zeros((SIDE, SIDE), np.float32)
        for _ in range(int(rng.integers(2, 14))):
            start, step = rng.uniform(0, SIDE, 2), rng.normal(0, 22, 2)
            points = np.stack([start + i * step + rng.normal(0, 3, 2) for i in range(4)]).astype(np.int32)
            cv2.polylines(cover, [points], isClosed=False, color=float(rng.uniform(0.3, 0.9)), thickness=1)
        out = np.asarray(out * (1 - 0.9 * cv2.GaussianBlur(cover, (0, 0), 0.7))[..., None], np.float32)
    return out
