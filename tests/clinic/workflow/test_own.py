"""A patient's own course: days and what was released, without notes, device, depth or a number that nobody released."""

import dataclasses
from datetime import date, timedelta

import pytest

from tracker.clinic.types import FIRST_PRACTICE, Actor, HealingPhase, Role, SessionKind, Visit
from tracker.clinic.types.plan import Situation, Step
from tracker.clinic.workflow import intake, own, releasing, review
from tracker.errors import NotFound
from tracker.imaging.types import Metric

NEEDLED = date(2026, 3, 1)
SECRET = "needle-secret"


@pytest.fixture
def patient(clinic, series):
    return clinic.acting(Actor("u1", "P", FIRST_PRACTICE, frozenset({Role.PATIENT}), series.patient_id))


def journey(patient, day=date(2026, 4, 20)):
    return own.journey(patient, patient.actor.patient_id, day)


def everything_in(value):
    """The text of every value that can be reached from here."""
    if dataclasses.is_dataclass(value):
        return " ".join(everything_in(getattr(value, one.name)) for one in dataclasses.fields(value))
    if isinstance(value, tuple | list):
        return " ".join(everything_in(one) for one in value)
    return str(value)


def test_own_days_without_what_is_clinical(clinic, patient, series, sessions):
    visit = Visit(NEEDLED + timedelta(60), SessionKind.TREATMENT, SECRET, 1.5, SECRET, SECRET)
    intake.add_session(clinic, series.id, visit)
    found = journey(patient, NEEDLED + timedelta(61))
    visits = found.series[0].visits
    assert [one.day for one in visits] == [NEEDLED + timedelta(days) for days in (0, 3, 10, 40, 60)]
    assert [one.phase for one in visits] == [
        HealingPhase.ACUTE,
        HealingPhase.EARLY,
        HealingPhase.COLOUR_ASSESSABLE,
        HealingPhase.OUTCOME_ASSESSABLE,
        HealingPhase.ACUTE,
    ]
    assert found.series[0].treatments == 2
    assert SECRET not in everything_in(found)


def test_the_window_of_the_next_session(patient, sessions):
    found = journey(patient, NEEDLED + timedelta(10)).series[0]
    assert found.window.step is Step.TREATMENT
    assert found.window.due == NEEDLED + timedelta(35)
    assert found.situation is Situation.AHEAD
    assert journey(patient, NEEDLED + timedelta(35)).series[0].situation is Situation.OPEN
    assert found.last_treatment == NEEDLED
    assert found.booking is None


def test_only_what_was_released_is_there(clinic, patient, engine, taken):
    compared = review.compare(clinic, taken[0].id, taken[3].id)
    assert journey(patient).released == releasing.Released()
    releasing.release_photo(clinic, taken[0].id)
    found = journey(patient).released
    assert [one.photo.id for one in found.photos] == [taken[0].id]
    assert found.pairs == ()
    releasing.release_photo(clinic, taken[3].id)
    releasing.release_number(clinic, compared.record.id, Metric.REDNESS, compared.record.changes[0].region)
    found = journey(patient)
    assert [one.analysis_id for one in found.released.pairs] == [compared.record.id]
    assert [one.metric for one in found.released.changes] == [Metric.REDNESS]
    change = found.released.changes[0]
    assert found.days_since_treatment(change) == 40
    assert found.starts_at(change)
    releasing.withdraw_photo(clinic, taken[3].id)
    assert journey(patient).released.pairs == ()


def test_a_patient_without_anything_has_an_empty_course(clinic):
    other = intake.add_patient(clinic)
    found = own.journey(clinic.acting(Actor("u2", "B", FIRST_PRACTICE, frozenset({Role.PATIENT}), other.id)), other.id)
    assert found == own.Journey((), releasing.Released())


def test_which_measures_have_a_direction():
    assert own.is_settled(None, Metric.REDNESS)
    assert own.is_settled(8, Metric.REDNESS)
    assert not own.is_settled(7, Metric.ROUGHNESS)
    assert not own.is_settled(3, Metric.REDNESS)
    assert own.is_directed(Metric.REDNESS)
    assert not own.is_directed(Metric.SCAR_PIGMENT)


def test_nobody_sees_the_course_of_another(clinic, patient, series):
    other = intake.add_patient(clinic)
    for actor in (
        Actor("u2", "B", FIRST_PRACTICE, frozenset({Role.PATIENT}), other.id),
        Actor("s", "S", FIRST_PRACTICE, frozenset({Role.STAFF, Role.ADMIN, Role.CLINICIAN})),
    ):
        with pytest.raises(NotFound):
            own.journey(clinic.acting(actor), series.patient_id)
    with pytest.raises(NotFound):
        own.journey(patient, "0" * 32)
