"""The face of a baseline: by landmarks or by proportions, said in the answer, and refused where it is turned away."""

import numpy as np
import pytest

from tracker.errors import InvalidInput
from tracker.imaging import pipeline, regions
from tracker.imaging.pipeline import faces, laying
from tracker.imaging.pipeline.faces import BY_PROPORTIONS, NO_FACE, read_face
from tracker.imaging.types import Box, FlagCode, NoFace, Photo, Region

PLAIN = Photo("plain", "0", np.full((60, 80, 3), 120, np.uint8))


@pytest.fixture
def seen(monkeypatch):
    """Lets a test say what the network sees; nothing else knows a network."""

    def see(answer):
        monkeypatch.setattr(faces.regions, "find_landmarks", lambda photo, network: answer)
        return object()

    return see


def test_without_a_network_the_answer_says_that_proportions_were_used(monkeypatch):
    face = regions.Face((100.0, 100.0), (160.0, 100.0))
    monkeypatch.setattr(faces.regions, "find_face", lambda photo: face)
    found = read_face(PLAIN, None)
    assert found.face is face
    assert found.flags == (BY_PROPORTIONS,)
    assert found.flags[0].widens > 1  # the noise that ships was measured with landmarks
    assert found.iris is None


def test_no_face_at_all_is_nothing_to_say_of():
    assert read_face(PLAIN, None) is NO_FACE


def test_landmarks_give_the_face_its_place_and_scale(mean_face, seen):
    landmarks = mean_face((400.0, 300.0), 180.0)
    found = read_face(PLAIN, seen(landmarks))
    assert found.face.inter_pupil_px == pytest.approx(180.0)
    assert found.flags == ()
    assert found.refusal is None
    assert found.iris.px_per_mm == pytest.approx(180.0 / 61.5, rel=0.03)


def test_what_the_network_takes_for_no_face_is_refused_with_its_reason(seen):
    found = read_face(PLAIN, seen(NoFace("plain: no face was found.")))
    assert found.face is None
    assert "no face" in found.refusal.reason
    assert found.refusal.code is FlagCode.REGION_NOT_FOUND


def test_a_face_turned_away_gets_no_regions(mean_face, seen):
    landmarks = mean_face((400.0, 300.0), 180.0)
    points = dict(landmarks.points)
    for side in ("right", "left"):  # the tip of the nose far to one side
        x, y = points[f"nose_tip_{side}"]
        points[f"nose_tip_{side}"] = (x + 90.0, y)
    turned = type(landmarks)(points, landmarks.confidence, 180.0, 1.0)
    found = read_face(PLAIN, seen(turned))
    assert "turned" in found.refusal.reason
    assert "by hand" in found.refusal.retake


def test_only_known_parts_of_a_face_can_be_asked_for():
    assert pipeline.Setting(parts=("cheek_malar_left",)).parts == ("cheek_malar_left",)
    with pytest.raises(InvalidInput, match="cheek_malar_left"):
        pipeline.Setting(parts=("earlobe",))
    with pytest.raises(InvalidInput):
        pipeline.Setting(parts=())


def test_a_parts_own_skin_is_at_most_a_fifth_of_its_reference():
    face = regions.Face((100.0, 100.0), (200.0, 100.0))
    x, y = np.meshgrid(np.arange(40, 261, 6.0), np.arange(40, 161, 6.0))
    points = np.stack([x.ravel(), y.ravel()], 1)
    whole = Region("forehead", Box(50, 50, 250, 150), np.ones((100, 200), bool))
    weights = laying._at_height(face, whole, points)
    mine = (points >= (50, 50)).all(1) & (points < (250, 150)).all(1)
    assert weights[mine].sum() == pytest.approx(laying.MOST_OWN * weights.sum())
    small = Region("nose", Box(140, 90, 160, 110), np.ones((20, 20), bool))
    plain = laying._at_height(face, small, points)
    at = int(np.argmin(np.abs(points - (150, 100)).sum(1)))
    assert plain[at] == pytest.approx(plain.max(), rel=0.02)  # a small part counts as all skin at its height
