"""Wilson's interval: published values, and no false certainty at the ends."""

import math

import pytest

from tracker.imaging.change.shares import share_interval


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Stat Med 17:857, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_values(count, of, low, high):
    assert share_interval(count, of) == pytest.approx((low, high), abs=1e-4)


def test_all_of_five_is_not_certain_and_none_of_nobody_is_unknown():
    assert share_interval(5, 5)[0] == pytest.approx(0.5655, abs=1e-3)
    assert all(math.isnan(end) for end in share_interval(0, 0))
