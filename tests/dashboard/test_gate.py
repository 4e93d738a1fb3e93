"""Only this computer gets in, whatever it asks for."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from tracker.dashboard.gate import MAX_UPLOAD_MB, Gate

PATHS = ["/", "/timeline", "/img/abc", "/export/comparison/abc", "/_stcore/health", "/static/x.js"]


def answer(request):
    return PlainTextResponse("inside", headers={"cache-control": "public"})


async def talk(socket):
    await socket.accept()
    await socket.send_text("inside")
    await socket.close()


APP = Starlette(
    routes=[
        WebSocketRoute("/_stcore/stream", talk),
        Route("/{rest:path}", answer, methods=["GET", "PUT", "POST"]),
    ],
    middleware=[Middleware(Gate)],
)


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
    "path", ["/media/0a1b.jpg", "/media", "/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/metrics/"]
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
