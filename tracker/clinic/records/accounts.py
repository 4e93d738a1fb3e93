"""Queries about practices, accounts, invitations, sign-ins and failed attempts."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.people import Queries, short
from tracker.clinic.types import FIRST_PRACTICE, Invitation, Practice, Role, SignIn, User
from tracker.errors import InvalidInput, NotFound


class Secrets(NamedTuple):
    """What an account proves itself with; never leaves the workflow of accounts."""

    password_hash: str
    totp: str
    totp_step: int


class AccountQueries(Queries):
    """Practices, accounts, sign-ins."""

    def practices(self) -> list[Practice]:
        """All practices, oldest first."""
        rows = self.connection.execute(sa.select(schema.practices).order_by(schema.practices.c.created))
        return [Practice(row.id, row.name, row.created) for row in rows]

    def practice(self, practice_id: str) -> Practice:
        """One practice."""
        row = self.one(schema.practices, practice_id, "Practice")
        return Practice(row.id, row.name, row.created)

    def add_practice(self, name: str) -> Practice:
        """A further practice of this installation."""
        return self.practice(self.add(schema.practices, {"name": short(name, "Practice name", 200)}))

    def name_practice(self, practice_id: str, name: str) -> None:
        """Give a practice another name."""
        table = schema.practices
        self.connection.execute(
            sa.update(table).where(table.c.id == practice_id).values(name=short(name, "Practice name", 200))
        )

    def add_user(
        self,
        login: str,
        name: str,
        roles: frozenset[Role],
        practice_id: str = FIRST_PRACTICE,
        patient_id: str = "",
        *,
        demo: bool = False,
    ) -> User:
        """A new account without a password."""
        login = short(login, "Login", 100).casefold()
        if not login:
            raise InvalidInput("Login: expected a name to sign in with, found none; type one.")
        if self.user_by_login(login) is not None:
            raise InvalidInput(f"Login {login}: expected a new one, found that it is taken; choose another.")
        values = {
            "practice_id": practice_id,
            "login": login,
            "name": short(name, "Name", 200),
            "roles": sorted(role.name for role in roles),
            "patient_id": patient_id or None,
            "password_hash": "",
            "totp_step": 0,
            "language": "en",
            "hide_numbers": False,
            "demo": demo,
        }
        return self.user(self.add(schema.users, values))

    def users(self, practice_id: str = "") -> list[User]:
        """All accounts of a practice, or of all, by login."""
        table = schema.users
        wanted = sa.select(table).order_by(table.c.login)
        wanted = wanted.where(table.c.practice_id == practice_id) if practice_id else wanted
        return [_user(row) for row in self.connection.execute(wanted)]

    def has_users(self) -> bool:
        """Whether there is any account at all."""
        return self.connection.execute(sa.select(schema.users.c.id).limit(1)).first() is not None

    def user(self, user_id: str) -> User:
        """One account."""
        return _user(self.one(schema.users, user_id, "Account"))

    def user_by_login(self, login: str) -> User | None:
        """The account with that login, whatever its case."""
        return self._user_where(schema.users.c.login == login.strip().casefold())

    def user_by_subject(self, subject: str) -> User | None:
        """The account that belongs to an identity of an identity provider."""
        return self._user_where(schema.users.c.subject == subject)

    def user_of_patient(self, patient_id: str) -> User | None:
        """The account of a patient."""
        return self._user_where(schema.users.c.patient_id == patient_id)

    def _user_where(self, condition: sa.ColumnElement[bool]) -> User | None:
        row = self.connection.execute(sa.select(schema.users).where(condition)).first()
        return None if row is None else _user(row)

    def change_user(self, user_id: str, **values: Any) -> User:
        """The account with other values of its columns."""
        table = schema.users
        if "roles" in values:
            values["roles"] = sorted(role.name for role in values["roles"])
        self.connection.execute(sa.update(table).where(table.c.id == user_id).values(values))
        return self.user(user_id)

    def secrets(self, user_id: str) -> Secrets:
        """Hash of the password, secret of the second factor and its last step; empty for none."""
        row = self.one(schema.users, user_id, "Account")
        totp = "" if row.totp_sealed is None else self.sealer.open(row.totp_sealed, f"users.totp {user_id}")
        return Secrets(row.password_hash, totp, row.totp_step)

    def set_totp(self, user_id: str, secret: str) -> None:
        """Seal the secret of the second factor; empty takes it away."""
        sealed = self.sealer.seal(secret, f"users.totp {user_id}") if secret else None
        self.change_user(user_id, totp_sealed=sealed, totp_step=0)

    def add_invitation(self, token_hash: str, user_id: str, expires: datetime) -> Invitation:
        """A one-time link; earlier unused ones of the same account no longer work."""
        table = schema.invitations
        same = table.c.user_id == user_id if user_id else table.c.user_id.is_(None)
        self.connection.execute(sa.update(table).where(same, table.c.used.is_(None)).values(expires=datetime.now(UTC)))
        values = {"token_hash": token_hash, "user_id": user_id or None, "expires": expires}
        return _invitation(self.one(table, self.add(table, values), "Link"))

    def invitation(self, token_hash: str) -> Invitation | None:
        """The link with that token."""
        table = schema.invitations
        row = self.connection.execute(sa.select(table).where(table.c.token_hash == token_hash)).first()
        return None if row is None else _invitation(row)

    def use_invitation(self, invitation_id: str) -> None:
        """From now on the link is spent."""
        table = schema.invitations
        self.connection.execute(sa.update(table).where(table.c.id == invitation_id).values(used=datetime.now(UTC)))

    def add_sign_in(self, token_hash: str, user_id: str) -> SignIn:
        """A new session of an account."""
        values = {"token_hash": token_hash, "user_id": user_id, "seen": datetime.now(UTC)}
        return self.sign_in(self.add(schema.sign_ins, values))

    def sign_in(self, sign_in_id: str) -> SignIn:
        """One session."""
        return _sign_in(self.one(schema.sign_ins, sign_in_id, "Sign-in"))

    def has_sign_in(self, sign_in_id: str) -> bool:
        """Whether there was such a session."""
        table = schema.sign_ins
        return self.connection.execute(sa.select(table.c.id).where(table.c.id == sign_in_id)).first() is not None

    def sign_in_by_token(self, token_hash: str) -> SignIn | None:
        """The session with that token."""
        table = schema.sign_ins
        row = self.connection.execute(sa.select(table).where(table.c.token_hash == token_hash)).first()
        return None if row is None else _sign_in(row)

    def touch_sign_in(self, sign_in_id: str, seen: datetime) -> None:
        """The person did something."""
        table = schema.sign_ins
        self.connection.execute(sa.update(table).where(table.c.id == sign_in_id).values(seen=seen))

    def end_sign_ins(self, *, sign_in_id: str = "", user_id: str = "", but: str = "") -> None:
        """End one session, or all of an account but one."""
        table = schema.sign_ins
        which = table.c.id == sign_in_id if sign_in_id else table.c.user_id == user_id
        if not (sign_in_id or user_id):
            raise NotFound("Sign-in: expected which one to end, found none.")
        self.connection.execute(
            sa.update(table).where(which, table.c.id != but, table.c.ended.is_(None)).values(ended=datetime.now(UTC))
        )

    def failures(self, key: str) -> tuple[int, datetime | None]:
        """How often signing in failed under a key, and when last."""
        table = schema.attempts
        row = self.connection.execute(sa.select(table).where(table.c.key == key)).first()
        return (0, None) if row is None else (row.failures, row.last)

    def set_failures(self, key: str, failures: int) -> None:
        """Write down failed attempts; 0 forgets them."""
        table = schema.attempts
        self.connection.execute(sa.delete(table).where(table.c.key == key))
        if failures:
            values = {"key": key, "failures": failures, "last": datetime.now(UTC)}
            self.connection.execute(sa.insert(table).values(values))

    def practice_setting(self, practice_id: str, name: str) -> Any:
        """A setting of a practice as it was stored; None where it was never changed."""
        table = schema.practice_settings
        wanted = sa.select(table.c.value).where(table.c.practice_id == practice_id, table.c.name == name)
        return self.connection.execute(wanted).scalar()

    def set_practice_setting(self, practice_id: str, name: str, value: Any) -> None:
        """Store a setting of a practice; anything that JSON can hold."""
        table = schema.practice_settings
        self.connection.execute(sa.delete(table).where(table.c.practice_id == practice_id, table.c.name == name))
        self.connection.execute(sa.insert(table).values(practice_id=practice_id, name=name, value=value))


def _user(row: sa.Row[Any]) -> User:
    return User(
        row.id,
        row.practice_id,
        row.login,
        row.name,
        frozenset(Role[name] for name in row.roles),
        row.patient_id or "",
        row.language,
        row.hide_numbers,
        bool(row.password_hash),
        row.totp_sealed is not None,
        row.subject is not None,
        row.demo,
        row.disabled,
        row.created,
    )


def _invitation(row: sa.Row[Any]) -> Invitation:
    return Invitation(row.id, row.user_id or "", row.expires, row.used)


def _sign_in(row: sa.Row[Any]) -> SignIn:
    return SignIn(row.id, row.user_id, row.created, row.seen, row.ended)
