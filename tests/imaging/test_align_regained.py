"""Lost skin is found again; what agrees, what may not pull and what is other skin is left alone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tracker.imaging.align.regained import LOST, regained
from tracker.imaging.align.residual import BLOCK, Anchors, agreement, refine

SIDE = 512
NO_MARKS = Anchors(np.zeros((0, 2)), np.zeros((0, 2)), 2.0)
PATCH = (slice(20, 44), slice(20, 44))  # blocks


def texture(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    layers = [cv2.GaussianBlur(rng.normal(0, s, (SIDE, SIDE)).astype(np.float32), (0, 0), s) for s in (2.0, 4.0, 8.0)]
    return np.asarray(sum(layers) * 0.1, np.float32)


def moved_by(picture: np.ndarray, dx: float, dy: float) -> np.ndarray:
    return cv2.warpAffine(picture, np.array([[1, 0, dx], [0, 1, dy]]), (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT)


@pytest.fixture(scope="module")
def fitted():
    template = texture(1)
    return refine(template, moved_by(template, 3.0, -2.0), np.ones_like(template), NO_MARKS)


def spoiled(fitted, by: float):
    found, levels = fitted
    shift = found.shift.copy()
    shift[PATCH] += by
    return replace(found, shift=shift, agreement=agreement(levels[1], shift, 1))


def error(field) -> np.ndarray:
    return np.linalg.norm(field.shift - [3.0, -2.0], axis=2)


def test_a_lost_patch_is_brought_back(fitted):
    lost = spoiled(fitted, 14.0)
    assert error(lost)[PATCH].min() > 15
    assert (lost.agreement[PATCH] < LOST).mean() > 0.8
    again = regained(lost, fitted[1], NO_MARKS)
    assert np.median(error(again)[PATCH]) < 0.1
    assert np.quantile(error(again)[4:-4, 4:-4], 0.95) < 0.3


def test_what_agrees_everywhere_is_returned_as_it_is(fitted):
    assert regained(fitted[0], fitted[1], NO_MARKS) is fitted[0]


def test_what_may_not_pull_is_not_looked_up(fitted):
    found, levels = fitted
    weight = np.ones((SIDE, SIDE), np.float32)
    rows, columns = (slice((p.start - 3) * BLOCK, (p.stop + 3) * BLOCK) for p in PATCH)
    weight[rows, columns] = 0
    spared = tuple(
        replace(level, weight=cv2.resize(weight, level.weight.shape[::-1], interpolation=cv2.INTER_AREA))
        for level in levels
    )
    lost = spoiled((found, spared), 14.0)
    assert regained(lost, spared, NO_MARKS) is lost


def test_other_skin_is_left_as_it_was_found():
    found, levels = refine(texture(1), texture(2), np.ones((SIDE, SIDE), np.float32), NO_MARKS)
    assert (found.agreement < LOST).mean() > 0.5
    again = regained(found, levels, NO_MARKS)
    assert np.mean(np.linalg.norm(again.shift - found.shift, axis=2) > 1) < 0.1
