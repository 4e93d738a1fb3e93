"""Nobody who is not signed in gets anything: every path of the running router, in every spelling and method."""

import re
import socket
from http.client import HTTPConnection

import pytest

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
OPEN = {
    "/login": {"GET": 200, "HEAD": 200, "POST": 403},  # 403: a form without its cookie
    "/setup/{token}": {"GET": 404, "HEAD": 404, "POST": 403},
    "/health": {"GET": 200, "HEAD": 200},
    "/door.css": {"GET": 200, "HEAD": 200},
    "/door.js": {"GET": 200, "HEAD": 200},
    "/door.svg": {"GET": 200, "HEAD": 200},
    "/session": {"GET": 401, "HEAD": 401},
    "/oidc/start": {"GET": 404, "HEAD": 404},  # no provider is set up
    "/oidc/callback": {"GET": 404, "HEAD": 404},
}
"""What anybody may ask for, and the answer; a method that is not named is 405."""
CLOSED = {
    "/img/{photo_id}",
    "/img/blinded/{token}/{side}",
    "/img/{analysis_id}/{side}/{layer}",
    "/img/diary/{entry_id}",
    "/export/comparison/{analysis_id}",
    "/export/report",
    "/export/everything",
    "/export/everything/{patient_id}",
    "/capture/{session_id}",
    "/coach/{session_id}",
    "/logout",
}
"""Our own routes behind the door."""
STREAMLIT = {
    "/_stcore/health",
    "/_stcore/metrics",
    "/_stcore/host-config",
    "/_stcore/upload_file/{session_id}/{file_id}",
    "/_stcore/bidi-components/{path:path}",
    "/_stcore/stream",
    "/_stcore/agent/interact",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/mcp",
    "/media/{file_id:path}",
    "/component/{path:path}",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "",  # the pages themselves and what they are made of
}
"""Streamlit's, of the version that is pinned."""
REFUSALS = {400, 401, 403, 404, 405, 411}
BEYOND = [
    "/",
    "/timeline",
    "/static/js/index.js",
    "/index.html",
    "/favicon.png",
    "/app/static/x",
    "/~/+/_stcore/health",
    "/~/+/media/x.jpg",
    "/_stcore/allowed-message-origins",
    "/_stcore/script-health-check",
    "/stream",
    "/healthz",
    "/docs",
    "/openapi.json",
    "/.streamlit/config.toml",
    "/.env",
]


@pytest.fixture(scope="module")
def paths(routes):
    """Every path of the router."""
    return sorted({path for path, _ in routes})


@pytest.fixture(scope="module")
def closed(paths):
    """What a stranger must not get, and paths that no router knows."""
    return [one for one in paths if one not in OPEN] + BEYOND


def filled(path, world):
    """The path with an id of a patient in each place."""
    ids = {str(kind.name).lower(): one for kind, one in world.people["A"].ids.items()}
    ids |= {
        "entry": ids["diary"],
        "token": "0" * 43,
        "side": "before",
        "layer": "photo",
        "file": "x.jpg",
        "path": "x.js",
    }
    return re.sub(r"{(\w+?)(_id)?(:path)?}", lambda one: ids[one.group(1)], path)


def spellings(path):
    """The same place as a careless router may read it."""
    last = path.rpartition("/")[0]
    return {
        path,
        path + "/",
        "/" + path,
        path.replace("/", "//", 2),
        path.upper(),
        path + "?w=640",
        path + ";x=1",
        path + "%00",
        path + "%2f",
        path + "/.",
        path + "/%2e%2e/" + path.rpartition("/")[2],
        "/login/%2e%2e" + path,
        "/login/.." + path,
        "/login/../.." + path,
        "/door.css/%2e%2e" + path,
        "/setup/%2e%2e" + path,
        "/setup/..%2f" + path.lstrip("/"),
        "/oidc/..;/" + path.lstrip("/"),
        "/%2e" + path,
        "/static/../" + path,
        "/_stcore/health/.." + path,
        last + "/%252e%252e" + path,
        "/\\" + path.lstrip("/"),
        "http://127.0.0.1" + path,
    }


def test_every_route_is_written_down(paths):
    written = set(OPEN) | CLOSED | STREAMLIT
    assert set(paths) <= written, f"new: {sorted(set(paths) - written)}; say above whether anybody may ask for it"
    assert written <= set(paths), f"gone: {sorted(written - set(paths))}"


def asked(world, method, place):
    """Status and body, of exactly this path: other clients tidy it up first."""
    connection = HTTPConnection("127.0.0.1", world.port, timeout=30)
    try:
        connection.request(method, place)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def nothing(world, method, place):
    status, body = asked(world, method, place)
    assert status in REFUSALS, (method, place, status)
    assert len(body) < 3000, (method, place)
    assert not [word for word in world.planted() if word.encode() in body], (method, place)
    assert not body.startswith((b"\xff\xd8", b"\x89PNG", b"PK", b"%PDF", b"<!doctype html><html lang")), (method, place)


def test_a_stranger_gets_nothing_by_any_method(world, closed):
    for path in closed:
        for method in METHODS:
            nothing(world, method, filled(path, world) or "/")


@pytest.mark.parametrize(
    "path", ["/img/{photo_id}", "/export/everything/{patient_id}", "/media/x", "/_stcore/metrics", "/"]
)
def test_a_stranger_gets_nothing_by_any_spelling(world, path):
    for place in sorted(spellings(filled(path, world))):
        status, body = asked(world, "GET", place)
        # The only way through a spelling is to the page that says that a link does not work.
        if status == 404 and place.startswith("/setup/"):
            assert b"does not work any more" in body
        else:
            nothing(world, "GET", place)


def test_a_strangers_page_leads_to_the_login(world, stranger, closed):
    for path in closed:
        answer = stranger.get(filled(path, world) or "/", headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers.get("location")) == (303, "/login") or answer.status_code == 404, (
            path
        )


@pytest.mark.parametrize("path", OPEN)
def test_the_door_answers_as_it_is_written(world, stranger, path):
    for method in METHODS:
        stranger.cookies.clear()
        form = {"content": b"login=x", "headers": {"content-type": "application/x-www-form-urlencoded"}}
        answer = stranger.request(method, filled(path, world), **(form if method == "POST" else {}))
        expected = OPEN[path].get(method, {"PUT": 411, "PATCH": 411}.get(method, 405))
        assert answer.status_code in (expected, 405 if expected == 411 else expected), (method, answer.status_code)
        assert not any(word in answer.text for word in world.planted())


HEADERS = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def checked(answer):
    """An answer has the headers that keep a browser from being used against its user."""
    where = (answer.request.method, str(answer.request.url), answer.status_code)
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, (name, where)
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin"), where
    assert "frame-ancestors 'none'" in answer.headers.get("content-security-policy", ""), where
    allowed = answer.headers.get("access-control-allow-origin", "http://localhost")
    assert re.fullmatch(r"http://(localhost|127\.0\.0\.1)(:\d+)?", allowed), (allowed, where)


TRICKS = ({}, {"accept": "text/html"}, {"host": "evil.example"}, {"origin": "http://evil.example"})


@pytest.mark.parametrize("who", ["", "clinician"])
def test_every_answer_has_the_headers_also_a_refusal_and_a_redirect(world, paths, who):
    with world.browser(who) as client:
        for path in (*paths, "/timeline", "/static/x.js", "/nowhere"):
            tricks = TRICKS if path in ("", "/img/{photo_id}", "/login", "/export/report") else TRICKS[:1]
            for headers in tricks:
                for method in ("GET", "POST", "OPTIONS"):
                    if path == "/logout" and method == "POST":
                        continue  # it works, and would sign out the client of these requests
                    answer = client.request(method, filled(path, world) or "/", headers=headers)
                    checked(answer)
                    if path.startswith(("/img", "/export", "/capture", "/coach")):
                        assert "no-store" in answer.headers.get("cache-control", ""), (method, path)


def test_nobody_learns_the_versions_of_what_runs_here(stranger):
    for path in ("/login", "/nowhere", "/health"):
        told = " ".join(f"{name}: {value}" for name, value in stranger.get(path).headers.items() if name != "date")
        assert not re.search(r"(uvicorn|starlette|streamlit|python)[/ ]\d", told.lower())


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "", "0.0.0.0"])
def test_another_name_is_no_name_of_ours(world, host):
    with world.browser("clinician") as client:
        for path in ("/", "/login", "/health", f"/img/{world.people['A'].ids['photo']}"):
            answer = client.get(path, headers={"host": host})
            assert answer.status_code in (400, 403), path
            assert len(answer.content) < 200


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n",
        "GET / HTTP/1.1\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n",
        "GET / HTTP/1.1\r\nHost: {host}\r\nx-tracker-sign-in : x\r\n",
        "GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
        "CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n",
    ],
)
def test_a_crooked_request_is_refused(world, head):
    with socket.create_connection(("127.0.0.1", world.port), timeout=10) as line:
        line.sendall((head.format(host=world.host) + "\r\n").encode())
        status = int(line.recv(4096).split()[1])
    assert status in (400, 403, 404, 405)
