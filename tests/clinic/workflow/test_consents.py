"""Consents: each purpose by itself, given and withdrawn by the patient or recorded for one, never overwritten."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.clinic.types import FIRST_PRACTICE, Actor, Purpose, Role, View
from tracker.clinic.types.own import OWN_HAND, ConsentStanding
from tracker.clinic.workflow import consents, intake, photos
from tracker.errors import ConsentMissing, InvalidInput, NotFound

TODAY = datetime.now(UTC).astimezone().date()


@pytest.fixture
def patient(clinic):
    return intake.add_patient(clinic)


@pytest.fixture
def own(clinic, patient):
    return clinic.acting(Actor("u1", "P", FIRST_PRACTICE, frozenset({Role.PATIENT}), patient.id))


@pytest.fixture
def doctor(clinic):
    return clinic.acting(Actor("d1", "Dr", FIRST_PRACTICE, frozenset({Role.CLINICIAN})))


def state(clinic, patient, purpose):
    return next(one for one in consents.consents_of(clinic, patient.id) if one.purpose is purpose)


def test_at_first_nothing_is_on_record_and_nothing_holds(own, patient):
    found = consents.consents_of(own, patient.id)
    assert [one.purpose for one in found] == list(Purpose)
    assert all(one.standing is ConsentStanding.NONE and not one.holds and one.newest is None for one in found)


def test_a_patient_gives_and_withdraws_one_purpose_and_the_history_stays(own, patient):
    given = consents.give(own, patient.id, Purpose.TEACHING)
    assert given.by_patient
    assert given.how == OWN_HAND
    assert state(own, patient, Purpose.TEACHING).holds
    assert not state(own, patient, Purpose.MARKETING).holds
    consents.withdraw(own, patient.id, Purpose.TEACHING)
    found = state(own, patient, Purpose.TEACHING)
    assert found.standing is ConsentStanding.WITHDRAWN
    assert [one.given for one in found.history] == [True, False]
    with pytest.raises(InvalidInput, match="withdrawn already"):
        consents.withdraw(own, patient.id, Purpose.TEACHING)
    consents.give(own, patient.id, Purpose.TEACHING)
    assert state(own, patient, Purpose.TEACHING).holds


def test_a_clinician_says_how_and_may_not_pass_for_the_patient(doctor, patient):
    for how in ("", "  ", OWN_HAND):
        with pytest.raises(InvalidInput, match="how the patient gave or withdrew it"):
            consents.give(doctor, patient.id, Purpose.RESEARCH, how)
    record = consents.give(doctor, patient.id, Purpose.RESEARCH, "signed form of 4 Apr 2026")
    assert not record.by_patient
    assert record.author_id == "d1"
    with pytest.raises(InvalidInput, match="at most 200"):
        consents.give(doctor, patient.id, Purpose.RESEARCH, "x" * 201)


def test_what_the_patient_says_of_how_is_not_asked(own, patient):
    assert consents.give(own, patient.id, Purpose.RESEARCH, "signed form").how == OWN_HAND


def test_a_consent_holds_to_its_last_day(doctor, patient):
    consents.give(doctor, patient.id, Purpose.TEACHING, "form", TODAY)
    assert state(doctor, patient, Purpose.TEACHING).holds
    with pytest.raises(InvalidInput, match="Expiry"):
        consents.give(doctor, patient.id, Purpose.TEACHING, "form", TODAY - timedelta(1))


def test_an_expired_consent_is_told_apart_from_a_withdrawn_one(doctor, patient, monkeypatch):
    consents.give(doctor, patient.id, Purpose.TEACHING, "form", TODAY)
    monkeypatch.setattr(consents, "_today", lambda: TODAY + timedelta(1))
    assert state(doctor, patient, Purpose.TEACHING).standing is ConsentStanding.EXPIRED


def test_withdrawing_tells_what_was_exported_and_stops_more_at_once(clinic, own, patient):
    consent = consents.give(own, patient.id, Purpose.MARKETING)
    with clinic.store.write() as records:
        about = ("a" * 32, "jpeg", "0" * 64)
        made = records.add_export(patient.id, Purpose.MARKETING, consent.id, about, "")
        assert records.valid_consent(patient.id, Purpose.MARKETING)
    done = consents.withdraw(own, patient.id, Purpose.MARKETING)
    assert [one.id for one in done.exports] == [made.id]
    assert [one.id for one in state(own, patient, Purpose.MARKETING).exports] == [made.id]
    assert state(own, patient, Purpose.TEACHING).exports == ()
    with clinic.store.read() as records:
        assert not records.valid_consent(patient.id, Purpose.MARKETING)
        assert records.export_purposes(patient.id) == set()


def test_photos_are_refused_only_after_a_withdrawal(clinic, sessions, series, photo_bytes):
    session = sessions[0].id
    photos.add_photo(clinic, session, photo_bytes(1), "1.jpg", View.FRONTAL)  # nothing on record
    own = clinic.acting(Actor("u1", "P", FIRST_PRACTICE, frozenset({Role.PATIENT}), series.patient_id))
    consents.withdraw(own, series.patient_id, Purpose.TREATMENT)
    with pytest.raises(ConsentMissing, match="withdrawn"):
        photos.add_photo(clinic, session, photo_bytes(2), "2.jpg", View.FRONTAL)
    assert len(photos.list_photos(clinic, session)) == 1
    assert consents.photos_consent(own, series.patient_id) is ConsentStanding.WITHDRAWN
    consents.give(own, series.patient_id, Purpose.TREATMENT)
    photos.add_photo(clinic, session, photo_bytes(2), "2.jpg", View.FRONTAL)
    consents.withdraw(own, series.patient_id, Purpose.TEACHING)  # another purpose stops no photo
    photos.add_photo(clinic, session, photo_bytes(3), "3.jpg", View.FRONTAL)


def test_nobody_asks_for_another_patient(clinic, own, doctor):
    other = intake.add_patient(clinic)
    for call in (
        lambda: consents.consents_of(own, other.id),
        lambda: consents.photos_consent(own, other.id),
        lambda: consents.give(own, other.id, Purpose.MARKETING),
        lambda: consents.withdraw(own, other.id, Purpose.MARKETING),
    ):
        with pytest.raises(NotFound):
            call()
    staff = clinic.acting(Actor("s1", "S", FIRST_PRACTICE, frozenset({Role.STAFF})))
    assert consents.consents_of(staff, other.id)
    with pytest.raises(NotFound):
        consents.give(staff, other.id, Purpose.MARKETING, "form")
    elsewhere = clinic.acting(Actor("d2", "Dr", "another", frozenset({Role.CLINICIAN})))
    with pytest.raises(NotFound):
        consents.consents_of(elsewhere, other.id)
    assert all(one.standing is ConsentStanding.NONE for one in consents.consents_of(doctor, other.id))
