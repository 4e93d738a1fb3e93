"""Getting in and staying in: one-time links, sign-in with a password and a second factor, sign-ins that end.

Only hashes of tokens are kept. What goes wrong at the door is told in the same words for everybody, known or not.
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tracker.clinic import passwords
from tracker.clinic.records.auditing import REFUSED, Deed
from tracker.clinic.records.store import Records
from tracker.clinic.types import FIRST_PRACTICE, Actor, Invitation, Role, SignIn, User
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.codes import step_of
from tracker.clinic.workflow.guard import logged
from tracker.errors import InvalidInput, StoreUnavailable, TrackerError
from tracker.wording import mark, n, t

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
TOUCHED_AGAIN = timedelta(seconds=30)
"""A person at work is written down that often, not at every click."""
LINK_LASTS = timedelta(hours=48)
TOKEN_BYTES = 32
FREE_FAILURES = 5
FIRST_WAIT_S = 30
LONGEST_WAIT_S = 900
PEER_FAILURES = 50
"""Failures from one address before it has to wait: a clinic may have one address for everybody."""
WRONG = mark("Login, password or code is wrong. Check them, and the keyboard's capital letters, and try again.")
SPENT = mark("This link does not work any more: it was used, is too old, or is incomplete. Ask for a new one.")


class NotLetIn(TrackerError):
    """A sign-in that was refused; the words are the same whatever was wrong."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A sign-in that just began: the token for the browser, which is stored nowhere, and who it is."""

    token: str
    user: User


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is signed in at this moment."""

    actor: Actor
    user: User
    sign_in: SignIn

    @property
    def ends(self) -> datetime:
        """When the sign-in ends if nothing more is done."""
        return min(self.sign_in.seen + IDLE, self.sign_in.created + ABSOLUTE)


def new_link(clinic: Clinic, user_id: str = "") -> str:
    """The token of a one-time link that sets an account's password; without an account, of the first one.

    Called by use cases that have asked whether they may, and by the start of the server.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with clinic.store.write() as records:
        records.add_invitation(digest(token), user_id, datetime.now(UTC) + LINK_LASTS)
    return token


def first_link(clinic: Clinic) -> str | None:
    """The token of the link that makes the first account; None once there is one."""
    with clinic.store.read() as records:
        if records.has_users():
            return None
    with logged(Deed(FIRST_PRACTICE, "", "", "offer the first account")):
        return new_link(clinic)


def invitation(clinic: Clinic, token: str) -> tuple[Invitation, User | None]:
    """A one-time link that still works, and whose it is; raises NotLetIn."""
    with clinic.store.read() as records:
        return _invitation(records, token)


def _invitation(records: Records, token: str) -> tuple[Invitation, User | None]:
    found = records.invitation(digest(token))
    if found is None or found.used is not None or found.expires <= datetime.now(UTC):
        raise NotLetIn(t(SPENT))
    if not found.user_id:
        if records.has_users():
            raise NotLetIn(t(SPENT))
        return found, None
    user = records.user(found.user_id)
    if user.disabled is not None:
        raise NotLetIn(t(SPENT))
    return found, user


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """What the first person of an installation says: an administrator, who may be a clinician too."""

    practice: str
    login: str
    name: str
    clinician: bool


def accept(clinic: Clinic, token: str, password: str, first: FirstAccount | None = None) -> User:
    """The account whose password was set with a one-time link, which is spent; every older sign-in of it ends.

    Raises
    ------
    NotLetIn
        The link does not work any more.
    InvalidInput
        The password is too weak, or the login is taken or empty.
    """
    found, user = invitation(clinic, token)
    about = (user.login, user.name) if user else (first.login, first.name, first.practice) if first else ()
    kept = passwords.hashed(password, about)  # slow, so outside of the transaction
    user_id, practice = (user.id, user.practice_id) if user else ("", FIRST_PRACTICE)
    with logged(Deed(practice, user_id, "", "set a password by a one-time link")), clinic.store.write() as records:
        found, user = _invitation(records, token)
        if user is None:
            if first is None:
                raise InvalidInput(t("First account: expected a login and a name, found none; fill in the form."))
            roles = {Role.ADMIN, Role.CLINICIAN} if first.clinician else {Role.ADMIN}
            records.name_practice(FIRST_PRACTICE, first.practice)
            user = records.add_user(first.login, first.name, frozenset(roles))
        records.use_invitation(found.id)
        records.end_sign_ins(user_id=user.id)
        return records.change_user(user.id, password_hash=kept)


def enter(clinic: Clinic, login: str, password: str, code: str, peer: str) -> Entered:
    """A new sign-in.

    Parameters
    ----------
    clinic : Clinic
        Where.
    login, password : str
        As typed.
    code : str
        Of the second factor; empty where none was typed.
    peer : str
        Address it comes from, for throttling only.

    Raises
    ------
    NotLetIn
        Anything was wrong, or too much was wrong before.
    """
    keys = _keys(login, peer)
    with clinic.store.read() as records:
        _must_not_wait(records, keys)
        user = records.user_by_login(login)
        known = None if user is None else records.secrets(user.id)
    right = passwords.matches(password, "" if known is None else known.password_hash)
    step = step_of(known.totp, code, known.totp_step) if known is not None and known.totp else 0
    if user is None or known is None or not right or step is None or user.disabled is not None:
        _failed(clinic, keys, user)
        raise NotLetIn(t(WRONG))
    fresh = passwords.rehashed(password, known.password_hash)
    return _begin(clinic, user, keys[0], {"totp_step": step} if known.totp else {}, fresh)


def enter_by_provider(clinic: Clinic, subject: str, login: str) -> Entered:
    """A new sign-in of somebody whom the clinic's identity provider vouches for.

    Parameters
    ----------
    clinic : Clinic
        Where.
    subject : str
        ``"<issuer> <subject>"``.
    login : str
        What the provider calls the person (a verified mail address); binds an account at its first sign-in. Empty
        where the provider did not verify it.

    Raises
    ------
    NotLetIn
        No account is meant by it: accounts are made here, never by a provider.
    """
    with clinic.store.read() as records:
        user = records.user_by_subject(subject)
        unbound = records.user_by_login(login) if user is None and login else None
    user = user or (unbound if unbound is not None and not unbound.has_provider else None)
    if user is None or user.disabled is not None:
        _note_refusal(clinic, user)
        raise NotLetIn(t("This identity has no account here. Ask an administrator of the clinic to add one."))
    return _begin(clinic, user, "", {"subject": subject}, "")


def _begin(clinic: Clinic, user: User, key: str, changed: dict[str, object], fresh_hash: str) -> Entered:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = changed | ({"password_hash": fresh_hash} if fresh_hash else {})
    with logged(Deed(user.practice_id, user.id, "", "sign in")), clinic.store.write() as records:
        step = values.get("totp_step")
        if isinstance(step, int) and records.secrets(user.id).totp_step >= step:  # used in between
            raise NotLetIn(t(WRONG))
        if values:
            records.change_user(user.id, **values)
        if key:
            records.set_failures(key, 0)
        records.add_sign_in(digest(token), user.id)
    return Entered(token, user)


def present(clinic: Clinic, *, token: str = "", sign_in_id: str = "", active: bool = True) -> Present | None:
    """Who is signed in with a token or under an id; None where nobody is any more.

    Parameters
    ----------
    clinic : Clinic
        Where.
    token, sign_in_id : str
        One of them.
    active : bool
        Whether the person just did something, which puts off the end for idleness.
    """
    with clinic.store.read() as records:
        found = records.sign_in_by_token(digest(token)) if token else _by_id(records, sign_in_id)
        if found is None:
            return None
        user, now = records.user(found.user_id), datetime.now(UTC)
        if found.ended is not None or user.disabled is not None:
            return None
    if now >= found.seen + IDLE or now >= found.created + ABSOLUTE:
        return None
    if active and now - found.seen > TOUCHED_AGAIN:
        with suppress(StoreUnavailable), clinic.store.write() as records:  # a full disk stops nobody from looking
            records.touch_sign_in(found.id, now)
    actor = Actor(user.id, user.name or user.login, user.practice_id, user.roles, user.patient_id, found.id)
    return Present(actor, user, found)


def _by_id(records: Records, sign_in_id: str) -> SignIn | None:
    return records.sign_in(sign_in_id) if sign_in_id and records.has_sign_in(sign_in_id) else None


def leave(clinic: Clinic, token: str) -> None:
    """End a sign-in; nothing where it had ended before."""
    here = present(clinic, token=token, active=False)
    if here is None:
        return
    deed = Deed(here.user.practice_id, here.user.id, here.sign_in.id, "sign out")
    with logged(deed), clinic.store.write() as records:
        records.end_sign_ins(sign_in_id=here.sign_in.id)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _keys(login: str, peer: str) -> tuple[str, str]:
    return digest(f"login {login.strip().casefold()}"), digest(f"peer {peer}")


def _must_not_wait(records: Records, keys: tuple[str, str]) -> None:
    for key, free in zip(keys, (FREE_FAILURES, PEER_FAILURES), strict=True):
        failures, last = records.failures(key)
        if last is not None and failures >= free:
            wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(failures - free, 10))
            left = (last + timedelta(seconds=wait) - datetime.now(UTC)).total_seconds()
            if left > 0:
                minutes = int(left // 60) + 1
                raise NotLetIn(
                    n(
                        "Too many attempts went wrong. Try again in {count} minute.",
                        "Too many attempts went wrong. Try again in {count} minutes.",
                        minutes,
                    )
                )


def _failed(clinic: Clinic, keys: tuple[str, str], user: User | None) -> None:
    with logged(_refusal(user)), clinic.store.write() as records:
        for key in keys:
            failures, last = records.failures(key)
            stale = last is not None and datetime.now(UTC) - last > timedelta(seconds=LONGEST_WAIT_S)
            records.set_failures(key, 1 if stale else failures + 1)


def _note_refusal(clinic: Clinic, user: User | None) -> None:
    with logged(_refusal(user)), clinic.store.write():
        pass


def _refusal(user: User | None) -> Deed:
    practice, user_id = (FIRST_PRACTICE, "") if user is None else (user.practice_id, user.id)
    return Deed(practice, user_id, "", "sign in", result=REFUSED)
