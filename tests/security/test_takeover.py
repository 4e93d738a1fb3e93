"""A session belongs to the sign-in that began it: nobody joins another's, and no header makes anybody somebody else."""

import re

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tracker.clinic.types import Kind
from tracker.clinic.workflow import door


def socket(world, token="", session="", **headers):
    """A WebSocket as Streamlit's page opens it, over a given session where one is named."""
    origin = headers.pop("origin", world.url)
    given = {"Cookie": f"tracker_session={token}"} if token else {}
    return connect(
        f"ws://{world.host}/_stcore/stream",
        origin=origin,
        subprotocols=["streamlit", "x", *([session] if session else [])],
        additional_headers=given | {name.replace("_", "-"): value for name, value in headers.items()},
        open_timeout=30,
        max_size=None,
        proxy=None,
    )


def session_of(line):
    """The session that the server gave, and every word that its first page told."""
    asked = BackMsg()
    asked.rerun_script.query_string = ""
    line.send(asked.SerializeToString())
    session, heard = "", b""
    while True:
        data = line.recv(timeout=60)
        heard += data
        message = ForwardMsg()
        message.ParseFromString(data)
        if message.HasField("new_session"):
            session = message.new_session.initialize.session_id
        if message.HasField("script_finished"):
            return session, heard


@pytest.fixture(scope="module")
def opened(world):
    """Patient A at work: the token and the id of the Streamlit session, which is still connected."""
    token = world.token("patient A")
    with socket(world, token) as line:
        session, heard = session_of(line)
        yield token, session, heard


def test_the_probe_reads_a_page(opened):
    _, session, _ = opened
    assert re.fullmatch(r"[0-9a-f-]{36}", session)


@pytest.mark.parametrize("who", ["patient B", "patient C", "clinician", "admin", "patient A"])
def test_a_session_is_joined_by_nobody_else_and_by_no_other_sign_in(world, opened, who):
    _, session, _ = opened
    with socket(world, world.token(who), session) as line:
        got, heard = session_of(line)
    assert got
    assert got != session
    if who.startswith("patient B"):
        for word in world.people["A"].planted:
            assert word.encode() not in heard


def test_its_own_sign_in_comes_back_to_it(world):
    token = world.token("patient A")
    with socket(world, token) as line:
        session, _ = session_of(line)
    with socket(world, token, session) as line:
        assert session_of(line)[0] == session


def test_a_forged_identity_joins_nothing(world, opened):
    token, session, _ = opened
    sign_in = door.present(world.clinic, token=token, active=False).sign_in.id
    for name in ("x-tracker-sign-in", "X-Tracker-Sign-In", "X_Tracker_Sign_In"):
        headers = {name.replace("-", "_") if name[1] == "-" else name: sign_in}
        with socket(world, world.token("patient B"), session, **headers) as line:
            assert session_of(line)[0] != session
        with pytest.raises(InvalidStatus, match="403"):
            socket(world, "", session, **headers)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://localhost:{port}", "http://{host}.evil.example", "ws://{host}", None],
)
def test_the_socket_is_for_this_servers_pages(world, origin):
    origin = origin.format(host=world.host, port=world.port) if origin else None
    with pytest.raises(InvalidStatus, match="403"):
        socket(world, world.token("patient A"), origin=origin)


FORGED = {
    "x-tracker-sign-in": "{sign_in}",
    "x-auth-user": "clinician",
    "x-forwarded-user": "clinician",
    "remote-user": "clinician",
    "authorization": "Bearer {token}",
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "127.0.0.1",
    "x-real-ip": "127.0.0.1",
    "forwarded": "for=127.0.0.1;host=127.0.0.1;proto=https",
    "x-original-url": "/login",
    "x-rewrite-url": "/login",
    "x-http-method-override": "GET",
    "cookie": "tracker_session={sign_in}",
    "Cookie": "__Host-tracker_session={token}",
    "x-cookie": "tracker_session={token}",
}


@pytest.mark.parametrize("name", FORGED)
def test_no_header_signs_anybody_in(world, name):
    token = world.token("clinician")
    sign_in = door.present(world.clinic, token=token, active=False).sign_in.id
    value = FORGED[name].format(token=token, sign_in=sign_in)
    photo = world.people["A"].ids[Kind.PHOTO]
    with world.browser(**{name: value}) as client:
        for path in (
            f"/img/{photo}",
            "/_stcore/health",
            "/",
            f"/export/everything/{world.people['A'].ids[Kind.PATIENT]}",
        ):
            assert client.get(path).status_code == 401, path


@pytest.mark.parametrize("name", [one for one in FORGED if one.lower() != "cookie"])
def test_no_header_makes_a_patient_somebody_else(world, name):
    """Patient B, signed in, says to be the clinician."""
    token = world.token("clinician")
    sign_in = door.present(world.clinic, token=token, active=False).sign_in.id
    photo = world.people["A"].ids[Kind.PHOTO]
    with world.browser("patient B") as client:
        answer = client.get(f"/img/{photo}", headers={name: FORGED[name].format(token=token, sign_in=sign_in)})
    assert answer.status_code in (401, 404)  # "https" asks for the other cookie, which is not there


@pytest.mark.parametrize("peer", ["8.8.8.8", "10.0.0.5, 127.0.0.1"])
def test_a_forged_address_is_not_let_in_as_this_computer(world, peer):
    """Behind a proxy on this computer the far address counts, and that is none of ours."""
    with world.browser("clinician") as client:
        assert client.get("/", headers={"x-forwarded-for": peer}).status_code in (200, 403)


def test_a_cookie_from_before_is_not_the_one_after(world, sign_in, no_failures):
    with world.browser() as client:
        client.cookies.set("tracker_session", "chosen-by-somebody", domain="127.0.0.1")
        answer = sign_in(client, "clinician")
        assert answer.status_code == 303, answer.text
        (given,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("tracker_session=")]
    token = given.partition("=")[2].partition(";")[0]
    assert token != "chosen-by-somebody"
    assert len(token) >= 43  # 256 bits
    flags = {one.strip().lower() for one in given.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= flags
    with httpx.Client(base_url=world.url, headers={"cookie": "tracker_session=chosen-by-somebody"}) as other:
        assert other.get("/_stcore/health").status_code == 401


def test_signing_in_again_ends_the_sign_in_before(world, sign_in, no_failures):
    old = world.token("clinician")
    with world.browser() as client:
        client.cookies.set("tracker_session", old)
        page = client.get("/login")
        assert page.status_code == 303  # already in; the form is posted all the same
        fields = {"form": "0" * 43, "login": "clinician", "password": "plum harbour seven lanterns", "code": ""}
        client.cookies.set("tracker_form", "0" * 43)
        answer = client.post("/login", data=fields)
        assert answer.status_code == 303
    assert door.present(world.clinic, token=old, active=False) is None


def test_what_is_kept_of_a_token_is_no_token(world):
    token = world.token("clinician")
    with httpx.Client(base_url=world.url, headers={"cookie": f"tracker_session={door.digest(token)}"}) as client:
        assert client.get("/_stcore/health").status_code == 401
