"""The checklist before a needling: recorded and shown to the clinician, who decides."""

from collections.abc import Sequence

from tracker.clinic.access import Action
from tracker.clinic.types import Answer, Candidacy, Kind
from tracker.clinic.types.candidacy import ISOTRETINOIN_MONTHS, MOST_CHECKLIST_NOTE, complete
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput

SETTING = "isotretinoin_months"
"""Name of the practice's setting."""
MOST_MONTHS = 36


@guarded(Action.WRITE_RECORD, patient_id=Kind.PATIENT)
def save_candidacy(clinic: Clinic, patient_id: str, answers: Sequence[Answer], note: str = "") -> Candidacy:
    """The filled checklist; earlier ones stay on record.

    Parameters
    ----------
    clinic : Clinic
        Where.
    patient_id : str
        Whose.
    answers : sequence of Answer
        What was asked; what is missing is recorded as not known.
    note : str
        On the whole.

    Raises
    ------
    InvalidInput
        Two answers to one question, or a note that is too long.
    """
    if len(note) > MOST_CHECKLIST_NOTE:
        raise InvalidInput(f"Note: expected at most {MOST_CHECKLIST_NOTE} characters, found {len(note)}; shorten it.")
    with clinic.store.write() as records:
        patient = records.patient(patient_id)
        months = _months(records.practice_setting(patient.practice_id, SETTING))
        author = clinic.actor.user_id
        return records.add_candidacy(patient_id, complete(answers), months, note.strip(), author)


@guarded(Action.SEE_RECORD, patient_id=Kind.PATIENT)
def candidacy_history(clinic: Clinic, patient_id: str) -> list[Candidacy]:
    """All filled checklists of a patient, the newest first; the newest counts."""
    with clinic.store.read() as records:
        return records.candidacies_of(patient_id)[::-1]


@guarded(Action.SEE_RECORD, patient_id=Kind.PATIENT)
def candidacy(clinic: Clinic, patient_id: str) -> Candidacy | None:
    """The checklist that counts, or None where nobody asked yet."""
    with clinic.store.read() as records:
        return next(iter(records.candidacies_of(patient_id)[::-1]), None)


@guarded(Action.SEE_SETTINGS)
def isotretinoin_months(clinic: Clinic) -> int:
    """How far back the practice asks about isotretinoin."""
    with clinic.store.read() as records:
        return _months(records.practice_setting(clinic.actor.practice_id, SETTING))


@guarded(Action.CHANGE_SETTINGS)
def set_isotretinoin_months(clinic: Clinic, months: int) -> None:
    """Set how far back the practice asks about isotretinoin.

    Raises
    ------
    InvalidInput
        Not 1 to 36 months.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise InvalidInput(f"Months: expected 1 to {MOST_MONTHS}, found {months}; correct the number.")
    with clinic.store.write() as records:
        records.set_practice_setting(clinic.actor.practice_id, SETTING, months)


def _months(kept: object) -> int:
    return kept if isinstance(kept, int) and 1 <= kept <= MOST_MONTHS else ISOTRETINOIN_MONTHS
