import numpy as np
import pytest

from tracker.phantom.lesions import Kind, Lesion, paint

SHAPE, SCALE = (400, 600), 10.0
FLAT = np.zeros(SHAPE, np.float32)


def area_mm2(lesion):
    painted = paint((lesion,), SHAPE, SCALE, FLAT)
    return float(painted.masks[str(lesion.kind)].sum()) / SCALE**2


@pytest.mark.parametrize("kind", [Kind.ICE_PICK, Kind.BOXCAR, Kind.ROLLING, Kind.HYPERTROPHIC, Kind.PAPULE])
@pytest.mark.parametrize("factor", [0.8, 0.5])
def test_a_round_lesion_shrinks_by_exactly_the_factor(kind, factor):
    lesion = Lesion(kind, (1.3, -2.1), 8.0, 10.0, 0.4, 30, 1.5, 1.1, 4)
    assert area_mm2(lesion.changed(area=factor)) / area_mm2(lesion) == pytest.approx(factor, rel=0.01)


def test_a_line_shrinks_in_width_and_keeps_its_length():
    scar = Lesion(Kind.SURGICAL, (0, 0), 5.0, 40.0, -0.2, 10, 2.0, 1.0, 3)
    thinner = scar.changed(area=0.7)
    assert thinner.length_mm == scar.length_mm
    assert area_mm2(thinner) / area_mm2(scar) == pytest.approx(0.7, rel=0.02)


def test_a_lesion_lies_where_it_was_put():
    painted = paint((Lesion(Kind.BOXCAR, (12.0, -7.0), 4.0, 4.0, 0.3, 0, 2.0, 1.0, 1),), SHAPE, SCALE, FLAT)
    mask = painted.masks["boxcar"]
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    assert (mask * x).sum() / mask.sum() == pytest.approx(300 + 120, abs=3)
    assert (mask * y).sum() / mask.sum() == pytest.approx(200 - 70, abs=3)


def test_depth_and_colour_are_those_of_the_lesion():
    painted = paint((Lesion(Kind.BOXCAR, (0, 0), 8.0, 8.0, 0.3, 0, 2.0, 1.3, 1),), SHAPE, SCALE, FLAT)
    assert painted.height.min() == pytest.approx(-0.3, rel=0.02)
    assert painted.log_blood.max() == pytest.approx(np.log(2.0), rel=0.02)
    assert painted.log_melanin.max() == pytest.approx(np.log(1.3), rel=0.02)
    assert not painted.height[:50].any()  # nothing far away


def test_half_the_redness_is_half_the_log_excess():
    assert Lesion(Kind.STAIN, (0, 0), 5, 5, 0, blood=4.0).changed(blood=0.5).blood == pytest.approx(2.0)


def test_a_wrinkle_keeps_the_fine_relief_and_a_scar_loses_it():
    wrinkle = paint((Lesion(Kind.WRINKLE, (0, 0), 1.0, 20.0, 0.1),), SHAPE, SCALE, FLAT)
    scar = paint((Lesion(Kind.HYPERTROPHIC, (0, 0), 6.0, 8.0, -0.5),), SHAPE, SCALE, FLAT)
    assert not wrinkle.smoothing.any()
    assert scar.smoothing.max() == pytest.approx(0.75, abs=0.01)
    assert scar.height.max() == pytest.approx(0.5, rel=0.02)


def test_a_lesion_off_the_canvas_is_left_out():
    assert not paint((Lesion(Kind.BOXCAR, (500.0, 0.0), 4.0, 4.0, 0.3),), SHAPE, SCALE, FLAT).masks
