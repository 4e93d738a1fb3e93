"""Treated area and reference skin, drawn by several at once and through kills: the newest of each role counts."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tracker.clinic.types import FREEHAND, Basis, RegionOrigin, RegionRole, View
from tracker.clinic.workflow import photos
from tracker.clinic.workflow.clinic import Clinic
from tracker.errors import InvalidInput

TREATED, REFERENCE = RegionRole.TREATED, RegionRole.REFERENCE


@pytest.fixture
def photo(clinic, sessions, photo_bytes):
    return photos.add_photo(clinic, sessions[0].id, photo_bytes(1), "a.jpg", View.FRONTAL)


def box(left, top, size=40):
    mask = np.zeros((240, 320), bool)
    mask[top : top + size, left : left + size] = True
    return mask


def test_each_role_has_a_newest_of_its_own(clinic, photo):
    photos.save_region(clinic, photo.id, box(10, 10), "Dr A")
    photos.save_region(clinic, photo.id, box(100, 10), "Dr B", REFERENCE)
    photos.save_region(clinic, photo.id, box(20, 10), "Dr C")
    treated, reference = (photos.current_region(clinic, photo.id, role) for role in (TREATED, REFERENCE))
    assert (treated.author, treated.role, treated.region.name) == ("Dr C", TREATED, "drawn")
    assert (reference.author, reference.role, reference.region.name) == ("Dr B", REFERENCE, "reference")
    assert reference.created.tzinfo is not None
    assert [one.author for one in photos.list_regions(clinic, photo.id)] == ["Dr A", "Dr B", "Dr C"]


@pytest.mark.parametrize(("first", "second"), [(TREATED, REFERENCE), (REFERENCE, TREATED)])
def test_skin_is_either_treated_or_reference(clinic, photo, first, second):
    photos.save_region(clinic, photo.id, box(10, 10), "", first)
    with pytest.raises(InvalidInput, match="300 px shared"):
        photos.save_region(clinic, photo.id, box(40, 0), "", second)
    assert photos.current_region(clinic, photo.id, second) is None
    photos.take_back_region(clinic, photo.id, "", first)
    photos.save_region(clinic, photo.id, box(40, 0), "", second)


def test_what_is_taken_back_no_longer_counts_and_stays_on_record(clinic, photo):
    with pytest.raises(InvalidInput, match="found none"):
        photos.take_back_region(clinic, photo.id, "Dr B", REFERENCE)
    photos.save_region(clinic, photo.id, box(10, 10), "Dr A", REFERENCE)
    photos.take_back_region(clinic, photo.id, "Dr B", REFERENCE)
    assert photos.current_region(clinic, photo.id, REFERENCE) is None
    assert [(one.author, one.region.area_px) for one in photos.list_regions(clinic, photo.id)] == [
        ("Dr A", 1600),
        ("Dr B", 0),
    ]
    again = photos.save_region(clinic, photo.id, box(10, 10), "Dr C", REFERENCE)
    assert photos.current_region(clinic, photo.id, REFERENCE).id == again.id


def test_two_tabs_that_save_at_once_lose_nothing(clinic, photo):
    def tab(number):
        with Clinic.open(clinic.home) as own:  # a connection of its own, as another process has
            for turn in range(10):
                role = REFERENCE if number % 2 else TREATED
                photos.save_region(own, photo.id, box(160 * (number % 2) + turn, 10), f"{number} {turn}", role)

    with ThreadPoolExecutor(4) as tabs:
        list(tabs.map(tab, range(4)))
    kept = photos.list_regions(clinic, photo.id)
    assert sorted(one.author for one in kept) == sorted(f"{n} {turn}" for n in range(4) for turn in range(10))
    for role in RegionRole:
        mine = [one for one in kept if one.role is role]
        assert photos.current_region(clinic, photo.id, role).id == mine[-1].id


def test_two_tabs_cannot_make_the_same_skin_treated_and_reference(clinic, photo):
    def tab(role):
        with Clinic.open(clinic.home) as own:
            try:
                return photos.save_region(own, photo.id, box(10, 10), "", role).role
            except InvalidInput:
                return None

    with ThreadPoolExecutor(2) as tabs:
        done = [role for role in tabs.map(tab, RegionRole) if role is not None]
    assert len(done) == 1
    assert [one.role for one in photos.list_regions(clinic, photo.id)] == done


DRAWS = """
import sys
import numpy as np
from pathlib import Path
from tracker.clinic.types import RegionRole
from tracker.clinic.workflow import photos
from tracker.clinic.workflow.clinic import Clinic
with Clinic.open(Path(sys.argv[1])) as clinic:
    for turn in range(10_000):
        mask = np.zeros((240, 320), bool)
        mask[10 : 20 + turn % 100, 10:50] = True
        photos.save_region(clinic, sys.argv[2], mask, f"{sys.argv[3]} {turn}", RegionRole.REFERENCE)
        print(f"{sys.argv[3]} {turn}", flush=True)
"""


def test_kills_while_drawing_lose_nothing_that_was_acknowledged(clinic, photo):
    said = []
    for kill in range(3):
        command = [sys.executable, "-c", DRAWS, str(clinic.home), photo.id, str(kill)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            said.append(process.stdout.readline().strip())
            time.sleep(0.05 * (kill + 1))
            process.kill()
            said += [line.strip() for line in process.stdout if line.endswith("\n")]
    kept = photos.list_regions(clinic, photo.id)
    assert set(said) <= {one.author for one in kept}
    assert len(said) > 3
    for one in kept:
        assert one.region.mask.all()  # whole, or not there
    assert photos.current_region(clinic, photo.id, REFERENCE).id == kept[-1].id


def test_how_an_outline_came_to_be_is_kept_with_it_and_a_drawn_one_needs_nothing(clinic, photo):
    basis = Basis(RegionOrigin.CORRECTED, "outline-v1 " + "a" * 64, "sighting")
    photos.save_region(clinic, photo.id, np.array([[1, 1], [50, 1], [50, 60.0]]), "Dr A", basis=basis)
    photos.save_region(clinic, photo.id, box(10, 10), "Dr B")
    first, second = photos.list_regions(clinic, photo.id)
    assert (first.origin, first.proposer, first.source_id) == basis
    assert (first.author, first.polygon.tolist()) == ("Dr A", [[1, 1], [50, 1], [50, 60]])
    assert (second.origin, second.proposer, second.source_id) == FREEHAND == (RegionOrigin.DRAWN, "", "")
