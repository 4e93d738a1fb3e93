"""The self-check says whether the networks are the ones that were tested, and whether they can run."""

import shutil
from pathlib import Path

import pytest

from tracker.clinic.workflow.selfcheck import Finding, examine
from tracker.imaging import networks
from tracker.imaging.networks import registry


def about_networks(home: Path) -> Finding:
    return next(found for found in examine(home) if found.check == "networks")


def test_weights_are_named_with_their_hashes(tmp_path: Path) -> None:
    found = about_networks(tmp_path)
    assert found.ok, found.message
    for one in networks.entries():
        assert f"{one.name} {one.sha256[:12]}" in found.message


def test_changed_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "tracker/models"
    shutil.copytree(registry.folder(), root)
    one = networks.entries(root)[0]
    (root / one.file).write_bytes(b"others")
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "tracker/imaging/networks/registry.py"))
    found = about_networks(tmp_path)
    assert not found.ok
    assert one.file in found.message
    assert one.sha256 in found.message


def test_without_the_extra_the_weights_are_still_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "find_spec", lambda _: None)
    found = about_networks(tmp_path)
    assert found.ok
    assert "the extra networks (torch, safetensors) is not installed" in found.message
