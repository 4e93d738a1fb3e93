"""The landmark networks answer points of their crop, members stay apart, and weights fit or are refused."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra networks is not installed")

from tracker.imaging.networks import face_landmarks as fl  # noqa: E402
from tracker.imaging.regions import landmarks as lm  # noqa: E402
from tracker.imaging.types import POINT_NAMES  # noqa: E402


def weights(members: int = 2, points: int = 5) -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    out = {}
    for k in range(members):
        for name, net in (("locator", fl.locator()), ("reader", fl.reader(points))):
            out |= {f"m{k}.{name}.{key}": value.clone() for key, value in fl.folded(net).state_dict().items()}
    return out


def crops(n: int, side: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (n, side, side, 3), np.uint8)


def test_sides_are_those_that_photos_are_cropped_to() -> None:
    assert (fl.CROP_SIDE, fl.LOCATOR_SIDE) == (lm.CROP_SIDE, lm.LOCATOR_SIDE)
    assert len(lm.ANCHOR_NAMES) == fl.ANCHORS


def test_shapes_and_ranges() -> None:
    network = fl.build(weights())
    points, score = network.locate(crops(3, fl.LOCATOR_SIDE))
    reading = network.read(crops(2, fl.CROP_SIDE))
    assert points.shape == (3, 6, 2)
    assert ((score > 0) & (score < 1)).all()
    assert reading.points.shape == (2, 2, 5, 2)
    assert reading.scales.shape == (2, 2, 5)
    assert reading.face.shape == (2, 2)
    assert ((reading.points > 0) & (reading.points < fl.CROP_SIDE)).all()
    assert (reading.scales > 0).all()


def test_a_member_alone_answers_what_it_answers_among_others() -> None:
    every, second = fl.build(weights()), fl.build(weights(), members=[1])
    images = crops(1, fl.CROP_SIDE)
    assert np.array_equal(every.read(images).points[1:], second.read(images).points)
    assert not np.allclose(every.read(images).points[0], second.read(images).points[0], atol=1e-3)


def test_folding_batch_norms_changes_nothing() -> None:
    torch.manual_seed(3)
    net = fl.reader(4)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -1, 1)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 2)
    images = torch.rand(2, 3, fl.CROP_SIDE, fl.CROP_SIDE) * 255
    with torch.inference_mode():
        before = net.eval()(images)
        after = fl.folded(net)(images)
    for one, two in zip(before, after, strict=True):
        assert torch.allclose(one, two, atol=1e-3)


def test_brightness_and_contrast_do_not_move_points() -> None:
    network = fl.build(weights())
    bright = np.random.default_rng(4).integers(120, 250, (1, fl.CROP_SIDE, fl.CROP_SIDE, 3)).astype(np.uint8)
    dark = (bright // 4).astype(np.uint8)
    away = np.abs(network.read(bright).points - network.read(dark).points).max()
    assert away < 1.0  # px of 128; what is left is rounding to a quarter of the levels


def test_a_peak_of_the_heatmap_is_answered_where_it_is() -> None:
    heat = torch.full((1, 1, 32, 32), -20.0)
    heat[0, 0, 7, 19], heat[0, 0, 7, 20] = 10.0, 10.0  # between two cells of row 7
    points, spread = fl._expectation(heat.flatten(2).log_softmax(2), 32)
    assert points[0, 0].tolist() == pytest.approx([19.5, 7.0], abs=1e-3)
    assert spread.item() == pytest.approx(np.sqrt(0.25 + 0.01), abs=1e-3)


@pytest.mark.parametrize("change", ["missing", "shape", "unexpected"])
def test_weights_that_do_not_fit_are_refused(change: str) -> None:
    tensors = weights(1)
    if change == "missing":
        del tensors["m0.reader.face.bias"]
    elif change == "shape":
        tensors["m0.locator.heat.weight"] = torch.zeros(3, 16, 1, 1)
    else:
        tensors["m0.reader.other"] = torch.zeros(1)
    with pytest.raises(ValueError, match="face-landmarks weights"):
        fl.build(tensors)


def test_a_full_reader_fits_the_budget_of_weights() -> None:
    one = sum(
        t.numel() for net in (fl.locator(), fl.reader(len(POINT_NAMES))) for t in fl.folded(net).state_dict().values()
    )
    assert 5 * 2 * one < 4e6  # bytes of five members in float16
