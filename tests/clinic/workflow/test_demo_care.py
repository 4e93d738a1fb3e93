"""A demonstration is never mixed with a clinic, and every role finds something in it."""

import pytest

from tracker.clinic.types import Actor, Purpose, Role
from tracker.clinic.workflow import consents, intake, own, sharing
from tracker.clinic.workflow.demo_accounts import make_demo_accounts
from tracker.clinic.workflow.demo_care import furnish, must_be_a_demonstration
from tracker.errors import InvalidInput


@pytest.fixture
def demonstration(clinic, engine, photo_bytes):
    """Two demo patients with two sessions each, measured by the stand-in of the engine."""
    from datetime import date

    from tracker.clinic.types import BodySite, Indication, SeriesPlan, SessionKind, View, Visit
    from tracker.clinic.workflow import photos, review

    assert engine is not None
    patients = [intake.add_patient(clinic, f"DEMO-{number}") for number in (1, 2)]
    for number, patient in enumerate(patients):
        series = intake.add_series(clinic, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FOREARM))
        for turn, month in enumerate((1, 3)):
            session = intake.add_session(clinic, series.id, Visit(date(2026, month, 1), SessionKind.TREATMENT))
            photos.add_photo(clinic, session.id, photo_bytes(10 * number + turn), "x.jpg", View.CLOSE_UP)
        review.measure_series(clinic, series.id)
    return patients


def test_a_store_of_a_clinic_is_refused(clinic):
    must_be_a_demonstration(clinic)
    intake.add_patient(clinic, "DEMO-1")
    make_demo_accounts(clinic)
    must_be_a_demonstration(clinic)
    patient = intake.add_patient(clinic)
    with pytest.raises(InvalidInput, match="found 0 accounts and 1 patients"):
        must_be_a_demonstration(clinic)
    with clinic.store.write() as records:
        records.add_user("doctor", "", frozenset({Role.CLINICIAN}))
    with pytest.raises(InvalidInput, match="found 1 accounts and 1 patients"):
        must_be_a_demonstration(clinic)
    assert patient


def test_each_role_finds_something(clinic, demonstration):
    furnish(clinic, demonstration)
    make_demo_accounts(clinic)
    first, last = demonstration
    with clinic.store.read() as records:
        user = records.user_by_login("demo-patient")
        assert records.consented(first.id) == {Purpose.TREATMENT, Purpose.TEACHING}
        assert records.consented(last.id) == set()
    patient = clinic.acting(Actor(user.id, "", user.practice_id, user.roles, user.patient_id))
    assert own.journey(patient, first.id).released.photos
    staff = clinic.acting(Actor("u", "", user.practice_id, frozenset({Role.STAFF})))
    assert sharing.exportable(staff)


def test_a_second_start_adds_nothing(clinic, demonstration):
    furnish(clinic, demonstration)
    before = consents.consents_of(clinic, demonstration[0].id)
    furnish(clinic, demonstration)
    assert consents.consents_of(clinic, demonstration[0].id) == before
