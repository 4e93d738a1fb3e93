"""What the outline network sees: colours against the skin around, whatever the exposure."""

import numpy as np
import pytest

from tracker.imaging.outline.channels import CHANNELS, channels
from tracker.phantom import flat_patch
from tracker.phantom.optics import add_blood

SIDE = 64
EVERYWHERE = np.ones((SIDE, SIDE), bool)
NOWHERE = np.zeros((SIDE, SIDE), np.float32)
UNTOLD = np.full((SIDE, SIDE), 0.5, np.float32)


def disc() -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    return (np.hypot(x, y) < 14).astype(np.float32)


def plane(name: str, stack: np.ndarray) -> np.ndarray:
    return stack[CHANNELS.index(name)]


def test_planes_are_named_and_finite_even_in_the_dark() -> None:
    stack = channels(np.zeros((SIDE, SIDE, 3), np.float32), ~EVERYWHERE, NOWHERE, UNTOLD)
    assert stack.shape == (len(CHANNELS), SIDE, SIDE)
    assert stack.dtype == np.float32
    assert np.isfinite(stack).all()


@pytest.mark.parametrize("ita", [50.0, 0.0, -45.0])
def test_blood_raises_h_and_a_inside_on_every_tone(ita: float) -> None:
    stack = channels(add_blood(flat_patch(ita), disc(), 12.0), EVERYWHERE, NOWHERE, UNTOLD)
    inside = disc() > 0.5
    for name in ("H", "a*"):
        assert np.median(plane(name, stack)[inside]) - np.median(plane(name, stack)[~inside]) > 0.5


def test_exposure_leaves_the_colour_of_blood() -> None:
    skin = add_blood(flat_patch(30.0), disc(), 12.0)
    bright, dim = (channels(skin * np.float32(gain), EVERYWHERE, NOWHERE, UNTOLD) for gain in (1.0, 0.6))
    np.testing.assert_allclose(plane("H", bright), plane("H", dim), atol=0.05)


def test_the_skin_outside_the_prompt_is_the_reference() -> None:
    skin, place = add_blood(flat_patch(30.0), np.ones((SIDE, SIDE), np.float32), 12.0), 2 * disc() - 1
    skin = np.where(place[..., None] > 0, flat_patch(30.0), skin)
    stack = channels(skin, EVERYWHERE, place, UNTOLD)
    assert abs(np.median(plane("H", stack)[place < 0])) < 0.1
    assert np.median(plane("H", stack)[place > 0]) < -0.5
    assert plane("prompted", stack).min() == 1


def test_an_unlit_border_has_no_colour() -> None:
    lit = EVERYWHERE.copy()
    lit[:10] = False
    stack = channels(flat_patch(30.0) * lit[..., None], lit, NOWHERE, UNTOLD)
    assert not stack[: CHANNELS.index("lit"), :10].any()
    assert np.median(np.abs(plane("L*", stack)[12:])) < 1


def test_evidence_is_log_odds_within_one() -> None:
    told = np.where(disc() > 0, 0.999, 0.5).astype(np.float32)
    told[:4] = 0.0
    shown = plane("evidence", channels(flat_patch(30.0), EVERYWHERE, NOWHERE, told))
    assert shown[SIDE // 2, SIDE // 2] == 1
    assert shown[0, 0] == -1
    assert abs(shown[10, 2]) < 1e-3
