"""Getting in, staying in, and not getting in: links, passwords, second factors, limits of time."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tracker.clinic.records.auditing import REFUSED
from tracker.clinic.types import Role
from tracker.clinic.workflow import accounts, codes, door, own_account
from tracker.clinic.workflow.door import FirstAccount, NotLetIn
from tracker.errors import InvalidInput, StoreUnavailable

WORD = "plum harbour seven lanterns"
OTHER = "quiet kettle orange meadow"
FIRST = FirstAccount("Lindenhof", "Boss", "Ada Quill", clinician=True)


@pytest.fixture
def boss(clinic):
    return door.accept(clinic, door.first_link(clinic), WORD, FIRST)


def enter(clinic, login="boss", password=WORD, code="", peer="10.0.0.1"):
    return door.enter(clinic, login, password, code, peer)


def code_of(secret, shift=0):
    return codes.totp(secret).generate(int(time.time()) + shift).decode()


def at(monkeypatch, later):
    """Move the door's clock."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + later

    monkeypatch.setattr(door, "datetime", Clock)


def test_the_first_link_makes_the_first_administrator_once(clinic, boss):
    assert boss.roles == {Role.ADMIN, Role.CLINICIAN}
    assert boss.login == "boss"
    assert door.first_link(clinic) is None
    with clinic.store.read() as records:
        assert records.practices()[0].name == "Lindenhof"


def test_a_first_link_is_useless_once_there_is_an_account(clinic):
    token = door.first_link(clinic)
    newer = door.first_link(clinic)
    with pytest.raises(NotLetIn):
        door.invitation(clinic, token)  # only the newest works
    door.accept(clinic, newer, WORD, FIRST)
    for spent in (token, newer, "", "x" * 43):
        with pytest.raises(NotLetIn, match="link does not work"):
            door.accept(clinic, spent, OTHER, FirstAccount("", "thief", "T", clinician=True))


def test_a_first_account_needs_a_login_and_a_good_password(clinic):
    token = door.first_link(clinic)
    with pytest.raises(InvalidInput):
        door.accept(clinic, token, WORD)
    with pytest.raises(InvalidInput):
        door.accept(clinic, token, "boss boss boss boss", FIRST)
    with pytest.raises(InvalidInput):
        door.accept(clinic, token, WORD, FirstAccount("", " ", "", clinician=False))
    assert door.accept(clinic, token, WORD, FIRST)  # the link was not spent by mistakes


def test_links_end_after_48_hours(clinic, boss, monkeypatch):
    token = door.new_link(clinic, boss.id)
    at(monkeypatch, timedelta(hours=48, seconds=1))
    with pytest.raises(NotLetIn):
        door.invitation(clinic, token)


def test_a_new_password_by_link_ends_what_was_open(clinic, boss):
    entered = enter(clinic)
    door.accept(clinic, door.new_link(clinic, boss.id), OTHER)
    assert door.present(clinic, token=entered.token) is None
    with pytest.raises(NotLetIn):
        enter(clinic)
    assert enter(clinic, password=OTHER)


def test_login_ignores_case_and_gives_a_new_token_each_time(clinic, boss):
    first, second = enter(clinic, " BOSS "), enter(clinic)
    assert first.token != second.token
    assert len(first.token) >= 43  # 256 bits
    here = door.present(clinic, token=first.token)
    assert here.actor.user_id == boss.id
    assert here.actor.roles == boss.roles
    assert door.present(clinic, sign_in_id=here.sign_in.id).user == here.user


def test_the_store_holds_no_token_and_no_password(clinic, boss):
    entered, link = enter(clinic), door.new_link(clinic, boss.id)
    clinic.store.close()
    held = b"".join(path.read_bytes() for path in clinic.home.glob("records.db*"))
    for secret in (entered.token, link, WORD):
        assert secret.encode() not in held


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "' or 1=1 --", "\x00"])
def test_nobody_is_present_with_a_made_up_token(clinic, boss, token):
    enter(clinic)
    assert door.present(clinic, token=token) is None
    assert door.present(clinic, sign_in_id=token) is None


def test_idle_for_15_minutes_ends_and_activity_puts_it_off(clinic, boss, monkeypatch):
    entered = enter(clinic)
    at(monkeypatch, timedelta(minutes=14))
    assert door.present(clinic, token=entered.token, active=False)
    at(monkeypatch, timedelta(minutes=15, seconds=1))
    assert door.present(clinic, token=entered.token) is None
    at(monkeypatch, timedelta(minutes=14))
    assert door.present(clinic, token=entered.token)  # active
    at(monkeypatch, timedelta(minutes=28))
    assert door.present(clinic, token=entered.token)
    at(monkeypatch, timedelta(minutes=44))
    assert door.present(clinic, token=entered.token) is None


def test_twelve_hours_end_it_however_busy(clinic, boss, monkeypatch):
    entered = enter(clinic)
    for minutes in range(14, 12 * 60, 14):
        at(monkeypatch, timedelta(minutes=minutes))
        assert door.present(clinic, token=entered.token)
    at(monkeypatch, timedelta(hours=12, seconds=1))
    assert door.present(clinic, token=entered.token) is None


def test_leaving_ends_one_sign_in(clinic, boss):
    first, second = enter(clinic), enter(clinic)
    door.leave(clinic, first.token)
    door.leave(clinic, first.token)
    assert door.present(clinic, token=first.token) is None
    assert door.present(clinic, token=second.token)


def test_every_failure_says_the_same(clinic, boss):
    added, _ = accounts.add_user(clinic, "gone", "", frozenset({Role.STAFF}))
    accounts.disable_user(clinic, added.id)
    said = set()
    for login, password, code in [("boss", OTHER, ""), ("nobody", WORD, ""), ("gone", WORD, ""), ("", "", "123456")]:
        with pytest.raises(NotLetIn) as caught:
            enter(clinic, login, password, code)
        said.add(str(caught.value))
    assert said == {door.WRONG}


def test_after_five_failures_one_waits_longer_and_longer_known_or_not(clinic, boss, monkeypatch):
    for login in ("boss", "nobody"):
        for _ in range(5):
            with pytest.raises(NotLetIn, match="is wrong"):
                enter(clinic, login, OTHER)
        with pytest.raises(NotLetIn, match="Too many attempts"):
            enter(clinic, login, WORD)  # even the right one
    at(monkeypatch, timedelta(seconds=31))
    with pytest.raises(NotLetIn, match="is wrong"):
        enter(clinic, "boss", OTHER)
    at(monkeypatch, timedelta(seconds=62))
    assert enter(clinic, "boss", WORD)
    assert enter(clinic, "boss", WORD)  # a success forgets the failures


def test_one_address_cannot_try_many_logins(clinic, boss, monkeypatch):
    monkeypatch.setattr(door.passwords, "matches", lambda *_: False)
    for number in range(door.PEER_FAILURES):
        with pytest.raises(NotLetIn, match="is wrong"):
            enter(clinic, f"guess{number}", OTHER, peer="10.9.9.9")
    with pytest.raises(NotLetIn, match="Too many attempts"):
        enter(clinic, "fresh", OTHER, peer="10.9.9.9")
    with pytest.raises(NotLetIn, match="is wrong"):
        enter(clinic, "fresh", OTHER, peer="10.9.9.8")


def test_a_second_factor_is_asked_for_and_a_code_works_once(clinic, boss):
    acting = clinic.acting(door.present(clinic, token=enter(clinic).token).actor)
    factor = own_account.start_totp(acting)
    own_account.confirm_totp(acting, factor.secret, code_of(factor.secret, -30))
    for wrong in ("", "000000", "abcdef", "12345", code_of(factor.secret, -90)):
        with pytest.raises(NotLetIn):
            enter(clinic, code=wrong, peer=wrong)
        with clinic.store.write() as records:
            records.set_failures(door._keys("boss", "")[0], 0)
    now = code_of(factor.secret)
    assert enter(clinic, code=f"{now[:3]} {now[3:]}")
    with pytest.raises(NotLetIn):
        enter(clinic, code=now)


def test_a_provider_binds_by_verified_login_once(clinic, boss):
    with pytest.raises(NotLetIn):
        door.enter_by_provider(clinic, "https://id.example 1", "nobody@example")
    with pytest.raises(NotLetIn):
        door.enter_by_provider(clinic, "https://id.example 1", "")  # not verified
    assert door.enter_by_provider(clinic, "https://id.example 1", "boss").user.id == boss.id
    assert door.enter_by_provider(clinic, "https://id.example 1", "").user.id == boss.id
    with pytest.raises(NotLetIn):
        door.enter_by_provider(clinic, "https://id.example 2", "boss")  # another identity takes nothing over
    with clinic.store.read() as records:
        results = [entry.deed.result for entry in records.deeds("first") if entry.deed.action == "sign in"]
    assert results == [REFUSED, "done", "done", REFUSED, REFUSED]


def test_the_log_names_the_account_but_no_secret(clinic, boss):
    with pytest.raises(NotLetIn):
        enter(clinic, "boss", OTHER)
    with pytest.raises(NotLetIn):
        enter(clinic, "typed the password here", OTHER)
    entered = enter(clinic)
    door.leave(clinic, entered.token)
    with clinic.store.read() as records:
        deeds = [entry.deed for entry in records.deeds(boss.practice_id)]
        assert records.first_broken_deed() is None
    told = [(deed.action, deed.result, deed.user_id) for deed in reversed(deeds)]
    assert ("sign in", REFUSED, boss.id) in told
    assert ("sign in", REFUSED, "") in told
    assert ("sign in", "done", boss.id) in told
    assert told[-1] == ("sign out", "done", boss.id)
    for secret in (WORD, OTHER, "typed the password", entered.token):
        assert secret not in str(deeds)


def test_ends_is_the_nearer_of_both_limits(clinic, boss):
    here = door.present(clinic, token=enter(clinic).token)
    assert here.ends == here.sign_in.seen + door.IDLE
    assert here.ends < datetime.now(UTC) + door.ABSOLUTE


def test_a_disk_that_is_full_stops_nobody_who_is_in(clinic, monkeypatch):
    with clinic.store.write() as records:
        user = records.add_user("reader", "", frozenset({Role.CLINICIAN}))
        sign_in = records.add_sign_in(door.digest("token"), user.id)
        records.touch_sign_in(sign_in.id, datetime.now(UTC) - timedelta(minutes=5))

    def full():
        raise StoreUnavailable("The record store's disk is full.")

    monkeypatch.setattr(type(clinic.store), "write", lambda self: full())
    assert door.present(clinic, token="token").user.login == "reader"
