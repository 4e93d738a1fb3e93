"""Skin to paint on: patches of faces with a licence that allows it, and fully synthetic skin."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from outline_shapes import SIDE, Plane, noise

from tracker.imaging import regions
from tracker.imaging.colour import encoded_to_linear
from tracker.imaging.decode import open_photo
from tracker.imaging.types import LinearRGB
from tracker.phantom.optics import MELANIN_OD, melanin_for_ita, skin_log_colour

FOLDS = 5
ITA = (-50.0, 60.0)
"""Tones of synthetic skin and of the phantom, drawn uniformly."""
_LINEAR = encoded_to_linear(np.arange(256) / 255).astype(np.float32)


def london(photos: Path, fold: int) -> list[Path]:
    """Both shots of the people of a fold: index of the person, sorted by number, modulo 5."""
    folder = photos / "faces_london"
    people = sorted({path.name[:3] for path in folder.glob("*_neutral.jpg")})
    held = {person for at, person in enumerate(people) if at % FOLDS == fold}
    return sorted(path for path in folder.glob("*.jpg") if path.name[:3] in held)


def free(photos: Path) -> list[Path]:
    """The CC0 portraits."""
    return sorted((photos / "faces_cc0").glob("*.jpg"))


def patches(paths: list[Path], each: int, rng: Generator) -> Iterator[LinearRGB]:
    """Random windows of 70 to 600 pixels around skin, of any tone, brought to the canvas.

    Parameters
    ----------
    paths : list of Path
        Photos, each decoded once.
    each : int
        Windows per photo.
    rng : numpy.random.Generator
        Source of chance.
    """
    for path in paths:
        photo = open_photo(path)
        rows, columns = np.nonzero(regions.skin_mask(photo))
        if len(rows) < 1000:
            continue
        pixels = photo.encoded
        for _ in range(each):
            pick = int(rng.integers(len(rows)))
            yield _window(pixels, (int(columns[pick]), int(rows[pick])), rng)


def _window(pixels: NDArray[np.uint8], centre: tuple[int, int], rng: Generator) -> LinearRGB:
    side = float(np.exp(rng.uniform(np.log(70), np.log(min(600, *pixels.shape[:2])))))
    zoom, turn = SIDE / side, rng.uniform(0, 360)
    matrix = cv2.getRotationMatrix2D(centre, turn, zoom)
    matrix[:, 2] += SIDE / 2 - np.array(centre)
    reduced = pixels
    if zoom < 0.6:
        reduced = cv2.GaussianBlur(pixels, (0, 0), 0.4 / zoom)
    cut = cv2.warpAffine(reduced, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    linear = _LINEAR[cut]
    # Other tones by the phantom's optics: the London people are mostly light.
    linear = linear * np.exp(-np.maximum(rng.normal(0.2, 0.8), -0.2) * MELANIN_OD).astype(np.float32)
    if zoom > 1.3:
        linear = linear * np.exp(rng.uniform(0, 0.04) * noise(rng, 1.0))[..., None]
    return np.asarray(linear, np.float32)


def synthetic(rng: Generator) -> LinearRGB:
    """Skin from maps of melanin and blood that vary at every scale, on a curved body in uneven light."""
    maps: list[Plane] = []
    for start, strength in ((np.log(melanin_for_ita(float(rng.uniform(*ITA)))), 0.12), (np.log(0.007), 0.25)):
        sum_ = np.full((SIDE, SIDE), start, np.float32)
        for sigma in (1.5, 4.0, 12.0, 35.0):
            sum_ += np.float32(strength * rng.uniform(0, 1) ** 2) * noise(rng, sigma * rng.uniform(0.7, 1.4))
        maps.append(sum_)
    grain = rng.uniform(0, 0.06) * noise(rng, rng.uniform(1, 2.5)) + rng.uniform(0, 0.05) * noise(rng, 5)
    return np.asarray(np.exp(skin_log_colour(maps[0], maps[1]) + grain[..., None]), np.float32)
