"""Every measure that can be spoiled belongs to a group."""

from tracker.imaging import quality
from tracker.imaging.quality.groups import shade_bound
from tracker.imaging.types import Metric


def test_all_measures_but_the_outline_of_a_scar_are_grouped():
    outline = {Metric.SCAR_AREA, Metric.SCAR_COUNT, Metric.SCAR_LENGTH}
    assert {*quality.COLOUR, *quality.TEXTURE} == set(Metric) - outline
    assert not set(quality.COLOUR) & set(quality.TEXTURE)


def test_shade_spoils_redness_on_dark_skin_only():
    assert Metric.REDNESS in shade_bound(-40.0)
    assert Metric.REDNESS not in shade_bound(30.0)
    assert Metric.REDNESS not in shade_bound(float("nan"))
