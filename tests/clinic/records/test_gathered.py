"""Series gathered at once answer what the store answers one by one, with a handful of statements."""

from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from tracker.clinic.records.gathered import Gathered
from tracker.clinic.types import Gais, Indication, RegionRole, SessionKind
from tracker.clinic.workflow.progress import rows_of
from tracker.imaging.types import Region


@pytest.fixture
def people(clinic, simulated):
    rng = np.random.default_rng(3)
    made = [simulated.add_person(clinic, simulated.Person(f"P-{n}", -0.5, sessions=2 + n), rng) for n in range(3)]
    with clinic.store.write() as records:
        photo = records.photos_of(records.sessions_of(made[0].id)[0].id)[0]
        region = Region.from_mask("drawn", np.ones((600, 800), bool))
        records.add_region(photo.id, region, None, "A", RegionRole.REFERENCE)
        records.add_rating(made[1].id, simulated.START + timedelta(90), Gais.IMPROVED, "", "")
    return made


def everything(records, series):
    sessions = records.sessions_of(series.id)
    photos = [photo for session in sessions for photo in records.photos_of(session.id)]
    return (
        records.patient(series.patient_id),
        records.series(series.id),
        sessions,
        [records.session(one.id) for one in sessions],
        photos,
        [records.current_drawing(photo.id, role) for photo in photos for role in RegionRole],
        [replaced.id for replaced in records.analyses_of(series.id)],
        records.kit_of_series(series.id),
        records.setting("kit"),
        records.kits(),
        records.ratings_of(series.id),
        str(rows_of(records, series.id)),
    )


def test_the_answers_are_those_of_the_store(clinic, people):
    with clinic.store.read() as records:
        known = Gathered(records, [one.id for one in people])
        for one in people:
            assert everything(known, one) == everything(records, one)


def test_what_was_not_gathered_is_asked_of_the_store(clinic, people):
    with clinic.store.read() as records:
        known = Gathered(records, [people[0].id])
        assert everything(known, people[2]) == everything(records, people[2])


def test_no_statement_for_each_series(clinic, people):
    statements = []
    sa.event.listen(clinic.store.engine, "before_cursor_execute", lambda *event: statements.append(event[2]))
    with clinic.store.read() as records:
        known = Gathered(records, [one.id for one in people])
        rows = [rows_of(known, one.id) for one in people]
        known.ratings_of(people[0].id)
    assert all(rows[1:])  # what was drawn on since is measured anew
    assert len(statements) <= 12


def test_a_practice_is_listed_with_its_needlings(clinic, people, series):
    with clinic.store.read() as records:
        found = {one.series_id: one for one in records.treated()}
        assert [len(found[one.id].needlings) for one in people] == [2, 3, 3]
        assert found[people[0].id].needlings[0] == ("Pen", 1.5)
        assert found[series.id].needlings == ()
        assert not records.treated("elsewhere")
        assert not records.treated("first", Indication.SCAR)
        assert len(records.treated("first", Indication.REDNESS)) == 4


def test_who_was_photographed_some_days_after_a_recent_needling(clinic, sessions, simulated):
    with clinic.store.write() as records:
        for session in sessions[1:3]:
            records.add_photo(simulated._photo(session, session.id[:8]))
    first = sessions[0].date

    def found(after, first_day, last_day, practice="first"):
        with clinic.store.read() as records:
            return records.lately_needled(practice, first + timedelta(after), first_day, last_day)

    assert sessions[0].kind is SessionKind.TREATMENT
    assert found(12, 7, 27) == [sessions[0].series_id]
    assert found(28, 7, 27) == []  # four weeks ago
    assert found(12, 11, 27) == []  # photos were taken on days 3 and 10
    assert found(12, 7, 27, "elsewhere") == []
