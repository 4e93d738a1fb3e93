"""What networks see: looked for once, stored, refused in words, and never waited for by a page."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from tracker.clinic.jobs import Executor, Outcome
from tracker.clinic.types import AnalysisStatus, Seen, SightingKind, View
from tracker.clinic.workflow import photos, seeing
from tracker.clinic.workflow.sight import COLOURS, SightJob, see_job
from tracker.errors import StoreUnavailable
from tracker.imaging import networks, pipeline
from tracker.imaging.regions import region_from_polygon
from tracker.phantom import SITES, Kind, Lesion, Pose, SceneSpec, Visit, jpeg, make_scene, photograph


class Watched(Executor):
    """The job in this thread; counts what it was asked, and answers what it is told to."""

    def __init__(self, answer=None):
        super().__init__(workers=1)
        self.asked, self.answer, self.wait = [], answer, None

    def map(self, function, items, progress=None):
        for item in items:
            self.asked.append(item)
            if self.wait is not None:
                self.wait.wait(20)
            yield self.answer if self.answer is not None else Outcome(function(item))


@pytest.fixture(autouse=True)
def by_colour(monkeypatch):
    """Without the networks, whose answers have tests of their own."""
    monkeypatch.setattr(networks, "installed", lambda: False)


@pytest.fixture
def scar(clinic, sessions):
    """A red scar photographed at three sessions, a little smaller each time, drawn on at the first two."""
    taken = []
    for number, size in enumerate((9.0, 8.0, 7.0)):
        mark = Lesion(Kind.HYPERTROPHIC, (2.0, 1.0), size, size * 0.7, 0.3, blood=3.0, seed=4)
        scene = make_scene(SceneSpec(SITES["forearm"], 45, (60.0, 45.0), 8.0, (mark,)), seed=3)
        pose = Pose(rotation_deg=2.0 * number, shift_mm=(1.0 * number, 0.0))
        shot = photograph(scene, Visit(pose=pose), seed=number)
        data = jpeg(shot.encoded)
        taken.append((photos.add_photo(clinic, sessions[number].id, data, f"{number}.jpg", View.CLOSE_UP), shot))
    return taken


def drawn(shot, size, at=(2.0, 1.0)):
    """Corners of an ellipse round the scar, in px."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rim = np.stack([at[0] + size / 2 * np.cos(turn), at[1] + 0.35 * size * np.sin(turn)], 1)
    return shot.geometry.to_photo(rim)


def overlap(first, second, size):
    masks = [one.full(size) for one in (first, second)]
    return 2 * (masks[0] & masks[1]).sum() / sum(mask.sum() for mask in masks)


def test_a_corrected_outline_is_carried_to_the_next_session_and_proposes_there(clinic, scar):
    (first, shot), (second, later), (third, last) = scar
    photos.save_region(clinic, first.id, drawn(shot, 9.0), "Dr A")
    correction = photos.save_region(clinic, second.id, drawn(later, 8.0), "Dr B")
    wanted = seeing.outline_of(clinic, third.id)
    assert wanted.prompt.region_id == correction.id
    watched = Watched()
    found = seeing.look(clinic, wanted, watched)
    assert found.status is AnalysisStatus.DONE, found.seen.reason
    assert found.prompt_id == correction.id
    truth = region_from_polygon("drawn", drawn(last, 8.0), third.size)  # the same skin as the correction
    assert overlap(found.seen.prompt, truth, third.size) > 0.9
    smaller = region_from_polygon("drawn", drawn(last, 7.0), third.size)
    assert overlap(found.seen.outline.region(), smaller, third.size) > 0.75
    assert seeing.look(clinic, seeing.outline_of(clinic, third.id), watched).id == found.id
    assert len(watched.asked) == 1
    photos.save_region(clinic, second.id, drawn(later, 7.5), "Dr B")
    assert seeing.stored(clinic, seeing.outline_of(clinic, third.id)) is None  # another prompt, another proposal


def test_without_a_drawing_there_is_no_prompt(clinic, taken):
    assert seeing.outline_of(clinic, taken[1].id) is None


def test_a_refusal_keeps_its_reason_and_the_carried_outline(clinic, taken):
    photos.save_region(clinic, taken[0].id, np.array([[50, 50], [120, 50], [120, 120.0]]), "Dr A")
    found = seeing.look(clinic, seeing.outline_of(clinic, taken[1].id), Watched())
    assert found.status is AnalysisStatus.REFUSED
    assert found.seen.outline is None
    assert found.seen.reason
    assert found.seen.retake


def test_a_failure_is_stored_with_its_reason_and_tried_again(clinic, taken):
    photos.save_region(clinic, taken[0].id, np.array([[50, 50], [120, 50], [120, 120.0]]), "Dr A")
    wanted = seeing.outline_of(clinic, taken[1].id)
    failed = seeing.look(clinic, wanted, Watched(Outcome(None, "its process was killed")))
    assert (failed.status, failed.seen.reason) == (AnalysisStatus.FAILED, "its process was killed")
    glances, slow = seeing.Glances(), Watched(Outcome(Seen()))
    assert (
        glances.at(clinic, wanted, slow).status is AnalysisStatus.FAILED
    )  # a page says so, and does not go on by itself
    slow.wait = threading.Event()
    glances.again(clinic, wanted, slow)
    assert glances.at(clinic, wanted, slow) is None
    slow.wait.set()
    next(iter(glances._running.values())).result(20)
    assert glances.at(clinic, wanted, slow).status is AnalysisStatus.DONE
    assert len(slow.asked) == 1


def test_a_newer_version_or_other_weights_look_again(clinic, taken, monkeypatch):
    photos.save_region(clinic, taken[0].id, np.array([[50, 50], [120, 50], [120, 120.0]]), "Dr A")
    old = seeing.look(clinic, seeing.outline_of(clinic, taken[1].id), Watched(Outcome(Seen())))
    with monkeypatch.context() as later:
        later.setattr(pipeline, "PIPELINE_VERSION", "newer")
        assert seeing.stored(clinic, seeing.outline_of(clinic, taken[1].id)) is None
    wanted = seeing.outline_of(clinic, taken[1].id)
    assert seeing.stored(clinic, wanted).id == old.id
    other = replace(wanted, draft=replace(wanted.draft, weights_hash="f" * 64))
    assert seeing.stored(clinic, other) is None


def test_without_the_extra_no_face_is_looked_for_and_outlines_come_from_colours(clinic, taken):
    photos.save_region(clinic, taken[0].id, np.array([[50, 50], [120, 50], [120, 120.0]]), "Dr A")
    assert seeing.face_of(taken[0].id) is None
    wanted = seeing.outline_of(clinic, taken[1].id)
    assert (wanted.network, wanted.draft.weights_hash) == (COLOURS, "")


def test_with_the_extra_the_weights_are_part_of_what_was_asked(clinic, taken, monkeypatch):
    photos.save_region(clinic, taken[0].id, np.array([[50, 50], [120, 50], [120, 120.0]]), "Dr A")
    monkeypatch.setattr(networks, "installed", lambda: True)
    monkeypatch.setattr(networks, "weights_hash", lambda name: "ab" * 32)
    wanted = seeing.outline_of(clinic, taken[1].id)
    assert (wanted.network, wanted.draft.weights_hash) == (networks.OUTLINE, "ab" * 32)
    assert seeing.face_of(taken[0].id).draft.weights_hash == "ab" * 32
    monkeypatch.setattr(networks, "weights_hash", lambda name: "0" * 64)  # registered before it was trained
    assert seeing.face_of(taken[0].id) is None


def test_a_page_asks_without_waiting_and_gets_the_answer_later(clinic, taken):
    photos.save_region(clinic, taken[0].id, np.array([[50, 50], [120, 50], [120, 120.0]]), "Dr A")
    wanted, glances = seeing.outline_of(clinic, taken[1].id), seeing.Glances()
    slow = Watched(Outcome(Seen()))
    slow.wait = threading.Event()
    assert glances.at(clinic, wanted, slow) is None
    assert glances.at(clinic, wanted, slow) is None
    slow.wait.set()
    next(iter(glances._running.values())).result(20)
    assert len(slow.asked) == 1
    assert glances.at(clinic, wanted, slow).status is AnalysisStatus.DONE


def test_a_glance_that_cannot_be_stored_says_so_until_it_is_tried_again(clinic, taken):
    photos.save_region(clinic, taken[0].id, np.array([[50, 50], [120, 50], [120, 120.0]]), "Dr A")
    lost = clinic.home / "photos" / taken[1].sha256[:2] / taken[1].sha256
    lost.rename(clinic.home / "lost")
    wanted, glances = seeing.outline_of(clinic, taken[1].id), seeing.Glances()
    assert glances.at(clinic, wanted) is None
    next(iter(glances._running.values())).exception(20)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            glances.at(clinic, wanted)
    (clinic.home / "lost").rename(lost)
    glances.again(clinic, wanted, Watched(Outcome(Seen())))
    next(iter(glances._running.values())).result(20)
    assert glances.at(clinic, wanted).status is AnalysisStatus.DONE


def test_a_face_job_needs_no_prompt(photo_bytes, monkeypatch):
    monkeypatch.setattr("tracker.clinic.workflow.sight._face", lambda photo, name: Seen({"chin": (1.0, 2.0)}, 0.9))
    assert see_job(SightJob(SightingKind.FACE, "n", photo_bytes(1), "a photo")).points == {"chin": (1.0, 2.0)}
