"""The own account: nobody else's can be meant, and who is there is asked again for what matters."""

import time

import pytest

from tracker.clinic.types import Role
from tracker.clinic.workflow import accounts, codes, door, own_account
from tracker.clinic.workflow.demo_accounts import DEMO, make_demo_accounts
from tracker.clinic.workflow.door import FirstAccount, NotLetIn
from tracker.errors import InvalidInput, NotFound

WORD = "plum harbour seven lanterns"
OTHER = "quiet kettle orange meadow"


@pytest.fixture
def boss(clinic):
    return door.accept(clinic, door.first_link(clinic), WORD, FirstAccount("", "boss", "Ada", clinician=False))


@pytest.fixture
def signed_in(clinic, boss):
    """A function: the clinic in the hands of a new sign-in of the account, and its token."""

    def enter(code=""):
        entered = door.enter(clinic, "boss", WORD, code, "1")
        return clinic.acting(door.present(clinic, token=entered.token).actor), entered.token

    return enter


def code_of(secret):
    return codes.totp(secret).generate(int(time.time())).decode()


def test_a_new_password_ends_the_other_browsers(clinic, signed_in):
    (here, token), (_, other) = signed_in(), signed_in()
    own_account.change_password(here, WORD, OTHER)
    assert door.present(clinic, token=token)
    assert door.present(clinic, token=other) is None
    with pytest.raises(NotLetIn):
        door.enter(clinic, "boss", WORD, "", "1")
    assert door.enter(clinic, "boss", OTHER, "", "1")


def test_the_old_password_is_asked_for_and_guessing_it_ends_the_sign_in(clinic, signed_in):
    here, token = signed_in()
    with pytest.raises(InvalidInput, match="Password: expected"):
        own_account.change_password(here, WORD, "too short")
    for _ in range(door.FREE_FAILURES):
        assert door.present(clinic, token=token)
        with pytest.raises(InvalidInput, match="not right"):
            own_account.change_password(here, OTHER, "copper window eleven sparrows")
    assert door.present(clinic, token=token) is None


def test_a_right_password_forgets_the_failures(clinic, signed_in):
    here, token = signed_in()
    for _ in range(2 * door.FREE_FAILURES):
        with pytest.raises(InvalidInput):
            own_account.remove_totp(here, OTHER)
        own_account.remove_totp(here, WORD)
    assert door.present(clinic, token=token)


def test_language_and_hidden_numbers(signed_in):
    here, _ = signed_in()
    assert own_account.set_language(here, "de").language == "de"
    assert own_account.set_hide_numbers(here, True).hide_numbers
    with pytest.raises(InvalidInput, match="expected one of"):
        own_account.set_language(here, "xx")


def test_a_second_factor_counts_from_its_first_right_code(clinic, signed_in):
    (here, token), (_, other) = signed_in(), signed_in()
    factor = own_account.start_totp(here)
    assert factor.uri.startswith("otpauth://totp/")
    assert "boss" in factor.uri
    assert len(factor.typed.replace(" ", "")) == 32
    with pytest.raises(InvalidInput, match="does not fit"):
        own_account.confirm_totp(here, factor.secret, "000000")
    signed_in()  # still without
    code = code_of(factor.secret)
    assert own_account.confirm_totp(here, factor.secret, code).has_totp
    assert door.present(clinic, token=token)
    assert door.present(clinic, token=other) is None
    with pytest.raises(NotLetIn):
        signed_in(code)  # the code that set it up is spent
    with pytest.raises(InvalidInput, match="already"):
        own_account.start_totp(here)
    with pytest.raises(InvalidInput, match="already"):
        own_account.confirm_totp(here, factor.secret, code_of(factor.secret))
    clinic.store.close()
    held = b"".join(path.read_bytes() for path in clinic.home.glob("records.db*"))
    assert factor.secret.encode() not in held
    assert bytes.fromhex(factor.secret) not in held
    assert not own_account.remove_totp(here, WORD).has_totp


def test_ending_the_other_sign_ins_keeps_this_one(clinic, signed_in):
    (here, token), (_, other) = signed_in(), signed_in()
    own_account.end_other_sign_ins(here)
    assert door.present(clinic, token=token)
    assert door.present(clinic, token=other) is None


def test_the_operator_has_no_account(clinic):
    for call in (own_account.start_totp, own_account.end_other_sign_ins):
        with pytest.raises(NotFound):
            call(clinic)


def test_demo_accounts_keep_their_passwords_but_may_read_in_another_language(clinic):
    make_demo_accounts(clinic)
    entered = door.enter(clinic, "demo-clinician", DEMO[0].password, "", "1")
    here = clinic.acting(door.present(clinic, token=entered.token).actor)
    with pytest.raises(InvalidInput, match="demo"):
        own_account.change_password(here, DEMO[0].password, OTHER)
    with pytest.raises(InvalidInput, match="demo"):
        own_account.start_totp(here)
    assert own_account.set_language(here, "de").language == "de"


def test_roles_do_not_matter(clinic, boss):
    for role in (Role.STAFF, Role.CLINICIAN):
        user, token = accounts.add_user(clinic, role.name, "", frozenset({role}))
        door.accept(clinic, token, WORD)
        entered = door.enter(clinic, user.login, WORD, "", "1")
        here = clinic.acting(door.present(clinic, token=entered.token).actor)
        assert own_account.set_language(here, "de").id == user.id
