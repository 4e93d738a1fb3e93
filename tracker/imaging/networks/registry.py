"""Which networks there are and whether their files are what they were: ``models/registry.toml``, without torch.

The form of a card is that of Mitchell et al., "Model Cards for Model Reporting", FAT* 2019,
doi:10.1145/3287560.3287596.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from tracker.errors import NetworkUnavailable

REGISTRY = "registry.toml"
_AGAIN = "take models/ again from the same release, or retrain as its card says"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WORDS = ("name", "file", "sha256", "licence", "attribution", "input", "output", "card")


@dataclass(frozen=True, slots=True)
class Entry:
    """One network of the registry.

    Parameters
    ----------
    name : str
        What it is loaded by.
    file : str
        Weights (safetensors), relative to the folder of the registry.
    sha256 : str
        Of that file, 64 hexadecimal digits.
    licence : str
        SPDX identifier of the licence of the weights.
    attribution : str
        Whose data they were trained on, as the licence of the data asks.
    input, output : str
        Arrays taken and answered: shape, type, unit.
    card : str
        Model card, relative to the folder of the registry.
    members : int
        How many networks the file holds.
    """

    name: str
    file: str
    sha256: str
    licence: str
    attribution: str
    input: str
    output: str
    card: str
    members: int


def folder(root: Path | None = None) -> Path:
    """The folder of the registry: inside an installed package, beside the package in a checkout."""
    if root is not None:
        return root
    package = Path(__file__).parents[2]
    for place in (package / "models", package.parent / "models"):
        if (place / REGISTRY).is_file():
            return place
    raise NetworkUnavailable(
        f"{REGISTRY}: expected it in models/ of this installation, found nothing; reinstall the program."
    )


def entries(root: Path | None = None) -> tuple[Entry, ...]:
    """Every network of the registry, in its order.

    Raises
    ------
    NetworkUnavailable
        The registry is missing, is no TOML, or an entry of it is not whole.
    """
    path = folder(root) / REGISTRY
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise NetworkUnavailable(f"{path}: expected a list of networks, found {problem.strerror}; {_AGAIN}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise NetworkUnavailable(f"{path}: expected TOML, found {problem}; {_AGAIN}.") from None
    rows = table.get("networks", [])
    if not isinstance(rows, list):
        raise NetworkUnavailable(f"{path}: expected [[networks]], found something else; {_AGAIN}.")
    found = tuple(_entry(path, row) for row in rows)
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise NetworkUnavailable(f"{path}: expected every name once, found {', '.join(sorted(names))}; {_AGAIN}.")
    return found


def entry(name: str, root: Path | None = None) -> Entry:
    """The network of that name.

    Raises
    ------
    NetworkUnavailable
        There is none, or the registry cannot be read.
    """
    known = entries(root)
    for one in known:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in known) or "none"
    raise NetworkUnavailable(f"{name}: expected one of the networks in {REGISTRY} ({names}), found none; {_AGAIN}.")


def verify(one: Entry, root: Path | None = None) -> bytes:
    """The weights of a network, byte for byte what the registry says; what was verified is what is then used.

    Raises
    ------
    NetworkUnavailable
        The file is missing or its hash is another; the message holds the file's name and both hashes.
    """
    path = folder(root) / one.file
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise NetworkUnavailable(
            f"{path}: expected weights with SHA-256 {one.sha256}, found no readable file ({problem.strerror}); "
            f"{_AGAIN}."
        ) from None
    actual = hashlib.sha256(content).hexdigest()
    if actual != one.sha256:
        raise NetworkUnavailable(
            f"{path}: expected weights with SHA-256 {one.sha256}, found {actual}; these are not the weights that were "
            f"tested: {_AGAIN}."
        )
    return content


def _entry(path: Path, row: object) -> Entry:
    """A row of the registry, checked; paths may not leave its folder."""
    wanted = {one.name for one in fields(Entry)}
    if not isinstance(row, dict) or set(row) != wanted:
        found = ", ".join(sorted(map(str, row))) if isinstance(row, dict) else type(row).__name__
        raise NetworkUnavailable(
            f"{path}: expected an entry of {', '.join(sorted(wanted))}, found {found or 'nothing'}; {_AGAIN}."
        )
    empty = [word for word in _WORDS if not (isinstance(row[word], str) and row[word].strip())]
    if empty:
        raise NetworkUnavailable(f"{path}: expected text for {', '.join(empty)}, found none; {_AGAIN}.")
    if not _SHA256.fullmatch(row["sha256"]):
        raise NetworkUnavailable(f"{path}: expected 64 hexadecimal digits, found sha256 {row['sha256']!r}; {_AGAIN}.")
    members = row["members"]
    if not isinstance(members, int) or isinstance(members, bool) or members < 1:
        raise NetworkUnavailable(f"{path}: expected members of 1 or more, found {members!r}; {_AGAIN}.")
    for word in ("file", "card"):
        if Path(row[word]).is_absolute() or ".." in Path(row[word]).parts:
            raise NetworkUnavailable(f"{path}: expected a {word} inside its folder, found {row[word]!r}; {_AGAIN}.")
    return Entry(**row)
