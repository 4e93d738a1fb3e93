"""Which pixels are skin: a prior for all tones, refined by this photo's own colours and, for a face, by place."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.geometry import polygon_to_mask
from tracker.imaging.regions.colours import Colours, Plane, colours, likelihood, probability, reduced
from tracker.imaging.regions.detect import Face, find_face
from tracker.imaging.types import Box, Calibration, Mask, Photo

WORKING_SIDE = 400
"""Longer side in pixels of the model: 25 ms; at 640 the hands of skin_hgr1 gain 0.001 in IoU."""
ROUNDS = 5
RADIUS, LAST_RADIUS = 6, 2
"""Of the smoothing along edges, in working pixels; a wide last round rounds off fingertips (0.004 in IoU)."""
PRIOR_WEIGHT = 0.5
"""The prior speaks against confusion with the background; the photo's own colours decide the border."""
SEED_ODDS = 1.0
"""Log-odds that a colour must have to seed the model of this photo's skin."""
EDGE_WEIGHT, EDGE_WIDTH = 1.0, 0.03
"""What touches the frame over a long way is background (a wall, a shirt): the colours of a strip of 3 % count as
background with this weight. Where skin fills the frame the strip has the colours of the skin and says nothing."""
SHADOW_DEPTH = 2.0
"""Log units below the brightest skin at which a shadow beside the hand is more likely than skin in shade."""
TARGET_MARGIN = 1.1
LEAST_SHARE = 0.005
"""Of the photo; less is no skin but stray colour."""


def photographed(photo: Photo) -> Mask:
    """Where the photo holds picture: False in an exactly black border (zero padding).

    Returns
    -------
    Mask
        (height, width).
    """
    out = np.zeros(photo.encoded.shape[:2], bool)
    box = _lit_box(photo)
    out[box.top : box.bottom, box.left : box.right] = True
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
        (height, width) at the size of the photo. Eyes, brows and lips inside a face are left as the colours say.

    Notes
    -----
    An exactly black border and the calibration target are no skin. Of several faces only the largest is told from
    its hair.
    """
    box = _lit_box(photo)
    out = np.zeros(photo.encoded.shape[:2], bool)
    if box.width < 16 or box.height < 16:
        return out
    lit = replace(photo, encoded=photo.encoded[box.top : box.bottom, box.left : box.right])
    seen = colours(reduced(lit, WORKING_SIDE))
    face = find_face(lit)
    soft = _anywhere(seen) if face is None else _with_face(seen, face, seen.prior.shape[1] / box.width)
    levels = np.asarray(np.rint(255 * soft), np.uint8)
    full = cv2.resize(levels, (box.width, box.height), interpolation=cv2.INTER_LINEAR)
    out[box.top : box.bottom, box.left : box.right] = full > 127
    return out if photo.calibration is None else out & ~_target(photo.calibration, photo.size)


def _target(calibration: Calibration, size: tuple[int, int]) -> Mask:
    """The calibration target with a margin of a tenth: some of its patches have the colours of skin."""
    centre = calibration.corners.mean(axis=0)
    return polygon_to_mask(centre + TARGET_MARGIN * (calibration.corners - centre), size)


def _lit_box(photo: Photo) -> Box:
    brightest = (cv2.reduce(photo.encoded, axis, cv2.REDUCE_MAX).reshape(-1, 3).max(axis=1) for axis in (1, 0))
    rows, columns = (np.flatnonzero(line) for line in brightest)
    if rows.size == 0:
        return Box(0, 0, 0, 0)
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _anywhere(seen: Colours) -> Plane:
    """Probability of skin in a photo without a face."""
    edge = _edge(seen.prior.shape)
    evidence = seen.prior - SEED_ODDS
    for turn in range(ROUNDS):
        inside = _sigmoid(evidence) if turn == 0 else probability(evidence, seen.guide, RADIUS)
        if inside.mean() < LEAST_SHARE or not (inside > 0.5).any():
            return np.zeros_like(inside)
        outside = (1 - inside) / max(float((1 - inside).sum()), 1.0) + EDGE_WEIGHT * edge / edge.sum()
        brightest = float(np.percentile(seen.brightness[inside > 0.5], 95))
        shadow = np.clip((brightest - SHADOW_DEPTH - seen.brightness) / 0.4, 0, 5)
        evidence = likelihood(seen.bin_of, inside, outside) + PRIOR_WEIGHT * seen.prior - shadow
    return _parts(probability(evidence, seen.guide, LAST_RADIUS), evidence, seen.brightness)


def _with_face(seen: Colours, face: Face, scale: float) -> Plane:
    """Probability of skin where a face tells which colours are its skin and which its hair.

    The face is an ellipse of the frame of :class:`Face`; the shares were set on the landmarks of faces_london.
    """
    x, y = face.frame((seen.prior.shape[0], seen.prior.shape[1]), scale)
    radius = np.hypot(x / 1.08, (y - 0.40) / 1.34)
    core = np.hypot(x / 0.79, (y - 0.37) / 1.0) < 1
    above_mouth = (y < 0.58) & (np.abs(x) < 2.0)
    hair = (radius > 1.12) & above_mouth & (y > -2.45)
    below = np.where((np.abs(x) < 1.6) & (y < 4.0), 0.2, -1.0)  # neck and chest, then far away
    place = np.where(y < 0.97, np.clip((1.06 - radius) * 8, -3.0, 1.0), below)
    ears = np.hypot((np.abs(x) - 1.21) / 0.18, (y - 0.37) / 0.42) < 1
    place = np.where(ears, np.maximum(place, -0.3), place)
    if not (core & (seen.prior > 0)).any():
        return _anywhere(seen)
    usual = float(np.median(seen.brightness[core]))
    inside = core * _sigmoid(seen.prior + 1) * np.exp(-0.5 * ((seen.brightness - usual) / 0.7) ** 2)
    outside = np.where(core, 0.0, np.where(hair | (seen.prior < -2.5), 1.0, 0.05))
    hair_for_sure = (radius > 1.2) & above_mouth
    evidence = seen.prior
    for _ in range(ROUNDS - 1):
        colour = likelihood(seen.bin_of, np.asarray(inside, np.float32), np.asarray(outside, np.float32))
        evidence = np.asarray(colour + 0.35 * seen.prior + 2.5 * place, np.float32)
        soft = probability(evidence, seen.guide, 4)
        inside = np.where(hair_for_sure, 0.1 * soft, soft)
        outside = 1 - inside
    return _parts(soft, evidence, seen.brightness)


def _parts(soft: Plane, evidence: Plane, brightness: Plane) -> Plane:
    """The probability without parts unlike the chief one in size, evidence or light; small holes filled."""
    inside = soft > 0.5
    count, label, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=4)
    if count <= 1:
        return np.zeros_like(soft)
    area = stats[1:, cv2.CC_STAT_AREA]
    mean_evidence, light = (_means(plane, np.asarray(label), count)[1:] for plane in (evidence, brightness))
    chief = int(np.argmax(np.sqrt(area) * np.maximum(mean_evidence, 0.01) * np.exp(0.35 * np.clip(light, -6, 0))))
    like_chief = (light > light[chief] - 1.0) & (mean_evidence > 0.3 * mean_evidence[chief])
    kept = np.concatenate([[False], (area >= max(0.02 * area[chief], 20)) & like_chief])[label]
    _, hole, stats, _ = cv2.connectedComponentsWithStats((~kept).astype(np.uint8), connectivity=4)
    filled = stats[:, cv2.CC_STAT_AREA] < 0.0008 * soft.size  # larger ones may be true gaps between fingers
    filled[0] = False
    kept |= filled[hole]
    return np.where(kept, np.maximum(soft, 0.51), np.minimum(soft, 0.49))


def _means(plane: Plane, label: NDArray[Any], count: int) -> NDArray[np.float64]:
    sizes = np.bincount(label.ravel(), minlength=count)
    return np.asarray(np.bincount(label.ravel(), plane.ravel(), count) / np.maximum(sizes, 1), np.float64)


def _edge(shape: tuple[int, ...]) -> Plane:
    edge = np.ones(shape, np.float32)
    width = max(2, int(EDGE_WIDTH * max(shape)))
    edge[width:-width, width:-width] = 0
    return edge


def _sigmoid(odds: Plane) -> Plane:
    return np.asarray(1 / (1 + np.exp(-1.5 * odds)), np.float32)
