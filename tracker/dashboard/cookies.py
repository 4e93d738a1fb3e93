"""The cookie that carries a sign-in's token: never readable by a script, never sent for another web page."""

from typing import Any

from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

NAME = "tracker_session"


def session_cookie_name(secure: bool) -> str:
    """With TLS the ``__Host-`` name, which no other host and no plain connection can set."""
    return f"__Host-{NAME}" if secure else NAME


def is_secure(scope: Scope) -> bool:
    """Whether a request came over TLS."""
    return scope.get("scheme") in ("https", "wss")


def read(scope: Scope) -> str:
    """The token of a request; empty where it has none."""
    return read_named(scope, session_cookie_name(is_secure(scope)))


def read_named(scope: Scope, name: str) -> str:
    """The value of one cookie of a request; empty where it has none."""
    for header, value in scope["headers"]:
        if header.lower() == b"cookie":
            # Not SimpleCookie: it gives up at the first odd cookie, and other programs of this computer set some too.
            found = cookie_parser(value.decode("latin-1")).get(name)
            if found is not None:
                return found
    return ""


def give(response: Response, scope: Scope, token: str) -> None:
    """Put the token into the browser until it is closed."""
    secure = is_secure(scope)
    response.set_cookie(session_cookie_name(secure), token, **_flags(secure))


def take(response: Response, scope: Scope) -> None:
    """Take the token out of the browser."""
    secure = is_secure(scope)
    response.delete_cookie(session_cookie_name(secure), **_flags(secure))


def _flags(secure: bool) -> dict[str, Any]:
    return {"path": "/", "secure": secure, "httponly": True, "samesite": "strict"}
