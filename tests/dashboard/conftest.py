"""A clinic with photos drawn by the phantom, made once, and a clean dashboard for every test."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tracker import phantom
from tracker.clinic.types import (
    FIRST_PRACTICE,
    BodySite,
    Indication,
    Moment,
    Role,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.workflow import door, intake, photos
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import gate, pictures, state
from tracker.errors import StoreUnavailable
from tracker.imaging.types import Metric

MAIN = Path(state.__file__).parent / "entry" / "main.py"
START = date(2026, 3, 2)
NOTES = "Wound fluid on day one"
VISITS = ((0, SessionKind.TREATMENT, 1.0), (3, SessionKind.FOLLOW_UP, 1.5), (42, SessionKind.FOLLOW_UP, 0.2))
AREA_MM = [[-34, -24], [-12, -26], [-8, -6], [-20, 2], [-36, -4]]


def draw_clinic(home: Path) -> None:
    """One patient, three sessions, one photo each: red patches that flare after needling and then fade."""
    patches = tuple(
        phantom.Lesion(phantom.Kind.PAPULE, (x, y), 7, 7, 0.05, blood=2.5, seed=-x) for x, y in ((-30, -18), (-18, -12))
    )
    with Clinic.open(home) as clinic:
        patient = intake.add_patient(clinic, "P-001", "Jane <b>Roe</b>")
        plan = SeriesPlan(Indication.REDNESS, BodySite.OTHER, "left cheek", primary_metric=Metric.REDNESS)
        series = intake.add_series(clinic, patient.id, plan)
        for turn, (days, kind, blood) in enumerate(VISITS):
            session = intake.add_session(clinic, series.id, Visit(START + timedelta(days), kind, "pen", 1.5, "", NOTES))
            lesions = tuple(patch.changed(blood=blood) for patch in patches)
            spec = phantom.SceneSpec(phantom.SITES["cheek"], 45, (120, 90), 6.0, lesions)
            visit = phantom.Visit(
                pose=phantom.Pose(rotation_deg=2.0 * turn, shift_mm=(turn, 0)),
                targets=(phantom.Placement(phantom.tracker_card(), (16, 22)),),
            )
            shot = phantom.photograph(phantom.make_scene(spec, 5), visit, turn)
            record = photos.add_photo(
                clinic, session.id, phantom.jpeg(shot.encoded), f"IMG_{turn}.jpg", View.CLOSE_UP, Moment.BEFORE
            )
            if turn == 0:
                photos.save_region(clinic, record.id, shot.geometry.to_photo(np.array(AREA_MM, float)))


@pytest.fixture(scope="session")
def drawn_home(tmp_path_factory):
    """The folder of the drawn clinic; tests that change it say so by using their own."""
    home = tmp_path_factory.mktemp("clinic")
    draw_clinic(home)
    return home


def token_of(clinic, roles=("CLINICIAN", "ADMIN"), patient_id="", practice_id=FIRST_PRACTICE, login=""):
    """The token of somebody with these roles who has just signed in."""
    token = uuid4().hex
    with clinic.store.write() as records:
        login = login or f"test-{'-'.join(roles).casefold()}-{patient_id}-{practice_id}"[:100]
        user = records.user_by_login(login) or records.add_user(
            login, "Dr Test", frozenset(Role[role] for role in roles), practice_id, patient_id
        )
        records.add_sign_in(door.digest(token), user.id)
    return token


def signed_in(clinic, *arguments, **named):
    """Somebody with these roles who has just signed in."""
    return door.present(clinic, token=token_of(clinic, *arguments, **named))


@pytest.fixture(name="signed_in")
def _signed_in():
    """The function :func:`signed_in`."""
    return signed_in


@pytest.fixture(name="token_of")
def _token_of():
    """The function :func:`token_of`."""
    return token_of


@pytest.fixture
def at_home(monkeypatch):
    """A function that points the dashboard to a folder, signs somebody in and gives the cookie; all is closed after."""

    def point(home: Path, roles=("CLINICIAN", "ADMIN"), patient_id="") -> str:
        monkeypatch.setenv("TRACKER_HOME", str(home))
        monkeypatch.setattr(gate, "installed", lambda: True)  # as in the server; test_pages shows the other case
        try:
            token = token_of(state.opened(), roles, patient_id)
        except StoreUnavailable:  # what the page says of it is tested
            return ""
        here = door.present(state.opened(), token=token)
        monkeypatch.setattr(state, "sign_in_id", lambda: here.sign_in.id)  # the gate's header, which AppTest lacks
        return f"tracker_session={token}"

    yield point
    state.close_all()
    pictures.forget_all()


@pytest.fixture
def empty_app(at_home, tmp_path):
    """The dashboard over an empty store."""
    at_home(tmp_path)
    return AppTest.from_file(MAIN, default_timeout=60).run()


@pytest.fixture
def drawn_app(at_home, drawn_home):
    """The dashboard over the drawn clinic."""
    at_home(drawn_home)
    return AppTest.from_file(MAIN, default_timeout=120).run()


@dataclass(frozen=True)
class Answer:
    """What an ASGI application answered."""

    status: int
    headers: dict[str, str]
    body: bytes
    set_cookies: tuple[str, ...] = ()

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


def ask(app, path, *, method="GET", kind="http", headers=None, peer="127.0.0.1", body=b"", scheme=""):
    """One request straight into an ASGI application, with exactly these headers (and a Host unless one is given).

    For a WebSocket the status is 101 where it was accepted and 403 where it was closed before.
    """
    sent = (
        {"host": "127.0.0.1:8501"} | ({} if method == "GET" else {"content-length": str(len(body))}) | (headers or {})
    )
    location, _, query = path.partition("?")
    scope = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": scheme or ("http" if kind == "http" else "ws"),
        "path": unquote(location),
        "raw_path": location.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items() if value is not None],
        "client": (peer, 50000),
        "server": ("127.0.0.1", 8501),
    }
    scope |= {"method": method} if kind == "http" else {"subprotocols": []}
    messages = []
    incoming = [{"type": "http.request", "body": body}] if kind == "http" else [{"type": "websocket.connect"}]

    async def receive():
        return incoming.pop(0) if incoming else {"type": f"{kind}.disconnect", "code": 1000}

    async def send(message):
        messages.append(message)

    asyncio.run(app(scope, receive, send))
    if kind == "websocket":
        return Answer(101 if messages[0]["type"] == "websocket.accept" else 403, {}, b"")
    answered = [(name.decode().lower(), value.decode()) for name, value in messages[0]["headers"]]
    given = tuple(value for name, value in answered if name == "set-cookie")
    return Answer(
        messages[0]["status"], dict(answered), b"".join(part.get("body", b"") for part in messages[1:]), given
    )


@pytest.fixture
def asgi():
    """The function :func:`ask`."""
    return ask
