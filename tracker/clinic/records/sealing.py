"""Names and other words that are sealed at rest: AES-256-GCM, bound to the row and column that they belong to."""

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracker.errors import StoreUnavailable

NONCE_BYTES = 12
KEY_BYTES = 32
ENVIRONMENT = "TRACKER_KEY"
"""Holds the key, as base64, where it shall not lie beside the records."""


class Sealer:
    """Seals and opens short texts.

    Parameters
    ----------
    key : bytes
        32 bytes; who loses them loses the names.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def at(cls, path: Path, *, needed: bool = False) -> Self:
        """The sealer of a store: with the key of the environment, else of the file, which is made where there is none.

        Parameters
        ----------
        path : Path
            The key file; it is the operator's alone (0600).
        needed : bool
            Whether records exist already, so that a missing key is a lost key and not a new store.

        Raises
        ------
        StoreUnavailable
            The key is missing, unreadable or no key.
        """
        if named := os.environ.get(ENVIRONMENT, "").strip():
            return cls(_key(named, ENVIRONMENT))
        try:
            if not path.exists():
                if needed:
                    raise StoreUnavailable(
                        f"{path}: expected the key of the patients' names, found none; restore it from where you keep "
                        "its copy, nothing was changed."
                    )
                _write_new(path)
            return cls(_key(path.read_text("ascii").strip(), str(path)))
        except (OSError, UnicodeDecodeError) as error:
            raise StoreUnavailable(
                f"{path}: expected a key that can be read, found {error}; mend its rights."
            ) from None

    def seal(self, text: str, place: str) -> bytes:
        """The text, sealed; it opens only with the same ``place``, so that a row cannot be given another's name."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """The text back.

        Raises
        ------
        StoreUnavailable
            Another key, another place, or altered bytes.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()).decode()
        except InvalidTag:
            raise StoreUnavailable(
                "A sealed name cannot be opened: expected the key it was sealed with, found another key or altered "
                "records; restore the key of this store."
            ) from None


def _key(text: str, source: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreUnavailable(
            f"{source}: expected a key of {KEY_BYTES} bytes as base64, found another text; restore it."
        )
    return key


def _write_new(path: Path) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(b64encode(AESGCM.generate_key(KEY_BYTES * 8)) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
