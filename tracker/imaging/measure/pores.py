"""Pores of a region in both photos: how many, how wide, how much of the skin."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from tracker.imaging.measure.lines import Line
from tracker.imaging.measure.patch import Doubles, Floats, Patch
from tracker.imaging.measure.relief import PORE_METRICS, ReliefPair, paired_error
from tracker.imaging.measure.wrinkles import DarkLines
from tracker.imaging.types import Flag, FlagCode, Measurement, Metric, withheld

DIAMETERS_MM = tuple(0.107 * 1.4**i for i in range(7))
"""Of the smoothings (2 sqrt(2) sigma), 0.11 to 0.81 mm; the first is only looked at, never a pore's own."""
WIDEST = 5  # number of the widest that is still a pore, 0.58 mm; a blob that fits the last one best is a freckle
RING = 16  # directions in which the skin around a pore is looked at
NEAR, FAR = 2.0, 2.6  # radii of the two rings in sigmas: the shoulder of a pore, and the skin beyond
KINK = 4.5  # weight of the fourth harmonic of the near ring: crossing furrows have one, a round mouth has none
EVIDENCE = (1.25, 1.75)
"""Robust SDs of blob contrast by which a pore is darker than its weakest side: below the first it does not count, above
the second in full, between them in part, so that a pore near a threshold does not come and go."""
OVER_NOISE = (2.5, 3.5)  # as EVIDENCE, in SDs of the blob filter's answer to camera noise, whose blobs are round too
LEAST_CONTRAST = 0.04  # ln Y
HAIR_REACH_MM = 0.3  # from a hair's middle: what lies nearer is the hair or its shadow
MOST_NOISE = 0.03  # SD of the contrast of a blob of 0.2 mm by camera noise, ln Y; a tenth is then lost in it
UNITS = {Metric.PORES: "pores/cm²", Metric.PORE_DIAMETER: "mm", Metric.PORE_AREA: "% of region"}


@dataclass(frozen=True, slots=True, eq=False)
class Blobs:
    """Dark round spots of one photo.

    Parameters
    ----------
    position_mm : ndarray of float32, shape (n, 2)
        x and y in the patch, from its corner.
    diameter_mm, contrast : ndarray of float32, shape (n,)
        Of the mouth, and its depth in ln Y.
    weight : ndarray of float32, shape (n,)
        0 to 1: how surely it is a pore.
    tile : ndarray of int32, shape (n,)
        Part of the region.
    noise : float
        SD of the contrast of a blob of 0.2 mm that camera noise makes, ln Y.
    """

    position_mm: Floats = field(repr=False)
    diameter_mm: Floats = field(repr=False)
    contrast: Floats = field(repr=False)
    weight: Floats = field(repr=False)
    tile: NDArray[np.int32] = field(repr=False)
    noise: float


@dataclass(frozen=True, slots=True, eq=False)
class _Scales:
    """The blob filters' answers at all scales but the first, the best of them, and the skin smoothed to each."""

    answers: tuple[Floats, ...] = field(repr=False)
    contrast: Floats = field(repr=False)
    best: NDArray[np.uint8] = field(repr=False)
    smooth: tuple[Floats, ...] = field(repr=False)
    spread: float


def find(pair: ReliefPair, found: Sequence[DarkLines]) -> tuple[Blobs, ...]:
    """The pores of baseline and follow-up, by thresholds common to both; empty where the pair cannot show them.

    Parameters
    ----------
    pair : ReliefPair
        With fine patches.
    found : sequence of DarkLines
        Of the same pair: what lies on a hair is no pore.
    """
    scales = [_scales(piece) for piece in pair.fine]
    if not scales:
        return ()
    spread = float(np.mean([each.spread for each in scales]))
    noise = max(piece.noise() for piece in pair.fine)
    return tuple(
        _pores(each, piece, (spread, noise), dark.hairs)
        for each, piece, dark in zip(scales, pair.fine, found, strict=True)
    )


def measure(pair: ReliefPair, found: Sequence[Blobs]) -> tuple[tuple[Measurement, Measurement], ...]:
    """Pores of a region at baseline and follow-up.

    Parameters
    ----------
    pair : ReliefPair
        From :func:`tracker.imaging.measure.relief.lay`.
    found : sequence of Blobs
        From :func:`find`.

    Returns
    -------
    tuple of pairs of Measurement
        (baseline, follow-up) of the count (unit "pores/cm²"), the median diameter (unit "mm"; undefined without
        pores) and the share of the area that their mouths cover (unit "% of region"). nan with a flag where the pair
        cannot carry them.

    Notes
    -----
    A pore is a dark round spot of 0.15 to 0.58 mm that is darker than the skin around it on its weakest side, by
    thresholds in robust SDs of the skin's own texture that are common to both photos. Comparable only under light
    from the same side, after the sharper photo has been blurred to the other; needs 15 pixels per mm.

    References
    ----------
    Lindeberg. Int J Comput Vis 1998;30:79-116. doi:10.1023/A:1008045108935 (scale-normalised Laplacian).
    """
    flags = withheld((*pair.flags, *_noise_flags(pair.region, found)), Metric.PORES)
    if flags:
        empty = (Measurement(metric, pair.region, float("nan"), UNITS[metric], flags=flags) for metric in UNITS)
        return tuple((each, each) for each in empty)
    areas = [np.bincount(p.tile[p.inside], minlength=pair.tiles) / p.px_per_mm**2 for p in pair.fine]
    values = [_values(each, area, None) for each, area in zip(found, areas, strict=True)]
    left_out = np.array(
        [[_values(each, area, tile) for each, area in zip(found, areas, strict=True)] for tile in range(pair.tiles)]
    )  # tile, photo, metric
    rows = []
    for i, metric in enumerate(UNITS):
        error = paired_error(left_out[:, :, i])
        both = [
            Measurement(
                metric,
                pair.region,
                value[i],
                UNITS[metric],
                error,
                () if np.isfinite(value[i]) else (_none_flag(pair.region),),
            )
            for value in values
        ]
        rows.append((both[0], both[1]))
    return tuple(rows)


def _scales(piece: Patch) -> _Scales:
    """Scale-normalised Laplacian of ln Y: ``2 s^2`` times it is the depth of a Gaussian spot of the filter's size."""
    skin = piece.filled()
    smooth = tuple(
        np.asarray(cv2.GaussianBlur(skin, (0, 0), max(0.4, d / (2 * np.sqrt(2)) * piece.px_per_mm)), np.float32)
        for d in DIAMETERS_MM
    )
    contrast = np.zeros(skin.shape, np.float32)
    best = np.zeros(skin.shape, np.uint8)
    answers, spreads = [], []
    for number, (diameter, level) in enumerate(zip(DIAMETERS_MM[1:], smooth[1:], strict=True), 1):
        factor = 2 * diameter**2 / 8 * piece.px_per_mm**2
        answer = np.asarray(cv2.Laplacian(level, cv2.CV_32F, ksize=1, scale=factor), np.float32)
        cv2.max(contrast, answer, contrast)
        best[answer >= contrast] = number
        answers.append(answer)
        if 0.2 < diameter < 0.4:
            spreads.append(_bright_spread(answer[piece.inside]))
    return _Scales(tuple(answers), contrast, best, smooth, float(np.mean(spreads)))


def _bright_spread(values: Floats) -> float:
    """Robust SD from the bright side only: pores are dark, and must not raise their own threshold."""
    low, middle = np.quantile(values[:: max(1, len(values) // 50000)], [0.1587, 0.5])
    return float(middle - low)


def _pores(scales: _Scales, piece: Patch, level: tuple[float, float], hairs: Sequence[Line]) -> Blobs:
    """``level``: robust SD of blob contrast, and of the camera noise."""
    spread = level[0]
    y, x = _peaks(scales, piece, max(LEAST_CONTRAST, EVIDENCE[0] * spread))
    number = scales.best[y, x]
    evidence = np.zeros(len(x), np.float32)
    for n in range(1, WIDEST + 1):
        mine = number == n
        evidence[mine] = _evidence(scales.smooth[n - 1], x[mine], y[mine], _sigma(n) * piece.px_per_mm)
    position = np.stack([x + 0.5, y + 0.5], 1).astype(np.float32) / np.float32(piece.px_per_mm)
    grain = np.array([_blob_noise(n, level[1], piece.px_per_mm) for n in range(len(DIAMETERS_MM))])[number]
    low, high = (np.maximum(a * spread, b * grain) for a, b in zip(EVIDENCE, OVER_NOISE, strict=True))
    weight = np.asarray(np.clip((evidence - low) / np.maximum(high - low, 1e-9), 0, 1), np.float32)
    kept = (weight > 0) & ~_on_hair(position, hairs)
    return Blobs(
        position[kept],
        _diameter(scales, x[kept], y[kept]),
        scales.contrast[y[kept], x[kept]],
        weight[kept],
        piece.tile[y[kept], x[kept]],
        _blob_noise(2, level[1], piece.px_per_mm),
    )


def _blob_noise(number: int, noise: float, px_per_mm: float) -> float:
    """SD of a blob filter's answer to white noise: ``2 s^2`` times that of the Laplacian, ``1 / (sqrt(2 pi) s^3)``."""
    return float(2 / np.sqrt(2 * np.pi) * noise / (px_per_mm * _sigma(number)))


def _sigma(number: int) -> float:
    return float(DIAMETERS_MM[number] / (2 * np.sqrt(2)))


def _peaks(scales: _Scales, piece: Patch, least: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the local maxima of blob contrast inside the region, at pore sizes."""
    around = cv2.dilate(scales.contrast, np.ones((5, 5), np.uint8))
    peak = (scales.contrast >= around) & (scales.contrast > least) & piece.inside & (scales.best <= WIDEST)
    y, x = np.nonzero(peak)
    return y, x


def _evidence(level: Floats, x: NDArray[np.intp], y: NDArray[np.intp], sigma_px: float) -> Floats:
    """How much darker a spot is than its surroundings on their weakest side, less what a crossing of furrows shows.

    The mean of two minima, over directions on the near ring and over axes (their better side) on the far one, minus
    KINK times the fourth harmonic of the near ring. The weights were fitted on rendered cheeks with pores and without.
    """
    near, far = (_ring(level, x, y, radius * sigma_px) for radius in (NEAR, FAR))
    half = RING // 2
    axis = np.maximum(far[:, :half], far[:, half:]).min(axis=1)
    kink = np.abs(np.fft.rfft(near, axis=1)[:, 4]) / RING
    return np.asarray((near.min(axis=1) + axis) / 2 - KINK * kink, np.float32)


def _ring(level: Floats, x: NDArray[np.intp], y: NDArray[np.intp], radius_px: float) -> Floats:
    """Levels in RING directions minus the level at the middle, shape (n, RING)."""
    if not len(x):
        return np.zeros((0, RING), np.float32)
    angle = np.arange(RING) * (2 * np.pi / RING)
    at_x = np.asarray(x[:, None] + radius_px * np.cos(angle), np.float32)
    at_y = np.asarray(y[:, None] + radius_px * np.sin(angle), np.float32)
    parts = [
        cv2.remap(level, at_x[i : i + 8192], at_y[i : i + 8192], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for i in range(0, len(x), 8192)  # cv2.remap takes at most 32,767 rows
    ]
    return np.asarray(np.concatenate(parts) - level[y, x][:, None], np.float32)


def _diameter(scales: _Scales, x: NDArray[np.intp], y: NDArray[np.intp]) -> Floats:
    """Diameter in mm at which a parabola through the best answer and its neighbours over log scale is highest."""
    answers = np.stack([answer[y, x] for answer in scales.answers])
    middle = np.clip(scales.best[y, x].astype(int) - 1, 1, len(answers) - 2)
    low, top, high = (answers[middle + step, np.arange(len(x))] for step in (-1, 0, 1))
    shift = np.clip((low - high) / 2 / np.minimum(low - 2 * top + high, -1e-6), -1.0, 1.0)
    ratio = DIAMETERS_MM[1] / DIAMETERS_MM[0]
    return np.asarray(np.asarray(DIAMETERS_MM)[middle + 1] * ratio**shift, np.float32)


def _on_hair(position: Floats, hairs: Sequence[Line]) -> NDArray[np.bool_]:
    if not hairs or not len(position):
        return np.zeros(len(position), bool)
    points = np.concatenate([np.stack([line.x_mm, line.y_mm], 1) for line in hairs])
    return np.asarray(cKDTree(points).query(position)[0] < HAIR_REACH_MM, bool)


def _values(found: Blobs, area_mm2: Doubles, without: int | None) -> list[float]:
    """Count per cm2, median diameter in mm, area in %; of all tiles (of these areas), or without one."""
    kept = np.ones(len(found.tile), bool) if without is None else found.tile != without
    area = float(area_mm2.sum()) - (0.0 if without is None else float(area_mm2[without]))
    diameter, weight = found.diameter_mm[kept].astype(np.float64), found.weight[kept].astype(np.float64)
    if area <= 0:
        return [float("nan")] * 3
    covered = float((weight * np.pi / 4 * diameter**2).sum())
    return [float(weight.sum()) / (area / 100), _weighted_median(diameter, weight), 100 * covered / area]


def _weighted_median(values: Doubles, weight: Doubles) -> float:
    """The value with half of the weight on either side; nan without any."""
    if not weight.sum():
        return float("nan")
    order = np.argsort(values)
    below = np.cumsum(weight[order]) - weight[order] / 2
    return float(np.interp(weight.sum() / 2, below, values[order]))


def _noise_flags(region: str, found: Sequence[Blobs]) -> tuple[Flag, ...]:
    noise = max((each.noise for each in found), default=0.0)
    if noise <= MOST_NOISE:
        return ()
    reason = f"{region}: camera noise makes spots of {noise:.1%} contrast, expected at most {MOST_NOISE:.0%} for pores."
    return (Flag(FlagCode.TOO_DARK, reason, "Retake it in more light.", PORE_METRICS),)


def _none_flag(region: str) -> Flag:
    reason = f"{region}: no pore of at least {DIAMETERS_MM[1]:.2f} mm was found, so there is no diameter."
    return Flag(FlagCode.REGION_TOO_SMALL, reason, "", (Metric.PORE_DIAMETER,))
