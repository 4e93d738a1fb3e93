"""Blinded review: what is offered, what is recorded, and what is said afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tracker.clinic.types import (
    Actor,
    BodySite,
    Gais,
    GoodmanBaron,
    Indication,
    Role,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.types.review import BetterSide, Direction, Grading, Scale, Shown, TwoGrades
from tracker.clinic.workflow import blinded, intake, photos, review
from tracker.errors import InvalidInput, NotFound
from tracker.imaging.types import Metric, Verdict

NEITHER = BetterSide(None, Gais.NO_CHANGE)


def acting(clinic, role=Role.CLINICIAN, user="u1", practice="first"):
    return clinic.acting(Actor(user, f"Dr {user}", practice, frozenset({role})))


@pytest.fixture
def rater(clinic):
    return acting(clinic)


@pytest.fixture
def measured(clinic, engine, series, taken):
    review.measure_series(clinic, series.id)
    return taken


def improved(later_left, by=Gais.MUCH_IMPROVED):
    return BetterSide(Shown.LEFT if later_left else Shown.RIGHT, by)


def test_healed_visits_are_offered_once_to_each_rater_until_none_is_left(clinic, rater, measured):
    seen = []
    while (pair := blinded.next_pair(rater)) is not None:
        seen.append(pair.followup_photo_id)
        blinded.save_grade(rater, pair.baseline_photo_id, pair.followup_photo_id, NEITHER, later_left=pair.later_left)
    assert sorted(seen) == sorted(photo.id for photo in measured[2:])  # day 3 is healing, days 10 and 40 are not
    assert blinded.next_pair(acting(clinic, user="u2")) is not None


def test_sides_are_drawn_by_lot(rater, measured):
    drawn = {blinded.next_pair(rater).later_left for _ in range(40)}
    assert drawn == {True, False}
    pair = blinded.next_pair(rater)
    left, right = pair.photo_on(Shown.LEFT), pair.photo_on(Shown.RIGHT)
    assert {left, right} == {pair.baseline_photo_id, pair.followup_photo_id}
    assert (left == pair.followup_photo_id) == pair.later_left


@pytest.mark.parametrize("later_left", [True, False])
@pytest.mark.parametrize(
    ("said", "gais"),
    [
        (improved, Gais.MUCH_IMPROVED),
        (lambda later_left: improved(not later_left), Gais.WORSE),
        (lambda _: NEITHER, Gais.NO_CHANGE),
    ],
)
def test_what_was_said_of_sides_becomes_a_grade_of_the_change(rater, measured, later_left, said, gais):
    pair = measured[0].id, measured[3].id
    answer = blinded.save_grade(rater, *pair, said(later_left), later_left=later_left)
    assert answer.grading.gais is gais
    assert (answer.grading.scale, answer.grading.later_shown_left) == (Scale.GAIS, later_left)
    assert (answer.grading.author_id, answer.grading.author) == ("u1", "Dr u1")


def test_the_measure_answers_after_the_grade_and_both_are_kept(clinic, rater, measured, engine, series):
    record = review.compare(clinic, measured[0].id, measured[3].id).record
    (redness,) = [one for one in record.changes if one.metric is Metric.REDNESS]
    said = Direction.IMPROVED if redness.change < 0 else Direction.WORSE
    answer = blinded.save_grade(rater, measured[0].id, measured[3].id, improved(True), later_left=True)
    assert answer.grading.computed is said
    assert answer.agrees is (said is Direction.IMPROVED)
    assert [one.metric for one in answer.changes] == [Metric.REDNESS]
    assert answer.grading.analysis_id == record.id
    assert blinded.own_agreement(rater) == answer.so_far
    assert (answer.so_far.pairs, answer.so_far.kappa, answer.so_far.why) == (1, None, blinded.TOO_FEW)


def test_what_cannot_be_judged_is_counted_apart(clinic, rater, engine, series, taken):
    engine.refuse = True
    review.measure_series(clinic, series.id)
    answer = blinded.save_grade(rater, taken[0].id, taken[3].id, NEITHER, later_left=True)
    assert (answer.agrees, answer.grading.computed, answer.changes) == (None, None, ())
    assert (answer.so_far.pairs, answer.so_far.unjudged) == (0, 1)


def test_a_pair_is_graded_once_by_each_and_on_its_own_scale(clinic, rater, measured):
    pair = measured[0].id, measured[3].id
    with pytest.raises(InvalidInput, match="another scale"):
        blinded.save_grade(rater, *pair, TwoGrades(GoodmanBaron.MILD, GoodmanBaron.MILD), later_left=True)
    for wrong in (
        BetterSide(None, Gais.IMPROVED),
        BetterSide(Shown.LEFT, Gais.NO_CHANGE),
        BetterSide(None, Gais.WORSE),
    ):
        with pytest.raises(InvalidInput, match="better side"):
            blinded.save_grade(rater, *pair, wrong, later_left=True)
    blinded.save_grade(rater, *pair, NEITHER, later_left=True)
    with pytest.raises(InvalidInput, match="not graded"):
        blinded.save_grade(rater, *pair, NEITHER, later_left=False)
    blinded.save_grade(acting(clinic, user="u2"), *pair, NEITHER, later_left=False)
    with pytest.raises(InvalidInput, match="two sessions"):
        blinded.save_grade(rater, pair[0], pair[0], NEITHER, later_left=False)


def test_acne_scars_are_graded_photo_by_photo(clinic, rater, engine, photo_bytes):
    patient = intake.add_patient(clinic)
    series = intake.add_series(clinic, patient.id, SeriesPlan(Indication.ACNE_SCARS, BodySite.FACE))
    stored = []
    for number, (day, kind) in enumerate(
        [(date(2026, 1, 1), SessionKind.BASELINE), (date(2026, 3, 1), SessionKind.FOLLOW_UP)]
    ):
        session = intake.add_session(clinic, series.id, Visit(day, kind))
        stored.append(photos.add_photo(clinic, session.id, photo_bytes(50 + number), "x.jpg", View.FRONTAL))
    review.measure_series(clinic, series.id)
    pair = blinded.next_pair(rater)
    assert (pair.scale, pair.indication) == (Scale.GOODMAN_BARON, Indication.ACNE_SCARS)
    answer = blinded.save_grade(
        rater, stored[0].id, stored[1].id, TwoGrades(GoodmanBaron.MILD, GoodmanBaron.SEVERE), later_left=True
    )
    assert (answer.grading.before, answer.grading.after) == (GoodmanBaron.SEVERE, GoodmanBaron.MILD)
    assert answer.grading.rated is Direction.IMPROVED
    assert answer.grading.computed is Direction.SAME  # the stand-in finds no change of roughness
    assert answer.agrees is False


def test_regions_that_contradict_each_other_say_nothing(clinic, measured):
    changes = review.compare(clinic, measured[0].id, measured[3].id).record.changes
    (redness,) = [one for one in changes if one.metric is Metric.REDNESS]
    fell, rose = replace(redness, change=-5.0), replace(redness, change=5.0)
    same = replace(redness, verdict=Verdict.NO_DETECTABLE_CHANGE)
    withheld = replace(redness, verdict=Verdict.NOT_ASSESSABLE)
    assert blinded.direction([fell, same, withheld], Metric.REDNESS) is Direction.IMPROVED
    assert blinded.direction([rose], Metric.REDNESS) is Direction.WORSE
    assert blinded.direction([same], Metric.REDNESS) is Direction.SAME
    assert blinded.direction([fell, rose], Metric.REDNESS) is None
    assert blinded.direction([withheld], Metric.REDNESS) is None
    assert blinded.direction([fell], Metric.SCAR_PIGMENT) is None


def graded(gais, computed):
    now = datetime.now(UTC)
    return Grading("", "", "", "", Scale.GAIS, True, gais, None, None, computed, "", "", "", now)


def test_agreement_over_many_pairs_has_kappa_with_an_interval():
    pairs = [(Gais.IMPROVED, Direction.IMPROVED)] * 8 + [(Gais.NO_CHANGE, Direction.SAME)] * 6
    pairs += [(Gais.WORSE, Direction.WORSE)] * 2 + [(Gais.IMPROVED, Direction.SAME)] * 3 + [(Gais.IMPROVED, None)]
    found = blinded.agreement([graded(*one) for one in pairs])
    assert (found.pairs, found.same, found.unjudged, found.why) == (19, 16, 1, "")
    assert found.interval[0] < found.kappa < found.interval[1] <= 1
    alike = blinded.agreement([graded(Gais.IMPROVED, Direction.IMPROVED)] * 12)
    assert (alike.kappa, alike.why, alike.share) == (None, blinded.ONE_GRADE, 1.0)
    full = blinded.agreement([graded(*one) for one in pairs[:16]])
    assert (full.kappa, full.why) == (1.0, blinded.NO_VARIANCE)


@pytest.mark.parametrize(("role", "practice"), [(Role.STAFF, "first"), (Role.PATIENT, "first"), (Role.ADMIN, "first")])
def test_others_do_not_grade(clinic, measured, role, practice):
    who = acting(clinic, role, practice=practice)
    for asked in (
        lambda: blinded.next_pair(who),
        lambda: blinded.own_agreement(who),
        lambda: blinded.save_grade(who, measured[0].id, measured[3].id, NEITHER, later_left=True),
    ):
        with pytest.raises(NotFound):
            asked()


def test_another_practice_is_offered_nothing_and_grades_nothing(clinic, measured):
    other = acting(clinic, practice="other")
    assert blinded.next_pair(other) is None
    with pytest.raises(NotFound):
        blinded.save_grade(other, measured[0].id, measured[3].id, NEITHER, later_left=True)
