"""The door in front of every path and every WebSocket.

Until there are accounts, the only proof of being allowed in is to sit at this computer: connections from elsewhere,
names other than this computer's own (DNS rebinding) and requests sent by other web pages are refused.
"""

import threading
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_UPLOAD_MB = 60
"""A 48-megapixel phone JPEG has up to 25 MB, a 16-bit TIFF of 9 megapixels 54 MB."""
_MAX_BODY = (MAX_UPLOAD_MB + 1) * 1024 * 1024  # the multipart frame around the file takes some bytes too
CLOSED_PATHS = ("/media/", "/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
"""Streamlit's own doors that this program never uses: /media answers anyone who holds a copy of a photo."""
PICTURE_PATHS = ("/img/", "/export/")
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
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
        refusal = refused(scope)
        if refusal is None:
            await self._app(scope, receive, _guarded(scope, send))
        elif scope["type"] == "websocket":
            # Closing before accepting makes the server answer the handshake with 403.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            status, reason = refusal
            await PlainTextResponse(reason, status)(scope, receive, _guarded(scope, send))


def refused(scope: Scope) -> tuple[int, str] | None:
    """Status and reason of a refusal, or None for a request that may pass."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    if not _is_here(scope) or not _is_loopback(host):
        return 403, "This dashboard answers only to the computer it runs on: open http://127.0.0.1 with its port."
    if not _same_origin(scope, headers, host):
        return 403, "Refused: the request came from another web page."
    path = scope["path"]
    if path.startswith(CLOSED_PATHS) or path == "/media":
        return 404, "Not found."
    return _oversize(scope, headers)


def _is_here(scope: Scope) -> bool:
    client = scope.get("client")
    return client is not None and client[0] in ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def _is_loopback(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK_NAMES and "@" not in host
    except ValueError:
        return False


def _same_origin(scope: Scope, headers: dict[str, str], host: str) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return origin in (f"http://{host}", f"https://{host}")
    if scope["type"] == "websocket":
        return False  # every browser names its origin here; what does not is no browser
    if scope["path"].startswith(PICTURE_PATHS):
        return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
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
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-security-policy", CONTENT_POLICY.encode()),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    if scope["path"].startswith(PICTURE_PATHS):
        headers.append((b"cache-control", b"private, no-store"))

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name for name, _ in headers}
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in names]
            message = {**message, "headers": [*kept, *headers]}
        await send(message)

    return guarded
