"""The rows of a region: what lies on the skin is not measured as skin."""

import numpy as np
import pytest

from tracker.imaging import decode, pipeline
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.pipeline.rows import _cover_flags
from tracker.imaging.types import Box, FlagCode, Metric, Region, Verdict


def cells(light: np.ndarray) -> SkinCells:
    return SkinCells(np.zeros((len(light), 2)), light, light.copy(), 3.0, len(light))


def region(name: str) -> Region:
    return Region(name, Box(0, 0, 4, 4), np.ones((4, 4), bool))


SKIN = np.tile([0.5, 0.3, 0.2], (200, 1))


@pytest.mark.parametrize(("share", "covered"), [(0.0, False), (0.4, False), (0.6, True)])
def test_a_standard_region_under_hair_is_withheld(share: float, covered: bool) -> None:
    light = SKIN.copy()
    light[: int(share * len(light))] *= 0.3
    flags = _cover_flags(cells(light), cells(SKIN), region("forehead"))
    assert [flag.code for flag in flags] == [FlagCode.REGION_NOT_FOUND] * covered
    assert all({Metric.REDNESS, Metric.PIGMENT} <= set(flag.withholds) for flag in flags)


def test_a_drawn_region_may_be_dark() -> None:
    assert _cover_flags(cells(SKIN * 0.3), cells(SKIN), region("drawn")) == ()


@pytest.mark.photos
def test_a_forehead_under_a_fringe_gets_no_number(shared_data) -> None:
    photos = [decode.open_photo(shared_data / "faces_london" / f"143_{kind}.jpg") for kind in ("neutral", "smile")]
    found = pipeline.analyse(photos[0], photos[1], site="face")
    colour = [c for c in found.changes if c.metric in (Metric.REDNESS, Metric.PIGMENT)]
    forehead = [c for c in colour if c.region == "forehead"]
    assert forehead
    assert all(c.verdict is Verdict.NOT_ASSESSABLE for c in forehead)
    assert any("hair" in flag.reason for flag in forehead[0].flags)
    assert any(c.verdict is not Verdict.NOT_ASSESSABLE for c in colour if c.region == "cheek_left")
