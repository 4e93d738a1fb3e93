"""A real server process over a drawn store with two practices and three patients, and people who try its doors."""

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from tracker.clinic import passwords
from tracker.clinic.records import schema
from tracker.clinic.records.serial import artefact_to_bytes
from tracker.clinic.types import (
    FIRST_PRACTICE,
    Actor,
    AnalysisStatus,
    BodySite,
    BookingState,
    Indication,
    Kind,
    Purpose,
    Role,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.workflow import door, intake, photos
from tracker.clinic.workflow.clinic import Clinic
from tracker.imaging import pipeline
from tracker.imaging.types import Analysis, Flag, FlagCode

TESTS = Path(__file__).resolve().parents[1]
WORD = "plum harbour seven lanterns"
"""Password of everybody who has one."""
NOTE = "PLANTED-NOTE"
ANSWERS_S = 90
"""How long a server may take to start on a machine that does something else too."""


def module(path):
    """A file of the tests as a module: they are no package."""
    spec = importlib.util.spec_from_file_location(f"probed_{path.stem}", path)
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # its dataclasses look their own module up
    spec.loader.exec_module(made)
    return made


drawing = module(TESTS / "clinic" / "conftest.py")


@dataclass
class Person:
    """A patient with everything a record can hold."""

    letter: str
    ids: dict
    planted: tuple
    """Words that stand in the record and nowhere else."""


def as_operator(clinic, practice_id):
    return clinic.acting(Actor("", "", practice_id, frozenset({Role.OPERATOR})))


def draw_person(clinic, letter, practice_id, *, released, seed):
    """A patient with one object of each kind; released and consented to exports, or not."""
    inside = as_operator(clinic, practice_id)
    code, name = f"CODE-{letter}-7731", f"Planted{letter}name"
    patient = intake.add_patient(inside, code, name)
    series = intake.add_series(inside, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE, f"detail-{letter}"))
    stored = []
    for turn, kind in enumerate((SessionKind.TREATMENT, SessionKind.FOLLOW_UP)):
        visit = Visit(date(2026, 3 + turn, 1), kind, "pen", 1.5, "", f"{NOTE}-{letter}-{turn}")
        session = intake.add_session(inside, series.id, visit)
        data = drawing.photo_bytes(10 * seed + turn)
        stored.append(photos.add_photo(inside, session.id, data, f"file-{letter}-{turn}.jpg", View.FRONTAL))
    first, second = stored
    with clinic.store.write() as records:
        mine, of_series = {"patient_id": patient.id, "author_id": ""}, {"series_id": series.id, "author_id": ""}
        day = date(2026, 3, 1)
        release = mine | {"region": "", "withdrawn_by": "", "withdrawn": None if released else datetime.now(UTC)}
        ids = {
            Kind.PATIENT: patient.id,
            Kind.SERIES: series.id,
            Kind.SESSION: session.id,
            Kind.PHOTO: first.id,
            Kind.ANALYSIS: analysed(records, first, second, f"reason-{letter}"),
            Kind.DIARY: records.add(
                schema.diary,
                mine
                | {"day": day, "levels": {}, "words": f"diary-{letter}", "photo_name": "x.jpg"}
                | {"photo_sha256": first.sha256},
                parent="patient_id",
            ),
            Kind.BOOKING: records.add(
                schema.bookings,
                of_series | {"day": day, "time": "", "kind": SessionKind.TREATMENT, "state": BookingState.BOOKED},
                parent="series_id",
            ),
            Kind.COMMENT: records.add(
                schema.comments, of_series | {"text": f"comment-{letter}", "author": ""}, parent="series_id"
            ),
            Kind.RELEASE: records.add(schema.releases, release | {"photo_id": first.id}, parent="patient_id"),
        }
        records.add(schema.releases, release | {"photo_id": second.id}, parent="patient_id")
        if released:
            given = mine | {"purpose": Purpose.TEACHING, "given": True, "how": ""}
            records.add(schema.consents, given, parent="patient_id")
        user = records.add_user(f"patient-{letter}", code, frozenset({Role.PATIENT}), practice_id, patient.id)
        ids[Kind.USER] = user.id
    planted = (code, name, f"detail-{letter}", f"{NOTE}-{letter}", f"file-{letter}", f"diary-{letter}")
    return Person(letter, ids, (*planted, f"comment-{letter}", f"reason-{letter}"))


def analysed(records, first, second, reason):
    """Id of a stored comparison of two photos that could not be laid on each other."""
    why = Flag(FlagCode.NOT_ALIGNED, reason, "")
    values = {"baseline_photo_id": first.id, "followup_photo_id": second.id}
    values |= {"baseline_sha256": first.sha256, "followup_sha256": second.sha256}
    values |= dict.fromkeys(("region_digest", "weights_hash", "kit_digest", "retake"), "")
    values |= {"version": pipeline.PIPELINE_VERSION, "status": AnalysisStatus.REFUSED, "reason": reason}
    made = Analysis(first.sha256, second.sha256, "", pipeline.PIPELINE_VERSION, why, None, (), (), ())
    analysis_id = records.add(schema.analyses, values | {"changes": [], "flags": []}, parent="baseline_photo_id")
    data = {"analysis_id": analysis_id, "data": artefact_to_bytes(made)}
    records.connection.execute(sa.insert(schema.artefacts).values(data))
    return analysis_id


@dataclass
class World:
    """The store, its people, and the server over it."""

    home: Path
    clinic: Clinic
    people: dict[str, Person]
    users: dict[str, str]
    port: int = 0
    process: object = None
    log: Path = Path()
    tokens: list = field(default_factory=list)

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"http://{self.host}"

    def token(self, who):
        """Of somebody who has just signed in."""
        token = uuid4().hex
        with self.clinic.store.write() as records:
            records.add_sign_in(door.digest(token), self.users[who])
        self.tokens.append(token)
        return token

    def browser(self, who="", **headers):
        """A client that is signed in as one of the people, or nobody; it never follows by itself."""
        token = self.token(who) if who else ""
        given = {"cookie": f"tracker_session={token}"} if token else {}
        client = httpx.Client(base_url=self.url, headers=given | headers, timeout=60, trust_env=False)
        client.token = token
        return client

    def pictures(self):
        """The bytes of every stored photo, of which no answer may hold a piece."""
        with self.clinic.store.read() as records:
            digests = records.connection.execute(sa.select(schema.photos.c.sha256)).scalars().all()
        return [self.clinic.files.read(digest) for digest in digests]

    def counts(self):
        """Rows of every table but the log's and those of the door, which every request may write."""
        noted = {"audit", "sign_ins", "attempts"}
        with self.clinic.store.read() as records:
            return {
                name: records.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
                for name, table in schema.metadata.tables.items()
                if name not in noted
            }

    def planted(self):
        """Every word that stands in a record alone."""
        return [word for one in self.people.values() for word in one.planted]


def draw_world(home):
    clinic = Clinic.open(home)
    with clinic.store.write() as records:
        there = records.add_practice("There").id
    people = {
        "A": draw_person(clinic, "A", FIRST_PRACTICE, released=True, seed=1),
        "B": draw_person(clinic, "B", FIRST_PRACTICE, released=False, seed=2),
        "C": draw_person(clinic, "C", there, released=True, seed=3),
    }
    kept = passwords.hashed(WORD)
    users = {f"patient {letter}": one.ids[Kind.USER] for letter, one in people.items()}
    with clinic.store.write() as records:
        for role in ("clinician", "staff", "admin"):
            for place, practice in (("", FIRST_PRACTICE), (" there", there)):
                made = records.add_user(
                    f"{role}{place}", f"Dr {role}{place}", frozenset({Role[role.upper()]}), practice
                )
                users[f"{role}{place}"] = made.id
        for one in users.values():
            records.change_user(one, password_hash=kept)
    return World(home, clinic, people, users)


def start(world, log):
    """The server as ``tracker serve`` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        world.port = free.getsockname()[1]
    command = [sys.executable, "-m", "tracker.dashboard", "--port", str(world.port)]
    environment = os.environ | {"TRACKER_HOME": str(world.home), "OMP_NUM_THREADS": "1"}
    world.log = log
    with log.open("wb") as out:
        world.process = subprocess.Popen(command, cwd=world.home, env=environment, stdout=out, stderr=out)
    began = time.monotonic()
    while time.monotonic() - began < ANSWERS_S:
        try:
            if httpx.get(f"{world.url}/health", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer: {log.read_text()}")


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The store behind a running server, shared by all probes: what one changes it must change back."""
    folder = tmp_path_factory.mktemp("security")
    (folder / "clinic").mkdir()
    made = draw_world(folder / "clinic")
    try:
        start(made, folder / "server.log")
        yield made
    finally:
        if made.process is not None:
            made.process.terminate()
            made.process.wait(30)
        made.clinic.close()


LISTING = """
import json
from tracker.dashboard.app import build
routes = build()._build_starlette_app().routes
print(json.dumps([[getattr(one, "path", None) or "", sorted(getattr(one, "methods", None) or ())] for one in routes]))
"""


@pytest.fixture(scope="session")
def routes(tmp_path_factory):
    """Path and methods of every route of the application, from its router; in a process of its own.

    Streamlit allows one runtime a process, and the tests of the pages need theirs.
    """
    environment = os.environ | {"TRACKER_HOME": str(tmp_path_factory.mktemp("listing"))}
    done = subprocess.run([sys.executable, "-c", LISTING], capture_output=True, check=True, env=environment)
    found = [(path, methods) for path, methods in json.loads(done.stdout.splitlines()[-1])]
    assert len(found) > 20
    return found


@pytest.fixture
def stranger(world):
    """A client that nobody knows."""
    with world.browser() as client:
        yield client


def form_of(client, path="/login"):
    """The hidden field of a form of the door."""
    return re.search(r'name="form" value="([^"]+)"', client.get(path).text).group(1)


def sign_in(client, login, password=WORD, code=""):
    """The answer to the form of the login page, filled in as a browser does."""
    fields = {"form": form_of(client), "login": login, "password": password, "code": code}
    return client.post("/login", data=fields)


@pytest.fixture(name="sign_in", scope="session")
def _sign_in():
    return sign_in


@pytest.fixture(name="form_of", scope="session")
def _form_of():
    return form_of


@pytest.fixture
def no_failures(world):
    """Nobody has to wait at the door, before and after."""

    def forget():
        with world.clinic.store.write() as records:
            records.connection.execute(sa.delete(schema.attempts))

    forget()
    yield forget
    forget()


def erase(clinic, person):
    """Take everything of a patient out of the store, past every use case."""
    ids = person.ids
    with clinic.store.write() as records:
        run, tables = records.connection.execute, schema.metadata.tables
        for name, column, kind in (
            ("consents", "patient_id", Kind.PATIENT),
            ("releases", "patient_id", Kind.PATIENT),
            ("diary", "patient_id", Kind.PATIENT),
            ("bookings", "series_id", Kind.SERIES),
            ("comments", "series_id", Kind.SERIES),
            ("analyses", "id", Kind.ANALYSIS),
            ("sign_ins", "user_id", Kind.USER),
            ("users", "id", Kind.USER),
        ):
            run(sa.delete(tables[name]).where(tables[name].c[column] == ids[kind]))
        mine = sa.select(schema.sessions.c.id).where(schema.sessions.c.series_id == ids[Kind.SERIES])
        run(sa.delete(schema.photos).where(schema.photos.c.session_id.in_(mine)))
        run(sa.delete(schema.sessions).where(schema.sessions.c.series_id == ids[Kind.SERIES]))
        run(sa.delete(schema.series).where(schema.series.c.id == ids[Kind.SERIES]))
        run(sa.delete(schema.patients).where(schema.patients.c.id == ids[Kind.PATIENT]))


@pytest.fixture(scope="session")
def tools():
    """What draws and stores: the functions of this file that a module of tests needs by name."""
    return SimpleNamespace(drawing=drawing, analysed=analysed)
