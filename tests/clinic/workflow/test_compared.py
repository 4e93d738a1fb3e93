"""Pictures of a comparison are unpacked when they are looked at, and a long history asks no more than a short one."""

from contextlib import contextmanager

import numpy as np
import pytest
import sqlalchemy as sa

from tracker.clinic.records.pictures import PictureQueries
from tracker.clinic.workflow import progress, recovery, releasing, review
from tracker.errors import NotFound


@pytest.fixture
def series(clinic, simulated):
    return simulated.add_person(clinic, simulated.Person("T-01", -0.5), np.random.default_rng(1))


@contextmanager
def counted(clinic):
    """A list that fills with the statements of the block."""
    asked = []

    def note(*about):
        asked.append(about[2])

    sa.event.listen(clinic.store.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(clinic.store.engine, "before_cursor_execute", note)


def test_nothing_is_unpacked_before_it_is_looked_at(clinic, series, simulated, monkeypatch):
    unpacked = []
    full = PictureQueries.full_analysis

    def watched(records, record):
        unpacked.append(record.id)
        return full(records, record)

    monkeypatch.setattr(PictureQueries, "full_analysis", watched)
    compared = review.measure_series(clinic, series.id)
    assert len(compared) == len(simulated.SCHEDULE) - 1
    assert unpacked == []
    assert compared[0].analysis.alignment is not None
    assert compared[0].analysis is compared[0].analysis
    assert unpacked == [compared[0].record.id]


def test_what_was_removed_meanwhile_is_not_there_any_more(clinic, series):
    compared = review.measure_series(clinic, series.id)[0]
    with clinic.store.write() as records:
        records.connection.execute(sa.text("DELETE FROM artefacts"))
    with pytest.raises(NotFound, match="compare the photos again"):
        _ = compared.analysis


def test_the_numbers_stand_in_the_unpacked_analysis_too(clinic, series):
    compared = review.measure_series(clinic, series.id)[0]
    assert compared.analysis.changes == compared.record.changes


QUESTIONS = {
    "pairs": lambda clinic, series: review.suggested_pairs(clinic, series.id),
    "leads": lambda clinic, series: review.leads_of(clinic, series.id),
    "measured": lambda clinic, series: review.measure_series(clinic, series.id),
    "progress": lambda clinic, series: progress.progress(clinic, series.id),
    "timeline": lambda clinic, series: progress.timeline(clinic, series.patient_id),
    "recoveries": lambda clinic, series: recovery.recoveries(clinic, series.id),
    "releasable": lambda clinic, series: releasing.releasable(clinic, series.patient_id),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_long_series_is_read_in_as_many_statements_as_a_short_one(clinic, simulated, name):
    counts = []
    for number, sessions in enumerate((2, len(simulated.SCHEDULE))):
        person = simulated.Person(f"T-{number}", -0.5, sessions=sessions)
        one = simulated.add_person(clinic, person, np.random.default_rng(number))
        with counted(clinic) as asked:
            QUESTIONS[name](clinic, one)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[1] <= 30


def test_leads_are_those_of_each_session_by_itself(clinic, series, simulated):
    found = review.leads_of(clinic, series.id)
    assert len(found) == len(simulated.SCHEDULE)
    for session_id, leads in found.items():
        assert leads == review.leads(clinic, session_id)
