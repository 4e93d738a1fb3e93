"""The edge that is shown holds the area that was measured."""

import numpy as np
import pytest

from tracker.exports.edge import edge_holding
from tracker.imaging.types import Region

SIZE = (300, 200)


def ellipses(*places):
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    parts = [((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1 for cx, cy, a, b in places]
    return Region.from_mask("drawn", np.logical_or.reduce(parts))


ONE, TWO, LINE = (
    ellipses((150, 100, 60, 40)),
    ellipses((80, 100, 40, 30), (220, 100, 12, 14)),
    ellipses((150, 99, 90, 6)),
)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0, 1.3])
@pytest.mark.parametrize("outline", [ONE, TWO, LINE], ids=["one", "two", "line"])
def test_it_holds_the_share_of_the_area(outline, share):
    found = edge_holding(outline, share, SIZE)
    assert found.area_px == pytest.approx(share * outline.area_px, rel=0.08)


def test_smaller_lies_inside_and_larger_outside():
    smaller, larger = edge_holding(ONE, 0.6, SIZE).full(SIZE), edge_holding(ONE, 1.4, SIZE).full(SIZE)
    drawn = ONE.full(SIZE)
    assert not (smaller & ~drawn).any()
    assert not (drawn & ~larger).any()


def test_parts_of_any_width_get_narrower_together():
    found = edge_holding(TWO, 0.5, SIZE).full(SIZE)
    for half in (found[:, :150], found[:, 150:]):
        assert half.any()


def test_all_of_it_stays_as_drawn_and_of_nothing_there_is_no_edge():
    assert (edge_holding(ONE, 1.0, SIZE).full(SIZE) == ONE.full(SIZE)).mean() > 0.999
    assert edge_holding(ONE, 0.0, SIZE) is None


def test_it_ends_at_the_photo():
    found = edge_holding(ellipses((10, 10, 40, 30)), 2.0, SIZE)
    assert found.box.left == found.box.top == 0
