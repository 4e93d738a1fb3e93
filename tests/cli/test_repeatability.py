"""tracker repeatability, called as a person and as a program would call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tracker.cli import main
from tracker.phantom import SITES, Pose, SceneSpec, Visit, jpeg, make_scene, photograph

SEATINGS = ("1", "1", "2")


def tracker(*arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    code = "from tracker.cli import main; main()"
    command = [sys.executable, "-c", code, "repeatability", *map(str, arguments)]
    environment = os.environ | {"TRACKER_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)


def answers(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three rendered forearms: two photos, re-seated, one photo."""
    root = tmp_path_factory.mktemp("repeats")
    for subject in range(3):
        scene = make_scene(SceneSpec(SITES["forearm"], 45 - 10 * subject, (50.0, 40.0), 6.0), seed=subject)
        for number, seating in enumerate(SEATINGS):
            pose = Pose(rotation_deg=1.5 * int(seating), shift_mm=(0.4 * number, 0.0))
            shot = photograph(scene, Visit(pose=pose), seed=10 * subject + number)
            path = root / f"volunteer {subject}" / seating / f"{number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(jpeg(shot.encoded))
    return root


@pytest.mark.slow
def test_a_kit_is_measured_stored_listed_and_chosen(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "clinic"
    labels = ["--name", "Room 1", "--room", "first floor", "--lamp", "LED"]
    *rows, summary = answers(tracker(folder, *labels, "--site", "forearm", "--store", "--json", home=home))
    redness = next(row for row in rows if row["metric"] == "redness")
    assert redness["status"] == "measured"
    assert (redness["region"], redness["colour"], redness["unit"], redness["subjects"]) == (
        "drawn",
        "uncalibrated",
        "H",
        3,
    )
    assert 0 < redness["sem_low"] < redness["sem"] < redness["sem_high"]
    assert redness["sdc"] == pytest.approx(1.96 * 2**0.5 * redness["sem"], rel=1e-3)
    assert redness["smallest_seen"] > redness["sdc"]  # few repeats: the upper limit, and t
    assert 0 <= redness["icc_low"] <= redness["icc"] <= redness["icc_high"] <= 1
    assert (summary["status"], summary["pairs"], summary["scope"]) == ("stored", 9, "within-visit")

    kit, last = answers(tracker("--list", "--json", home=home))
    assert (kit["name"], kit["room"], kit["camera"], kit["in_use"]) == ("Room 1", "first floor", "Phantom", True)
    assert kit["digest"] == summary["digest"]
    assert last["judged_by"].startswith("automatic")

    assert answers(tracker("--use", "room 1", "--json", home=home))[0]["status"] == "chosen"
    assert "Judged by kit Room 1." in tracker("--list", home=home).stdout
    assert answers(tracker("--use", "defaults", "--json", home=home))[0]["status"] == "chosen"
    kit, last = answers(tracker("--list", "--json", home=home))
    assert (kit["in_use"], last["judged_by"]) == (False, "the defaults")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """The command in this process: exit status, standard output and standard error."""
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "clinic"))

    def call(*arguments: object) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["tracker", "repeatability", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


def test_too_few_subjects_are_one_sentence_and_exit_2(here, folder: Path) -> None:
    status, out, error = here(folder / "volunteer 0")
    assert (status, out) == (2, "")
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "exactly one"),
        (["--list", "--use", "a"], "exactly one"),
        (["gone"], "folder or a CSV file"),
        ([".", "--store"], "--name"),
        (["--use", "nothing"], "no kit at all"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_2(here, arguments: list[str], expected: str) -> None:
    status, out, error = here(*arguments)
    assert (status, out) == (2, "")
    assert expected in error
    assert len(error.strip().splitlines()) == 1


def test_the_help_names_every_way_to_call_it(here) -> None:
    status, out, _ = here("--help")
    assert status == 0
    for word in ("--name", "--store", "--list", "--use", "subject/seating", "--json"):
        assert word in out
