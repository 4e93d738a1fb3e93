"""The archive of everything about one person: complete, readable by machines, and silent about everybody else."""

import io
import json
import re
import zipfile
from datetime import UTC, date, datetime

import numpy as np
import pytest

from tracker.clinic.records import schema
from tracker.clinic.records.takeout import ABOUT, LEFT_OUT
from tracker.clinic.types import (
    FIRST_PRACTICE,
    Actor,
    BodySite,
    Gais,
    Indication,
    Purpose,
    Role,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.types.own import DiaryDraft, Reaction
from tracker.clinic.workflow import consents, diary, everything, intake, photos, rating
from tracker.errors import NotFound, StoreUnavailable

TODAY = datetime.now(UTC).astimezone().date()


class Person:
    """A patient with one of everything, each carrying the person's marker."""

    def __init__(self, clinic, mark, seed, photo_bytes):
        self.mark = mark
        self.patient = intake.add_patient(clinic, f"C-{mark}", f"Name-{mark}", date(1980, 1, seed))
        self.actor = Actor(f"u{seed}", "P", FIRST_PRACTICE, frozenset({Role.PATIENT}), self.patient.id)
        own = clinic.acting(self.actor)
        self.series = intake.add_series(
            clinic, self.patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE, f"part {mark}")
        )
        visit = Visit(date(2026, 3, seed), SessionKind.TREATMENT, "pen", 1.5, "", f"note-{mark}")
        session = intake.add_session(clinic, self.series.id, visit)
        self.data = photo_bytes(seed)
        self.photo = photos.add_photo(clinic, session.id, self.data, f"file-{mark}.jpg", View.FRONTAL)
        photos.save_region(clinic, self.photo.id, np.array([[10, 10], [90, 10], [50, 90.0]]), f"author-{mark}")
        self.home = photo_bytes(seed + 50)
        draft = DiaryDraft(TODAY, {Reaction.REDNESS: 1}, f"diary-{mark}", self.home, f"home-{mark}.jpg")
        self.entry = diary.write(own, self.patient.id, draft)
        rating.rate(own, self.series.id, Gais.IMPROVED, f"words-{mark}")
        consent = consents.give(own, self.patient.id, Purpose.TEACHING)
        with clinic.store.write() as records:
            records.add_user(f"login-{mark}", f"user-{mark}", frozenset({Role.PATIENT}), patient_id=self.patient.id)
            records.add_comment(self.series.id, f"comment-{mark}", ("d1", f"author-{mark}"))
            about = ("a" * 32, "jpeg", "0" * 64)
            records.add_export(self.patient.id, Purpose.TEACHING, consent.id, about, "d1")
            records.add_booking(self.series.id, date(2026, 4, seed), "10:00", SessionKind.TREATMENT, "d1")


@pytest.fixture
def both(clinic, photo_bytes):
    return Person(clinic, "AAA", 1, photo_bytes), Person(clinic, "BBB", 2, photo_bytes)


def opened(clinic, person):
    made = everything.everything(clinic.acting(person.actor), person.patient.id)
    with made.file:
        data = made.file.read()
    assert len(data) == made.size
    assert made.missing == ()
    return zipfile.ZipFile(io.BytesIO(data))


def test_every_table_is_either_taken_or_left_out_for_a_reason():
    assert set(ABOUT) | set(LEFT_OUT) == set(schema.metadata.tables)
    assert not set(ABOUT) & set(LEFT_OUT)


def test_everything_of_the_person_is_there(clinic, both):
    mine = both[0]
    archive = opened(clinic, mine)
    assert archive.testzip() is None
    told = json.loads(archive.read("everything.json"))
    assert set(ABOUT) <= set(told)
    for name in set(ABOUT) - {"sightings", "analyses", "gradings", "candidacies", "releases", "sign_ins"}:
        assert told[name], name
    patient = told["patients"][0]
    assert (patient["name"], patient["birth"], patient["code"]) == ("Name-AAA", "1980-01-01", "C-AAA")
    assert archive.read(told["photos"][0]["file"]) == mine.data
    assert archive.read(told["diary"][0]["file"]) == mine.home
    assert archive.read(told["regions"][0]["file"]).startswith(b"\x89PNG")
    assert told["consents"][0]["purpose"] == "TEACHING"
    text = json.dumps(told)
    for word in ("note-AAA", "diary-AAA", "words-AAA", "comment-AAA", "home-AAA.jpg", "login-aaa", "part AAA"):
        assert word in text, word
    read_me = archive.read("READ ME.txt").decode()
    assert all(f"{name}:" in read_me for name in ABOUT)


def test_nobody_elses_data_is_in_it(clinic, both):
    for mine, other in (both, both[::-1]):
        archive = opened(clinic, mine)
        every = b"".join(archive.read(name) for name in archive.namelist()) + "".join(archive.namelist()).encode()
        ids = (other.patient.id, other.series.id, other.photo.id, other.entry.id, other.photo.sha256)
        for planted in (other.mark, *ids, other.entry.photo_sha256):
            assert planted.encode() not in every, planted
        assert other.data not in every
        assert other.home not in every


def test_secrets_and_who_of_the_clinic_did_it_stay_out(clinic, both):
    text = opened(clinic, both[0]).read("everything.json").decode()
    assert not re.search(r"password|totp|author|token|withdrawn_by|sealed|file-AAA", text.split('"patients": [', 1)[1])
    assert "d1" not in json.loads(text)["comments"][0].values()


def test_names_in_the_archive_stay_inside_it(clinic, both):
    for name in opened(clinic, both[0]).namelist():
        assert not name.startswith("/")
        assert ".." not in name


def test_a_lost_photo_is_named_and_the_rest_is_taken(clinic, both):
    mine = both[0]
    clinic.files.fs.rm_file(clinic.files.path(mine.photo.sha256))
    made = everything.everything(clinic.acting(mine.actor), mine.patient.id)
    with made.file, zipfile.ZipFile(made.file) as archive:
        told = json.loads(archive.read("everything.json"))
        assert len(made.missing) == 1
        assert told["missing_files"] == list(made.missing)
        assert "Could not be read" in archive.read("READ ME.txt").decode()
        assert archive.read(told["diary"][0]["file"]) == mine.home


def test_nothing_stays_on_the_disk(clinic, both):
    before = sorted(clinic.cache.iterdir())
    made = everything.everything(clinic.acting(both[0].actor), both[0].patient.id)
    assert sorted(clinic.cache.iterdir()) == before
    made.file.close()


def test_a_full_disk_is_said(clinic, both, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(everything.tempfile, "TemporaryFile", full)
    with pytest.raises(StoreUnavailable, match="full"):
        everything.everything(clinic, both[0].patient.id)


def test_it_is_given_to_the_person_and_to_the_own_clinician_alone(clinic, both):
    mine, other = both
    roles = [{Role.STAFF}, {Role.ADMIN}, {Role.STAFF, Role.ADMIN}]
    refused = [other.actor, *(Actor("x", "X", FIRST_PRACTICE, frozenset(one)) for one in roles)]
    refused.append(Actor("x", "X", "another", frozenset({Role.CLINICIAN})))
    for actor in refused:
        with pytest.raises(NotFound):
            everything.everything(clinic.acting(actor), mine.patient.id)
    doctor = Actor("d", "D", FIRST_PRACTICE, frozenset({Role.CLINICIAN}))
    everything.everything(clinic.acting(doctor), mine.patient.id).file.close()
    with pytest.raises(NotFound):
        everything.everything(clinic.acting(doctor), "0" * 32)
    with clinic.store.read() as records:
        deeds = [one.deed for one in records.deeds(FIRST_PRACTICE, patient_id=mine.patient.id)]
    assert ("d", "download everything about a person") in [(one.user_id, one.action) for one in deeds]
