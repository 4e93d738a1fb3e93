"""What a network saw is stored once for each identity, and comes back as it was."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from tracker.clinic.records.sightings import STEPS, seen_from_bytes, seen_to_bytes
from tracker.clinic.types import AnalysisStatus, Seen, SightingKind, SightingRecord, View
from tracker.clinic.workflow import photos
from tracker.errors import NotFound
from tracker.imaging.types import Box, Outline, Region

SOFT = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
PROMPT = Region("drawn", Box(1, 2, 4, 4), np.array([[True, False, True], [True, True, True]]))
OUTLINE = Seen(outline=Outline(Box(5, 6, 9, 9), SOFT, 6.0, (5.0, 7.5)), prompt=PROMPT, proposer="outline-v1")


@pytest.fixture
def photo(clinic, sessions, photo_bytes):
    return photos.add_photo(clinic, sessions[0].id, photo_bytes(1), "a.jpg", View.FRONTAL)


def draft(photo, seen, status=AnalysisStatus.DONE, version="3"):
    return SightingRecord(
        "", photo.id, SightingKind.OUTLINE, "p" * 64, version, "w" * 64, "", status, seen, datetime.now(UTC)
    )


def test_an_outline_comes_back_with_its_border_where_it_was():
    back = seen_from_bytes(seen_to_bytes(OUTLINE))
    assert np.abs(back.outline.probability - SOFT).max() <= 0.5 / STEPS + 1e-6
    assert (back.outline.region().mask == OUTLINE.outline.region().mask).all()
    assert (back.outline.box, back.outline.area_px, back.outline.interval_px) == (Box(5, 6, 9, 9), 6.0, (5.0, 7.5))
    assert back.prompt.box == PROMPT.box
    assert (back.prompt.mask == PROMPT.mask).all()
    assert back.proposer == "outline-v1"


def test_landmarks_come_back_and_nothing_stays_nothing():
    face = seen_from_bytes(seen_to_bytes(Seen({"chin": (1.5, 2.25)}, 0.875, proposer="face-landmarks-v1")))
    assert (face.points, face.confidence) == ({"chin": (1.5, 2.25)}, 0.875)
    nothing = seen_from_bytes(seen_to_bytes(Seen()))
    assert (nothing.points, nothing.outline, nothing.prompt) == ({}, None, None)
    assert math.isnan(nothing.confidence)


def test_one_answer_for_each_identity_and_another_version_has_its_own(clinic, photo):
    with clinic.store.write() as records:
        first = records.save_sighting(draft(photo, OUTLINE))
        again = records.save_sighting(draft(photo, Seen(reason="other")))
        later = records.save_sighting(draft(photo, Seen(reason="none", retake="closer"), AnalysisStatus.REFUSED, "4"))
    assert again.id == first.id
    assert (later.seen.reason, later.seen.retake, later.status) == ("none", "closer", AnalysisStatus.REFUSED)
    with clinic.store.read() as records:
        assert records.find_sighting(draft(photo, Seen())).id == first.id
        assert records.find_sighting(replace(draft(photo, Seen()), weights_hash="")) is None
        assert records.sighting(first.id).created.tzinfo is not None
        with pytest.raises(NotFound):
            records.sighting("x")


def test_a_failure_is_replaced(clinic, photo):
    with clinic.store.write() as records:
        records.save_sighting(draft(photo, Seen(reason="killed"), AnalysisStatus.FAILED))
        records.save_sighting(draft(photo, OUTLINE))
    with clinic.store.read() as records:
        assert records.find_sighting(draft(photo, Seen())).status is AnalysisStatus.DONE
