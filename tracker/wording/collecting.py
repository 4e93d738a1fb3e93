"""The catalogue of all texts, made from the source and from the clinic's vocabulary."""

import ast
import importlib
import inspect
import io
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from tracker.wording import FOLDER

PACKAGE = FOLDER.parent
TEXTS_OF = {"t": 1, "mark": 1, "n": 2}
"""How many of the first arguments of these functions are texts."""
VOCABULARIES = (
    "tracker.clinic.access",
    "tracker.clinic.types",
    "tracker.clinic.types.plan",
    "tracker.clinic.types.review",
    "tracker.clinic.workflow.protocols",
    "tracker.exports.comparison",
    "tracker.imaging.types",
)
"""Modules whose enumerations carry words that are shown."""
UNSEEN = ("FlagCode", "AnalysisStatus", "SightingKind", "FileKind", "Scope", "Situation")
"""Enumerations whose words are names in files and addresses, never shown."""


def collected() -> Catalog:
    """Every text of the program, sorted, each with the files that use it."""
    found: dict[str, set[str]] = {}
    for place, text in [*_of_sources(), *_of_templates(), *_of_vocabularies()]:
        found.setdefault(text, set()).add(place)
    catalogue = Catalog(project="skin-progress-tracker", charset="utf-8")
    for text in sorted(found):
        catalogue.add(text, locations=[(place, 1) for place in sorted(found[text])])
    return catalogue


def texts_in(source: str, name: str) -> list[str]:
    """The texts of one Python file, in the order in which they stand.

    Parameters
    ----------
    source : str
        Python.
    name : str
        Of the file, for the message.

    Raises
    ------
    ValueError
        A text is put together where it is translated: such a text is in no catalogue.
    """
    tree = ast.parse(source)
    imported = [one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) and one.module == "tracker.wording"]
    known = {alias.name for one in imported for alias in one.names if alias.asname is None} & TEXTS_OF.keys()
    calls = [
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in known
    ]
    calls.sort(key=lambda one: (one.lineno, one.col_offset))
    found = []
    for call in calls:
        assert isinstance(call.func, ast.Name)
        for argument in call.args[: TEXTS_OF[call.func.id]]:
            found += _literals(argument, name)
    return found


def _literals(node: ast.expr, name: str) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _literals(node.body, name) + _literals(node.orelse, name)
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        raise ValueError(
            f"{name}, line {node.lineno}: expected one literal text, found one that is put together; write it whole, "
            "with its values in braces."
        )
    return []  # a name: its text was marked where it is kept


def _of_sources() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        place = _place(path)
        yield from ((place, text) for text in texts_in(path.read_text("utf-8"), place) if text)


def _of_templates() -> Iterator[tuple[str, str]]:
    keywords = {"t": None, "n": (1, 2)}
    for path in sorted(PACKAGE.rglob("*.html.jinja")):
        with path.open("rb") as stream:
            for _, message, _, _ in extract("jinja2.ext:babel_extract", stream, keywords=keywords):
                texts = (message,) if isinstance(message, str) else message
                yield from ((_place(path), text) for text in texts if text)


def _of_vocabularies() -> Iterator[tuple[str, str]]:
    for name in VOCABULARIES:
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(kind, StrEnum) and kind.__name__ not in UNSEEN:
                yield from ((f"{kind.__module__.replace('.', '/')}.py", str(word).replace("_", " ")) for word in kind)


def _place(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


def placeholders(text: str) -> set[str]:
    """The names in braces of a text."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


def merged(catalogue: Catalog, language: str) -> Catalog:
    """The translation with exactly the texts of the catalogue; what is gone is dropped, nothing is guessed."""
    path = FOLDER / f"{language}.po"
    known: dict[str, str] = {}
    if path.is_file():
        with path.open("rb") as stream:
            known = {str(message.id): str(message.string) for message in read_po(stream) if message.id}
    translation = Catalog(locale=language, project="skin-progress-tracker", charset="utf-8")
    for message in catalogue:
        if message.id:
            translation.add(message.id, known.get(str(message.id), ""), locations=message.locations)
    return translation


def missing(translation: Catalog) -> list[Message]:
    """The texts that a translation does not have."""
    return [message for message in translation if message.id and not message.string]


def as_file(catalogue: Catalog) -> bytes:
    """A catalogue as a file without dates, so that the same texts give the same bytes."""
    out = io.BytesIO()
    write_po(out, catalogue, width=120, omit_header=True, include_lineno=False)
    return out.getvalue()


def written(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue, see :func:`as_file`."""
    path.write_bytes(as_file(catalogue))
