"""Originals: whole or not at all, never altered, never removed too early."""

import errno
import hashlib
import os
import resource
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.clinic.records import files
from tracker.clinic.records.files import ORPHAN_AGE_S, PhotoFiles
from tracker.errors import StoreUnavailable

DATA = b"not a photo, but bytes all the same" * 1000
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def store(tmp_path):
    return PhotoFiles.open(tmp_path / "photos")


@pytest.fixture(params=["local", "memory"])
def any_store(request, tmp_path):
    if request.param == "local":
        return PhotoFiles.open(tmp_path / "photos")
    return PhotoFiles.open(f"memory://photos-{tmp_path.name}")


@given(data=st.binary(max_size=5000))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_goes_in_comes_out_under_its_hash(any_store, data):
    sha = any_store.put(data)
    assert sha == hashlib.sha256(data).hexdigest()
    assert any_store.read(sha) == data
    assert any_store.put(data) == sha


def test_files_and_folders_are_for_the_owner_alone(store, tmp_path):
    store.put(DATA)
    for path in [tmp_path / "photos", *(tmp_path / "photos").rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_an_altered_file_is_never_handed_out(store):
    store.put(DATA)
    path = Path(store.path(SHA))
    path.write_bytes(DATA[:-1] + b"X")
    with pytest.raises(StoreUnavailable, match="backup"):
        store.read(SHA)


def test_uploading_again_mends_a_torn_file(store):
    store.put(DATA)
    Path(store.path(SHA)).write_bytes(DATA[:100])
    store.put(DATA)
    assert store.read(SHA) == DATA


def test_a_missing_file_is_reported_and_not_invented(store):
    with pytest.raises(StoreUnavailable, match="found none"):
        store.read(SHA)


def test_a_missing_folder_is_a_lost_disk_when_photos_are_recorded(tmp_path):
    with pytest.raises(StoreUnavailable, match=r"12 photos.*nothing was changed"):
        PhotoFiles.open(tmp_path / "photos", expected=12)
    assert not (tmp_path / "photos").exists()


CALLS = [(os, "open"), (os, "fsync"), (os, "replace"), (Path, "mkdir")]


@pytest.mark.parametrize(("owner", "name"), CALLS, ids=[name for _, name in CALLS])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT], ids=errno.errorcode.get)
def test_each_step_of_the_save_path_may_fail_once(store, monkeypatch, owner, name, number):
    """Every call of every step fails once: the old state or the new one, and the next try works."""
    real, outcomes = getattr(owner, name), []
    for fail_at in range(1, 10):
        data = DATA + bytes([fail_at])
        sha = hashlib.sha256(data).hexdigest()
        counter = iter(range(1, 100))

        def failing(*args, counter=counter, fail_at=fail_at, **kwargs):
            if next(counter) == fail_at:
                raise OSError(number, os.strerror(number))
            return real(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(owner, name, failing)
            try:
                store.put(data)
                outcomes.append(True)
            except StoreUnavailable as error:
                outcomes.append("nothing was saved" not in str(error))
        assert not list(Path(store.root, "incoming").iterdir())
        assert not store.exists(sha) or store.read(sha) == data
        assert store.read(store.put(data)) == data
    assert False in outcomes  # the fault was met
    assert outcomes[-1]  # and the loop went past the last call


LIMITED = """
import resource, sys
from tracker.clinic.records.files import PhotoFiles
from tracker.errors import StoreUnavailable
store = PhotoFiles.open(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
try:
    store.put(b"x" * 50_000)
except StoreUnavailable as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.put(b"x" * 50_000)
"""


def test_the_disk_fills_in_the_middle_of_a_file(tmp_path):
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "photos")], capture_output=True, text=True, check=True
    )
    assert "full" in done.stdout
    assert "nothing was saved" in done.stdout
    found = [path for path in (tmp_path / "photos").rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in found] == [50_000]


def _age(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_the_sweep_takes_old_orphans_only(store):
    shas = [store.put(DATA + bytes([n])) for n in range(4)]
    recorded_old, orphan_old, orphan_young, recorded_young = shas
    part_old, part_young = (Path(store.root) / "incoming" / name for name in ("a.part", "b.part"))
    part_old.write_bytes(b"cut")
    part_young.write_bytes(b"cut")
    for path in (Path(store.path(recorded_old)), Path(store.path(orphan_old)), part_old):
        _age(path, ORPHAN_AGE_S + 60)
    for path in (Path(store.path(orphan_young)), part_young):
        _age(path, ORPHAN_AGE_S - 60)
    assert sorted(store.remove_orphans({recorded_old, recorded_young})) == sorted([orphan_old, "incoming/a.part"])
    assert {name for name, _ in store.listing()} == {recorded_old, orphan_young, recorded_young, "incoming/b.part"}


def test_a_sweep_that_would_take_much_takes_nothing(store):
    """As after restoring records that are older than the photos."""
    for number in range(30):
        _age(store.path(store.put(DATA + bytes([number]))), ORPHAN_AGE_S + 60)
    with pytest.raises(StoreUnavailable, match=r"30 photos.*nothing was deleted"):
        store.remove_orphans(set())
    assert len(list(store.listing())) == 30


def test_uploading_an_orphan_again_makes_it_young(store):
    store.put(DATA)
    _age(store.path(SHA), ORPHAN_AGE_S + 60)
    store.put(DATA)
    assert store.remove_orphans(set()) == []


def test_a_file_that_becomes_young_between_look_and_deletion_is_kept(store, monkeypatch):
    store.put(DATA)
    _age(store.path(SHA), ORPHAN_AGE_S + 60)
    listing = list(store.listing())
    os.utime(store.path(SHA))
    monkeypatch.setattr(PhotoFiles, "listing", lambda self: iter(listing))
    assert store.remove_orphans(set()) == []


def test_check_names_every_fault_and_removes_nothing(store):
    shas = [store.put(DATA + bytes([n])) for n in range(6)]
    damaged, missing, stranger = shas[0], shas[1], shas[2]
    path = Path(store.path(damaged))
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    Path(store.path(missing)).unlink()
    report = store.check(set(shas) - {stranger})
    assert (report.missing, report.damaged, report.strangers) == ((missing,), (damaged,), (stranger,))
    assert not report.sound
    assert len([name for name, _ in store.listing()]) == 5


def test_reasons_are_sentences():
    for number in (errno.ENOSPC, errno.EACCES):
        said = files.reason_of(OSError(number, os.strerror(number)))
        assert "nothing was saved" in said
        assert said.endswith(".")
