"""The next photo like the last one: which photo is the ghost, what is missing, what is said before and after."""

from dataclasses import replace
from datetime import date, timedelta

import cv2
import numpy as np
import pytest

from tracker import phantom
from tracker.clinic.types import BodySite, Indication, Moment, SeriesPlan, SessionKind, View, Visit
from tracker.clinic.types.protocol import CardSeen
from tracker.clinic.workflow import capture, intake, photos
from tracker.errors import InvalidInput, NotFound, UnreadablePhoto
from tracker.imaging.quality.coaching import HintCode


@pytest.fixture(autouse=True)
def _forgotten():
    yield
    capture.LOOKS.clear()


def drawn(seed=5, card=True, **pose):
    """Pixels of a piece of skin, 800 x 600."""
    spec = phantom.SceneSpec(phantom.SITES["cheek"], 45, (160, 120), 5.0, ())
    targets = (phantom.Placement(phantom.tracker_card(), (20, 24)),) if card else ()
    visit = phantom.Visit(pose=phantom.Pose(**pose), targets=targets)
    return phantom.photograph(phantom.make_scene(spec, seed), visit, seed).encoded


def frame(pixels, side=480):
    scale = side / max(pixels.shape)
    small = cv2.resize(np.asarray(pixels), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return phantom.jpeg(small)


@pytest.fixture(scope="module")
def shots():
    return {"same": drawn(), "far": drawn(zoom=0.8), "no card": drawn(card=False)}


@pytest.fixture
def followed(clinic, sessions, shots):
    """Sessions of a forearm of which the first has one close-up."""
    photos.add_photo(clinic, sessions[0].id, phantom.jpeg(shots["same"]), "0.jpg", View.CLOSE_UP)
    return sessions


def codes(hints):
    return [hint.code for hint in hints]


@pytest.mark.parametrize("site", list(BodySite))
def test_every_site_has_a_standard(site):
    protocol = capture.protocol_of(site)
    assert protocol.views
    assert len(set(protocol.views)) == len(protocol.views)
    assert protocol.card
    assert protocol.remove
    for sentence in (protocol.pose, protocol.distance, protocol.light, protocol.camera, protocol.background):
        assert sentence.endswith(".")


def test_a_face_is_taken_in_five_views_from_the_front_to_the_side():
    assert capture.protocol_of(BodySite.FACE).views[0] is View.FRONTAL
    assert len(capture.protocol_of(BodySite.FACE).views) == 5


def test_the_ghost_is_the_last_earlier_photo_of_the_view(clinic, sessions, photo_bytes):
    def add(number, seed, view=View.FRONTAL, moment=Moment.BEFORE):
        return photos.add_photo(clinic, sessions[number].id, photo_bytes(seed), f"{seed}.jpg", view, moment)

    def ghost(number, view=View.FRONTAL):
        found = capture.ghost_of(clinic, sessions[number].id, view)
        return None if found is None else found.id

    assert ghost(0) is None
    first = add(0, 1)
    add(0, 2, moment=Moment.AFTER)
    assert ghost(0) is None  # its own session does not count
    assert ghost(1) == first.id  # and red skin after needling is not followed where there is another
    second = add(2, 3)
    assert ghost(1) == first.id
    assert ghost(3) == second.id
    assert ghost(3, View.LEFT_OBLIQUE) is None
    after = add(1, 4, View.LEFT_OBLIQUE, Moment.AFTER)
    assert ghost(3, View.LEFT_OBLIQUE) == after.id


def test_missing_views_are_those_of_the_standard_and_of_earlier_sessions(clinic, sessions, photo_bytes):
    assert capture.missing_views(clinic, sessions[0].id) == (View.CLOSE_UP,)
    photos.add_photo(clinic, sessions[0].id, photo_bytes(1), "1.jpg", View.FRONTAL)
    photos.add_photo(clinic, sessions[0].id, photo_bytes(2), "2.jpg", View.CLOSE_UP)
    assert capture.missing_views(clinic, sessions[0].id) == ()
    assert capture.missing_views(clinic, sessions[1].id) == (View.CLOSE_UP, View.FRONTAL)


def test_a_frame_is_coached_to_the_last_photo(clinic, followed, shots):
    def asked(name):
        return codes(capture.coach(clinic, followed[1].id, View.CLOSE_UP, frame(shots[name])))

    assert asked("same") == [HintCode.GOOD]
    assert asked("far") == [HintCode.CLOSER]
    assert asked("no card") == [HintCode.CARD_NOT_SEEN]


def test_the_first_photo_is_coached_by_what_one_photo_can_show(clinic, sessions, shots):
    assert codes(capture.coach(clinic, sessions[0].id, View.CLOSE_UP, frame(shots["far"]))) == [HintCode.GOOD]
    dark = (shots["same"] * 0.2).astype(np.uint8)
    assert codes(capture.coach(clinic, sessions[0].id, View.CLOSE_UP, frame(dark)))[0] is HintCode.MORE_LIGHT


def test_the_earlier_photo_is_looked_at_once_and_not_kept_for_ever(clinic, followed, shots, monkeypatch):
    read = []
    original = type(clinic.files).read
    monkeypatch.setattr(type(clinic.files), "read", lambda self, sha256: read.append(sha256) or original(self, sha256))
    for _ in range(3):
        capture.coach(clinic, followed[1].id, View.CLOSE_UP, frame(shots["same"]))
    assert len(read) == 1
    few = capture.Looks(1)
    ghost = capture.ghost_of(clinic, followed[1].id, View.CLOSE_UP)
    few.of(clinic, ghost, face=False)
    few.of(clinic, ghost, face=True)
    assert len(few._known) == 1


def test_large_frames_and_no_frames_are_refused(clinic, followed, shots):
    session = followed[1].id
    with pytest.raises(InvalidInput, match="at most 300000 bytes"):
        capture.coach(clinic, session, View.CLOSE_UP, b"x" * 300_001)
    with pytest.raises(InvalidInput, match="at most 1280 px"):
        capture.coach(clinic, session, View.CLOSE_UP, phantom.jpeg(np.full((40, 1300, 3), 120, np.uint8).repeat(2, 0)))
    with pytest.raises(UnreadablePhoto):
        capture.coach(clinic, session, View.CLOSE_UP, b"no picture")
    with pytest.raises(NotFound):
        capture.coach(clinic, "none", View.CLOSE_UP, frame(shots["same"]))


def test_a_good_photo_is_accepted_and_one_from_afar_is_not(clinic, followed, shots):
    def verdict(name, number):
        stored = photos.add_photo(clinic, followed[number].id, phantom.jpeg(shots[name]), f"{name}.jpg", View.CLOSE_UP)
        return capture.examine(clinic, stored.id)

    first = capture.examine(clinic, photos.list_photos(clinic, followed[0].id)[0].id)
    assert first.accept
    assert not first.compared
    assert first.card is CardSeen.READ
    far = verdict("far", 1)
    assert not far.accept
    assert codes(far.hints) == [HintCode.CLOSER]
    assert far.compared
    bare = verdict("no card", 2)
    assert bare.card is CardSeen.MISSING
    assert capture.ghost_of(clinic, followed[2].id, View.CLOSE_UP).name == "far.jpg"
    assert not bare.accept


def test_a_photo_is_judged_without_being_stored(clinic, followed, shots):
    verdict = capture.judge(clinic, followed[1].id, View.CLOSE_UP, phantom.jpeg(shots["same"]))
    assert verdict.accept
    assert verdict.compared
    blurred = cv2.GaussianBlur(np.asarray(shots["same"]), (0, 0), 4)
    assert not capture.judge(clinic, followed[1].id, View.CLOSE_UP, phantom.jpeg(blurred)).accept
    assert photos.list_photos(clinic, followed[1].id) == []


def test_without_the_network_a_face_is_coached_as_any_skin(clinic, monkeypatch, shots):
    monkeypatch.setattr(capture, "landmark_network", lambda: None)
    patient = intake.add_patient(clinic)
    series = intake.add_series(clinic, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE))
    visits = [
        intake.add_session(clinic, series.id, Visit(date(2026, 3, 2) + timedelta(days), SessionKind.FOLLOW_UP))
        for days in (0, 30)
    ]
    assert codes(capture.coach(clinic, visits[0].id, View.FRONTAL, frame(shots["same"]))) == [HintCode.GOOD]
    photos.add_photo(clinic, visits[0].id, phantom.jpeg(shots["same"]), "0.jpg", View.FRONTAL)
    assert codes(capture.coach(clinic, visits[1].id, View.FRONTAL, frame(shots["far"]))) == [HintCode.CLOSER]


def test_with_the_network_a_frontal_photo_of_a_face_needs_a_face(clinic, shots):
    if capture.landmark_network() is None:
        pytest.skip("the extra networks is not installed")
    patient = intake.add_patient(clinic)
    series = intake.add_series(clinic, patient.id, replace(SeriesPlan(Indication.REDNESS, BodySite.FACE)))
    visit = intake.add_session(clinic, series.id, Visit(date(2026, 3, 2), SessionKind.BASELINE))
    assert HintCode.NO_FACE in codes(capture.coach(clinic, visit.id, View.FRONTAL, frame(shots["same"])))
    assert HintCode.NO_FACE not in codes(capture.coach(clinic, visit.id, View.LEFT_LATERAL, frame(shots["same"])))
