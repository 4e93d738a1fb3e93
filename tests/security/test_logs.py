"""What the server writes to its terminal names nobody and holds no secret, whatever went wrong."""

import re
import socket

import pytest

from tracker.clinic.types import Kind
from tracker.clinic.workflow import door

SECRETS = ("WRONG-SECRET-PASSWORD", "PLANTED-LOGIN-NAME", "PLANTED-QUERY", "PLANTED-LINK-TOKEN", "PLANTED-FILE-NAME")

FAULT = "PLANTED-FAULT"
"""In a row that the program did not write: its own message repeats it."""


@pytest.fixture(scope="module")
def trouble(world, sign_in, form_of):
    """A server after a day of mistakes: everything that it was told and should not repeat."""
    ids = world.people["A"].ids
    with world.browser() as client:
        sign_in(client, SECRETS[1], SECRETS[0])
        client.get(f"/setup/{SECRETS[3]}")
        client.post(f"/setup/{SECRETS[3]}", data={"form": form_of(client), "password": SECRETS[0], "again": "x"})
        client.get(f"/login?x={SECRETS[2]}")
        client.post("/login", content=b"\xff\xfe", headers={"content-type": "application/x-www-form-urlencoded"})
        client.get(f"/img/{ids[Kind.PHOTO]}", headers={"host": "evil.example"})
    with world.browser("clinician") as client:
        camera = {"x-requested-with": "tracker", "content-type": "image/jpeg"}
        for data in (b"no picture", world.pictures()[0][:500], b""):
            client.post(f"/capture/{ids[Kind.SESSION]}?view=FRONTAL", content=data, headers=camera)
            client.post(f"/coach/{ids[Kind.SESSION]}?view=FRONTAL", content=data, headers=camera)
        client.put(
            f"/_stcore/upload_file/{SECRETS[2]}/x",
            files={"file": (f"{SECRETS[4]}.jpg", b"x")},
            headers={"origin": world.url},
        )
        for path in (
            f"/img/{SECRETS[2]}",
            f"/export/report?indication={SECRETS[2]}",
            f"/img/{ids[Kind.PHOTO]}?w={SECRETS[2]}",
        ):
            client.get(path)
    for line in (f"GET /{SECRETS[2]} HTTP/9.9\r\n\r\n", f"\x16\x03{SECRETS[2]}\r\n\r\n", f"{SECRETS[2]}\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", world.port), timeout=10) as bad:
            bad.sendall(line.encode())
            bad.recv(200)
    broken_page(world)
    return world.log.read_text("utf-8", "replace")


def broken_page(world):
    """A fault of the program while a page and an answer are made: a row that no code expects."""
    import sqlalchemy as sa
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect

    def keep(word):
        statement = sa.text("UPDATE patients SET fitzpatrick = :word WHERE id = :one")
        with world.clinic.store.write() as records:
            records.connection.execute(statement, {"word": word, "one": world.people["A"].ids[Kind.PATIENT]})

    keep(FAULT)
    try:
        cookie = {"Cookie": f"tracker_session={world.token('clinician')}"}
        with connect(
            f"ws://{world.host}/_stcore/stream",
            origin=world.url,
            subprotocols=["streamlit"],
            additional_headers=cookie,
            proxy=None,
            max_size=None,
        ) as line:
            asked = BackMsg()
            asked.rerun_script.page_name = "patients"
            line.send(asked.SerializeToString())
            message = ForwardMsg()
            while not message.HasField("script_finished"):
                message.ParseFromString(line.recv(timeout=60))
        with world.browser("clinician") as client:
            answer = client.get(f"/export/everything/{world.people['A'].ids[Kind.PATIENT]}")
            assert answer.status_code == 500
            assert FAULT not in answer.text
    finally:
        keep(None)


def test_the_log_names_nobody(world, trouble):
    for word in [word for one in world.people.values() for word in one.planted]:
        assert word not in trouble, word


def test_the_log_holds_no_secret_and_nothing_that_was_typed(world, trouble):
    for word in (*SECRETS, FAULT, "plum harbour seven lanterns"):
        assert word not in trouble, word
    for token in world.tokens:
        assert token not in trouble
        assert door.digest(token) not in trouble


def test_the_log_holds_no_id_of_a_record_or_a_session(world, trouble):
    for one in world.people.values():
        for kind, object_id in one.ids.items():
            assert object_id not in trouble, kind
    assert not re.search(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", trouble)


def test_the_log_is_short(trouble):
    """No line for each request: an access log would keep one-time links and ids for ever."""
    assert len(trouble.splitlines()) < 200
    assert " 200 OK" not in trouble
    assert "GET /" not in trouble


def test_the_log_says_where_the_program_failed(trouble):
    assert "A request failed: LookupError" in trouble
    assert "tracker/clinic" in trouble
