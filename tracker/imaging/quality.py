"""What is doubtful about one photo, or about a pair of photos: each doubt with its reason and how to retake.

Thresholds are measured on pairs of one visit that experts call comparable (../shared/data faces_london, 72 pairs) and
stand beside the range found there; a doubt withholds only the measures that it spoils.
"""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour
from tracker.imaging.types import Alignment, Flag, FlagCode, Mask, Metric, Photo

Floats = NDArray[np.float64]

TEXTURE = (Metric.ROUGHNESS, Metric.WRINKLES, Metric.PORES)
REDNESS = (Metric.REDNESS, Metric.REDNESS_A_STAR, Metric.REDNESS_LOG_RG)
COLOUR = (*REDNESS, Metric.PIGMENT, Metric.EVENNESS, Metric.SPOTS, Metric.SKIN_TONE)
SHADE_BOUND = (Metric.PIGMENT, Metric.EVENNESS, Metric.SPOTS, *TEXTURE)

CHECK_SIDE = 1000  # longer side in pixels for the checks of one photo: blur of 1 px there is 4 px in 12 megapixels
LEAST_SIDE = 480  # shorter side of the photo
LEAST_SKIN = 0.02
LEAST_DETAIL = 0.35
"""Fine over coarse contrast of ln Y (sigma 0.7 to 1.4 over 2.8 to 5.6 px at 1000 px): skin in focus gives 0.49 to 0.79,
blurred by a Gaussian of 1 px at that size 0.27 to 0.44, by 1.5 px 0.19 to 0.30 (18 people of faces_london)."""
MOST_CLIPPED = 0.02  # of the skin; 98 % of the sharp studio photos have less
DARKEST_SKIN = 45  # 8-bit median below which JPEG steps exceed 4 % of the light; deep skin in studio light has 60

MOST_SHADE_CHANGE = 0.13  # SD of the smooth part of ln Y(follow-up) - ln Y(baseline); found 0.007 to 0.115
LEAST_SHADE_MATCH = 0.75  # correlation of the smooth shading of both; found 0.84 to 1.00
CONTRAST_RATIO = 1.30  # spread of ln Y over the skin, one photo over the other; found 0.91 to 1.18
DISTANCE_RATIO = 1.20  # size of the skin in pixels; found 0.87 to 1.16
MOST_STRETCH = 1.15  # ratio of the alignment's singular values: a turn of the skin by 30 degrees
LAMP_H, LAMP_YELLOW = 6.0, 8.0  # median shift of the skin's colour, H units and 100 ln; found up to 4.2 and 5.8
MOST_SHINE, SHINE_CHANGE = 0.20, 0.05
"""Share of the skin that shines, in one photo and between two; found 0.001 to 0.135, and changes up to 0.026 (26
people of faces_london)."""
SHINE_LIGHT, SHINE_SATURATION = 1.5, 0.7  # of the skin's medians: a highlight is brighter and paler
SHARPNESS_RATIO = 1.3  # of that detail; found 0.86 to 1.06, and 1.4 to 1.5 after a blur of 0.75 px at 1000 px


@dataclass(frozen=True, slots=True, eq=False)
class SharedLight:
    """What a pair of photos shows at the same patches of skin.

    Parameters
    ----------
    position : ndarray, shape (n, 2)
        Baseline pixels.
    baseline, followup : ndarray, shape (n, 3)
        Linear sRGB.
    lamp_h, lamp_yellow : float
        Colour shift between the photos along redness (H units) and yellowness (100 ln).
    calibrated : bool
        Whether a card took lamp and camera out.
    """

    position: Floats
    baseline: Floats
    followup: Floats
    lamp_h: float
    lamp_yellow: float
    calibrated: bool


def photo_flags(photo: Photo, skin: Mask | None = None) -> tuple[Flag, ...]:
    """The doubts about one photo: size, skin, exposure and focus, for the verdict at upload.

    Parameters
    ----------
    photo : Photo
        Upright.
    skin : Mask, optional
        (height, width); without it the middle half of the photo is looked at.

    Returns
    -------
    tuple of Flag
        Empty where nothing is wrong. Takes about 0.1 s on 12 megapixels.
    """
    flags = []
    if min(photo.size) < LEAST_SIDE:
        reason = f"The photo is {photo.size[0]} x {photo.size[1]} pixels, expected at least {LEAST_SIDE} on each side."
        flags.append(Flag(FlagCode.REGION_TOO_SMALL, reason, "Send the original file, not a preview.", TEXTURE))
    if skin is not None and skin.mean() < LEAST_SKIN:
        reason = f"Skin covers {skin.mean():.1%} of the photo, expected at least {LEAST_SKIN:.0%}."
        flags.append(Flag(FlagCode.REGION_NOT_FOUND, reason, "Fill the frame with the skin to be followed."))
        return tuple(flags)
    small, inside = _looked_at(photo, skin)
    return (*flags, *_exposure_flags(small, inside), *_shine_flags(small, inside), *_focus_flags(small, inside))


def pair_flags(
    photos: tuple[Photo, Photo], skin: tuple[Mask, Mask], alignment: Alignment, light: SharedLight
) -> tuple[Flag, ...]:
    """The doubts about a pair of photos that were laid on each other.

    Parameters
    ----------
    photos : tuple of Photo
        Baseline and follow-up.
    skin : tuple of Mask
        Of either.
    alignment : Alignment
        Baseline to follow-up.
    light : SharedLight
        The same skin in both.

    Returns
    -------
    tuple of Flag
        Each names the measures that it spoils.
    """
    first, second = (_looked_at(photo, mask) for photo, mask in zip(photos, skin, strict=True))
    return (
        *_geometry_flags(alignment),
        *_shade_flags(light),
        *_lamp_flags(light),
        *_sharpness_flags(first, second),
        *_wet_flags(first, second),
    )


def detail(photo: Photo, skin: Mask | None = None) -> float:
    """Fine over coarse contrast of ln Y at 1000 px: falls with blur, independent of exposure; nan without skin."""
    return _detail(*_looked_at(photo, skin))


def shine(photo: Photo, skin: Mask | None = None) -> float:
    """Share of the skin that is a highlight (wet, oily or glossy), 0 to 1; nan without skin."""
    return _shine(*_looked_at(photo, skin))


def _looked_at(photo: Photo, skin: Mask | None) -> tuple[Photo, Mask]:
    scale = min(1.0, CHECK_SIDE / max(photo.size))
    size = max(1, round(photo.size[0] * scale)), max(1, round(photo.size[1] * scale))
    encoded: NDArray[Any] = cv2.resize(photo.encoded, size, interpolation=cv2.INTER_AREA)
    small = replace(photo, encoded=encoded, calibration=None)
    if skin is None:
        inside = np.zeros((size[1], size[0]), bool)
        inside[size[1] // 4 : -(size[1] // 4) or None, size[0] // 4 : -(size[0] // 4) or None] = True
        return small, inside
    soft = cv2.resize(skin.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    shrunk = cv2.erode(soft, np.ones((9, 9), np.uint8))
    return small, np.asarray(shrunk > 0, bool)


def _exposure_flags(photo: Photo, inside: Mask) -> list[Flag]:
    if not inside.any():
        return []
    levels = photo.encoded[inside].astype(np.float64) / (257 if photo.encoded.dtype == np.uint16 else 1)
    flags = []
    cut = float((levels.max(axis=1) >= 253).mean())
    if cut > MOST_CLIPPED:
        reason = f"{cut:.0%} of the skin is overexposed, expected at most {MOST_CLIPPED:.0%}."
        flags.append(Flag(FlagCode.CLIPPED, reason, "Lower the exposure, or soften the light to avoid shine."))
    middle = float(np.median(levels.mean(axis=1)))
    if middle < DARKEST_SKIN:
        reason = f"The skin is underexposed: median level {middle:.0f} of 255, expected at least {DARKEST_SKIN}."
        flags.append(Flag(FlagCode.TOO_DARK, reason, "Use more light or a longer exposure.", COLOUR))
    return flags


def _shine_flags(photo: Photo, inside: Mask) -> list[Flag]:
    value = _shine(photo, inside)
    if np.isnan(value) or value <= MOST_SHINE:
        return []
    reason = f"{value:.0%} of the skin shines, expected at most {MOST_SHINE:.0%}."
    return [Flag(FlagCode.SPECULAR, reason, "Dry the skin, and use larger, softer lamps.", TEXTURE)]


def _shine(photo: Photo, inside: Mask) -> float:
    if inside.sum() < 200:
        return float("nan")
    light = photo.linear()[inside]
    y = light @ colour.LUMINANCE.astype(np.float32)
    saturation = 1 - light.min(axis=1) / np.maximum(light.max(axis=1), np.float32(1e-3))
    pale = saturation < SHINE_SATURATION * np.median(saturation)
    return float(np.mean(pale & (y > SHINE_LIGHT * np.median(y))))


def _wet_flags(baseline: tuple[Photo, Mask], followup: tuple[Photo, Mask]) -> list[Flag]:
    first, second = _shine(*baseline), _shine(*followup)
    if not abs(second - first) > SHINE_CHANGE:
        return []
    reason = f"The skin shines on {first:.0%} and on {second:.0%} of its area, expected within {SHINE_CHANGE:.0%}."
    retake = "Dry the skin, use no cream, and keep the lamps where they were."
    return [Flag(FlagCode.SPECULAR, reason, retake, SHADE_BOUND)]


def _focus_flags(photo: Photo, inside: Mask) -> list[Flag]:
    value = _detail(photo, inside)
    if np.isnan(value) or value >= LEAST_DETAIL:
        return []
    reason = f"The skin is blurred: fine detail {value:.2f} of the coarse, expected at least {LEAST_DETAIL:.2f}."
    return [Flag(FlagCode.BLURRED, reason, "Hold still, focus on the skin, and take it again.", TEXTURE)]


def _detail(photo: Photo, inside: Mask) -> float:
    if inside.sum() < 200:
        return float("nan")
    y = np.asarray(colour.luminance(photo.linear()), np.float32)
    log_light = np.log(np.maximum(y, np.float32(2e-3)))
    smooth = [np.asarray(cv2.GaussianBlur(log_light, (0, 0), s), np.float32) for s in (0.7, 1.4, 2.8, 5.6)]
    fine, coarse = ((a - b)[inside] for a, b in ((smooth[0], smooth[1]), (smooth[2], smooth[3])))
    # medians: brows, lashes and hair would otherwise speak for the skin
    return float(np.median(np.abs(fine)) / max(float(np.median(np.abs(coarse))), 1e-6))


def _geometry_flags(alignment: Alignment) -> list[Flag]:
    long, short = np.linalg.svd(alignment.homography[:2, :2], compute_uv=False).tolist()
    ratio = float(np.sqrt(long * short)) * alignment.baseline_size[0] / alignment.followup_size[0]
    flags = []
    if not 1 / DISTANCE_RATIO <= ratio <= DISTANCE_RATIO:
        how = f"{max(ratio, 1 / ratio):.2f} times {'larger' if ratio > 1 else 'smaller'}"
        reason = f"The skin is {how} in the follow-up, expected within {DISTANCE_RATIO:.2f} times."
        flags.append(Flag(FlagCode.DISTANCE_DIFFERS, reason, "Retake it from the distance of the baseline.", TEXTURE))
    if long / max(short, 1e-9) > MOST_STRETCH:
        reason = (
            f"The skin is turned: stretched by {long / short:.2f} in one direction, expected at most {MOST_STRETCH}."
        )
        flags.append(Flag(FlagCode.POSE_DIFFERS, reason, "Retake it from the side of the baseline.", TEXTURE))
    return flags


def _shade_flags(light: SharedLight) -> list[Flag]:
    if len(light.position) < 60:
        return []
    first, second = (np.log(v).mean(axis=1) for v in (light.baseline, light.followup))
    smooth = [_smooth_part(light.position, v) for v in (first, second)]
    moved = float(np.std(smooth[1] - smooth[0]))
    matched = (
        float(np.corrcoef(smooth[0], smooth[1])[0, 1]) if min(np.std(smooth[0]), np.std(smooth[1])) > 0.03 else 1.0
    )
    flags = []
    if moved > MOST_SHADE_CHANGE or matched < LEAST_SHADE_MATCH:
        reason = (
            f"The light comes from another side: shading differs by {moved:.0%} across the skin, "
            f"expected at most {MOST_SHADE_CHANGE:.0%}."
        )
        flags.append(Flag(FlagCode.LIGHT_DIFFERS, reason, "Retake it with the lamps of the baseline.", SHADE_BOUND))
    spread = [float(np.subtract(*np.percentile(v, [75, 25]))) for v in (first, second)]
    ratio = spread[1] / max(spread[0], 1e-6)
    if not flags and min(spread) > 0.05 and not 1 / CONTRAST_RATIO <= ratio <= CONTRAST_RATIO:
        reason = f"The contrast of the skin is {ratio:.2f} times the baseline's, expected within {CONTRAST_RATIO}."
        retake = "Switch off HDR, portrait and beauty modes, and retake it."
        flags.append(Flag(FlagCode.TONE_MAPPED, reason, retake, COLOUR))
    return flags


def _lamp_flags(light: SharedLight) -> list[Flag]:
    if light.calibrated or (abs(light.lamp_h) <= LAMP_H and abs(light.lamp_yellow) <= LAMP_YELLOW):
        return []
    reason = (
        f"Lamp or white balance changed (redness {light.lamp_h:+.1f} H, yellowness {light.lamp_yellow:+.1f}) "
        f"and no card takes it out; expected within {LAMP_H:.0f} and {LAMP_YELLOW:.0f}."
    )
    return [Flag(FlagCode.LIGHT_DIFFERS, reason, "Use the lamp of the baseline, or put the card in the frame.", COLOUR)]


def _sharpness_flags(baseline: tuple[Photo, Mask], followup: tuple[Photo, Mask]) -> list[Flag]:
    first, second = _detail(*baseline), _detail(*followup)
    ratio = second / max(first, 1e-6)
    if not np.isfinite(ratio) or 1 / SHARPNESS_RATIO <= ratio <= SHARPNESS_RATIO:
        return []
    which = "follow-up" if ratio < 1 else "baseline"
    found = f"{max(ratio, 1 / ratio):.2f} times less sharp"
    reason = f"The {which} is {found}, expected within {SHARPNESS_RATIO:.2f} times."
    return [Flag(FlagCode.SHARPNESS_DIFFERS, reason, "Retake it in focus.", TEXTURE)]


def _smooth_part(position: Floats, values: Floats) -> Floats:
    x = (position - position.mean(0)) / np.maximum(position.std(0), 1e-9)
    columns = np.column_stack([np.ones(len(x)), x, x**2, x[:, 0] * x[:, 1]])
    return np.asarray(columns @ np.linalg.lstsq(columns, values, rcond=None)[0], np.float64)
