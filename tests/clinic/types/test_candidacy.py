"""The checklist in words, and what a zone and an appointment may say."""

from datetime import date

import pytest

from tracker.clinic.types import (
    Answer,
    BodySite,
    Booster,
    Indication,
    Question,
    Reply,
    SeriesPlan,
    SessionKind,
    Visit,
    Zone,
    flags_of,
    time_of_day,
)
from tracker.clinic.types.candidacy import MOST_NOTE, complete
from tracker.errors import InvalidInput
from tracker.wording import spoken

DAY = date(2026, 1, 1)


def test_every_yes_has_its_words_and_none_decides():
    words = flags_of(complete([Answer(question, Reply.YES) for question in Question]), 12)
    assert len(words) == len(Question)
    assert words[0] == "Isotretinoin within the last 12 months."
    assert "Cold sores before: note on prophylaxis?" in words
    assert not [line for line in words if "suitable" in line or "should" in line or "not be treated" in line]


def test_a_noted_prophylaxis_is_told_and_no_longer_asked_for():
    (line,) = flags_of([Answer(Question.COLD_SORES, Reply.YES, "aciclovir from the day before")])
    assert line == "Cold sores before; note on prophylaxis: aciclovir from the day before"


def test_no_is_silent_and_unknown_is_one_line():
    assert flags_of(complete([Answer(question, Reply.NO) for question in Question])) == ()
    assert len(flags_of(complete([]))) == 1


def test_flags_are_translated_where_a_language_is_spoken():
    with spoken("de"):
        assert flags_of([Answer(Question.ECZEMA, Reply.YES)])


def test_a_note_has_an_end():
    with pytest.raises(InvalidInput, match=str(MOST_NOTE)):
        Answer(Question.ECZEMA, Reply.YES, "x" * (MOST_NOTE + 1))


@pytest.mark.parametrize(
    ("name", "depth", "passes"),
    [("", 1.0, 1), ("a\nb", 1.0, 1), ("x" * 61, 1.0, 1), ("a", 0.1, 1), ("a", 2.6, 1), ("a", 1.0, 0), ("a", 1.0, 21)],
)
def test_a_zone_that_cannot_be_is_refused(name, depth, passes):
    with pytest.raises(InvalidInput, match="Zone"):
        Zone(name, depth, passes)


def test_the_deepest_zone_is_the_depth_of_the_session():
    assert Visit(DAY, SessionKind.TREATMENT, zones=(Zone("a", 0.5), Zone("b", 2.5))).needle_depth_mm == 2.5
    assert Visit(DAY, SessionKind.TREATMENT, "pen", 3.0).needle_depth_mm == 3.0
    assert Visit(DAY, SessionKind.TREATMENT).booster is Booster.NONE
    with pytest.raises(InvalidInput, match="20"):
        Visit(DAY, SessionKind.TREATMENT, zones=(Zone("a", 1.0),) * 21)


@pytest.mark.parametrize(("typed", "kept"), [("", ""), ("9:05", "09:05"), (" 14.30 ", "14:30"), ("23:59", "23:59")])
def test_times_of_day(typed, kept):
    assert time_of_day(typed) == kept


@pytest.mark.parametrize("typed", ["24:00", "9", "noon", "12:345", "１２:00", "９:05"])
def test_what_is_no_time_of_day(typed):
    with pytest.raises(InvalidInput, match="14:30"):
        time_of_day(typed)


def test_maintenance_is_quarterly_unless_said():
    plan = SeriesPlan(Indication.SCAR, BodySite.FACE)
    assert plan.maintenance_days == 91
    with pytest.raises(InvalidInput, match="maintenance"):
        SeriesPlan(Indication.SCAR, BodySite.FACE, maintenance_days=-1)
