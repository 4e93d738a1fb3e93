"""The door: signing in and out, one-time links, and what anybody may ask for.

No password, token or login is ever logged or stands in an address, but for the one-time link itself.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from urllib.parse import parse_qs

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tracker.clinic.passwords import SHORTEST
from tracker.clinic.workflow import door
from tracker.clinic.workflow.demo_accounts import demo_accounts
from tracker.clinic.workflow.door import FirstAccount, NotLetIn
from tracker.dashboard import cookies, oidc, state
from tracker.dashboard.door_pages import FOLDER, HEADERS, language_of, page
from tracker.errors import StoreUnavailable, TrackerError
from tracker.wording import spoken, t

FORM_COOKIE = "tracker_form"
MOST_BYTES = 8192
"""Of a form: a pass-phrase of 256 signs in percent notation has at most 3 kB."""
MOST_FIELDS = 12
SLOW_AT_ONCE = 2
"""Passwords that are hashed at one time: each takes 64 MiB for 0.1 s."""
_SLOW: RunVar[anyio.CapacityLimiter] = RunVar("passwords hashed at one time")


class _Refused(Exception):
    """A form that is not one of ours; the status says how."""

    def __init__(self, status: int) -> None:
        self.status = status


async def login(request: Request) -> Response:
    """``GET /login``: the page, or on to the application for somebody who is signed in. ``POST``: sign in."""
    return await _answered(request, partial(_log_in if request.method == "POST" else _show_login, request))


async def setup(request: Request) -> Response:
    """``/setup/{token}``: the first account, or a new password, by a one-time link."""
    return await _answered(request, partial(_set_up if request.method == "POST" else _show_setup, request))


async def logout(request: Request) -> Response:
    """``POST /logout``: end this sign-in. The cookie only comes with requests of our own pages (SameSite=Strict)."""
    return await _told_if_unavailable(request, run_in_threadpool(_log_out, request))


def session(request: Request) -> Response:
    """``GET /session``: seconds until the sign-in ends if nothing more is done; asking puts nothing off."""
    token = cookies.read(request.scope)
    try:
        here = door.present(state.opened(), token=token, active=False) if token else None
    except StoreUnavailable:
        return PlainTextResponse("", 503)
    left = 0 if here is None else max(0, int((here.ends - datetime.now(UTC)).total_seconds()))
    answer = {"signed_in": here is not None, "ends_in": left}
    return JSONResponse(answer, 200 if here is not None else 401, {"cache-control": "no-store"})


def health(_: Request) -> Response:
    """``GET /health``: that the server answers, and nothing else."""
    return PlainTextResponse("ok", headers={"cache-control": "no-store"})


def part(request: Request) -> Response:
    """``GET /door.css``, ``/door.js``, ``/door.svg``: what the pages of the door are made of."""
    return FileResponse(FOLDER / request.url.path.removeprefix("/"), headers={"cache-control": "no-cache"})


async def _answered(request: Request, made: Callable[[dict[str, str]], Response]) -> Response:
    """The answer to a page or a form of the door; a mistake becomes a page that says so."""
    if request.method != "POST":
        return await _told_if_unavailable(request, run_in_threadpool(made, {}))
    try:
        fields = await _form(request)
    except _Refused as refused:
        with spoken(language_of(request)):
            words = t("This form was open for too long, or came from another page. Open the page again.")
        return page(request, "message.html.jinja", refused.status, words=words, again="/login")
    return await _told_if_unavailable(request, anyio.to_thread.run_sync(made, fields, limiter=_limiter()))


async def _told_if_unavailable(request: Request, answer: Awaitable[Response]) -> Response:
    try:
        return await answer
    except StoreUnavailable:
        with spoken(language_of(request)):
            words = t("The records cannot be reached at this moment. Try again, and tell the clinic if it stays.")
        return page(request, "message.html.jinja", 503, words=words, again="/login")


def _limiter() -> anyio.CapacityLimiter:
    """Of this event loop."""
    try:
        return _SLOW.get()
    except LookupError:
        _SLOW.set(made := anyio.CapacityLimiter(SLOW_AT_ONCE))
        return made


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form that this browser was given by us."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise _Refused(415)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _Refused(413)
    try:
        found = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise _Refused(400) from None
    fields = {name: values[-1] for name, values in found.items()}
    ours = cookies.read_named(request.scope, form_cookie_name(cookies.is_secure(request.scope)))
    if not ours or not hmac.compare_digest(ours.encode(), fields.pop("form", "").encode()):
        raise _Refused(403)
    return fields


def form_cookie_name(secure: bool) -> str:
    """Name of the cookie that a form's hidden field must repeat."""
    return f"__Host-{FORM_COOKIE}" if secure else FORM_COOKIE


def _with_form(request: Request, name: str, status: int = 200, **values: object) -> Response:
    """A page with a form, whose hidden field and cookie say the same."""
    secure = cookies.is_secure(request.scope)
    known = cookies.read_named(request.scope, form_cookie_name(secure))
    token = known if len(known) == len(secrets.token_urlsafe(32)) else secrets.token_urlsafe(32)
    response = page(request, name, status, form=token, **values)
    response.set_cookie(form_cookie_name(secure), token, path="/", secure=secure, httponly=True, samesite="strict")
    return response


def _log_out(request: Request) -> Response:
    door.leave(state.opened(), cookies.read(request.scope))
    response = RedirectResponse("/login", 303, HEADERS)
    cookies.take(response, request.scope)
    return response


def _show_login(request: Request, _: dict[str, str]) -> Response:
    token = cookies.read(request.scope)
    if token and door.present(state.opened(), token=token, active=False) is not None:
        return RedirectResponse("/", 303, HEADERS)
    return _login_page(request, 200)


def _login_page(request: Request, status: int, login: str = "", error: str = "") -> Response:
    clinic = state.opened()
    with clinic.store.read() as records:
        anybody = records.has_users()
    return _with_form(
        request,
        "login.html.jinja",
        status,
        login=login,
        error=error,
        ready="ready" in request.query_params and not error,
        anybody=anybody,
        provider=oidc.configured(),
        demo=demo_accounts(clinic),
    )


def _log_in(request: Request, fields: dict[str, str]) -> Response:
    clinic, peer = state.opened(), request.client.host if request.client else ""
    login, code = fields.get("login", "")[:200], fields.get("code", "")[:20]
    try:
        with spoken(language_of(request)):
            entered = door.enter(clinic, login, fields.get("password", ""), code, peer)
    except NotLetIn as refusal:
        return _login_page(request, 401, login, str(refusal))
    return let_in(request, entered.token, RedirectResponse("/", 303, HEADERS))


def let_in(request: Request, token: str, response: Response) -> Response:
    """The answer to somebody who has just signed in: the new token is given, the browser's old sign-in ends."""
    door.leave(state.opened(), cookies.read(request.scope))
    cookies.give(response, request.scope, token)
    return response


def _show_setup(request: Request, _: dict[str, str]) -> Response:
    return _setup_page(request, 200, {})


def _setup_page(request: Request, status: int, fields: dict[str, str], error: str = "") -> Response:
    try:
        with spoken(language_of(request)):
            _, user = door.invitation(state.opened(), request.path_params["token"])
    except NotLetIn as refusal:
        return page(request, "message.html.jinja", 404, words=str(refusal), again="/login")
    kept = {name: fields.get(name, "") for name in ("practice", "login", "name", "clinician")}
    return _with_form(request, "setup.html.jinja", status, user=user, kept=kept, error=error, shortest=SHORTEST)


def _set_up(request: Request, fields: dict[str, str]) -> Response:
    first = FirstAccount(
        fields.get("practice", ""), fields.get("login", ""), fields.get("name", ""), bool(fields.get("clinician"))
    )
    password = fields.get("password", "")
    with spoken(language_of(request)):
        if password != fields.get("again", ""):
            return _setup_page(request, 422, fields, t("The two passwords differ. Type the same one twice."))
        try:
            door.accept(state.opened(), request.path_params["token"], password, first)
        except StoreUnavailable:
            raise
        except TrackerError as error:
            return _setup_page(request, 422, fields, str(error))
    return RedirectResponse("/login?ready", 303, HEADERS)


ROUTES = [
    Route("/login", login, methods=["GET", "POST"]),
    Route("/setup/{token}", setup, methods=["GET", "POST"]),
    Route("/logout", logout, methods=["POST"]),
    Route("/session", session),
    Route("/health", health),
    Route("/door.css", part),
    Route("/door.js", part),
    Route("/door.svg", part),
]
