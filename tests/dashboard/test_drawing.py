"""What is said where areas are drawn."""

from datetime import UTC, datetime

import numpy as np
import pytest

from tracker.clinic.types import RegionRecord, RegionRole
from tracker.dashboard.drawing import Target, advice, provenance
from tracker.imaging.types import Box, Metric, Region


def record(author):
    region = Region("drawn", Box(0, 0, 2, 2), np.ones((2, 2), bool))
    return RegionRecord("r", "p", region, None, author, datetime(2026, 4, 4, 9, 5, tzinfo=UTC), "d")


@pytest.mark.parametrize("target", Target)
def test_without_a_drawing_the_page_says_what_the_program_does(target):
    assert provenance(None, target).startswith("Nothing drawn: the program ")


def test_a_drawing_names_its_author_and_time():
    assert provenance(record("Dr A"), Target.TREATED) == "Drawn by Dr A on 4 Apr 2026, 09:05 UTC."
    assert provenance(record(""), Target.REFERENCE) == "Drawn on 4 Apr 2026, 09:05 UTC, no name given."


def test_each_target_has_its_role_and_its_advice():
    assert [one.role for one in Target] == [RegionRole.TREATED, RegionRole.REFERENCE, RegionRole.TREATED]
    assert len({advice(one, Metric.SCAR_AREA) for one in Target}) == 3
    assert advice(Target.TREATED, Metric.SCAR_AREA) != advice(Target.TREATED, Metric.REDNESS)
