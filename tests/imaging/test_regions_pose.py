"""Head pose from five points of a face: known angles of the projected model, mirror images, and real frontal faces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.imaging import regions
from tracker.imaging.regions import pose
from tracker.imaging.types import POINT_NAMES, FaceLandmarks

NAMES = ("outer_canthus_right", "outer_canthus_left", "mouth_corner_right", "mouth_corner_left", "nose_tip_right")


def turned(yaw, pitch, roll, scale=90.0, noise=0.0, seed=0):
    """The model under known angles, seen from far away."""
    seen = scale * pose.projected(yaw, pitch + pose.NOSE_RISE, roll) + (300.0, 200.0)
    seen += np.random.default_rng(seed).normal(0, noise, seen.shape)
    points = dict.fromkeys(POINT_NAMES, (0.0, 0.0)) | {
        name: tuple(at) for name, at in zip(NAMES, seen.tolist(), strict=True)
    }
    points["nose_tip_left"] = points["nose_tip_right"]
    return FaceLandmarks(points, {}, scale, 1.0)


@settings(max_examples=40, deadline=None)
@given(yaw=st.floats(-65, 65), pitch=st.floats(-20, 20), roll=st.floats(-35, 35), scale=st.floats(20, 900))
def test_known_angles_come_back(yaw, pitch, roll, scale):
    found = regions.head_pose(turned(yaw, pitch, roll, scale))
    assert (found.yaw, found.pitch, found.roll) == pytest.approx((yaw, pitch, roll), abs=0.5)
    assert found.misfit < 0.1


@pytest.mark.parametrize("yaw", [-45, -20, 0, 20, 45])
def test_an_error_of_a_landmark_turns_the_head_by_a_few_degrees(yaw):
    found = [regions.head_pose(turned(yaw, 0, 0, noise=1.5, seed=seed)).yaw for seed in range(20)]
    assert abs(np.mean(found) - yaw) < 2.5
    assert np.std(found) < 4


def test_the_mean_frontal_face_looks_into_the_camera(mean_face):
    found = regions.head_pose(mean_face(turn=12.0))
    assert found.yaw == pytest.approx(0, abs=0.5)
    assert found.pitch == pytest.approx(0, abs=2)
    assert found.roll == pytest.approx(12, abs=0.5)


@pytest.mark.photos
def test_faces_photographed_from_the_front_are_frontal(shared_data):
    yaws = []
    for path in sorted((shared_data / "faces_london").glob("*_neutral.tem")):
        lines = path.read_text().splitlines()
        marks = [tuple(float(v) for v in line.split()) for line in lines[1:]]
        points = dict.fromkeys(POINT_NAMES, (0.0, 0.0)) | {
            "outer_canthus_right": marks[18], "outer_canthus_left": marks[27], "mouth_corner_right": marks[87],
            "mouth_corner_left": marks[93], "nose_tip_right": marks[54], "nose_tip_left": marks[60],
        }  # fmt: skip
        yaws.append(regions.head_pose(FaceLandmarks(points, {}, float(np.hypot(*np.subtract(*marks[:2]))), 1.0)).yaw)
    assert len(yaws) == 72
    assert abs(np.mean(yaws)) < 1
    assert np.abs(yaws).max() < regions.views.FRONTAL_YAW
