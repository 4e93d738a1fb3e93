"""What ships is what the cards say: hash, licence, attribution, size, recipe and loss curve."""

import csv
import hashlib
import math
import re
import subprocess
from pathlib import Path

import pytest

from tracker.imaging import networks
from tracker.imaging.networks import Entry

PROJECT = Path(__file__).resolve().parents[2]
MODELS = PROJECT / "models"
SECTIONS = (
    "Model details", "Intended use", "Must not be used for", "Factors", "Metrics", "Training data", "Training",
    "Evaluation data", "Results per group", "Ethical considerations", "Limits and recommendations",
)  # fmt: skip
"""Those of Mitchell et al. 2019, doi:10.1145/3287560.3287596; uses out of scope and training have their own."""
ATTRIBUTION = ("Face Research Lab London Set", "DeBruine", "doi:10.6084/m9.figshare.5047666", "CC-BY-4.0")
MAY_TRAIN = {"CC-BY-4.0", "CC0", "CC0-1.0", "Apache-2.0"}
EVALUATION_ONLY = ("skin_hgr1", "lesions_fuseg", "faces_caltech", "charts")
LARGEST_MB = {networks.FACE_LANDMARKS: 4.0, networks.OUTLINE: 20.0}
PARAMETERS = {networks.OUTLINE: (0.5e6, 2e6)}  # of each member

SHIPPED = networks.entries()
every_network = pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.name)


def sections_of(text: str) -> dict[str, str]:
    """Heading -> what stands under it, in the card's order."""
    parts = re.split(r"(?m)^## (.+)$", text)
    return dict(zip((name.strip() for name in parts[1::2]), (body.strip() for body in parts[2::2]), strict=True))


def card_of(one: Entry) -> dict[str, str]:
    return sections_of((MODELS / one.card).read_text("utf-8"))


def rows_of(section: str) -> list[list[str]]:
    """The rows of a table, without its head."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_both_networks_are_registered() -> None:
    assert [one.name for one in SHIPPED] == [networks.FACE_LANDMARKS, networks.OUTLINE]


def test_the_form_has_the_sections_that_the_test_asks_for() -> None:
    assert tuple(sections_of((MODELS / "CARD_FORM.md").read_text("utf-8"))) == SECTIONS


@every_network
def test_the_registered_hash_is_that_of_the_file(one: Entry) -> None:
    content = (MODELS / one.file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == one.sha256
    assert len(content) <= LARGEST_MB[one.name] * 1e6


@every_network
def test_a_card_has_every_section_and_each_says_something(one: Entry) -> None:
    card = card_of(one)
    assert tuple(card) == SECTIONS
    form = sections_of((MODELS / "CARD_FORM.md").read_text("utf-8"))
    for name, body in card.items():
        assert len(body.split()) >= 8, f"{name} is empty"
        assert body != form[name], f"{name} is the form"
        assert "NAME" not in body
        assert "0" * 40 not in body


@every_network
def test_a_card_names_licence_and_the_people_whose_data_were_used(one: Entry) -> None:
    text = " ".join((MODELS / one.card).read_text("utf-8").split())
    for words in ATTRIBUTION:
        assert words in text
        assert words.replace("DeBruine", "DeBruine & Jones") in one.attribution
    assert one.licence == "Apache-2.0"
    assert f"Licence of the weights: {one.licence}" in text
    assert "Apache License" in (PROJECT / "LICENSE").read_text("utf-8")


@every_network
def test_nothing_without_a_licence_was_trained_on(one: Entry) -> None:
    rows = rows_of(card_of(one)["Training data"])
    assert rows
    for row in rows:
        assert any(licence in row[1] for licence in MAY_TRAIN), f"{row[0]}: no licence named"
        assert not [name for name in EVALUATION_ONLY if name in row[0]]


@every_network
def test_results_are_told_per_group_with_the_number_of_people(one: Entry) -> None:
    section = card_of(one)["Results per group"]
    rows = rows_of(section)
    assert len(rows) >= 3
    assert all(re.search(r"\d", cell) for row in rows for cell in row[1:2]), "the second column counts people or scenes"
    assert "benchmarks/" in section, "the command is named"


@every_network
def test_the_recipe_stands_at_the_commit_named(one: Entry) -> None:
    section = card_of(one)["Training"]
    found = re.search(r"`(models/[\w./-]+\.py)` at commit `([0-9a-f]{40})`", section)
    assert found, "expected: Recipe: `models/.../train.py` at commit `<40 hexadecimal digits>`"
    recipe, commit = found.groups()
    assert (PROJECT / recipe).is_file()
    known = git("cat-file", "-e", f"{commit}^{{commit}}")
    if known.returncode:
        whole = git("rev-parse", "--is-shallow-repository").stdout.strip()
        if whole != "false":
            pytest.skip("no git history here (a shallow clone or a copy): the commit cannot be looked up")
    assert known.returncode == 0, f"{commit} is not in the history"
    assert git("cat-file", "-e", f"{commit}:{recipe}").returncode == 0, f"{recipe} is not there at {commit}"


@every_network
def test_seed_hours_and_loss_curve_are_there(one: Entry) -> None:
    section = card_of(one)["Training"]
    assert re.search(r"(?m)^- Seed: .*\d", section)
    assert re.search(r"(?m)^- Hours: .*\d", section)
    curve = re.search(r"(?m)^- Loss curve: `([\w.-]+\.csv)`", section)
    assert curve
    rows = list(csv.DictReader((MODELS / one.name / curve[1]).read_text("utf-8").splitlines()))
    losses = [float(row["loss"]) for row in rows]
    assert len(losses) >= 10
    assert all(map(math.isfinite, losses))
    third = len(losses) // 3
    assert sum(losses[-third:]) < sum(losses[:third]), "the loss did not fall"


@every_network
def test_size_of_each_member(one: Entry) -> None:
    torch = pytest.importorskip("torch", reason="the extra networks is not installed")
    from tracker.imaging.networks import loading

    weights = loading.read_weights(one)
    least, most = PARAMETERS.get(one.name, (1, math.inf))
    for k in range(one.members):
        mine = sum(tensor.numel() for name, tensor in weights.items() if name.startswith(f"m{k}."))
        assert least <= mine <= most
    first, last = (
        torch.cat([t.flatten() for n, t in sorted(weights.items()) if n.startswith(f"m{k}.")])
        for k in (0, one.members - 1)
    )
    assert not torch.equal(first, last), "members are copies of one"


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, cwd=PROJECT, check=False)
