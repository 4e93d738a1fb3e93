"""The map of the body knows every site, and marks what a person wrote as well as what was pointed at."""

import re
from pathlib import Path

import pytest

from tracker.clinic.types import BodySite
from tracker.dashboard.widgets import body_map as module
from tracker.dashboard.widgets.body_map import ZONES, marked

DRAWING = (Path(module.__file__).parent / "body_map.html").read_text()


def test_every_site_can_be_pointed_at_and_every_region_is_drawn_once():
    assert {site for site, _ in ZONES.values()} == set(BodySite)
    assert sorted(re.findall(r'data-zone="([\w-]+)"', DRAWING)) == sorted(ZONES)


def test_no_two_regions_mean_the_same():
    assert len(set(ZONES.values())) == len(ZONES)


@pytest.mark.parametrize(
    ("site", "detail", "wanted"),
    [
        (BodySite.FACE, "left cheek", ["cheek-left"]),
        (BodySite.FACE, "", ["face"]),
        (BodySite.HANDS, "left palm", ["hand-left"]),
        (None, "", []),
    ],
)
def test_the_part_that_was_pointed_at_is_marked(site, detail, wanted):
    assert marked(site, detail) == wanted


def test_a_part_in_own_words_marks_the_whole_site():
    assert set(marked(BodySite.NECK, "below the left ear")) == {"neck", "nape"}
