"""Known changes painted into the smile shot of a real face: blood, a scar, a mole removed. Nothing goes to disk."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour, regions
from tracker.imaging.types import Photo, Region
from tracker.phantom.optics import add_blood, add_melanin

Floats = NDArray[np.float64]

BLOOD_SIZES = {"small": (0.14, 0.12), "middle": (0.22, 0.19), "large": (0.36, 0.32)}
"""Half axes of the drawn ellipse in inter-pupil distances: 18, 28 and 45 mm across on a face of 63 mm."""
BLOOD_DOSES = (6.0, 8.0, 11.0)  # H: 40 to 80 % of a moderate erythema
SCAR_MM = (7.0, 2.5)  # half axes
SCAR_H, SCAR_LOG_RED, SCAR_SHADE = 9.0, 0.20, 0.06  # blood, melanin, and shading of its relief (ln of light)
MOLE_MM, MOLE_REGION_MM = 1.4, 2.2  # radius of what is painted over, and of what is measured


@dataclass(frozen=True)
class Painted:
    """A follow-up with a known change, and the region of the baseline that holds it.

    Parameters
    ----------
    name : str
        Kind of change.
    dose : float
        H added; 0 for a removed mole.
    photo : Photo
        The changed follow-up.
    region : Region
        In baseline pixels.
    place : Region
        Where it truly lies in the follow-up.
    truth : dict
        Measure to the change of the region's mean that was painted, from the pixels at the true place.
    """

    name: str
    dose: float
    photo: Photo = field(repr=False)
    region: Region = field(repr=False)
    place: Region = field(repr=False)
    truth: dict[str, float]


def ellipse(centre: Floats, axes: Floats, size: tuple[int, int], turn: float = 0.0) -> Region:
    """A drawn region: an ellipse of half ``axes`` px around ``centre``, turned by ``turn`` degrees."""
    return Region.from_mask(regions.DRAWN, _radius(centre, axes, size, turn) <= 1)


def _radius(centre: Floats, axes: Floats, size: tuple[int, int], turn: float = 0.0) -> NDArray[np.float32]:
    """Distance from an ellipse's centre in its own radii, (height, width)."""
    yy, xx = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    x, y = xx - np.float32(centre[0]), yy - np.float32(centre[1])
    return np.asarray(np.hypot((c * x + s * y) / axes[0], (c * y - s * x) / axes[1]), np.float32)


def blood(after: Photo, region: Region, there: Floats, axes: Floats, name: str, dose: float) -> Painted:
    """Blood added by optics in an ellipse a quarter wider than the drawn one, its edge soft."""
    r = _radius(there, axes * 1.25, after.size)
    weight = np.clip((1.25 - r) / 0.25, 0, 1).astype(np.float32)
    light = add_blood(after.linear(), weight, dose)
    place = ellipse(there, axes, after.size)
    return Painted(name, dose, _as_photo(after, light, name), region, place, {"redness": dose})


def scar(after: Photo, region: Region, there: Floats, axes: Floats, turn: float) -> Painted:
    """A red, brown, raised scar: blood and melanin by optics, one side lit and the other in shade."""
    r = _radius(there, axes, after.size, turn)
    weight = np.clip((1.35 - r) / 0.35, 0, 1).astype(np.float32)
    plain = after.linear()
    light = add_melanin(add_blood(plain, weight, SCAR_H), weight, SCAR_LOG_RED)
    slope = np.gradient(cv2.GaussianBlur(weight, (0, 0), float(axes[1]) / 2), axis=0)
    light = light * np.exp(SCAR_SHADE * slope / max(float(np.abs(slope).max()), 1e-6))[..., None]
    changed = _as_photo(after, light, "scar")
    place = ellipse(there, axes, after.size, turn)
    return Painted("scar", SCAR_H, changed, region, place, true_changes(after, changed, place))


def mole_removed(after: Photo, region: Region, there: Floats, px_per_mm: float) -> Painted:
    """The mole painted over with the skin around it."""
    reach = MOLE_MM * px_per_mm
    hole = (_radius(there, np.array([reach, reach]), after.size) <= 1).astype(np.uint8)
    encoded = cv2.inpaint(after.encoded, hole, 3, cv2.INPAINT_TELEA)
    changed = replace(after, encoded=encoded, sha256=after.sha256 + "+mole removed")
    radius = MOLE_REGION_MM * px_per_mm
    place = ellipse(there, np.array([radius, radius]), after.size)
    return Painted("mole removed", 0.0, changed, region, place, true_changes(after, changed, place))


def true_changes(plain: Photo, changed: Photo, place: Region) -> dict[str, float]:
    """Change of H and of pigment of the mean light of a place, from the pixels themselves."""
    first, second = (p.linear(place.box)[place.mask].astype(np.float64).mean(0) for p in (plain, changed))
    h = [float(colour.haemoglobin_index(light)) for light in (first, second)]
    brown = [float(colour.melanin_index(light)) for light in (first, second)]
    return {"redness": h[1] - h[0], "pigment": brown[1] - brown[0] - 0.32 * (h[1] - h[0])}


def _as_photo(photo: Photo, light: NDArray[np.float32], what: str) -> Photo:
    return replace(photo, encoded=colour.linear_to_uint8(light), sha256=f"{photo.sha256}+{what}")
