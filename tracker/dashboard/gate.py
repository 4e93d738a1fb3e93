"""The door in front of every path and every WebSocket.

Nothing is answered without a live sign-in but the pages of the door itself. Requests for other names than this server's
(DNS rebinding) and requests sent by other web pages are refused before anything else is looked at.
"""

import asyncio
import os
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.clinic.workflow import door
from tracker.clinic.workflow.door import Present
from tracker.dashboard import cookies, state
from tracker.dashboard.faults import answered
from tracker.dashboard.quota import Quota, allowed
from tracker.errors import StoreUnavailable
from tracker.wording import spoken

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
HOSTS = "TRACKER_HOSTS"
"""Environment: further names that this server answers to, separated by blanks, where it serves a network with TLS."""
MAX_UPLOAD_MB = 60
"""A 48-megapixel phone JPEG has up to 25 MB, a 16-bit TIFF of 9 megapixels 54 MB."""
_MAX_BODY = (MAX_UPLOAD_MB + 1) * 1024 * 1024  # the multipart frame around the file takes some bytes too
CLOSED_PATHS = (
    "/media/",
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/script-health-check",
    "/auth/",
    "/oauth2callback",
)
"""Streamlit's own doors that this program never uses: /media answers anyone who holds a copy of a photo."""
UPLOAD_PATHS = ("/_stcore/upload_file", "/capture/")
QUOTA = Quota()
PICTURE_PATHS = ("/img/", "/export/", "/capture/", "/coach/")
OPEN_PATHS = ("/login", "/health", "/door.css", "/door.js", "/door.svg", "/session", "/oidc/start", "/oidc/callback")
OPEN_LINK = "/setup/"
"""What anybody may ask for: the door's own routes. Each by its whole path: what else stood under an open folder would
fall through to Streamlit, which answers any path with its page."""
PASSIVE_PATHS = ("/_stcore/", "/static/", "/session")
"""Asking for these is no sign that a person is at work; a run of a page is, and tells so itself."""
IDENTITY_HEADER = b"x-tracker-sign-in"
"""Set by the gate alone; Streamlit keeps it as ``st.user.sign_in`` and lets nobody with another one join a session."""
WATCH_S = 2.0
PRESENT = "tracker.present"
"""Name in the ASGI scope of who is asking."""
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "media-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing may be fetched from another machine; Streamlit needs inline code, Vega compiles its expressions."""


_INSTALLED = threading.Event()


def installed() -> bool:
    """Whether this process has a gate: pages show nothing without one."""
    return _INSTALLED.is_set()


class Gate:
    """ASGI middleware; pure, so that it sees WebSockets too.

    Parameters
    ----------
    app : ASGIApp
        Everything behind the door.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        _INSTALLED.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope = _without_claims(scope)
        refusal = refused(scope)
        if refusal is not None:
            await _answer(PlainTextResponse(refusal[1], refusal[0]), scope, receive, send)
            return
        if _is_open(scope):
            await answered(self._app, scope, receive, _guarded(scope, send))
            return
        try:
            here = await run_in_threadpool(_present, scope)
        except StoreUnavailable as error:
            await _answer(PlainTextResponse(str(error), 503), scope, receive, send)
            return
        if here is None:
            await _answer(_to_the_door(scope), scope, receive, send)
            return
        if (refusal := _too_much(scope, here)) is not None:
            await _answer(PlainTextResponse(refusal[1], refusal[0]), scope, receive, send)
            return
        scope = _with_identity(scope, here)
        with spoken(here.user.language):  # pictures and files to give away carry words too
            if scope["type"] == "websocket":
                await self._watched(scope, receive, send)
            else:
                await answered(self._app, scope, receive, _guarded(scope, send))

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket that is closed soon after its sign-in ended, whether anything is said on it or not."""
        ended = asyncio.Event()
        sign_in_id = scope[PRESENT].sign_in.id
        watch = asyncio.create_task(_watch(sign_in_id, ended))
        closing = asyncio.create_task(ended.wait())
        pending: asyncio.Task[Message] | None = None

        async def heard() -> Message:
            nonlocal pending
            pending = pending or asyncio.ensure_future(_next(receive))
            await asyncio.wait({pending, closing}, return_when=asyncio.FIRST_COMPLETED)
            if not closing.done():
                message, pending = pending.result(), None
                return message
            with suppress(Exception):  # the browser may have gone meanwhile
                await send({"type": "websocket.close", "code": 1008})
            return {"type": "websocket.disconnect", "code": 1008}

        async def said(message: Message) -> None:
            if not closing.done():
                await send(message)

        try:
            await self._app(scope, heard, said)
        finally:
            for task in (watch, closing, pending):
                if task is not None:
                    task.cancel()


async def _next(receive: Receive) -> Message:
    return await receive()


async def _watch(sign_in_id: str, ended: asyncio.Event) -> None:
    while True:
        await asyncio.sleep(WATCH_S)
        with suppress(StoreUnavailable):  # a busy store is no reason to throw anybody out
            if await run_in_threadpool(_gone, sign_in_id):
                ended.set()
                return


def _gone(sign_in_id: str) -> bool:
    return door.present(state.opened(), sign_in_id=sign_in_id, active=False) is None


def _present(scope: Scope) -> Present | None:
    token = cookies.read(scope)
    if not token:
        return None
    return door.present(state.opened(), token=token, active=not scope["path"].startswith(PASSIVE_PATHS))


def _too_much(scope: Scope, here: Present) -> tuple[int, str] | None:
    """Status and reason of an upload that its person may not send, before a byte of it is read; else None."""
    if scope["type"] != "http" or scope["method"] not in ("PUT", "POST", "PATCH"):
        return None
    if not scope["path"].startswith(UPLOAD_PATHS):
        return None
    if not allowed(here.actor):
        return 404, "Not found."  # as for everything else that this person has no part in
    words = QUOTA.refusal(here.actor, int(dict(scope["headers"])[b"content-length"]))  # _oversize saw to the figure
    return (429, words) if words else None


def _without_claims(scope: Scope) -> Scope:
    """The request without a header that only the gate may set."""
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != IDENTITY_HEADER]
    return {**scope, "headers": kept}


def _with_identity(scope: Scope, here: Present) -> Scope:
    headers = [*scope["headers"], (IDENTITY_HEADER, here.sign_in.id.encode())]
    return {**scope, "headers": headers, PRESENT: here}


def _is_open(scope: Scope) -> bool:
    folder, slash, link = scope["path"].rpartition("/")
    is_link = folder + slash == OPEN_LINK and bool(link)
    return scope["type"] == "http" and (scope["path"] in OPEN_PATHS or is_link)


def _to_the_door(scope: Scope) -> Response:
    """Where somebody goes who is not signed in: a page to the login, anything else nowhere."""
    accepts = dict(scope["headers"]).get(b"accept", b"")
    if scope["type"] == "http" and scope["method"] == "GET" and b"text/html" in accepts:
        return RedirectResponse("/login", 303)
    return PlainTextResponse("Sign in first.", 401)


async def _answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        # Closing before accepting makes the server answer the handshake with 403.
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await response(scope, receive, _guarded(scope, send))


def refused(scope: Scope) -> tuple[int, str] | None:
    """Status and reason of a refusal whoever asks, or None for a request that may be looked at."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    if not _is_for_us(scope, host):
        return 403, "This server does not answer to that name or address; ask for it by the name it was set up with."
    if not _same_origin(scope, headers, host):
        return 403, "Refused: the request came from another web page."
    path = scope["path"]
    if path.startswith(CLOSED_PATHS) or path == "/media":
        return 404, "Not found."
    if path.startswith("/export/") and scope.get("method") == "HEAD":
        return 405, "An export is fetched, not asked about: it is written down who took it."
    return _oversize(scope, headers)


def _is_for_us(scope: Scope, host: str) -> bool:
    """Whether the request is for a name of this server; the computer's own names only from the computer itself."""
    name = _name(host)
    if name in LOOPBACK_NAMES:
        client = scope.get("client")
        return client is not None and client[0] in ("127.0.0.1", "::1", "::ffff:127.0.0.1")
    return bool(name) and name in os.environ.get(HOSTS, "").casefold().split()


def _name(host: str) -> str:
    try:
        return "" if "@" in host else (urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return ""


def _same_origin(scope: Scope, headers: dict[str, str], host: str) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return origin in (f"http://{host}", f"https://{host}")
    if scope["type"] == "websocket":
        return False  # every browser names its origin here; what does not is no browser
    site = headers.get("sec-fetch-site")
    if scope["method"] in ("PUT", "POST", "PATCH", "DELETE"):
        return site in ("same-origin", None)
    if scope["path"].startswith(PICTURE_PATHS):
        return site in ("same-origin", "none", None)
    return True


def _oversize(scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
    if scope["type"] != "http" or scope["method"] not in ("PUT", "POST", "PATCH"):
        return None
    length = headers.get("content-length", "")
    if not length.isdigit():
        return 411, "Refused: an upload must say how long it is."
    if int(length) > _MAX_BODY:
        return 413, f"The photo is too big: at most {MAX_UPLOAD_MB} MB are accepted."
    return None


def _guarded(scope: Scope, send: Send) -> Send:
    headers: list[tuple[bytes, bytes]] = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),  # "no-referrer" makes a browser send our own forms with "Origin: null"
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
    ]
    if scope.get("scheme") in ("https", "wss"):
        headers.append((b"strict-transport-security", b"max-age=31536000"))
    if scope["path"].startswith(PICTURE_PATHS):
        headers.append((b"cache-control", b"private, no-store"))

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _merged(message.get("headers", []), headers)}
        await send(message)

    return guarded


def _merged(own: Any, ours: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with ours in place of its own; a stricter content policy of its own stays."""
    names = {name for name, _ in ours}
    kept = [(name, value) for name, value in own if name.lower() not in names]
    if not any(name.lower() == b"content-security-policy" for name, _ in kept):
        kept.append((b"content-security-policy", CONTENT_POLICY.encode()))
    return [*kept, *ours]
