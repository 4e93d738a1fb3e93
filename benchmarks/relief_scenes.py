"""Rendered skin with planted wrinkles, pores, hairs and freckles, and where they truly are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import phantom_scenes as scenes
from scipy.spatial import cKDTree

from tracker import phantom
from tracker.imaging import calibrate, pipeline
from tracker.imaging.measure import pores, relief, texture, wrinkles
from tracker.imaging.measure.relief import ReliefPair
from tracker.imaging.measure.sharpness import BlurMatch, match_edges
from tracker.imaging.types import Measurement, Photo, Region
from tracker.phantom import Kind, Lesion

PX_PER_MM, FRAME_MM = 16.5, (96.0, 92.0)
"""Of the photos with a card; a zoom of 0.94, three SD of what visits differ by, leaves 15.5 px per mm."""
CARD_MM, CENTRE_MM, RADII_MM = (0.0, -12.0), (0.0, 29.0), (20.0, 11.0)
SMALL_MM = (36.0, 36.0)  # of the photos without a card
EDGE_MM = 3.0
SAME = BlurMatch((0.0, 0.0), 0.0)
LEAST_DROP = 0.04  # ln Y: what counts as planted
BELONGS_MM = 0.5  # a line whose points lie this near to a planted one is that one
LEAST_PORE_PX = 5.0


@dataclass(frozen=True)
class Seen:
    """One photo with what is measured in it."""

    shot: phantom.Shot
    photo: Photo
    region: Region
    px_per_mm: float
    blur: tuple[float, float]


def person(
    band: str, seed: int, site: phantom.Site, px_per_mm: float, frame_mm: tuple[float, float]
) -> tuple[phantom.Scene, np.random.Generator]:
    rng = np.random.default_rng([seed, 77, *band.encode()])
    spec = phantom.SceneSpec(
        site=site, ita=float(rng.uniform(*scenes.BANDS[band])), frame_mm=frame_mm, px_per_mm=px_per_mm
    )
    return phantom.make_scene(spec, int(rng.integers(2**31))), rng


def wrinkled(rng: np.random.Generator, centre_mm: tuple[float, float], down_mm: float, count: int) -> list[Lesion]:
    """Wrinkles one below the other, from fine lines to creases."""
    turn = float(rng.uniform(-35, 35))
    return [
        Lesion(
            Kind.WRINKLE, (centre_mm[0] + rng.uniform(-3, 3), centre_mm[1] + (i + 0.5 - count / 2) * down_mm),
            rng.uniform(0.4, 0.9), rng.uniform(8, 20), rng.uniform(0.03, 0.25), angle_deg=turn + rng.uniform(-8, 8),
            seed=int(rng.integers(10**6)),
        )
        for i in range(count)
    ]  # fmt: skip


def with_card(scene: phantom.Scene, rng: np.random.Generator, shine: float, seed: int) -> Seen:
    """A photo of a visit with the card read, as the program reads it; the region is where the skin went."""
    asked = replace(scenes.visit(rng, shine), targets=(phantom.Placement(phantom.tracker_card(), CARD_MM),))
    shot = phantom.photograph(scene, asked, seed)
    photo = pipeline.prepare(Photo(str(seed), str(seed), shot.encoded))
    turn = np.linspace(0, 2 * np.pi, 90)
    edge = np.array(CENTRE_MM) + np.stack([RADII_MM[0] * np.cos(turn), RADII_MM[1] * np.sin(turn)], 1)
    mask = np.zeros(shot.encoded.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(shot.geometry.to_photo(edge)).astype(np.int32)], 1)
    region = Region.from_mask("drawn", mask > 0)
    found = photo.calibration
    scale = calibrate.px_per_mm(found, region) if found is not None and found.mm_to_px is not None else float("nan")
    blur = calibrate.edge_blur(photo, found)
    return Seen(shot, photo, region, scale, (blur.variance_mm2, blur.error_mm2))


def small(scene: phantom.Scene, asked: phantom.Visit, seed: int) -> Seen:
    """A photo without a card: its scale is taken from the scene."""
    shot = phantom.photograph(scene, asked, seed)
    mask = np.zeros(shot.encoded.shape[:2], bool)
    edge = round(EDGE_MM * scene.spec.px_per_mm)
    mask[edge:-edge, edge:-edge] = True
    photo = Photo(str(seed), str(seed), shot.encoded)
    return Seen(shot, photo, Region.from_mask("drawn", mask), scene.spec.px_per_mm, (0.0, 0.0))


def laid(first: Seen, second: Seen, match: BlurMatch | None = None) -> ReliefPair:
    """Both photos as the measures want them; the alignment is the true one."""
    middle, reach = (CENTRE_MM, RADII_MM) if first.shot.visit.targets else ((0.0, 0.0), (15.0, 15.0))
    x, y = np.meshgrid(np.linspace(-0.83, 0.83, 6) * reach[0], np.linspace(-0.83, 0.83, 6) * reach[1])
    points = np.array(middle) + np.stack([x.ravel(), y.ravel()], 1)
    return relief.lay(
        (first.photo, second.photo),
        (first.region, second.region),
        (first.px_per_mm, second.px_per_mm),
        (first.shot.geometry.to_photo(points), second.shot.geometry.to_photo(points)),
        match_edges(first.blur, second.blur) if match is None else match,
    )


def measures(pair: ReliefPair) -> list[tuple[Measurement, Measurement]]:
    found = wrinkles.find(pair)
    return [texture.measure(pair), *wrinkles.measure(pair, found), *pores.measure(pair, pores.find(pair, found))]


def wrinkle_truth(scene: phantom.Scene, asked: phantom.Visit) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Per planted wrinkle: photo pixels along its darkest line, its drop in ln Y there, and mm between them.

    The drop is the difference of two photos without noise, with and without the wrinkles.
    """
    quiet = replace(asked, camera=replace(asked.camera, noise=0.0))
    plain = scene.with_lesions(())
    shots = [phantom.photograph(skin, quiet, 0) for skin in (scene, plain)]
    logs = [np.log(np.maximum(Photo("", "", s.encoded).linear() @ [0.2126, 0.7152, 0.0722], 1e-3)) for s in shots]
    change, out = (logs[0] - logs[1]).astype(np.float32), []
    across = np.linspace(-1.5, 1.5, 61)
    for lesion in scene.spec.lesions:
        along = np.linspace(-0.5, 0.5, int(lesion.length_mm / 0.05)) * lesion.length_mm
        c, s = np.cos(np.radians(lesion.angle_deg)), np.sin(np.radians(lesion.angle_deg))
        x = lesion.centre_mm[0] + along[:, None] * c - across * s
        y = lesion.centre_mm[1] + along[:, None] * s + across * c
        at = shots[0].geometry.to_photo(np.stack([x.ravel(), y.ravel()], 1)).reshape(*x.shape, 2).astype(np.float32)
        profile = cv2.remap(change, at[..., 0], at[..., 1], cv2.INTER_LINEAR)
        profile = cv2.GaussianBlur(profile, (1, 49), sigmaX=1, sigmaY=8)  # 0.4 mm along the line
        darkest = profile.argmin(1), np.arange(len(along))
        out.append((at[darkest[1], darkest[0]], -profile[darkest[1], darkest[0]], lesion.length_mm / len(along)))
    return out


def wrinkle_score(seen: Seen, truth: Sequence[tuple[np.ndarray, np.ndarray, float]]) -> tuple[list[dict], float]:
    """Planted and found length (mm) of each wrinkle, and the length density of all other lines (mm/cm2)."""
    pair = laid(seen, seen, SAME)
    found, piece = wrinkles.find(pair)[0], pair.patches[0]
    k, corner = seen.px_per_mm, np.zeros(2)  # the patch reaches the corner of the photo: EDGE_MM is its margin
    trees = [cKDTree(points[drop >= LEAST_DROP] / k - corner) if (drop >= LEAST_DROP).any() else None
             for points, drop, _ in truth]  # fmt: skip
    got, other = np.zeros(len(truth)), 0.0
    for line, weight in zip(found.wrinkles, found.weights, strict=True):
        points = np.stack([line.x_mm, line.y_mm], 1)
        near = np.array([tree.query(points)[0] <= BELONGS_MM if tree else np.zeros(len(points), bool)
                         for tree in trees]) if trees else np.zeros((1, len(points)), bool)  # fmt: skip
        length = weight * line.length_mm
        got += length * near.mean(1)
        other += length * float((~near.any(0)).mean())
    rows = [
        {"drop": float(np.median(drop[drop >= LEAST_DROP])), "planted": float((drop >= LEAST_DROP).sum() * step),
         "found": float(length)}
        for (_, drop, step), length in zip(truth, got, strict=True)
        if (drop >= LEAST_DROP).any()
    ]  # fmt: skip
    return rows, other / (piece.area_mm2 / 100)


def pore_score(seen: Seen) -> dict:
    """Planted pores of at least 5 px, those found, and spots that are none; smaller pores count neither way."""
    pair = laid(seen, seen, SAME)
    found = pores.find(pair, wrinkles.find(pair))[0]
    spots = found.position_mm[found.weight >= 0.5]
    scene, side = seen.shot.scene, SMALL_MM[0]
    out = {"spots": len(spots), "cm2": pair.fine[0].area_mm2 / 100}
    if not len(scene.pore_centres_mm):
        return {**out, "planted": 0, "found": 0, "false": len(spots)}
    true = seen.shot.geometry.to_photo(scene.pore_centres_mm.astype(float)) / seen.px_per_mm
    diameter = scene.pore_diameters_mm
    distance, nearest = cKDTree(true).query(spots)
    hit = distance <= np.maximum(0.12, 0.6 * diameter[nearest])
    large = (diameter * seen.px_per_mm >= LEAST_PORE_PX) & ((true > EDGE_MM) & (true < side - EDGE_MM)).all(1)
    seen_ones = np.zeros(len(true), bool)
    seen_ones[nearest[hit]] = True
    return {**out, "planted": int(large.sum()), "found": int(seen_ones[large].sum()), "false": int((~hit).sum())}
