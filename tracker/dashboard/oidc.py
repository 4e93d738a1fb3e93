"""Signing in through the clinic's own identity provider: OpenID Connect, authorization code with PKCE, state and nonce.

Off unless the environment names a provider. It says who somebody is; accounts and roles are given here, never there.
"""

import hmac
import logging
import os
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracker.clinic.workflow import door
from tracker.clinic.workflow.door import NotLetIn
from tracker.dashboard import cookies, state
from tracker.dashboard.door_pages import HEADERS, language_of, page
from tracker.errors import StoreUnavailable, TrackerError
from tracker.wording import mark, spoken, t

ISSUER, CLIENT_ID, CLIENT_SECRET = "TRACKER_OIDC_ISSUER", "TRACKER_OIDC_CLIENT_ID", "TRACKER_OIDC_CLIENT_SECRET"
COOKIE = "tracker_oidc"
LOG = logging.getLogger(__name__)
LASTS_S = 600
"""From leaving for the provider to coming back: a password and a second factor over there."""
MOST_WAITING = 500
TIMEOUT_S = 10.0
LEEWAY_S = 60
"""Clocks of two servers may differ by that."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures of a key pair only: "none" and a shared secret are no proof."""
UNREACHABLE = mark("The clinic's identity service cannot be reached. Try again, or sign in with login and password.")
NOT_PROVED = mark("The clinic's identity service did not prove who you are. Start the sign-in again.")


class NotProved(TrackerError):
    """The provider's answer does not hold; the words are the same whatever was wrong."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What the environment says: issuer address, client id and secret."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Somebody who went to the provider: what must come back, and what only this server knows."""

    state: str
    nonce: str
    verifier: str
    began: float


_WAITING: OrderedDict[str, _Waiting] = OrderedDict()
_LOCK = threading.Lock()


def configured() -> Provider | None:
    """The provider of this installation; None where none is set, or where its address is not encrypted."""
    issuer, client = os.environ.get(ISSUER, "").strip(), os.environ.get(CLIENT_ID, "").strip()
    if not issuer or not client:
        return None
    if not _is_private(issuer):
        words = "%s: expected an address that begins with https, so signing in through it is off; correct it"
        LOG.error(words, ISSUER)
        return None
    return Provider(issuer, client, os.environ.get(CLIENT_SECRET, ""))


async def start(request: Request) -> Response:
    """``GET /oidc/start``: on to the provider."""
    return await run_in_threadpool(_told, request, _start)


async def callback(request: Request) -> Response:
    """``GET /oidc/callback``: back from the provider, with a code or a refusal."""
    return await run_in_threadpool(_told, request, _callback)


def _told(request: Request, made: Any) -> Response:
    with spoken(language_of(request)):
        try:
            provider = configured()
            if provider is None:
                words = t("This clinic has no identity service: sign in with login and password.")
                return page(request, "message.html.jinja", 404, words=words, again="/login")
            response: Response = made(request, provider)
        except (NotProved, NotLetIn) as refusal:
            response = page(request, "message.html.jinja", 401, words=str(refusal), again="/login")
        except StoreUnavailable as error:
            response = page(request, "message.html.jinja", 503, words=str(error), again="/login")
    return response


def _start(request: Request, provider: Provider) -> Response:
    import httpx
    from authlib.common.urls import add_params_to_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    given, nonce, browser = (secrets.token_urlsafe(32) for _ in range(3))
    waiting = _Waiting(given, nonce, secrets.token_urlsafe(64), time.monotonic())
    try:
        with _client() as http:
            found = _discovered(http, provider)
    except httpx.HTTPError:
        raise NotProved(t(UNREACHABLE)) from None
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "scope": "openid email",
        "redirect_uri": _back(request),
        "state": waiting.state,
        "nonce": waiting.nonce,
        "code_challenge": create_s256_code_challenge(waiting.verifier),
        "code_challenge_method": "S256",
    }
    address = add_params_to_uri(found["authorization_endpoint"], list(asked.items()))
    with _LOCK:
        _WAITING[browser] = waiting
        while len(_WAITING) > MOST_WAITING:
            _WAITING.popitem(last=False)
    response = RedirectResponse(address, 303, HEADERS)
    secure = cookies.is_secure(request.scope)
    # Lax: the way back is a link from another site, which brings no Strict cookie.
    response.set_cookie(_name(secure), browser, LASTS_S, path="/", secure=secure, httponly=True, samesite="lax")
    return response


def _callback(request: Request, provider: Provider) -> Response:
    secure = cookies.is_secure(request.scope)
    with _LOCK:
        waiting = _WAITING.pop(cookies.read_named(request.scope, _name(secure)), None)
    given = request.query_params.get("state", "")
    if waiting is None or time.monotonic() - waiting.began > LASTS_S:
        raise NotProved(t(NOT_PROVED))
    if not hmac.compare_digest(given.encode(), waiting.state.encode()) or not request.query_params.get("code"):
        raise NotProved(t(NOT_PROVED))
    claims = _claims(request, provider, waiting)
    verified = claims.get("email_verified") is True
    login = str(claims.get("email", "")) if verified else ""
    entered = door.enter_by_provider(state.opened(), f"{provider.issuer} {claims['sub']}", login)
    door.leave(state.opened(), cookies.read(request.scope))
    # A redirect would still be part of the other site's link, without the Strict cookie; a page of ours starts anew.
    response = page(request, "entered.html.jinja")
    cookies.give(response, request.scope, entered.token)
    response.delete_cookie(_name(secure), path="/", secure=secure, httponly=True, samesite="lax")
    return response


def _claims(request: Request, provider: Provider, waiting: _Waiting) -> dict[str, Any]:
    """What the provider's signed token says; raises NotProved unless it is for us, for this sign-in, and valid now."""
    import httpx
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        with _client() as http:
            found = _discovered(http, provider)
            keys = KeySet.import_key_set(http.get(_must_be_private(found["jwks_uri"])).raise_for_status().json())
            form = {
                "grant_type": "authorization_code",
                "code": request.query_params["code"],
                "redirect_uri": _back(request),
                "code_verifier": waiting.verifier,
            }
            us = (quote_plus(provider.client_id), quote_plus(provider.client_secret))  # RFC 6749 section 2.3.1
            answer = http.post(_must_be_private(found["token_endpoint"]), data=form, auth=us)
        if answer.is_client_error:
            raise NotProved(t(NOT_PROVED))
        token = jwt.decode(str(answer.raise_for_status().json()["id_token"]), keys, algorithms=ALGORITHMS)
        now = int(time.time())
        jwt.JWTClaimsRegistry(
            now,
            LEEWAY_S,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": waiting.nonce},
        ).validate(token.claims)
    except httpx.HTTPError:
        raise NotProved(t(UNREACHABLE)) from None
    except (JoseError, KeyError, ValueError, TypeError):
        raise NotProved(t(NOT_PROVED)) from None
    claims = dict(token.claims)
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise NotProved(t(NOT_PROVED))
    return claims


def _client() -> Any:
    import httpx

    return httpx.Client(timeout=TIMEOUT_S, follow_redirects=False)


def _discovered(http: Any, provider: Provider) -> dict[str, Any]:
    """The provider's own description, which must be of the provider that was asked."""
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    found = http.get(address).raise_for_status().json()
    if not isinstance(found, dict) or found.get("issuer") != provider.issuer:
        raise NotProved(t(NOT_PROVED))
    _must_be_private(str(found.get("authorization_endpoint", "")))
    return found


def _must_be_private(address: str) -> str:
    if not _is_private(address):
        raise NotProved(t(NOT_PROVED))
    return address


def _is_private(address: str) -> bool:
    """Whether what is sent there is encrypted, or stays on this computer."""
    found = urlsplit(address)
    return found.scheme == "https" or (found.scheme == "http" and found.hostname in ("127.0.0.1", "::1", "localhost"))


def _back(request: Request) -> str:
    scheme = "https" if cookies.is_secure(request.scope) else "http"
    return f"{scheme}://{request.headers['host']}/oidc/callback"


def _name(secure: bool) -> str:
    return f"__Host-{COOKIE}" if secure else COOKIE


ROUTES = [Route("/oidc/start", start), Route("/oidc/callback", callback)]
