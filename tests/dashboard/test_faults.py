"""A fault of the program ends in a plain answer with every header, and in a log line without what it was about."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import StreamingResponse
from starlette.routing import Route

from tracker.dashboard import app as whole
from tracker.dashboard.gate import Gate

NAME = "Planted Jane Roe"


def fails(request):
    raise KeyError(NAME)


def breaks_off(request):
    def parts():
        yield b"some"
        raise ValueError(NAME)

    return StreamingResponse(parts())


APP = Starlette(
    routes=[Route("/img/x", fails), Route("/login", fails), Route("/export/x", breaks_off)],
    middleware=[Middleware(Gate)],
)


@pytest.fixture
def asked(at_home, tmp_path, asgi):
    cookie = at_home(tmp_path)
    return lambda path: asgi(APP, path, headers={"cookie": cookie})


@pytest.mark.parametrize("path", ["/img/x", "/login"])
def test_a_fault_is_answered_with_every_header_and_without_its_message(asked, caplog, path):
    with caplog.at_level(logging.INFO):
        answer = asked(path)
    assert answer.status == 500
    assert NAME not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "KeyError" in caplog.text
    assert "test_faults.py" in caplog.text
    assert NAME not in caplog.text


def test_an_answer_that_breaks_off_says_no_more(asked, caplog):
    with pytest.raises(RuntimeError, match="broke off") as broken:
        asked("/export/x")
    assert broken.value.__suppress_context__
    assert NAME not in caplog.text


def test_a_page_that_fails_tells_the_log_no_name(caplog, monkeypatch):
    monkeypatch.setattr(whole.st, "error", lambda words: None)
    with pytest.raises(KeyError) as found:
        fails(None)
    assert whole.tell_fault(found.value)
    assert "KeyError" in caplog.text
    assert NAME not in caplog.text
