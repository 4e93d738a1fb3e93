"""Where skin lies in a photo: body curvature, a smooth stretch of the skin, and a pinhole camera looking at it.

Skin coordinates are millimetres along the skin (arc length), origin at the top of the body's curve. The body projects
to a plane (mm) touching it there, the plane to the photo by a homography. Parallax of the curve is left out.
"""

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.geometry import apply_homography
from tracker.imaging.types import Mask, Matrix3, Points

CAMERA_DISTANCE_MM = 450.0
"""From which perspective follows: a close-up of a hand's breadth to two."""
_WAVES = 5
_ITERATIONS = 6  # of p = q - d(p); |grad d| < 0.1, so the error falls below 1e-6


@dataclass(frozen=True, slots=True)
class Pose:
    """How the patient and the camera stood.

    Parameters
    ----------
    rotation_deg : float
        In the picture plane.
    shift_mm : tuple of float
        Of the skin, to the right and down.
    tilt_deg : tuple of float
        Of the plane about the vertical and the horizontal axis of the photo.
    zoom : float
        1 = the scene's own scale.
    stretch_mm : float
        Amplitude of the smooth deformation of the skin.
    seed : int
        Of that deformation.
    """

    rotation_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    tilt_deg: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    stretch_mm: float = 0.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Geometry:
    """The exact map between skin (mm) and photo (px), both ways.

    Parameters
    ----------
    pose : Pose
        As asked for.
    radius_mm : tuple of float
        Radii of curvature across and down; infinite for flat skin.
    px_per_mm : float
        Scale of the plane at zoom 1.
    size : tuple of int
        (width, height) of the photo in px.
    """

    pose: Pose
    radius_mm: tuple[float, float]
    px_per_mm: float
    size: tuple[int, int]
    _waves: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng([self.pose.seed, 41])
        angle, length = rng.uniform(0, 2 * np.pi, _WAVES), rng.uniform(70.0, 160.0, _WAVES)  # mm: beyond any lesion
        direction, phase = rng.uniform(0, 2 * np.pi, _WAVES), rng.uniform(0, 2 * np.pi, _WAVES)
        amplitude = self.pose.stretch_mm * np.sqrt(2 / _WAVES)
        k = 2 * np.pi / length
        rows = [
            k * np.cos(angle),
            k * np.sin(angle),
            phase,
            amplitude * np.cos(direction),
            amplitude * np.sin(direction),
        ]
        object.__setattr__(self, "_waves", np.stack(rows, 1))

    @cached_property
    def plane_to_photo(self) -> Matrix3:
        """Homography from plane millimetres to photo pixels."""
        yaw, pitch = np.radians(self.pose.tilt_deg)
        roll = np.radians(self.pose.rotation_deg)
        about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1.0]])
        about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1.0, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
        about_x = np.array([[1.0, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
        turn = about_x @ about_y @ about_z
        focal = self.px_per_mm * self.pose.zoom * CAMERA_DISTANCE_MM
        middle = (self.size[0] - 1) / 2, (self.size[1] - 1) / 2
        lens = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1.0]])
        offset = np.array([*self.pose.shift_mm, CAMERA_DISTANCE_MM])
        matrix = lens @ np.column_stack([turn[:, 0], turn[:, 1], offset])
        return np.asarray(matrix / matrix[2, 2], np.float64)

    def to_photo(self, skin_mm: Points) -> Points:
        """Photo pixels of points on the skin; NaN where the body has curved out of sight."""
        start: Points = np.asarray(skin_mm, np.float64)
        p = start + self._stretch(start)
        plane = np.empty(p.shape)
        for axis, radius in enumerate(self.radius_mm):
            hidden = np.abs(p[:, axis]) > np.pi / 2 * radius
            bent = p[:, axis] if np.isinf(radius) else radius * np.sin(p[:, axis] / radius)
            plane[:, axis] = np.where(hidden, np.nan, bent)
        return apply_homography(self.plane_to_photo, plane)

    def to_skin(self, photo_px: Points) -> Points:
        """Points on the skin (mm) seen at photo pixels; NaN on the background."""
        inverse = np.asarray(np.linalg.inv(self.plane_to_photo), np.float64)
        plane = apply_homography(inverse, np.asarray(photo_px, np.float64))
        q = np.empty_like(plane)
        for axis, radius in enumerate(self.radius_mm):
            with np.errstate(invalid="ignore"):
                q[:, axis] = plane[:, axis] if np.isinf(radius) else radius * np.arcsin(plane[:, axis] / radius)
        p = q.copy()
        for _ in range(_ITERATIONS):
            p = q - self._stretch(p)
        return p

    def area_px_per_mm2(self, skin_mm: Points) -> NDArray[np.float64]:
        """Photo pixels that one square millimetre of skin covers at each point."""
        step = 0.05
        right, down = np.array([[step, 0.0]]), np.array([[0.0, step]])
        du = (self.to_photo(skin_mm + right) - self.to_photo(skin_mm - right)) / (2 * step)
        dv = (self.to_photo(skin_mm + down) - self.to_photo(skin_mm - down)) / (2 * step)
        return np.abs(du[:, 0] * dv[:, 1] - du[:, 1] * dv[:, 0])

    def plane_maps(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Plane coordinates (mm) of every photo pixel."""
        inverse = np.linalg.inv(self.plane_to_photo).astype(np.float32)
        x = np.arange(self.size[0], dtype=np.float32)[None]
        y = np.arange(self.size[1], dtype=np.float32)[:, None]
        w = 1 / (inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2])
        u = (inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]) * w
        v = (inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]) * w
        return u, v

    def skin_maps(self) -> tuple[NDArray[np.float32], NDArray[np.float32], Mask]:
        """Skin coordinates (mm) of every photo pixel, and where there is skin at all."""
        u, v = self.plane_maps()
        seen = np.ones(u.shape, bool)
        bent = []
        for q, radius in ((u, self.radius_mm[0]), (v, self.radius_mm[1])):
            if np.isinf(radius):
                bent.append(q)
                continue
            seen &= np.abs(q) < radius
            bent.append(np.float32(radius) * np.arcsin(np.clip(q / np.float32(radius), -1, 1)))
        if self.pose.stretch_mm:
            bent = self._unstretched(bent[0], bent[1])
        return bent[0], bent[1], seen

    def _stretch(self, p: Points) -> Points:
        kx, ky, phase, ax, ay = self._waves.T
        wave = np.sin(p[:, :1] * kx + p[:, 1:] * ky + phase)
        return np.stack([wave @ ax, wave @ ay], axis=1)

    def _unstretched(self, qx: NDArray[np.float32], qy: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        # The correction is smooth (70 mm and more): exact on a 2 mm grid, cubic between, error below 0.0005 mm.
        grid = 2.0
        low = np.array([qx.min(), qy.min()]) - 3 * grid
        counts = [int((float(q.max()) - at) / grid) + 5 for q, at in zip((qx, qy), low, strict=True)]
        gx, gy = np.meshgrid(*(at + grid * np.arange(n) for n, at in zip(counts, low, strict=True)))
        q = np.stack([gx.ravel(), gy.ravel()], 1)
        p = q.copy()
        for _ in range(_ITERATIONS):
            p = q - self._stretch(p)
        correction = (p - q).reshape(*gx.shape, 2).astype(np.float32)
        at_x, at_y = (qx - np.float32(low[0])) / np.float32(grid), (qy - np.float32(low[1])) / np.float32(grid)
        moved = cv2.remap(correction, at_x, at_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return [qx + moved[..., 0], qy + moved[..., 1]]
