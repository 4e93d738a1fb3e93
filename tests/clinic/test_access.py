"""The table of roles and actions: written twice, so that no cell changes by accident, and decided by one function."""

from itertools import product

import pytest

from tracker.clinic.access import TABLE, Action, Scope, may, may_at_all
from tracker.clinic.types import OPERATOR, Actor, Role, Target

# P: every patient of the practice. C: those who consented to an export. S: the own record. R: what was released of it.
# Columns: clinician, staff, patient, administrator.
WRITTEN = """
find patients                                 P P - -
see who a patient is                          P P S -
add a patient                                 P P - -
change a patient                              P - - -
see a clinical record                         P - - -
write a clinical record                       P - - -
see plan and bookings                         P P S -
book or change an appointment                 P P - -
see a photo                                   P C R -
add a photo                                   P - - -
draw on a photo                               P - - -
see a comparison                              P - R -
measure and compare photos                    P - - -
rate photos                                   P - - -
release to the patient                        P - - -
see consents                                  P P S -
give or withdraw a consent                    P - S -
see what may be exported                      P P - -
export a picture                              P C - -
see the report on a protocol                  P - - -
see the noise of the equipment                P - - -
measure the noise of the equipment            P - - -
see one's own progress                        - - S -
write one's own diary                         - - S -
see a diary                                   P - S -
download everything about a person            P - S -
see the practice's settings                   P P P P
change the practice's settings                - - - P
manage accounts                               - - - P
see the audit log                             - - - P
back up and check the store                   - - - P
change one's own account                      P P P P
"""
ROLES = (Role.CLINICIAN, Role.STAFF, Role.PATIENT, Role.ADMIN)
LETTERS = {"P": Scope.PRACTICE, "C": Scope.CONSENTED, "S": Scope.SELF, "R": Scope.RELEASED}


def written():
    for line in WRITTEN.strip().splitlines():
        action, cells = line[:46].strip(), line[46:].split()
        yield Action(action), dict(zip(ROLES, cells, strict=True))


def test_every_action_stands_in_the_written_table_once_and_says_the_same():
    assert [action for action, _ in written()] == list(Action)
    for action, cells in written():
        expected = {role: LETTERS[cell] for role, cell in cells.items() if cell != "-"}
        assert TABLE[action] == expected, action


TARGETS = [
    Target(practice, patient, released, consented)
    for practice, patient, released, consented in product(("here", "there"), ("me", "other", ""), (0, 1), (0, 1))
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", list(Action))
def test_the_function_decides_as_the_table_says(role, action):
    actor = Actor("u", "", "here", frozenset({role}), "me" if role is Role.PATIENT else "")
    cell = dict(written())[action][role]
    for target in TARGETS:
        own = target.patient_id == "me" and role is Role.PATIENT
        inside = {
            "-": False,
            "P": True,
            "C": target.consented,
            "S": own,
            "R": own and target.released,
        }[cell]
        assert may(actor, action, target) == (inside and target.practice_id == "here"), target
    assert not may(actor, action, None)
    assert may_at_all(actor, action) == (cell != "-")


def test_two_roles_may_what_either_may():
    both = Actor("u", "", "here", frozenset({Role.CLINICIAN, Role.ADMIN}))
    for action in Action:
        cells = dict(written())[action]
        assert may_at_all(both, action) == (cells[Role.CLINICIAN] != "-" or cells[Role.ADMIN] != "-")


def test_who_has_no_record_owns_none():
    nobody = Actor("u", "", "here", frozenset({Role.PATIENT}), "")
    assert not may(nobody, Action.SEE_OWN, Target("here", ""))
    assert not may(nobody, Action.SEE_PHOTO, Target("here", "", released=True))


def test_somebody_without_a_role_may_nothing_and_the_operator_everything():
    for action, target in product(Action, TARGETS):
        assert not may(Actor("u", "", "here", frozenset()), action, target)
        assert may(OPERATOR, action, target)
    assert not may(OPERATOR, Action.SEE_PHOTO, None)
    assert not Role.OPERATOR.assignable
