"""What the skin around says of the error of a profile, on skin whose unevenness is known."""

import cv2
import numpy as np
import pytest

from tracker.imaging.measure import scar_frame, scar_profiles
from tracker.imaging.types import Region

SIZE = 260
BLOOD = np.array([0.266, 0.746, 0.611])


def logs(seed, strength):
    """ln RGB of skin with blotches of 8 px, a disc of blood in it, and a slope of the light."""
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    blotches = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 1, (SIZE, SIZE, 3)), (0, 0), 8)
    disc = cv2.GaussianBlur((np.hypot(x, y) <= 30).astype(float), (0, 0), 3)
    return np.log([0.42, 0.27, 0.19]) + 0.5 * blotches - strength * disc[..., None] * BLOOD + 0.001 * x[..., None]


def profiles(seed, strengths):
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    frame = scar_frame.frame(Region.from_mask("drawn", np.hypot(x, y) <= 30), (SIZE, SIZE))
    column, row = np.rint(frame.points).astype(int).T
    both = tuple(logs(seed, s)[row, column] for s in strengths)
    seen = scar_profiles.seen_by_pair(frame, frame.level, frame.points, (both[0], both[1]))
    return scar_profiles.profiles(seen, (0.02, 0.02), frame)


def test_blotches_that_both_photos_share_cancel_in_the_change():
    found = profiles(3, (0.4, 0.2))
    core = found.level < 0.6
    np.testing.assert_allclose(found.change[core], -0.5, atol=0.12)
    assert np.abs(found.change[found.level > 2]).max() < 0.02
    assert np.trace(found.of_change) < 0.1 * np.trace(found.of_baseline)


def test_the_covariance_says_how_far_skin_is_from_plain():
    off, said = [], []
    for seed in range(12):
        found = profiles(seed, (0.4, 0.4))
        ring = (found.level > 1.2) & (found.level < 1.8)
        off.append(found.baseline[ring].mean())
        said.append(found.of_baseline[np.ix_(ring, ring)].mean())
    assert 0.4 < np.sqrt(np.mean(np.square(off)) / np.mean(said)) < 2.0


def test_a_scar_of_blood_is_told_from_one_of_melanin():
    found = profiles(1, (0.6, 0.6))
    assert found.shares[0] == max(found.shares)
    assert found.bends[0] == pytest.approx(0.6 / scar_profiles.BLOOD_BEND, rel=0.4)
