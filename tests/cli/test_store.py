"""The commands on the store."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def tracker(*arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    code = "from tracker.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = os.environ | {"TRACKER_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)


def test_doctor_finds_a_sound_installation(tmp_path: Path) -> None:
    done = tracker("doctor", "--json", home=tmp_path / "clinic")
    answer = json.loads(done.stdout)
    assert {check["check"]: check["message"] for check in answer["checks"] if not check["ok"]} == {}
    assert done.returncode == 0


def test_doctor_names_a_store_that_cannot_be_opened(tmp_path: Path) -> None:
    home = tmp_path / "clinic"
    home.mkdir()
    (home / "records.db").write_bytes(b"this is not a database, whatever its name says" * 100)
    done = tracker("doctor", "--json", home=home)
    bad = [check for check in json.loads(done.stdout)["checks"] if not check["ok"]]
    assert [check["check"] for check in bad] == ["records and photos"]
    assert done.returncode == 1


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.20", "::"])
def test_serve_refuses_any_other_address(address: str, tmp_path: Path) -> None:
    done = tracker("serve", "--address", address, home=tmp_path / "clinic")
    assert done.returncode == 2
    assert "127.0.0.1" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_export_comparison_writes_a_clean_picture(tmp_path: Path) -> None:
    folder = SAMPLES / "surgical_scar"
    output = tmp_path / "comparison.jpg"
    photos = folder / "session_1.jpg", folder / "session_5.jpg"
    done = tracker("export", "comparison", *photos, "--region", folder / "region.png", "-o", output, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "may still be recognised" in done.stdout
    with Image.open(output) as picture:
        assert picture.width > picture.height / 2
        assert len(picture.getexif()) == 0


def test_export_comparison_needs_a_known_ending(tmp_path: Path) -> None:
    done = tracker("export", "comparison", __file__, __file__, "-o", tmp_path / "x.bmp", home=tmp_path)
    assert done.returncode == 2
    assert ".jpg or .png" in done.stderr
