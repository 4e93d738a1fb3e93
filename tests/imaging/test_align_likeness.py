"""Whether a drawn mark is seen again: red discs on grey skin, with a map that is known."""

import numpy as np
import pytest

from tracker.imaging.align.likeness import seen_again
from tracker.imaging.types import Alignment, Photo, Region

SIZE = 240


def skin(radius, seed, excess=40.0, centre=(120, 110)):
    yy, xx = np.mgrid[0:SIZE, 0:SIZE]
    disc = (xx - centre[0]) ** 2 + (yy - centre[1]) ** 2 < radius**2
    pixels = np.array([190.0, 145, 120]) + np.random.default_rng(seed).normal(0, 4, (SIZE, SIZE, 1))
    pixels[disc] -= np.array([0.0, excess, excess])
    return Photo("skin", str(seed), np.clip(pixels, 0, 255).astype(np.uint8)), disc


def shifted(dx, dy):
    matrix = np.array([[1.0, 0, dx], [0, 1, dy], [0, 0, 1]])
    still = np.zeros((31, 31, 2), np.float32)
    return Alignment(matrix, still, 8.0, np.ones((31, 31), np.float32), 0.3, (SIZE, SIZE), (SIZE, SIZE))


def test_a_mark_that_stayed_is_seen_whole():
    (before, disc), (after, _) = skin(20, 1), skin(20, 2, centre=(126, 107))
    found = seen_again(shifted(6, -3), before, after, Region.from_mask("drawn", disc))
    assert found == pytest.approx(1.0, abs=0.25)


def test_a_mark_that_shrank_is_still_seen_but_less():
    (before, disc), (after, _) = skin(20, 1), skin(16, 2)
    region = Region.from_mask("drawn", disc)
    assert 0.33 < seen_again(shifted(0, 0), before, after, region) < 0.95


def test_a_mark_at_another_place_is_not_seen():
    (before, disc), (after, _) = skin(20, 1), skin(20, 2, centre=(200, 200))
    assert seen_again(shifted(0, 0), before, after, Region.from_mask("drawn", disc)) < 0.2


def test_plain_skin_gives_no_evidence():
    (before, _), (after, _) = skin(0, 1), skin(0, 2)
    _, disc = skin(20, 3)
    assert np.isnan(seen_again(shifted(0, 0), before, after, Region.from_mask("drawn", disc)))


def test_a_mark_carried_out_of_the_photo_gives_no_evidence():
    (before, disc), (after, _) = skin(20, 1), skin(20, 2)
    assert np.isnan(seen_again(shifted(150, 0), before, after, Region.from_mask("drawn", disc)))
