"""The contracts of the command line, called as another program would call it: JSON lines, exit status 0 or 2."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def tracker(*arguments: object) -> subprocess.CompletedProcess[str]:
    code = "from tracker.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, arguments), "--json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def answers(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public-domain portrait that comes with scikit-image, as a JPEG."""
    path = tmp_path_factory.mktemp("photos") / "portrait.jpg"
    Image.fromarray(astronaut()).save(path, quality=95)
    return path


def test_check_accepts_a_photo_and_gives_its_size(portrait: Path) -> None:
    (answer,) = answers(tracker("check", portrait))
    assert (answer["status"], answer["width"], answer["height"]) == ("accept", 512, 512)


def test_check_rejects_text_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "letter.jpg"
    path.write_text("Dear doctor")
    (answer,) = answers(tracker("check", path, "--name", "upload.jpg"))
    assert answer["status"] == "reject"
    assert str(answer["message"]).startswith("upload.jpg")


@pytest.mark.parametrize("command", ["check", "align", "skin", "analyse"])
def test_a_missing_file_is_one_sentence_and_exit_2(command: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone.jpg"
    extra = {"align": [gone], "analyse": [gone], "skin": ["-o", tmp_path / "m.png"], "check": []}[command]
    done = tracker(command, gone, *extra)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "gone.jpg" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_align_answers_every_point(portrait: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved.png"
    shifted = np.roll(astronaut(), (6, -9), axis=(0, 1))
    Image.fromarray(shifted).save(moved)
    points = tmp_path / "points.csv"
    with points.open("w", newline="") as lines:
        csv.writer(lines).writerows([[220.0, 120.0], [250.0, 180.0]])
    (answer,) = answers(tracker("align", portrait, moved, "--points", points))
    assert answer["status"] == "aligned", answer["reason"]
    assert np.allclose(answer["points"], [[211.0, 126.0], [241.0, 186.0]], atol=0.3)


def test_align_refuses_another_picture(portrait: Path, tmp_path: Path) -> None:
    noise = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (400, 400, 3), dtype=np.uint8)).save(noise)
    (answer,) = answers(tracker("align", portrait, noise))
    assert answer["status"] == "refused"
    assert answer["reason"]


def test_skin_writes_a_mask_of_the_photo_size(portrait: Path, tmp_path: Path) -> None:
    mask = tmp_path / "skin.png"
    answers(tracker("skin", portrait, "-o", mask))
    pixels = np.asarray(Image.open(mask))
    assert pixels.shape == (512, 512)
    assert set(np.unique(pixels)) == {0, 255}
    assert pixels[130, 225] == 255, "the cheek is skin"
    assert pixels[20, 40] == 0, "the background is not"


@pytest.mark.slow
def test_analyse_of_a_sample_pair_keeps_the_contract() -> None:
    folder = SAMPLES / "surgical_scar"
    photos = folder / "session_1.jpg", folder / "session_5.jpg"
    (answer,) = answers(tracker("analyse", *photos, "--region", folder / "region.png", "--site", "forearm"))
    assert answer["status"] == "analysed", answer["reason"]
    rows = answer["measurements"]
    assert isinstance(rows, list)
    keys = {"metric", "region", "baseline", "followup", "change", "unit", "sdc", "interval", "verdict", "flags"}
    keys |= {"change_unit"}
    verdicts = {"changed", "no detectable change", "not assessable"}
    for row in rows:
        assert set(row) == keys
        assert row["verdict"] in verdicts
        assert (row["change"] is None) == (row["verdict"] == "not assessable")
        assert row["change"] is not None or row["flags"], "a withheld number has its reason"
        if row["change"] is not None:
            assert (abs(row["change"]) > row["sdc"]) == (row["verdict"] == "changed")
    assert {"redness", "redness_a_star", "pigment", "roughness", "scar_area"} <= {row["metric"] for row in rows}


@pytest.mark.slow
def test_analyse_refers_to_skin_that_was_drawn_and_refuses_it_inside_the_treated_region(tmp_path: Path) -> None:
    folder = SAMPLES / "surgical_scar"
    photos = folder / "session_1.jpg", folder / "session_2.jpg"
    treated = np.asarray(Image.open(folder / "region.png").convert("L")) > 127
    row, column = (np.flatnonzero(treated.any(axis)) for axis in (1, 0))
    beside = np.zeros(treated.shape, np.uint8)
    middle = int(column.mean())
    beside[row[-1] + 40 : row[-1] + 240, middle - 200 : middle + 200] = 255
    masks = {"beside": beside, "inside": treated.astype(np.uint8) * 255}
    for name, mask in masks.items():
        Image.fromarray(mask).save(tmp_path / f"{name}.png")
    command = ("analyse", *photos, "--region", folder / "region.png", "--reference")
    (drawn,) = answers(tracker(*command, tmp_path / "beside.png"))
    (proposed,) = answers(tracker(*command[:-1]))
    changes = [
        next(m["change"] for m in answer["measurements"] if m["metric"] == "redness") for answer in (drawn, proposed)
    ]
    assert None not in changes
    assert changes[0] != changes[1]
    assert "skin_tone" in drawn
    refused = tracker(*command, tmp_path / "inside.png")
    assert refused.returncode == 2
    assert "untreated skin outside the treated region" in refused.stderr


@pytest.mark.slow
def test_pairs_answer_in_order_and_go_on_after_a_bad_file(portrait: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(portrait.read_bytes()[:5000])
    table = tmp_path / "pairs.csv"
    with table.open("w", newline="") as lines:
        rows = [["baseline", "followup", "site"], [portrait, "cut.jpg", "face"], [portrait, portrait, "face"]]
        csv.writer(lines).writerows(rows)
    first, second = answers(tracker("analyse", "--pairs", table))
    assert first["status"] == "error"
    assert "cut.jpg" in str(first["reason"])
    assert second["status"] == "analysed", second["reason"]
    assert {row["verdict"] for row in second["measurements"]} <= {"no detectable change", "not assessable"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("header", "line", "wanted"), [("before,after", "a,b", "baseline"), ("baseline,followup", "", "at least one pair")]
)
def test_a_bad_list_of_pairs_is_one_sentence(header: str, line: str, wanted: str, tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text(f"{header}\n{line}".strip() + "\n")
    done = tracker("analyse", "--pairs", table)
    assert done.returncode == 2
    assert wanted in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_batch_writes_one_table(ending: str, portrait: Path, tmp_path: Path) -> None:
    import pandas as pd

    for session in ("2026-01-10", "2026-03-20"):
        folder = tmp_path / "tree" / "P-001" / session
        folder.mkdir(parents=True)
        (folder / "frontal.jpg").write_bytes(portrait.read_bytes())
    output = tmp_path / f"table.{ending}"
    (answer,) = answers(tracker("batch", tmp_path / "tree", "-o", output, "--site", "face"))
    table = pd.read_csv(output) if ending == "csv" else pd.read_parquet(output)
    assert (answer["pairs"], answer["rows"]) == (1, len(table))
    assert set(table["patient"]) == {"P-001"}
    assert set(table["session"]) == {"2026-03-20"}


def test_card_is_a_pdf(tmp_path: Path) -> None:
    answers(tracker("card", "-o", tmp_path / "card.pdf"))
    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF")
