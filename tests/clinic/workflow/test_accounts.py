"""Accounts in the hands of an administrator, of a clinician who invites, and of nobody else."""

import pytest

from tracker.clinic.types import FIRST_PRACTICE, Actor, Role
from tracker.clinic.workflow import accounts, door, intake
from tracker.clinic.workflow.door import FirstAccount, NotLetIn
from tracker.errors import InvalidInput, NotFound

WORD = "plum harbour seven lanterns"
STAFF, PATIENT, ADMIN, CLINICIAN = (frozenset({one}) for one in (Role.STAFF, Role.PATIENT, Role.ADMIN, Role.CLINICIAN))


@pytest.fixture
def boss(clinic):
    return door.accept(clinic, door.first_link(clinic), WORD, FirstAccount("", "boss", "Ada", clinician=False))


@pytest.fixture
def admin(clinic, boss):
    """The clinic in the hands of its administrator."""
    return clinic.acting(Actor(boss.id, "Ada", FIRST_PRACTICE, ADMIN))


@pytest.fixture
def patient(clinic):
    return intake.add_patient(clinic, "P-007", "Jane Roe")


def as_role(clinic, role, **fields):
    return clinic.acting(Actor("somebody", "", FIRST_PRACTICE, frozenset({role}), **fields))


def test_a_new_account_gets_a_link_and_no_password(admin):
    user, token = accounts.add_user(admin, "Front.Desk", "Zoe Lind", STAFF)
    assert (user.login, user.name, user.roles, user.has_password) == ("front.desk", "Zoe Lind", STAFF, False)
    assert [one.login for one in accounts.list_users(admin)] == ["boss", "front.desk"]
    with pytest.raises(NotLetIn):
        door.enter(admin, "front.desk", "", "", "1")
    door.accept(admin, token, WORD)
    assert door.enter(admin, "front.desk", WORD, "", "1").user.id == user.id


@pytest.mark.parametrize("login", ["boss", " BOSS ", "", "   ", "x" * 101])
def test_a_login_is_unique_and_not_empty(admin, login):
    with pytest.raises(InvalidInput):
        accounts.add_user(admin, login, "", STAFF)
    assert len(accounts.list_users(admin)) == 1


@pytest.mark.parametrize(
    "roles", [frozenset(), frozenset({Role.OPERATOR}), STAFF | {Role.OPERATOR}, PATIENT, PATIENT | CLINICIAN]
)
def test_roles_that_do_not_fit_are_refused(admin, roles):
    with pytest.raises(InvalidInput, match="Roles"):
        accounts.add_user(admin, "one", "", roles)


def test_a_patients_account_has_the_code_as_its_name_and_is_the_only_one(admin, patient):
    assert accounts.patient_id_of(admin, " P-007 ") == patient.id
    user, _ = accounts.add_user(admin, "jane", "Jane Roe", PATIENT, patient.id)
    assert (user.name, user.patient_id, user.roles) == ("P-007", patient.id, PATIENT)
    with pytest.raises(InvalidInput, match="without an account"):
        accounts.add_user(admin, "jane2", "", PATIENT, patient.id)
    with pytest.raises(InvalidInput, match="Roles"):
        accounts.add_user(admin, "doc", "", CLINICIAN, patient.id)
    with pytest.raises(InvalidInput, match="Roles"):
        accounts.change_roles(admin, user.id, CLINICIAN)
    with pytest.raises(InvalidInput, match="nobody"):
        accounts.patient_id_of(admin, "P-999")


def test_patients_and_accounts_of_another_practice_are_not_there(clinic, admin):
    with clinic.store.write() as records:
        elsewhere = records.add_practice("Elsewhere")
        stranger = records.add_user("stranger", "", ADMIN, elsewhere.id)
        theirs = records.add_patient("Q-001", "", elsewhere.id, None)
    assert "stranger" not in [one.login for one in accounts.list_users(admin)]
    with pytest.raises(InvalidInput):
        accounts.patient_id_of(admin, "Q-001")
    with pytest.raises(NotFound):
        accounts.add_user(admin, "x", "", PATIENT, theirs.id)
    assert accounts.add_user(clinic, "x", "", PATIENT, theirs.id)[0].practice_id == elsewhere.id  # by the operator
    for call in (accounts.new_link_for, accounts.disable_user, accounts.enable_user, accounts.end_sign_ins):
        with pytest.raises(NotFound):
            call(admin, stranger.id)
    with pytest.raises(NotFound):
        accounts.change_roles(admin, stranger.id, STAFF)


def test_disabling_ends_every_open_tab_and_link_and_enabling_opens_none(admin):
    user, token = accounts.add_user(admin, "desk", "", STAFF)
    door.accept(admin, token, WORD)
    entered = [door.enter(admin, "desk", WORD, "", "1") for _ in range(2)]
    link = accounts.new_link_for(admin, user.id)
    accounts.disable_user(admin, user.id)
    assert [door.present(admin, token=one.token) for one in entered] == [None, None]
    with pytest.raises(NotLetIn):
        door.invitation(admin, link)
    with pytest.raises(NotLetIn):
        door.enter(admin, "desk", WORD, "", "1")
    with pytest.raises(InvalidInput, match="disabled"):
        accounts.new_link_for(admin, user.id)
    accounts.enable_user(admin, user.id)
    assert [door.present(admin, token=one.token) for one in entered] == [None, None]
    assert door.enter(admin, "desk", WORD, "", "1")


def test_the_last_administrator_stays(admin, boss):
    with pytest.raises(InvalidInput, match="last administrator"):
        accounts.disable_user(admin, boss.id)
    with pytest.raises(InvalidInput, match="last administrator"):
        accounts.change_roles(admin, boss.id, CLINICIAN)
    second, token = accounts.add_user(admin, "second", "", ADMIN)
    with pytest.raises(InvalidInput, match="last administrator"):
        accounts.disable_user(admin, boss.id)  # the second cannot sign in yet
    door.accept(admin, token, WORD)
    accounts.disable_user(admin, boss.id)
    with pytest.raises(InvalidInput, match="last administrator"):
        accounts.disable_user(admin, second.id)


def test_other_roles_hold_at_once_in_an_open_tab(admin):
    user, token = accounts.add_user(admin, "desk", "", STAFF)
    door.accept(admin, token, WORD)
    entered = door.enter(admin, "desk", WORD, "", "1")
    accounts.change_roles(admin, user.id, CLINICIAN)
    assert door.present(admin, token=entered.token).actor.roles == CLINICIAN


def test_ending_sign_ins_and_dropping_a_second_factor(clinic, admin):
    user, token = accounts.add_user(admin, "desk", "", STAFF)
    door.accept(admin, token, WORD)
    entered = door.enter(admin, "desk", WORD, "", "1")
    accounts.end_sign_ins(admin, user.id)
    assert door.present(admin, token=entered.token) is None
    with clinic.store.write() as records:
        records.set_totp(user.id, "00" * 20)
    accounts.drop_second_factor(admin, user.id)
    assert door.enter(admin, "desk", WORD, "", "1")


def test_a_clinician_invites_a_patient_and_renews_the_link(clinic, patient):
    doctor = as_role(clinic, Role.CLINICIAN)
    assert accounts.account_of_patient(doctor, patient.id) is None
    with pytest.raises(InvalidInput, match="invite the patient first"):
        accounts.new_link_for_patient(doctor, patient.id)
    user, old = accounts.invite_patient(doctor, patient.id, "jane")
    assert (user.roles, user.patient_id, user.name) == (PATIENT, patient.id, "P-007")
    with pytest.raises(InvalidInput):
        accounts.invite_patient(doctor, patient.id, "jane2")
    new = accounts.new_link_for_patient(doctor, patient.id)
    with pytest.raises(NotLetIn):
        door.accept(clinic, old, WORD)
    door.accept(clinic, new, WORD)
    assert accounts.account_of_patient(doctor, patient.id).has_password


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.STAFF, Role.PATIENT])
def test_only_administrators_manage_accounts(clinic, boss, patient, role):
    acting = as_role(clinic, role, patient_id=patient.id if role is Role.PATIENT else "")
    calls = [
        lambda: accounts.list_users(acting),
        lambda: accounts.add_user(acting, "x", "", ADMIN),
        lambda: accounts.new_link_for(acting, boss.id),
        lambda: accounts.disable_user(acting, boss.id),
        lambda: accounts.change_roles(acting, boss.id, STAFF),
        lambda: accounts.drop_second_factor(acting, boss.id),
    ]
    calls += [] if role is Role.CLINICIAN else [lambda: accounts.invite_patient(acting, patient.id, "x")]
    for call in calls:
        with pytest.raises(NotFound):
            call()


def test_the_log_says_what_was_done_to_which_account(clinic, admin):
    user, _ = accounts.add_user(admin, "desk", "Zoe Lind", STAFF)
    accounts.disable_user(admin, user.id)
    with clinic.store.read() as records:
        deeds = [entry.deed for entry in records.deeds(FIRST_PRACTICE, most=2)]
    assert [deed.objects for deed in deeds] == [f"account {user.id} (disabled)", f"account {user.id} (added)"]
    assert "Zoe" not in str(deeds)
