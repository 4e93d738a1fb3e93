"""What surrounds the demo patients' photos: consents, releases, a checklist, a diary, an appointment.

So that each role of a demonstration finds something to look at; only ``tracker demo`` calls it.
"""

from datetime import date, timedelta

from tracker.clinic.access import Action
from tracker.clinic.types import Gais, Patient, Purpose
from tracker.clinic.types.candidacy import Answer, Question, Reply
from tracker.clinic.types.own import DiaryDraft, Reaction
from tracker.clinic.workflow import bookings, candidacy, commenting, consents, diary, intake, rating, releasing
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.demo_accounts import DEMO_PATIENT
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput
from tracker.imaging.types import Metric

SHOWN = frozenset({Metric.ROUGHNESS, Metric.REDNESS, Metric.PIGMENT, Metric.EVENNESS, Metric.PORES})
"""What the demo clinician has released: enough to show a change, none, and one that could not be measured."""
FORM = "signed form, part of the demonstration"


@guarded(Action.ADD_PATIENT)
def must_be_a_demonstration(clinic: Clinic) -> None:
    """Return where a store is empty or of a demonstration.

    Raises
    ------
    InvalidInput
        It holds real accounts or patients: demo accounts have passwords that everybody knows.
    """
    with clinic.store.read() as records:
        real = [user.login for user in records.users() if not user.demo]
        others = [one for one in records.patients() if not one.code.startswith("DEMO-")]
    if real or others:
        raise InvalidInput(
            f"{clinic.home}: expected a store of its own for the demonstration, found {len(real)} accounts and "
            f"{len(others)} patients of a clinic; set TRACKER_HOME to another folder, or leave it unset."
        )


@guarded(Action.ADD_PATIENT)
def furnish(clinic: Clinic, patients: list[Patient], today: date | None = None) -> None:
    """Give the demo patients what a clinic would have written down by now; what is there already stays.

    Parameters
    ----------
    clinic : Clinic
        Where, in the operator's hands.
    patients : list of Patient
        Of the samples: the first is whom the demo patient signs in as, the last has given no consent yet.
    today : date, optional
        Default: the clinic's today.
    """
    day = today or date.today()
    for patient in patients[:-1]:
        if any(one.history for one in consents.consents_of(clinic, patient.id)):
            continue
        purpose = Purpose.TEACHING if patient.code == DEMO_PATIENT else Purpose.MARKETING
        for one in (Purpose.TREATMENT, purpose):
            consents.give(clinic, patient.id, one, how=FORM)
        _answer(clinic, patient)
        if patient.code == DEMO_PATIENT:
            _release(clinic, patient)
            _own_words(clinic, patient, day)


def _answer(clinic: Clinic, patient: Patient) -> None:
    yes = {Question.COLD_SORES} if patient.code == DEMO_PATIENT else set()
    answers = [Answer(one, Reply.YES if one in yes else Reply.NO) for one in Question]
    candidacy.save_candidacy(clinic, patient.id, answers, "Asked for the demonstration.")


def _release(clinic: Clinic, patient: Patient) -> None:
    """The first and the last photo, and what is told of them; the photos between wait for the clinician."""
    found = releasing.releasable(clinic, patient.id)
    photos = sorted(found.photos, key=lambda one: one.day)
    for one in (photos[0], photos[-1]):
        releasing.release_photo(clinic, one.photo.id)
    for number in found.numbers:
        if number.day == photos[-1].day and number.change.metric in SHOWN:
            releasing.release_number(clinic, number.analysis_id, number.change.metric, number.change.region)


def _own_words(clinic: Clinic, patient: Patient, day: date) -> None:
    series = intake.list_series(clinic, patient.id)[0]
    levels = {Reaction.REDNESS: 2, Reaction.SWELLING: 1, Reaction.SORENESS: 1, Reaction.FLAKING: 0}
    diary.write(clinic, patient.id, DiaryDraft(day, levels, "Like a sunburn this evening, gone in the morning."))
    rating.rate(clinic, series.id, Gais.IMPROVED, "Smoother when I put cream on.")
    bookings.book(clinic, series.id, day + timedelta(12), "10:30")
    commenting.add_comment(clinic, series.id, "Edges softer than at the start; look again at 180 days.")
