"""Opening the clinic's folder, and what is said when it cannot be opened."""

import os
import stat
import subprocess
import sys

import pytest

from tracker.clinic.workflow.clinic import Clinic, default_home
from tracker.errors import StoreUnavailable


def test_the_folder_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "clinic"))
    assert default_home() == tmp_path / "clinic"
    with Clinic.open() as clinic:
        assert clinic.home == tmp_path / "clinic"
        assert stat.S_IMODE(clinic.home.stat().st_mode) == 0o700
    monkeypatch.setenv("TRACKER_HOME", "  ")
    assert "skin-progress-tracker" in str(default_home())


def test_opening_twice_keeps_what_is_there(tmp_path):
    for _ in range(2):
        with Clinic.open(tmp_path) as clinic, clinic.store.write() as records:
            records.add_patient("", "")
    with Clinic.open(tmp_path) as clinic, clinic.store.read() as records:
        assert [patient.code for patient in records.patients()] == ["P-001", "P-002"]


def test_a_folder_on_an_absent_disk_is_named(tmp_path):
    with pytest.raises(StoreUnavailable, match=r"disk/clinic.*does not exist"):
        Clinic.open(tmp_path / "disk" / "clinic")
    assert not (tmp_path / "disk").exists()


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "clinic").write_text("")
    with pytest.raises(StoreUnavailable, match="found a file"):
        Clinic.open(tmp_path / "clinic")


READ_ONLY = """
import os, sys
from pathlib import Path
from tracker.clinic.workflow.clinic import Clinic
from tracker.errors import StoreUnavailable
os.setgid(65534); os.setuid(65534)
try:
    Clinic.open(Path(sys.argv[1]))
except StoreUnavailable as error:
    print(error)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become somebody without rights")
def test_a_read_only_home_is_named(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    for folder in (home, tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(0o755)  # pytest makes them 0700, one level more under xdist
    done = subprocess.run([sys.executable, "-c", READ_ONLY, str(home)], capture_output=True, text=True, check=False)
    assert "read-only" in done.stdout, done.stderr
    assert not list(home.iterdir())


def test_photos_without_their_records_are_not_taken_for_a_new_clinic(tmp_path):
    with Clinic.open(tmp_path) as clinic:
        clinic.files.put(b"photo")
    (tmp_path / "records.db").rename(tmp_path / "lost.db")
    with pytest.raises(StoreUnavailable, match=r"records.*found none.*backup"):
        Clinic.open(tmp_path)
    assert not (tmp_path / "records.db").exists()
    (tmp_path / "lost.db").rename(tmp_path / "records.db")
    Clinic.open(tmp_path).close()


@pytest.mark.parametrize("name", ["a b", "ü ł", "50%20", "a?b=c#d", "a::b", "~x", "{0}", "[x]"])
def test_any_folder_name_will_do(tmp_path, name):
    for _ in range(2):
        with Clinic.open(tmp_path / name) as clinic:
            sha = clinic.files.put(b"photo")
            assert clinic.files.read(sha) == b"photo"
            assert [found for found, _ in clinic.files.listing()] == [sha]
            assert (tmp_path / name / "records.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]
