"""The language of the pages in front of the application, and that they can be rendered in each."""

import pytest
from jinja2 import Environment, meta

from tracker.dashboard import door_pages
from tracker.wording import LANGUAGES, spoken


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-CH, de;q=0.9, en;q=0.8", "de"),
        ("fr, it;q=0.9", "en"),
        ("en;q=0.2, de;q=0.7", "de"),
        ("fr;q=1.0, de;q=0.1", "de"),
        (";;;,,,q=", "en"),
        ("*", "en"),
        ("de;q=x", "de"),
        ("x" * 10_000, "en"),
    ],
)
def test_the_language_that_a_browser_likes_best(header, code):
    assert door_pages.preferred(header) == code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_is_escaped_and_speaks_each_language(language):
    environment = door_pages._environment()
    assert environment.autoescape
    known = {"t", "n", "language", "languages", "path"}
    for name in environment.list_templates(extensions=["jinja"]):
        source = environment.loader.get_source(environment, name)[0]
        assert "|safe" not in source.replace(" ", "")
        values = dict.fromkeys(
            meta.find_undeclared_variables(Environment(autoescape=True).parse(source)) - known, "<b>"
        )
        values |= {"language": language, "languages": [], "path": "/login"}
        if name == "setup.html.jinja":
            values |= {"user": None, "kept": dict.fromkeys(("practice", "login", "name", "clinician"), "<b>")}
        if name == "login.html.jinja":
            values |= {"demo": ()}
        with spoken(language):
            html = environment.get_template(name).render(values)
        assert "<b>" not in html
