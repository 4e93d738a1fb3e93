"""The checklist before a needling: recorded and shown to the clinician, who decides."""

from collections.abc import Sequence

from tracker.clinic.access import Action
from tracker.clinic.types import Answer, Candidacy, Kind
from tracker.clinic.types.candidacy import MOST_CHECKLIST_NOTE, complete
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.clinic.workflow.settings import ISOTRETINOIN, ISOTRETINOIN_MONTHS
from tracker.errors import InvalidInput


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
        kept = records.practice_setting(patient.practice_id, ISOTRETINOIN)
        months = ISOTRETINOIN_MONTHS if kept is None else int(kept)
        return records.add_candidacy(patient_id, complete(answers), months, note.strip(), clinic.actor.user_id)


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
