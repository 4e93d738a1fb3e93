"""Thirty simulated patients of one protocol, and the awkward ones: too few, gone, several regions, older versions."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from tracker.clinic.types import FIRST_PRACTICE, Actor, FinalOutcome, Gais, Indication, Role
from tracker.clinic.workflow import followed
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.outcomes import outcomes
from tracker.clinic.workflow.protocols import Protocol, State, protocols
from tracker.errors import NotFound
from tracker.exports.report import PATIENT_COLUMNS

REDNESS = Protocol(Indication.REDNESS)
TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def cohort(cohort_home):
    with Clinic.open(cohort_home) as clinic:
        yield clinic


@pytest.fixture(scope="module")
def last(cohort):
    return outcomes(cohort, REDNESS, today=TODAY)


@pytest.fixture
def add(clinic, simulated):
    """Put a simulated patient into an empty clinic."""
    rng = np.random.default_rng(2)
    return lambda code, monthly=-0.6, **other: simulated.add_person(
        clinic, simulated.Person(code, monthly, **other), rng
    )


def test_every_patient_is_in_one_state_and_the_change_is_recovered(last):
    report = last
    counts = dict(report.counts)
    assert sum(counts.values()) == len(report.patients) == 30
    assert counts[State.STOPPED] == 5
    assert counts[State.MEASURED] == 25
    assert report.withheld == (4, 5 * 1 + 25 * 4)
    assert list(report.patients.columns) == list(PATIENT_COLUMNS)
    low, high = report.monthly.interval
    assert low <= -0.6 <= high
    assert report.monthly.value == pytest.approx(-0.6, abs=0.1)
    assert "slope" in report.monthly.method
    assert report.pooled.interval[0] < report.pooled.value < report.pooled.interval[1]


def test_the_final_outcome_leaves_out_who_has_none(cohort):
    report = outcomes(cohort, REDNESS, FinalOutcome.AT_90_DAYS, TODAY)
    assert len(report.measured) == 21  # 5 stopped, 4 were withheld on that day
    assert set(report.measured["at"]) == {"final outcome (90 days)"}
    months = 160 / 30.44
    assert report.measured["months"].to_numpy() == pytest.approx(months, abs=0.01)
    assert report.pooled.value == pytest.approx(-0.6 * months, abs=0.8)
    assert report.responders is not None
    assert report.responders[1] == 21
    changed = report.measured["change"] < -report.measured["sdc"]
    assert report.responders[0] == changed.sum()


def test_shrunken_changes_lie_between_the_patients_own_and_the_mean(last):
    rows = last.measured
    raw, drawn = rows["change"].to_numpy(), rows["shrunken"].to_numpy()
    assert np.ptp(drawn) < np.ptp(raw)
    assert (np.argsort(raw) == np.argsort(drawn)).mean() > 0.9


def test_the_protocol_is_read_from_what_was_written_down(cohort):
    assert protocols(cohort) == [Protocol(Indication.REDNESS, "pen", 1.5, 35)]
    assert len(outcomes(cohort, replace(REDNESS, device="pen", depth_mm=1.5, interval_days=35)).patients) == 30
    for other in ({"device": "roller"}, {"depth_mm": 0.5}, {"interval_days": 28}, {"indication": Indication.SCAR}):
        report = outcomes(cohort, replace(REDNESS, **other))
        assert len(report.patients) == 0
        assert math.isnan(report.pooled.value)
        assert len(report.course) == 0


def test_three_patients_are_too_few_to_say(clinic, add):
    for number in range(3):
        add(f"P-{number}")
    report = outcomes(clinic, REDNESS, today=TODAY)
    assert np.isnan([report.pooled.value, report.monthly.value]).all()
    assert report.measured["shrunken"].isna().all()
    assert report.measured["change"].notna().all()  # each patient's own change is still told
    assert "too few to say" in report.monthly.remarks[0]


def test_who_has_not_come_back_is_counted_as_gone_only_once_overdue(clinic, add, simulated):
    add("P-1", sessions=2)
    add("P-2", sessions=3)
    start = simulated.START

    def states(day):
        return list(outcomes(clinic, REDNESS, today=start + timedelta(day)).patients["state"])

    assert states(40) == [State.TREATED, State.DUE]
    assert states(35 + 35 + 56) == [State.TREATED, State.DUE]
    assert states(35 + 35 + 57) == [State.STOPPED, State.DUE]
    assert states(70 + 180 + 22)[1] == State.MISSED


def test_a_photographed_outcome_without_a_number_is_no_drop_out(clinic, add):
    add("P-1", sessions=4, withheld=3)
    report = outcomes(clinic, REDNESS, today=TODAY)
    assert list(report.patients["state"]) == [State.NOT_ASSESSABLE]
    assert report.withheld == (1, 3)
    assert list(report.patients["at"]) == ["session 3"]
    final = outcomes(clinic, REDNESS, FinalOutcome.AT_90_DAYS, TODAY)
    assert final.patients["change"].isna().all()
    assert list(final.patients["verdict"]) == [""]


def test_several_regions_count_as_one_patient(clinic, add):
    add("P-1", regions=("cheek_left", "cheek_right"))
    report = outcomes(clinic, REDNESS, today=TODAY)
    assert len(report.patients) == 1
    assert report.patients["sdc"].iloc[0] == pytest.approx(1.96 * np.sqrt(2) * 0.9, rel=1e-3)
    assert len(report.course) == 5


def test_a_second_series_of_a_patient_is_left_out_and_said(clinic, add):
    series = add("P-1")
    with clinic.store.write() as records:
        records.add_series(series.patient_id, series.plan)
    report = outcomes(clinic, REDNESS, today=TODAY)
    assert len(report.patients) == 1
    assert any("1 further series" in remark for remark in report.remarks)


def test_what_an_older_version_measured_is_said_and_not_mixed_in(clinic, add, monkeypatch):
    add("P-1")
    monkeypatch.setattr(followed, "PIPELINE_VERSION", "later")
    report = outcomes(clinic, REDNESS, today=TODAY)
    assert report.patients["change"].isna().all()
    assert any("older version" in remark for remark in report.remarks)


def test_the_newest_rating_of_each_patient_is_counted(clinic, add, simulated):
    series = [add(f"P-{n}") for n in range(3)]
    with clinic.store.write() as records:
        records.add_rating(series[0].id, simulated.START + timedelta(40), Gais.WORSE, "", "")
        records.add_rating(series[0].id, simulated.START + timedelta(80), Gais.IMPROVED, "", "")
        records.add_rating(series[1].id, simulated.START + timedelta(80), Gais.IMPROVED, "", "")
    report = outcomes(clinic, REDNESS, today=TODAY)
    assert dict(report.satisfaction)[Gais.IMPROVED] == 2
    assert sum(count for _, count in report.satisfaction) == 2
    assert list(report.patients["satisfaction"]) == ["improved", "improved", ""]
    assert outcomes(clinic, Protocol(Indication.SCAR), today=TODAY).satisfaction == ()


def test_a_report_counts_the_patients_of_the_own_practice_and_says_so(cohort):
    here = Actor("u", "U", FIRST_PRACTICE, frozenset({Role.CLINICIAN}))
    own = outcomes(cohort.acting(here), REDNESS, today=TODAY)
    with cohort.store.read() as records:
        name = records.practice(FIRST_PRACTICE).name
    assert len(own.patients) == 30
    assert dict(own.protocol)["Clinic"] == name
    assert dict(outcomes(cohort, REDNESS, today=TODAY).protocol)["Clinic"] == "all of this installation"
    assert protocols(cohort.acting(here))
    elsewhere = cohort.acting(replace(here, practice_id="other"))
    assert protocols(elsewhere) == []


def test_who_ended_early_has_dropped_out_at_once(clinic, add, simulated):
    series = add("P-1", sessions=2)
    with clinic.store.write() as records:
        records.end_series(series.id, simulated.START + timedelta(50), "moved away")
    report = outcomes(clinic, REDNESS, today=simulated.START + timedelta(51))
    assert list(report.patients["state"]) == [State.STOPPED]
    assert report.dropped_out == 1


def test_a_report_is_kept_until_anything_is_written(clinic, add, monkeypatch):
    from tracker.clinic.workflow import intake
    from tracker.clinic.workflow import outcomes as module

    made = []
    monkeypatch.setattr(module, "_made", lambda *asked: made.append(asked) or len(made))
    add("P-001")
    assert [outcomes(clinic, REDNESS) for _ in range(3)] == [1, 1, 1]
    add("P-002")
    assert outcomes(clinic, REDNESS) == 2
    patient = intake.list_patients(clinic)[0]
    intake.change_patient(clinic, patient.id, "Another", None, None)  # changes no number of rows
    assert outcomes(clinic, REDNESS) == 3
    elsewhere = clinic.acting(Actor("u", "", "elsewhere", frozenset({Role.CLINICIAN})))
    assert outcomes(elsewhere, REDNESS) == 4
    with pytest.raises(NotFound):
        outcomes(clinic.acting(Actor("u", "", FIRST_PRACTICE, frozenset({Role.STAFF}))), REDNESS)
