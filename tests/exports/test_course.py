"""The trend in words: never a number from too few sessions, never a trend inside the noise."""

import numpy as np

from tracker.exports.course import course_sentence, shown_change
from tracker.imaging.change.progress import course

DAYS = [0, 35, 70, 160]
NBSP = "\u00a0"


def said(values, sem=1.0, **other):
    return course_sentence(course(DAYS, values, sem, **other), "redness", "cheek_left", "H")


def test_a_fall_is_told_with_its_size_and_interval():
    text = said([20, 18, 16, 11])
    assert text.startswith("Trend over 4 sessions: Redness (left cheek) falls, in total by 9.0")
    assert f"95{NBSP}% interval" in text
    assert "−" not in text, "the verb says it"


def test_no_trend_is_told_with_what_was_found():
    text = said([20, 20.3, 19.9, 20.4])
    assert "none beyond the noise" in text
    assert "falls" not in text
    assert "rises" not in text


def test_too_few_sessions_have_no_number():
    text = said([20, np.nan, np.nan, 11])
    assert text == "Trend: not yet; 2 of at least 3 sessions count, the baseline included."


def test_a_bent_course_says_why_its_interval_is_wide():
    assert "straight line" in said([20, 2, 19, 8])
    assert "straight line" not in said([20, 18, 16, 11])


def test_several_regions_name_their_level():
    assert f"97.5{NBSP}% interval" in said([20, 18, 16, 11], level=0.025)


def test_ratio_measures_are_told_in_percent():
    halved = np.log(0.5) * np.array(DAYS) / DAYS[-1]
    text = course_sentence(course(DAYS, halved, 0.02), "roughness", "drawn", "%")
    assert f"falls, in total by 50.0{NBSP}%" in text
    assert shown_change("roughness", np.log(0.5)) == -50
    assert shown_change("redness", -5.0) == -5.0
