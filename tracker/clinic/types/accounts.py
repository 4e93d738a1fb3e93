"""Who uses the program: practices, accounts, roles and sign-ins. Times are UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FIRST_PRACTICE = "first"
"""Id of the practice that every store begins with."""


class Role(StrEnum):
    """What a person is here; an account may have several, but a patient is only that."""

    CLINICIAN = "clinician"
    STAFF = "staff"
    PATIENT = "patient"
    ADMIN = "administrator"
    OPERATOR = "operator of this computer"

    @property
    def assignable(self) -> bool:
        """Whether an account can have it: an operator is whoever may read the files, and has no account."""
        return self is not Role.OPERATOR


@dataclass(frozen=True, slots=True)
class Practice:
    """One clinic of the installation; its people see nobody else's patients."""

    id: str
    name: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting, as far as anything depends on it.

    Parameters
    ----------
    user_id : str
        Empty for the operator.
    name : str
        For "drawn by" and the like.
    practice_id : str
        Where the person works or is treated.
    roles : frozenset of Role
        What the person is.
    patient_id : str
        The record that is the person's own; empty for everybody else.
    sign_in : str
        Id of the sign-in behind it; empty on the command line.
    """

    user_id: str
    name: str
    practice_id: str
    roles: frozenset[Role]
    patient_id: str = ""
    sign_in: str = ""

    def has(self, role: Role) -> bool:
        """Whether the person is that."""
        return role in self.roles


OPERATOR = Actor("", "", FIRST_PRACTICE, frozenset({Role.OPERATOR}))
"""Whoever runs a command on this computer: the files are open to this person anyway."""


@dataclass(frozen=True, slots=True)
class User:
    """One account.

    Parameters
    ----------
    id, practice_id : str
        Random ids.
    login : str
        What is typed at the door; unique, case does not matter.
    name : str
        Shown beside what the person did.
    roles : frozenset of Role
        A patient's account has only that role.
    patient_id : str
        Whose record it is; empty for everybody but patients.
    language : str
        Code of the language of the pages.
    hide_numbers : bool
        A patient may wish to see words only.
    has_password, has_totp, has_provider : bool
        What it can prove itself with: a password, a second factor, an identity of the clinic's identity provider.
    demo : bool
        A demo account, whose password stands on the login page.
    disabled : datetime or None
        Since when it is refused.
    created : datetime
        UTC.
    """

    id: str
    practice_id: str
    login: str
    name: str
    roles: frozenset[Role]
    patient_id: str
    language: str
    hide_numbers: bool
    has_password: bool
    has_totp: bool
    has_provider: bool
    demo: bool
    disabled: datetime | None
    created: datetime

    @property
    def role_words(self) -> str:
        """``"administrator, clinician"``."""
        return ", ".join(sorted(self.roles))


@dataclass(frozen=True, slots=True)
class SignIn:
    """A server-side session of one account in one browser; the browser's token is only kept as its hash."""

    id: str
    user_id: str
    created: datetime
    seen: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link to set up an account or a new password; its token is only kept as its hash.

    Parameters
    ----------
    id : str
        Random.
    user_id : str
        Whose password it sets; empty for the first account of a new installation.
    expires : datetime
        From then on it is refused.
    used : datetime or None
        It works once.
    """

    id: str
    user_id: str
    expires: datetime
    used: datetime | None


class Kind(StrEnum):
    """What an id may name; the words go into the audit log."""

    PATIENT = "patient"
    SERIES = "series"
    SESSION = "session"
    PHOTO = "photo"
    ANALYSIS = "analysis"
    DIARY = "diary entry"
    BOOKING = "booking"
    COMMENT = "comment"
    RELEASE = "release"
    USER = "account"


@dataclass(frozen=True, slots=True)
class Target:
    """What an action is about, as far as permission depends on it.

    Parameters
    ----------
    practice_id : str
        Whose.
    patient_id : str
        Empty where it is about the practice itself.
    released : bool
        Whether a clinician released it to its patient.
    consented : bool
        Whether its patient has a valid consent to some export.
    """

    practice_id: str
    patient_id: str = ""
    released: bool = False
    consented: bool = False
