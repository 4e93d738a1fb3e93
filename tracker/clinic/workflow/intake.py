"""Patients, treatment series and sessions: writing them down and finding them."""

from tracker.clinic.types import Patient, Series, SeriesPlan, Session, Visit
from tracker.clinic.workflow.clinic import Clinic


def add_patient(clinic: Clinic, code: str = "", name: str = "") -> Patient:
    """The new patient.

    Parameters
    ----------
    clinic : Clinic
        Where.
    code : str
        Pseudonym; the next free ``P-001`` where empty.
    name : str
        Optional real name.

    Raises
    ------
    InvalidInput
        The code is taken or too long.
    """
    with clinic.store.write() as records:
        return records.add_patient(code, name)


def list_patients(clinic: Clinic) -> list[Patient]:
    """All patients, by code."""
    with clinic.store.read() as records:
        return records.patients()


def get_patient(clinic: Clinic, patient_id: str) -> Patient:
    """One patient; raises NotFound."""
    with clinic.store.read() as records:
        return records.patient(patient_id)


def find_patient(clinic: Clinic, code: str) -> Patient | None:
    """The patient with that code, or None."""
    with clinic.store.read() as records:
        return records.patient_by_code(code)


def add_series(clinic: Clinic, patient_id: str, plan: SeriesPlan) -> Series:
    """The new treatment series of a patient; raises NotFound."""
    with clinic.store.write() as records:
        return records.add_series(patient_id, plan)


def list_series(clinic: Clinic, patient_id: str) -> list[Series]:
    """All series of a patient, oldest first; raises NotFound."""
    with clinic.store.read() as records:
        return records.series_of(patient_id)


def get_series(clinic: Clinic, series_id: str) -> Series:
    """One series; raises NotFound."""
    with clinic.store.read() as records:
        return records.series(series_id)


def add_session(clinic: Clinic, series_id: str, visit: Visit) -> Session:
    """The new session; its notice says where the interval since the last needling is shorter than advised.

    Raises
    ------
    NotFound
        No such series.
    """
    with clinic.store.write() as records:
        return records.add_session(series_id, visit)


def change_session(clinic: Clinic, session_id: str, visit: Visit) -> Session:
    """The session with corrected details; raises NotFound."""
    with clinic.store.write() as records:
        return records.change_session(session_id, visit)


def list_sessions(clinic: Clinic, series_id: str) -> list[Session]:
    """All sessions of a series by date; raises NotFound."""
    with clinic.store.read() as records:
        return records.sessions_of(series_id)


def get_session(clinic: Clinic, session_id: str) -> Session:
    """One session; raises NotFound."""
    with clinic.store.read() as records:
        return records.session(session_id)
