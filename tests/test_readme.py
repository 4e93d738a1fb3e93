"""The README is true: its example runs, its commands exist."""

import re
import runpy
from pathlib import Path

import pytest
import typer

from tracker.cli import app

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text()
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(PROJECT)
    block = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert block
    script = tmp_path / "example.py"
    script.write_text(block[1])
    names = runpy.run_path(str(script))
    assert names["picture"].ndim == 3
    assert "Redness" in capsys.readouterr().out
    assert "scar_area" in {str(change.metric) for change in names["analysis"].changes}


def test_every_command_named_in_the_readme_exists() -> None:
    named = set(re.findall(r"^tracker ([a-z]+)", README, re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_architecture_document(command: str) -> None:
    assert f"tracker {command}" in (PROJECT / "docs/architecture.md").read_text() or command in README


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)|`(docs/[\w.]+)`", README), ids=str)
def test_every_file_named_in_the_readme_is_there(path: tuple[str, str]) -> None:
    assert (PROJECT / (path[0] or path[1])).exists()


def test_the_noise_table_is_that_of_the_accuracy_report() -> None:
    names = runpy.run_path(str(PROJECT / "benchmarks/readme_table.py"))
    accuracy = (PROJECT / "docs/accuracy.md").read_text()
    assert names["updated"](README, accuracy) == README, "run python benchmarks/readme_table.py"
    assert "redness" in names["table"](accuracy)


def test_the_tables_of_the_methods_are_those_of_the_accuracy_report() -> None:
    names = runpy.run_path(str(PROJECT / "benchmarks/methods_tables.py"))
    accuracy = (PROJECT / "docs/accuracy.md").read_text()
    asked = 0
    for path in names["pages"]():
        page = path.read_text()
        assert names["updated"](page, accuracy) == page, f"{path.name}: run python benchmarks/methods_tables.py"
        asked += len(names["ASKED"].findall(page))
    assert asked >= 10
