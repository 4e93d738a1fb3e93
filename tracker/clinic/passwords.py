"""Passwords: what is accepted, and how one is kept. Argon2id; long and hard to guess instead of full of signs."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.errors import InvalidInput
from tracker.wording import t

SHORTEST = 15  # NIST SP 800-63B-4 3.1.1.2: 15 where the password is the only factor
LONGEST = 256
LEAST_SCORE = 3  # of zxcvbn's 0 to 4: above 10^8 guesses
OURS = ("tracker", "skin", "progress", "clinic", "patient", "password")
"""Words that everybody here thinks of first."""
_LOOKED_AT = 72  # zxcvbn's time grows with the square of the length

_HASHER = PasswordHasher()  # RFC 9106 low-memory profile: 64 MiB, 3 passes
_NOBODY = _HASHER.hash("a password that nobody has")


def hashed(password: str, about: tuple[str, ...] = ()) -> str:
    """The hash to keep.

    Parameters
    ----------
    password : str
        As typed; any signs, blanks count.
    about : tuple of str
        Words that it must not rest on: login, name of the person, of the practice.

    Raises
    ------
    InvalidInput
        Too short, too long, common, or easily guessed.
    """
    check(password, about)
    return _HASHER.hash(password)


def check(password: str, about: tuple[str, ...] = ()) -> None:
    """Raise InvalidInput with what is wrong and what to do, or return."""
    if len(password) < SHORTEST:
        raise InvalidInput(
            t(
                "Password: expected at least {least} characters, found {found}; four or five words that do not belong "
                "together are easy to remember.",
                least=SHORTEST,
                found=len(password),
            )
        )
    if len(password) > LONGEST:
        raise InvalidInput(
            t(
                "Password: expected at most {most} characters, found {found}; shorten it.",
                most=LONGEST,
                found=len(password),
            )
        )
    from zxcvbn import zxcvbn  # 0.2 s to import: signing in needs none of it

    words = [*OURS, *(word for text in about for word in text.split() if len(word) > 2)]
    once = " ".join(dict.fromkeys(password.casefold().split()))  # a word said twice is one word to guess
    if min(zxcvbn(text[:_LOOKED_AT], user_inputs=words)["score"] for text in (password, once)) < LEAST_SCORE:
        raise InvalidInput(
            t(
                "Password: expected one that cannot be guessed, found one made of common passwords, names, dates or "
                "rows of keys; take four or five words that do not belong together."
            )
        )


def matches(password: str, kept: str) -> bool:
    """Whether a password is the kept one; takes as long where nothing is kept, so that nobody can tell."""
    try:
        return _HASHER.verify(kept or _NOBODY, password[: 4 * LONGEST]) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def rehashed(password: str, kept: str) -> str:
    """A new hash where the kept one was made with weaker settings than today's; else empty."""
    return _HASHER.hash(password) if _HASHER.check_needs_rehash(kept) else ""
