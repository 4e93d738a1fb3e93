"""Image roughness of a region in both photos, in a millimetre band, at the same sharpness."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour
from tracker.imaging.types import Flag, FlagCode, Measurement, Metric, Photo, Region

Floats = NDArray[np.float32]

BAND_MM = (0.15, 1.5)
"""Gaussian sigmas of the band: fine lines, small scars and pores of at least half a millimetre."""
LEAST_PX_PER_MM = 8.0  # sigma 0.15 mm is then 1.2 px; below, the photo has not resolved the band
WORKING_PX_PER_MM = 10.0
SHARP_MM = ((0.12, 0.24), (0.5, 1.0))  # fine over coarse band power tells the sharpness of the same skin
MOST_BLUR_MM = 0.15  # blur that may be added to the sharper photo; more changes the band itself by over 10 %
MOST_NOISE = 0.5  # share of the band's variance that may be camera noise
OUTLIER_MADS = 4.0  # hairs and highlights beyond are cut to this
TEXTURE_METRICS = (Metric.ROUGHNESS, Metric.WRINKLES, Metric.PORES)


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Log luminance of a region on a grid of known scale.

    Parameters
    ----------
    log_light : ndarray of float32, shape (height, width)
        ln Y of linear light.
    mask : ndarray of float32, shape (height, width)
        1 where it counts.
    px_per_mm : float
        Grid points per millimetre.
    """

    log_light: Floats = field(repr=False)
    mask: Floats = field(repr=False)
    px_per_mm: float


def patch(photo: Photo, region: Region, px_per_mm: float, working: float) -> Patch:
    """The log luminance of a region, resampled to ``working`` grid points per millimetre.

    Parameters
    ----------
    photo : Photo
        Un-warped.
    region : Region
        In its pixels.
    px_per_mm : float
        Of the photo at the region, at least ``working``.
    working : float
        Grid points per millimetre wanted.
    """
    margin = int(np.ceil(2 * BAND_MM[1] * px_per_mm))
    box = region.box.grown(margin, photo.size)
    light = photo.linear(box, min(1.0, working / px_per_mm))
    height, width = light.shape[:2]
    mask = np.zeros((box.height, box.width), np.float32)
    top, left = region.box.top - box.top, region.box.left - box.left
    mask[top : top + region.box.height, left : left + region.box.width] = region.mask
    y = np.asarray(colour.luminance(light), np.float32)
    shine = (light.min(axis=2) > 0.7) | (light.max(axis=2) > 0.95)  # a channel near its end: highlight, not skin
    inside = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    inside = np.where(shine, np.float32(0), inside)
    return Patch(np.log(np.maximum(y, np.float32(1e-3))), inside, width / box.width * px_per_mm)


def roughness(
    photos: tuple[Photo, Photo], regions: tuple[Region, Region], px_per_mm: tuple[float, float]
) -> tuple[Measurement, Measurement]:
    """Image roughness Rq: RMS contrast of ln Y between 0.15 and 1.5 mm, in %, at baseline and follow-up.

    Parameters
    ----------
    photos : tuple of Photo
        Baseline and follow-up, un-warped.
    regions : tuple of Region
        The same skin in either.
    px_per_mm : tuple of float
        Of either photo at the region; nan where unknown.

    Returns
    -------
    tuple of Measurement
        In % contrast; nan with a flag where the pair cannot carry it.

    Notes
    -----
    No height is measured: the same relief reads 13 times more under light from 20 degrees than from the front.
    Comparable only under light from the same direction, after the sharper photo has been blurred to the other one.
    Camera noise is estimated from the finest differences and its part of the band's variance is subtracted.

    References
    ----------
    ISO 25178-2:2021 for Rq's model Sq; the prefix "image" is meant.
    """
    flags = _scale_flags(regions[0].name, px_per_mm)
    if flags:
        return _withheld(regions[0].name, flags)
    working = min(WORKING_PX_PER_MM, *px_per_mm)
    pieces = [patch(p, r, s, working) for p, r, s in zip(photos, regions, px_per_mm, strict=True)]
    matched, added = match_sharpness(pieces[0], pieces[1])
    if added > MOST_BLUR_MM:
        reason = f"{regions[0].name}: one photo is blurred by {added:.2f} mm more, expected at most {MOST_BLUR_MM} mm."
        blurred = Flag(FlagCode.SHARPNESS_DIFFERS, reason, "Retake the blurred one in focus.", TEXTURE_METRICS)
        return _withheld(regions[0].name, (blurred,))
    values, noises = zip(*(band_contrast(piece) for piece in matched), strict=True)
    noisy = max(noise**2 / max(value**2 + noise**2, 1e-12) for value, noise in zip(values, noises, strict=True))
    if noisy > MOST_NOISE or not np.isfinite(values).all():
        reason = (
            f"{regions[0].name}: {noisy:.0%} of the fine contrast is camera noise, expected at most {MOST_NOISE:.0%}."
        )
        noise_flag = Flag(FlagCode.TOO_DARK, reason, "Retake it in more light, from the side.", TEXTURE_METRICS)
        return _withheld(regions[0].name, (noise_flag,))
    first, second = (Measurement(Metric.ROUGHNESS, regions[0].name, 100 * v, "% contrast") for v in values)
    return first, second


def band_contrast(piece: Patch) -> tuple[float, float]:
    """RMS of the band of a patch without camera noise, and the RMS of the noise in it (both in ln units)."""
    band = _band(piece, *BAND_MM)
    values = band[piece.mask > 0.5]
    if len(values) < 50:
        return float("nan"), float("nan")
    centred = values - np.median(values)
    limit = OUTLIER_MADS * 1.4826 * float(np.median(np.abs(centred)))
    total = float(np.mean(np.clip(centred, -limit, limit) ** 2))
    noise = _noise(piece) ** 2 * _noise_gain(piece.px_per_mm)
    return float(np.sqrt(max(total - noise, 0.0))), float(np.sqrt(noise))


def match_sharpness(first: Patch, second: Patch) -> tuple[tuple[Patch, Patch], float]:
    """Both patches at the sharpness of the blurrier one, and the blur that was added, sigma in mm.

    Notes
    -----
    The ratio of fine to coarse band power of the same skin is brought to the same value by bisection on a Gaussian.
    """
    ratios = sharpness(first), sharpness(second)
    swap = ratios[1] > ratios[0]
    sharp, target = (second, ratios[0]) if swap else (first, ratios[1])
    low, high = 0.0, 3 * MOST_BLUR_MM
    for _ in range(12):  # 0.45 mm / 2^12 is a ten-thousandth of a millimetre
        middle = (low + high) / 2
        if sharpness(_blurred(sharp, middle)) > target:
            low = middle
        else:
            high = middle
    soft = _blurred(sharp, low)
    return ((first, soft) if swap else (soft, second)), low


def sharpness(piece: Patch) -> float:
    """Fine over coarse band power of ln Y, noise subtracted; falls with blur, independent of exposure and contrast."""
    inside = piece.mask > 0.5
    fine, coarse = (float(np.var(_band(piece, *band)[inside])) for band in SHARP_MM)
    return fine / max(coarse, 1e-12)


def _blurred(piece: Patch, sigma_mm: float) -> Patch:
    sigma = sigma_mm * piece.px_per_mm
    if sigma < 0.05:
        return piece
    return Patch(np.asarray(cv2.GaussianBlur(piece.log_light, (0, 0), sigma), np.float32), piece.mask, piece.px_per_mm)


def _band(piece: Patch, low_mm: float, high_mm: float) -> Floats:
    return _smooth(piece, low_mm) - _smooth(piece, high_mm)


def _smooth(piece: Patch, sigma_mm: float) -> Floats:
    """Gaussian mean over the region only: neither background nor highlight leaks in."""
    sigma = sigma_mm * piece.px_per_mm
    weight = cv2.GaussianBlur(piece.mask, (0, 0), sigma)
    light = cv2.GaussianBlur(piece.log_light * piece.mask, (0, 0), sigma)
    return np.asarray(light / np.maximum(weight, 1e-4), np.float32)


def _noise(piece: Patch) -> float:
    """White-noise SD of ln Y from the diagonal second difference, whose response to skin is smallest."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6  # unit response to white noise
    detail = cv2.filter2D(piece.log_light, -1, kernel)[piece.mask > 0.5]
    return float(1.4826 * np.median(np.abs(detail)))


def _noise_gain(px_per_mm: float) -> float:
    """Variance of the band of white noise of unit variance: sums of squared Gaussian kernels."""
    a, b = ((s * px_per_mm) ** 2 for s in BAND_MM)
    return float((1 / (4 * a) + 1 / (4 * b) - 1 / (a + b)) / np.pi)


def _scale_flags(name: str, px_per_mm: tuple[float, float]) -> tuple[Flag, ...]:
    if not np.isfinite(px_per_mm).all():
        reason = f"{name}: roughness needs millimetres, and there is no card with a known size in both photos."
        return (
            Flag(FlagCode.NO_SCALE, reason, "Put the printed card beside the skin in every photo.", TEXTURE_METRICS),
        )
    if min(px_per_mm) < LEAST_PX_PER_MM:
        reason = f"{name}: {min(px_per_mm):.1f} pixels per mm, expected at least {LEAST_PX_PER_MM:.0f} for fine relief."
        return (Flag(FlagCode.DISTANCE_DIFFERS, reason, "Go closer, or use a longer lens.", TEXTURE_METRICS),)
    return ()


def _withheld(name: str, flags: tuple[Flag, ...]) -> tuple[Measurement, Measurement]:
    empty = Measurement(Metric.ROUGHNESS, name, float("nan"), "% contrast", flags=flags)
    return empty, empty
