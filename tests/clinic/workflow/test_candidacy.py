"""Answers are recorded and flagged, never decided."""

from datetime import date, timedelta

import pytest

from tracker.clinic.types import Actor, Answer, Question, Reply, Role, SessionKind, Visit
from tracker.clinic.workflow import agenda, candidacy, intake
from tracker.clinic.workflow.settings import Settings, change_settings
from tracker.errors import InvalidInput, NotFound

CLINICIAN = Actor("c", "Cleo", "first", frozenset({Role.CLINICIAN}))
STAFF = Actor("s", "Sam", "first", frozenset({Role.STAFF}))
ELSEWHERE = Actor("e", "Else", "another", frozenset({Role.CLINICIAN}))
ADMIN = Actor("a", "Ada", "first", frozenset({Role.ADMIN}))


def answers(**replies):
    return [Answer(question, Reply[replies.get(question.name, "NO")]) for question in Question]


def test_the_newest_checklist_counts_and_all_stay(clinic, series):
    assert candidacy.candidacy(clinic, series.patient_id) is None
    first = candidacy.save_candidacy(clinic, series.patient_id, answers(KELOID="YES"), " seen ")
    second = candidacy.save_candidacy(clinic.acting(CLINICIAN), series.patient_id, answers())
    assert candidacy.candidacy_history(clinic, series.patient_id) == [second, first]
    assert candidacy.candidacy(clinic, series.patient_id) == second
    assert (first.note, first.author_id, second.author_id) == ("seen", "", "c")
    assert first.flags == ("Keloids or hypertrophic scars before.",)
    assert second.flags == ()
    assert not second.flagged


def test_what_was_not_asked_is_not_known(clinic, series):
    found = candidacy.save_candidacy(clinic, series.patient_id, [Answer(Question.PREGNANCY, Reply.NO)])
    assert len(found.answers) == len(Question)
    assert found.flagged
    assert found.flags[0].startswith("Not known: isotretinoin taken within the last 6 months; active infection")


def test_two_answers_to_one_question_and_long_notes_are_refused(clinic, series):
    with pytest.raises(InvalidInput, match="one answer"):
        candidacy.save_candidacy(clinic, series.patient_id, [Answer(Question.PREGNANCY)] * 2)
    with pytest.raises(InvalidInput, match="5000"):
        candidacy.save_candidacy(clinic, series.patient_id, answers(), "x" * 5001)
    assert candidacy.candidacy_history(clinic, series.patient_id) == []


@pytest.mark.parametrize(
    ("months", "words"), [(12, "Isotretinoin within the last 12 months."), (0, "Takes isotretinoin at present.")]
)
def test_the_practice_sets_how_far_back_it_asks_and_old_answers_keep_their_question(clinic, series, months, words):
    change_settings(clinic.acting(ADMIN), Settings("", months))
    found = candidacy.save_candidacy(clinic, series.patient_id, answers(ISOTRETINOIN="YES"))
    assert found.flags == (words,)
    change_settings(clinic, Settings("", 6))
    assert candidacy.candidacy(clinic, series.patient_id).flags == found.flags


def test_staff_and_other_practices_read_and_write_nothing(clinic, series):
    for actor in (STAFF, ELSEWHERE, ADMIN):
        for call in (
            lambda one: candidacy.candidacy(one, series.patient_id),
            lambda one: candidacy.candidacy_history(one, series.patient_id),
            lambda one: candidacy.save_candidacy(one, series.patient_id, answers()),
        ):
            with pytest.raises(NotFound):
                call(clinic.acting(actor))


def test_flags_stay_open_until_a_treatment_follows(clinic, series):
    def open_flags():
        return [one.checklist and one.checklist.flags for one in agenda.agenda(clinic).flagged]

    assert open_flags() == [None]
    candidacy.save_candidacy(clinic, series.patient_id, answers(ECZEMA="YES"))
    assert open_flags() == [("Eczema or psoriasis.",)]
    intake.add_session(clinic, series.id, Visit(date.today() - timedelta(40), SessionKind.TREATMENT))
    assert open_flags() == [("Eczema or psoriasis.",)]
    intake.add_session(clinic, series.id, Visit(date.today(), SessionKind.TREATMENT))
    assert open_flags() == []
