"""The pages in a language that writes every known text in capitals: what stays in small letters has no translation."""

import re
from pathlib import Path

import pytest

from tracker import wording
from tracker.dashboard import state
from tracker.wording.collecting import collected

PAGES = Path(state.__file__).parent / "pages"
NAMES = ("patients", "timeline", "upload", "compare", "progress", "outcomes", "repeatability")
KINDS = ("title", "subheader", "caption", "button", "selectbox", "radio", "text_input", "number_input", "expander")
PERSONS = {"P-001", "Jane", "<b>Roe</b>", "pen", "left", "cheek"}
"""Words that a person wrote down stay as they are."""


def capitals(text: str) -> str:
    """The text in capitals, its values and everything that is no word left alone."""
    return re.sub(r"\{[^}]*\}|[a-zà-ÿ]", lambda found: found[0] if found[0][0] == "{" else found[0].upper(), text)


@pytest.fixture
def in_capitals(monkeypatch):
    """Every text of the catalogue in capitals, as a German would have it."""
    texts = {str(message.id): capitals(str(message.id)) for message in collected() if message.id}
    monkeypatch.setattr(wording, "language", lambda: "de")
    monkeypatch.setattr(wording, "_texts", lambda code: texts)


def small_words(text: str) -> list[str]:
    return [word for word in re.findall(r"[\w<>/-]+", text) if word not in PERSONS and re.search(r"[a-z]{3}", word)]


@pytest.mark.parametrize("page", NAMES)
def test_headings_and_labels_of_every_page_are_translated(page, in_capitals, drawn_app):
    app = drawn_app.switch_page(str(PAGES / f"{page}.py")).run()
    assert not app.exception
    told = [one.label if hasattr(one, "label") else one.value for kind in KINDS for one in app.main.get(kind)]
    told = [one for one in told if ":orange-badge" not in one]  # Markdown of its own, not read
    assert len(told) > 1
    # The reasons of doubts are written when a photo is measured, in English, and kept so.
    left = {one: words for one in told if (words := small_words(one.replace("\\", ""))) and not from_record(one)}
    assert left == {}


def from_record(text: str) -> bool:
    """Whether a caption repeats what was written down when a photo was measured."""
    return any(sign in text for sign in ("card", "Judged together", "figures of these two photos"))
