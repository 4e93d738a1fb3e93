"""One plane motion out of few right matches among many wrong ones, and no motion where there is none."""

import cv2
import numpy as np
import pytest

from tracker.errors import NotComparable
from tracker.imaging import align
from tracker.imaging.align import fitting
from tracker.imaging.align.matching import Keypoints, plane_figures
from tracker.imaging.align.verdict import MIN_SUPPORTERS, outvotes
from tracker.imaging.align.voting import voted_motion
from tracker.imaging.geometry import apply_homography
from tracker.imaging.types import Photo, Region

SIZE = (480, 400)
MATRIX = np.vstack([cv2.getRotationMatrix2D((240, 200), 12.0, 0.85), [0, 0, 1]])


def described(points, turn, log_size, rng):
    words = rng.normal(0, 1, (len(points), 128)).astype(np.float32)
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    return Keypoints(points, words, turn, log_size)


def marks(right, wrong, seed):
    """Keypoints with the same descriptors in both photos: some moved by MATRIX with 4 px of error, some anywhere."""
    rng = np.random.default_rng(seed)
    count = right + wrong
    start = rng.uniform(0, 400, (count, 2))
    target = np.concatenate([
        apply_homography(MATRIX, start[:right]) + rng.normal(0, 4, (right, 2)),
        rng.uniform(0, 400, (wrong, 2)),
    ])  # fmt: skip
    first = described(start, rng.uniform(0, 360, count), rng.uniform(0, 1, count), rng)
    scale, turn, _ = plane_figures(MATRIX)
    turned = np.concatenate([first.turn[:right] + turn + rng.normal(0, 8, right), rng.uniform(0, 360, wrong)])
    grown = np.concatenate([
        first.log_size[:right] + np.log(scale) + rng.normal(0, 0.1, right),
        rng.uniform(0, 1, wrong),
    ])  # fmt: skip
    return first, Keypoints(target, first.descriptors, turned, grown)


def skin(seed):
    rng = np.random.default_rng(seed)
    texture = np.zeros((SIZE[1], SIZE[0]), np.float32)
    for sigma, strength in ((1.2, 0.03), (3, 0.04), (8, 0.05), (25, 0.05)):
        noise = cv2.GaussianBlur(rng.normal(0, 1, texture.shape).astype(np.float32), (0, 0), sigma)
        texture += strength * noise / noise.std()
    colour = np.array([200.0, 150.0, 125.0], np.float32)
    return np.clip(colour * np.exp(texture)[:, :, None], 0, 255).astype(np.uint8)


def photo(pixels):
    return Photo("photo", "photo", np.ascontiguousarray(pixels))


def treated():
    mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    cv2.circle(mask, (240, 200), 30, 1, -1)
    return Region.from_mask("drawn", mask > 0)


@pytest.mark.parametrize("seed", range(5))
def test_thirty_right_matches_among_three_hundred_name_the_motion(seed):
    motion = voted_motion(*marks(30, 300, seed))
    corners = np.array([[50.0, 50.0], [350.0, 50.0], [350.0, 350.0], [50.0, 350.0]])
    off = np.linalg.norm(apply_homography(motion.matrix, corners) - apply_homography(MATRIX, corners), axis=1)
    assert off.max() < 6.0
    assert motion.inlier.sum() >= MIN_SUPPORTERS


@pytest.mark.parametrize("seed", range(5))
def test_chance_matches_stay_below_the_limit(seed):
    motion = voted_motion(*marks(0, 330, seed))
    assert motion is None or motion.inlier.sum() < MIN_SUPPORTERS


def test_no_marks_name_no_motion():
    nothing = Keypoints(np.zeros((0, 2)), np.zeros((0, 128), np.float32), np.zeros(0), np.zeros(0))
    assert voted_motion(nothing, nothing) is None


def test_the_mirror_is_the_measure_of_chance():
    assert outvotes(24, 5)
    assert not outvotes(MIN_SUPPORTERS - 1, 0)
    assert not outvotes(44, 40), "another face: eyes and brows agree as well in the mirror"


def test_the_vote_takes_over_for_a_region_where_the_first_way_fails(monkeypatch):
    monkeypatch.setattr(fitting, "plane_motion", lambda *_: None)
    pixels = skin(1)
    turned = cv2.warpAffine(pixels, MATRIX[:2], SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    found = align.fit(photo(pixels), photo(turned), region=treated())
    points = np.random.default_rng(3).uniform([140, 110], [340, 290], (100, 2))
    off = np.linalg.norm(align.carry_points(found, points) - apply_homography(MATRIX, points), axis=1)
    assert np.median(off) < 0.3
    with pytest.raises(NotComparable, match="marks"):
        align.fit(photo(pixels), photo(turned))


@pytest.mark.parametrize("other", [2, 3, 4])
def test_other_skin_with_a_region_is_refused(other):
    with pytest.raises(NotComparable):
        align.fit(photo(skin(1)), photo(skin(other)), region=treated())


def test_a_mirrored_photo_with_a_region_is_refused():
    with pytest.raises(NotComparable):
        align.fit(photo(skin(1)), photo(skin(1)[:, ::-1]), region=treated())
