"""The line with the way out, and its watch on the time; what it does in a browser is in tests/browser."""

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tracker.dashboard.widgets import watch

JS = (Path(watch.__file__).parent / "watch.js").read_text("utf-8")


def drawn(language="en"):
    def page(language):
        from tracker.dashboard.widgets.watch import watch
        from tracker.wording import spoken

        with spoken(language):
            watch("Ada <b>Quill</b>")

    app = AppTest.from_function(page, args=(language,)).run()
    assert not app.exception
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


def test_it_has_the_name_and_its_words():
    data = drawn()
    assert data["name"] == "Ada <b>Quill</b>"  # set as text, never as HTML
    assert "innerHTML" not in JS
    assert data["words"]["out"] == "Sign out"
    assert data["warned"] >= 20  # WCAG 2.2.1
    assert data["every"] * 2 < data["warned"]  # the warning is not overslept


def test_it_asks_this_server_alone_and_leaves_when_refused():
    assert 'fetch("/session"' in JS
    assert 'location.replace("/login")' in JS
    assert "http" not in JS.replace("https?", "")


def test_the_way_out_is_a_form_that_works_without_a_script():
    html = (Path(watch.__file__).parent / "watch.html").read_text("utf-8")
    assert '<form method="post" action="/logout"><button type="submit"' in html
