"""Height of skin: fine criss-cross furrows, pores, and the profiles of scars, wrinkles and stretch marks (mm, up is +).

References
----------
Jacob, Dover, Kaminer. J Am Acad Dermatol 2001;45:109-117, doi:10.1067/mjd.2001.113451 (ice-pick, boxcar, rolling).
"""

import numpy as np
from numpy.typing import NDArray

from tracker.phantom.noise import Map, Shape, grain_noise, scattered_points, smooth_noise, splat

Floats32 = NDArray[np.float32]

FURROWS = ((0.16, 0.75, 58.0, 0.020), (0.16, 0.75, -52.0, 0.020), (0.30, 1.7, 8.0, 0.014))
"""(sigma across mm, sigma along mm, direction in degrees from the fold lines, depth mm) of the crossing families:
primary furrows of the micro-relief are 20 to 100 um deep and 0.2 to 0.5 mm apart."""


def micro_relief(shape: Shape, px_per_mm: float, direction_deg: float, rng: np.random.Generator) -> Map:
    """Height map (mm) of the fine relief: families of furrows that cross at rhomboids and bend slowly.

    Parameters
    ----------
    shape : tuple of int
        (height, width) of the canvas.
    px_per_mm : float
        Its scale; families finer than a pixel fade.
    direction_deg : float
        Of the fold lines; the families keep their angles to it.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray of float32
        Mean about zero, depth a few hundredths of a millimetre.
    """
    bend = smooth_noise(shape, 9 * px_per_mm, rng) * np.float32(2.2 * px_per_mm)
    strength = np.exp(np.float32(0.30) * smooth_noise(shape, 5 * px_per_mm, rng))
    height = np.zeros(shape, np.float32)
    for across, along, angle, depth in FURROWS:
        across_px = max(across * px_per_mm, 0.9)
        grain = grain_noise(shape, across_px, along * px_per_mm, direction_deg + angle, bend, rng)
        # Zero crossings of a band-passed field are connected lines: furrows, not dots.
        height -= np.float32(depth) * np.exp(-((grain / np.float32(0.45)) ** 2))
    height *= strength
    return np.asarray(height - height.mean(), np.float32)


def pore_field(
    shape: Shape, px_per_mm: float, per_cm2: float, rng: np.random.Generator
) -> tuple[Map, NDArray[np.float32], Floats32]:
    """Pores as a soft map (0 to about 1), with their centres (px) and diameters (mm).

    Diameters are log-normal between 0.1 and 0.5 mm; density varies slowly over the skin, as on a real cheek.
    """
    if per_cm2 <= 0:
        return np.zeros(shape, np.float32), np.zeros((0, 2), np.float32), np.zeros(0, np.float32)
    spacing = px_per_mm * 10 / np.sqrt(per_cm2 / 0.7)
    points = scattered_points(shape, spacing, rng)
    density = smooth_noise(shape, 8 * px_per_mm, rng)[points[:, 1].astype(int), points[:, 0].astype(int)]
    points = points[rng.random(len(points)) < np.clip(0.62 + 0.25 * density, 0.1, 1.0)]
    diameter = np.clip(rng.lognormal(np.log(0.20), 0.32, len(points)), 0.1, 0.5).astype(np.float32)
    sigma = np.maximum(diameter * px_per_mm / (2 * np.sqrt(2)), 0.45).astype(np.float32)
    # A pore narrower than a pixel keeps its integral, not its depth.
    weight = np.minimum(1.0, (diameter * px_per_mm / (2 * np.sqrt(2) * sigma)) ** 2).astype(np.float32)
    weight *= rng.uniform(0.4, 1.0, len(points)).astype(np.float32)
    return splat(shape, points, sigma, weight), points, diameter


def ice_pick(rho: Floats32) -> Floats32:
    """Depth profile (0 to 1) of a narrow, deep scar; ``rho`` = distance over half width."""
    return np.asarray(np.maximum(0.0, 1.0 - rho) ** 0.8, np.float32)


def boxcar(rho: Floats32) -> Floats32:
    """Depth profile (0 to 1) of a scar with a flat floor and steep walls."""
    return np.exp(-(rho**8)).astype(np.float32)


def rolling(rho: Floats32) -> Floats32:
    """Depth profile (0 to 1) of a shallow, wide undulation."""
    return np.exp(-(rho**2) / 2).astype(np.float32)


def plateau(rho: Floats32) -> Floats32:
    """Profile (0 to 1) of a raised or atrophic band with a soft edge (hypertrophic scar, stretch mark)."""
    return np.exp(-(rho**4)).astype(np.float32)


def crease(rho: Floats32) -> Floats32:
    """Depth profile (0 to 1) of a wrinkle: sharp floor, wide shoulders."""
    return np.asarray(0.65 * np.exp(-((rho / 0.45) ** 2)) + 0.35 * np.exp(-((rho / 1.4) ** 2)), np.float32)
