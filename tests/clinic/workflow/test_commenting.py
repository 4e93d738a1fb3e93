"""Comments: whose words they are, who may read them, and that nothing is lost."""

import pytest

from tracker.clinic.types import Actor, BodySite, Indication, Role, SeriesPlan
from tracker.clinic.workflow import commenting, intake
from tracker.errors import InvalidInput, NotFound


def acting(clinic, role, user="u1", practice="first", patient_id=""):
    return clinic.acting(Actor(user, f"Dr {user}", practice, frozenset({role}), patient_id))


@pytest.fixture
def clinician(clinic):
    return acting(clinic, Role.CLINICIAN)


def test_a_comment_bears_the_name_of_who_wrote_it_and_keeps_its_lines(clinician, series, taken):
    stored = commenting.add_comment(clinician, series.id, "  Less red.\n\x07Look\tagain. \n", taken[0].id)
    assert (stored.author_id, stored.author, stored.photo_id) == ("u1", "Dr u1", taken[0].id)
    assert stored.text == "Less red.\nLook again."
    commenting.add_comment(clinician, series.id, "Second")
    assert [one.text for one in commenting.list_comments(clinician, series.id)] == ["Less red.\nLook again.", "Second"]


def test_withdrawn_words_stay_on_record_and_nobody_withdraws_those_of_another(clinic, clinician, series):
    stored = commenting.add_comment(clinician, series.id, "Wrong patient")
    other = acting(clinic, Role.CLINICIAN, "u2")
    with pytest.raises(InvalidInput, match="found one by Dr u1"):
        commenting.withdraw_comment(other, stored.id)
    gone = commenting.withdraw_comment(clinician, stored.id)
    assert gone.withdrawn is not None
    assert commenting.withdraw_comment(clinician, stored.id).withdrawn == gone.withdrawn
    assert commenting.list_comments(clinician, series.id) == [gone]


@pytest.mark.parametrize("text", ["", " \n ", "x" * (commenting.MOST + 1)])
def test_nothing_and_too_much_are_sentences(clinician, series, text):
    with pytest.raises(InvalidInput, match="expected 1 to 4000 characters"):
        commenting.add_comment(clinician, series.id, text)


def test_a_photo_of_another_series_is_refused(clinic, clinician, series, taken):
    other = intake.add_series(clinic, series.patient_id, SeriesPlan(Indication.SCAR, BodySite.BACK))
    with pytest.raises(InvalidInput, match="photo of this series"):
        commenting.add_comment(clinician, other.id, "There", taken[0].id)


@pytest.mark.parametrize(
    ("role", "practice", "own"),
    [
        (Role.STAFF, "first", False),
        (Role.PATIENT, "first", True),
        (Role.ADMIN, "first", False),
        (Role.CLINICIAN, "other", False),
    ],
)
def test_comments_are_for_the_clinicians_of_the_practice(clinic, clinician, series, role, practice, own):
    stored = commenting.add_comment(clinician, series.id, "Between us")
    who = acting(clinic, role, "u3", practice, series.patient_id if own else "")
    for asked in (
        lambda: commenting.list_comments(who, series.id),
        lambda: commenting.add_comment(who, series.id, "Me too"),
        lambda: commenting.withdraw_comment(who, stored.id),
    ):
        with pytest.raises(NotFound):
            asked()
    assert len(commenting.list_comments(clinician, series.id)) == 1
