"""Small rendered scars with known truth: what accuracy_scars.py measures."""

from dataclasses import dataclass

import cv2
import numpy as np

from tracker import phantom
from tracker.imaging.types import Mask, Photo, Points, Region
from tracker.phantom import Kind, Lesion

BANDS = {"> 41": (41.0, 60.0), "10..41": (10.0, 41.0), "-30..10": (-30.0, 10.0), "< -30": (-50.0, -30.0)}
FRAME_MM, PX_PER_MM = (40.0, 30.0), 9.0
SITES = ("cheek", "forearm", "abdomen")
KINDS = (Kind.BOXCAR, Kind.HYPERTROPHIC, Kind.SURGICAL, Kind.STRETCH_MARK)
"""With a border that a person can draw. Rolling and ice-pick scars have none and are not judged by area."""
DRAWN_SD, WOBBLE_PX = 0.04, 0.35
"""A person draws ln area 4 % too large or too small (lesions_fuseg, drawn twice) along a line that wanders."""


@dataclass(frozen=True, eq=False)
class Case:
    """One scar, before anything is photographed again."""

    band: str
    seed: int
    scene: phantom.Scene
    lesion: Lesion
    shot: phantom.Shot
    outline: Region
    rng: np.random.Generator

    def again(self, lesion: Lesion | None, tilt: tuple[float, float] | None = None) -> phantom.Shot:
        """The same skin at another visit, with another lesion or none."""
        skin = self.scene.with_lesions([] if lesion is None else [lesion])
        return phantom.photograph(skin, visit(self.rng, 1.0, tilt), int(self.rng.integers(1 << 30)))

    def area_ratio(self, lesion: Lesion) -> float:
        """True area of a lesion over that of the baseline's."""
        kind, skins = str(lesion.kind), [self.scene.with_lesions([each]) for each in (lesion, self.lesion)]
        return skins[0].masked_area_mm2(kind) / skins[1].masked_area_mm2(kind)


def case(band: str, seed: int, *, bare: bool = False) -> Case:
    """A random scar on random skin of a tone band; ``bare`` draws the outline of the scar on skin without it."""
    rng = np.random.default_rng([seed, *band.encode()])
    site = phantom.SITES[SITES[int(rng.integers(len(SITES)))]]
    spec = phantom.SceneSpec(site=site, ita=float(rng.uniform(*BANDS[band])), frame_mm=FRAME_MM, px_per_mm=PX_PER_MM)
    scene, lesion = phantom.make_scene(spec, seed), random_lesion(rng, seed)
    asked = visit(rng, 0.0)
    with_scar = phantom.photograph(scene.with_lesions([lesion]), asked, 1)
    outline = drawn(with_scar.mask(str(lesion.kind)), rng)
    shot = phantom.photograph(scene, asked, 1) if bare else with_scar
    return Case(band, seed, scene, lesion, shot, outline, rng)


def random_lesion(rng: np.random.Generator, seed: int) -> Lesion:
    """A scar 4 to 8 mm across or a line 2.2 to 4.5 mm wide, redder and darker, or paler, than the skin."""
    kind = KINDS[int(rng.integers(len(KINDS)))]
    at = (float(rng.uniform(-2, 2)), float(rng.uniform(-2, 2)))
    turn = float(rng.uniform(0, 180))
    dark = rng.uniform() < (0.5 if kind is Kind.STRETCH_MARK else 0.85)
    blood = float(rng.uniform(1.6, 3.0) if dark else rng.uniform(0.4, 0.7))
    melanin = float(rng.uniform(1.0, 1.35) if dark else rng.uniform(0.6, 0.8))
    if kind in (Kind.SURGICAL, Kind.STRETCH_MARK):
        width, length = float(rng.uniform(2.2, 4.5)), float(rng.uniform(16, 24))
        depth = -rng.uniform(0.05, 0.25) if kind is Kind.SURGICAL else rng.uniform(0.02, 0.08)
    else:
        width = float(rng.uniform(4, 8))
        length = width * float(rng.uniform(1, 1.4))
        depth = rng.uniform(0.1, 0.35) if kind is Kind.BOXCAR else -rng.uniform(0.1, 0.4)
    return Lesion(kind, at, width, length, float(depth), turn, blood, melanin, seed)


def visit(rng: np.random.Generator, spread: float, tilt: tuple[float, float] | None = None) -> phantom.Visit:
    """A photo of a standard room; what differs between two visits is scaled by ``spread``."""
    r = lambda sd: float(spread * sd * rng.standard_normal())  # noqa: E731
    return phantom.Visit(
        pose=phantom.Pose(
            rotation_deg=r(2), shift_mm=(r(0.6), r(0.6)), tilt_deg=tilt or (r(1.5), r(1.5)), zoom=1 + r(0.02),
            stretch_mm=0.3 * spread, seed=int(rng.integers(1000)),
        ),
        light=phantom.Light(azimuth_deg=225 + r(3), elevation_deg=55 + r(2)),
        camera=phantom.Camera(
            exposure=1 + r(0.06), white_balance=(1 + r(0.03), 1.0, 1 + r(0.03)), blur_px=0.5 + abs(r(0.1))
        ),
    )  # fmt: skip


def drawn(mask: Mask, rng: np.random.Generator) -> Region:
    """The outline as a person would draw it: a little too large or too small, and wandering."""
    inside = mask.astype(np.uint8)
    edge, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    offset = rng.normal(0, DRAWN_SD) * mask.sum() / max(1, sum(len(part) for part in edge))
    signed = cv2.distanceTransform(inside, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    wander = cv2.GaussianBlur(rng.standard_normal(mask.shape).astype(np.float32), (0, 0), 12)
    return Region.from_mask("drawn", np.asarray(signed + offset + WOBBLE_PX * wander / wander.std() > 0, bool))


def photo(shot: phantom.Shot, name: str) -> Photo:
    return Photo(name, name, shot.encoded)


def carried(first: phantom.Shot, second: phantom.Shot, points: Points) -> Points:
    """True places of baseline pixels in the follow-up, far outside where they cannot be seen."""
    moved = phantom.carry(first, second, points)
    return np.where(np.isfinite(moved), moved, -99.0)


def faded(lesion: Lesion, area: float, left: float, depth: float) -> Lesion:
    """The lesion with a share of its area and of its contrast left."""
    return lesion.changed(area=area, blood=left, melanin=left, depth=depth)


def tilted(rng: np.random.Generator) -> tuple[float, float]:
    """A tilt of 10 to 30 degrees in any direction."""
    size, turn = float(rng.uniform(10, 30)), float(rng.uniform(0, 2 * np.pi))
    return size * float(np.cos(turn)), size * float(np.sin(turn))
