"""What patients take along: their own archive and the photos of their own diary, and nobody else's."""

import io
import json
import zipfile
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware

from tracker.clinic.types import FIRST_PRACTICE, Actor, Role
from tracker.clinic.types.own import DiaryDraft, Reaction
from tracker.clinic.workflow import diary, intake
from tracker.dashboard import state
from tracker.dashboard.gate import Gate
from tracker.dashboard.own_routes import ROUTES

APP = Starlette(routes=ROUTES, middleware=[Middleware(Gate)])
TODAY = datetime.now(UTC).astimezone().date()


def jpeg(seed):
    out = io.BytesIO()
    noise = np.random.default_rng(seed).integers(120, 220, (240, 320, 3), np.uint8)
    exif = Image.Exif()
    exif[0x010E] = "Ada Lovelace"
    Image.fromarray(noise).save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


@pytest.fixture
def people(at_home, tmp_path):
    """Two patients with a diary entry each: (id of the patient, id of the entry)."""
    at_home(tmp_path)
    clinic = state.opened()
    found = []
    for number in (1, 2):
        patient = intake.add_patient(clinic, f"P-00{number}", f"Name-{number}")
        own = clinic.acting(Actor(f"u{number}", "P", FIRST_PRACTICE, frozenset({Role.PATIENT}), patient.id))
        draft = DiaryDraft(TODAY, {Reaction.REDNESS: 1}, f"diary-{number}", jpeg(number), "me.jpg")
        found.append((patient.id, diary.write(own, patient.id, draft).id))
    return found


@pytest.fixture
def as_role(asgi, at_home, tmp_path, people):
    def sign_in(roles, patient_id=""):
        return partial(asgi, APP, headers={"cookie": at_home(tmp_path, roles, patient_id)})

    return sign_in


def test_a_patient_sees_the_own_photo_without_metadata(as_role, people):
    get = as_role(("PATIENT",), people[0][0])
    answer = get(f"/img/diary/{people[0][1]}?w=200")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert b"Ada" not in answer.body
    assert Image.open(io.BytesIO(answer.body)).width == 200


def test_a_patient_takes_the_own_archive(as_role, people):
    answer = as_role(("PATIENT",), people[0][0])("/export/everything")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert "Name" not in answer.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    told = json.loads(archive.read("everything.json"))
    assert told["patients"][0]["name"] == "Name-1"
    assert b"Name-2" not in archive.read("everything.json")


def test_patient_a_asking_for_b_gets_what_is_not_there(as_role, people):
    get = as_role(("PATIENT",), people[0][0])
    nowhere = get("/img/diary/" + "0" * 32)
    for path in (f"/img/diary/{people[1][1]}", f"/export/everything/{people[1][0]}", "/export/everything/none"):
        answer = get(path)
        assert (answer.status, answer.text) == (404, "Not found."), path
        assert (answer.status, answer.text) == (nowhere.status, nowhere.text)


def test_a_clinician_reads_diaries_and_hands_archives_over(as_role, people):
    get = as_role(("CLINICIAN",))
    assert get(f"/img/diary/{people[1][1]}").status == 200
    assert zipfile.ZipFile(io.BytesIO(get(f"/export/everything/{people[1][0]}").body)).testzip() is None
    assert get("/export/everything").status == 404  # a clinician has no record of their own


@pytest.mark.parametrize("roles", [("STAFF",), ("ADMIN",), ("STAFF", "ADMIN")])
def test_staff_and_administrators_get_neither(as_role, people, roles):
    get = as_role(roles)
    for path in (f"/img/diary/{people[0][1]}", f"/export/everything/{people[0][0]}", "/export/everything"):
        assert get(path).status == 404


def test_nobody_gets_in_without_a_sign_in(asgi, people):
    for path in (f"/img/diary/{people[0][1]}", "/export/everything", f"/export/everything/{people[0][0]}"):
        answer = asgi(APP, path)
        assert answer.status == 401
        assert b"Name" not in answer.body


@pytest.mark.parametrize("width", ["1", "99999", "x"])
def test_absurd_width_is_a_sentence(as_role, people, width):
    answer = as_role(("PATIENT",), people[0][0])(f"/img/diary/{people[0][1]}?w={width}")
    assert answer.status == 422
    assert "expected 64 to 2000" in answer.text
