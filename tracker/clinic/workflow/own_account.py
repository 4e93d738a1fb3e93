"""What everybody may change about the own account: password, language, second factor, other browsers.

Nothing here takes the id of an account: it is always that of the person who acts.
"""

import secrets
from base64 import b32encode
from dataclasses import dataclass

from tracker.clinic import passwords
from tracker.clinic.access import Action
from tracker.clinic.types import User
from tracker.clinic.workflow import codes, door
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput, NotFound
from tracker.wording import LANGUAGES, t

SECRET_BYTES = 20  # RFC 4226 section 4: 160 bits recommended
ISSUER = "Skin progress"
"""What an authenticator app shows above the code."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor that is being set up and counts from its first right code on.

    Parameters
    ----------
    secret : str
        Hexadecimal; stored, sealed, when it is confirmed.
    uri : str
        What the square code says.
    """

    secret: str
    uri: str

    @property
    def typed(self) -> str:
        """The secret as it is typed into an app that cannot read the square code, in groups of four."""
        letters = b32encode(bytes.fromhex(self.secret)).decode().rstrip("=")
        return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


@guarded(Action.OWN_ACCOUNT)
def change_password(clinic: Clinic, old: str, new: str) -> User:
    """The account with another password; every other sign-in of it has ended.

    Raises
    ------
    InvalidInput
        The old password is wrong, or the new one too weak.
    """
    user = _personal(clinic)
    _must_know_password(clinic, user, old)
    with clinic.store.read() as records:
        practice = records.practice(user.practice_id).name
    kept = passwords.hashed(new, (user.login, user.name, practice))  # slow, so outside of the transaction
    with clinic.store.write() as records:
        records.end_sign_ins(user_id=user.id, but=clinic.actor.sign_in)
        return records.change_user(user.id, password_hash=kept)


@guarded(Action.OWN_ACCOUNT)
def set_language(clinic: Clinic, code: str) -> User:
    """The account, whose pages speak that language from now on."""
    if code not in LANGUAGES:
        raise InvalidInput(f"Language {code[:8]!r}: expected one of {', '.join(LANGUAGES)}; choose one of them.")
    with clinic.store.write() as records:
        return records.change_user(_own(clinic).id, language=code)


@guarded(Action.OWN_ACCOUNT)
def set_hide_numbers(clinic: Clinic, hidden: bool) -> User:
    """The account, whose pages show words in place of figures where that is wished."""
    with clinic.store.write() as records:
        return records.change_user(_own(clinic).id, hide_numbers=hidden)


@guarded(Action.OWN_ACCOUNT)
def start_totp(clinic: Clinic) -> Factor:
    """A new second factor to put into an app; nothing is stored before :func:`confirm_totp`."""
    user = _personal(clinic)
    _must_have_none(user)
    secret = secrets.token_hex(SECRET_BYTES)
    return Factor(secret, codes.totp(secret).get_provisioning_uri(user.login, ISSUER))


@guarded(Action.OWN_ACCOUNT)
def confirm_totp(clinic: Clinic, secret: str, code: str) -> User:
    """The account with its second factor, which the app has just proved to hold; other sign-ins of it have ended.

    Raises
    ------
    InvalidInput
        The code does not fit.
    """
    user = _personal(clinic)
    _must_have_none(user)
    step = codes.step_of(secret, code, 0)
    if step is None:
        raise InvalidInput(
            t("The code does not fit: type the six digits that the app shows now, and check the telephone's clock.")
        )
    with clinic.store.write() as records:
        records.set_totp(user.id, secret)
        records.end_sign_ins(user_id=user.id, but=clinic.actor.sign_in)
        return records.change_user(user.id, totp_step=step)  # this code has been used


@guarded(Action.OWN_ACCOUNT)
def remove_totp(clinic: Clinic, password: str) -> User:
    """The account without a second factor; raises InvalidInput where the password is wrong."""
    user = _personal(clinic)
    _must_know_password(clinic, user, password)
    with clinic.store.write() as records:
        records.set_totp(user.id, "")
        return records.user(user.id)


@guarded(Action.OWN_ACCOUNT)
def end_other_sign_ins(clinic: Clinic) -> None:
    """End every sign-in of the person but this one."""
    with clinic.store.write() as records:
        records.end_sign_ins(user_id=_own(clinic).id, but=clinic.actor.sign_in)


def _own(clinic: Clinic) -> User:
    if not clinic.actor.user_id:
        raise NotFound("Account: expected somebody who is signed in, found the operator of the computer, who has none.")
    with clinic.store.read() as records:
        return records.user(clinic.actor.user_id)


def _personal(clinic: Clinic) -> User:
    """The own account, unless everybody uses it."""
    user = _own(clinic)
    if user.demo:
        raise InvalidInput(t("This is a demo account, which everybody uses: password and second factor stay."))
    return user


def _must_have_none(user: User) -> None:
    if user.has_totp:
        raise InvalidInput(t("There is a second factor already: remove it before you set up another one."))


def _must_know_password(clinic: Clinic, user: User, password: str) -> None:
    """Ask once more who this is; a few wrong answers end the sign-in, which may have been left open."""
    key = door.digest(f"own {user.id}")
    with clinic.store.read() as records:
        known, (failures, _) = records.secrets(user.id).password_hash, records.failures(key)
    right = passwords.matches(password, known)
    if right and not failures:
        return
    with clinic.store.write() as records:
        failures = 0 if right else records.failures(key)[0] + 1
        over = failures >= door.FREE_FAILURES
        records.set_failures(key, 0 if over else failures)
        if over:
            records.end_sign_ins(user_id=user.id)
    if not right:
        raise InvalidInput(t("The password that you have now was not right. Type it again."))
