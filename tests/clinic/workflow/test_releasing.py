"""Release: photo by photo, number by number; what was not released is not there for the patient."""

import math

import pytest

from tracker.clinic.types import Actor, BodySite, Indication, Role, SeriesPlan
from tracker.clinic.workflow import intake, photos, releasing, review
from tracker.clinic.workflow.guard import elevated
from tracker.errors import InvalidInput, NotFound
from tracker.imaging.types import Metric, Verdict


def acting(clinic, role, practice="first", patient_id=""):
    return clinic.acting(Actor("u1", "Dr A", practice, frozenset({role}), patient_id))


@pytest.fixture
def clinician(clinic):
    return acting(clinic, Role.CLINICIAN)


@pytest.fixture
def patient(clinic, series):
    return acting(clinic, Role.PATIENT, patient_id=series.patient_id)


@pytest.fixture
def record(clinic, engine, taken):
    return review.compare(clinic, taken[0].id, taken[3].id).record


def changes(clinic, series):
    return releasing.released_of(elevated(clinic), series.patient_id).changes


def test_a_photo_is_seen_from_its_release_to_its_withdrawal(clinician, patient, series, taken):
    with pytest.raises(NotFound):
        photos.get_photo(patient, taken[0].id)
    first = releasing.release_photo(clinician, taken[0].id)
    assert releasing.release_photo(clinician, taken[0].id) == first
    assert photos.get_photo(patient, taken[0].id).id == taken[0].id
    (seen,) = releasing.released_of(patient, series.patient_id).photos
    assert (seen.photo.id, seen.day, seen.session.number) == (taken[0].id, seen.session.date, 1)
    with pytest.raises(NotFound):
        photos.get_photo(patient, taken[1].id)
    releasing.withdraw_photo(clinician, taken[0].id)
    assert releasing.released_of(patient, series.patient_id).photos == ()
    with pytest.raises(NotFound):
        photos.get_photo(patient, taken[0].id)


def test_a_pair_is_seen_where_both_photos_are_released(clinician, patient, series, taken, record):
    releasing.release_photo(clinician, taken[3].id)
    assert releasing.released_of(patient, series.patient_id).pairs == ()
    with pytest.raises(NotFound):
        review.load_analysis(patient, record.id)
    releasing.release_photo(clinician, taken[0].id)
    (pair,) = releasing.released_of(patient, series.patient_id).pairs
    assert (pair.analysis_id, pair.aligned) == (record.id, True)
    assert (pair.before.photo.id, pair.after.photo.id) == (taken[0].id, taken[3].id)
    assert review.load_analysis(patient, record.id).record.id == record.id


def test_a_released_pair_brings_no_number_with_it(clinician, patient, taken, record):
    for photo in (taken[0], taken[3]):
        releasing.release_photo(clinician, photo.id)
    for load in (review.load_analysis, review.load_visits):
        seen = load(patient, record.id)
        assert seen.record.changes == ()
        assert seen.analysis.changes == ()
        assert seen.averaged == ()
        assert load(clinician, record.id).record.changes == record.changes


def test_numbers_are_released_one_by_one_with_what_was_told_that_day(clinic, clinician, patient, series, record):
    region = record.changes[0].region
    releasing.release_number(clinician, record.id, Metric.REDNESS, region)
    (shown,) = releasing.released_of(patient, series.patient_id).changes
    assert (shown.analysis_id, shown.metric, shown.region) == (record.id, Metric.REDNESS, region)
    assert shown.change.verdict is Verdict.CHANGED
    assert shown.day == intake.list_sessions(clinic, series.id)[3].date
    releasing.release_number(clinician, record.id, Metric.ROUGHNESS, region)
    assert {one.metric for one in changes(clinic, series)} == {Metric.REDNESS, Metric.ROUGHNESS}
    (same,) = [one for one in changes(clinic, series) if one.metric is Metric.ROUGHNESS]
    assert same.change.verdict is Verdict.NO_DETECTABLE_CHANGE
    releasing.withdraw_number(clinician, record.id, Metric.REDNESS, region)
    assert [one.metric for one in changes(clinic, series)] == [Metric.ROUGHNESS]


def test_a_withheld_number_is_released_as_its_reason(clinic, clinician, series, record):
    region = record.changes[0].region
    releasing.release_number(clinician, record.id, Metric.PIGMENT, region)
    (shown,) = changes(clinic, series)
    assert shown.change.verdict is Verdict.NOT_ASSESSABLE
    assert math.isnan(shown.change.change)
    releasing.release_number(clinician, record.id, Metric.PIGMENT, region)
    assert len(changes(clinic, series)) == 1


def test_what_the_series_does_not_tell_cannot_be_released(clinician, record):
    with pytest.raises(InvalidInput, match="found none of scar area"):
        releasing.release_number(clinician, record.id, Metric.SCAR_AREA, record.changes[0].region)
    with pytest.raises(InvalidInput, match="elsewhere"):
        releasing.release_number(clinician, record.id, Metric.REDNESS, "elsewhere")


def test_a_new_measurement_does_not_alter_what_was_released_and_takes_its_place_when_released(
    clinic, clinician, series, taken, record, engine, monkeypatch
):
    region = record.changes[0].region
    releasing.release_number(clinician, record.id, Metric.REDNESS, region)
    (before,) = changes(clinic, series)
    assert not before.outdated
    engine.answers[taken[3].sha256] = 3.0
    monkeypatch.setattr(review.pipeline, "PIPELINE_VERSION", "newer")
    again = review.compare(clinic, taken[0].id, taken[3].id).record
    (kept,) = changes(clinic, series)
    assert (kept.change, kept.outdated) == (before.change, True)
    releasing.release_number(clinician, again.id, Metric.REDNESS, region)
    (shown,) = changes(clinic, series)
    assert (shown.analysis_id, shown.outdated) == (again.id, False)


def test_what_is_released_and_what_waits_is_listed(clinic, clinician, series, taken, engine):
    review.measure_series(clinic, series.id)
    waits = releasing.releasable(clinician, series.patient_id)
    assert [one.photo.id for one in waits.photos] == [photo.id for photo in taken]
    assert len(waits.numbers) == 9  # three visits after the baseline, three measures told of each
    first = waits.numbers[0]
    releasing.release_number(clinician, first.analysis_id, first.change.metric, first.change.region)
    releasing.release_photo(clinician, taken[1].id)
    after = releasing.releasable(clinician, series.patient_id)
    assert len(after.numbers) == 8
    assert len(after.photos) == 3
    assert [one.photo.id for one in after.released.photos] == [taken[1].id]


@pytest.mark.parametrize(
    ("role", "practice", "own"),
    [
        (Role.STAFF, "first", False),
        (Role.PATIENT, "first", True),
        (Role.ADMIN, "first", False),
        (Role.CLINICIAN, "other", False),
    ],
)
def test_only_clinicians_of_the_practice_release(clinic, series, taken, record, role, practice, own):
    who = acting(clinic, role, practice, series.patient_id if own else "")
    number = record.id, Metric.REDNESS, record.changes[0].region
    for asked in (
        lambda: releasing.release_photo(who, taken[0].id),
        lambda: releasing.withdraw_photo(who, taken[0].id),
        lambda: releasing.release_number(who, *number),
        lambda: releasing.withdraw_number(who, *number),
        lambda: releasing.releasable(who, series.patient_id),
    ):
        with pytest.raises(NotFound):
            asked()


def test_a_patient_reads_nothing_of_another(clinic, series, patient):
    other = intake.add_patient(clinic)
    intake.add_series(clinic, other.id, SeriesPlan(Indication.SCAR, BodySite.BACK))
    with pytest.raises(NotFound):
        releasing.released_of(patient, other.id)
    for role in (Role.STAFF, Role.CLINICIAN):
        with pytest.raises(NotFound):
            releasing.released_of(acting(clinic, role), series.patient_id)
