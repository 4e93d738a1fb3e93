"""Who may do what to whose record: one table, and the one function that reads it.

Nothing here knows how an object is found; :mod:`tracker.clinic.workflow.guard` looks it up and asks.
"""

from enum import StrEnum

from tracker.clinic.types import Actor, Role, Target


class Action(StrEnum):
    """Everything that the program can be asked to do; the value is the wording of the audit log."""

    FIND_PATIENTS = "find patients"
    SEE_PATIENT = "see who a patient is"
    ADD_PATIENT = "add a patient"
    CHANGE_PATIENT = "change a patient"
    SEE_RECORD = "see a clinical record"
    WRITE_RECORD = "write a clinical record"
    SEE_PLAN = "see plan and bookings"
    BOOK = "book or change an appointment"
    SEE_PHOTO = "see a photo"
    ADD_PHOTO = "add a photo"
    DRAW = "draw on a photo"
    SEE_COMPARISON = "see a comparison"
    COMPARE = "measure and compare photos"
    RATE = "rate photos"
    RELEASE = "release to the patient"
    SEE_CONSENT = "see consents"
    CONSENT = "give or withdraw a consent"
    SEE_EXPORTABLE = "see what may be exported"
    EXPORT = "export a picture"
    SEE_REPORT = "see the report on a protocol"
    SEE_KITS = "see the noise of the equipment"
    MEASURE_KIT = "measure the noise of the equipment"
    SEE_OWN = "see one's own progress"
    WRITE_DIARY = "write one's own diary"
    SEE_DIARY = "see a diary"
    TAKE_EVERYTHING = "download everything about a person"
    SEE_SETTINGS = "see the practice's settings"
    CHANGE_SETTINGS = "change the practice's settings"
    MANAGE_USERS = "manage accounts"
    SEE_AUDIT = "see the audit log"
    BACK_UP = "back up and check the store"
    OWN_ACCOUNT = "change one's own account"


class Scope(StrEnum):
    """Of whose record a role may do something."""

    PRACTICE = "every patient of the own practice"
    CONSENTED = "patients of the own practice who consented to an export"
    SELF = "the own record"
    RELEASED = "what of the own record was released"
    EVERYTHING = "everything"


_C, _S, _P, _A = Role.CLINICIAN, Role.STAFF, Role.PATIENT, Role.ADMIN
_PRACTICE, _CONSENTED, _SELF, _RELEASED = Scope.PRACTICE, Scope.CONSENTED, Scope.SELF, Scope.RELEASED

TABLE: dict[Action, dict[Role, Scope]] = {
    Action.FIND_PATIENTS: {_C: _PRACTICE, _S: _PRACTICE},
    Action.SEE_PATIENT: {_C: _PRACTICE, _S: _PRACTICE, _P: _SELF},
    Action.ADD_PATIENT: {_C: _PRACTICE, _S: _PRACTICE},
    Action.CHANGE_PATIENT: {_C: _PRACTICE},
    Action.SEE_RECORD: {_C: _PRACTICE},
    Action.WRITE_RECORD: {_C: _PRACTICE},
    Action.SEE_PLAN: {_C: _PRACTICE, _S: _PRACTICE, _P: _SELF},
    Action.BOOK: {_C: _PRACTICE, _S: _PRACTICE},
    Action.SEE_PHOTO: {_C: _PRACTICE, _S: _CONSENTED, _P: _RELEASED},
    Action.ADD_PHOTO: {_C: _PRACTICE},
    Action.DRAW: {_C: _PRACTICE},
    Action.SEE_COMPARISON: {_C: _PRACTICE, _P: _RELEASED},
    Action.COMPARE: {_C: _PRACTICE},
    Action.RATE: {_C: _PRACTICE},
    Action.RELEASE: {_C: _PRACTICE},
    Action.SEE_CONSENT: {_C: _PRACTICE, _S: _PRACTICE, _P: _SELF},
    Action.CONSENT: {_C: _PRACTICE, _P: _SELF},
    Action.SEE_EXPORTABLE: {_C: _PRACTICE, _S: _PRACTICE},  # a list that holds only who consented
    Action.EXPORT: {_C: _PRACTICE, _S: _CONSENTED},
    Action.SEE_REPORT: {_C: _PRACTICE},
    Action.SEE_KITS: {_C: _PRACTICE},
    Action.MEASURE_KIT: {_C: _PRACTICE},
    Action.SEE_OWN: {_P: _SELF},
    Action.WRITE_DIARY: {_P: _SELF},
    Action.SEE_DIARY: {_C: _PRACTICE, _P: _SELF},
    Action.TAKE_EVERYTHING: {_C: _PRACTICE, _P: _SELF},
    Action.SEE_SETTINGS: {_C: _PRACTICE, _S: _PRACTICE, _P: _PRACTICE, _A: _PRACTICE},
    Action.CHANGE_SETTINGS: {_A: _PRACTICE},
    Action.MANAGE_USERS: {_A: _PRACTICE},
    Action.SEE_AUDIT: {_A: _PRACTICE},
    Action.BACK_UP: {_A: _PRACTICE},
    Action.OWN_ACCOUNT: {_C: _PRACTICE, _S: _PRACTICE, _P: _PRACTICE, _A: _PRACTICE},
}
"""The written table: what is not in it is refused. The operator of the computer may do everything."""


def may(actor: Actor, action: Action, target: Target | None) -> bool:
    """Whether this person may do this to that.

    Parameters
    ----------
    actor : Actor
        Who.
    action : Action
        What.
    target : Target or None
        To what; None where it does not exist, which is refused like anything forbidden.
    """
    if target is None:
        return False
    return any(_covers(scope, actor, target) for scope in scopes(actor, action))


def may_at_all(actor: Actor, action: Action) -> bool:
    """Whether there is anything to which this person may do this: decides which pages are offered."""
    return bool(scopes(actor, action))


def scopes(actor: Actor, action: Action) -> list[Scope]:
    """Of whose records this person may do it, one scope for each role that allows it."""
    if actor.has(Role.OPERATOR):
        return [Scope.EVERYTHING]
    return [TABLE[action][role] for role in Role if role in actor.roles and role in TABLE[action]]


def _covers(scope: Scope, actor: Actor, target: Target) -> bool:
    if scope is Scope.EVERYTHING:
        return True
    if actor.practice_id != target.practice_id:
        return False
    own = bool(actor.patient_id) and actor.patient_id == target.patient_id
    return {
        Scope.PRACTICE: True,
        Scope.CONSENTED: target.consented,
        Scope.SELF: own,
        Scope.RELEASED: own and target.released,
    }[scope]
