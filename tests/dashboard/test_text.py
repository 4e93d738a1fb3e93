"""What people and files name is shown literally."""

import pytest
from streamlit.testing.v1 import AppTest

from tracker.dashboard.widgets import plain

HOSTILE = ["<script>alert(1)</script>", "![x](http://evil.example/x.png)", "[a](javascript:1)", "**b** `c` $x$ :red[d]"]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_signs_are_taken_literally(text):
    escaped = plain(text)
    assert escaped.replace("\\", "").replace("\u2060", "") == text
    for sign in "<[!*`$:(":
        assert all(escaped[at - 1] == "\\" for at, found in enumerate(escaped) if found == sign)


@pytest.mark.parametrize("text", HOSTILE)
def test_html_is_escaped(text):
    def page(words):
        from tracker.dashboard import widgets

        widgets.empty(words, words)
        widgets.download_link(f'/export/"onclick="{words}', words)

    app = AppTest.from_function(page, args=(text,)).run()
    for block in app.get("html"):
        assert "<script" not in block.proto.body
        assert '"onclick' not in block.proto.body


def test_verdict_cards_show_the_verdict_class_and_sentence():
    def page():
        from tracker.dashboard import widgets
        from tracker.imaging.types import Change, Metric, Verdict

        nan = float("nan")
        widgets.verdict_cards(
            [
                Change(Metric.REDNESS, "chin", "H", 1, 9, 8, 2, (6, 10), Verdict.CHANGED),
                Change(Metric.PORES, "chin", "", nan, nan, nan, nan, (nan, nan), Verdict.NOT_ASSESSABLE),
            ],
            first_is_large=True,
        )

    (block,) = AppTest.from_function(page).run().get("html")
    assert block.proto.body.count("spt-verdict") == 2
    assert 'spt-verdict changed first">Redness (chin) rose by 8.0\u00a0H' in block.proto.body
    assert 'spt-verdict withheld">Pores (chin): not assessable.' in block.proto.body


def test_what_is_withheld_for_one_reason_is_said_once_and_last():
    def page():
        from tracker.dashboard import widgets
        from tracker.imaging.types import Change, Flag, FlagCode, Metric, Verdict

        nan = float("nan")
        why = [Flag(FlagCode.TOO_FEW_REPEATS, f"{part}: it moves.", "Repeat.", (Metric.REDNESS,)) for part in "ab"]
        changes = [
            Change(Metric.REDNESS, part, "H", nan, nan, nan, nan, (nan, nan), Verdict.NOT_ASSESSABLE, (flag,))
            for part, flag in zip("ab", why, strict=True)
        ]
        told = Change(Metric.REDNESS, "chin", "H", 1, 9, 8, 2, (6, 10), Verdict.CHANGED)
        widgets.verdict_cards([*changes, told], first_is_large=True)

    (block,) = AppTest.from_function(page).run().get("html")
    assert block.proto.body.count("spt-verdict") == 2
    assert 'changed first">' in block.proto.body
    assert block.proto.body.index("changed first") < block.proto.body.index("Redness (a, b): not assessable. It moves.")


def test_no_changes_draw_nothing():
    def page():
        from tracker.dashboard import widgets

        widgets.verdict_cards([])

    app = AppTest.from_function(page).run()
    assert not app.exception
    assert not app.get("html")


@pytest.mark.parametrize(
    "text", ["http://evil.example", "HTTPS://evil.example", "www.evil.example", ":material/skull:"]
)
def test_addresses_and_icons_stay_text(text):
    """Both are made after the backslashes are gone: only a sign inside of them keeps them as they are."""
    assert text not in plain(text).replace("\\", "")


@pytest.mark.parametrize("text", ["10:30", "12:30:05", "a: b: c", "P-001 · Jane Roe", "www", "face (left cheek)"])
def test_what_is_no_address_keeps_its_letters(text):
    assert plain(text).replace("\\", "") == text
