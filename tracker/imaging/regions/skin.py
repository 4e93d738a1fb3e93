"""Which pixels are skin: a colour prior that holds for all tones, then a colour model of this very photo."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.colour import LUMINANCE
from tracker.imaging.types import Mask, Photo

WORKING_SIDE = 360
"""Longer side in pixels at which the graph is cut: 60 ms; a finger of a hand that fills a third of it is 10 px wide."""
SKIN_MEAN = np.array([0.60, 0.32], np.float32)
SKIN_COVARIANCE = np.array([[0.055, 0.030], [0.030, 0.050]], np.float32)
"""Of (ln R/G, ln G/B) in linear light, over the faces of faces_london (all ethnicities) widened by lamps between
about 4000 K and 8000 K left uncorrected."""
FAINTEST = 0.002
"""Linear light below which 8-bit colour ratios are noise."""


def photographed(photo: Photo) -> Mask:
    """Where the photo holds picture: False in an exactly black border (zero padding).

    Returns
    -------
    Mask
        (height, width).
    """
    brightest = [cv2.reduce(photo.encoded, axis, cv2.REDUCE_MAX).reshape(-1, 3).max(axis=1) for axis in (1, 0)]
    rows, columns = (np.flatnonzero(line) for line in brightest)
    out = np.zeros(photo.encoded.shape[:2], bool)
    if rows.size:
        out[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
    return out


def skin_mask(photo: Photo) -> Mask:
    """Which pixels of a photo show skin; empty where none does.

    Parameters
    ----------
    photo : Photo
        Any body site, tone and lamp; the calibration, if any, is used.

    Returns
    -------
    Mask
        (height, width) at the size of the photo.
    """
    width, height = photo.size
    planes = _log_ratios(reduced(photo, WORKING_SIDE).linear())
    labels = _seeds(planes)
    likely = float((labels == cv2.GC_PR_FGD).mean())
    if likely < 0.005:
        return np.zeros((height, width), bool)
    if likely < 0.97:
        cv2.setRNGSeed(0)
        labels = _cut(_as_picture(planes), labels)
    inside = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.resize(inside, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5, bool)


def reduced(photo: Photo, side: int) -> Photo:
    """The photo with its longer side cut to so many pixels.

    Notes
    -----
    Averages encoded values: ten times faster on 12 megapixels than linear light, and a mask does not feel it.
    """
    scale = side / max(photo.size)
    if scale >= 1.0:
        return photo
    size = max(1, round(photo.size[0] * scale)), max(1, round(photo.size[1] * scale))
    small: NDArray[Any] = cv2.resize(photo.encoded, size, interpolation=cv2.INTER_AREA)
    return replace(photo, encoded=small)


def _cut(picture: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    cv2.setRNGSeed(0)  # the mixtures start from k-means with random centres: same photo, same mask
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cut = cv2.grabCut(picture, labels, (0, 0, 1, 1), *models, 3, cv2.GC_INIT_WITH_MASK)[0]
    return np.asarray(cut, np.uint8)


def _log_ratios(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """(ln R/G, ln G/B, ln Y), shape (height, width, 3)."""
    light = np.maximum(cv2.GaussianBlur(linear, (0, 0), 0.8), FAINTEST)
    log = np.log(light)
    brightness = np.log(light @ LUMINANCE.astype(np.float32))
    return np.asarray(np.dstack([log[..., 0] - log[..., 1], log[..., 1] - log[..., 2], brightness]), np.float32)


def _seeds(planes: NDArray[np.float32]) -> NDArray[np.uint8]:
    away = planes[..., :2] - SKIN_MEAN
    distance = np.einsum("...i,ij,...j", away, np.linalg.inv(SKIN_COVARIANCE), away)
    density = -0.5 * distance - np.log(2 * np.pi * np.sqrt(np.linalg.det(SKIN_COVARIANCE))) + np.log(4.0)
    evidence = density - np.clip((-4.3 - planes[..., 2]) / 0.6, 0, 4)
    labels = np.where(evidence > 0.6, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[evidence < -4] = cv2.GC_BGD
    return np.asarray(labels, np.uint8)


def _as_picture(planes: NDArray[np.float32]) -> NDArray[np.uint8]:
    shifted = (planes + np.array([0.6, 0.6, 6.0], np.float32)) * np.array([110, 110, 38], np.float32)
    return np.asarray(np.clip(shifted, 0, 255), np.uint8)
