"""Measuring a kit: which pairs are compared, what is refused, and the real engine on rendered skin."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from tracker.clinic.jobs import Outcome
from tracker.clinic.types import KitLabels
from tracker.clinic.workflow import kits, repeatability
from tracker.clinic.workflow.repeat_photos import RepeatPhoto
from tracker.clinic.workflow.repeatability import RepeatAnswer, RepeatJob, measure_kit, repeat_job, store_kit
from tracker.errors import InvalidInput
from tracker.imaging.change import UNJUDGED, judge
from tracker.imaging.types import Box, Measurement, Metric, Region
from tracker.phantom import SITES, Pose, SceneSpec, Visit, jpeg, make_scene, photograph

START = datetime(2026, 3, 1, 9, 0)
CARRIED = Region("drawn", Box(0, 0, 2, 2), np.ones((2, 2), bool))


class Pool:
    """An executor that answers in this process, and keeps what it was asked."""

    def __init__(self, answer):
        self.answer, self.jobs = answer, []

    def map(self, function, items, progress=None):
        assert function is repeat_job
        for number, job in enumerate(items, 1):
            self.jobs.append(job)
            if progress is not None:
                progress(number, len(items))
            yield self.answer(job)


def photos(subjects=4, shots=2, **fields):
    return [
        RepeatPhoto(f"s{i}", seating, f"{k}.jpg", f"{i}{seating}{k}".encode(), **fields)
        for i in range(subjects)
        for seating in "12"
        for k in range(shots)
    ]


def value(photo):
    """A reading that depends on the photo alone."""
    return 60 + np.random.default_rng(list(photo.source)).normal()


def answered(job, *, days=0, camera="ACME X", refusal=""):
    places = (job.first, job.second)
    both = tuple(Measurement(Metric.REDNESS, "drawn", value(one), "H") for one in places)
    change = judge(both, UNJUDGED.look_up(Metric.REDNESS, "drawn", calibrated=True))
    taken = tuple(START + timedelta(days=days * int(one.seating)) for one in places)
    changes = () if refusal else (change,)
    return Outcome(RepeatAnswer(changes, refusal, True, taken, (camera, ""), CARRIED))


def test_every_photo_is_compared_with_every_other_of_its_subject():
    pool, seen = Pool(answered), []
    found = measure_kit(photos(), lambda done, total: seen.append((done, total)), pool)
    assert (found.subjects, found.photos, found.pairs) == (4, 16, 24)
    assert seen == [(n, 24) for n in range(1, 25)]
    assert all(job.first.subject == job.second.subject for job in pool.jobs)
    assert len({(job.first.title, job.second.title) for job in pool.jobs}) == 24
    (one,) = found.components
    assert (one.metric, one.kind, one.colour, one.photos) == (Metric.REDNESS, "drawn", "calibrated", 16)
    assert found.camera == "ACME X"
    assert found.measured == START.date()


def test_the_region_of_the_first_photo_is_carried_to_the_others():
    pool = Pool(answered)
    measure_kit(photos(), executor=pool)
    firsts = [job for job in pool.jobs if job.first.title == f"{job.first.subject}/1/0.jpg"]
    assert len(firsts) == 12
    assert all(job.carried is None for job in firsts)
    assert all(job.carried is CARRIED for job in pool.jobs if job not in firsts)


@pytest.mark.parametrize(("days", "apart"), [(0, 0), (1, 4)])
def test_seatings_a_day_apart_are_counted(days, apart):
    found = measure_kit(photos(), executor=Pool(lambda job: answered(job, days=days)))
    assert found.apart == apart
    assert f"{apart} of 10" in found.remark


def test_photos_of_two_cameras_are_no_kit():
    pool = Pool(lambda job: answered(job, camera="ACME Y" if job.first.subject == "s1" else "ACME X"))
    with pytest.raises(InvalidInput, match=r"one camera, found ACME X, ACME Y"):
        measure_kit(photos(), executor=pool)


def test_refused_pairs_are_told_and_cost_only_their_subject():
    def answer(job):
        return answered(job, refusal="too dark" if job.first.subject == "s1" else "")

    found = measure_kit(photos(), executor=Pool(answer))
    assert found.refused == ("too dark",) * 6
    assert found.components[0].levels.subjects == 3
    with pytest.raises(InvalidInput, match=r"found none.*too dark"):
        measure_kit(photos(), executor=Pool(lambda job: answered(job, refusal="too dark")))


def test_a_photo_that_cannot_be_read_is_named():
    with pytest.raises(InvalidInput, match=r"s0/1/0.jpg and s0/1/1.jpg: no photo"):
        measure_kit(photos(), executor=Pool(lambda job: Outcome(None, "no photo")))


def test_a_measured_kit_is_stored_with_the_camera_of_its_photos(clinic):
    found = measure_kit(photos(), executor=Pool(answered))
    with pytest.raises(InvalidInput, match=r"expected ACME X.*found Other"):
        store_kit(clinic, found, KitLabels("Room", camera="Other"))
    kit = store_kit(clinic, found, KitLabels("Room", lamp="LED"))
    assert (kit.camera, kit.labels.lamp, kit.components) == ("ACME X", "LED", found.components)
    assert kits.list_kits(clinic) == [kit]
    blank = store_kit(clinic, replace(found, camera=""), KitLabels("By hand", camera="ACME Z"))
    assert blank.camera == "ACME Z"


@pytest.fixture(scope="module")
def rendered():
    """Two photos of one forearm, the second a little turned."""
    scene = make_scene(SceneSpec(SITES["forearm"], 45, (50.0, 40.0), 8.0), seed=3)
    return [
        jpeg(photograph(scene, Visit(pose=Pose(rotation_deg=turn, shift_mm=(turn, 0))), seed=3).encoded)
        for turn in (0.0, 1.0)
    ]


def test_skin_without_a_face_or_a_drawing_is_measured_in_a_disc(rendered):
    first, second = (RepeatPhoto("s", "1", f"{k}.jpg", data, None, "forearm") for k, data in enumerate(rendered))
    answer = repeat_job(RepeatJob(first, second, drawn=False))
    assert answer.refusal == ""
    assert {change.region for change in answer.changes} == {"drawn"}
    assert not [change for change in answer.changes if change.metric in repeatability.SCARS]
    redness = next(change for change in answer.changes if change.metric is Metric.REDNESS)
    assert redness.followup == pytest.approx(redness.baseline, abs=0.5)
    assert answer.carried is not None
    assert answer.cameras == ("Phantom", "Phantom")
    assert not answer.calibrated
    back = repeat_job(RepeatJob(second, first, drawn=False, carried=answer.carried))
    assert back.refusal == ""


def test_a_face_that_is_none_is_refused_by_name(rendered):
    first, second = (RepeatPhoto("s", "1", f"{k}.jpg", data, None, "face") for k, data in enumerate(rendered))
    answer = repeat_job(RepeatJob(first, second, drawn=False))
    assert answer.changes == ()
    assert answer.refusal.startswith("s/1/0.jpg: no face was found")
