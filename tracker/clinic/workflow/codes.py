"""Codes of a second factor: six digits that change every 30 s, from a secret that an app holds too."""

import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_S = 30
DIGITS = 6


def totp(secret: str) -> TOTP:
    """The second factor of a secret (RFC 6238: SHA-1, six digits, 30 s, which every authenticator app knows)."""
    return TOTP(bytes.fromhex(secret), DIGITS, SHA1(), STEP_S)  # noqa: S303  HMAC-SHA-1 is not broken


def step_of(secret: str, code: str, last: int) -> int | None:
    """The time step that a code belongs to, one either side of now for clocks that differ; None where none fits.

    Parameters
    ----------
    secret : str
        Hexadecimal.
    code : str
        As typed; blanks do not matter.
    last : int
        The last step that was used: a code works once.
    """
    digits, factor = "".join(code.split()), totp(secret)
    now = int(time.time()) // STEP_S
    for step in (now, now - 1, now + 1):
        try:
            factor.verify(digits.encode(), step * STEP_S)
        except InvalidToken:
            continue
        return step if step > last else None
    return None
