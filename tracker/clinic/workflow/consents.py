"""What a patient agrees to, each purpose by itself: how it stands, giving, recording a signed form, withdrawing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from tracker.clinic.access import Action
from tracker.clinic.records.store import Records
from tracker.clinic.types import Kind, Purpose
from tracker.clinic.types.own import OWN_HAND, ConsentRecord, ConsentStanding, ConsentState, standing_of
from tracker.clinic.types.review import ExportRecord
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput
from tracker.wording import t


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A consent that no longer holds, and what had left the clinic under it before: that cannot be called back."""

    record: ConsentRecord
    exports: tuple[ExportRecord, ...]


@guarded(Action.SEE_CONSENT, patient_id=Kind.PATIENT)
def consents_of(clinic: Clinic, patient_id: str) -> tuple[ConsentState, ...]:
    """Every purpose with how it stands today, its history and what was given away under it; raises NotFound."""
    with clinic.store.read() as records:
        records.patient(patient_id)
        return tuple(_state(records, patient_id, purpose) for purpose in Purpose)


@guarded(Action.SEE_CONSENT, patient_id=Kind.PATIENT)
def photos_consent(clinic: Clinic, patient_id: str) -> ConsentStanding:
    """How the consent to photos stands: only a withdrawn one refuses new photos, the others are to be mentioned."""
    with clinic.store.read() as records:
        records.patient(patient_id)
        return _state(records, patient_id, Purpose.TREATMENT).standing


@guarded(Action.CONSENT, patient_id=Kind.PATIENT)
def give(
    clinic: Clinic, patient_id: str, purpose: Purpose, how: str = "", expires: date | None = None
) -> ConsentRecord:
    """The consent as recorded; it holds from now on.

    Parameters
    ----------
    clinic : Clinic
        Where; its actor is the patient, or who records it for the patient.
    patient_id : str
        Whose.
    purpose : Purpose
        For what; any other purpose stays as it is.
    how : str
        What the clinic has in hand, ``"signed form of 4 Apr 2026"``; not asked of the patient.
    expires : date, optional
        The last day on which it holds.

    Raises
    ------
    InvalidInput
        Somebody else than the patient records it without saying how, or it has expired already.
    NotFound
        No such patient.
    """
    if expires is not None and expires < _today():
        raise InvalidInput(f"Expiry: expected today or later, found {expires}; correct the day or leave it out.")
    with clinic.store.write() as records:
        records.patient(patient_id)
        return records.add_consent(_draft(clinic, patient_id, purpose, how, given=True, expires=expires))


@guarded(Action.CONSENT, patient_id=Kind.PATIENT)
def withdraw(clinic: Clinic, patient_id: str, purpose: Purpose, how: str = "") -> Withdrawal:
    """What was withdrawn, with what had been given away; from this moment nothing more is.

    Where nothing is on record the answer is a refusal, which counts like a withdrawal.

    Raises
    ------
    InvalidInput
        It is withdrawn already, or somebody else than the patient records it without saying how.
    NotFound
        No such patient.
    """
    with clinic.store.write() as records:
        records.patient(patient_id)
        before = _state(records, patient_id, purpose)
        if before.standing is ConsentStanding.WITHDRAWN:
            raise InvalidInput(
                t("Consent: expected one that can be withdrawn, found one withdrawn already; nothing was changed.")
            )
        record = records.add_consent(_draft(clinic, patient_id, purpose, how, given=False, expires=None))
        return Withdrawal(record, before.exports)


def _draft(
    clinic: Clinic, patient_id: str, purpose: Purpose, how: str, *, given: bool, expires: date | None
) -> ConsentRecord:
    own = clinic.actor.patient_id == patient_id
    told = OWN_HAND if own else how.strip()
    if not told or (not own and told == OWN_HAND):
        raise InvalidInput(
            "Consent: expected how the patient gave or withdrew it, found nothing; write it down: signed form of ..."
        )
    return ConsentRecord("", patient_id, purpose, given, expires, told, clinic.actor.user_id, datetime.now(UTC))


def _state(records: Records, patient_id: str, purpose: Purpose) -> ConsentState:
    history = tuple(one for one in records.consents_of(patient_id) if one.purpose is purpose)
    made = tuple(one for one in records.exports_of(patient_id) if one.purpose is purpose)
    return ConsentState(purpose, standing_of(history[-1] if history else None, _today()), history, made)


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
