"""Another expression, from the alignment alone."""

import numpy as np
import pytest

from tracker.imaging.quality import expression
from tracker.imaging.types import FlagCode, Metric, Region


def cheek():
    mask = np.zeros((800, 800), bool)
    mask[300:600, 300:600] = True
    return Region.from_mask("cheek_left", mask)


def stretched(share):
    yy, xx = np.mgrid[0:9, 0:9] * 100.0
    return np.stack([share * xx, np.zeros_like(yy)], -1).astype(np.float32)


@pytest.mark.parametrize("turn", [0.0, 0.5])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_strain_is_that_of_the_displacement_whatever_the_view(alignment, turn, scale):
    plane = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = np.eye(3)
    matrix[:2, :2] = plane
    moved = (stretched(0.1) @ plane.T).astype(np.float32)
    assert expression.strain(alignment(matrix, moved), cheek()) == pytest.approx(0.1, rel=1e-3)


def test_a_smile_withholds_wrinkles_in_that_region_and_nothing_of_colour(alignment):
    (flag,) = expression.expression_flags(alignment(displacement=stretched(0.1)), cheek())
    assert flag.code is FlagCode.EXPRESSION
    assert "cheek_left" in flag.reason
    assert set(flag.withholds) == {Metric.WRINKLES, Metric.WRINKLE_CONTRAST, Metric.WRINKLE_SEVERITY}


def test_a_shift_and_a_little_stretch_are_no_expression(alignment):
    shift = np.full((9, 9, 2), 30.0, np.float32)
    assert expression.expression_flags(alignment(displacement=shift), cheek()) == ()
    assert expression.expression_flags(alignment(displacement=stretched(0.02)), cheek()) == ()
