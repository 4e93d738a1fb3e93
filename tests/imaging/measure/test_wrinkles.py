"""Lines of known length and contrast in drawn skin, and what must not count as one."""

import numpy as np
import pytest

from tracker.imaging.measure import wrinkles
from tracker.imaging.measure.sharpness import BlurMatch
from tracker.imaging.types import FlagCode, Metric

SCALE = 12.0
SAME = BlurMatch((0.0, 0.0), 0.0)
AREA_CM2 = 4.84  # 22 by 22 mm


def measured(pair):
    return {both[0].metric: both for both in wrinkles.measure(pair, wrinkles.find(pair))}


@pytest.fixture(scope="module")
def wrinkled(plain_skin):
    skin = plain_skin(SCALE)
    for y, contrast in ((8.0, 0.06), (14.0, 0.10), (20.0, 0.20)):
        skin = skin.with_line((8.0, y), (22.0, y + 3.0), contrast, 0.2, taper_mm=1.5)
    return skin


def test_planted_length_is_found_within_a_tenth(wrinkled, plain_skin, lay):
    pair = lay((plain_skin(SCALE).photo(), wrinkled.photo(seed=2)), SCALE, SAME)
    before, after = measured(pair)[Metric.WRINKLES]
    planted = 3 * np.hypot(14.0, 3.0)
    assert (after.value - before.value) * AREA_CM2 == pytest.approx(planted, rel=0.1)
    assert before.value * AREA_CM2 < 0.2 * planted
    assert after.unit == "mm/cm²"


def test_contrast_and_severity_follow_the_depth_and_length_does_not(plain_skin, lay):
    faint, deep = (plain_skin(SCALE).with_line((7.0, 15.0), (23.0, 15.0), c, 0.2) for c in (0.10, 0.20))
    found = measured(lay((faint.photo(), deep.photo(seed=2)), SCALE, SAME))
    contrast, severity, length = (found[m] for m in (Metric.WRINKLE_CONTRAST, Metric.WRINKLE_SEVERITY, Metric.WRINKLES))
    assert contrast[1].value / contrast[0].value == pytest.approx(2.0, rel=0.15)
    assert 15.0 < contrast[1].value < 20.0  # averaged along the line, its fading ends included
    assert severity[1].value > 1.6 * severity[0].value
    assert length[1].value == pytest.approx(length[0].value, rel=0.15)


def test_a_hair_is_no_wrinkle(plain_skin, lay):
    bare = plain_skin(SCALE)
    hairy = bare.with_line((6.0, 10.0), (24.0, 12.0), 0.5, 0.04).with_line((6.0, 18.0), (24.0, 15.0), 0.5, 0.04)
    pair = lay((bare.photo(), hairy.photo(seed=2)), SCALE, SAME)
    found = wrinkles.find(pair)
    before, after = wrinkles.measure(pair, found)[0]
    assert sum(line.length_mm for line in found[1].hairs) > 30
    assert abs(after.value - before.value) * AREA_CM2 < 4


def test_crossing_wrinkles_stay_two(plain_skin, lay):
    skin = plain_skin(SCALE).with_line((8, 15), (22, 15), 0.15, 0.2).with_line((15, 8), (15, 22), 0.15, 0.2)
    pair = lay((skin.photo(), skin.photo(seed=2)), SCALE, SAME)
    found = [line for line in wrinkles.find(pair)[0].wrinkles if line.length_mm > 3]
    across = sum(line.length_mm for line in found if np.ptp(line.x_mm) > 3 * np.ptp(line.y_mm))
    down = sum(line.length_mm for line in found if np.ptp(line.y_mm) > 3 * np.ptp(line.x_mm))
    assert across == pytest.approx(14.0, rel=0.2)
    assert down == pytest.approx(14.0, rel=0.2)


def test_short_lines_are_micro_relief(plain_skin, lay):
    skin = plain_skin(SCALE, 0.003).with_line((14.5, 15.0), (15.4, 15.0), 0.1, 0.15)
    pair = lay((skin.photo(noise=0.0005), skin.photo(noise=0.0005, seed=2)), SCALE, SAME)
    near = [line for line in wrinkles.find(pair)[0].wrinkles if abs(line.x_mm.mean() - 14) < 1 and line.length_mm > 3.5]
    assert not near


@pytest.mark.parametrize("exposure", [0.7, 1.2])
def test_exposure_alone_stays_within_the_error(wrinkled, lay, exposure):
    pair = lay((wrinkled.photo(), wrinkled.photo(exposure=exposure, seed=2)), SCALE, SAME)
    before, after = measured(pair)[Metric.WRINKLES]
    assert after.value == pytest.approx(before.value, rel=0.1)
    assert np.isfinite([before.standard_error, after.standard_error]).all()


def test_swapping_the_photos_swaps_the_values(wrinkled, plain_skin, lay):
    a, b = plain_skin(SCALE).photo(), wrinkled.photo(seed=2)
    there, back = (measured(lay(photos, SCALE, SAME))[Metric.WRINKLE_SEVERITY] for photos in ((a, b), (b, a)))
    assert there[0].value == pytest.approx(back[1].value, rel=1e-6)
    assert there[1].value == pytest.approx(back[0].value, rel=1e-6)


def test_without_wrinkles_length_is_zero_and_contrast_undefined_with_a_reason(plain_skin, lay):
    flat = plain_skin(SCALE, 0.0002)
    found = measured(lay((flat.photo(noise=0.0005), flat.photo(noise=0.0005, seed=2)), SCALE, SAME))
    assert found[Metric.WRINKLES][0].value == 0.0
    assert np.isnan(found[Metric.WRINKLE_CONTRAST][0].value)
    assert "no wrinkle" in found[Metric.WRINKLE_CONTRAST][0].flags[0].reason


def test_noise_withholds_them_with_the_reason(plain_skin, lay):
    skin = plain_skin(SCALE)
    found = measured(lay((skin.photo(noise=0.06), skin.photo(noise=0.06, seed=2)), SCALE, SAME))
    assert np.isnan(found[Metric.WRINKLES][0].value)
    assert found[Metric.WRINKLES][0].flags[0].code == FlagCode.TOO_DARK


def test_too_few_pixels_per_mm_withhold_them(plain_skin, lay):
    skin = plain_skin(6.0)
    found = measured(lay((skin.photo(), skin.photo(seed=2)), 6.0, SAME))
    assert np.isnan(found[Metric.WRINKLES][0].value)
    assert found[Metric.WRINKLES][0].flags[0].code == FlagCode.DISTANCE_DIFFERS
