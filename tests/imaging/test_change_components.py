"""Two levels of noise: recovered from simulated seatings and photos, with limits that hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.imaging.change import Repeats, two_level

SEATED_TWICE = ("1", "1", "2", "2")


def study(draw, subjects, sds, seatings=SEATED_TWICE):
    """One study: the SDs of subjects, of seatings and of photos."""
    names = sorted(set(seatings))
    out = []
    for _ in range(subjects):
        seat = dict(zip(names, draw.normal(0, sds[1], len(names)), strict=True))
        values = draw.normal(0, sds[0]) + np.array([seat[one] for one in seatings])
        out.append([Repeats.of_values(seatings, values + draw.normal(0, sds[2], len(seatings)))])
    return two_level(out)


@pytest.mark.parametrize("sds", [(3.0, 1.0, 1.0), (3.0, 0.5, 1.5), (1.0, 2.0, 0.5)])
@pytest.mark.parametrize("seatings", [SEATED_TWICE, ("1", "1", "1", "2", "2"), ("1", "2", "3", "3")])
def test_components_of_many_subjects_are_recovered(sds, seatings):
    found = study(np.random.default_rng(1), 3000, sds, seatings)
    assert found.session_variance == pytest.approx(sds[1] ** 2, rel=0.1, abs=0.05)
    assert found.photo_variance == pytest.approx(sds[2] ** 2, rel=0.1)
    assert found.icc() == pytest.approx(sds[0] ** 2 / sum(sd**2 for sd in sds), abs=0.03)
    for photos in (1, 2, 5):
        assert found.sem(photos) ** 2 == pytest.approx(sds[1] ** 2 + sds[2] ** 2 / photos, rel=0.08)


@pytest.mark.parametrize(("subjects", "sds"), [(6, (3, 1, 1)), (10, (3, 0.5, 1)), (10, (3, 1, 0.3))])
def test_limits_of_the_sem_cover_in_95_of_100_studies(subjects, sds):
    draw = np.random.default_rng(7)
    truth = np.hypot(sds[1], sds[2])
    limits = np.array([study(draw, subjects, sds).sem_interval() for _ in range(2000)])
    covered = float(((limits[:, 0] <= truth) & (truth <= limits[:, 1])).mean())
    assert 0.93 <= covered <= 0.97


def test_limits_of_the_icc_cover():
    draw = np.random.default_rng(8)
    truth = 9 / 11
    limits = np.array([study(draw, 10, (3, 1, 1)).icc_interval() for _ in range(300)])
    covered = float(((limits[:, 0] <= truth) & (truth <= limits[:, 1])).mean())
    assert covered >= 0.92  # 95 % of 300 is 0.925 to 0.975


def test_seatings_that_differ_by_nothing_are_said_to():
    found = two_level([[Repeats.of_values(SEATED_TWICE, (n + 0.0, n + 1.0, n + 1.0, n + 0.0))] for n in range(5)])
    assert found.clipped
    assert found.session_variance == 0.0
    assert found.sem() == pytest.approx(np.sqrt(0.5))  # SD of photos 1 apart
    assert found.sem(4) == pytest.approx(np.sqrt(0.5 / 4))


def test_a_hand_made_table():
    """Seatings 2 apart, photos 1 apart: mean squares 4 and 0.5."""
    found = two_level([[Repeats.of_values(SEATED_TWICE, np.array([0.0, 1, 2, 3]) + 10 * n)] for n in range(4)])
    assert found.session == pytest.approx((4.0, 4))
    assert found.photo == pytest.approx((0.5, 8))
    assert found.per_session == pytest.approx(2)
    assert found.per_subject == pytest.approx((2, 4))
    assert found.session_variance == pytest.approx(1.75)
    assert found.subjects == 4


def test_both_cheeks_of_a_face_count_once():
    draw = np.random.default_rng(2)
    one = [[Repeats.of_values(SEATED_TWICE, draw.normal(0, 1, 4))] for _ in range(6)]
    both = two_level([regions * 2 for regions in one])
    assert both == two_level(one)


def test_one_photo_per_seating_earns_nothing_by_averaging():
    draw = np.random.default_rng(3)
    found = two_level([[Repeats.of_values(("1", "2"), draw.normal(0, 1, 2))] for _ in range(8)])
    assert found.sem(5) == found.sem(1)
    assert found.df() == 8


def test_pair_errors_count_as_noise_between_photos():
    """Where the engine errs in every pair anew, the differences of three photos do not add up."""
    draw = np.random.default_rng(4)
    told = []
    for _ in range(2000):
        errors = np.triu(draw.normal(0, 1, (4, 4)), 1)
        told.append([Repeats(SEATED_TWICE, errors - errors.T, 0.0)])
    found = two_level(told)
    assert found.photo_variance == pytest.approx(0.5, rel=0.1)  # a pair of photos then differs with variance 1
    assert found.session_variance == pytest.approx(0.0, abs=0.05)


@given(st.floats(-50, 50), st.floats(0.1, 20))
def test_a_shift_changes_nothing_and_a_scale_scales(shift, scale):
    values = np.random.default_rng(5).normal(0, 1, (4, 4))
    plain = two_level([[Repeats.of_values(SEATED_TWICE, row)] for row in values])
    moved = two_level([[Repeats.of_values(SEATED_TWICE, row * scale + shift)] for row in values])
    assert moved.sem() == pytest.approx(scale * plain.sem())
    assert moved.df() == pytest.approx(plain.df())
    assert moved.icc() == pytest.approx(plain.icc(), abs=1e-6)


@pytest.mark.parametrize("subjects", [0, 2])
def test_too_few_subjects_are_refused_with_their_number(subjects):
    told = [[Repeats.of_values(SEATED_TWICE, (1, 2, 3, 5))]] * subjects
    told += [[Repeats.of_values(("1", "1"), (1, 2))]] * 4  # never seated twice
    with pytest.raises(InvalidInput, match=rf"at least 3 subjects.*found {subjects};"):
        two_level(told)
