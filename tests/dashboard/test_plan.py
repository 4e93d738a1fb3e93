"""When the next session is due, in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.clinic.types import BodySite, Indication, Moment, Series, SeriesPlan, Session, SessionKind, Visit
from tracker.clinic.workflow.progress import SeriesEntry, SessionEntry
from tracker.dashboard.plan import deciding, due_words, healing_note, is_healing, relevant, session_details
from tracker.imaging.types import Change, Metric, Verdict

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
    early = session(3, SessionKind.FOLLOW_UP, 3, **visit)
    assert (
        session_details(early) == "Early healing (day 2 to 4) · 3 days after the last treatment · pen · 1.5 mm · water"
    )
    assert is_healing(early)
    assert not is_healing(session(0))
    assert not is_healing(session(10, since=10))


def test_healing_note_depends_on_measure_and_moment():
    early = session(3, SessionKind.FOLLOW_UP, 3)
    assert healing_note(early, Moment.BEFORE).startswith("The photo of 4 Jan 2026 was taken 3 days after needling")
    later = session(10, SessionKind.FOLLOW_UP, 10)
    assert healing_note(later, Moment.BEFORE) == ""
    assert "10 days after" in healing_note(later, Moment.BEFORE, Metric.ROUGHNESS)
    assert healing_note(session(0), Moment.BEFORE) == ""
    assert "on the day of needling" in healing_note(session(0), Moment.AFTER)


def test_area_is_told_only_where_a_scar_is_followed():
    nan = float("nan")
    changes = [
        Change(metric, "drawn", "", nan, nan, nan, nan, (nan, nan), Verdict.NOT_ASSESSABLE)
        for metric in (Metric.SCAR_AREA, Metric.REDNESS)
    ]

    def series(indication):
        return Series("r", "p", SeriesPlan(indication, BodySite.FACE), NOW)

    assert [one.metric for one in relevant(changes, series(Indication.ACNE_SCARS))] == [Metric.REDNESS]
    assert len(relevant(changes, series(Indication.SCAR))) == 2
    assert deciding(series(Indication.SCAR)) is Metric.SCAR_AREA
