"""Signing in through an identity provider: a real small one on this computer, honest first, then lying in each way."""

import base64
import hashlib
import secrets
import socket
import threading
import time
from urllib.parse import parse_qs, quote_plus, urlsplit

import httpx
import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from tracker.clinic.types import Role
from tracker.clinic.workflow import accounts
from tracker.clinic.workflow import door as workflow
from tracker.dashboard import door, gate, oidc, state

CLIENT, SECRET, MAIL = "tracker", "client secret: %/+", "ada@clinic.example"


class Provider:
    """An identity provider with one person; ``lies`` change what it says."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}/realm"
        self.key, self.other_key = (RSAKey.generate_key(2048, {"kid": "1"}) for _ in range(2))
        self.codes, self.lies, self.signed_by, self.asked = {}, {}, self.key, 0
        app = Starlette(
            routes=[
                Route("/realm/.well-known/openid-configuration", self.described),
                Route("/realm/keys", self.keys),
                Route("/realm/authorize", self.authorize),
                Route("/realm/token", self.token, methods=["POST"]),
            ]
        )
        self.server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="error", ws="none"))
        self.thread = threading.Thread(target=self.server.run)

    def described(self, _):
        return JSONResponse(
            {
                "issuer": self.lies.get("described", self.issuer),
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    def keys(self, _):
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def authorize(self, request):
        asked = request.query_params
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = dict(asked)
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}", 303)

    async def token(self, request):
        form = await request.form()
        self.asked += 1
        client = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        asked = self.codes.pop(form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        right = asked and proof == asked["code_challenge"] and form["redirect_uri"] == asked["redirect_uri"]
        if not right or client != f"{CLIENT}:{quote_plus(SECRET)}":
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "42",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": MAIL,
            "email_verified": True,
        } | self.lies
        claims = {name: value for name, value in claims.items() if value is not None and name != "described"}
        header = {"alg": "RS256", "kid": "1"}
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "id_token": jwt.encode(header, claims, self.signed_by)}
        )


@pytest.fixture
def provider(monkeypatch):
    made = Provider()
    made.thread.start()
    while not made.server.started:
        time.sleep(0.01)
    monkeypatch.setenv(oidc.ISSUER, made.issuer)
    monkeypatch.setenv(oidc.CLIENT_ID, CLIENT)
    monkeypatch.setenv(oidc.CLIENT_SECRET, SECRET)
    yield made
    made.server.should_exit = True
    made.thread.join(10)


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "clinic"))
    yield Starlette(routes=[*door.ROUTES, *oidc.ROUTES], middleware=[Middleware(gate.Gate)])
    state.close_all()


@pytest.fixture
def ada(app):
    return accounts.add_user(state.opened(), MAIL, "Ada", frozenset({Role.STAFF}))[0]


class Visitor:
    """A browser on its way to the provider and back."""

    def __init__(self, asgi, app):
        self.asgi, self.app, self.cookie, self.given = asgi, app, "", {}

    def go(self, path):
        answer = self.asgi(self.app, path, headers={"cookie": self.cookie, "sec-fetch-site": "cross-site"})
        for line in answer.set_cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.given[name] = (value.strip('"'), line)
        return answer

    def leave(self):
        """Where the provider sends the browser back to."""
        away = self.go("/oidc/start")
        assert away.status == 303, away.text
        self.cookie = f"tracker_oidc={self.given['tracker_oidc'][0]}"
        back = httpx.get(away.headers["location"])
        assert back.status_code == 303
        found = urlsplit(back.headers["location"])
        return f"{found.path}?{found.query}"

    @property
    def signed_in(self):
        token = self.given.get("tracker_session", ("", ""))[0]
        return workflow.present(state.opened(), token=token) if token else None


@pytest.fixture
def visitor(asgi, app):
    return Visitor(asgi, app)


def test_somebody_known_gets_in_and_is_bound(provider, visitor, ada, asgi, app):
    answer = visitor.go(visitor.leave())
    assert answer.status == 200
    assert 'http-equiv="refresh" content="0; url=/"' in answer.text  # a redirect would not bring the Strict cookie
    assert visitor.signed_in.user.id == ada.id
    assert visitor.signed_in.user.has_provider
    assert "SameSite=strict" in visitor.given["tracker_session"][1]
    assert "SameSite=lax" in visitor.given["tracker_oidc"][1]
    provider.lies = {"email": "renamed@clinic.example", "email_verified": False}
    again = Visitor(asgi, app)
    again.go(again.leave())
    assert again.signed_in.user.id == ada.id  # by the subject from now on


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": None},
        {"azp": "another"},
        {"iss": "http://127.0.0.1:1/realm"},
        {"exp": -3600.0},
        {"exp": None},
        {"iat": 3600.0},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(provider, visitor, ada, lies):
    back = visitor.leave()
    # A fraction is seconds from now: a time in the parameter would name another test in each worker.
    provider.lies = {
        name: int(time.time() + value) if isinstance(value, float) else value for name, value in lies.items()
    }
    answer = visitor.go(back)
    assert answer.status == 401
    assert "did not prove" in answer.text
    assert visitor.signed_in is None


def test_a_token_of_another_key_is_refused(provider, visitor, ada):
    provider.signed_by = provider.other_key
    assert visitor.go(visitor.leave()).status == 401
    assert visitor.signed_in is None


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_unsigned_token_or_one_signed_with_the_public_key_is_refused(provider, visitor, ada, monkeypatch, algorithm):
    from joserfc.jwk import OctKey

    def forged(header, claims, _key):
        head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        if algorithm == "HS256":
            return real({"alg": "HS256", "kid": "1"}, claims, OctKey.import_key(provider.key.as_pem(private=False)))
        import json

        return f"{head}.{base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b'=').decode()}."

    real = jwt.encode
    back = visitor.leave()
    monkeypatch.setattr(jwt, "encode", forged)
    assert visitor.go(back).status == 401
    assert visitor.signed_in is None


def test_state_belongs_to_the_browser_and_works_once(provider, visitor, ada, asgi, app):
    back = visitor.leave()
    code, given = (parse_qs(urlsplit(back).query)[name][0] for name in ("code", "state"))
    thief = Visitor(asgi, app)
    assert thief.go(back).status == 401  # without the cookie
    other = Visitor(asgi, app)
    other.leave()
    assert other.go(back).status == 401  # with another one
    assert provider.asked == 0
    assert visitor.go(f"/oidc/callback?code={code}&state={given}x").status == 401
    assert visitor.go(back).status == 401  # that try has spent it
    assert provider.asked == 0
    assert visitor.signed_in is None
    assert visitor.go(visitor.leave()).status == 200
    assert visitor.go(back).status == 401


def test_a_refusal_of_the_provider_and_a_wrong_code(provider, visitor, ada):
    back = visitor.leave()
    given = parse_qs(urlsplit(back).query)["state"][0]
    assert visitor.go(f"/oidc/callback?error=access_denied&state={given}").status == 401
    back = visitor.leave()
    given = parse_qs(urlsplit(back).query)["state"][0]
    assert visitor.go(f"/oidc/callback?code=made-up&state={given}").status == 401
    assert visitor.signed_in is None


def test_coming_back_too_late_is_refused(provider, visitor, ada, monkeypatch):
    back = visitor.leave()
    monkeypatch.setattr(oidc, "LASTS_S", 0)
    assert visitor.go(back).status == 401


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_a_mail_address_that_is_not_verified_binds_nothing(provider, visitor, ada, verified):
    provider.lies = {"email_verified": verified}
    answer = visitor.go(visitor.leave())
    assert answer.status == 401
    assert "has no account here" in answer.text
    assert visitor.signed_in is None


def test_somebody_unknown_gets_no_account(provider, visitor, ada):
    provider.lies = {"email": "stranger@clinic.example"}
    assert visitor.go(visitor.leave()).status == 401
    assert [user.login for user in accounts.list_users(state.opened())] == [MAIL]


def test_a_disabled_account_stays_out(provider, visitor, ada):
    accounts.disable_user(state.opened(), ada.id)
    assert visitor.go(visitor.leave()).status == 401


def test_a_provider_that_describes_another_or_is_not_there(provider, visitor, ada, monkeypatch):
    provider.lies = {"described": "https://evil.example"}
    assert visitor.go("/oidc/start").status == 401
    monkeypatch.setenv(oidc.ISSUER, "http://127.0.0.1:1/realm")
    answer = visitor.go("/oidc/start")
    assert answer.status == 401
    assert "cannot be reached" in answer.text


def test_off_unless_set_and_never_over_an_open_line(visitor, app, monkeypatch, caplog):
    assert oidc.configured() is None
    assert visitor.go("/oidc/start").status == 404
    assert "/oidc/start" not in visitor.go("/login").text
    monkeypatch.setenv(oidc.CLIENT_ID, CLIENT)
    monkeypatch.setenv(oidc.ISSUER, "http://id.example/realm")
    assert oidc.configured() is None
    assert "begins with https" in caplog.text
    monkeypatch.setenv(oidc.ISSUER, "https://id.example/realm")
    assert "/oidc/start" in visitor.go("/login").text
