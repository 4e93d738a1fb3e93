"""From a painted scene to what the network is given: photo, prompt, view, evidence, truth."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tracker.imaging.colour import encoded_to_linear
from tracker.imaging.outline.evidence import FARTHEST, RECIPES, Place, View, member
from tracker.imaging.outline.propagation import FARTHEST_DEPTH, PLACE_MOST, PLACE_SLOPE
from tracker.imaging.outline.proposal import depth_of, place_of
from tracker.imaging.types import Box, Mask, Region
from tracker.phantom import Camera
from tracker.phantom.camera import record

Bytes = NDArray[np.uint8]
Plane = NDArray[np.float32]
VIEW = 160
"""Side of a view in pixels, as ``evidence.WORKING_SIDE``."""
SHARE = 2.2
"""View over the prompt's longer side, 1 + 2 x ``evidence.MARGIN``."""
KINDS = ("none", "box", "drawing", "carried")
_LINEAR = encoded_to_linear(np.arange(256) / 255).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Sample:
    """One view in bytes: pixels sRGB, truth and evidence 0 to 255, place -127 to 127, kind an index of KINDS."""

    pixels: Bytes
    truth: Bytes
    place: NDArray[np.int8]
    evidence: Bytes
    kind: int


def exposed(linear: Plane, truth: Plane, rng: Generator) -> tuple[Bytes, Plane]:
    """A photo of the scene by a random camera, and the truth at the photo's size."""
    if rng.uniform() < 0.4:
        scale = rng.uniform(0.3, 1.0)
        size = round(linear.shape[1] * scale), round(linear.shape[0] * scale)
        linear, truth = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (linear, truth))
    gains = np.exp(rng.normal(0, 0.10, 3))
    light = np.asarray(linear * (rng.uniform(0.5, 1.1) / max(float(np.percentile(linear, 98)), 0.05)), np.float32)
    camera = Camera(
        white_balance=(float(gains[0]), 1.0, float(gains[2])),
        blur_px=float(rng.uniform(0.3, 1.3)),
        noise=float(rng.uniform(0.2, 2.5)),
        contrast=float(rng.uniform(0, 0.8)) if rng.uniform() < 0.4 else 0.0,
    )
    return compressed(record(light, camera, rng), rng), truth


def compressed(encoded: Bytes, rng: Generator) -> Bytes:
    """The photo after JPEG of quality 40 to 95."""
    bgr = cv2.cvtColor(encoded, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 96))])
    return np.asarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)


def blacked(pixels: Bytes, truth: Plane, rng: Generator) -> tuple[Bytes, Plane]:
    """Now and then the black border of a padded photo on one or two sides."""
    if rng.uniform() > 0.15:
        return pixels, truth
    pixels, truth = pixels.copy(), truth.copy()
    for _ in range(int(rng.integers(1, 3))):
        pixels, truth = np.rot90(pixels).copy(), np.rot90(truth).copy()
        free = np.flatnonzero(truth.max(axis=1) > 0.3)
        first = int(free[0]) if len(free) else pixels.shape[0] // 3
        rows = int(rng.uniform(0, 1) * first)
        pixels[:rows], truth[:rows] = 0, 0
    return pixels, truth


def prompted(pixels: Bytes, truth: Plane, rng: Generator, *, kind: str) -> Sample | None:
    """A view scaled to a jittered prompt around the lesion; None where the lesion is smaller than 12 pixels.

    Parameters
    ----------
    pixels : ndarray of uint8
        The photo.
    truth : ndarray of float32
        0 to 1, of the prompted lesion.
    rng : numpy.random.Generator
        Source of chance.
    kind : str
        ``"box"``, ``"drawing"`` or ``"carried"``.
    """
    inside = np.asarray(truth >= 0.5)
    if int(inside.sum()) < 12:
        return None
    rough = _boxed(inside, rng) if kind == "box" else _drawn(inside, rng, carried=kind == "carried")
    if not rough.any():
        return None
    box = Region.from_mask("drawn", rough).box
    side = SHARE * max(box.width, box.height) * np.exp(rng.normal(0, 0.08))
    middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    view, mask = _cut(pixels, middle, side, VIEW / side), _cut(truth, middle, side, VIEW / side)
    placed = _cut(rough.astype(np.float32), middle, side, VIEW / side) > 0.5
    if not placed.any():
        return None
    seen = View(Box(0, 0, VIEW, VIEW), _LINEAR[view], np.asarray(view.max(axis=2) > 0))
    region = Region.from_mask("drawn", placed)
    place = _place(region, seen, kind)
    shown = np.clip(1 - place.depth, -1, 1)
    if kind == "box":
        shown = np.where(placed, shown, -1.0)
    soft = member(seen, place, RECIPES[0])
    return _packed(view, mask * seen.lit, shown, soft, kind)


def unprompted(pixels: Bytes, truth: Plane, rng: Generator, *, zoom: float) -> Sample:
    """A view somewhere in the photo, without a prompt; every lesion in it counts."""
    side = VIEW / zoom
    middle = tuple(float(rng.uniform(min(side, n) / 2, max(n - side / 2, side / 2))) for n in pixels.shape[1::-1])
    view, mask = _cut(pixels, middle, side, zoom), _cut(truth, middle, side, zoom)
    empty = np.zeros(mask.shape, np.float32)
    return _packed(view, mask * (view.max(axis=2) > 0), empty, empty + 0.5, "none")


def around(pixels: Bytes, rng: Generator) -> Sample | None:
    """A prompt of any kind on skin without a lesion: the answer is nothing."""
    height, width = pixels.shape[:2]
    spot = np.zeros((height, width), np.float32)
    axes = tuple(int(rng.uniform(0.12, 0.2) * min(height, width)) for _ in range(2))
    cv2.ellipse(spot, (width // 2, height // 2), axes, rng.uniform(0, 180), 0, 360, 1.0, cv2.FILLED)
    sample = prompted(pixels, spot, rng, kind=KINDS[int(rng.integers(1, 4))])
    return sample and Sample(sample.pixels, np.zeros_like(sample.truth), sample.place, sample.evidence, sample.kind)


def _packed(view: Bytes, mask: Plane, shown: Plane, soft: Plane, kind: str) -> Sample:
    truth, evidence = (np.rint(255 * np.clip(plane, 0, 1)).astype(np.uint8) for plane in (mask, soft))
    return Sample(view, truth, np.rint(127 * shown).astype(np.int8), evidence, KINDS.index(kind))


def _cut(plane: np.ndarray, middle: tuple[float, ...], side: float, zoom: float) -> np.ndarray:
    """A square of the photo at the view's scale; black outside the photo."""
    source = cv2.GaussianBlur(plane, (0, 0), 0.4 / zoom) if zoom < 0.7 else plane
    corner = [at - side / 2 for at in middle]
    # Pixel centres: (x + 0.5) * zoom - 0.5, as cv2.resize does.
    matrix = np.array([[zoom, 0, zoom * (0.5 - corner[0]) - 0.5], [0, zoom, zoom * (0.5 - corner[1]) - 0.5]])
    return cv2.warpAffine(source, matrix, (VIEW, VIEW), flags=cv2.INTER_LINEAR)


def _place(region: Region, seen: View, kind: str) -> Place:
    if kind != "carried":
        return place_of(region, seen)
    depth = depth_of(region, seen)
    odds = np.clip(PLACE_SLOPE * (1.0 - depth), -PLACE_MOST, PLACE_MOST)
    return Place(np.where(depth > FARTHEST_DEPTH, FARTHEST, odds).astype(np.float32), depth)


def _boxed(inside: Mask, rng: Generator) -> Mask:
    """The bounding box with 2 to 20 % of margin; one in eight cuts into the lesion by up to 5 %."""
    box = Region.from_mask("lesion", inside).box
    long, common = max(box.width, box.height), rng.uniform(0.02, 0.2)
    sides = np.maximum(common + rng.normal(0, 0.04, 4), 0.0)
    if rng.uniform() < 0.12:
        sides[rng.integers(4)] = -rng.uniform(0, 0.05)
    left, top, right, bottom = np.rint(sides * long).astype(int)
    out = np.zeros_like(inside)
    out[max(0, box.top - top) : box.bottom + bottom, max(0, box.left - left) : box.right + right] = True
    return out


def _drawn(inside: Mask, rng: Generator, *, carried: bool) -> Mask:
    """The lesion drawn in haste, or carried from another session: shifted, turned, scaled, with another wobble."""
    height, width = inside.shape
    rows, columns = np.nonzero(inside)
    radius, middle = float(np.sqrt(inside.sum() / np.pi)), (float(columns.mean()), float(rows.mean()))
    area = float(np.exp(rng.uniform(np.log(0.6), np.log(1.5)))) if carried else float(rng.uniform(0.75, 1.3))
    matrix = cv2.getRotationMatrix2D(middle, rng.normal(0, 8 if carried else 2), area**0.5)
    shift = (0.3 if carried else 0.12) * radius * rng.uniform(0, 1)
    turn = rng.uniform(0, 2 * np.pi)
    matrix[:, 2] += shift * np.cos(turn), shift * np.sin(turn)
    moved = cv2.warpAffine(inside.astype(np.uint8), matrix, (width, height), flags=cv2.INTER_LINEAR)
    signed = cv2.distanceTransform(moved, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - moved, cv2.DIST_L2, 5)
    cells = max(4, round(2 * min(height, width) / max(radius, 4.0)))
    wobble = cv2.resize(rng.standard_normal((cells, cells)).astype(np.float32), (width, height), None, 0, 0, 2)
    return np.asarray(signed + rng.uniform(0.02, 0.14) * radius * wobble > 0)
