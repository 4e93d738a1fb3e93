"""What holds on which day after needling, in the program's words and in the clinic's own."""

from datetime import date, timedelta

import pytest

from tracker.clinic.types import (
    FIRST_PRACTICE,
    Actor,
    BodySite,
    HealingPhase,
    Indication,
    Role,
    SeriesPlan,
    SessionKind,
    Visit,
)
from tracker.clinic.types.own import Aftercare, AftercareRule
from tracker.clinic.workflow import aftercare, intake
from tracker.errors import InvalidInput, NotFound

NEEDLED = date(2026, 3, 1)
RULES = Aftercare((AftercareRule(1, 2, do="cool"), AftercareRule(0, None, avoid="sun")), ("fever",))


@pytest.fixture
def own(clinic, series):
    return clinic.acting(Actor("u1", "P", FIRST_PRACTICE, frozenset({Role.PATIENT}), series.patient_id))


@pytest.fixture
def admin(clinic):
    return clinic.acting(Actor("a1", "A", FIRST_PRACTICE, frozenset({Role.ADMIN})))


def on(own, series, day):
    return aftercare.today_for(own, series.patient_id, NEEDLED + timedelta(day))


@pytest.mark.parametrize(
    ("day", "avoided"),
    [(0, 3), (1, 3), (2, 3), (3, 2), (4, 0), (30, 0)],
)
def test_defaults_by_day(own, series, sessions, day, avoided):
    found = on(own, series, day)
    assert len(found.avoid) == (avoided if day < 9 else 0)
    assert any("SPF 30" in line for line in found.do)
    assert "fever" in found.call


def test_make_up_stays_off_until_48_hours_have_passed_whatever_the_hour(own, series, sessions):
    told = [any("make-up" in line for line in on(own, series, day).avoid) for day in range(4)]
    assert told == [True, True, True, False]
    told = [any("saunas" in line for line in on(own, series, day).avoid) for day in range(5)]
    assert told == [True, True, True, True, False]


def test_defaults_say_what_the_journey_lists_and_no_more():
    found = aftercare.defaults()
    text = " ".join([line for rule in found.rules for line in (rule.do, rule.avoid)])
    for word in ("SPF 30", "make-up", "24 to 48 hours", "retinoids", "acids", "vitamin C", "2 to 3 days", "72 hours"):
        assert word in text
    assert len(found.rules) == 4
    assert found.call == ("redness that spreads", "pus", "fever", "blisters", "pain that grows")


def test_before_the_first_needling_nothing_is_told(own, series):
    found = on(own, series, 0)
    assert found.series is None
    assert found.phase is HealingPhase.NOT_NEEDLED
    assert (found.do, found.avoid, found.call) == ((), (), ())


def test_the_newest_needling_of_any_series_counts(clinic, own, series, sessions):
    second = intake.add_series(clinic, series.patient_id, SeriesPlan(Indication.SCAR, BodySite.ARMS))
    intake.add_session(clinic, second.id, Visit(NEEDLED + timedelta(10), SessionKind.TREATMENT))
    assert on(own, series, 9).series.id == series.id
    found = on(own, series, 11)
    assert (found.series.id, found.days, found.phase) == (second.id, 1, HealingPhase.ACUTE)


def test_the_clinic_writes_its_own_text_and_may_go_back(admin, own, series, sessions):
    assert not aftercare.is_own_text(admin)
    stored = aftercare.change_aftercare(admin, RULES)
    assert [rule.from_day for rule in stored.rules] == [0, 1]
    assert aftercare.aftercare_of(own) == stored
    assert aftercare.is_own_text(admin)
    assert on(own, series, 0).do == ()
    assert on(own, series, 1).do == ("cool",)
    assert on(own, series, 300).avoid == ("sun",)
    aftercare.back_to_defaults(admin)
    assert aftercare.aftercare_of(own) == aftercare.defaults()


def test_a_text_that_helps_nobody_is_refused(admin):
    with pytest.raises(InvalidInput, match="when a patient should call"):
        aftercare.change_aftercare(admin, Aftercare((), (" ",)))
    with pytest.raises(InvalidInput, match="shorten"):
        aftercare.change_aftercare(admin, Aftercare((AftercareRule(0, 1, do="x" * 301),), ("fever",)))
    with pytest.raises(InvalidInput, match="neither"):
        AftercareRule(0, 1, " ", "")
    for first, last in ((3, 2), (-1, 2), (0, 366)):
        with pytest.raises(InvalidInput, match="Days of a rule"):
            AftercareRule(first, last, "do")


def test_only_an_administrator_writes_and_only_the_patient_asks(clinic, own, series, sessions):
    doctor = clinic.acting(Actor("d", "D", FIRST_PRACTICE, frozenset({Role.CLINICIAN})))
    for someone in (own, doctor):
        for call in (lambda who: aftercare.change_aftercare(who, RULES), aftercare.back_to_defaults):
            with pytest.raises(NotFound):
                call(someone)
    other = intake.add_patient(clinic)
    stranger = clinic.acting(Actor("u2", "B", FIRST_PRACTICE, frozenset({Role.PATIENT}), other.id))
    for someone in (stranger, doctor):
        with pytest.raises(NotFound):
            aftercare.today_for(someone, series.patient_id)


def test_another_practice_has_its_own_text(clinic, admin, own, series, sessions):
    with clinic.store.write() as records:
        practice = records.add_practice("Elsewhere")
    elsewhere = clinic.acting(Actor("a2", "A", practice.id, frozenset({Role.ADMIN})))
    aftercare.change_aftercare(elsewhere, RULES)
    assert aftercare.aftercare_of(own) == aftercare.defaults()
