"""One photo of a scene with its truth: pose, light, target, camera."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.types import LinearRGB, Mask, Points
from tracker.phantom import camera as cameras
from tracker.phantom import light as lights
from tracker.phantom.camera import Camera
from tracker.phantom.light import Light
from tracker.phantom.noise import Map, smooth_noise
from tracker.phantom.optics import skin_log_colour
from tracker.phantom.pose import Geometry, Pose
from tracker.phantom.scene import Scene, SkinMaps
from tracker.phantom.targets import Target
from tracker.phantom.vessels import hair_cover

VEIN_OD = (0.20, 0.09, 0.05)
"""Optical density of a deep vein: red light reaches it and is lost, blue is scattered back before, hence bluish."""
HAIR_LINEAR = (0.035, 0.024, 0.018)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a target lies.

    Parameters
    ----------
    target : Target
        What.
    centre_mm : tuple of float
        In the body's plane, origin at the middle of the scene.
    rotation_deg : float
        In that plane.
    """

    target: Target
    centre_mm: tuple[float, float]
    rotation_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Visit:
    """How one photo was taken.

    Parameters
    ----------
    pose : Pose
        Of the patient before the camera.
    light : Light
        In the room.
    camera : Camera
        And its settings.
    targets : sequence of Placement
        Cards in the frame.
    drape : tuple of float
        Linear colour of the cloth behind.
    """

    pose: Pose = field(default_factory=Pose)
    light: Light = field(default_factory=Light)
    camera: Camera = field(default_factory=Camera)
    targets: Sequence[Placement] = ()
    drape: tuple[float, float, float] = (0.060, 0.135, 0.180)


@dataclass(frozen=True, eq=False)
class Shot:
    """A photo and everything that is true about it.

    Parameters
    ----------
    encoded : ndarray of uint8, shape (height, width, 3)
        sRGB, read-only.
    geometry : Geometry
        Skin (mm) to photo (px) and back.
    maps : SkinMaps
        Melanin, blood, height and masks on the skin canvas.
    scene : Scene
        As photographed.
    visit : Visit
        As asked for.
    """

    encoded: NDArray[np.uint8] = field(repr=False)
    geometry: Geometry
    maps: SkinMaps = field(repr=False)
    scene: Scene = field(repr=False)
    visit: Visit

    @property
    def px_per_mm(self) -> float:
        """Scale at the middle of the skin."""
        return float(np.sqrt(self.geometry.area_px_per_mm2(np.zeros((1, 2)))[0]))

    def in_photo(self, canvas: Map) -> Map:
        """A canvas map as the photo sees it; 0 on the background."""
        x, y, seen = _canvas_coordinates(self.geometry, self.scene)
        warped = cv2.remap(canvas, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(np.where(seen, warped, 0), np.float32)

    def mask(self, *kinds: str) -> Mask:
        """Where lesions of these kinds (all kinds if none is named) lie in the photo."""
        chosen = [self.maps.masks[kind] for kind in kinds or sorted(self.maps.masks)]
        return np.asarray(self.in_photo(np.maximum.reduce(chosen)) >= 0.5)

    def skin(self) -> Mask:
        """Where the photo shows bare skin: neither background nor target."""
        _, _, seen = _canvas_coordinates(self.geometry, self.scene)
        for placement in self.visit.targets:
            seen &= _target_layer(placement, self.geometry)[1] < 0.01
        return seen


def photograph(scene: Scene, visit: Visit, seed: int) -> Shot:
    """A photo of a scene.

    Parameters
    ----------
    scene : Scene
        Who and what.
    visit : Visit
        How.
    seed : int
        Of what differs between two photos of one visit: noise, the fall of the cloth.

    Returns
    -------
    Shot
        About ``frame_mm * px_per_mm`` pixels, with its truth.
    """
    spec, rng = scene.spec, np.random.default_rng([seed, 101])
    size = round(spec.frame_mm[0] * spec.px_per_mm), round(spec.frame_mm[1] * spec.px_per_mm)
    geometry = Geometry(visit.pose, spec.site.radius_mm, spec.px_per_mm, size)
    maps = scene.maps()
    radiance = _skin_radiance(scene, maps, visit)
    x, y, seen = _canvas_coordinates(geometry, scene)
    if visit.pose.zoom < 0.85:  # keep the finest detail from aliasing when the photo is coarser than the canvas
        radiance = np.asarray(cv2.GaussianBlur(radiance, (0, 0), 0.45 / visit.pose.zoom), np.float32)
    picture = np.asarray(cv2.remap(radiance, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.float32)
    if not seen.all():
        picture = _before_cloth(picture, seen, visit, spec.px_per_mm, rng)
    picture = _with_targets(picture, visit, geometry)
    plane = geometry.plane_maps()
    picture *= lights.falloff(plane, visit.light, visit.pose.rotation_deg)[..., None]
    picture *= np.array(visit.light.colour, np.float32)
    picture = _depth_of_field(picture, plane, spec.site.radius_mm)
    return Shot(cameras.record(picture, visit.camera, rng), geometry, maps, scene, visit)


def carry(baseline: Shot, followup: Shot, points_px: Points) -> Points:
    """Where points of one photo (px) lie in another photo of the same scene: the true displacement."""
    return followup.geometry.to_photo(baseline.geometry.to_skin(points_px))


def _skin_radiance(scene: Scene, maps: SkinMaps, visit: Visit) -> LinearRGB:
    spec = scene.spec
    density = skin_log_colour(maps.log_melanin, maps.log_blood)
    density -= scene.veins[..., None] * np.array(VEIN_OD, np.float32)
    radiance = np.exp(density)
    surface = lights.Surface(maps.height, maps.gloss, spec.px_per_mm, spec.site.radius_mm)
    lit, shine = lights.illuminate(surface, visit.light, visit.pose.rotation_deg)
    radiance *= lit
    if scene.hairs:
        cover = hair_cover(scene.hairs, maps.height.shape)[..., None]
        away = -visit.light.direction(visit.pose.rotation_deg)[:2] * 0.2 * spec.px_per_mm  # hairs stand 0.2 mm off
        shadow = _shifted(cv2.GaussianBlur(cover, (0, 0), 1.5), away)[..., None]
        radiance *= 1 - 0.35 * shadow
        radiance += cover * (np.array(HAIR_LINEAR, np.float32) * lit - radiance)
    radiance += shine[..., None]
    return np.asarray(radiance, np.float32)


def _canvas_coordinates(geometry: Geometry, scene: Scene) -> tuple[Map, Map, Mask]:
    u, v, seen = geometry.skin_maps()
    height, width = scene.log_melanin.shape
    k = np.float32(scene.spec.px_per_mm)
    return u * k + np.float32(width / 2), v * k + np.float32(height / 2), seen


def _before_cloth(
    picture: LinearRGB, seen: Mask, visit: Visit, px_per_mm: float, rng: np.random.Generator
) -> LinearRGB:
    """Skin in front of a cloth that lies out of focus, with the shadow of the body on it."""
    shape = seen.shape
    folds = smooth_noise(shape, 11 * px_per_mm, rng)
    weave = smooth_noise(shape, 0.25 * px_per_mm, rng)
    shading = np.exp(np.float32(0.16) * folds + np.float32(0.03) * weave)
    alpha = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), 1.6)
    near = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), 6 * px_per_mm)
    cloth = np.array(visit.drape, np.float32) * (shading * (1 - np.float32(0.75) * near))[..., None]
    return np.asarray(cloth + alpha[..., None] * (picture - cloth), np.float32)


def _target_layer(placement: Placement, geometry: Geometry) -> tuple[LinearRGB, Map]:
    target = placement.target
    height, width = target.reflectance.shape[:2]
    # Centre of the top-left pixel at (0, 0): the picture's corner lies half a pixel outside.
    to_mm = np.array(
        [[target.size_mm[0] / width, 0, 0.5 * target.size_mm[0] / width - target.size_mm[0] / 2],
         [0, target.size_mm[1] / height, 0.5 * target.size_mm[1] / height - target.size_mm[1] / 2],
         [0, 0, 1.0]]
    )  # fmt: skip
    cosine, sine = np.cos(np.radians(placement.rotation_deg)), np.sin(np.radians(placement.rotation_deg))
    laid = np.array([[cosine, -sine, placement.centre_mm[0]], [sine, cosine, placement.centre_mm[1]], [0, 0, 1.0]])
    matrix = geometry.plane_to_photo @ laid @ to_mm
    shrink = width / target.size_mm[0] / (geometry.px_per_mm * geometry.pose.zoom)
    source = target.reflectance
    if shrink > 1.2:
        source = np.asarray(cv2.GaussianBlur(source, (0, 0), 0.45 * shrink), np.float32)
    picture = cv2.warpPerspective(
        source, matrix, geometry.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, geometry.size, flags=cv2.INTER_LINEAR)
    return np.asarray(picture, np.float32), np.asarray(cover, np.float32)


def _with_targets(picture: LinearRGB, visit: Visit, geometry: Geometry) -> LinearRGB:
    """Targets on top, each with a soft shadow on the side away from the light."""
    away = -visit.light.direction()[:2]
    for placement in visit.targets:
        colours, cover = _target_layer(placement, geometry)
        shadow = _shifted(cv2.GaussianBlur(cover, (0, 0), 0.7 * geometry.px_per_mm), away * 0.8 * geometry.px_per_mm)
        picture = picture * (1 - np.float32(0.45) * shadow)[..., None]
        picture += cover[..., None] * (colours - picture)
    return np.asarray(picture, np.float32)


def _shifted(cover: cv2.typing.MatLike, offset_px: NDArray[np.float64]) -> Map:
    matrix = np.array([[1.0, 0, offset_px[0]], [0, 1.0, offset_px[1]]])
    return np.asarray(cv2.warpAffine(cover, matrix, cover.shape[1::-1]), np.float32)


def _depth_of_field(picture: LinearRGB, plane: tuple[Map, Map], radius_mm: tuple[float, float]) -> LinearRGB:
    """Softer where the body curves away from the plane of focus: full softness 40 mm behind it."""
    depth = np.zeros(picture.shape[:2], np.float32)
    for q, radius in zip(plane, radius_mm, strict=True):
        if np.isfinite(radius):
            ratio = np.minimum(np.abs(q) / np.float32(radius), 1)
            depth += np.float32(radius) * (1 - np.sqrt(1 - ratio * ratio))
    weight = np.clip((depth - 10) / 30, 0, 1)[..., None]
    if not weight.any():
        return picture
    return np.asarray(picture + weight * (cv2.GaussianBlur(picture, (0, 0), 1.8) - picture), np.float32)
