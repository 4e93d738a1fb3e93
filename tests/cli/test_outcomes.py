"""The command that reports on a protocol."""

import json

import pytest
from typer.testing import CliRunner

from tracker.cli import app
from tracker.errors import InvalidInput


@pytest.fixture
def tracker(monkeypatch, cohort_home):
    """Run a command over the simulated clinic; what a user got wrong is raised, as main catches it."""
    monkeypatch.setenv("TRACKER_HOME", str(cohort_home))

    def run(*arguments):
        done = CliRunner().invoke(app, [str(one) for one in arguments])
        if isinstance(done.exception, InvalidInput):
            raise done.exception
        return done

    return run


def test_report_as_pdf_and_json(tracker, tmp_path):
    done = tracker("report", "--indication", "redness", "-o", tmp_path / "r.pdf", "--json")
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert (tmp_path / "r.pdf").read_bytes()[:5] == b"%PDF-"
    assert answer["status"] == "written"
    assert answer["patients"] == sum(answer["states"].values()) == 30
    assert answer["change_per_month"]["interval"][0] < -0.6 < answer["change_per_month"]["interval"][1]
    assert answer["mean_change"]["value"] < 0


def test_report_on_a_protocol_that_nobody_followed(tracker, tmp_path):
    done = tracker("report", "--indication", "acne scars", "--at", "180", "-o", tmp_path / "r.csv", "--json")
    answer = json.loads(done.stdout)
    assert answer["mean_change"] == {"value": None, "interval": [None, None], "patients": 0, "method": "none"}
    assert (tmp_path / "r.csv").read_text("utf-8-sig").count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--indication", "moles", "-o", "r.pdf"), "expected one of acne scars"),
        (("--indication", "redness", "-o", "r.docx"), "ending in .pdf or .csv"),
        (("--indication", "redness", "-o", "r.pdf", "--at", "30"), "last, 90 or 180"),
    ],
)
def test_mistakes_are_sentences(tracker, arguments, expected):
    with pytest.raises(InvalidInput, match=expected):
        tracker("report", *arguments)
