"""An answer is kept until anything is written, for one practice, and never past a refusal."""

from tracker.clinic.types import FIRST_PRACTICE, Actor, BodySite, Indication, Role, SeriesPlan
from tracker.clinic.workflow import agenda, intake
from tracker.clinic.workflow.kept import Kept


def test_made_once_until_a_row_or_an_entry_of_the_log_is_new(clinic):
    made, kept = [], Kept(2)

    def ask(who=clinic, what="x"):
        return kept.of(who, what, lambda: made.append(what) or len(made))

    assert [ask() for _ in range(3)] == [1, 1, 1]
    patient = intake.add_patient(clinic)
    assert ask() == 2
    intake.change_patient(clinic, patient.id, "Another", None, None)  # no row is new
    assert ask() == 3
    inside = clinic.acting(Actor("u", "", FIRST_PRACTICE, frozenset({Role.CLINICIAN}), "", "s"))
    assert ask(inside) == 4
    intake.get_patient(inside, patient.id)  # a look changes nothing
    assert ask(inside) == 4
    assert ask(inside, "y") == 5
    assert ask(inside, "z") == 6
    assert ask(inside, "x") == 7  # two are kept


def test_the_start_page_shows_what_was_just_written(clinic):
    inside = clinic.acting(Actor("u", "", FIRST_PRACTICE, frozenset({Role.CLINICIAN}), "", "s"))
    assert agenda.agenda(inside).patients == 0
    patient = intake.add_patient(inside)
    intake.add_series(inside, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE))
    assert agenda.agenda(inside).patients == 1
    assert agenda.agenda(inside) is agenda.agenda(inside)
