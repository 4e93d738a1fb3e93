"""A GPU is used where there is one, and answers what the CPU answers."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra networks is not installed")

from tracker.imaging import networks  # noqa: E402
from tracker.imaging.networks import device, face_landmarks, loading, outline  # noqa: E402

AGREE = 1e-3  # of the unit of the answer: pixels of the crop, or natural log of odds
SIDE = face_landmarks.CROP_SIDE
GPU_IS_HERE = torch.cuda.is_available()
NO_GPU = "torch finds no GPU here, so CPU and GPU cannot be compared"


def test_the_gpu_is_used_where_torch_finds_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.choose() == torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.choose() == torch.device("cpu")


def test_nothing_trades_precision_for_speed() -> None:
    device.settle()
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cudnn.benchmark
    assert torch.get_num_threads() == 1


def weights_of(name: str) -> dict[str, torch.Tensor]:
    return loading.read_weights(next(one for one in networks.entries() if one.name == name))


def faces() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.integers(0, 256, (4, 96, 96, 3), np.uint8), rng.integers(0, 256, (2, SIDE, SIDE, 3), np.uint8)


def landmarks_on(place: torch.device, weights: dict[str, torch.Tensor]) -> list[np.ndarray]:
    network = face_landmarks.build(weights, members=None, device=place)
    frames, crops = faces()
    read = network.read(crops)
    return [*network.locate(frames), read.points, read.scales, read.face]


def outlines_on(place: torch.device, weights: dict[str, torch.Tensor]) -> list[np.ndarray]:
    network = outline.build(weights, members=None, device=place)
    planes = np.random.default_rng(4).normal(0, 1, (2, 12, 64, 96)).astype(np.float32)
    return [network(planes)]


RUNS = [(networks.FACE_LANDMARKS, landmarks_on), (networks.OUTLINE, outlines_on)]


@pytest.mark.skipif(not GPU_IS_HERE, reason=NO_GPU)
@pytest.mark.parametrize(("name", "run"), RUNS)
def test_cpu_and_gpu_agree(name: str, run) -> None:
    device.settle()
    weights = weights_of(name)
    for one, two in zip(run(torch.device("cpu"), weights), run(torch.device("cuda"), weights), strict=True):
        np.testing.assert_allclose(one, two, atol=AGREE, rtol=AGREE)


@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN")  # switching oneDNN off sets all its flags
@pytest.mark.parametrize(("name", "run"), RUNS)
def test_other_convolutions_agree_too(name: str, run) -> None:
    """A GPU sums in another order; without one, torch's own convolutions do that beside oneDNN's."""
    device.settle()
    weights = weights_of(name)
    usual = run(torch.device("cpu"), weights)
    with torch.backends.mkldnn.flags(enabled=False):
        other = run(torch.device("cpu"), weights)
    assert any((one != two).any() for one, two in zip(usual, other, strict=True)), "the same code ran twice"
    for one, two in zip(usual, other, strict=True):
        np.testing.assert_allclose(one, two, atol=AGREE, rtol=AGREE)


def test_one_photo_gives_the_same_answer_twice(tmp_path: Path) -> None:
    weights = weights_of(networks.FACE_LANDMARKS)
    for one, two in zip(*(landmarks_on(torch.device("cpu"), weights) for _ in range(2)), strict=True):
        np.testing.assert_array_equal(one, two)
