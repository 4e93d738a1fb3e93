"""Standard errors against noise that was put in: independent, tied to neighbours, and shifted."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from tracker.imaging import colour
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.measure.errors import NO_DOUBT, Doubt, blocks, jackknife, scatter
from tracker.phantom.optics import melanin_for_ita, skin_linear

SIDE = 30
GRID = np.stack(np.meshgrid(np.arange(SIDE) * 4.0, np.arange(SIDE) * 4.0), -1).reshape(-1, 2)
SKIN = skin_linear(melanin_for_ita(31.0), 0.007)


def cells(light: np.ndarray) -> SkinCells:
    return SkinCells(GRID.copy(), light.copy(), light.copy(), 4.0, len(GRID))


def tied(rng: np.random.Generator, patches: float) -> np.ndarray:
    """Unit noise on the grid whose neighbours are alike over so many patches."""
    field = gaussian_filter(rng.standard_normal((SIDE, SIDE)), patches, mode="wrap")
    return (field / field.std()).ravel()


@pytest.mark.parametrize("patches", [0.0, 1.0])
def test_leaving_out_blocks_gives_the_scatter_of_the_mean_even_where_neighbours_are_alike(patches: float) -> None:
    rng = np.random.default_rng(3)
    means, errors = [], []
    for _ in range(120):
        noise = tied(rng, patches) if patches else rng.standard_normal(SIDE * SIDE)
        half = noise[: SIDE * SIDE // 2]  # a wrapped field has a mean of zero over the whole grid
        means.append(half.mean())
        errors.append(jackknife(GRID[: len(half)], lambda some, half=half: float(half[some].mean())))
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(means), rel=0.35)


def test_blocks_are_blocks_of_neighbours_and_every_patch_of_a_square_has_one() -> None:
    labels = blocks(GRID)
    assert labels.min() == 0
    assert labels.max() == 24
    first = GRID[labels == 0]
    assert np.ptp(first, axis=0).max() < np.ptp(GRID, axis=0).max() / 4
    assert len(blocks(np.empty((0, 2)))) == 0


def test_one_block_gives_no_error() -> None:
    assert np.isnan(jackknife(np.zeros((2, 2)), lambda some: float(some.sum())))


def test_scatter_of_untreated_skin_predicts_that_of_a_region_and_ignores_a_few_hairs() -> None:
    rng = np.random.default_rng(5)
    area = (SIDE * 4.0 / 2) ** 2  # a quarter of the skin
    inside = (GRID < SIDE * 2.0).all(axis=1)
    found, means = [], []
    for _ in range(150):
        noise = 0.02 * np.stack([tied(rng, 1.0) for _ in range(3)], 1)
        means.append(noise[inside].mean(axis=0) - np.median(noise, axis=0))
        noise[rng.integers(0, len(noise), 9)] += 1.0
        found.append(np.diag(scatter(GRID, noise, area)))
    assert np.sqrt(np.mean(found)) == pytest.approx(np.sqrt(np.mean(np.square(means))), rel=0.35)


def test_an_error_of_light_becomes_one_of_the_index_by_its_slope() -> None:
    skin = cells(np.broadcast_to(SKIN, (len(GRID), 3)))
    doubt = Doubt(np.diag([0.0, 0.01**2, 0.0]))
    assert doubt.of_change(colour.haemoglobin_index, skin) == pytest.approx(1.0 / np.sqrt(2), rel=0.01)
    grey = Doubt(np.full((3, 3), 0.05**2))  # all channels together: exposure, which H does not see
    assert grey.of_change(colour.haemoglobin_index, skin) < 1e-3
    assert NO_DOUBT.of_change(colour.haemoglobin_index, skin) == 0.0


def test_a_shifted_region_is_in_doubt_where_the_skin_has_a_gradient() -> None:
    doubt = Doubt(shift_px=2.0)
    slope = 0.5 * GRID[:, 0]
    assert doubt.of_place(GRID, slope) == pytest.approx(1.0 / np.sqrt(2))
    assert doubt.of_place(GRID, np.ones(len(GRID))) == pytest.approx(0.0, abs=1e-9)
