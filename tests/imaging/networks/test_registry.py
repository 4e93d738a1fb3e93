"""Weights are used only if they are the registered ones, and a bad registry is a sentence, never a crash."""

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tracker.errors import NetworkUnavailable
from tracker.imaging import networks
from tracker.imaging.networks import registry

PROJECT = Path(__file__).resolve().parents[3]
CONTENT = b"weights"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ROW = {
    "name": "one",
    "file": "one/one.safetensors",
    "sha256": SHA256,
    "licence": "Apache-2.0",
    "attribution": "somebody",
    "input": "pixels",
    "output": "points",
    "card": "one/CARD.md",
    "members": 2,
}


def made(folder: Path, *rows: dict[str, object]) -> Path:
    """A folder of networks with a registry of these rows and the weights of the first."""
    (folder / "one").mkdir(parents=True, exist_ok=True)
    (folder / "one/one.safetensors").write_bytes(CONTENT)
    lines = []
    for row in rows:
        lines.append("[[networks]]")
        lines += [
            f"{key} = {value!r}" if isinstance(value, int) else f'{key} = "{value}"' for key, value in row.items()
        ]
    (folder / "registry.toml").write_text("\n".join(lines))
    return folder


def test_what_is_verified_is_what_is_returned(tmp_path: Path) -> None:
    root = made(tmp_path, ROW)
    (one,) = networks.entries(root)
    assert networks.verify(one, root) == CONTENT
    assert networks.weights_hash("one", root) == SHA256


def test_one_changed_bit_is_refused_with_the_file_and_both_hashes(tmp_path: Path) -> None:
    root = made(tmp_path, ROW)
    changed = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]
    (root / "one/one.safetensors").write_bytes(changed)
    with pytest.raises(NetworkUnavailable) as refused:
        networks.verify(networks.entries(root)[0], root)
    for word in ("one.safetensors", SHA256, hashlib.sha256(changed).hexdigest()):
        assert word in str(refused.value)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    root = made(tmp_path, ROW)
    (root / "one/one.safetensors").unlink()
    with pytest.raises(NetworkUnavailable, match=rf"one\.safetensors: expected weights with SHA-256 {SHA256}"):
        networks.verify(networks.entries(root)[0], root)


def test_an_unknown_network_is_named_beside_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(NetworkUnavailable, match=r"two: .*\(one\)"):
        networks.weights_hash("two", made(tmp_path, ROW))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"licence": ""}, "licence"),
        ({"attribution": "  "}, "attribution"),
        ({"sha256": "abc"}, "sha256"),
        ({"sha256": SHA256.upper()}, "sha256"),
        ({"file": "../outside.safetensors"}, "inside its folder"),
        ({"file": "/outside.safetensors"}, "inside its folder"),
        ({"card": "one/../../CARD.md"}, "inside its folder"),
        ({"members": 0}, "members"),
        ({"members": "5"}, "members"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_entry_that_is_not_whole_is_refused(tmp_path: Path, change: dict[str, object], word: str) -> None:
    with pytest.raises(NetworkUnavailable, match=word):
        networks.entries(made(tmp_path, ROW | change))


@pytest.mark.parametrize("key", sorted(ROW))
def test_an_entry_without_a_field_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(NetworkUnavailable, match="expected an entry of"):
        networks.entries(made(tmp_path, {name: value for name, value in ROW.items() if name != key}))


def test_two_networks_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkUnavailable, match="every name once"):
        networks.entries(made(tmp_path, ROW, ROW))


@pytest.mark.parametrize("content", [b"[[networks]", b"\xff\xfe", b"networks = 3", b"networks = [1]"])
def test_a_registry_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "registry.toml").write_bytes(content)
    with pytest.raises(NetworkUnavailable, match=r"registry\.toml: expected"):
        networks.entries(tmp_path)


def test_a_folder_without_a_registry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkUnavailable, match=r"registry\.toml: expected"):
        networks.entries(tmp_path)


@pytest.mark.parametrize("place", ["tracker/models", "models"])
def test_the_registry_is_found_in_a_wheel_and_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    made(tmp_path / place, ROW)
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "tracker/imaging/networks/registry.py"))
    assert registry.folder() == tmp_path / place


def test_an_installation_without_a_registry_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "tracker/imaging/networks/registry.py"))
    with pytest.raises(NetworkUnavailable, match="reinstall"):
        registry.folder()


def test_a_wheel_carries_the_networks_where_they_are_looked_for() -> None:
    wheel = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "models" in wheel["only-include"]
    assert wheel["sources"]["models"] == "tracker/models"


def test_the_registry_is_read_without_torch() -> None:
    code = (
        "import sys; from tracker.imaging import networks; networks.weights_hash(networks.FACE_LANDMARKS); "
        "networks.installed(); print(*[name for name in ('torch', 'safetensors') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.split() == []


def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "find_spec", lambda _: None)
    assert not networks.installed()
    with pytest.raises(NetworkUnavailable, match=r"no torch and no safetensors; .*skin-progress-tracker\[networks\]"):
        networks.load(networks.FACE_LANDMARKS, made(tmp_path, ROW | {"name": networks.FACE_LANDMARKS}))


def test_register_changes_one_hash_and_nothing_else(tmp_path: Path) -> None:
    text = "# kept\n" + made(tmp_path, ROW, ROW | {"name": "two"}).joinpath("registry.toml").read_text()
    (tmp_path / "registry.toml").write_text(text)
    (tmp_path / "register.py").write_bytes((PROJECT / "models/register.py").read_bytes())
    (tmp_path / "one/one.safetensors").write_bytes(b"others")
    subprocess.run([sys.executable, tmp_path / "register.py", "two"], check=True, capture_output=True)
    other = hashlib.sha256(b"others").hexdigest()
    assert networks.weights_hash("two", tmp_path) == other
    assert networks.weights_hash("one", tmp_path) == SHA256
    assert (tmp_path / "registry.toml").read_text().replace(other, SHA256) == text
