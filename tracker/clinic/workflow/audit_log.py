"""The audit log as an administrator reads it: who, when, what, about whom, and whether the chain holds."""

import re
from dataclasses import dataclass
from datetime import datetime

from tracker.clinic.access import Action
from tracker.clinic.records.auditing import REFUSED, Deed, Entry
from tracker.clinic.types import Kind, User
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput
from tracker.wording import t

PAGE = 100
_ID = re.compile(r"\b[0-9a-f]{32}\b")
_KIND = re.compile(rf"\b({'|'.join(Kind)})(?= [0-9a-f]{{32}}\b)")
_SHOWN_OF_ID = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words.

    Parameters
    ----------
    number : int
        In the log; ``before=number`` asks for older ones.
    at : datetime
        UTC.
    who : str
        Name and login, or what acted where it was no account.
    action, result : str
        Wordings of the log, English; translated where they are shown.
    patient : str
        Code; empty where it is about nobody.
    about : str
        Kinds and shortened ids, accounts by login.
    """

    number: int
    at: datetime
    who: str
    action: str
    result: str
    patient: str
    about: str


@guarded(Action.SEE_AUDIT)
def list_lines(clinic: Clinic, *, patient_code: str = "", before: int = 0, most: int = PAGE) -> list[Line]:
    """The newest entries of the practice, or those before a number.

    Parameters
    ----------
    clinic : Clinic
        Where.
    patient_code : str
        Only what is about this patient; empty for everything.
    before : int
        Only entries with a smaller number; 0 for the newest.
    most : int
        How many.

    Raises
    ------
    InvalidInput
        No patient has that code.
    """
    practice = clinic.actor.practice_id
    with clinic.store.read() as records:
        patient_id = ""
        if patient_code.strip():
            found = records.patient_by_code(patient_code.strip())
            if found is None or found.practice_id != practice:
                raise InvalidInput(
                    f"Patient {patient_code.strip()[:40]}: expected the code of a patient, found nobody; check it."
                )
            patient_id = found.id
        entries = records.deeds(practice, before=before, patient_id=patient_id, most=most)
        users = {user.id: user for user in records.users(practice)}
        codes = {patient.id: patient.code for patient in records.patients(practice)}
    return [_line(entry, users, codes) for entry in entries]


@guarded(Action.SEE_AUDIT)
def first_break(clinic: Clinic) -> int | None:
    """Number of the first entry that was altered, removed or moved; None where the chain holds."""
    with clinic.store.read() as records:
        return records.first_broken_deed()


def _line(entry: Entry, users: dict[str, User], codes: dict[str, str]) -> Line:
    deed = entry.deed
    patient = codes.get(deed.patient_id, t("removed patient")) if deed.patient_id else ""

    def named(match: re.Match[str]) -> str:
        user = users.get(match.group())
        return user.login if user else match.group()[:_SHOWN_OF_ID]

    about = _ID.sub(named, _KIND.sub(lambda kind: t(kind.group()), deed.objects))
    return Line(entry.number, entry.at, _who(deed, users), deed.action, deed.result, patient, about)


def _who(deed: Deed, users: dict[str, User]) -> str:
    user = users.get(deed.user_id)
    if user is not None:
        return f"{user.name} ({user.login})" if user.name and user.name != user.login else user.login
    if deed.user_id:
        return t("removed account")
    return t("somebody unknown") if deed.result == REFUSED else t("operator of this computer")
