"""The camera's way in: judged, stored, coached; refused without the header, as another kind, or too large."""

import json

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from tracker import phantom
from tracker.clinic.types import Moment, View
from tracker.clinic.types.protocol import CardSeen, PhotoVerdict
from tracker.clinic.workflow import capture as workflow
from tracker.clinic.workflow import intake, photos
from tracker.dashboard import capture, capture_words, state
from tracker.dashboard.gate import Gate
from tracker.imaging.quality.coaching import Hint, HintCode
from tracker.imaging.types import Flag, FlagCode

APP = Starlette(routes=capture.ROUTES, middleware=[Middleware(Gate)])
HEADERS = {"x-requested-with": "tracker", "content-type": "image/jpeg"}


@pytest.fixture(scope="module")
def picture():
    spec = phantom.SceneSpec(phantom.SITES["cheek"], 45, (120, 90), 6.0, ())
    visit = phantom.Visit(targets=(phantom.Placement(phantom.tracker_card(), (16, 22)),))
    return phantom.photograph(phantom.make_scene(spec, 5), visit, 0).encoded


@pytest.fixture
def post(asgi, at_home, own_home):
    cookie = at_home(own_home)

    def ask(path, headers=HEADERS, body=b"", method="POST"):
        return asgi(APP, path, method=method, headers={"cookie": cookie} | headers, body=body)

    yield ask
    workflow.LOOKS.clear()


@pytest.fixture
def own_home(tmp_path):
    home = tmp_path / "clinic"
    home.mkdir()
    return home


@pytest.fixture
def session(post):
    from datetime import date

    from tracker.clinic.types import BodySite, Indication, SeriesPlan, SessionKind, Visit

    clinic = state.clinic()
    series = intake.add_series(clinic, intake.add_patient(clinic).id, SeriesPlan(Indication.REDNESS, BodySite.FOREARM))
    return intake.add_session(clinic, series.id, Visit(date(2026, 3, 2), SessionKind.TREATMENT))


def stored(session):
    return photos.list_photos(state.clinic(), session.id)


def test_a_photo_is_judged_and_stored(post, session, picture):
    answer = post(f"/capture/{session.id}?view=CLOSE_UP&moment=AFTER", body=phantom.jpeg(picture))
    assert answer.status == 200, answer.text
    said = json.loads(answer.body)
    (photo,) = stored(session)
    assert said["id"] == photo.id
    assert said["name"] == photo.name
    assert photo.name.startswith("camera-close-up-")
    assert (photo.view, photo.moment) == (View.CLOSE_UP, Moment.AFTER)
    assert said["lines"]
    again = json.loads(post(f"/capture/{session.id}?view=CLOSE_UP&moment=AFTER", body=phantom.jpeg(picture)).body)
    assert again["id"] == photo.id
    assert "already stored" in again["lines"][-1]


def test_a_photo_may_be_judged_alone(post, session, picture):
    answer = post(f"/capture/{session.id}?view=CLOSE_UP&keep=0", body=phantom.jpeg(picture))
    said = json.loads(answer.body)
    assert (said["id"], said["name"]) == ("", "")
    assert len(said["lines"]) >= 2
    assert stored(session) == []


def test_a_frame_is_coached(post, session, picture):
    small = np.ascontiguousarray(picture[::2, ::2])
    said = json.loads(post(f"/coach/{session.id}?view=CLOSE_UP", body=phantom.jpeg(small)).body)
    assert set(said) == {"hints", "good"}
    dark = (small * 0.15).astype(np.uint8)
    said = json.loads(post(f"/coach/{session.id}?view=CLOSE_UP", body=phantom.jpeg(dark)).body)
    assert said["hints"][0] == "More light"
    assert not said["good"]
    assert stored(session) == []


def test_one_frame_at_a_time(post, session, picture):
    with capture._COACHING:
        answer = post(f"/coach/{session.id}?view=CLOSE_UP", body=phantom.jpeg(picture[::2, ::2]))
    assert json.loads(answer.body) == {"hints": [], "busy": True}


@pytest.mark.parametrize("path", ["/capture/{}?view=CLOSE_UP", "/coach/{}?view=CLOSE_UP"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "image/jpeg"}, 403),
        ({"x-requested-with": "other", "content-type": "image/jpeg"}, 403),
        ({"x-requested-with": "tracker"}, 415),
        ({"x-requested-with": "tracker", "content-type": "multipart/form-data"}, 415),
        (HEADERS | {"content-length": "30000000"}, 413),
    ],
)
def test_what_other_pages_could_send_is_refused(post, session, picture, path, headers, status):
    answer = post(path.format(session.id), headers=headers, body=phantom.jpeg(picture))
    assert answer.status == status
    assert json.loads(answer.body)["error"].endswith(".")
    assert stored(session) == []


def test_a_long_body_is_given_up_whatever_it_says_of_its_length(post, session):
    answer = post(f"/coach/{session.id}?view=CLOSE_UP", headers=HEADERS | {"content-length": "9"}, body=b"x" * 300_001)
    assert answer.status == 413
    assert "300 kB" in json.loads(answer.body)["error"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/capture/none?view=CLOSE_UP", None, 404),
        ("/coach/none?view=CLOSE_UP", None, 404),
        ("/capture/{}?view=SIDEWAYS", None, 422),
        ("/capture/{}", None, 422),
        ("/capture/{}?view=CLOSE_UP&moment=never", None, 422),
        ("/capture/{}?view=CLOSE_UP", b"no picture", 422),
        ("/coach/{}?view=CLOSE_UP", b"", 422),
    ],
)
def test_mistakes_are_sentences(post, session, picture, path, body, status):
    answer = post(path.format(session.id), body=phantom.jpeg(picture) if body is None else body)
    assert answer.status == status, answer.text
    assert json.loads(answer.body)["error"].endswith(".")
    assert "Traceback" not in answer.text
    assert stored(session) == []


def test_a_get_is_not_answered(post, session):
    assert post(f"/capture/{session.id}?view=CLOSE_UP", method="GET").status == 405


@pytest.mark.parametrize("code", list(HintCode))
def test_every_hint_has_words_that_name_a_side_as_the_patient_has_it(code):
    either = {capture_words.hint_words(Hint(code, value)) for value in (-9.0, 9.0)}
    assert all(either)
    assert len(either) == (2 if code in (HintCode.LEVEL_HEAD, HintCode.TURN_CAMERA) else 1)


def test_at_most_two_hints_are_said():
    hints = (Hint(HintCode.MORE_LIGHT), Hint(HintCode.CLOSER), Hint(HintCode.HOLD_STILL))
    assert capture_words.coaching_words(hints) == ["More light", "Closer"]


def test_a_verdict_begins_with_the_answer_and_says_what_to_do():
    blurred = Flag(FlagCode.BLURRED, "The skin is blurred: 0.2.", "Hold still.")
    lines = capture_words.verdict_words(
        PhotoVerdict(False, (blurred,), (Hint(HintCode.CLOSER, 0.8),), CardSeen.MISSING, compared=True)
    )
    assert lines[0] == "Better take it again."
    assert lines[1] == "Not like the last photo: Closer."
    assert "blurred" in lines[2]
    assert "four corners" in lines[3]
    good = capture_words.verdict_words(PhotoVerdict(True, (), (), CardSeen.NOT_NEEDED, compared=False))
    assert good == ["Good: later photos of this view will be compared with this one."]
    other = Flag(FlagCode.MAKE_UP, "There is make-up.", "Wash it off.")
    assert "There is make-up. Wash it off." in capture_words.verdict_words(
        PhotoVerdict(True, (other,), (), CardSeen.READ, compared=True)
    )
