"""Exports and the consents that allow them, as they are stored."""

from datetime import date, timedelta

from tracker.clinic.records import schema
from tracker.clinic.types import Purpose
from tracker.clinic.workflow import intake

TODAY = date(2026, 5, 4)


def consent(records, patient_id, purpose, given=True, expires=None):
    values = {"purpose": purpose, "given": given, "expires": expires, "how": "", "author_id": ""}
    return records.add(schema.consents, {"patient_id": patient_id} | values, parent="patient_id")


def test_the_newest_word_on_a_purpose_counts_on_its_last_day_too(clinic, series):
    who = series.patient_id
    with clinic.store.write() as records:
        assert records.valid_consent(who, Purpose.TEACHING) == ""
        first = consent(records, who, Purpose.TEACHING, expires=TODAY)
        assert records.valid_consent(who, Purpose.TEACHING, TODAY) == first
        assert records.valid_consent(who, Purpose.TEACHING, TODAY + timedelta(1)) == ""
        assert records.valid_consent(who, Purpose.MARKETING, TODAY) == ""
        consent(records, who, Purpose.TEACHING, given=False)
        assert records.valid_consent(who, Purpose.TEACHING, TODAY) == ""
        assert records.patients_for_export("first", TODAY) == {}
        consent(records, who, Purpose.TREATMENT)
        assert records.patients_for_export("first", TODAY) == {}
        consent(records, who, Purpose.RESEARCH)
        assert records.patients_for_export("first", TODAY) == {who: {Purpose.RESEARCH}}
        assert records.patients_for_export("", TODAY) == {who: {Purpose.RESEARCH}}
        assert records.patients_for_export("other", TODAY) == {}


def test_exports_are_listed_newest_first_by_patient_and_by_practice(clinic, series):
    other = intake.add_patient(clinic)
    with clinic.store.write() as records:
        given = consent(records, series.patient_id, Purpose.TEACHING)
        made = [
            records.add_export(series.patient_id, Purpose.TEACHING, given, ("a", "png", "0" * 64), "u")
            for _ in range(2)
        ]
        assert records.exports_of(series.patient_id) == made[::-1]
        assert records.exports_of(other.id) == []
        assert records.exports_by_practice("first") == made[::-1]
        assert records.exports_by_practice("other") == []
        assert records.exports_by_practice(most=1) == made[1:]
        assert made[0].author == ""  # an account that is not there has no name
