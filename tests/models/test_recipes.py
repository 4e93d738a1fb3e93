"""The recipes run: a minute of training beats chance. The full training takes hours and is not repeated here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra networks is not installed")

PROJECT = Path(__file__).resolve().parents[2]
MODELS = PROJECT / "models"
LONGEST_S = 400  # a minute of training, data and imports beside it, on a machine that others use too


def smoke(recipe: str, *arguments: str) -> dict[str, object]:
    """What a recipe answers after a minute of training, with one thread and without writing into the project."""
    before = listing(recipe)
    done = subprocess.run(
        [sys.executable, MODELS / recipe / "train.py", "--smoke", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        timeout=LONGEST_S,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert listing(recipe) == before, "a smoke run leaves nothing behind"
    return json.loads(done.stdout.splitlines()[-1])


def listing(recipe: str) -> dict[Path, int]:
    return {
        path: path.stat().st_mtime_ns
        for path in (MODELS / recipe).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def beats_chance(answer: dict[str, object]) -> bool:
    value, chance = float(answer["value"]), float(answer["chance"])
    return value < chance if answer["better"] == "lower" else value > chance


@pytest.mark.parametrize(
    ("value", "better", "beats"), [(1, "lower", True), (3, "lower", False), (3, "higher", True), (2, "higher", False)]
)
def test_what_beats_chance(value: float, better: str, beats: bool) -> None:
    assert beats_chance({"value": value, "chance": 2.0, "better": better}) is beats


@pytest.mark.slow
@pytest.mark.photos
def test_a_minute_of_landmark_training_beats_the_mean_face(shared_data: Path) -> None:
    answer = smoke("face-landmarks-v1", "--photos", str(shared_data))
    assert answer["better"] == "lower"
    assert beats_chance(answer), answer


@pytest.mark.slow
def test_a_minute_of_outline_training_on_the_phantom_beats_chance() -> None:
    answer = smoke("outline-v1", "--no-photos")
    assert answer["better"] == "higher"
    assert answer["untrained"] < answer["chance"], "what beats chance is the training, not the start"
    assert beats_chance(answer), answer
