"""Accounts of a practice in the hands of its administrator, and inviting a patient.

Every change of an account ends what it must end at once: the next thing that a tab asks for is refused.
"""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from tracker.clinic.access import Action
from tracker.clinic.records.auditing import DEED
from tracker.clinic.records.store import Records
from tracker.clinic.types import Kind, Role, User
from tracker.clinic.workflow import door
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, own_practice
from tracker.errors import InvalidInput
from tracker.wording import t


@guarded(Action.MANAGE_USERS)
def list_users(clinic: Clinic) -> list[User]:
    """All accounts of the practice, by login; of all practices for the operator of the computer."""
    with clinic.store.read() as records:
        return records.users(own_practice(clinic))


@guarded(Action.MANAGE_USERS)
def patient_id_of(clinic: Clinic, code: str) -> str:
    """Id of the patient with a code, for whom an account is made; raises InvalidInput where there is none."""
    with clinic.store.read() as records:
        found = records.patient_by_code(code.strip())
    if found is None or own_practice(clinic) not in ("", found.practice_id):
        raise InvalidInput(f"Patient {code.strip()}: expected the code of a patient, found nobody; check the code.")
    return found.id


@guarded(Action.MANAGE_USERS, patient_id=Kind.PATIENT)
def add_user(clinic: Clinic, login: str, name: str, roles: frozenset[Role], patient_id: str = "") -> tuple[User, str]:
    """A new account without a password, and the token of the one-time link that sets it.

    Parameters
    ----------
    clinic : Clinic
        Where.
    login, name : str
        What is typed at the door, and what stands beside the person's work. A patient's account has the code of the
        record as its name: names of patients are sealed, names of accounts are not.
    roles : frozenset of Role
        At least one; a patient's account has only that role.
    patient_id : str
        Whose record it is; for patients alone.

    Raises
    ------
    InvalidInput
        The login is taken or empty, or the roles do not fit together.
    """
    _check_roles(roles, patient_id)
    with clinic.store.write() as records:
        practice = clinic.actor.practice_id
        if patient_id:
            name, practice = _free_patient(records, patient_id)
        user = records.add_user(login, name, roles, practice, patient_id)
        _tell(user.id, "added")
        return user, _linked(records, user.id)


@guarded(Action.MANAGE_USERS, user_id=Kind.USER)
def new_link_for(clinic: Clinic, user_id: str) -> str:
    """The token of a new one-time link; earlier ones stop working. Using it sets the password and ends all sign-ins."""
    with clinic.store.write() as records:
        _must_be_enabled(records.user(user_id))
        _tell(user_id, "new link")
        return _linked(records, user_id)


@guarded(Action.MANAGE_USERS, user_id=Kind.USER)
def disable_user(clinic: Clinic, user_id: str) -> User:
    """The account, refused from now on: its sign-ins have ended; raises InvalidInput for the last administrator."""
    with clinic.store.write() as records:
        _keep_an_administrator(records, records.user(user_id))
        _tell(user_id, "disabled")
        records.end_sign_ins(user_id=user_id)
        return records.change_user(user_id, disabled=datetime.now(UTC))


@guarded(Action.MANAGE_USERS, user_id=Kind.USER)
def enable_user(clinic: Clinic, user_id: str) -> User:
    """The account, which may sign in again; nobody is signed in by that."""
    with clinic.store.write() as records:
        _tell(user_id, "enabled")
        records.end_sign_ins(user_id=user_id)
        return records.change_user(user_id, disabled=None)


@guarded(Action.MANAGE_USERS, user_id=Kind.USER)
def change_roles(clinic: Clinic, user_id: str, roles: frozenset[Role]) -> User:
    """The account with other roles, which hold from the next thing that it asks for.

    Raises
    ------
    InvalidInput
        The roles do not fit together, or the last administrator would be lost.
    """
    with clinic.store.write() as records:
        user = records.user(user_id)
        _check_roles(roles, user.patient_id)
        if Role.ADMIN not in roles:
            _keep_an_administrator(records, user)
        _tell(user_id, "other roles")
        return records.change_user(user_id, roles=roles)


@guarded(Action.MANAGE_USERS, user_id=Kind.USER)
def end_sign_ins(clinic: Clinic, user_id: str) -> None:
    """End every sign-in of an account: a telephone was lost, somebody forgot to sign out."""
    with clinic.store.write() as records:
        _tell(user_id, "sign-ins ended")
        records.end_sign_ins(user_id=user_id)


@guarded(Action.MANAGE_USERS, user_id=Kind.USER)
def drop_second_factor(clinic: Clinic, user_id: str) -> None:
    """Take the second factor off an account whose telephone was lost, and end its sign-ins."""
    with clinic.store.write() as records:
        _tell(user_id, "second factor removed")
        records.set_totp(user_id, "")
        records.end_sign_ins(user_id=user_id)


@guarded(Action.CHANGE_PATIENT, patient_id=Kind.PATIENT)
def invite_patient(clinic: Clinic, patient_id: str, login: str) -> tuple[User, str]:
    """A patient's own account, named by the code of the record, and the token of the link that sets its password.

    Raises
    ------
    InvalidInput
        The patient has an account, or the login is taken or empty.
    """
    with clinic.store.write() as records:
        code, practice = _free_patient(records, patient_id)
        user = records.add_user(login, code, frozenset({Role.PATIENT}), practice, patient_id)
        return user, _linked(records, user.id)


@guarded(Action.CHANGE_PATIENT, patient_id=Kind.PATIENT)
def new_link_for_patient(clinic: Clinic, patient_id: str) -> str:
    """The token of a new one-time link for a patient who lost the first one or the password."""
    with clinic.store.write() as records:
        user = records.user_of_patient(patient_id)
        if user is None:
            raise InvalidInput("Account: expected the account of this patient, found none; invite the patient first.")
        _must_be_enabled(user)
        return _linked(records, user.id)


@guarded(Action.CHANGE_PATIENT, patient_id=Kind.PATIENT)
def account_of_patient(clinic: Clinic, patient_id: str) -> User | None:
    """The account of a patient; None where the patient was never invited."""
    with clinic.store.read() as records:
        return records.user_of_patient(patient_id)


def _linked(records: Records, user_id: str) -> str:
    token = secrets.token_urlsafe(door.TOKEN_BYTES)
    records.add_invitation(door.digest(token), user_id, datetime.now(UTC) + door.LINK_LASTS)
    return token


def _tell(user_id: str, what: str) -> None:
    """Let the entry in the log say what was done to which account: the action alone does not tell."""
    deed = DEED.get()
    assert deed is not None  # only inside a guarded use case
    DEED.set(replace(deed, objects=f"{Kind.USER} {user_id} ({what})"))


def _check_roles(roles: frozenset[Role], patient_id: str) -> None:
    if not roles or not all(role.assignable for role in roles):
        raise InvalidInput(t("Roles: expected at least one of clinician, staff, administrator or patient."))
    if Role.PATIENT in roles and (len(roles) > 1 or not patient_id):
        raise InvalidInput(
            t("Roles: expected a patient's account to have only that role, and to name the patient by code.")
        )
    if Role.PATIENT not in roles and patient_id:
        raise InvalidInput(t("Roles: expected the role of a patient for the account that belongs to a patient."))


def _free_patient(records: Records, patient_id: str) -> tuple[str, str]:
    """Code and practice of a patient without an account."""
    patient, found = records.patient(patient_id), records.user_of_patient(patient_id)
    if found is not None:
        raise InvalidInput(
            f"Patient {patient.code}: expected one without an account, found {found.login}; make a new link for it."
        )
    return patient.code, patient.practice_id


def _must_be_enabled(user: User) -> None:
    if user.disabled is not None:
        raise InvalidInput(f"Account {user.login}: expected one that may sign in, found it disabled; enable it first.")


def _keep_an_administrator(records: Records, user: User) -> None:
    """Refuse to take away the last one who can let others in."""
    if Role.ADMIN not in user.roles or user.disabled is not None:
        return
    others = [one for one in records.users(user.practice_id) if one.id != user.id and Role.ADMIN in one.roles]
    if not any(one.disabled is None and (one.has_password or one.has_provider) for one in others):
        raise InvalidInput(
            t(
                "This is the last administrator who can sign in: make another account an administrator first, and "
                "let it set its password."
            )
        )
