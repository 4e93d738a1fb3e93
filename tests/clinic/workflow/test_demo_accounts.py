"""Demo accounts exist where they were made, and nowhere else."""

from tracker.clinic.types import Role
from tracker.clinic.workflow import accounts, door, intake
from tracker.clinic.workflow.demo_accounts import DEMO, demo_accounts, make_demo_accounts


def test_a_store_has_none_until_they_are_made(clinic):
    accounts.add_user(clinic, "demo-clinician-of-mine", "", frozenset({Role.CLINICIAN}))
    assert demo_accounts(clinic) == ()


def test_one_of_each_role_that_can_sign_in_and_making_them_twice_changes_nothing(clinic):
    intake.add_patient(clinic, "A-001")
    demo = intake.add_patient(clinic, "DEMO-1")
    assert make_demo_accounts(clinic) == DEMO
    assert make_demo_accounts(clinic) == DEMO
    for one in DEMO:
        user = door.enter(clinic, one.login, one.password, "", "1").user
        assert user.demo
        assert user.roles == one.roles
        assert user.patient_id == (demo.id if Role.PATIENT in one.roles else "")


def test_without_a_patient_there_is_no_demo_patient(clinic):
    assert [one.login for one in make_demo_accounts(clinic)] == ["demo-clinician", "demo-staff", "demo-admin"]


def test_a_disabled_one_is_not_offered(clinic):
    make_demo_accounts(clinic)
    staff = next(one for one in accounts.list_users(clinic) if one.login == "demo-staff")
    accounts.disable_user(clinic, staff.id)
    assert "demo-staff" not in [one.login for one in demo_accounts(clinic)]
