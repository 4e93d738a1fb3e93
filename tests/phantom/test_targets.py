import numpy as np

from tracker.imaging.calibrate import TRACKER_CARD
from tracker.imaging.colour import linear_to_lab
from tracker.phantom.targets import checker, checker_colours, tracker_card


def test_checker_colours_are_the_published_ones():
    lab = linear_to_lab(checker_colours())
    # White, neutral 5 and black of the X-Rite table after November 2014 are neutral at L* 95.2, 50.8 and 20.6.
    np.testing.assert_allclose(lab[[18, 21, 23], 0], [95.2, 50.8, 20.6], atol=1.0)
    assert np.abs(lab[19:24, 1:]).max() < 2.5
    assert lab[14, 1] > 45  # red is red
    assert lab[13, 1] < -25  # green is green


def test_the_drawn_chart_shows_each_patch_in_its_place():
    target = checker(10.0)
    for index, colour in enumerate(checker_colours()):
        row, column = divmod(index, 6)
        at = (round((5.2 + 15.6 * row + 6.6) * 10), round((5.2 + 15.6 * column + 6.6) * 10))
        np.testing.assert_allclose(target.reflectance[at], colour, atol=1e-3)


def test_the_card_has_the_size_of_its_design():
    assert tracker_card().size_mm == TRACKER_CARD.size_mm
