"""Every text that a person reads, in the language of that person.

The English text stands in the code, where it is used, and is the key: ``t("Add a patient")``. ``catalogue.pot`` lists
them all; ``<language>.po`` beside it holds a translation. ``python -m tracker.wording`` collects the texts anew and
says what a translation lacks.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch"}
"""Code and name of each language, in itself."""

_SPOKEN: ContextVar[str] = ContextVar("spoken", default="")
_ELSEWHERE: list[Callable[[], str]] = []


def t(text: str, /, **values: object) -> str:
    """The text in the language of this moment, with its ``{values}`` filled in.

    Parameters
    ----------
    text : str
        English; what is not translated stays so.
    **values
        For the names in braces. Without any, braces are left as they are.
    """
    spoken = _texts(language()).get(text, str(text))
    return spoken.format(**values) if values else spoken


def n(one: str, many: str, count: int, /, **values: object) -> str:
    """One of two texts by a count, which is also the value ``{count}``."""
    return t(one if count == 1 else many, **{"count": count, **values})


def mark(text: str) -> str:
    """The same text; put it round texts that are kept in a table and translated by :func:`t` where they are used."""
    return text


def capital(text: str) -> str:
    """The same text with a capital at its start."""
    return text[:1].upper() + text[1:]


def titled(word: str) -> str:
    """A word of a vocabulary in the language of this moment, with a capital at its start."""
    return capital(t(str(word)))


def lowered(text: str, *, first: bool = False) -> str:
    """A translated name as it stands inside a sentence: in small letters where the language writes nouns so.

    Parameters
    ----------
    text : str
        In the language of this moment.
    first : bool
        Only its first letter.
    """
    if language() not in _SMALL_NOUNS:
        return text
    if first:
        return text[:1].lower() + text[1:]
    # "ITA" and "R/G" stay: what has no small letter is no word.
    return " ".join(word.lower() if any(sign.islower() for sign in word) else word for word in text.split(" "))


def decimal(figure: str) -> str:
    """``"6.1"`` with the decimal sign of the language of this moment."""
    return figure.replace(".", _DECIMAL_SIGNS.get(language(), "."))


def when(day: date) -> str:
    """``"4 Apr 2026"``, as the language of this moment writes it."""
    if language() == ENGLISH:
        return f"{day:%-d %b %Y}"
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMd", day, locale=language()))


def language() -> str:
    """The language of this moment: of the block it is spoken in, else of where :func:`ask` points to, else English."""
    told = _SPOKEN.get() or next((found for one in _ELSEWHERE if (found := one())), ENGLISH)
    return told if told in LANGUAGES else ENGLISH


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak a language inside the block, in this thread or task alone."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def ask(where: Callable[[], str]) -> None:
    """Name a function that knows the language where no block says it: a page's session, which threads do not share."""
    _ELSEWHERE[:] = [where]


_SMALL_NOUNS = frozenset({ENGLISH})
_DECIMAL_SIGNS = {"de": ","}


@lru_cache(maxsize=8)
def _texts(language: str) -> dict[str, str]:
    path = FOLDER / f"{language}.po"
    if language == ENGLISH or not path.is_file():
        return {}
    from babel.messages.pofile import read_po  # 0.1 s to import: English needs none of it

    with path.open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream) if m.id and m.string and not m.fuzzy}
