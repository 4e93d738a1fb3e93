"""Pictures to look at: photos at display size with outlines, redness or texture drawn on them.

Every function takes values and returns a new uint8 sRGB picture of shape (height, width, 3). Nothing here is measured
from: a follow-up resampled into the frame of its baseline is for the eye only.
"""

from collections.abc import Sequence

import cv2
import matplotlib
import matplotlib.colors
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.colour import haemoglobin_index, linear_to_uint8, luminance
from tracker.imaging.types import Alignment, Box, LinearRGB, Mask, Photo, Points, Region, frozen

Picture = NDArray[np.uint8]
"""sRGB-encoded display picture, (height, width, 3), 0 to 255."""

OUTLINE_COLOURS: tuple[tuple[int, int, int], ...] = (
    (0, 158, 200),
    (230, 159, 0),
    (0, 110, 85),
    (204, 90, 160),
    (245, 235, 100),
)
"""After Okabe and Ito: 11 or more apart (CIEDE2000) with any colour vision, and none of them is the colour of skin."""
REFERENCE_COLOUR = (255, 255, 255)
"""White dashes over a dark rim: no region is outlined in it, and it shows on any skin."""
DASH = 7
"""Of a dash, in thicknesses of the line."""
REDNESS_RANGE_H = 15.0
"""A moderate erythema (blood 0.7 to 2.0 %) adds 14 H, so it reaches the end of the colour scale."""
TEXTURE_RANGE = 0.15
"""SD of ln Y in one band is 0.02 to 0.06 on real cheeks (faces_london); scars under side light reach 0.15."""
REDNESS_COLOURS, TEXTURE_COLOURS = "PuOr_r", "viridis"
"""Matplotlib's names; both are told apart with any colour vision."""
TEXTURE_BAND_MM = (0.15, 1.5)
"""Gaussian sigmas of the band between pores and folds (docs/methods.md, texture)."""
EMPTY = 128
"""Grey of the parts that the photo does not show."""


def display_scale(photo: Photo, width: int) -> float:
    """Display pixels per photo pixel for a picture ``width`` pixels wide; at most 1, a photo is never enlarged."""
    return min(1.0, width / photo.size[0])


def shown(photo: Photo, width: int, box: Box | None = None) -> Picture:
    """The photo, or a box of it, at display size and in calibrated colour where it has a calibration.

    Parameters
    ----------
    photo : Photo
        Upright.
    width : int
        Pixels that the whole photo would be wide; a box is shown at the same scale.
    box : Box, optional
        The part wanted, in photo pixels.

    Returns
    -------
    Picture
        (height, width, 3) uint8 sRGB.
    """
    scale = display_scale(photo, width)
    if photo.calibration is not None or photo.encoded.dtype != np.uint8:
        return linear_to_uint8(photo.linear(box, scale))
    part = photo.encoded if box is None else photo.encoded[box.top : box.bottom, box.left : box.right]
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    # Averaging encoded values darkens edges by less than 1 level at these scales, and takes 1/10 of the time.
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)


def outlined(picture: Picture, regions: Sequence[Region], scale: float) -> Picture:
    """The picture with each region's border drawn in its own colour over a dark rim that shows on any skin.

    Parameters
    ----------
    picture : Picture
        The whole photo at ``scale``.
    regions : sequence of Region
        In photo pixels; at most as many as colours are told apart, then colours repeat.
    scale : float
        Display pixels per photo pixel.
    """
    out = picture.copy()
    thickness = max(1, round(picture.shape[1] / 450))
    for index, region in enumerate(regions):
        mask = _display_mask(region, picture, scale)
        contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        colour = OUTLINE_COLOURS[index % len(OUTLINE_COLOURS)]
        cv2.drawContours(out, contours, -1, (25, 25, 25), thickness + 2, cv2.LINE_AA)
        cv2.drawContours(out, contours, -1, colour, thickness, cv2.LINE_AA)
    return out


def reference_outlined(picture: Picture, region: Region, scale: float) -> Picture:
    """The picture with the border of untreated reference skin drawn as white dashes.

    Parameters
    ----------
    picture, scale
        As in :func:`outlined`.
    region : Region
        Reference skin, in photo pixels.
    """
    out = picture.copy()
    thickness = max(2, round(picture.shape[1] / 450))  # a white line of one pixel is grey on skin
    mask = _display_mask(region, picture, scale)
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        cv2.drawContours(out, [contour], -1, (25, 25, 25), thickness + 2, cv2.LINE_AA)
        for start in range(0, len(contour), 2 * DASH * thickness):
            dash = contour[start : start + DASH * thickness]
            cv2.polylines(
                out, [dash], isClosed=False, color=REFERENCE_COLOUR, thickness=thickness, lineType=cv2.LINE_AA
            )
    return out


def corners(region: Region, most: int = 24) -> Points:
    """The border of the largest part of a region as the corners of a polygon, for showing and for editing it.

    Parameters
    ----------
    region : Region
        Not empty.
    most : int
        Corners at most, at least 4: more than about 24 cannot be dragged one by one.

    Returns
    -------
    Points
        (n, 2) in photo pixels.
    """
    contours, _ = cv2.findContours(region.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(contours, key=cv2.contourArea)
    tolerance = 1.0
    found = cv2.approxPolyDP(largest, tolerance, True)
    while len(found) > most:
        tolerance *= 1.3
        found = cv2.approxPolyDP(largest, tolerance, True)
    return frozen(np.asarray(found, np.float64).reshape(-1, 2) + np.array([region.box.left, region.box.top]))


def redness_level(photo: Photo, region: Region) -> float:
    """Median haemoglobin index of a region (H units), from which a redness map counts."""
    light = photo.linear(region.box, min(1.0, 400 / region.box.width))
    mask = cv2.resize(region.mask.astype(np.uint8), light.shape[1::-1], interpolation=cv2.INTER_NEAREST).astype(bool)
    return float(np.median(haemoglobin_index(light[mask if mask.any() else ~mask])))


def redness_map(photo: Photo, regions: Sequence[Region], zero: float, width: int) -> Picture:
    """The photo with redness against a reference laid over the regions: orange redder, blue paler, clear the same.

    Parameters
    ----------
    photo : Photo
        With its calibration, if it has one.
    regions : sequence of Region
        Where to draw; elsewhere the photo is left as it is.
    zero : float
        Haemoglobin index (H) drawn clear, usually :func:`redness_level` of reference skin in the same photo.
    width : int
        Pixels that the whole photo would be wide.

    Notes
    -----
    The colour scale ends at +-15 H (a moderate erythema). Maps of two photos compare only where both count from the
    same reference skin.
    """
    picture = shown(photo, width)
    scale = display_scale(photo, width)
    light = _smooth(photo.linear(None, scale), picture.shape[1] / 250)
    relative = (haemoglobin_index(light) - zero) / REDNESS_RANGE_H
    strength = np.clip(np.abs(relative), 0, 1) * 0.8
    colour = _lookup(REDNESS_COLOURS, 0.5 + 0.5 * relative)
    return _blend(picture, colour, strength * _soft_mask(regions, picture, scale))


def texture_map(photo: Photo, regions: Sequence[Region], width: int) -> Picture:
    """The photo with the local roughness of the 0.15 to 1.5 mm band laid over the regions: dark smooth, yellow rough.

    Parameters
    ----------
    photo, regions, width
        As in :func:`redness_map`.

    Notes
    -----
    Local SD of the band-passed ln Y; the colour scale ends at 0.15. Without a scale in the photo the band is taken as
    if the photo were 100 mm wide. Light from the side makes the same skin look rougher: compare under equal light only.
    """
    picture = shown(photo, width)
    scale = display_scale(photo, width)
    px_per_mm = scale * pixels_per_mm(photo)
    log_y = np.log(np.maximum(luminance(photo.linear(None, scale)), 1e-3))
    fine, coarse = (max(0.6, px_per_mm * sigma) for sigma in TEXTURE_BAND_MM)
    band = cv2.GaussianBlur(log_y, (0, 0), fine) - cv2.GaussianBlur(log_y, (0, 0), max(coarse, 2 * fine))
    rough = np.sqrt(cv2.GaussianBlur(band * band, (0, 0), max(coarse, 2 * fine))) / TEXTURE_RANGE
    return _blend(picture, _lookup(TEXTURE_COLOURS, rough), 0.65 * _soft_mask(regions, picture, scale))


def colour_scale(name: str, steps: int = 7) -> tuple[str, ...]:
    """Evenly spaced colours of a map as ``"#rrggbb"``, from its low to its high end, for a legend."""
    return tuple(matplotlib.colors.to_hex(matplotlib.colormaps[name](at)) for at in np.linspace(0, 1, steps))


def pixels_per_mm(photo: Photo) -> float:
    """Photo pixels per millimetre at the centre of the target; photo width / 100 mm where the photo has no scale."""
    if photo.calibration is None or photo.calibration.mm_to_px is None:
        return photo.size[0] / 100.0
    to_px = photo.calibration.mm_to_px
    centre = np.array([*photo.calibration.corners.mean(0), 1.0])
    x, y, w = np.linalg.solve(to_px, centre)
    nearby = np.array([[x, y, w], [x + w, y, w], [x, y + w, w]]) @ to_px.T
    moved = nearby[:, :2] / nearby[:, 2:]
    return float(np.sqrt(abs(np.linalg.det(moved[1:] - moved[0]))))


def carried(picture: Picture, alignment: Alignment, scale_followup: float, scale_baseline: float) -> Picture:
    """A display picture of the follow-up, resampled into the frame of the baseline; for the eye, never for measuring.

    Parameters
    ----------
    picture : Picture
        The whole follow-up at ``scale_followup``, with or without an overlay.
    alignment : Alignment
        Only its homography is used.
    scale_followup, scale_baseline : float
        Display pixels per photo pixel of the input and of the output.

    Returns
    -------
    Picture
        At the baseline's display size; parts that the follow-up does not show are mid grey.
    """
    size = tuple(max(1, round(side * scale_baseline)) for side in alignment.baseline_size)
    to_display, from_display = np.diag([scale_followup] * 2 + [1.0]), np.diag([1 / scale_baseline] * 2 + [1.0])
    matrix = to_display @ alignment.homography @ from_display
    # Shrinking by more than 2 needs a blur first, or hair and pores turn into dots.
    shrink = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    source = cv2.GaussianBlur(picture, (0, 0), 0.4 * shrink) if shrink > 1.5 else picture
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(source, matrix, size, flags=flags, borderValue=(EMPTY, EMPTY, EMPTY)), np.uint8
    )


def _display_mask(region: Region, picture: Picture, scale: float) -> Mask:
    height, width = picture.shape[:2]
    box = region.box
    left, top = round(box.left * scale), round(box.top * scale)
    size = max(1, round(box.width * scale)), max(1, round(box.height * scale))
    small = cv2.resize(region.mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
    out = np.zeros((height, width), bool)
    part = out[top : top + size[1], left : left + size[0]]
    part[:] = small[: part.shape[0], : part.shape[1]]
    return out


def _soft_mask(regions: Sequence[Region], picture: Picture, scale: float) -> NDArray[np.float32]:
    mask = np.zeros(picture.shape[:2], np.float32)
    for region in regions:
        mask = np.maximum(mask, _display_mask(region, picture, scale))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(1.0, picture.shape[1] / 400)), np.float32)


def _smooth(light: LinearRGB, sigma: float) -> LinearRGB:
    return np.asarray(cv2.GaussianBlur(light, (0, 0), max(0.8, sigma)), np.float32)


def _lookup(name: str, unit: NDArray[np.floating]) -> NDArray[np.float32]:
    colours = np.asarray(matplotlib.colormaps[name](np.linspace(0, 1, 256)))
    table: NDArray[np.float32] = (colours[:, :3] * 255).astype(np.float32)
    return np.asarray(table[np.clip(np.rint(unit * 255), 0, 255).astype(np.intp)], np.float32)


def _blend(picture: Picture, colour: NDArray[np.float32], alpha: NDArray[np.floating]) -> Picture:
    weight = np.asarray(alpha, np.float32)[..., None]
    return np.rint(picture * (1 - weight) + colour * weight).astype(np.uint8)
