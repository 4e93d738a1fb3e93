"""The catalogue holds every text, and every text that a person reads goes through it."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tracker.wording import ENGLISH, FOLDER, LANGUAGES
from tracker.wording.collecting import as_file, collected, merged, missing, placeholders, texts_in

DASHBOARD = FOLDER.parent / "dashboard"
FIRST = {
    *("badge", "button", "caption", "camera_input", "checkbox", "date_input", "download_link", "empty", "error"),
    *("expander", "file_uploader", "form_submit_button", "header", "history", "info", "link_button", "markdown"),
    *("metric", "multiselect", "notes", "number_input", "pills", "popover", "progress", "progress_bar"),
    *("radio", "remembered_choice", "segmented_control", "select_slider", "selectbox", "slider", "spinner", "status"),
    *("subheader", "success", "text", "text_area", "text_input", "title", "toast", "toggle", "warning", "write"),
}
"""Calls whose first arguments without a name are read by a person."""
NAMED = {"label", "help", "placeholder", "title", "caption", "body"}
NAMING = {*FIRST, "Page", "page_link"}
"""Calls whose arguments of these names are read by a person."""
PAGES_AND_WIDGETS = sorted(DASHBOARD.rglob("*.py"))
ALLOWED = {"P-001"}
"""Signs and examples that are the same in every language."""


@pytest.fixture(scope="module")
def catalogue():
    return collected()


def read(path: Path):
    with path.open("rb") as stream:
        return read_po(stream)


def test_the_committed_catalogue_is_up_to_date(catalogue):
    known = {message.id for message in read(FOLDER / "catalogue.pot") if message.id}
    found = {message.id for message in catalogue if message.id}
    assert (found - known, known - found) == (set(), set()), "run: python -m tracker.wording"


def test_the_same_texts_give_the_same_file(catalogue):
    assert as_file(catalogue) == as_file(collected())
    assert b"POT-Creation-Date" not in as_file(catalogue)


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {ENGLISH}))
def test_a_translation_has_the_texts_and_the_values_of_the_english(language, catalogue):
    path = FOLDER / f"{language}.po"
    assert path.read_bytes() == as_file(merged(catalogue, language)), "run: python -m tracker.wording"
    for message in read(path):
        if message.id and message.string:
            assert placeholders(message.string) == placeholders(message.id), message.id


def test_no_text_has_a_value_without_a_name(catalogue):
    for message in catalogue:
        assert all(name.isidentifier() for name in placeholders(str(message.id))), message.id


def test_vocabularies_are_in_the_catalogue_without_being_named(catalogue):
    known = {message.id for message in catalogue}
    assert {"acne scars", "left oblique (45°)", "no detectable change", "scar area", "relative time"} <= known
    assert not {"scar_area", "uncalibrated"} & known


def test_texts_are_found_by_the_functions_that_were_imported():
    source = (
        "from tracker.wording import mark, n, t\n"
        "t('one'); n('two', 'three', 4); mark('five ' 'six'); t('seven' if x else 'eight'); t(name); other.t('nine')\n"
        "t('ten {what}', what=t('eleven'))\n"
    )
    found = ["one", "two", "three", "five six", "seven", "eight", "ten {what}", "eleven"]
    assert texts_in(source, "x.py") == found
    assert texts_in("t('of somebody else')", "x.py") == []


@pytest.mark.parametrize("made", ["f'{count} photos'", "'a' + b", "'%d photos' % count"])
def test_a_text_that_is_put_together_is_refused(made):
    with pytest.raises(ValueError, match=r"x\.py, line 2: expected one literal text"):
        texts_in(f"from tracker.wording import t\nt({made})", "x.py")


def test_what_is_gone_is_dropped_and_what_is_new_is_missing(tmp_path, monkeypatch, catalogue):
    from tracker.wording import collecting

    (tmp_path / "de.po").write_text('msgid "Redness"\nmsgstr "Rötung"\n\nmsgid "Gone"\nmsgstr "Weg"\n', "utf-8")
    monkeypatch.setattr(collecting, "FOLDER", tmp_path)
    found = merged(catalogue, "de")
    texts = {message.id: message.string for message in found if message.id}
    assert texts["Redness"] == "Rötung"
    assert "Gone" not in texts
    assert len(missing(found)) == len(texts) - 1


def bare(node: ast.expr | None) -> bool:
    """Whether letters stand in the code that no translation reaches."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value not in ALLOWED and any(map(str.isalpha, node.value))
    if isinstance(node, ast.JoinedStr):
        # A value in between is somebody's words or another translated text; an address or a badge of Markdown is none.
        parts = [one.value for one in node.values if isinstance(one, ast.Constant)]
        return any(" " in part.strip() and bare(ast.Constant(part)) for part in parts)
    if isinstance(node, ast.IfExp):
        return bare(node.body) or bare(node.orelse)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return bare(node.left) or bare(node.right)
    return False


def bare_labels(source: str) -> list[int]:
    lines = []
    for call in ast.walk(ast.parse(source)):
        # sys.stdout.write, where the receiver is no plain name, speaks to whoever started the server.
        if isinstance(call, ast.Call) and not isinstance(getattr(call.func, "value", None), ast.Attribute):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            read = [word.value for word in call.keywords if word.arg in NAMED and name in NAMING]
            read += call.args[: 3 if name in ("empty", "notes", "progress") else 1] if name in FIRST else []
            lines += [call.lineno for one in read if bare(one)]
    return sorted(set(lines))


@pytest.mark.parametrize("path", PAGES_AND_WIDGETS, ids=lambda path: path.relative_to(DASHBOARD).as_posix())
def test_pages_and_widgets_show_no_text_that_cannot_be_translated(path):
    assert bare_labels(path.read_text("utf-8")) == []


def test_a_bare_label_is_noticed():
    assert bare_labels("st.title('Patients')\nst.title(t('Patients'))\nst.button(f'{n} photos taken')") == [1, 3]
    assert bare_labels("st.button('' if done else 'Go')\nst.caption('–')\ncolumn.text_input(t('x'), help='y')") == [
        1,
        3,
    ]
    assert bare_labels("st.markdown(f'**{name}**')\nst.progress(0.5, 'Working')") == [2]


@pytest.mark.parametrize("path", sorted(DASHBOARD.rglob("*.html")), ids=lambda path: path.name)
def test_components_get_their_words_with_their_data(path):
    html = path.read_text("utf-8")
    between = re.findall(r">([^<]*)<", html)
    attributes = re.findall(r'\b(?:aria-label|alt|title|placeholder)="([^"]*)"', html)
    assert [text for text in (*between, *attributes) if any(map(str.isalpha, text))] == []
