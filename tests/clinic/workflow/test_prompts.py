"""Which outline prompts the next: that of the newest earlier session of the same view, as a person left it."""

import numpy as np
import pytest

from tracker.clinic.types import Moment, RegionRole, View
from tracker.clinic.workflow import photos
from tracker.clinic.workflow.prompts import prompt_of, rough_prompt
from tracker.imaging.types import Region


def box(left, top=10, size=40):
    mask = np.zeros((240, 320), bool)
    mask[top : top + size, left : left + size] = True
    return mask


@pytest.fixture
def asked(clinic):
    """What prompts a photo."""

    def ask(photo):
        with clinic.store.read() as records:
            return prompt_of(records, photo)

    return ask


def test_a_correction_prompts_the_next_session_and_the_baseline_does_until_then(clinic, taken, asked):
    assert asked(taken[2]) is None
    first = photos.save_region(clinic, taken[0].id, box(10), "Dr A")
    found = asked(taken[2])
    assert (found.region_id, found.earlier.id) == (first.id, taken[0].id)
    corrected = photos.save_region(clinic, taken[1].id, box(30), "Dr B")
    found = asked(taken[2])
    assert (found.region_id, found.earlier.id) == (corrected.id, taken[1].id)
    assert (found.region.mask == corrected.region.mask).all()
    assert asked(taken[1]).region_id == first.id  # its own correction never prompts it
    again = photos.save_region(clinic, taken[1].id, box(50), "Dr B")
    assert asked(taken[2]).region_id == again.id
    assert asked(taken[2]).digest != found.digest
    photos.take_back_region(clinic, taken[1].id, "Dr B")
    assert asked(taken[2]).region_id == first.id


def test_the_first_photo_is_prompted_by_what_is_drawn_on_it(clinic, taken, asked):
    drawn = photos.save_region(clinic, taken[0].id, box(10), "Dr A")
    photos.save_region(clinic, taken[0].id, box(200), "Dr A", RegionRole.REFERENCE)
    found = asked(taken[0])
    assert (found.region_id, found.earlier, found.digest) == (drawn.id, None, drawn.digest)


def test_another_view_prompts_nothing_and_skin_before_needling_comes_first(clinic, sessions, photo_bytes, asked):
    def taken(session, seed, view, moment=Moment.BEFORE):
        return photos.add_photo(clinic, sessions[session].id, photo_bytes(seed), f"{seed}.jpg", view, moment)

    later = taken(1, 1, View.FRONTAL)
    photos.save_region(clinic, taken(0, 2, View.CLOSE_UP).id, box(10), "Dr A")
    assert asked(later) is None
    photos.save_region(clinic, taken(0, 3, View.FRONTAL, Moment.AFTER).id, box(20), "Dr A")
    assert asked(later).region.box.left == 20
    photos.save_region(clinic, taken(0, 4, View.FRONTAL).id, box(30), "Dr A")
    assert asked(later).region.box.left == 30


def test_the_same_outline_on_two_photos_is_two_prompts(clinic, taken, asked):
    photos.save_region(clinic, taken[0].id, box(10), "Dr A")
    first = asked(taken[2]).digest
    photos.save_region(clinic, taken[1].id, box(10), "Dr A")
    assert asked(taken[2]).digest != first


def test_a_rough_drawing_is_a_prompt_that_nobody_stored():
    found = rough_prompt(Region.from_mask("drawn", box(10)))
    assert (found.region_id, found.earlier) == ("", None)
    assert found.digest != rough_prompt(Region.from_mask("drawn", box(11))).digest
