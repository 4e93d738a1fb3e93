"""Reading and giving the cookie of a sign-in."""

import pytest
from starlette.responses import Response

from tracker.dashboard import cookies


def scope(*lines, scheme="http"):
    return {"scheme": scheme, "headers": [(b"cookie", line.encode("latin-1")) for line in lines]}


@pytest.mark.parametrize(
    ("lines", "token"),
    [
        ((), ""),
        (("",), ""),
        (("other=1",), ""),
        (("tracker_session=abc",), "abc"),
        (("a=b; tracker_session=abc; c=d",), "abc"),
        (('a={"x": 1, "y"}; x y; tracker_session=abc',), "abc"),  # of another program on this computer
        (("a=b", "tracker_session=abc"), "abc"),
        (("Tracker_Session=abc",), ""),
        (("__Host-tracker_session=abc",), ""),
        (("tracker_session=\xff\xfe",), "\xff\xfe"),
    ],
)
def test_the_token_is_found_among_whatever_a_browser_sends(lines, token):
    assert cookies.read(scope(*lines)) == token


def test_with_tls_only_the_name_that_no_other_host_can_set_counts():
    assert cookies.read(scope("tracker_session=planted", scheme="https")) == ""
    assert cookies.read(scope("__Host-tracker_session=abc; tracker_session=planted", scheme="wss")) == "abc"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_is_given_can_be_taken(scheme):
    given, taken = Response(), Response()
    cookies.give(given, scope(scheme=scheme), "abc")
    cookies.take(taken, scope(scheme=scheme))
    (line,), (gone,) = given.headers.getlist("set-cookie"), taken.headers.getlist("set-cookie")
    assert line.partition("=")[0] == gone.partition("=")[0] == cookies.session_cookie_name(scheme == "https")
    assert "Max-Age=0" in gone
    assert "Max-Age" not in line  # until the browser is closed
    assert ("Secure" in line) == (scheme == "https")
    for flag in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert flag in line
        assert flag in gone
