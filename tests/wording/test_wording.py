"""Which language is spoken where, and what stands in for a text that is not translated."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from babel.messages.pofile import read_po

from tracker import wording
from tracker.wording import capital, language, lowered, mark, n, spoken, t, titled, when

REAL = wording.FOLDER / "de.po"
"""The translation that is shipped; every test below has one of a few texts in its place."""
THE_SAME = {
    *("Global Aesthetic Improvement Scale", "ICC (95 %)", "SDC (95 %)", "SEM (95 %)", "{depth} mm"),
    *("Needling", "Patient", "Pigment", "Region", "Zone", "frontal", "perioral", "periorbital"),
    *("{author}, {day}, {time} UTC", "{author}, {day}: {text}", "{day}: {grade}", "{note}: {question}"),
    "{number}. Text",
}
"""Names, units and words that German writes as English does."""
ADVERTISING = re.compile(r"werb|rabatt|sonderangebot|jünger|verjüng|hautalter|makellos|anti-?aging", re.IGNORECASE)
SAID_OF_ADVERTISING = {"advertising of the clinic, website included"}
"""What a patient may consent to has to be named."""
FIGURE = re.compile(r"\d+")
MARKUP = re.compile(r"\*\*|`|:material/\w+:|:[a-z]+-badge\[|:[a-z]+\[")

GERMAN = """
msgid "Redness"
msgstr "Rötung"

msgid "{count} photo"
msgstr "{count} Foto"

msgid "{count} photos"
msgstr "{count} Fotos"

msgid "Not yet"
msgstr ""

#, fuzzy
msgid "Perhaps"
msgstr "Vielleicht"
"""


@pytest.fixture(autouse=True)
def german(tmp_path, monkeypatch):
    """A catalogue of a few texts in place of the real one, and nobody asked."""
    (tmp_path / "de.po").write_text(GERMAN, "utf-8")
    monkeypatch.setattr(wording, "FOLDER", tmp_path)
    monkeypatch.setattr(wording, "_ELSEWHERE", [])
    wording._texts.cache_clear()
    yield
    wording._texts.cache_clear()


def test_english_is_spoken_where_nobody_says_otherwise():
    assert language() == "en"
    assert t("Redness") == "Redness"
    assert n("{count} photo", "{count} photos", 1) == "1 photo"
    assert n("{count} photo", "{count} photos", 0) == "0 photos"


def test_a_block_speaks_its_language_and_no_longer():
    with spoken("de"):
        assert (t("Redness"), n("{count} photo", "{count} photos", 3)) == ("Rötung", "3 Fotos")
        with spoken("en"):
            assert t("Redness") == "Redness"
        assert t("Redness") == "Rötung"
    assert t("Redness") == "Redness"


@pytest.mark.parametrize("text", ["Not yet", "Perhaps", "Unheard of", "{braces} stay without values", "50 % of it"])
def test_what_is_not_translated_stays_english(text):
    with spoken("de"):
        assert t(text) == text


def test_values_are_filled_in_and_never_read_as_texts():
    assert t("{what}: {why}", what="Redness", why="{why}") == "Redness: {why}"
    with spoken("de"):
        assert t("{what}", what="Redness") == "Redness"


@pytest.mark.parametrize("code", ["fr", "DE", "../de", ""])
def test_an_unknown_language_is_english(code):
    with spoken(code):
        assert language() == "en"
        assert t("Redness") == "Redness"


def test_who_is_asked_decides_outside_of_blocks():
    wording.ask(lambda: "de")
    assert t("Redness") == "Rötung"
    with spoken("en"):
        assert t("Redness") == "Redness"
    wording.ask(lambda: "")
    assert t("Redness") == "Redness"


def test_a_block_in_one_thread_leaves_the_others_alone():
    together = threading.Barrier(2, timeout=10)

    def said(code: str) -> set[str]:
        with spoken(code):
            together.wait()
            return {t("Redness") for _ in range(200)}

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(said, ["de", "en"])) == [{"Rötung"}, {"Redness"}]


def test_days_are_written_as_the_language_writes_them():
    assert when(date(2026, 4, 4)) == "4 Apr 2026"
    with spoken("de"):
        assert when(date(2026, 4, 4)) == "4. Apr. 2026"


def test_german_keeps_the_capitals_of_nouns_inside_a_sentence():
    assert lowered("Skin tone (ITA)") == "skin tone (ITA)"  # what has no small letter is no word
    assert lowered("Redness (log R/G)") == "redness (log R/G)"
    assert lowered("Skin tone (ITA)", first=True) == "skin tone (ITA)"
    with spoken("de"):
        assert lowered(t("Redness")) == "Rötung"


def test_words_of_a_vocabulary_begin_with_a_capital():
    assert titled("close-up, left") == "Close-up, left"
    assert capital("") == ""
    assert mark("kept as it is") == "kept as it is"


@pytest.fixture(scope="module")
def translated():
    with REAL.open("rb") as stream:
        return {str(one.id): str(one.string) for one in read_po(stream) if one.id}


def test_german_says_everything(translated):
    assert [text for text, german in translated.items() if not german] == []


def test_no_german_text_is_the_english_one(translated):
    assert {text for text, german in translated.items() if text == german} == THE_SAME


def test_german_advertises_nothing_and_tells_no_age_of_skin(translated):
    assert {text for text, german in translated.items() if ADVERTISING.search(german)} == SAID_OF_ADVERTISING


def test_german_keeps_blanks_markup_and_figures_and_writes_as_german_is_written(translated):
    for text, german in translated.items():
        ends = [(one[:1].isspace(), one[-1:].isspace()) for one in (text, german)]
        assert ends[0] == ends[1], text
        assert MARKUP.findall(text) == MARKUP.findall(german), text
        assert sorted(FIGURE.findall(text)) == sorted(FIGURE.findall(german)), text
        assert not re.search(r"[\"']|\d\.\d|\d%| - |\.\.\.", german), german
        assert german.count("„") == german.count("“"), german
