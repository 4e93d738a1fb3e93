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


def test_no_line_of_streamlit_holds_the_id_of_a_session(caplog):
    import logging

    from tracker.dashboard.faults import log_without_ids

    before = logging.getLogRecordFactory()
    try:
        log_without_ids()
        log_without_ids()  # a second time changes nothing
        told = "Session 21dc674f-fc1c-44f7-bd12-1c4ad699f859 of %s is gone: %d"
        logging.getLogger("streamlit.runtime").warning(told, "21dc674f-fc1c-44f7-bd12-1c4ad699f859", 7)
        logging.getLogger("another").warning(told, "x", 7)
    finally:
        logging.setLogRecordFactory(before)
    assert "Session (id) of (id) is gone: 7" in caplog.text
    assert "Session 21dc674f-fc1c-44f7-bd12-1c4ad699f859 of x is gone: 7" in caplog.text
