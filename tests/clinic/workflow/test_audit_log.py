"""The log in words: who, what, about whom; for the administrator of the practice alone."""

import pytest

from tracker.clinic.types import FIRST_PRACTICE, Actor, Role
from tracker.clinic.workflow import accounts, audit_log, door, intake
from tracker.clinic.workflow.door import FirstAccount, NotLetIn
from tracker.errors import InvalidInput, NotFound

WORD = "plum harbour seven lanterns"


@pytest.fixture
def boss(clinic):
    return door.accept(clinic, door.first_link(clinic), WORD, FirstAccount("", "boss", "Ada Quill", clinician=True))


@pytest.fixture
def admin(clinic, boss):
    return clinic.acting(Actor(boss.id, "Ada Quill", FIRST_PRACTICE, boss.roles, sign_in="s"))


def test_lines_name_people_and_codes(clinic, admin):
    patient = intake.add_patient(clinic, "P-001", "Jane Roe")
    intake.get_patient(admin, patient.id)
    accounts.add_user(admin, "desk", "", frozenset({Role.STAFF}))
    with pytest.raises(NotLetIn):
        door.enter(clinic, "nobody", WORD, "", "1")
    refused, added, look, written, *_ = audit_log.list_lines(admin)
    assert (refused.who, refused.action, refused.result) == ("somebody unknown", "sign in", "refused")
    assert (added.who, added.action) == ("Ada Quill (boss)", "manage accounts")
    assert added.about == "account desk (added)"
    assert (look.action, look.patient) == ("see who a patient is", "P-001")
    assert look.about == f"patient {patient.id[:8]}"
    assert (written.who, written.action) == ("operator of this computer", "add a patient")
    assert "Jane" not in str(audit_log.list_lines(admin))


def test_filter_and_older(clinic, admin):
    one, other = intake.add_patient(clinic, "P-001"), intake.add_patient(clinic, "P-002")
    for patient in (one, other):
        intake.get_patient(admin, patient.id)
    assert {line.patient for line in audit_log.list_lines(admin, patient_code=" P-002 ")} == {"P-002"}
    newest = audit_log.list_lines(admin, most=2)
    older = audit_log.list_lines(admin, before=newest[-1].number, most=2)
    assert [line.number for line in newest + older] == sorted((line.number for line in newest + older), reverse=True)
    assert older[0].number == newest[-1].number - 1
    with pytest.raises(InvalidInput, match="nobody"):
        audit_log.list_lines(admin, patient_code="P-999")


def test_another_practice_is_not_in_it(clinic, admin):
    with clinic.store.write() as records:
        elsewhere = records.add_practice("Elsewhere")
    stranger = clinic.acting(Actor("s", "", elsewhere.id, frozenset({Role.CLINICIAN, Role.ADMIN})))
    intake.add_patient(stranger, "Q-001")
    assert "Q-001" not in str(audit_log.list_lines(admin))
    assert len(audit_log.list_lines(stranger)) == 1
    with pytest.raises(InvalidInput):
        audit_log.list_lines(admin, patient_code="Q-001")


def test_the_chain_holds_and_a_change_is_named(clinic, admin):
    assert audit_log.first_break(admin) is None
    with clinic.store.write() as records:
        records.connection.exec_driver_sql("update audit set user_id = 'x' where number = 2")
    assert audit_log.first_break(admin) == 2


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.STAFF, Role.PATIENT])
def test_nobody_else_reads_it(clinic, role):
    acting = clinic.acting(Actor("s", "", FIRST_PRACTICE, frozenset({role}), "p"))
    with pytest.raises(NotFound):
        audit_log.list_lines(acting)
    with pytest.raises(NotFound):
        audit_log.first_break(acting)
