"""What ``tracker landmarks`` answers: every point under its name, pose, view and scale, or why there is none."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from tracker.cli import faces
from tracker.imaging import networks
from tracker.imaging.types import NAMED_POINTS, POINT_NAMES, FaceLandmarks, NoFace, Photo

PHOTO = Photo("one", "0", np.full((60, 80, 3), 120, np.uint8))


def points():
    out = dict.fromkeys(POINT_NAMES, (100.0, 100.0))
    return out | {
        "pupil_right": (100.0, 100.0), "pupil_left": (280.0, 100.0), "iris_right_outer": (83.0, 100.0),
        "iris_right_inner": (117.0, 100.0), "iris_left_outer": (297.0, 100.0), "iris_left_inner": (263.0, 100.0),
        "outer_canthus_right": (66.0, 102.0), "outer_canthus_left": (314.0, 102.0),
        "mouth_corner_right": (120.0, 298.0), "mouth_corner_left": (260.0, 298.0),
        "nose_tip_right": (172.0, 185.0), "nose_tip_left": (208.0, 185.0),
    }  # fmt: skip


def test_every_point_is_answered_under_its_name_with_pose_view_and_scale(monkeypatch):
    found = FaceLandmarks(points(), dict.fromkeys(POINT_NAMES, 0.8), 180.0, 1.0)
    monkeypatch.setattr(faces.regions, "find_landmarks", lambda photo, network: found)
    answer, text = faces.landmarks_of(PHOTO, object())
    assert set(NAMED_POINTS) | {"hairline_middle"} <= set(answer["points"]) == set(POINT_NAMES)
    assert answer["points"]["pupil_left"] == [280.0, 100.0]
    assert (answer["status"], answer["view"], answer["scale_from"]) == ("answered", "frontal", "iris")
    assert answer["px_per_mm"] == pytest.approx(34 / 11.7, abs=0.01)
    assert any("±5%" in flag for flag in answer["flags"])
    assert "frontal view" in text
    json.dumps(answer)


def test_without_a_face_the_reason_is_answered(monkeypatch):
    monkeypatch.setattr(faces.regions, "find_landmarks", lambda photo, network: NoFace("one: no face was found."))
    answer, text = faces.landmarks_of(PHOTO, object())
    assert (answer["status"], answer["reason"], answer["points"]) == ("refused", "one: no face was found.", {})
    assert text == "Refused: one: no face was found."


@pytest.mark.skipif(not networks.installed(), reason="the extra networks is not installed")
def test_the_command_answers_a_real_face_in_one_line(tmp_path):
    path = tmp_path / "portrait.png"
    Image.fromarray(astronaut()[:230, 90:330]).resize((720, 690)).save(path)
    code = "from tracker.cli import main; main()"
    command = [sys.executable, "-c", code, "landmarks", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    assert answer["status"] == "answered", answer["reason"]
    assert set(answer["points"]) == set(POINT_NAMES)
    assert answer["points"]["pupil_right"][0] < answer["points"]["pupil_left"][0]
