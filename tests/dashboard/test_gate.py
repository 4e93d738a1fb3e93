"""Only who is signed in gets in, from this server's own pages, whatever is asked for."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from tracker.clinic.types import Role
from tracker.clinic.workflow import door
from tracker.dashboard import gate, state
from tracker.dashboard.gate import MAX_UPLOAD_MB, Gate

PATHS = ["/", "/timeline", "/img/abc", "/export/comparison/abc", "/_stcore/health", "/static/x.js"]
OPEN = ["/login", "/setup/abc", "/health", "/door.css", "/door.js", "/session", "/oidc/start"]


def answer(request):
    return PlainTextResponse("inside", headers={"cache-control": "public"})


async def talk(socket):
    await socket.accept()
    await socket.send_text("inside")
    await socket.close()


def echo(request):
    return PlainTextResponse(request.headers.get("x-tracker-sign-in", "nobody"))


APP = Starlette(
    routes=[
        WebSocketRoute("/_stcore/stream", talk),
        Route("/who", echo),
        Route("/{rest:path}", answer, methods=["GET", "PUT", "POST"]),
    ],
    middleware=[Middleware(Gate)],
)


@pytest.fixture
def cookie(at_home, tmp_path):
    """Of somebody who is signed in."""
    return at_home(tmp_path)


@pytest.fixture
def asgi(asgi, cookie):
    """Requests of somebody who is signed in."""

    def ask(app, path, *, headers=None, **named):
        return asgi(app, path, headers={"cookie": cookie} | (headers or {}), **named)

    return ask


@pytest.fixture
def stranger(asgi):
    """Requests without a cookie."""
    return partial(_without_cookie, asgi)


def _without_cookie(ask, app, path, *, headers=None, **named):
    return ask(app, path, headers={"cookie": None} | (headers or {}), **named)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "localhost", "[::1]:8501"])
def test_this_computer_gets_in(asgi, path, host):
    assert asgi(APP, path, headers={"host": host}).text == "inside"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "192.168.1.5:8501", "localhost@evil.example", "", "[::1", None],
)
def test_other_names_are_refused(asgi, path, host):
    answered = asgi(APP, path, headers={"host": host})
    assert answered.status == 403
    assert "inside" not in answered.text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("peer", ["192.168.1.20", "10.0.0.1", "::2"])
def test_other_machines_are_refused(asgi, path, peer):
    assert asgi(APP, path, peer=peer).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:3000", "null", "http://localhost:8501"])
def test_other_web_pages_are_refused(asgi, origin):
    assert asgi(APP, "/img/abc", headers={"origin": origin}).status == 403
    upload = {"origin": origin, "content-length": "1"}
    assert asgi(APP, "/_stcore/upload_file/a/b", method="PUT", headers=upload, body=b"x").status == 403


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200)])
def test_pictures_are_not_shown_inside_other_pages(asgi, site, status):
    assert asgi(APP, "/img/abc", headers={"sec-fetch-site": site}).status == status


@pytest.mark.parametrize(
    "path",
    [
        "/media/0a1b.jpg",
        "/media",
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/metrics/",
        "/auth/login",
        "/oauth2callback",
    ],
)
def test_unused_doors_are_closed(asgi, path):
    assert asgi(APP, path).status == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://127.0.0.1:8501"}, 101),
        ({}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://evil.example", "host": "evil.example"}, 403),
        ({"origin": "http://127.0.0.1:8501", "host": "evil.example"}, 403),
    ],
)
def test_websocket_needs_this_origin(asgi, headers, status):
    assert asgi(APP, "/_stcore/stream", kind="websocket", headers=headers).status == status


@pytest.mark.parametrize(
    ("length", "status"), [(str((MAX_UPLOAD_MB + 2) * 1024 * 1024), 413), (None, 411), ("many", 411), ("1", 200)]
)
def test_upload_size_is_checked_before_anything_is_read(asgi, length, status):
    headers = {"content-length": length}
    assert asgi(APP, "/_stcore/upload_file/a/b", method="PUT", headers=headers, body=b"x").status == status


def test_pictures_are_never_cached_and_never_sniffed(asgi):
    headers = asgi(APP, "/img/abc").headers
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert asgi(APP, "/static/x.js").headers["cache-control"] == "public"


@pytest.mark.parametrize(
    "path",
    [*PATHS, "/_stcore/host-config", "/component/x", "/loginx", "/setup", "/img/../login", "/setup/a/b", "/oidc/x"],
)
def test_a_stranger_gets_nothing(stranger, path):
    answered = stranger(APP, path)
    assert answered.status == 401
    assert "inside" not in answered.text
    page = stranger(APP, path, headers={"accept": "text/html,*/*"})
    assert (page.status, page.headers["location"]) == (303, "/login")
    assert stranger(APP, path, method="POST", headers={"content-length": "0"}).status == 401


@pytest.mark.parametrize("path", OPEN)
def test_the_door_itself_is_open(stranger, path):
    assert stranger(APP, path).text == "inside"


def test_a_stranger_gets_no_websocket(stranger):
    origin = {"origin": "http://127.0.0.1:8501"}
    assert stranger(APP, "/_stcore/stream", kind="websocket", headers=origin).status == 403
    assert stranger(APP, "/login", kind="websocket", headers=origin).status == 403


@pytest.mark.parametrize("cookie", ["tracker_session=guess", "tracker_session=", "__Host-tracker_session=guess", "x"])
def test_a_wrong_cookie_is_none(stranger, cookie):
    assert stranger(APP, "/", headers={"cookie": cookie}).status == 401


def test_a_claimed_identity_is_replaced(asgi, stranger, cookie):
    here = door.present(state.opened(), token=cookie.partition("=")[2])
    for name in ("x-tracker-sign-in", "X-Tracker-Sign-In"):
        assert asgi(APP, "/who", headers={name: "somebody else"}).text == here.sign_in.id
        assert stranger(APP, "/who", headers={name: here.sign_in.id}).status == 401


def ends_at_once(asgi, end):
    assert asgi(APP, "/").status == 200
    end()
    assert asgi(APP, "/").status == 401
    assert asgi(APP, "/img/abc").status == 401
    origin = {"origin": "http://127.0.0.1:8501"}
    assert asgi(APP, "/_stcore/stream", kind="websocket", headers=origin).status == 403


def test_signing_out_counts_for_the_next_request(asgi, cookie):
    ends_at_once(asgi, lambda: door.leave(state.opened(), cookie.partition("=")[2]))


def test_a_disabled_account_counts_for_the_next_request(asgi, cookie):
    here = door.present(state.opened(), token=cookie.partition("=")[2])

    def disable():
        with state.opened().store.write() as records:
            records.change_user(here.user.id, disabled=datetime.now(UTC))

    ends_at_once(asgi, disable)


@pytest.mark.parametrize("age", [{"seen": door.IDLE}, {"created": door.ABSOLUTE}], ids=["idle", "absolute"])
def test_a_sign_in_ends_by_itself(asgi, cookie, monkeypatch, age):
    (name, limit), real = next(iter(age.items())), door.Present
    assert real is not None

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + limit + timedelta(seconds=1)

    if name == "created":  # at work all the time
        with state.opened().store.write() as records:
            sign_in = records.sign_in_by_token(door.digest(cookie.partition("=")[2]))
            records.touch_sign_in(sign_in.id, datetime.now(UTC) + limit)
    ends_at_once(asgi, lambda: monkeypatch.setattr(door, "datetime", Later))


def test_looking_at_the_remaining_time_does_not_prolong_it(asgi, cookie):
    token = cookie.partition("=")[2]
    with state.opened().store.write() as records:
        sign_in = records.sign_in_by_token(door.digest(token))
        records.touch_sign_in(sign_in.id, long_ago := datetime.now(UTC) - timedelta(minutes=10))
    asgi(APP, "/_stcore/health")
    assert door.present(state.opened(), token=token, active=False).sign_in.seen == long_ago
    asgi(APP, "/img/abc")
    with state.opened().store.read() as records:
        assert records.sign_in(sign_in.id).seen > long_ago


def test_an_open_websocket_ends_with_its_sign_in(cookie, monkeypatch):
    monkeypatch.setattr(gate, "WATCH_S", 0.05)
    token, heard, sent = cookie.partition("=")[2], [], []

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        door.leave(state.opened(), token)
        heard.append(await receive())
        await send({"type": "websocket.send", "text": "too late"})

    async def silence():
        if not sent:
            return {"type": "websocket.connect"}
        await asyncio.sleep(60)
        raise AssertionError("nobody says anything on this socket")

    async def send(message):
        sent.append(message["type"])

    headers = [(b"host", b"127.0.0.1:8501"), (b"origin", b"http://127.0.0.1:8501"), (b"cookie", cookie.encode())]
    scope = {
        "type": "websocket",
        "path": "/_stcore/stream",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "scheme": "ws",
    }
    asyncio.run(asyncio.wait_for(Gate(app)(scope, silence, send), 10))
    assert heard[0]["type"] == "websocket.disconnect"
    assert sent == ["websocket.accept", "websocket.close"]


@pytest.mark.parametrize(("name", "status"), [("skin.clinic.example", 200), ("evil.example", 403)])
def test_a_name_that_was_set_up_is_answered_to_from_elsewhere(asgi, monkeypatch, name, status):
    monkeypatch.setenv(gate.HOSTS, "skin.clinic.example")
    assert asgi(APP, "/", headers={"host": f"{name}:443"}, peer="192.168.1.20").status == status
    assert asgi(APP, "/", headers={"host": "127.0.0.1:443"}, peer="192.168.1.20").status == 403


def test_the_menu_differs_by_role():
    from tracker.clinic.types import Actor
    from tracker.dashboard.menu import offered

    def titles(role):
        return {one.title for one in offered(Actor("u", "", "first", frozenset({role}), "p"))}

    assert "Compare" in titles(Role.CLINICIAN)
    assert not titles(Role.CLINICIAN) & {"Accounts", "Audit log", "My progress"}
    assert not titles(Role.STAFF) & {"Compare", "Timeline", "Add photos", "Accounts", "Outcomes"}
    assert not titles(Role.ADMIN) & {"Patients", "Compare", "Timeline", "Exports", "Bookings"}
    assert not titles(Role.PATIENT) & {"Patients", "Compare", "Timeline", "Exports", "Bookings", "Accounts"}


def test_an_export_is_not_asked_about(asgi):
    assert asgi(APP, "/export/comparison/abc", method="HEAD").status == 405
