"""Stored weights become a network or a sentence; nothing in between, and no pickle anywhere."""

import ast
import hashlib
import pickle
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="the extra networks is not installed")
from safetensors.torch import save  # noqa: E402  # only where the extra is

from tracker.errors import NetworkUnavailable  # noqa: E402
from tracker.imaging import networks  # noqa: E402
from tracker.imaging.networks import face_landmarks, loading  # noqa: E402
from tracker.imaging.types import POINT_NAMES  # noqa: E402

NETWORKS = Path(networks.__file__).parent
MEMBERS = 2
SIDE = face_landmarks.CROP_SIDE
FRAMES = np.random.default_rng(1).integers(0, 256, (1, 96, 96, 3), np.uint8)
CROPS = np.random.default_rng(2).integers(0, 256, (1, SIDE, SIDE, 3), np.uint8)


def untrained(members: int = MEMBERS, dtype: torch.dtype = torch.float16) -> dict[str, torch.Tensor]:
    """Face landmarks that have learned nothing: enough to be loaded."""
    torch.manual_seed(0)
    nets = {"locator": face_landmarks.locator, "reader": lambda: face_landmarks.reader(len(POINT_NAMES))}
    return {
        f"m{k}.{part}.{name}": (tensor * (100 if name == "heat.weight" else 1)).to(dtype)  # else all points are one
        for k in range(members)
        for part, make in nets.items()
        for name, tensor in face_landmarks.folded(make()).state_dict().items()
        if tensor.is_floating_point()
    }


def stored(root: Path, content: bytes, name: str = networks.FACE_LANDMARKS, members: int = MEMBERS) -> Path:
    """A folder in which these bytes are the registered weights, whatever they are."""
    (root / "weights.safetensors").write_bytes(content)
    (root / "registry.toml").write_text(
        f'[[networks]]\nname = "{name}"\nfile = "weights.safetensors"\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nlicence = "Apache-2.0"\nattribution = "nobody"\n'
        f'input = "pixels"\noutput = "points"\ncard = "CARD.md"\nmembers = {members}\n'
    )
    return root


@pytest.fixture(scope="module")
def content() -> bytes:
    return save(untrained())


def test_a_network_is_read_once_and_knows_its_weights(tmp_path: Path, content: bytes) -> None:
    root = stored(tmp_path, content)
    loaded = networks.load(networks.FACE_LANDMARKS, root)
    assert networks.load(networks.FACE_LANDMARKS, root) is loaded
    assert loaded.sha256 == hashlib.sha256(content).hexdigest() == networks.weights_hash(loaded.name, root)
    assert torch.get_num_threads() == 1


def test_two_threads_that_load_at_once_get_the_same_network(tmp_path: Path, content: bytes) -> None:
    root = stored(tmp_path, content)
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(networks.load(networks.FACE_LANDMARKS, root))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] is found[1]


def test_another_file_under_the_same_path_is_refused_before_it_is_parsed(tmp_path: Path, content: bytes) -> None:
    root = stored(tmp_path, content)
    other = save(untrained(dtype=torch.float32))
    (root / "weights.safetensors").write_bytes(other)
    with pytest.raises(NetworkUnavailable) as refused:
        networks.load(networks.FACE_LANDMARKS, root)
    for word in ("weights.safetensors", hashlib.sha256(content).hexdigest(), hashlib.sha256(other).hexdigest()):
        assert word in str(refused.value)


def test_a_member_alone_answers_as_one_of_the_ensemble(tmp_path: Path, content: bytes) -> None:
    loaded = networks.load(networks.FACE_LANDMARKS, stored(tmp_path, content))
    together = loaded.network.read(CROPS)
    assert len(together.points) == MEMBERS
    for k in range(MEMBERS):
        alone = loaded.member(k)
        assert alone is loaded.member(k)
        np.testing.assert_allclose(alone.read(CROPS).points[0], together.points[k], atol=1e-4)
    assert np.abs(together.points[0] - together.points[1]).max() > 0.1, "members differ, else this proves nothing"
    for wrong in (-1, MEMBERS):
        with pytest.raises(NetworkUnavailable, match="expected a member from 0 to 1"):
            loaded.member(wrong)


def test_weights_stored_in_float16_run_in_float32(tmp_path: Path) -> None:
    half = untrained()
    exact = {name: tensor.float() for name, tensor in half.items()}  # the same numbers, stored in 32 bits
    answers = []
    for name, weights in (("half", half), ("single", exact)):
        (tmp_path / name).mkdir()
        root = stored(tmp_path / name, save(weights))
        tensors = loading.read_weights(networks.entries(root)[0], root)
        assert {tensor.dtype for tensor in tensors.values()} == {torch.float32}
        answers.append(networks.load(networks.FACE_LANDMARKS, root).network.read(CROPS).points)
    np.testing.assert_array_equal(answers[0], answers[1])


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.int8, torch.int64, torch.bool])
def test_other_types_are_refused(tmp_path: Path, dtype: torch.dtype) -> None:
    weights = untrained()
    first = next(iter(weights))
    weights[first] = torch.ones_like(weights[first]).to(dtype)
    with pytest.raises(NetworkUnavailable, match=str(dtype)):
        networks.load(networks.FACE_LANDMARKS, stored(tmp_path, save(weights)))


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_are_refused(tmp_path: Path, wrong: float) -> None:
    weights = untrained()
    next(iter(weights.values())).view(-1)[0] = wrong
    with pytest.raises(NetworkUnavailable, match="not finite"):
        networks.load(networks.FACE_LANDMARKS, stored(tmp_path, save(weights)))


def test_fewer_members_than_registered_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkUnavailable, match="expected the members m0 to m1, found the members m0"):
        networks.load(networks.FACE_LANDMARKS, stored(tmp_path, save(untrained(members=1))))


@pytest.mark.parametrize("name", [networks.FACE_LANDMARKS, networks.OUTLINE])
def test_the_weights_of_another_network_are_refused(tmp_path: Path, name: str) -> None:
    strange = {f"m{k}.layer.weight": torch.ones(3, 3) for k in range(MEMBERS)}
    with pytest.raises(NetworkUnavailable, match=f"expected the tensors of {name}"):
        networks.load(name, stored(tmp_path, save(strange), name))


def test_a_tensor_of_another_shape_or_none_is_refused(tmp_path: Path) -> None:
    weights = untrained()
    first = next(name for name, tensor in weights.items() if tensor.ndim == 4)
    (tmp_path / "shape").mkdir()
    with pytest.raises(NetworkUnavailable, match="expected the tensors"):
        networks.load(networks.FACE_LANDMARKS, stored(tmp_path / "shape", save(weights | {first: torch.ones(2)})))
    with pytest.raises(NetworkUnavailable, match="expected the tensors"):
        networks.load(networks.FACE_LANDMARKS, stored(tmp_path, save({n: t for n, t in weights.items() if n != first})))


class Trap:
    """Unpickled, it would say so."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("a pickle was run",)


def test_a_pickle_is_not_run(tmp_path: Path) -> None:
    with pytest.raises(NetworkUnavailable, match="expected safetensors"):
        networks.load(networks.FACE_LANDMARKS, stored(tmp_path, pickle.dumps(Trap())))


def test_no_code_of_the_package_could_run_one() -> None:
    called = {
        ast.unparse(node.func)
        for path in NETWORKS.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    }
    assert not called & {"torch.load", "torch.hub.load", "pickle.load", "pickle.loads"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keep=st.floats(0, 1),
    at=st.integers(0, 400),
    flips=st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 255)), max_size=4),
)
def test_a_cut_or_altered_file_under_a_matching_hash_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, keep: float, at: int, flips: Sequence[tuple[int, int]]
) -> None:
    """Someone could change weights and registry together: even then there are answers or a sentence."""
    altered = bytearray(content if not at % 2 else content[: int(keep * len(content))])
    for place, bits in flips:
        if place < len(altered):
            altered[place] ^= bits
    root = stored(tmp_path_factory.mktemp("altered"), bytes(altered))
    try:
        found: Mapping[str, torch.Tensor] | None = loading.read_weights(networks.entries(root)[0], root)
    except NetworkUnavailable as problem:
        assert "weights.safetensors" in str(problem)  # noqa: PT017  # it need not fail
        return
    assert all(torch.isfinite(tensor).all() for tensor in found.values())


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 100, -1, -1000])
def test_a_cut_file_is_a_sentence(tmp_path: Path, content: bytes, length: int) -> None:
    with pytest.raises(NetworkUnavailable, match="expected safetensors"):
        networks.load(networks.FACE_LANDMARKS, stored(tmp_path, content[:length]))
