"""Writing patients, series and sessions down."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.clinic.types import BodySite, HealingPhase, Indication, SeriesPlan, SessionKind, Visit
from tracker.clinic.workflow import intake
from tracker.errors import InvalidInput, NotFound
from tracker.imaging.types import Metric

DAY = date(2026, 1, 1)


def test_codes_are_given_in_order_and_may_be_chosen(clinic):
    intake.add_patient(clinic, "P-002", "Ada")
    assert [intake.add_patient(clinic).code for _ in range(3)] == ["P-001", "P-003", "P-004"]
    assert intake.find_patient(clinic, " P-002 ").name == "Ada"
    assert intake.find_patient(clinic, "P-009") is None
    assert [patient.code for patient in intake.list_patients(clinic)] == ["P-001", "P-002", "P-003", "P-004"]


@pytest.mark.parametrize("code", ["x" * 65, "a\nb", "a\x00b", "a\x1b[31m"])
def test_a_code_that_cannot_be_shown_is_refused(clinic, code):
    with pytest.raises(InvalidInput, match="Patient code"):
        intake.add_patient(clinic, code)
    assert intake.list_patients(clinic) == []


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE patients; --", '<script>alert("x")</script>', "=1+1", "Łucja 李", "{0}%s"]
)
def test_text_is_kept_as_it_is(clinic, text):
    patient = intake.add_patient(clinic, text, text)
    plan = SeriesPlan(Indication.SCAR, BodySite.BACK, detail=text)
    series = intake.add_series(clinic, patient.id, plan)
    visit = Visit(DAY, SessionKind.TREATMENT, text, 1.5, text, f"{text}\nsecond line")
    session = intake.add_session(clinic, series.id, visit)
    assert intake.get_patient(clinic, patient.id) == patient
    assert (patient.code, patient.name) == (text, text)
    assert intake.get_series(clinic, series.id).plan == plan
    assert intake.get_session(clinic, session.id).visit == visit


def test_every_choice_survives_the_store(clinic):
    patient = intake.add_patient(clinic)
    plans = [SeriesPlan(i, s, "left", 4, 42, m) for i in Indication for s in BodySite for m in [Metric.REDNESS]]
    for plan in plans:
        intake.add_series(clinic, patient.id, plan)
    assert [series.plan for series in intake.list_series(clinic, patient.id)] == plans


def test_what_is_not_there_is_not_found(clinic):
    for call in (intake.get_patient, intake.list_series, intake.get_series, intake.list_sessions, intake.get_session):
        with pytest.raises(NotFound):
            call(clinic, "0" * 32)
    with pytest.raises(NotFound):
        intake.add_series(clinic, "0" * 32, SeriesPlan(Indication.SCAR, BodySite.BACK))
    with pytest.raises(NotFound):
        intake.add_session(clinic, "0" * 32, Visit(DAY, SessionKind.BASELINE))


@given(days=st.lists(st.tuples(st.integers(0, 400), st.sampled_from(SessionKind)), min_size=1, max_size=8, unique=True))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_days_since_needling_follow_from_the_dates_alone(clinic, series, days):
    """Whatever order the sessions are typed in."""
    mine = intake.add_series(clinic, series.patient_id, series.plan)
    for offset, kind in days:
        intake.add_session(clinic, mine.id, Visit(DAY + timedelta(offset), kind))
    sessions = intake.list_sessions(clinic, mine.id)
    assert [session.number for session in sessions] == list(range(1, len(days) + 1))
    for place, session in enumerate(sessions):
        earlier = [s.date for s in sessions[:place] if s.kind is SessionKind.TREATMENT]
        assert session.days_since_needling == ((session.date - max(earlier)).days if earlier else None)
        assert intake.get_session(clinic, session.id) == session


def test_an_interval_that_is_too_short_is_said(clinic, series):
    notices = [
        intake.add_session(clinic, series.id, Visit(DAY + timedelta(days), SessionKind.TREATMENT)).notice
        for days in (0, 20, 48)
    ]
    assert notices[0] == notices[2] == ""
    assert "20 days" in notices[1]
    assert "28" in notices[1]


def test_a_corrected_date_moves_the_phases_after_it(clinic, sessions):
    assert intake.get_session(clinic, sessions[1].id).phase is HealingPhase.EARLY
    intake.change_session(clinic, sessions[0].id, Visit(date(2026, 2, 20), SessionKind.TREATMENT, "pen", 1.0))
    assert intake.get_session(clinic, sessions[1].id).phase is HealingPhase.COLOUR_ASSESSABLE
    assert intake.get_session(clinic, sessions[0].id).visit.device == "pen"
