"""How a training scene looks: backgrounds, light, skin tone, blur, noise, JPEG; and scenes without a face."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.colour import encoded_to_linear, linear_to_encoded
from tracker.phantom import flat_patch
from tracker.phantom.optics import BLOOD_OD, MELANIN_OD

Picture = NDArray[np.uint8]
PLAIN = 0.4
"""Share of scenes with the light and the camera of the photo itself, but for a few per cent of gain."""
_LINEAR = encoded_to_linear(np.arange(256) / 255.0)


def developed(rgb: Picture, rng: np.random.Generator) -> Picture:
    """The scene in other light, on skin of another tone, through another camera.

    Melanin and blood act multiplicatively on linear light (Beer-Lambert), so a change of tone is one table per channel.
    Two scenes of five keep their light and camera nearly, because good clinical photos are what most answers are for.
    """
    if rng.random() < PLAIN:
        gain = np.exp(rng.normal(0, 0.05) + rng.normal(0, 0.03, 3))
        table = np.rint(255 * linear_to_encoded(_LINEAR[:, None] * gain)).astype(np.uint8)
        return np.asarray(cv2.LUT(rgb, table[None]), np.uint8)
    melanin, blood = (rng.uniform(-0.5, 1.2), rng.uniform(-0.3, 0.4)) if rng.random() < 0.5 else (0.0, 0.0)
    gain = np.exp(rng.normal(-0.1, 0.3) + rng.normal(0, 0.1, 3) - melanin * MELANIN_OD - blood * BLOOD_OD)
    levels = linear_to_encoded(_LINEAR[:, None] * gain) ** np.exp(rng.normal(0, 0.2))
    table = np.rint(255 * levels).astype(np.uint8)
    out = np.asarray(cv2.LUT(rgb, table[None]), np.uint8)
    if rng.random() < 0.4:
        out = _lit(out, rng)
    if rng.random() < 0.1:
        out = np.asarray(cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)
    if rng.random() < 0.3:
        out = _blurred(out, rng)
    if rng.random() < 0.4:
        out = _noisy(out, rng)
    if rng.random() < 0.25:
        _, code = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))])
        out = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
    return out


def _lit(rgb: Picture, rng: np.random.Generator) -> Picture:
    """Shaded from one side, or with the edge of a shadow across it."""
    side = rgb.shape[0]
    y, x = np.mgrid[-1:1:16j, -1:1:16j]
    turn = rng.uniform(0, 2 * np.pi)
    along = x * np.cos(turn) + y * np.sin(turn) + rng.uniform(-0.5, 0.5)
    depth, sharp = rng.uniform(0.1, 0.6), np.exp(rng.uniform(-0.5, 2.0))
    gain = (1 - depth / (1 + np.exp(-4 * sharp * along))).astype(np.float32)
    field = cv2.resize(gain, (side, side), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.minimum(rgb * field[..., None] * np.float32(rng.uniform(0.9, 1.3)), 255), np.uint8)


def _blurred(rgb: Picture, rng: np.random.Generator) -> Picture:
    if rng.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(rgb, (0, 0), rng.uniform(0.4, 1.8)), np.uint8)
    side, few = rgb.shape[0], int(rgb.shape[0] / rng.uniform(1.2, 3.0))
    small = cv2.resize(rgb, (few, few), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)


@cache
def _noise() -> NDArray[np.float32]:
    """One large sheet of unit noise; scenes take a window of it, as drawing it anew costs more than all else here."""
    return np.random.default_rng(0).standard_normal((512, 512, 3)).astype(np.float32)


def _noisy(rgb: Picture, rng: np.random.Generator) -> Picture:
    side = rgb.shape[0]
    top, left = rng.integers(0, 512 - side, 2)
    added = rgb + _noise()[top : top + side, left : left + side] * np.float32(rng.uniform(1, 12))
    return np.asarray(np.clip(added, 0, 255), np.uint8)


def texture(side: int, rng: np.random.Generator) -> Picture:
    """A background: a flat colour, a gradient, clouds at a random scale, or clouds with lines and shapes."""
    colour = rng.uniform(0, 255, 3)
    kind = rng.integers(4)
    if kind == 0:
        return np.full((side, side, 3), colour, np.uint8)
    cells = 2 if kind == 1 else int(rng.integers(3, 24))
    clouds = colour + rng.normal(0, rng.uniform(10, 70), (cells, cells, 3))
    grown = cv2.resize(clouds.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    out = np.ascontiguousarray(np.clip(grown, 0, 255), np.uint8)
    for _ in range(int(rng.integers(2, 10)) if kind == 3 else 0):
        a, b = (tuple(int(v) for v in rng.uniform(0, side, 2)) for _ in range(2))
        tint = tuple(float(v) for v in rng.uniform(0, 255, 3))
        if rng.random() < 0.5:
            cv2.line(out, a, b, tint, int(rng.integers(1, 8)))
        else:
            cv2.ellipse(out, a, (abs(b[0] - a[0]) // 2 + 1, abs(b[1] - a[1]) // 2 + 1), 0, 0, 360, tint, -1)
    return out


def faceless(faces: list[Picture], side: int, rng: np.random.Generator) -> Picture:
    """A scene without a face: bare skin, fingers, a chart, clouds, or parts of photos that show no whole face.

    Parameters
    ----------
    faces : list of ndarray
        Upright crops of whole faces (any side), from which plain patches are cut and scrambled faces are laid.
    """
    kind = rng.integers(6)
    if kind == 0:
        out = _skin(side, rng)
    elif kind == 1:
        out = _fingers(side, rng, faces)
    elif kind == 2:
        out = _chart(side, rng)
    elif kind == 3:
        out = texture(side, rng)
    elif kind == 4:
        out = _scrambled(faces[rng.integers(len(faces))], side, rng)
    else:
        out = _part(faces[rng.integers(len(faces))], side, rng)
    return developed(out, rng)


def _part(face: Picture, side: int, rng: np.random.Generator) -> Picture:
    """A patch of a third of a face's crop or less: a cheek, an ear, hair, one eye; turned by any angle."""
    full = face.shape[0]
    width = rng.uniform(0.1, 0.3) * full
    at = rng.uniform(0.1, 0.9, 2) * full
    turn = cv2.getRotationMatrix2D((float(at[0]), float(at[1])), float(rng.uniform(0, 360)), side / width)
    turn[:, 2] += side / 2 - at
    return np.asarray(cv2.warpAffine(face, turn, (side, side), borderMode=cv2.BORDER_REFLECT), np.uint8)


def _scrambled(face: Picture, side: int, rng: np.random.Generator) -> Picture:
    """The face's patches in another order: all its parts, none of its arrangement."""
    n = int(rng.integers(2, 6))
    cell = side // n
    whole = cv2.resize(face, (cell * n, cell * n), interpolation=cv2.INTER_AREA)
    cells = [whole[r * cell : (r + 1) * cell, c * cell : (c + 1) * cell] for r in range(n) for c in range(n)]
    mixed = [np.rot90(cells[i], int(rng.integers(4))) for i in rng.permutation(n * n)]
    rows = [np.hstack(mixed[r * n : (r + 1) * n]) for r in range(n)]
    return np.asarray(cv2.resize(np.vstack(rows), (side, side)), np.uint8)


def _chart(side: int, rng: np.random.Generator) -> Picture:
    """A colour chart: a grid of flat patches on a frame."""
    rows, columns = rng.integers(2, 7, 2)
    patches = np.zeros((rows * 8, columns * 8, 3), np.uint8) + rng.integers(0, 255, 3).astype(np.uint8)
    for r in range(rows):
        for c in range(columns):
            patches[r * 8 + 1 : r * 8 + 7, c * 8 + 1 : c * 8 + 7] = rng.integers(0, 255, 3)
    turn = cv2.getRotationMatrix2D((columns * 4.0, rows * 4.0), float(rng.uniform(0, 360)), side / rng.uniform(30, 90))
    turn[:, 2] += side / 2 - np.array([columns * 4.0, rows * 4.0])
    laid = cv2.warpAffine(patches, turn, (side, side), borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0))
    there = cv2.warpAffine(np.full(patches.shape[:2], 255, np.uint8), turn, (side, side))
    return np.where(there[..., None] > 127, laid, texture(side, rng)).astype(np.uint8)


def _fingers(side: int, rng: np.random.Generator, faces: list[Picture]) -> Picture:
    """Something like a hand or an arm: rounded bars of skin with shaded edges, fanned out from a palm."""
    out = texture(side, rng)
    face = faces[rng.integers(len(faces))]
    h = face.shape[0]
    # The lower cheek and the forehead of the crop: skin without features.
    r, c = [(0.24, 0.5), (0.6, 0.3), (0.6, 0.7)][rng.integers(3)]
    skin = face[int((r - 0.05) * h) : int((r + 0.05) * h), int((c - 0.05) * h) : int((c + 0.05) * h)]
    skin = cv2.resize(skin, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    palm = rng.uniform(0.3, 0.7, 2) * side
    width = rng.uniform(0.08, 0.2) * side
    start, fan = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.5)
    for i in range(int(rng.integers(1, 7))):
        mask = np.zeros((side, side), np.uint8)
        turn, reach = start + fan * i, rng.uniform(0.3, 0.9) * side
        tip = palm + reach * np.array([np.cos(turn), np.sin(turn)])
        thick = int(width * (3.0 if i == 0 and rng.random() < 0.6 else 1.0))
        cv2.line(mask, tuple(int(v) for v in palm), tuple(int(v) for v in tip), 255, max(2, thick))
        # Darker towards the edge, as a cylinder is, and a line where two fingers meet.
        deep = np.minimum(cv2.distanceTransform(mask, cv2.DIST_L2, 3) / (0.5 * max(2, thick)), 1)
        shade = (0.45 + 0.55 * np.sqrt(deep))[..., None] * np.float32(rng.uniform(0.85, 1.15))
        out = np.where(mask[..., None] > 0, np.clip(skin * shade, 0, 255), out).astype(np.uint8)
    return out


@cache
def _patches() -> tuple[Picture, ...]:
    """Phantom skin of several sites and tones."""
    return tuple(_phantom(i) for i in range(24))


def _phantom(seed: int) -> Picture:
    ita = float(np.random.default_rng(seed).uniform(-50, 60))
    return np.rint(255 * linear_to_encoded(flat_patch(ita, side_px=256, seed=seed))).astype(np.uint8)


def _skin(side: int, rng: np.random.Generator) -> Picture:
    """A window of phantom skin, at times with spots on it."""
    sheet = _patches()[rng.integers(len(_patches()))]
    width = int(rng.integers(40, 256))
    top, left = rng.integers(0, 257 - width, 2)
    out = cv2.resize(sheet[top : top + width, left : left + width], (side, side), interpolation=cv2.INTER_LINEAR)
    for _ in range(int(rng.integers(0, 8))):
        at = tuple(int(v) for v in rng.uniform(0, side, 2))
        spot = np.zeros((side, side), np.float32)
        axes = tuple(int(v) for v in rng.uniform(1, 0.12 * side, 2))
        cv2.ellipse(spot, at, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        spot = cv2.GaussianBlur(spot, (0, 0), rng.uniform(0.5, 4)) * np.float32(rng.uniform(0.1, 0.8))
        out = (out * (1 - spot[..., None] * rng.uniform(0.3, 1.0, 3))).astype(np.uint8)
    return np.asarray(out, np.uint8)
