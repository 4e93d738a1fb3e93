"""Patients, treatment series and sessions: writing them down and finding them."""

from dataclasses import dataclass
from datetime import date

from tracker.clinic.access import Action
from tracker.clinic.records.finding import Who
from tracker.clinic.types import Fitzpatrick, Kind, Patient, Series, SeriesPlan, Session, Visit
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, own_practice
from tracker.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Found:
    """The first patients that a search found, by code, and how many there are altogether."""

    patients: tuple[Who, ...]
    total: int


@guarded(Action.ADD_PATIENT)
def add_patient(
    clinic: Clinic,
    code: str = "",
    name: str = "",
    birth_date: date | None = None,
    fitzpatrick: Fitzpatrick | None = None,
) -> Patient:
    """The new patient.

    Parameters
    ----------
    clinic : Clinic
        Where.
    code : str
        Pseudonym; the next free ``P-001`` where empty.
    name : str
        Optional real name; sealed at rest, like the birth date.
    birth_date : date, optional
        For telling two people of one name apart.
    fitzpatrick : Fitzpatrick, optional
        Skin type as the clinician judged it.

    Raises
    ------
    InvalidInput
        The code is taken or too long, or the birth date lies in the future.
    """
    _born(birth_date)
    with clinic.store.write() as records:
        return records.add_patient(code, name, clinic.actor.practice_id, birth_date, fitzpatrick)


@guarded(Action.CHANGE_PATIENT, patient_id=Kind.PATIENT)
def change_patient(
    clinic: Clinic, patient_id: str, name: str, birth_date: date | None, fitzpatrick: Fitzpatrick | None
) -> Patient:
    """The patient with another name, birth date or skin type; the code stays.

    Raises
    ------
    InvalidInput
        The name is too long, or the birth date lies in the future.
    """
    _born(birth_date)
    with clinic.store.write() as records:
        return records.change_patient(patient_id, name, birth_date, fitzpatrick)


def _born(day: date | None) -> None:
    if day is not None and not date(1900, 1, 1) <= day <= date.today():
        raise InvalidInput(f"Birth date: expected a day from 1900 until today, found {day}; correct the date.")


@guarded(Action.FIND_PATIENTS)
def find_patients(clinic: Clinic, words: str = "", most: int = 50) -> Found:
    """The patients of the practice whose code or name holds these letters, by code.

    Parameters
    ----------
    clinic : Clinic
        Where.
    words : str
        Part of a code or name; everybody where empty.
    most : int
        How many are returned; the total is told either way.
    """
    with clinic.store.read() as records:
        found, total = records.find_patients(own_practice(clinic), words, most)
    return Found(tuple(found), total)


@guarded(Action.FIND_PATIENTS)
def list_patients(clinic: Clinic) -> list[Patient]:
    """All patients of the practice, by code; of all practices for the operator of the computer."""
    with clinic.store.read() as records:
        return records.patients(own_practice(clinic))


@guarded(Action.SEE_PATIENT, patient_id=Kind.PATIENT)
def get_patient(clinic: Clinic, patient_id: str) -> Patient:
    """One patient; raises NotFound."""
    with clinic.store.read() as records:
        return records.patient(patient_id)


@guarded(Action.FIND_PATIENTS)
def find_patient(clinic: Clinic, code: str) -> Patient | None:
    """The patient with that code, or None."""
    with clinic.store.read() as records:
        found = records.patient_by_code(code)
    return found if found is not None and own_practice(clinic) in ("", found.practice_id) else None


@guarded(Action.WRITE_RECORD, patient_id=Kind.PATIENT)
def add_series(clinic: Clinic, patient_id: str, plan: SeriesPlan) -> Series:
    """The new treatment series of a patient; raises NotFound."""
    with clinic.store.write() as records:
        return records.add_series(patient_id, plan)


@guarded(Action.SEE_PLAN, patient_id=Kind.PATIENT)
def list_series(clinic: Clinic, patient_id: str) -> list[Series]:
    """All series of a patient, oldest first; raises NotFound."""
    with clinic.store.read() as records:
        return records.series_of(patient_id)


@guarded(Action.SEE_PLAN, series_id=Kind.SERIES)
def get_series(clinic: Clinic, series_id: str) -> Series:
    """One series; raises NotFound."""
    with clinic.store.read() as records:
        return records.series(series_id)


@guarded(Action.WRITE_RECORD, series_id=Kind.SERIES)
def add_session(clinic: Clinic, series_id: str, visit: Visit) -> Session:
    """The new session; its notice says where the interval since the last needling is shorter than advised.

    An appointment of its day counts as kept from now on.

    Raises
    ------
    NotFound
        No such series.
    """
    with clinic.store.write() as records:
        records.keep_booking_of(series_id, visit.date)
        return records.add_session(series_id, visit)


@guarded(Action.WRITE_RECORD, session_id=Kind.SESSION)
def change_session(clinic: Clinic, session_id: str, visit: Visit) -> Session:
    """The session with corrected details; raises NotFound."""
    with clinic.store.write() as records:
        return records.change_session(session_id, visit)


@guarded(Action.SEE_RECORD, series_id=Kind.SERIES)
def list_sessions(clinic: Clinic, series_id: str) -> list[Session]:
    """All sessions of a series by date; raises NotFound."""
    with clinic.store.read() as records:
        return records.sessions_of(series_id)


@guarded(Action.SEE_RECORD, session_id=Kind.SESSION)
def get_session(clinic: Clinic, session_id: str) -> Session:
    """One session; raises NotFound."""
    with clinic.store.read() as records:
        return records.session(session_id)
