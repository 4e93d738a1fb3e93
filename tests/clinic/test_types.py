"""Words and rules of the records."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.clinic.types import (
    BodySite,
    FinalOutcome,
    HealingPhase,
    Indication,
    Moment,
    SeriesPlan,
    Session,
    SessionKind,
    View,
    Visit,
)
from tracker.errors import InvalidInput
from tracker.imaging.types import Metric

LIMITS = [
    (None, HealingPhase.NOT_NEEDLED),
    (0, HealingPhase.ACUTE),
    (1, HealingPhase.ACUTE),
    (2, HealingPhase.EARLY),
    (4, HealingPhase.EARLY),
    (5, HealingPhase.FLAKING),
    (6, HealingPhase.FLAKING),
    (7, HealingPhase.FLAKING),
    (8, HealingPhase.COLOUR_ASSESSABLE),
    (27, HealingPhase.COLOUR_ASSESSABLE),
    (28, HealingPhase.OUTCOME_ASSESSABLE),
    (365, HealingPhase.OUTCOME_ASSESSABLE),
]


@pytest.mark.parametrize(("days", "phase"), LIMITS)
def test_phases_begin_and_end_where_the_methods_say(days, phase):
    assert HealingPhase.after(days) is phase


@given(st.integers(0, 2000), st.sampled_from(Metric))
def test_once_a_measure_can_be_judged_it_stays_so(days, metric):
    assert HealingPhase.after(days).shows(metric) <= HealingPhase.after(days + 1).shows(metric)


def test_colour_settles_before_relief():
    phase = HealingPhase.COLOUR_ASSESSABLE
    assert phase.shows(Metric.REDNESS)
    assert phase.shows(Metric.PIGMENT)
    assert not phase.shows(Metric.ROUGHNESS)
    assert not phase.shows(Metric.SCAR_AREA)
    assert HealingPhase.NOT_NEEDLED.shows(Metric.SCAR_AREA)


def test_colour_of_a_scar_settles_with_colour_and_its_relief_with_relief():
    phase = HealingPhase.COLOUR_ASSESSABLE
    assert phase.shows(Metric.SCAR_REDNESS)
    assert phase.shows(Metric.SCAR_PIGMENT)
    for late in (Metric.WRINKLES, Metric.PORES, Metric.SCAR_CONTRAST, Metric.SCAR_COUNT, Metric.SCAR_LENGTH):
        assert not phase.shows(late)
        assert HealingPhase.OUTCOME_ASSESSABLE.shows(late)


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        (None, None),
        (28, None),
        (68, None),
        (69, FinalOutcome.AT_90_DAYS),
        (111, FinalOutcome.AT_90_DAYS),
        (112, None),
        (159, FinalOutcome.AT_180_DAYS),
        (201, FinalOutcome.AT_180_DAYS),
        (202, None),
    ],
)
def test_a_final_outcome_is_seen_within_three_weeks_of_its_day_and_only_after_all_treatments(days, outcome):
    assert FinalOutcome.at(days, 3, 3) is outcome
    assert FinalOutcome.at(days, 4, 3) is outcome
    assert FinalOutcome.at(days, 2, 3) is None


def test_a_session_knows_whether_it_shows_the_final_outcome():
    plan = SeriesPlan(Indication.REDNESS, BodySite.FACE)
    visit = Visit(date(2026, 6, 1), SessionKind.TREATMENT)
    session = Session("1", "2", visit, None, 4, 90, treatments_before=3)
    assert session.outcome(plan) is FinalOutcome.AT_90_DAYS
    assert session.outcome(plan, Moment.AFTER) is None  # needled a minute ago
    assert Session("1", "2", visit, None, 3, 90, treatments_before=2).outcome(plan) is None


def test_a_day_before_the_needling_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="at least 0"):
        HealingPhase.after(-1)


@pytest.mark.parametrize("indication", Indication)
def test_every_indication_has_defaults_and_one_primary_metric(indication):
    plan = SeriesPlan(indication, BodySite.OTHER)
    long = {Indication.ACNE_SCARS, Indication.SCAR, Indication.STRETCH_MARKS}
    assert plan.planned_sessions == (6 if indication in long else 3)
    assert plan.interval_days == 35
    assert plan.primary_metric in Metric


@pytest.mark.parametrize("wrong", [{"planned_sessions": 0}, {"planned_sessions": 51}, {"interval_days": 0}])
def test_a_plan_that_cannot_be_is_refused(wrong):
    with pytest.raises(InvalidInput, match="expected 1 to"):
        SeriesPlan(Indication.SCAR, BodySite.FACE, **wrong)


@pytest.mark.parametrize("depth", [0.0, -1.0, 4.5, float("nan")])
def test_a_needle_depth_that_cannot_be_is_refused(depth):
    with pytest.raises(InvalidInput, match=r"0\.1 to 4\.0 mm"):
        Visit(date(2026, 1, 1), SessionKind.TREATMENT, needle_depth_mm=depth)


def test_a_photo_before_needling_shows_the_healing_of_the_last_time():
    visit = Visit(date(2026, 2, 5), SessionKind.TREATMENT)
    session = Session("1", "2", visit, None, 2, 35)
    assert session.days_at(Moment.BEFORE) == 35
    assert session.days_at(Moment.AFTER) == 0
    assert session.phase is HealingPhase.OUTCOME_ASSESSABLE


@pytest.mark.parametrize("enum", [Indication, BodySite, SessionKind, View, Moment, HealingPhase, FinalOutcome])
def test_words_are_for_people(enum):
    for member in enum:
        assert member.value == member.value.lower()
        assert "_" not in member.value
    assert len({member.value for member in enum}) == len(enum)
