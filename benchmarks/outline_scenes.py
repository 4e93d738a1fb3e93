"""Rendered skin with scars of every kind and their true outlines: what accuracy_outlines.py measures.

Written apart from the recipe that trains the network (models/outline-v1): other seeds, sizes, rooms and cameras.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scar_scenes import BANDS, SITES

from tracker import phantom
from tracker.imaging.types import Box, Photo, Region
from tracker.phantom import Kind, Lesion
from tracker.phantom.lesions import paint

FRAME_MM, PX_PER_MM = (48.0, 38.0), 9.0
CELLS = ((-12.0, -9.0), (12.0, -9.0), (-12.0, 9.0), (12.0, 9.0))
"""Where scars lie, mm: far enough apart that each is outlined alone."""
KINDS = (Kind.ICE_PICK, Kind.BOXCAR, Kind.ROLLING, Kind.HYPERTROPHIC, Kind.STRETCH_MARK, Kind.SURGICAL)
LEAST_PX = 20.0
"""Diameter of a disc of the scar's area from which the bar counts."""
MARGIN = 0.1
Plane = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Truth:
    """One scar of a photo."""

    kind: Kind
    soft: Plane

    @property
    def area(self) -> float:
        return float(self.soft.sum())

    @property
    def across(self) -> float:
        """Diameter of a disc of the same area, px."""
        return 2 * float(np.sqrt(self.area / np.pi))


@dataclass(frozen=True, eq=False)
class Frame:
    """A photo of one patch of skin."""

    band: str
    seed: int
    photo: Photo
    scars: tuple[Truth, ...]
    rng: np.random.Generator


def frame(band: str, seed: int, *, bare: bool = False) -> Frame:
    """A random photo of skin of a tone band with up to four scars; ``bare`` leaves them out."""
    rng = np.random.default_rng([seed, 77, *band.encode()])
    site = phantom.SITES[SITES[int(rng.integers(len(SITES)))]]
    lesions = () if bare else tuple(scar(rng, cell) for cell in CELLS)
    spec = phantom.SceneSpec(
        site=site, ita=float(rng.uniform(*BANDS[band])), frame_mm=FRAME_MM, px_per_mm=PX_PER_MM, lesions=lesions
    )
    scene = phantom.make_scene(spec, seed)
    shot = phantom.photograph(scene, visit(rng), seed)
    truths = tuple(Truth(lesion.kind, _soft(shot, scene, lesion)) for lesion in lesions)
    return Frame(band, seed, Photo(f"{band} {seed}", str(seed), _as_jpeg(shot.encoded)), truths, rng)


def scar(rng: np.random.Generator, cell: tuple[float, float]) -> Lesion:
    """A scar as in docs/methods/scars.md, 2 to 8 mm across or a line of 12 to 17 mm."""
    kind = KINDS[int(rng.integers(len(KINDS)))]
    at = (cell[0] + float(rng.uniform(-1.5, 1.5)), cell[1] + float(rng.uniform(-1.5, 1.5)))
    turn, fresh = float(rng.uniform(0, 180)), rng.uniform() < 0.65
    blood = float(rng.uniform(1.4, 2.6) if fresh else rng.uniform(0.5, 0.9))
    melanin = float(rng.uniform(1.0, 1.5) if fresh else rng.uniform(0.6, 0.95))
    line = kind in (Kind.STRETCH_MARK, Kind.SURGICAL)
    low, high = (1.8, 4.2) if line else (1.2, 2.4) if kind is Kind.ICE_PICK else (2.4, 8.0)
    width = float(rng.uniform(low, high))
    length = float(rng.uniform(12, 17)) if line else width * float(rng.uniform(1, 1.4))
    deep, deeper = {
        Kind.ICE_PICK: (0.5, 1.4), Kind.BOXCAR: (0.12, 0.6), Kind.ROLLING: (0.2, 0.6), Kind.HYPERTROPHIC: (-1.0, -0.2),
        Kind.STRETCH_MARK: (0.03, 0.15), Kind.SURGICAL: (-0.25, 0.1),
    }[kind]  # fmt: skip
    depth = float(rng.uniform(deep, deeper))
    return Lesion(kind, at, width, length, depth, turn, blood, melanin, int(rng.integers(1 << 30)))


def visit(rng: np.random.Generator) -> phantom.Visit:
    """Any room: light from any side, a camera of its own."""
    return phantom.Visit(
        pose=phantom.Pose(
            rotation_deg=float(rng.normal(0, 3)), tilt_deg=(float(rng.normal(0, 4)), float(rng.normal(0, 4))),
            zoom=float(rng.uniform(0.95, 1.05)), stretch_mm=0.2, seed=int(rng.integers(1000)),
        ),
        light=phantom.Light(azimuth_deg=float(rng.uniform(0, 360)), elevation_deg=float(rng.uniform(30, 70))),
        camera=phantom.Camera(
            exposure=float(rng.uniform(0.75, 1.2)), blur_px=float(rng.uniform(0.4, 1.0)),
            white_balance=(float(np.exp(rng.normal(0, 0.06))), 1.0, float(np.exp(rng.normal(0, 0.06)))),
        ),
    )  # fmt: skip


def box_prompt(soft: Plane) -> Region:
    """The bounding box with a margin of 10 % of its longer side, as for the ulcers."""
    return whole_box(Region.from_mask("x", soft >= 0.5).box, (soft.shape[1], soft.shape[0]))


def whole_box(box: Box, size: tuple[int, int]) -> Region:
    """A box with its margin as a prompt."""
    grown = box.grown(max(1, round(MARGIN * max(box.width, box.height))), size)
    return Region("drawn", grown, np.ones((grown.height, grown.width), bool))


def _soft(shot: phantom.Shot, scene: phantom.Scene, lesion: Lesion) -> Plane:
    alone = paint((lesion,), scene.log_melanin.shape, scene.spec.px_per_mm, scene.mottle)
    return shot.in_photo(alone.masks[str(lesion.kind)])


def _as_jpeg(pixels: NDArray[np.uint8], quality: int = 92) -> NDArray[np.uint8]:
    _, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)
