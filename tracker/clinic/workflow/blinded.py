"""Blinded review: a rater grades pairs without knowing which photo came first; then the measure's answer is told."""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tracker.clinic.access import Action
from tracker.clinic.records.store import Records
from tracker.clinic.types import UNDIRECTED_METRICS, Gais, HealingPhase, Indication, Kind, Series
from tracker.clinic.types.review import Agreement, BetterSide, Direction, Grading, Scale, Shown, TwoGrades
from tracker.clinic.workflow import review
from tracker.clinic.workflow.bursts import visits_between
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import elevated, guarded, own_practice
from tracker.clinic.workflow.telling import deciding, told
from tracker.errors import InvalidInput
from tracker.imaging.change.agreement import FEWEST, weighted_kappa
from tracker.imaging.types import Change, Metric, Verdict
from tracker.wording import mark

TOO_FEW = mark("Kappa is shown from 10 pairs on.")
ONE_GRADE = mark("One side gave every pair the same answer, so agreement beyond chance has no meaning.")
NO_VARIANCE = mark("All pairs agree, so there is no interval.")


@dataclass(frozen=True, slots=True)
class BlindedPair:
    """Two photos to grade; what is shown to the rater is their pixels and the scale, nothing else.

    Parameters
    ----------
    baseline_photo_id, followup_photo_id : str
        For the server only: their order is the secret.
    later_left : bool
        Drawn by lot.
    scale : Scale
        How the pair is graded.
    indication : Indication
        What to look at.
    """

    baseline_photo_id: str
    followup_photo_id: str
    later_left: bool
    scale: Scale
    indication: Indication

    def photo_on(self, side: Shown) -> str:
        """Id of the photo on one side."""
        return self.followup_photo_id if (side is Shown.LEFT) == self.later_left else self.baseline_photo_id


@dataclass(frozen=True, slots=True)
class Answered:
    """What is told after a pair was graded.

    Parameters
    ----------
    grading : Grading
        As it was stored.
    changes : tuple of Change
        Of the deciding measure, in words that the page prints.
    agrees : bool or None
        Whether rater and measure say the same; None where the measure could not judge.
    so_far : Agreement
        Over all pairs of this rater.
    """

    grading: Grading
    changes: tuple[Change, ...]
    agrees: bool | None
    so_far: Agreement


@guarded(Action.RATE)
def next_pair(clinic: Clinic) -> BlindedPair | None:
    """The next pair for who acts, drawn by lot from what this person has not graded; None where nothing is left.

    Offered are compared visits of the practice in which the skin has healed as far as the deciding measure needs.
    """
    with clinic.store.read() as records:
        for series_id, *pair in records.pairs_to_grade(own_practice(clinic), clinic.actor.user_id):
            series = records.series(series_id)
            if _gradable(records, series, (pair[0], pair[1])):
                left = bool(secrets.randbits(1))
                return BlindedPair(pair[0], pair[1], left, scale_of(series), series.plan.indication)
    return None


@guarded(Action.RATE, baseline_photo_id=Kind.PHOTO, followup_photo_id=Kind.PHOTO)
def save_grade(
    clinic: Clinic, baseline_photo_id: str, followup_photo_id: str, said: BetterSide | TwoGrades, *, later_left: bool
) -> Answered:
    """What the measure says of a pair, told once the grade is stored; a pair is graded once by each rater.

    Parameters
    ----------
    clinic : Clinic
        Where, and who.
    baseline_photo_id, followup_photo_id : str
        The pair.
    said : BetterSide or TwoGrades
        Of the two sides as they were shown: two grades where acne scars are treated, else the better side.
    later_left : bool
        How they were shown.

    Raises
    ------
    NotFound
        No such photo.
    InvalidInput
        Graded already, no pair of one series, or not on the scale of its indication.
    """
    pair = baseline_photo_id, followup_photo_id
    with clinic.store.read() as records:
        analysis_id = records.newest_analysis_id(*pair)
    changes = review.load_visits(elevated(clinic), analysis_id).record.changes if analysis_id else ()
    with clinic.store.write() as records:
        series = _series_of(records, pair)
        known = records.gradings_by(clinic.actor.user_id)
        if pair in {(one.baseline_photo_id, one.followup_photo_id) for one in known}:
            raise InvalidInput("Grade: expected a pair that you have not graded, found your grade; take the next pair.")
        metric = deciding(series)
        deciders = tuple(one for one in told(changes, series) if one.metric is metric)
        draft = replace(
            _graded(said, scale_of(series), later_left),
            series_id=series.id,
            baseline_photo_id=pair[0],
            followup_photo_id=pair[1],
            computed=direction(deciders, metric),
            analysis_id=analysis_id,
            author_id=clinic.actor.user_id,
            author=clinic.actor.name,
        )
        grading = records.add_grading(draft)
        agrees = None if grading.computed is None else grading.computed is grading.rated
        return Answered(grading, deciders, agrees, agreement([*known, grading]))


@guarded(Action.RATE)
def own_agreement(clinic: Clinic) -> Agreement:
    """How far who acts agrees with the measure, over all pairs of the practice that this person graded."""
    with clinic.store.read() as records:
        return agreement(records.gradings_by(clinic.actor.user_id, own_practice(clinic)))


def scale_of(series: Series) -> Scale:
    """How pairs of a series are graded: acne scars photo by photo, all else by the improvement."""
    return Scale.GOODMAN_BARON if series.plan.indication is Indication.ACNE_SCARS else Scale.GAIS


def direction(changes: Sequence[Change], metric: Metric) -> Direction | None:
    """Which way the deciding measure went over its regions; None where it cannot be said.

    Regions that contradict each other, and measures of which no direction is better by itself, say nothing.
    """
    judged = [one for one in changes if one.verdict is not Verdict.NOT_ASSESSABLE]
    if not judged or metric in UNDIRECTED_METRICS:
        return None
    ways = {one.change < 0 for one in judged if one.verdict is Verdict.CHANGED}
    if len(ways) > 1:
        return None
    return Direction.SAME if not ways else Direction.IMPROVED if ways.pop() else Direction.WORSE


def agreement(gradings: Sequence[Grading]) -> Agreement:
    """How often rater and measure said the same, and how far beyond chance."""
    both = [(one.rated, one.computed) for one in gradings if one.computed is not None]
    order = list(Direction)
    ranks = [(order.index(rated), order.index(computed)) for rated, computed in both]
    kappa = weighted_kappa([one[0] for one in ranks], [one[1] for one in ranks], len(order))
    counts = len(both), sum(rated is computed for rated, computed in both), len(gradings) - len(both)
    if kappa is None:
        return Agreement(*counts, None, (math.nan, math.nan), TOO_FEW if len(both) < FEWEST else ONE_GRADE)
    return Agreement(*counts, kappa.value, (kappa.low, kappa.high), "" if kappa.low < kappa.high else NO_VARIANCE)


def _graded(said: BetterSide | TwoGrades, scale: Scale, later_left: bool) -> Grading:
    """The grades by earlier and later photo, in place of left and right."""
    nobody = Grading("", "", "", "", scale, later_left, None, None, None, None, "", "", "", datetime.now(UTC))
    if isinstance(said, TwoGrades) != (scale is Scale.GOODMAN_BARON):
        raise InvalidInput(f"Grade: expected one on the {scale}, found another scale; grade the pair again.")
    if isinstance(said, TwoGrades):
        before, after = (said.right, said.left) if later_left else (said.left, said.right)
        return replace(nobody, before=before, after=after)
    if (said.better is None) != (said.by is Gais.NO_CHANGE) or said.by is Gais.WORSE:
        raise InvalidInput("Grade: expected the better side and how much better, or neither; grade the pair again.")
    if said.better is None:
        return replace(nobody, gais=Gais.NO_CHANGE)
    return replace(nobody, gais=said.by if (said.better is Shown.LEFT) == later_left else Gais.WORSE)


def _series_of(records: Records, pair: tuple[str, str]) -> Series:
    first, second = (records.session(records.photo(one).session_id) for one in pair)
    if first.series_id != second.series_id or first.id == second.id:
        raise InvalidInput("Grade: expected photos of two sessions of one series, found others; take the next pair.")
    return records.series(first.series_id)


def _gradable(records: Records, series: Series, pair: tuple[str, str]) -> bool:
    """Whether these photos stand for their visits, and show skin that is past healing."""
    visits = visits_between(records, *pair)
    leads = visits.baseline.lead, visits.followup.lead
    if (leads[0].id, leads[1].id) != pair:
        return False
    sessions = [records.session(one.session_id) for one in leads]
    phases = [HealingPhase.after(one.days_at(lead.moment)) for one, lead in zip(sessions, leads, strict=True)]
    return all(phase.shows(deciding(series)) for phase in phases)
