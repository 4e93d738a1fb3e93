"""The pages in front of the application as HTML: rendered here, in the language that the browser asks for.

They load one style sheet and one small script of this server, and nothing else.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tracker.wording import ENGLISH, LANGUAGES, language, n, spoken, t

FOLDER = Path(__file__).parent / "templates"
LANGUAGE_COOKIE = "tracker_language"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""Stricter than the application's: no inline code, no connections, no other machine."""
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    # Not "no-referrer": with that a browser sends "Origin: null" with a form, which the gate refuses.
    "referrer-policy": "same-origin",
}
_QUALITY = re.compile(r"q=([01](?:\.\d{0,3})?)")


def page(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    """One of the templates, in the language of the request.

    Parameters
    ----------
    request : Request
        Names the language.
    name : str
        File in the folder of templates.
    status : int
        Of the answer.
    **values
        For the template; everything is escaped there.
    """
    spoken_here = language_of(request)
    with spoken(spoken_here):
        links = [(code, words) for code, words in LANGUAGES.items() if code != language()]
        html = (
            _environment()
            .get_template(name)
            .render(language=language(), languages=links, path=request.url.path, **values)
        )
    response = HTMLResponse(html, status, HEADERS)
    if request.query_params.get("lang") == spoken_here:
        response.set_cookie(LANGUAGE_COOKIE, spoken_here, path="/", httponly=True, samesite="strict")
    return response


def language_of(request: Request) -> str:
    """Code of the language: asked for in the address, else chosen before, else what the browser prefers."""
    for code in (request.query_params.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, "")):
        if code in LANGUAGES:
            return code
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """The language of ours that a browser likes best by its header ``de-CH, de;q=0.9, en;q=0.8``; English for none."""
    wishes = []
    for place, part in enumerate(header[:200].split(",")):
        code, _, rest = part.strip().partition(";")
        found = _QUALITY.search(rest)
        wishes.append((-float(found.group(1)) if found else -1.0, place, code[:2].lower()))
    return next((code for _, _, code in sorted(wishes) if code in LANGUAGES), ENGLISH)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.globals |= {"t": t, "n": n}
    return made
