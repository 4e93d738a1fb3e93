"""The outline networks: shapes, members, temperature, what they refuse."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra networks is not installed")

from tracker.imaging.networks import outline  # noqa: E402
from tracker.imaging.outline.channels import CHANNELS  # noqa: E402


def tensors(members: int = 2) -> dict[str, torch.Tensor]:
    out = {}
    for member in range(members):
        torch.manual_seed(member)
        state = outline.OutlineNet().state_dict()
        state["answer.weight"] = torch.randn_like(state["answer.weight"])  # as after training
        out |= {f"m{member}.{key}": value for key, value in state.items()}
    return out


def planes(height: int = 48, width: int = 64) -> np.ndarray:
    return np.random.default_rng(3).normal(0, 1, (2, len(CHANNELS), height, width)).astype(np.float32)


def test_it_reads_the_channels_that_are_made() -> None:
    assert len(CHANNELS) == outline.CHANNELS


def test_answers_have_the_size_of_the_view() -> None:
    assert outline.build(tensors())(planes()).shape == (2, 2, 48, 64)


def test_a_member_alone_answers_as_it_does_among_the_others() -> None:
    weights, seen = tensors(), planes()
    np.testing.assert_allclose(outline.build(weights, [1])(seen)[0], outline.build(weights)(seen)[1], atol=1e-5)


def test_an_untrained_network_answers_the_evidence() -> None:
    seen = planes()
    weights = {f"m0.{key}": value for key, value in outline.OutlineNet().state_dict().items()}
    np.testing.assert_allclose(outline.build(weights)(seen)[0], 4 * seen[:, CHANNELS.index("evidence")], rtol=1e-5)


def test_members_differ() -> None:
    one, other = outline.build(tensors())(planes())
    assert np.abs(one - other).max() > 1e-3


def test_the_temperature_divides_the_log_odds() -> None:
    weights, seen = tensors(1), planes()
    plain = outline.build(weights)(seen)
    weights["m0.temperature"] = torch.tensor(2.0)
    np.testing.assert_allclose(outline.build(weights)(seen), plain / 2, atol=1e-6)


def test_an_unknown_member_is_refused() -> None:
    with pytest.raises(KeyError, match="member 7"):
        outline.build(tensors(), [7])


@pytest.mark.parametrize("shape", [(1, 11, 32, 32), (1, 12, 30, 32), (12, 32, 32)])
def test_planes_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="planes must be"):
        outline.build(tensors(1))(np.zeros(shape, np.float32))
