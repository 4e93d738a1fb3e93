"""Export: only under a valid consent to the purpose, asked before and after drawing, and recorded."""

import hashlib
from datetime import date, timedelta

import pytest

from tracker.clinic.records import schema
from tracker.clinic.types import Actor, Purpose, Role
from tracker.clinic.workflow import intake, review, sharing
from tracker.errors import ConsentMissing, NotFound
from tracker.exports.comparison import FileKind

TODAY = date.today()
PICTURE = b"picture"


def acting(clinic, role, practice="first", patient_id=""):
    return clinic.acting(Actor("u1", "Dr A", practice, frozenset({role}), patient_id))


def consent(clinic, patient_id, purpose=Purpose.TEACHING, *, given=True, expires=None):
    values = {"purpose": purpose, "given": given, "expires": expires, "how": "form", "author_id": ""}
    with clinic.store.write() as records:
        return records.add(schema.consents, {"patient_id": patient_id} | values, parent="patient_id")


@pytest.fixture
def record(clinic, engine, taken):
    return review.compare(clinic, taken[0].id, taken[3].id).record


@pytest.fixture(params=[Role.CLINICIAN, Role.STAFF])
def person(request, clinic):
    return acting(clinic, request.param)


def export(who, record, purpose=Purpose.TEACHING, render=lambda clinic: PICTURE):
    return sharing.export_comparison(who, record.id, purpose, FileKind.PNG, render)


def test_under_a_consent_the_picture_is_handed_out_and_recorded(clinic, person, series, record):
    consent_id = consent(clinic, series.patient_id, expires=TODAY)
    assert export(person, record) == PICTURE
    (made,) = sharing.exports_of(person, series.patient_id)
    assert (made.purpose, made.consent_id, made.analysis_id) == (Purpose.TEACHING, consent_id, record.id)
    assert (made.kind, made.sha256, made.author_id) == ("png", hashlib.sha256(PICTURE).hexdigest(), "u1")
    assert sharing.exports_made(person) == [(intake.get_patient(clinic, series.patient_id).code, made)]


def test_without_a_consent_nothing_is_drawn(clinic, series, record):
    def never(_):
        pytest.fail("drawn without a consent")

    clinician, staff = acting(clinic, Role.CLINICIAN), acting(clinic, Role.STAFF)
    with pytest.raises(ConsentMissing, match="expected a valid consent of the patient to 'teaching"):
        export(clinician, record, render=never)
    with pytest.raises(NotFound):  # staff see no patient who consented to nothing
        export(staff, record, render=never)
    assert sharing.exports_of(clinician, series.patient_id) == []


@pytest.mark.parametrize(
    "rows",
    [
        [{"purpose": Purpose.MARKETING}],
        [{"purpose": Purpose.MARKETING}, {"expires": TODAY - timedelta(1)}],
        [{"purpose": Purpose.MARKETING}, {}, {"given": False}],
        [{"purpose": Purpose.MARKETING}, {"expires": TODAY + timedelta(9)}, {"expires": TODAY - timedelta(1)}],
    ],
    ids=["other purpose", "expired", "withdrawn", "renewed and expired"],
)
def test_other_expired_and_withdrawn_consents_do_not_count(clinic, person, series, record, rows):
    for row in rows:
        consent(clinic, series.patient_id, **row)
    with pytest.raises(ConsentMissing, match="record the consent"):
        export(person, record)
    with pytest.raises(ConsentMissing):
        export(person, record, Purpose.TREATMENT)
    assert export(person, record, Purpose.MARKETING) == PICTURE
    assert sharing.purposes_of(person, series.patient_id) == [Purpose.MARKETING]


def test_a_consent_withdrawn_while_the_picture_is_drawn_stops_it(clinic, person, series, record):
    consent(clinic, series.patient_id)
    consent(clinic, series.patient_id, Purpose.MARKETING)

    def slow(_):
        consent(clinic, series.patient_id, given=False)
        return PICTURE

    with pytest.raises(ConsentMissing):
        export(person, record, render=slow)
    assert sharing.exports_of(person, series.patient_id) == []


def test_a_second_export_asks_again(clinic, person, series, record):
    consent(clinic, series.patient_id)
    consent(clinic, series.patient_id, Purpose.MARKETING)
    export(person, record)
    consent(clinic, series.patient_id, given=False)
    with pytest.raises(ConsentMissing):
        export(person, record)
    assert len(sharing.exports_of(person, series.patient_id)) == 1


def test_the_list_holds_only_who_consented_and_no_names(clinic, person, series, record, taken):
    other = intake.add_patient(clinic, "Z-1", "Jane Roe")
    assert sharing.exportable(person) == []
    consent(clinic, series.patient_id, Purpose.RESEARCH)
    consent(clinic, series.patient_id, Purpose.TEACHING)
    consent(clinic, series.patient_id, Purpose.TREATMENT)
    consent(clinic, other.id, Purpose.MARKETING, given=False)
    (found,) = sharing.exportable(person)
    assert (found.patient.id, found.patient.name) == (series.patient_id, "")
    assert found.purposes == (Purpose.TEACHING, Purpose.RESEARCH)
    (one,) = found.comparisons
    assert (one.analysis_id, one.before_id, one.after_id) == (record.id, taken[0].id, taken[3].id)
    assert one.days == (date(2026, 3, 1), date(2026, 4, 10))


def test_a_refused_pair_cannot_be_exported(clinic, person, series, engine, taken):
    engine.refuse = True
    review.measure_series(clinic, series.id)
    consent(clinic, series.patient_id)
    (found,) = sharing.exportable(person)
    assert found.comparisons == ()


@pytest.mark.parametrize(
    ("role", "practice", "own"),
    [
        (Role.PATIENT, "first", True),
        (Role.ADMIN, "first", False),
        (Role.CLINICIAN, "other", False),
        (Role.STAFF, "other", False),
    ],
)
def test_others_export_nothing_under_any_consent(clinic, series, record, role, practice, own):
    consent(clinic, series.patient_id)
    who = acting(clinic, role, practice, series.patient_id if own else "")
    with pytest.raises(NotFound):
        export(who, record)
    if practice == "other":
        assert sharing.exportable(who) == []
        assert sharing.exports_made(who) == []
    else:
        with pytest.raises(NotFound):
            sharing.exportable(who)
    if own:
        assert sharing.exports_of(who, series.patient_id) == []
    else:
        with pytest.raises(NotFound):
            sharing.exports_of(who, series.patient_id)
