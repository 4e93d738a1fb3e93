"""The expected fading of redness: a band between two exponentials, a remark between, an alert only from day 7."""

import math

import pytest

from tracker.imaging.change.healing import Expected, Rise, Sign, expected_from, judged, later_than_expected

NAN = math.nan


def test_the_band_is_two_exponentials_through_the_first_photo():
    band = Expected(0, 10.0)
    assert band.at(0) == (10.0, 10.0)
    low, high = band.at(3)
    assert low == pytest.approx(10 * math.exp(-3 / 0.6))
    assert high == pytest.approx(10 * math.exp(-3 / 1.5))
    assert low < band.usual(3) < high


def test_mostly_gone_in_two_to_four_days_and_nothing_left_on_day_seven():
    band = Expected(0, 1.0)
    assert band.usual(2) < 0.15
    assert band.at(4)[1] < 0.08
    assert band.at(7)[1] < 0.01


@pytest.mark.parametrize("days", range(1, 15))
def test_the_band_falls_and_never_below_nothing(days):
    band = Expected(1, 8.0)
    low, high = band.at(days)
    assert 0 < low <= high <= 8.0
    assert math.isnan(band.at(0.5)[0])


def test_the_band_starts_at_the_photo_right_after_needling_else_at_the_earliest():
    after, later = Rise(0, 9.0, 2.0), Rise(2, 4.0, 2.0)
    assert expected_from([later, after]) == Expected(0, 9.0)
    assert expected_from([later]) == Expected(2, 4.0)
    assert expected_from([Rise(0, NAN, NAN), later]) == Expected(2, 4.0)


def test_no_band_where_nothing_rose_beyond_the_noise():
    assert expected_from([]) is None
    assert expected_from([Rise(0, 1.9, 2.0)]) is None
    assert expected_from([Rise(7, 9.0, 2.0)]) is None  # a first photo on day 7 shows no start of a fading


@pytest.mark.parametrize(
    ("day", "rise", "late"), [(7, 2.1, True), (7, 2.0, False), (6, 9.0, False), (20, 2.1, True), (7, NAN, False)]
)
def test_late_is_above_the_noise_from_day_seven(day, rise, late):
    assert later_than_expected(day, rise, 2.0) is late


@pytest.mark.parametrize(
    ("one", "sign"),
    [
        (Rise(0, 10.0, 2.0), Sign.AS_EXPECTED),
        (Rise(1, 12.0, 2.0), Sign.AS_EXPECTED),  # within hours redness still moves
        (Rise(3, 9.0, 2.0), Sign.SLOWER),
        (Rise(3, 3.0, 2.0), Sign.AS_EXPECTED),  # 1.35 is expected at most: inside the photo's own noise
        (Rise(2, -3.0, 2.0), Sign.FASTER),
        (Rise(6, 5.0, 2.0), Sign.SLOWER),
        (Rise(7, 2.5, 2.0), Sign.LATE),
        (Rise(7, 1.5, 2.0), Sign.AS_EXPECTED),
        (Rise(3, NAN, NAN), Sign.NO_NUMBER),
    ],
)
def test_each_photo_is_judged_beside_the_band(one, sign):
    assert judged(one, Expected(0, 10.0)) is sign


def test_without_a_band_only_lateness_is_judged():
    assert judged(Rise(4, 9.0, 2.0), None) is Sign.AS_EXPECTED
    assert judged(Rise(8, 9.0, 2.0), None) is Sign.LATE
