"""Rendered cheeks beside the printed card, photographed again and again: what is drawn, and the truth about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from tracker import phantom
from tracker.imaging import align, colour, pipeline, regions
from tracker.imaging.measure import pigment
from tracker.imaging.types import Alignment, Mask, Photo, Region
from tracker.phantom.optics import melanin_for_ita, skin_colour

BANDS = {"light": (43.0, 60.0), "medium": (12.0, 40.0), "brown": (-28.0, 8.0), "dark": (-55.0, -32.0)}
"""ITA of the plain skin, degrees; names as in ``change.TONE_BANDS``."""
LIGHTS = {"matt": (0.0, 0.033), "between": (0.033, 0.067), "shiny": (0.067, 0.10)}
"""Strength of the surface reflection beyond the 3 % in the optics, from none to what the demo pictures have: one skin
is oilier than another in the same room."""
PX_PER_MM, FRAME_MM = 8.5, (100.0, 100.0)
CARD_MM = (0.0, 34.0 - FRAME_MM[1] / 2)  # 7 mm from the edge: no mark leaves the frame as the person moves
CENTRE_MM, RADII_MM = (0.0, FRAME_MM[1] / 2 - 18.0), (12.0, 9.0)
LIGHT_SKIN = float(melanin_for_ita(49.0))  # on which the table of gains is 1
GRID_PX = 32.0  # of a true alignment: the stretch of the skin is smooth over 70 mm


@dataclass(frozen=True)
class Taken:
    """One photo, ready to be compared, with its shot."""

    shot: phantom.Shot
    photo: Photo
    skin: Mask
    region: Region


def draw(band: str, seed: int) -> tuple[phantom.Scene, np.random.Generator]:
    """The skin of one person, and the chance of everything else about them."""
    rng = np.random.default_rng([seed, *band.encode()])
    spec = phantom.SceneSpec(
        site=phantom.SITES["cheek"], ita=float(rng.uniform(*BANDS[band])), frame_mm=FRAME_MM, px_per_mm=PX_PER_MM
    )
    return phantom.make_scene(spec, int(rng.integers(2**31))), rng


def visit(rng: np.random.Generator, shine: float) -> phantom.Visit:
    """A photo of a standard room: the person sits down again, lamp and camera stay."""
    r = lambda sd: float(sd * rng.standard_normal())  # noqa: E731
    return phantom.Visit(
        pose=phantom.Pose(
            rotation_deg=r(2), shift_mm=(r(1.5), r(1.5)), tilt_deg=(r(1.5), r(1.5)), zoom=1 + r(0.02),
            stretch_mm=0.3, seed=int(rng.integers(1000)),
        ),
        light=phantom.Light(azimuth_deg=225 + r(3), elevation_deg=55 + r(2), shine=shine),
        camera=phantom.Camera(
            exposure=1 + r(0.06), white_balance=(1 + r(0.03), 1.0, 1 + r(0.03)), blur_px=0.5 + abs(r(0.1))
        ),
        targets=(phantom.Placement(phantom.tracker_card(), CARD_MM),),
    )  # fmt: skip


def other_kit(asked: phantom.Visit, rng: np.random.Generator) -> phantom.Visit:
    """The same visit with another camera and another lamp."""
    off = rng.uniform(-0.06, 0.06, (3, 3))
    mix = np.eye(3) + off - np.diag(off.sum(1))
    camera = replace(asked.camera, mix=tuple(map(tuple, mix.tolist())))
    light = replace(asked.light, colour=(1 + rng.uniform(0, 0.15), 1.0, 1 - rng.uniform(0, 0.2)))
    return replace(asked, camera=camera, light=light)


def stain(seed: int, *, blood: float = 1.0, melanin: float = 1.0) -> phantom.Lesion:
    """Blood or melanin multiplied in and well around the region."""
    return phantom.Lesion(phantom.Kind.STAIN, CENTRE_MM, 46.0, 36.0, 0.0, blood=blood, melanin=melanin, seed=seed)


def take(scene: phantom.Scene, asked: phantom.Visit, seed: int) -> Taken:
    """A photo of the scene with its card read, its skin found, and the region drawn."""
    shot = phantom.photograph(scene, asked, seed)
    photo = pipeline.prepare(Photo(str(seed), str(seed), shot.encoded))
    return Taken(shot, photo, regions.skin_mask(photo), drawn(shot))


def drawn(shot: phantom.Shot) -> Region:
    """The same ellipse of skin in every photo."""
    turn = np.linspace(0, 2 * np.pi, 90)
    edge = np.array(CENTRE_MM) + np.stack([RADII_MM[0] * np.cos(turn), RADII_MM[1] * np.sin(turn)], 1)
    mask = np.zeros(shot.encoded.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(shot.geometry.to_photo(edge)).astype(np.int32)], 1)
    return Region.from_mask(regions.DRAWN, mask > 0)


def nodes(taken: Taken) -> tuple[np.ndarray, tuple[int, int]]:
    """Points of a grid over a photo, (n, 2), and its rows and columns."""
    width, height = taken.photo.size
    column, row = np.arange(0, width + GRID_PX, GRID_PX), np.arange(0, height + GRID_PX, GRID_PX)
    x, y = np.meshgrid(column, row)
    return np.stack([x.ravel(), y.ravel()], 1), x.shape


def true_alignment(first: Taken, second: Taken, error: np.ndarray, residual_px: float) -> Alignment:
    """Where the skin went, off by the error, shape (n, 2), that a measured alignment had at every node."""
    points, shape = nodes(first)
    moved = phantom.carry(first.shot, second.shot, points) - points + error
    displacement = moved.reshape(*shape, 2).astype(np.float32)
    return Alignment(
        np.eye(3), displacement, GRID_PX, np.ones(shape, np.float32), residual_px, first.photo.size, second.photo.size
    )


def alignment_error(found: Alignment, first: Taken, second: Taken) -> np.ndarray:
    """Measured minus true place of every node, (n, 2) px; 0 where the photo shows no skin."""
    points, _ = nodes(first)
    off = align.carry_points(found, points) - phantom.carry(first.shot, second.shot, points)
    width, height = first.photo.size
    column, row = np.clip(points.astype(int), 0, [width - 1, height - 1]).T
    near = cv2.dilate(first.skin.astype(np.uint8), np.ones((int(GRID_PX), int(GRID_PX)), np.uint8))
    return np.where((near[row, column] > 0)[:, None], off, 0.0)


@dataclass(frozen=True)
class Truth:
    """What the optics of a scene say of the region, without light, camera or shine."""

    fair_h: float
    """H of the same blood on skin of ITA 49: what H divided by the gain is meant to be."""
    h: float
    pigment: float


def truth(scene: phantom.Scene) -> Truth:
    """Averages over the drawn ellipse of the skin itself."""
    maps, k = scene.maps(), scene.spec.px_per_mm
    height, width = maps.log_blood.shape
    x, y = (np.arange(n, dtype=np.float32) for n in (width, height))
    across = (x[None] - width / 2) / k - CENTRE_MM[0]
    down = (y[:, None] - height / 2) / k - CENTRE_MM[1]
    inside = (across / RADII_MM[0]) ** 2 + (down / RADII_MM[1]) ** 2 <= 1
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    blood, melanin, inside = np.exp(maps.log_blood[part]), np.exp(maps.log_melanin[part]), inside[part]
    real = skin_colour(melanin, blood)
    fair = skin_colour(np.full_like(melanin, LIGHT_SKIN), blood)[inside].mean(0)
    patches = cv2.blur(real, (6, 6))[inside]  # the patches of the engine are 0.7 mm wide
    return Truth(
        fair_h=float(colour.haemoglobin_index(fair)),
        h=float(colour.haemoglobin_index(real[inside].mean(0))),
        pigment=float(pigment.melanin_corrected(patches, 0.0).mean()),
    )


def mean_error(errors: Sequence[np.ndarray]) -> float:
    """Median length of alignment errors, px."""
    lengths = np.concatenate([np.hypot(*e.T) for e in errors])
    return float(np.median(lengths[lengths > 0]))
