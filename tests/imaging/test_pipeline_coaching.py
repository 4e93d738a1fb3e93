"""Whole frames are coached: skin drawn by the phantom from known places, faces by known landmarks, and real faces."""

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tracker import phantom
from tracker.imaging import decode, networks, regions
from tracker.imaging.pipeline import coaching
from tracker.imaging.quality.coaching import HintCode
from tracker.imaging.types import Photo

FACE = coaching.Wanted(0.0, card=False)
SKIN = coaching.Wanted(None, card=True)


def shot(seed=5, card=True, **pose):
    spec = phantom.SceneSpec(phantom.SITES["cheek"], 45, (160, 120), 5.0, ())
    targets = (phantom.Placement(phantom.tracker_card(), (20, 24)),) if card else ()
    visit = phantom.Visit(pose=phantom.Pose(**pose), targets=targets)
    return Photo("phantom", "", phantom.photograph(phantom.make_scene(spec, seed), visit, seed).encoded)


def frame_of(photo):
    """As the browser sends it: 480 px, JPEG."""
    scale = 480 / max(photo.size)
    small = cv2.resize(photo.encoded, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return Photo("frame", "", cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))


def codes(photo, before, wanted=SKIN):
    return [hint.code for hint in coaching.hints(coaching.look_at(frame_of(photo), None), before, wanted)]


@pytest.fixture(scope="module")
def before():
    return coaching.look_at(shot(), None)


@pytest.mark.parametrize(
    ("pose", "wanted"),
    [
        ({}, HintCode.GOOD),
        ({"zoom": 0.85}, HintCode.CLOSER),
        ({"zoom": 1.12}, HintCode.FARTHER),
        ({"shift_mm": (20, 0)}, HintCode.CAMERA_RIGHT),
        ({"shift_mm": (-20, 0)}, HintCode.CAMERA_LEFT),
        ({"shift_mm": (0, 20)}, HintCode.CAMERA_DOWN),
        ({"shift_mm": (0, -20)}, HintCode.CAMERA_UP),
        ({"rotation_deg": 8.0}, HintCode.TURN_CAMERA),
    ],
)
def test_skin_is_recognised_and_its_place_told(before, pose, wanted):
    assert codes(shot(**pose), before) == [wanted]


def test_the_camera_turns_the_way_the_skin_turned(before):
    turned = replace(shot(card=False), encoded=np.ascontiguousarray(shot(card=False).encoded))
    w, h = turned.size
    clockwise = cv2.getRotationMatrix2D((w / 2, h / 2), -8, 1.0)  # OpenCV counts against the clock
    pixels = cv2.warpAffine(np.asarray(turned.encoded), clockwise, (w, h), borderMode=cv2.BORDER_REFLECT)
    (hint,) = coaching.stance_hints(coaching.look_at(Photo("x", "", pixels), None), before, SKIN)
    assert hint.code is HintCode.TURN_CAMERA
    assert hint.value == pytest.approx(8, abs=1)


def test_the_card_is_asked_for_and_is_not_mistaken_for_the_skin(before):
    assert codes(shot(card=False), before) == [HintCode.CARD_NOT_SEEN]
    other = coaching.look_at(frame_of(shot(seed=6)), None)
    assert coaching.stance_hints(other, before, SKIN) == ()  # the card lies where it lay, the skin is another
    without = coaching.look_at(shot(card=False), None)
    assert codes(shot(card=False), without) == [HintCode.GOOD]  # nothing to compare with: it was not there either


def test_blur_and_light_are_told(before):
    blurred = replace(shot(), encoded=cv2.GaussianBlur(np.asarray(shot().encoded), (0, 0), 4))
    assert codes(blurred, before) == [HintCode.HOLD_STILL]
    dark = replace(shot(), encoded=(shot().encoded * 0.55).astype(np.uint8))
    assert codes(dark, before)[0] is HintCode.MORE_LIGHT


@pytest.fixture
def seen(monkeypatch, mean_face):
    """Makes the look of a frame of 480 x 360 with a face under known angles; None makes one without."""

    def make(centre=(240.0, 140.0), unit=60.0, size=(480, 360), turn=0.0, yaw=0.0, pitch=0.0):
        face = None if centre is None else mean_face(centre, unit, turn)
        pose = regions.HeadPose(yaw, pitch, turn, 1.0)
        monkeypatch.setattr(coaching.regions, "find_landmarks", lambda photo, network: face)
        monkeypatch.setattr(coaching.regions, "head_pose", lambda landmarks: pose)
        grey = np.full((size[1], size[0], 3), 128, np.uint8)
        return replace(
            coaching.look_at(Photo("f", "", grey), object(), matched=False),
            exposure=coaching.Exposure(128, 0.22, 0.0, 0.2),
        )

    return make


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ({}, HintCode.GOOD),
        ({"unit": 55.0}, HintCode.CLOSER),
        ({"unit": 65.0}, HintCode.FARTHER),
        ({"yaw": 8.0}, HintCode.TURN_RIGHT),  # looks to the patient's left, which is the right of the frame
        ({"yaw": -8.0}, HintCode.TURN_LEFT),
        ({"pitch": 8.0}, HintCode.CHIN_DOWN),
        ({"pitch": -8.0}, HintCode.CHIN_UP),
        ({"turn": 8.0}, HintCode.LEVEL_HEAD),
        ({"centre": (290.0, 140.0)}, HintCode.CAMERA_RIGHT),
        ({"centre": (240.0, 190.0)}, HintCode.CAMERA_DOWN),
        ({"centre": None}, HintCode.NO_FACE),
    ],
)
def test_a_face_is_coached_by_its_landmarks(seen, now, wanted):
    before = seen()
    assert [hint.code for hint in coaching.hints(seen(**now), before, FACE)] == [wanted]


def test_a_frame_of_another_size_is_measured_by_its_own_width(seen):
    before = seen()
    assert coaching.hints(seen((120.0, 70.0), 30.0, (240, 180)), before, FACE)[0].code is HintCode.GOOD


@pytest.mark.parametrize(
    ("yaw", "wanted_yaw", "code"),
    [
        (0.0, 0.0, HintCode.GOOD),
        (12.0, 0.0, HintCode.TURN_RIGHT),
        (-30.0, -45.0, HintCode.TURN_RIGHT),  # left oblique: the head has to turn further to its right
        (-50.0, -45.0, HintCode.GOOD),
    ],
)
def test_the_first_photo_is_coached_to_the_standard_view(seen, yaw, wanted_yaw, code):
    hints = coaching.hints(seen(yaw=yaw), None, coaching.Wanted(wanted_yaw, card=False))
    assert [hint.code for hint in hints] == [code]


def test_no_face_in_the_first_photo_matters_in_the_frontal_view_only(seen):
    nobody = seen(None)
    assert coaching.hints(nobody, None, FACE)[0].code is HintCode.NO_FACE
    assert coaching.hints(nobody, None, coaching.Wanted(-45.0, card=False))[0].code is HintCode.GOOD
    assert coaching.hints(nobody, None, coaching.Wanted(None, card=False))[0].code is HintCode.GOOD


@pytest.fixture(scope="module")
def network():
    if not networks.installed():
        pytest.skip("the extra networks is not installed")
    return networks.load(networks.FACE_LANDMARKS).network


@pytest.mark.photos
def test_a_real_face_is_coached_back_to_its_photo(network, shared_data):
    photo = decode.open_photo(sorted((shared_data / "faces_london").glob("*_neutral.jpg"))[2])
    before = coaching.look_at(photo, network)
    w, h = photo.size

    def asked(scale=1.0, shift=0.0, degrees=0.0):
        moved = cv2.getRotationMatrix2D((w / 2, h / 2), -degrees, scale)
        moved[0, 2] += shift * w
        pixels = cv2.warpAffine(np.asarray(photo.encoded), moved, (w, h), borderMode=cv2.BORDER_REPLICATE)
        look = coaching.look_at(frame_of(replace(photo, encoded=pixels)), network, matched=False)
        return coaching.hints(look, before, FACE)

    assert [hint.code for hint in asked()] == [HintCode.GOOD]
    assert HintCode.CLOSER in [hint.code for hint in asked(0.88)]
    assert HintCode.CAMERA_RIGHT in [hint.code for hint in asked(shift=0.12)]
    (level,) = (hint for hint in asked(degrees=9) if hint.code is HintCode.LEVEL_HEAD)
    assert level.value == pytest.approx(-9, abs=2.5)  # clockwise is towards the patient's left: tilt back to the right


@pytest.mark.photos
def test_a_frame_takes_at_most_150_ms_of_one_core(network, shared_data):
    photo = decode.open_photo(sorted((shared_data / "faces_london").glob("*_neutral.jpg"))[2])
    before, frame = coaching.look_at(photo, network), frame_of(photo)
    skin, no_face = coaching.look_at(shot(), None), frame_of(shot())

    def milliseconds(work):
        work()
        taken = []
        for _ in range(5):
            started = time.process_time()
            work()
            taken.append(1000 * (time.process_time() - started))
        return min(taken)

    spent = {
        "face": milliseconds(lambda: coaching.hints(coaching.look_at(frame, network, matched=False), before, FACE)),
        "no face": milliseconds(
            lambda: coaching.hints(coaching.look_at(no_face, network, matched=False), before, FACE)
        ),
        "skin": milliseconds(lambda: coaching.hints(coaching.look_at(no_face, None), skin, SKIN)),
    }
    assert max(spent.values()) <= 150, spent
