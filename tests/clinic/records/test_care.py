"""Queries over sets answer the same as queries about one."""

from datetime import date, timedelta

import pytest

from tracker.clinic.types import Booster, Sector, SessionKind, Visit, Zone
from tracker.clinic.workflow import intake
from tracker.errors import NotFound

TODAY = date(2026, 6, 1)


@pytest.fixture
def filled(clinic, fill_large):
    fill_large(clinic, TODAY, patients=60)
    return clinic


def test_standings_of_all_of_some_and_of_one_agree(filled):
    with filled.store.read() as records:
        everyone = records.standings("first")
        assert len(everyone) == 54  # one in ten has ended
        assert records.standings() == everyone
        assert records.standings("another") == []
        some = [one.patient_id for one in everyone[:7]]
        assert records.standings(patient_ids=some) == everyone[:7]
        assert records.standings("another", some) == []
        assert records.standings(series_ids=[everyone[3].series_id]) == [everyone[3]]
        assert records.standings(patient_ids=[]) == []


def test_standings_agree_with_the_sessions(filled):
    with filled.store.read() as records:
        for one in records.standings()[:20]:
            sessions = records.sessions_of(one.series_id)
            treated = [session.date for session in sessions if session.kind is SessionKind.TREATMENT]
            assert (one.sessions, one.treatments, one.last_treatment) == (len(sessions), len(treated), max(treated))
            seen = {session.outcome(one.plan) for session in sessions} - {None}
            assert one.outcomes == seen
            assert one.plan == records.series(one.series_id).plan


def test_search_by_code_and_name(filled):
    with filled.store.read() as records:
        found, total = records.find_patients("first", " PERSON 000 ", 3)
        assert ([one.code for one in found], total) == (["P-0000", "P-0001", "P-0002"], 10)
        assert found[0].name == "Person 0000"
        assert records.find_patients("first", "p-0059", 3)[1] == 1
        assert records.find_patients("first", "", 5)[1] == records.count_patients("first") == 60
        assert len(records.find_patients("first", "", 5)[0]) == 5
        assert records.find_patients("first", "zzz", 5) == ([], 0)
        assert records.find_patients("another", "", 5) == ([], 0)


def test_what_is_not_there(filled):
    with filled.store.read() as records:
        with pytest.raises(NotFound):
            records.booking("0" * 32)
        assert records.whos(["0" * 32]) == {}
        assert records.newest_candidacies(["0" * 32]) == {}


def test_what_was_asked_of_a_set_counts_as_flagged(filled):
    with filled.store.read() as records:
        recent, never = records.unanswered("first")
        assert {one.code for one in never} == {f"P-{number:04d}" for number in range(2, 60, 2) if number % 10}
        assert set(records.flagged(recent)) == set(recent) == set(records.newest_candidacies(recent))


def test_zones_and_all_else_of_a_session_survive_the_store(clinic, series):
    visit = Visit(
        TODAY,
        SessionKind.TREATMENT,
        "pen",
        serum="hyaluronic acid",
        sector=Sector.MEDICAL,
        zones=(Zone("forehead", 0.5, 2), Zone("cheeks", 1.5, 4)),
        booster=Booster.PRP,
        anaesthetic="lidocaine 4 %, 30 min",
        reaction="even redness\nno bleeding",
    )
    session = intake.add_session(clinic, series.id, visit)
    assert intake.get_session(clinic, session.id).visit == visit
    assert session.visit.needle_depth_mm == 1.5
    changed = Visit(TODAY + timedelta(0), SessionKind.TREATMENT)
    assert intake.change_session(clinic, session.id, changed).visit == changed
