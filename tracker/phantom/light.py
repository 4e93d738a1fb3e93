"""Light on skin: direction, size, distance, shine, and the blur by light that travels under the surface."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.colour import Floats
from tracker.phantom.noise import Map

SUBSURFACE_MM = (0.50, 0.20, 0.12)
"""Sigma of the blur under the surface for R, G, B (order of magnitude from scattering lengths)."""
_SHEEN = 18.0
_SKIN_DEPTH_MM = 0.25  # sigma of the neighbourhood in which a dip loses sky (ambient occlusion)


@dataclass(frozen=True, slots=True)
class Light:
    """One main light and the room.

    Parameters
    ----------
    azimuth_deg : float
        Where it stands, seen in the photo: 0 = right, 90 = below, 180 = left, 270 = above.
    elevation_deg : float
        90 = beside the camera, 20 = raking.
    ambient : float
        Share of the irradiance that comes from everywhere.
    distance_mm : float
        Of the light; near ones fall off across the frame.
    colour : tuple of float
        Linear R, G, B of the light.
    shine : float
        Strength of the surface reflection; 0 as through crossed polarisers.
    size_deg : float
        Angular radius of the source; a large one softens relief shading and widens the highlight.
    """

    azimuth_deg: float = 225.0
    elevation_deg: float = 55.0
    ambient: float = 0.35
    distance_mm: float = 900.0
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    shine: float = 0.10
    size_deg: float = 12.0

    def direction(self, turn_deg: float = 0.0) -> NDArray[np.float64]:
        """Unit vector to the light, x right, y down, z to the camera, in a frame turned by ``turn_deg``."""
        azimuth, elevation = np.radians(self.azimuth_deg - turn_deg), np.radians(self.elevation_deg)
        flat = np.cos(elevation)
        return np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)])


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Shape of the skin on its canvas.

    Parameters
    ----------
    height : Map
        mm, up is positive.
    gloss : Map
        Factor on the surface reflection: oil, sweat and smooth scars shine more.
    px_per_mm : float
        Scale of the canvas.
    radius_mm : tuple of float
        Of the body, across and down.
    """

    height: Map = field(repr=False)
    gloss: Map = field(repr=False)
    px_per_mm: float
    radius_mm: tuple[float, float]


def slopes(height: Map, px_per_mm: float) -> tuple[Map, Map]:
    """Slope of a height map along x and y (mm per mm)."""
    kernel = np.array([[-0.5, 0.0, 0.5]], np.float32) * np.float32(px_per_mm)
    return (
        np.asarray(cv2.filter2D(height, cv2.CV_32F, kernel), np.float32),
        np.asarray(cv2.filter2D(height, cv2.CV_32F, kernel.T), np.float32),
    )


def body_normal(shape: tuple[int, int], px_per_mm: float, radius_mm: tuple[float, float]) -> tuple[Map, Map, Map]:
    """Normal of the curved body on the canvas; z = 1 where the body is flat."""
    tilts = []
    for count, radius, axis in ((shape[1], radius_mm[0], 0), (shape[0], radius_mm[1], 1)):
        at = (np.arange(count, dtype=np.float32) - np.float32(count / 2)) / np.float32(px_per_mm)
        angle = np.clip(at / np.float32(radius), -1.57, 1.57) if np.isfinite(radius) else np.zeros_like(at)
        tilts.append(np.sin(angle)[None, :] if axis == 0 else np.sin(angle)[:, None])
    x, y = np.broadcast_arrays(*tilts)
    z = np.sqrt(np.maximum(1 - x * x - y * y, 0.0))
    return np.asarray(x, np.float32), np.asarray(y, np.float32), np.asarray(z, np.float32)


def illuminate(surface: Surface, light: Light, turn_deg: float) -> tuple[NDArray[np.float32], Map]:
    """Light that reaches skin and leaves it again, and the shine on top.

    Parameters
    ----------
    surface : Surface
        Of the skin.
    light : Light
        In the photo's frame.
    turn_deg : float
        Rotation of the skin in the photo, so that the light keeps its place in the room.

    Returns
    -------
    tuple
        Irradiance (height, width, 3) after the subsurface blur, 1 = facing the light; shine (height, width).
    """
    height, px_per_mm = surface.height, surface.px_per_mm
    to_light = light.direction(turn_deg)
    nx, ny, nz = body_normal(height.shape, px_per_mm, surface.radius_mm)
    hx, hy = slopes(height, px_per_mm)
    lx, ly, lz = (np.float32(v) for v in to_light)
    # Small-angle normal: body normal minus slopes; the light turns away from a slope by its tangential part.
    facing = nx * lx + ny * ly + nz * lz
    soft = np.float32(np.exp(-((light.size_deg / 40.0) ** 2)))  # a large source shades relief less
    bumps = (hx * (lx * nz - lz * nx) + hy * (ly * nz - lz * ny)) * soft
    norm = np.asarray(1 / np.sqrt(1 + hx * hx + hy * hy), np.float32)
    direct = _softplus((facing - bumps) * norm) / lz
    dip = height - np.asarray(cv2.GaussianBlur(height, (0, 0), _SKIN_DEPTH_MM * px_per_mm), np.float32)
    sky = np.clip(1 + 1.0 * dip, 0.6, 1.15) * (0.6 + 0.4 * nz)
    total = (np.float32(1 - light.ambient) * direct + np.float32(light.ambient)) * sky
    channels = [cv2.GaussianBlur(total, (0, 0), sigma * px_per_mm) for sigma in SUBSURFACE_MM]
    shine = _shine((nx - hx, ny - hy, nz), norm, to_light, light)
    shine *= surface.gloss
    return np.asarray(cv2.merge(channels), np.float32), shine


def falloff(
    plane: tuple[NDArray[np.float32], NDArray[np.float32]], light: Light, turn_deg: float
) -> NDArray[np.float32]:
    """Inverse-square falloff of the light over the plane of the photo, 1 at its middle."""
    step = 16  # smooth: exact on a coarse grid
    u, v = plane[0][::step, ::step], plane[1][::step, ::step]
    source = light.direction(turn_deg) * light.distance_mm
    r2 = (u - source[0]) ** 2 + (v - source[1]) ** 2 + source[2] ** 2
    direct = (light.distance_mm**2 / r2) ** 1.5  # distance squared and the angle on a flat surface
    small = (light.ambient + (1 - light.ambient) * direct).astype(np.float32)
    size = small.shape[1] * step, small.shape[0] * step
    matrix = np.array([[1 / step, 0, 0], [0, 1 / step, 0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    full = cv2.warpAffine(small, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(full[: plane[0].shape[0], : plane[0].shape[1]], np.float32)


def _softplus(x: Map) -> Map:
    """max(x, 0) with a rounded corner: a real terminator is never a hard line."""
    return np.asarray(0.5 * (x + np.sqrt(x * x + np.float32(0.01))), np.float32)


def _shine(normal: tuple[Map, Map, Map], norm: Map, to_light: Floats, light: Light) -> Map:
    half = to_light + np.array([0.0, 0.0, 1.0])
    half /= np.linalg.norm(half)
    cosine = (
        normal[0] * np.float32(half[0]) + normal[1] * np.float32(half[1]) + normal[2] * np.float32(half[2])
    ) * norm
    power = np.float32(_SHEEN / (1 + light.size_deg / 20.0))
    return np.asarray(np.float32(light.shine) * np.maximum(cosine, 0) ** power, np.float32)
