"""What ends, ends at once: sign-outs, disabled accounts, consents and releases, in tabs and addresses already open."""

import re
import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tracker.clinic.records import schema
from tracker.clinic.types import Kind, Purpose

WITHIN_S = 5.0


def socket(world, token):
    return connect(
        f"ws://{world.host}/_stcore/stream",
        origin=world.url,
        subprotocols=["streamlit"],
        additional_headers={"Cookie": f"tracker_session={token}"},
        open_timeout=30,
        max_size=None,
        proxy=None,
    )


def closes(line):
    """Seconds until the server closes a socket on which nobody says anything."""
    began = time.monotonic()
    try:
        while time.monotonic() - began < 3 * WITHIN_S:
            line.recv(timeout=3 * WITHIN_S)
    except ConnectionClosed:
        return time.monotonic() - began
    except TimeoutError:
        pass
    raise AssertionError("the socket stayed open")


def disable(world, who, when):
    with world.clinic.store.write() as records:
        records.change_user(world.users[who], disabled=when)


def by_sign_out(world, who, client):
    assert client.post("/logout", headers={"origin": world.url}).status_code == 303


def by_disabling(world, who, client):
    disable(world, who, datetime.now(UTC))


def by_an_administrator(world, who, client):
    with world.clinic.store.write() as records:
        records.end_sign_ins(user_id=world.users[who])


@pytest.mark.parametrize("end", [by_sign_out, by_disabling, by_an_administrator])
def test_a_second_tab_ends_too(world, end):
    who, photo = "patient A", world.people["A"].ids[Kind.PHOTO]
    with world.browser(who) as client:
        assert client.get(f"/img/{photo}").headers["content-type"] == "image/jpeg"
        with socket(world, client.token) as tab:
            try:
                end(world, who, client)
                answer = client.get(f"/img/{photo}")
                assert (answer.status_code, len(answer.content) < 100) == (401, True)
                assert client.get("/_stcore/health").status_code == 401
                assert client.get("/session").json() == {"signed_in": False, "ends_in": 0}
                assert closes(tab) < WITHIN_S
                with pytest.raises(Exception, match="403"):
                    socket(world, client.token)
            finally:
                disable(world, who, None)


def test_the_cookie_is_taken_out_of_the_browser(world):
    with world.browser("staff") as client:
        given = client.post("/logout", headers={"origin": world.url}).headers["set-cookie"]
    assert re.match(r'tracker_session=(""|);', given)
    assert "Max-Age=0" in given


def test_a_withdrawn_release_hides_the_picture_at_once(world):
    ids, table = world.people["A"].ids, schema.releases
    places = [
        f"/img/{ids[Kind.PHOTO]}",
        f"/img/{ids[Kind.ANALYSIS]}/before/photo",
        f"/img/{ids[Kind.ANALYSIS]}/after/photo",
    ]

    def set_to(when):
        with world.clinic.store.write() as records:
            mine = table.c.patient_id == ids[Kind.PATIENT]
            records.connection.execute(sa.update(table).where(mine).values(withdrawn=when))

    with world.browser("patient A") as client:
        for place in places:
            assert client.get(place).content.startswith(b"\xff\xd8"), place
        set_to(datetime.now(UTC))
        try:
            for place in places:
                answer = client.get(place)
                assert (answer.status_code, answer.text) == (404, "Not found."), place
        finally:
            set_to(None)


def consent(world, given):
    values = {"patient_id": world.people["A"].ids[Kind.PATIENT], "purpose": Purpose.TEACHING, "given": given}
    with world.clinic.store.write() as records:
        records.add(schema.consents, values | {"how": "", "author_id": ""}, parent="patient_id")


def test_a_withdrawn_consent_hides_the_picture_from_staff_at_once(world):
    ids = world.people["A"].ids
    export = f"/export/comparison/{ids[Kind.ANALYSIS]}?purpose=TEACHING"
    with world.browser("staff") as client, world.browser("clinician") as doctor:
        assert client.get(f"/img/{ids[Kind.PHOTO]}").status_code == 200
        for purpose in Purpose:
            if purpose is not Purpose.TEACHING:
                answer = client.get(export.replace("TEACHING", purpose.name))
                assert answer.status_code == 403, purpose
                assert not answer.content.startswith(b"\xff\xd8")
        consent(world, given=False)
        try:
            assert (client.get(f"/img/{ids[Kind.PHOTO]}").status_code, client.get(export).status_code) == (404, 404)
            assert doctor.get(export).status_code == 403
        finally:
            consent(world, given=True)


@pytest.fixture(scope="module")
def changing(routes):
    """Every route that changes something, with each method that does."""
    return [(one, path) for path, methods in routes for one in methods if one in ("POST", "PUT", "PATCH", "DELETE")]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"referer": "http://evil.example/", "origin": "http://evil.example"},
    ],
    ids=lambda one: "-".join(one.values()),
)
def test_another_web_page_changes_nothing(world, changing, headers):
    before = world.counts()
    assert ("POST", "/logout") in changing
    with world.browser("clinician") as client:
        for method, path in changing:
            place = re.sub(r"{\w+(:path)?}", world.people["A"].ids[Kind.SESSION], path)
            body = drawn_photo(world) if path.startswith(("/capture", "/coach")) else b"login=x&password=y"
            kind = "image/jpeg" if len(body) > 99 else "application/x-www-form-urlencoded"
            sent = headers | {"x-requested-with": "tracker", "content-type": kind}
            answer = client.request(method, place + "?view=FRONTAL", content=body, headers=sent)
            assert answer.status_code == 403, (method, path, answer.text[:200])
        assert client.get("/session").json()["signed_in"]
    assert world.counts() == before


def drawn_photo(world):
    return world.pictures()[0]


def test_the_camera_wants_the_header_that_a_form_cannot_send(world):
    before = world.counts()
    place = f"/capture/{world.people['A'].ids[Kind.SESSION]}?view=FRONTAL"
    with world.browser("clinician") as client:
        for sent in ({}, {"x-requested-with": "x"}):
            answer = client.post(place, content=drawn_photo(world), headers=sent | {"content-type": "image/jpeg"})
            assert answer.status_code == 403
        answer = client.post(place, content=b"x", headers={"x-requested-with": "tracker", "content-type": "text/plain"})
        assert answer.status_code == 415
    assert world.counts() == before


def test_a_look_changes_nothing(world, changing):
    """An address in a mail or an image tag is only ever a GET: nothing that it can reach signs out or stores."""
    before = world.counts()
    with world.browser("clinician") as client:
        for _, path in changing:
            place = re.sub(r"{\w+(:path)?}", world.people["A"].ids[Kind.SESSION], path)
            client.get(place)
        assert client.get("/session").json()["signed_in"]
    assert world.counts() == before
