"""The recipe of outline-v1 makes scenes whose truth lies where the lesion was painted; people keep their side."""

import sys
from pathlib import Path

import numpy as np
import pytest

RECIPE = Path(__file__).resolve().parents[2] / "models" / "outline-v1"
sys.path.append(str(RECIPE))

import outline_bank as banks  # noqa: E402
import outline_paint as paint  # noqa: E402
import outline_prompts as prompts  # noqa: E402
import outline_shapes as shapes  # noqa: E402
import outline_skin as skin  # noqa: E402

RED = paint.Style(1.0, np.array([[0.4, 0.03, 0.03]], np.float32), 0.0, 0.0, 0.5, 0.05, 0.0, (0.0, 0.0, 1.0, 1.0))


def spot(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A photo of a red lesion on synthetic skin, and its truth."""
    rng = np.random.default_rng(seed)
    distance = shapes.signed_distance(rng, 80.0, (128.0, 128.0))
    linear = np.full((shapes.SIDE, shapes.SIDE, 3), (0.5, 0.4, 0.35), np.float32)
    truth = np.clip(distance + 0.5, 0, 1).astype(np.float32)
    light = paint.painted(linear, distance, RED, np.random.default_rng(seed + 100))
    return (255 * np.clip(light, 0, 1) ** (1 / 2.2)).astype(np.uint8), truth


def red(pixels: np.ndarray) -> np.ndarray:
    return pixels[..., 0].astype(int) - pixels[..., 1] > 60


@pytest.mark.parametrize("kind", ["box", "drawing", "carried"])
def test_the_truth_of_a_view_covers_what_is_painted(kind: str) -> None:
    for seed in range(6):
        pixels, truth = spot(seed)
        sample = prompts.prompted(pixels, truth, np.random.default_rng(seed), kind=kind)
        assert sample is not None
        seen, told = red(sample.pixels), sample.truth > 127
        assert 2 * (seen & told).sum() / (seen.sum() + told.sum()) > 0.95


def test_a_box_fills_the_view_as_it_does_when_the_program_asks() -> None:
    shares = []
    for seed in range(8):
        sample = prompts.prompted(*spot(seed), np.random.default_rng(seed), kind="box")
        assert sample is not None
        rows, columns = np.nonzero(sample.place > -127)
        shares.append(max(np.ptp(rows), np.ptp(columns)) / prompts.VIEW)
        assert (sample.place[sample.truth > 127] > -127).mean() > 0.9
    assert np.median(shares) == pytest.approx(1 / prompts.SHARE, rel=0.12)


def test_a_carried_outline_is_off_but_not_lost() -> None:
    overlaps = []
    for seed in range(10):
        sample = prompts.prompted(*spot(seed), np.random.default_rng(seed), kind="carried")
        assert sample is not None
        told, said = sample.truth > 127, sample.place > 0
        overlaps.append(2 * (told & said).sum() / (told.sum() + said.sum()))
    assert 0.6 < np.mean(overlaps) < 0.95
    assert np.std(overlaps) > 0.01


def test_without_a_prompt_nothing_is_told() -> None:
    sample = prompts.unprompted(*spot(1), np.random.default_rng(1), zoom=1.0)
    assert not sample.place.any()
    assert np.ptp(sample.evidence) == 0


def test_bare_skin_with_a_prompt_has_no_lesion() -> None:
    pixels = np.full((256, 256, 3), (190, 160, 150), np.uint8)
    sample = prompts.around(pixels, np.random.default_rng(2))
    assert sample is not None
    assert not sample.truth.any()
    assert sample.place.any()


def test_a_black_border_never_covers_the_lesion() -> None:
    for seed in range(20):
        pixels, truth = spot(seed)
        dark, left = prompts.blacked(pixels, truth, np.random.default_rng(seed))
        assert left.sum() == pytest.approx(truth.sum(), rel=0.02)
        assert dark.shape == pixels.shape


def test_lesions_that_nobody_could_see_are_told_apart() -> None:
    pixels, truth = spot(3)
    shown = prompts.prompted(pixels, truth, np.random.default_rng(3), kind="box")
    hidden = prompts.prompted(np.full_like(pixels, 150), truth, np.random.default_rng(3), kind="box")
    assert shown is not None
    assert hidden is not None
    assert banks.Bank.of([(shown, np.nan), (hidden, np.nan)]).visible(0.8).tolist() == [True, False]


def test_the_same_seed_makes_the_same_bank(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (banks.bank("held_synthetic", tmp_path / name, None, 5, 0.03) for name in ("one", "two"))
    assert len(one) > 3
    np.testing.assert_array_equal(one.pixels, two.pixels)
    np.testing.assert_array_equal(one.truth, two.truth)


def test_a_ring_is_painted_outside_the_truth() -> None:
    rng = np.random.default_rng(4)
    distance = shapes.signed_distance(rng, 80.0, (128.0, 128.0))
    ringed = paint.Style(0.0, RED.tissues, 0.0, 0.0, 0.5, 0.05, 0.0, (0.8, 0.0, 10.0, 2.0))
    skin_ = np.full((shapes.SIDE, shapes.SIDE, 3), 0.4, np.float32)
    change = np.abs(paint.painted(skin_, distance, ringed, np.random.default_rng(8)) - skin_).max(axis=2)
    assert change[(distance < -2) & (distance > -6)].mean() > 5 * change[distance > 3].mean()


@pytest.mark.photos
def test_nobody_is_on_two_sides_and_everybody_on_one(shared_data: Path) -> None:
    held = [{path.name[:3] for path in skin.london(shared_data, fold)} for fold in range(skin.FOLDS)]
    people = sorted({path.name[:3] for path in (shared_data / "faces_london").glob("*_neutral.jpg")})
    assert sorted(person for group in held for person in group) == people
    assert people[7] in held[7 % skin.FOLDS]
