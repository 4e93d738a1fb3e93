"""Every region that is measured has a name in words, in the catalogue."""

import pytest

from tracker.exports.places import region_label, region_name
from tracker.imaging.regions import EVERY_PART
from tracker.wording.collecting import collected


def test_sides_come_first_in_a_sentence_and_last_on_a_picture():
    assert region_name("cheek_left") == "left cheek"
    assert region_label("cheek_left") == "cheek left"
    assert region_name("drawn") == "marked area"
    assert region_name("some_spot") == region_label("some_spot") == "some spot"


@pytest.mark.parametrize("said", [region_name, region_label])
def test_every_part_can_be_translated(said):
    known = {message.id for message in collected()}
    parts = (
        EVERY_PART if said is region_name else [one for one in EVERY_PART if "malar" not in one and "lat" not in one]
    )
    assert {said(one) for one in parts} <= known
