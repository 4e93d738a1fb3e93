"""The patient's own opinion: asked of the patient alone, kept with its day."""

from datetime import UTC, datetime

import pytest

from tracker.clinic.types import FIRST_PRACTICE, Actor, Gais, Role
from tracker.clinic.workflow import intake, rating
from tracker.errors import InvalidInput, NotFound


def test_the_last_rating_counts_and_the_earlier_stay(clinic, series):
    own = clinic.acting(Actor("u1", "P", FIRST_PRACTICE, frozenset({Role.PATIENT}), series.patient_id))
    rating.rate(own, series.id, Gais.NO_CHANGE)
    rating.rate(own, series.id, Gais.IMPROVED, " softer ")
    found = rating.ratings(own, series.id)
    assert [one.gais for one in found] == [Gais.NO_CHANGE, Gais.IMPROVED]
    assert found[-1].words == "softer"
    assert found[-1].day == datetime.now(UTC).astimezone().date()
    with pytest.raises(InvalidInput, match="at most 2000"):
        rating.rate(own, series.id, Gais.WORSE, "x" * 2001)


def test_nobody_answers_for_somebody_else(clinic, series):
    other = intake.add_patient(clinic)
    stranger = clinic.acting(Actor("u2", "B", FIRST_PRACTICE, frozenset({Role.PATIENT}), other.id))
    doctor = clinic.acting(Actor("d", "D", FIRST_PRACTICE, frozenset({Role.CLINICIAN})))
    for someone in (stranger, doctor):
        with pytest.raises(NotFound):
            rating.rate(someone, series.id, Gais.IMPROVED)
    with pytest.raises(NotFound):
        rating.ratings(stranger, series.id)
    with pytest.raises(NotFound):
        rating.ratings(stranger, "0" * 32)
    assert rating.ratings(doctor, series.id) == []
