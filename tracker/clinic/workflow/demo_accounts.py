"""Accounts of the demonstration: one of each role, with passwords that stand on the login page.

Only ``tracker demo`` makes them, in a store of its own. A store without them never shows anything of this.
"""

from dataclasses import dataclass

from tracker.clinic import passwords
from tracker.clinic.access import Action
from tracker.clinic.records.store import Records
from tracker.clinic.types import FIRST_PRACTICE, Role
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.wording import mark

DEMO_PATIENT = "DEMO-1"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account that anybody may use.

    Parameters
    ----------
    login, password : str
        Shown to everybody.
    name : str
        Beside what it does.
    roles : frozenset of Role
        What it is.
    """

    login: str
    password: str
    name: str
    roles: frozenset[Role]


DEMO = (
    DemoAccount("demo-clinician", "plum harbour seven lanterns", mark("Demo clinician"), frozenset({Role.CLINICIAN})),
    DemoAccount("demo-patient", "quiet kettle orange meadow", mark("Demo patient"), frozenset({Role.PATIENT})),
    DemoAccount("demo-staff", "copper window eleven sparrows", mark("Demo staff"), frozenset({Role.STAFF})),
    DemoAccount("demo-admin", "velvet bridge morning thunder", mark("Demo administrator"), frozenset({Role.ADMIN})),
)


@guarded(Action.MANAGE_USERS)
def make_demo_accounts(clinic: Clinic) -> tuple[DemoAccount, ...]:
    """The demo accounts; those that are there stay. The patient's one belongs to DEMO-1, else to the first patient."""
    hashes = {one.login: passwords.hashed(one.password) for one in DEMO}  # slow, so outside of the transaction
    with clinic.store.write() as records:
        patient_id = _patient(records)
        for one in DEMO:
            own = patient_id if Role.PATIENT in one.roles else ""
            if records.user_by_login(one.login) is not None or (Role.PATIENT in one.roles and not own):
                continue
            user = records.add_user(one.login, one.name, one.roles, FIRST_PRACTICE, own, demo=True)
            records.change_user(user.id, password_hash=hashes[one.login])
    return demo_accounts(clinic)


@guarded(Action.MANAGE_USERS)
def demo_accounts(clinic: Clinic) -> tuple[DemoAccount, ...]:
    """The demo accounts of this store; empty everywhere but in a demonstration."""
    with clinic.store.read() as records:
        found = {one: records.user_by_login(one.login) for one in DEMO}
    return tuple(one for one, user in found.items() if user is not None and user.demo and user.disabled is None)


def _patient(records: Records) -> str:
    """Id of the patient whose record the demo patient sees; empty where nobody is free."""
    found = records.patient_by_code(DEMO_PATIENT)
    candidates = [found] if found is not None else records.patients(FIRST_PRACTICE)
    free = [one.id for one in candidates if records.user_of_patient(one.id) is None]
    return free[0] if free else ""
