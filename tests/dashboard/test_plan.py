"""When the next session is due, in words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.clinic.types import (
    BodySite,
    Booking,
    BookingState,
    Booster,
    Indication,
    Moment,
    Sector,
    Series,
    SeriesPlan,
    Session,
    SessionKind,
    Visit,
    Zone,
)
from tracker.clinic.types.plan import Standing, Step, Window
from tracker.clinic.workflow.progress import SeriesEntry, SessionEntry
from tracker.dashboard.plan import (
    due_words,
    healing_note,
    is_healing,
    next_words,
    session_details,
    visit_remarks,
    window_words,
)
from tracker.imaging.types import Metric

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = date(2026, 1, 1)


def session(days, kind=SessionKind.TREATMENT, since=None, **visit):
    return Session("s", "r", Visit(FIRST + timedelta(days), kind, **visit), NOW, 1, since)


def entry(*sessions, planned=3):
    plan = SeriesPlan(Indication.REDNESS, BodySite.FACE, planned_sessions=planned, interval_days=35)
    return SeriesEntry(Series("r", "p", plan, NOW), tuple(SessionEntry(one, ()) for one in sessions))


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 1, 10), "Next due on 5 Feb 2026."),
        (date(2026, 2, 5), "Next due today."),
        (date(2026, 2, 6), "The next was due on 5 Feb 2026, 1 day ago."),
        (date(2026, 2, 15), "The next was due on 5 Feb 2026, 10 days ago."),
    ],
)
def test_due(today, words):
    assert due_words(entry(session(0)), today) == f"1 of 3 treatments done. {words}"


def test_due_counts_treatments_only():
    assert due_words(entry(session(0, SessionKind.BASELINE)), FIRST).startswith("0 of 3 treatments done. The first")
    assert "complete" in due_words(entry(session(0), session(35), planned=2), FIRST)


def test_details_and_healing():
    visit = {"device": "pen", "needle_depth_mm": 1.5, "serum": "water"}
    early, plan = session(3, SessionKind.FOLLOW_UP, 3, **visit), SeriesPlan(Indication.REDNESS, BodySite.FACE)
    assert (
        session_details(early, plan)
        == "Early healing (day 2 to 4) · 3 days after the last treatment · pen · 1.5 mm · water"
    )
    assert is_healing(early)
    assert not is_healing(session(0))
    assert not is_healing(session(10, since=10))


def test_a_complete_series_says_when_its_final_outcomes_are_due_seen_or_missed():
    complete = entry(session(0), session(35), planned=2)
    words = due_words(complete, FIRST + timedelta(40))
    assert "final outcome (90 days) to be photographed about 6 May 2026" in words
    assert "final outcome (180 days) to be photographed about 4 Aug 2026" in words
    assert "final outcome (90 days) missed" in due_words(complete, FIRST + timedelta(35 + 112))
    late = replace(session(35 + 95, SessionKind.FOLLOW_UP, 95), treatments_before=2)
    shown = replace(complete, sessions=(*complete.sessions, SessionEntry(late, ("a photo",))))
    assert "final outcome (90 days) photographed" in due_words(shown, FIRST + timedelta(35 + 112))
    assert session_details(late, complete.series.plan).startswith("Final outcome (90 days) · 95 days")


def test_healing_note_depends_on_measure_and_moment():
    early = session(3, SessionKind.FOLLOW_UP, 3)
    assert healing_note(early, Moment.BEFORE).startswith("The photo of 4 Jan 2026 was taken 3 days after needling")
    later = session(10, SessionKind.FOLLOW_UP, 10)
    assert healing_note(later, Moment.BEFORE) == ""
    assert "10 days after" in healing_note(later, Moment.BEFORE, Metric.ROUGHNESS)
    assert healing_note(session(0), Moment.BEFORE) == ""
    assert "on the day of needling" in healing_note(session(0), Moment.AFTER)


DUE = Window(Step.TREATMENT, FIRST + timedelta(28), FIRST + timedelta(35), FIRST + timedelta(49))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Next treatment: 29 Jan 2026 to 19 Feb 2026"),
        (28, "Next treatment: due now, until 19 Feb 2026"),
        (50, "Next treatment: overdue since 20 Feb 2026 (planned 5 Feb 2026)"),
    ],
)
def test_windows_in_words(days, words):
    assert window_words(DUE, FIRST + timedelta(days)) == words
    assert window_words(replace(DUE, closes=None), FIRST) == "Next treatment: can be planned any time"


def test_what_comes_next_is_the_appointment_where_there_is_one():
    plan = SeriesPlan(Indication.REDNESS, BodySite.FACE)
    standing = Standing("s", "p", "P-001", plan, FIRST)
    assert next_words(standing, None) == "Nothing is due"
    assert next_words(standing, DUE, FIRST).startswith("Next treatment")
    booking = Booking("b", "s", FIRST, "14:30", SessionKind.TREATMENT, BookingState.BOOKED, NOW)
    assert next_words(replace(standing, booking=booking), DUE) == "Booked: 1 Jan 2026, 14:30 · treatment"
    assert next_words(replace(standing, booking=booking, ended=FIRST), DUE) == "Ended on 1 Jan 2026"


def test_zones_booster_and_remarks_are_told():
    zones = (Zone("forehead", 0.5, 1), Zone("cheeks", 1.5, 4))
    more = {"zones": zones, "booster": Booster.PRP, "serum": "kit 7", "sector": Sector.MEDICAL, "anaesthetic": "cream"}
    words = session_details(session(0, **more), SeriesPlan(Indication.REDNESS, BodySite.FACE))
    assert words.endswith(
        "forehead 0.5 mm, 1 pass · cheeks 1.5 mm, 4 passes · platelet-rich plasma (PRP): kit 7 · medical"
    )
    assert visit_remarks(session(0, notes="calm", **more).visit) == [("Anaesthetic", "cream"), ("Notes", "calm")]
