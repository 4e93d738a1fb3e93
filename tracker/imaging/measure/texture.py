"""Image roughness of a region in both photos, in a millimetre band, at the same sharpness."""

import numpy as np
from numpy.typing import NDArray

from tracker.imaging.measure.patch import Patch, patch
from tracker.imaging.measure.relief import RELIEF_METRICS, ReliefPair, paired_error
from tracker.imaging.measure.sharpness import match_sharpness
from tracker.imaging.types import Flag, FlagCode, Measurement, Metric, withheld

__all__ = ["BAND_MM", "band_contrast", "match_sharpness", "measure", "patch"]

BAND_MM = (0.15, 1.5)
"""Gaussian sigmas of the band: fine lines, small scars and pores of at least half a millimetre."""
MOST_NOISE = 0.5  # share of the band's variance that may be camera noise
NOISE_ERROR = 0.3  # standard error of the noise that is subtracted, as a share of its variance
OUTLIER_MADS = 4.0  # hairs and highlights beyond are cut to this
FEWEST_POINTS = 50
PROBE_MM = 0.05  # a blur as visits differ by, to see what it does to the band
UNITS = {Metric.ROUGHNESS: "% contrast"}


def measure(pair: ReliefPair) -> tuple[Measurement, Measurement]:
    """Image roughness Rq: RMS contrast of ln Y between 0.15 and 1.5 mm, in %, at baseline and follow-up.

    Parameters
    ----------
    pair : ReliefPair
        From :func:`tracker.imaging.measure.relief.lay`.

    Returns
    -------
    tuple of Measurement
        In % contrast; nan with a flag where the pair cannot carry it. The standard error holds the disagreement of the
        region's parts, the camera noise that was subtracted, and the match of the sharpness.

    Notes
    -----
    No height is measured: the same relief reads 13 times more under light from 20 degrees than from the front.
    Comparable only under light from the same direction, after the sharper photo has been blurred to the other one.
    Camera noise is estimated from the finest differences and its part of the band's variance is subtracted.

    References
    ----------
    ISO 25178-2:2021 for Rq's model Sq; the prefix "image" is meant.
    """
    doubts = withheld(pair.flags, Metric.ROUGHNESS)
    if doubts:
        return _withheld(pair.region, doubts)
    values, noises = zip(*(band_contrast(piece) for piece in pair.patches), strict=True)
    noisy = max(noise**2 / max(value**2 + noise**2, 1e-12) for value, noise in zip(values, noises, strict=True))
    if noisy > MOST_NOISE or not np.isfinite(values).all():
        reason = f"{pair.region}: {noisy:.0%} of the fine contrast is camera noise, expected at most {MOST_NOISE:.0%}."
        noise_flag = Flag(FlagCode.TOO_DARK, reason, "Retake it in more light, from the side.", RELIEF_METRICS)
        return _withheld(pair.region, (noise_flag,))
    shared = np.hypot(_tile_error(pair), _match_error(pair))
    errors = [np.hypot(v * shared, NOISE_ERROR * n**2 / (2 * v)) for v, n in zip(values, noises, strict=True)]
    first, second = (
        Measurement(Metric.ROUGHNESS, pair.region, 100 * v, UNITS[Metric.ROUGHNESS], 100 * float(e))
        for v, e in zip(values, errors, strict=True)
    )
    return first, second


def band_contrast(piece: Patch) -> tuple[float, float]:
    """RMS of the band of a patch without camera noise, and the RMS of the noise in it (both in ln units)."""
    squares = _squares(piece)
    if len(squares) < FEWEST_POINTS:
        return float("nan"), float("nan")
    total, noise = float(squares.mean()), piece.noise() ** 2 * _noise_gain(piece.px_per_mm)
    return float(np.sqrt(max(total - noise, 0.0))), float(np.sqrt(noise))


def _squares(piece: Patch) -> NDArray[np.float32]:
    """Squared deviation of each grid point inside, hairs and highlights cut."""
    values = piece.band(*BAND_MM)[piece.inside]
    if not len(values):
        return values
    centred = values - np.median(values)
    limit = OUTLIER_MADS * 1.4826 * float(np.median(np.abs(centred)))
    return np.asarray(np.clip(centred, -limit, limit) ** 2, np.float32)


def _tile_error(pair: ReliefPair) -> float:
    """Relative standard error from the parts of the region: contrast that changed in some and not in others."""
    left_out = []
    for piece in pair.patches:
        tile, squares = piece.tile[piece.inside], _squares(piece).astype(np.float64)
        sums, points = np.bincount(tile, squares, pair.tiles), np.bincount(tile, minlength=pair.tiles)
        noise = piece.noise() ** 2 * _noise_gain(piece.px_per_mm)
        with np.errstate(divide="ignore", invalid="ignore"):
            left_out.append(np.log((sums.sum() - sums) / (points.sum() - points) - noise) / 2)
    return paired_error(np.stack(left_out, 1))


def _match_error(pair: ReliefPair) -> float:
    """Relative standard error left by the match of the sharpness: its own error times what blur does to the band."""
    error = float("nan") if pair.match is None else pair.match.error_mm2
    piece = pair.patches[0]
    (plain, _), (soft, _) = band_contrast(piece), band_contrast(piece.blurred(PROBE_MM))
    if soft <= 0:
        return float("nan")
    return float(error * np.log(plain / soft) / PROBE_MM**2 / np.sqrt(2))  # half of the variance to either photo


def _noise_gain(px_per_mm: float) -> float:
    """Variance of the band of white noise of unit variance: sums of squared Gaussian kernels."""
    a, b = ((s * px_per_mm) ** 2 for s in BAND_MM)
    return float((1 / (4 * a) + 1 / (4 * b) - 1 / (a + b)) / np.pi)


def _withheld(name: str, flags: tuple[Flag, ...]) -> tuple[Measurement, Measurement]:
    empty = Measurement(Metric.ROUGHNESS, name, float("nan"), UNITS[Metric.ROUGHNESS], flags=flags)
    return empty, empty
