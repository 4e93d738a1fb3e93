"""The training set: views in bytes, made once from the seed, kept beside the checkpoints, never in the repository."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import outline_phantom
from numpy.random import Generator
from numpy.typing import NDArray
from outline_paint import Style, cluttered, painted, random_style, shaded
from outline_prompts import KINDS, Sample, around, blacked, exposed, prompted, unprompted
from outline_shapes import SIDE, signed_distance
from outline_skin import FOLDS, free, london, patches, synthetic

from tracker.imaging.outline.proposal import LOOSENESS
from tracker.imaging.types import LinearRGB

PROMPTS = {"box": 0.45, "drawing": 0.25, "carried": 0.30}
"""Shares of the prompts where there is one."""


@dataclass(frozen=True, eq=False)
class Bank:
    """Many samples; see :class:`outline_prompts.Sample`. ``tone`` is the phantom's ITA, NaN elsewhere."""

    pixels: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    place: NDArray[np.int8]
    evidence: NDArray[np.uint8]
    kind: NDArray[np.int64]
    tone: NDArray[np.float64]

    @classmethod
    def of(cls, samples: list[tuple[Sample, float]]) -> Self:
        """The bank of samples with their tones."""
        planes = [
            np.stack([getattr(one, name) for one, _ in samples]) for name in ("pixels", "truth", "place", "evidence")
        ]
        return cls(*planes, np.array([one.kind for one, _ in samples]), np.array([tone for _, tone in samples]))

    @classmethod
    def joined(cls, banks: list[Self]) -> Self:
        """Several banks as one."""
        return cls(*(np.concatenate([getattr(bank, name) for bank in banks]) for name in cls.__dataclass_fields__))

    def __len__(self) -> int:
        return len(self.kind)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Self:
        """The samples of an index."""
        return type(self)(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def visible(self, least: float) -> NDArray[np.bool_]:
        """False where a prompted lesion is fewer standard deviations from its rim: nobody could outline it."""
        return np.array([self._seen(at, least) for at in range(len(self))])

    def tightened(self) -> Self:
        """With drawings shown by their own border, as carried outlines are: a network cannot tell the two apart."""
        looser = 1 - np.float32(LOOSENESS) * (1 - self.place.astype(np.float32) / 127)
        tight = np.rint(127 * np.clip(looser, -1, 1)).astype(np.int8)
        drawn = (self.kind == KINDS.index("drawing"))[:, None, None]
        return replace(self, place=np.where(drawn, tight, self.place))

    def _seen(self, at: int, least: float) -> bool:
        inside = (self.truth[at] > 127).astype(np.uint8)
        if KINDS[self.kind[at]] == "none" or not inside.any():
            return True
        rim = (cv2.dilate(inside, np.ones((13, 13), np.uint8)) - cv2.dilate(inside, np.ones((3, 3), np.uint8))) > 0
        lab = cv2.cvtColor(cv2.GaussianBlur(self.pixels[at], (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(np.float32)
        one, other = lab[inside > 0], lab[rim]
        if len(other) < 20:
            return True
        apart = (one.mean(0) - other.mean(0)) ** 2 / (0.5 * (one.var(0) + other.var(0)) + 0.5)
        return bool(apart.sum() > least**2)

    def save(self, path: Path) -> None:
        """To a file that :meth:`load` reads; half-written files do not stay."""
        part = path.with_suffix(".part.npz")
        np.savez(part, **{name: getattr(self, name) for name in self.__dataclass_fields__})
        part.rename(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """From a file."""
        with np.load(path) as data:
            return cls(*(data[name] for name in cls.__dataclass_fields__))


def scene(skin: LinearRGB, rng: Generator) -> Sample | None:
    """One sample painted into skin: prompted (72 %), several lesions without a prompt (18 %), or bare skin (10 %)."""
    case = rng.uniform()
    skin = shaded(skin, rng)
    if case < 0.10:
        pixels, truth = exposed(skin, np.zeros((SIDE, SIDE), np.float32), rng)
        pixels, truth = blacked(pixels, truth, rng)
        if rng.uniform() < 0.5:
            return around(pixels, rng)
        return unprompted(pixels, truth, rng, zoom=float(rng.uniform(1.0, 1.3)) * SIDE / pixels.shape[0])
    style = random_style(rng)
    if case < 0.28:
        skin, mask = _several(skin, style, rng)
        pixels, truth = blacked(*exposed(skin, mask, rng), rng)
        return unprompted(pixels, truth, rng, zoom=float(rng.uniform(0.7, 1.2)) * SIDE / pixels.shape[0])
    centre = SIDE / 2 + rng.uniform(-8, 8), SIDE / 2 + rng.uniform(-8, 8)
    distance = signed_distance(rng, float(rng.uniform(45, 95)), centre)
    if rng.uniform() < 0.35:
        skin = cluttered(skin, distance, rng)
    if rng.uniform() < 0.35:
        skin = _neighbours(skin, distance, style, rng)
    skin = painted(skin, distance, style, rng)
    pixels, truth = blacked(*exposed(skin, _soft(distance), rng), rng)
    kind = str(rng.choice(list(PROMPTS), p=list(PROMPTS.values())))
    return prompted(pixels, truth, rng, kind=kind)


def _soft(distance: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.clip(distance + 0.5, 0, 1), np.float32)


def _several(skin: LinearRGB, style: Style, rng: Generator) -> tuple[LinearRGB, NDArray[np.float32]]:
    mask = np.zeros((SIDE, SIDE), np.float32)
    longest = float(np.exp(rng.uniform(np.log(12), np.log(110))))
    for _ in range(int(rng.integers(1, 3 + round(120 / longest)))):
        centre = float(rng.uniform(20, SIDE - 20)), float(rng.uniform(20, SIDE - 20))
        distance = signed_distance(rng, longest * float(rng.uniform(0.6, 1.0)), centre)
        if (mask[distance > -4] > 0).any():
            continue
        skin = painted(skin, distance, style, rng)
        mask = np.maximum(mask, _soft(distance))
    return skin, mask


def _neighbours(skin: LinearRGB, distance: NDArray[np.float32], style: Style, rng: Generator) -> LinearRGB:
    """Other lesions beside the prompted one, not meant by the prompt."""
    for _ in range(int(rng.integers(1, 4))):
        centre = float(rng.uniform(0, SIDE)), float(rng.uniform(0, SIDE))
        other = signed_distance(rng, float(rng.uniform(10, 60)), centre)
        other = np.minimum(other, -distance - 4)
        if (other > 0).sum() > 20:
            skin = painted(skin, other, style if rng.uniform() < 0.7 else random_style(rng), rng)
    return skin


def of_phantom(count: int, rng: Generator) -> Iterator[tuple[Sample, float]]:
    """Views of whole photos of the phantom: every scar prompted once, and two views without a prompt per photo."""
    for pixels, mask, tone in outline_phantom.frames(count, rng):
        parts, labels = cv2.connectedComponents((mask >= 0.5).astype(np.uint8))
        for part in range(1, parts):
            alone = np.asarray(
                mask * cv2.dilate((labels == part).astype(np.uint8), np.ones((3, 3), np.uint8)), np.float32
            )
            sample = prompted(pixels, alone, rng, kind=str(rng.choice(list(PROMPTS), p=list(PROMPTS.values()))))
            if sample is not None:
                yield sample, tone
        for _ in range(2):
            yield unprompted(pixels, mask, rng, zoom=float(rng.uniform(0.8, 1.2))), tone
        if parts == 1 and (sample := around(pixels, rng)) is not None:
            yield sample, tone


def of_skin(skins: Iterator[LinearRGB], rng: Generator) -> Iterator[tuple[Sample, float]]:
    """One painted sample per patch of skin."""
    for skin in skins:
        sample = scene(skin, rng)
        if sample is not None:
            yield sample, float("nan")


def parts(photos: Path | None, size: float) -> dict[str, Callable[[Generator], Iterator[tuple[Sample, float]]]]:
    """How each part of the training set is made.

    Parameters
    ----------
    photos : Path or None
        Folder of the real photos; None trains on phantom and synthetic skin alone.
    size : float
        1 for the whole set, less for a trial.
    """
    made: dict[str, Callable[[Generator], Iterator[tuple[Sample, float]]]] = {
        "phantom": lambda rng: of_phantom(round(600 * size), rng),
        "synthetic": lambda rng: of_skin((synthetic(rng) for _ in range(round(2600 * size))), rng),
        "held_phantom": lambda rng: of_phantom(round(80 * size), rng),
        "held_synthetic": lambda rng: of_skin((synthetic(rng) for _ in range(round(250 * size))), rng),
    }
    if photos is not None:
        made["free"] = lambda rng: of_skin(patches(free(photos), round(130 * size), rng), rng)
        for fold in range(FOLDS):
            made[f"london{fold}"] = lambda rng, fold=fold: of_skin(
                patches(london(photos, fold), round(32 * size), rng), rng
            )
    return made


def bank(name: str, folder: Path, photos: Path | None, seed: int, size: float) -> Bank:
    """One part of the training set, from its file or made now and kept.

    Parameters
    ----------
    name : str
        ``"phantom"``, ``"synthetic"``, ``"free"``, ``"london0"`` ... or a held-out one, ``"held_..."``.
    folder : Path
        Of the run.
    photos : Path or None
        As for :func:`parts`.
    seed : int
        Of the recipe.
    size : float
        As for :func:`parts`.
    """
    path = folder / f"bank_{name}.npz"
    if not path.exists():
        rng = np.random.default_rng([seed, *name.encode()])
        Bank.of(list(parts(photos, size)[name](rng))).save(path)
    return Bank.load(path)


__all__ = ["KINDS", "Bank", "bank", "parts", "scene"]
