"""Nobody who is not signed in makes the server remember anything: what is refused is refused before it is read."""

import contextlib
import socket
import time

import psutil
import pytest

from tracker.clinic.types import Kind

MB = 1024 * 1024
MOST_GROWN_MB = 20
ATTEMPTS, EACH_MB = 10, 20


def resident(world):
    return psutil.Process(world.process.pid).memory_info().rss / MB


def push(world, head, megabytes, chunked):
    """Send a body whether it is wanted or not; the bytes that went, and the status line."""
    sent, block = 0, b"x" * 65536
    with socket.create_connection(("127.0.0.1", world.port), timeout=20) as line:
        line.sendall(head.encode())
        line.settimeout(5)
        with contextlib.suppress(OSError):
            while sent < megabytes * MB:
                line.sendall(b"10000\r\n" + block + b"\r\n" if chunked else block)
                sent += len(block)
        with contextlib.suppress(OSError):
            return sent, line.recv(200).split(b"\r\n")[0].decode()
    return sent, ""


HEAD = "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data; boundary=x\r\n{length}\r\n\r\n"
TRUE, TOO_LONG = "Content-Length: {bytes}", "Content-Length: 99999999999"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/_stcore/upload_file/{session}/x"),
        ("POST", "/_stcore/upload_file/{session}/x"),
        ("PUT", "/media/x"),
        ("POST", "/capture/{session}"),
        ("POST", "/coach/{session}"),
        ("POST", "/login"),
        ("POST", "/setup/x"),
        ("GET", "/"),
    ],
)
@pytest.mark.parametrize("length", [TRUE, TOO_LONG, "Transfer-Encoding: chunked"], ids=["true", "too long", "chunked"])
def test_200_mb_of_anybody_leave_nothing_in_memory(world, method, path, length):
    """A refusal comes long before the body is there; what is still sent is thrown away piece by piece."""
    place = path.format(session=world.people["A"].ids[Kind.SESSION])
    told = length.format(bytes=EACH_MB * MB)
    head = HEAD.format(method=method, path=place, host=world.host, length=told)
    before, most = resident(world), 0.0
    for _ in range(ATTEMPTS):
        _, status = push(world, head, EACH_MB, chunked="chunked" in length)
        most = max(most, resident(world))
        assert not status.startswith("HTTP/1.1 2") or method == "GET", status
    assert most - before <= MOST_GROWN_MB


def test_an_upload_is_refused_before_a_byte_of_it_is_there(world):
    """The answer comes on the head alone."""
    head = HEAD.format(
        method="PUT", path="/_stcore/upload_file/a/b", host=world.host, length="Content-Length: 50000000"
    )
    with socket.create_connection(("127.0.0.1", world.port), timeout=10) as line:
        line.sendall(head.encode())
        assert line.recv(200).startswith(b"HTTP/1.1 401")


def test_somebody_signed_in_sends_no_more_than_the_limit(world):
    token = world.token("patient B")
    for length, status in (("Transfer-Encoding: chunked", b"411"), ("Content-Length: 99999999999", b"413")):
        told = f"{length}\r\nCookie: tracker_session={token}"
        head = HEAD.format(method="PUT", path="/_stcore/upload_file/a/b", host=world.host, length=told)
        with socket.create_connection(("127.0.0.1", world.port), timeout=10) as line:
            line.sendall(head.encode())
            assert line.recv(200).split()[1] == status


@pytest.mark.parametrize("kind", ["one", "many", "address", "cookie"])
def test_a_head_that_never_ends_is_cut_off(world, kind):
    before = resident(world)
    lines = {
        "one": (f"GET / HTTP/1.1\r\nHost: {world.host}\r\nx: ", b"a" * 65536),
        "many": (
            f"GET / HTTP/1.1\r\nHost: {world.host}\r\n",
            b"".join(b"x-%d: %s\r\n" % (n, b"a" * 100) for n in range(600)),
        ),
        "address": ("GET /", b"a" * 65536),
        "cookie": (f"GET / HTTP/1.1\r\nHost: {world.host}\r\nCookie: ", b"a=b; " * 13000),
    }
    first, more = lines[kind]
    with socket.create_connection(("127.0.0.1", world.port), timeout=20) as line:
        line.settimeout(10)
        line.sendall(first.encode())
        sent = 0
        with contextlib.suppress(OSError):
            for _ in range(400):  # 25 MB
                line.sendall(more)
                sent += len(more)
    assert sent < 20 * MB
    assert resident(world) - before <= MOST_GROWN_MB


def test_many_who_wait_hold_nobody_up(world):
    """Fifty lines that say half a sentence: the fifty-first is answered."""
    waiting = [socket.create_connection(("127.0.0.1", world.port), timeout=10) for _ in range(50)]
    try:
        for line in waiting:
            line.sendall(b"GET / HTTP/1.1\r\nHost: ")
        began = time.monotonic()
        with world.browser() as client:
            assert client.get("/health").text == "ok"
        assert time.monotonic() - began < 5
    finally:
        for line in waiting:
            line.close()
