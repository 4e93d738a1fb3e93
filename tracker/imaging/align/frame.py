"""Both photos in one frame: the baseline warped by the plane motion onto the trusted part of the follow-up."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from tracker.imaging import geometry
from tracker.imaging.align.prepared import Image, Prepared
from tracker.imaging.align.residual import BLOCK, OUTSIDE_WEIGHT
from tracker.imaging.types import Mask, Matrix3, Points

UNIT = 8 * BLOCK  # the frame's sides are multiples of this: whole blocks on every pyramid level
FILL_SIGMAS = (12.0, 4.0, 1.5)  # blocks
MARGIN = 32  # pixels around the trusted part: the widest texture filter


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Two pictures to be laid over each other.

    Parameters
    ----------
    template, moving : ndarray of float32, shape (height, width)
        Log-luminance: the baseline warped by the plane motion, and the follow-up.
    weight : ndarray of float32, shape (height, width)
        How much each pixel may pull.
    trusted : Mask
        Trusted in both photos and inside both.
    left, top : int
        Of the frame in the follow-up working copy.
    """

    template: Image = field(repr=False)
    moving: Image = field(repr=False)
    weight: Image = field(repr=False)
    trusted: Mask = field(repr=False)
    left: int
    top: int


def common_frame(first: Prepared, second: Prepared, matrix: Matrix3, spared: Mask | None) -> Frame | None:
    """The frame around what is trusted in both; None where nothing is.

    Parameters
    ----------
    first, second : Prepared
        Baseline and follow-up.
    matrix : Matrix3
        Baseline working pixels to follow-up working pixels.
    spared : Mask or None
        The grown treated region in baseline working pixels, which may not pull.
    """
    inside = _warp(np.ones(first.trusted.shape, np.float32), matrix, second.size)
    both = (_warp(first.trusted.astype(np.float32), matrix, second.size) > 0.5) & second.trusted
    both &= inside > 0.99
    if not both.any():
        return None
    left, top, width, height = _window(both)
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64)
    size = (width, height)
    scale = float(np.sqrt(max(np.linalg.det(matrix[:2, :2]), 1e-6)))
    source: Image = first.log_luminance
    if scale < 1:  # the follow-up shows the skin smaller: average what falls into one of its pixels
        blur = 0.5 * float(np.sqrt(1 / scale**2 - 1)) + 1e-3
        source = np.asarray(cv2.GaussianBlur(source, (0, 0), blur), np.float32)
    template = _warp(source, shift @ matrix, size, cv2.BORDER_REPLICATE)
    moving = _warp(second.log_luminance, shift, size, cv2.BORDER_REPLICATE)
    trusted = _warp(both.astype(np.float32), shift, size) > 0.5
    valid = (_warp(inside, shift, size) > 0.99).astype(np.float32)
    if spared is not None:
        valid = valid * (1 - _warp(spared.astype(np.float32), shift @ matrix, size))
    weight = np.asarray(valid * np.where(trusted, np.float32(1), np.float32(OUTSIDE_WEIGHT)), np.float32)
    return Frame(_filled(template, valid), _filled(moving, valid), weight, trusted, left, top)


def _filled(picture: Image, valid: Image) -> Image:
    """The picture with what may not pull replaced by its smooth surroundings.

    A scar's edge would otherwise reach through the coarse texture filters (up to 32 px) beyond the spared part and pull
    there: 5 % of a 20 % shrinkage was lost at a radius of 20 px.
    """
    if valid.min() == 1:
        return picture
    small = picture.shape[1] // BLOCK, picture.shape[0] // BLOCK
    weight = cv2.resize(valid, small, interpolation=cv2.INTER_AREA)
    weighted = cv2.resize(picture * valid, small, interpolation=cv2.INTER_AREA)
    fill = np.full(weight.shape, float((picture * valid).sum() / max(float(valid.sum()), 1.0)), np.float32)
    for sigma in FILL_SIGMAS:  # wide first, then nearer wherever there is enough to see
        share = cv2.GaussianBlur(weight, (0, 0), sigma)
        near = cv2.GaussianBlur(weighted, (0, 0), sigma) / np.maximum(share, 1e-6)
        trust = np.clip(share / 0.2, 0, 1)
        fill = np.asarray(trust * near + (1 - trust) * fill, np.float32)
    whole = cv2.resize(fill, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(picture * valid + whole * (1 - valid), np.float32)


def _window(mask: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    left, top = int(columns[0]) - MARGIN, int(rows[0]) - MARGIN
    width = -(-(int(columns[-1]) + 1 + MARGIN - left) // UNIT) * UNIT
    height = -(-(int(rows[-1]) + 1 + MARGIN - top) // UNIT) * UNIT
    return left, top, width, height


def _warp(image: Image, matrix: Matrix3, size: tuple[int, int], border: int = cv2.BORDER_CONSTANT) -> Image:
    return np.asarray(
        cv2.warpPerspective(
            image, matrix, size, flags=cv2.INTER_CUBIC if border else cv2.INTER_LINEAR, borderMode=border
        ),
        np.float32,
    )


def blocks_trusted(frame: Frame) -> Mask:
    """Which blocks lie mostly on trusted skin that may pull."""
    pulls = (frame.trusted & (frame.weight > 0.5)).astype(np.float32)
    height, width = pulls.shape
    return np.asarray(cv2.resize(pulls, (width // BLOCK, height // BLOCK), interpolation=cv2.INTER_AREA) > 0.5, bool)


def nodes_on_baseline(frame: Frame, matrix: Matrix3, values: Image, nodes: Points) -> Image:
    """Block values of the frame at baseline working positions (n, 2)."""
    moved = geometry.apply_homography(matrix, nodes) - (frame.left, frame.top)
    centred = moved - (BLOCK - 1) / 2  # a block's value belongs to its centre
    return np.asarray(geometry.sample_grid(values, BLOCK, centred), np.float32)
