"""The order of the steps on rendered skin: what changed is found, what cannot be compared is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tracker import phantom
from tracker.errors import InvalidInput
from tracker.imaging import decode, pipeline
from tracker.imaging.types import Analysis, Change, FlagCode, Metric, Photo, Region, Verdict

SPEC = phantom.SceneSpec(site=phantom.SITES["patch"], ita=31.0, frame_mm=(110.0, 100.0), px_per_mm=8.0)
BLOOD_H = 8.0


def photo(shot: phantom.Shot, name: str) -> Photo:
    return Photo(name, name, shot.encoded)


@pytest.fixture(scope="module")
def scene() -> phantom.Scene:
    return phantom.make_scene(SPEC, 5)


@pytest.fixture(scope="module")
def baseline(scene: phantom.Scene) -> phantom.Shot:
    return phantom.photograph(scene, phantom.Visit(), 1)


@pytest.fixture(scope="module")
def followup(scene: phantom.Scene) -> phantom.Shot:
    pose = phantom.Pose(rotation_deg=3.0, shift_mm=(2.0, -1.5), stretch_mm=0.3, seed=3)
    return phantom.photograph(scene, phantom.Visit(pose=pose, camera=phantom.Camera(exposure=0.9)), 2)


@pytest.fixture(scope="module")
def region() -> Region:
    mask = np.zeros((800, 880), np.uint8)
    cv2.ellipse(mask, (440, 400), (110, 90), 0, 0, 360, 1, -1)
    return Region.from_mask("drawn", mask > 0)


@pytest.fixture(scope="module")
def reddened(baseline: phantom.Shot, followup: phantom.Shot) -> Photo:
    """The follow-up with 8 H of blood added around the region."""
    centre = phantom.carry(baseline, followup, np.array([[440.0, 400.0]]))[0]
    yy, xx = np.mgrid[0:800, 0:880]
    r = np.hypot((xx - centre[0]) / 180, (yy - centre[1]) / 150)
    weight = np.clip((1.25 - r) / 0.25, 0, 1).astype(np.float32)
    from tracker.imaging.colour import linear_to_uint8
    from tracker.phantom.optics import add_blood

    return Photo("red", "red", linear_to_uint8(add_blood(photo(followup, "f").linear(), weight, BLOOD_H)))


def row(found: Analysis, metric: Metric) -> Change:
    assert found.refusal is None, found.refusal
    return next(change for change in found.changes if change.metric == metric)


@pytest.mark.slow
def test_unchanged_skin_is_not_called_changed_and_added_blood_is_recovered(
    baseline: phantom.Shot, followup: phantom.Shot, reddened: Photo, region: Region
) -> None:
    null = row(pipeline.analyse(photo(baseline, "b"), photo(followup, "f"), region=region), Metric.REDNESS)
    assert null.verdict == Verdict.NO_DETECTABLE_CHANGE
    red = row(pipeline.analyse(photo(baseline, "b"), reddened, region=region), Metric.REDNESS)
    assert red.verdict == Verdict.CHANGED
    assert red.change - null.change == pytest.approx(BLOOD_H, rel=0.10)
    assert red.interval[0] < red.change < red.interval[1]


@pytest.mark.slow
def test_the_answer_lists_every_measure_with_its_regions_and_version(
    baseline: phantom.Shot, followup: phantom.Shot, region: Region
) -> None:
    found = pipeline.analyse(photo(baseline, "b"), photo(followup, "f"), region=region, site="cheek")
    assert {change.metric for change in found.changes} >= {
        Metric.REDNESS, Metric.REDNESS_A_STAR, Metric.REDNESS_LOG_RG, Metric.PIGMENT, Metric.EVENNESS, Metric.SPOTS,
        Metric.ROUGHNESS,
    }  # fmt: skip
    assert [r.name for r in found.regions] == [r.name for r in found.followup_regions] == ["drawn"]
    assert found.version == pipeline.PIPELINE_VERSION
    assert found.site == "cheek"
    roughness = row(found, Metric.ROUGHNESS)
    assert roughness.verdict == Verdict.NOT_ASSESSABLE  # no card, no millimetres
    assert any(flag.code == FlagCode.NO_SCALE for flag in roughness.flags)
    again = pipeline.analyse(photo(baseline, "b"), photo(followup, "f"), region=region, site="cheek")
    assert str(again.changes) == str(found.changes)


@pytest.mark.slow
def test_other_skin_is_refused_without_numbers(baseline: phantom.Shot, region: Region) -> None:
    other = phantom.photograph(phantom.make_scene(SPEC, 99), phantom.Visit(), 1)
    found = pipeline.analyse(photo(baseline, "b"), photo(other, "o"), region=region)
    assert found.refusal is not None
    assert found.refusal.retake
    assert found.changes == ()


def test_a_region_of_another_photo_is_refused_with_its_size(baseline: phantom.Shot) -> None:
    mask = np.zeros((2000, 2000), bool)
    mask[1500:1600, 1500:1600] = True
    with pytest.raises(InvalidInput, match="880 x 800"):
        pipeline.analyse(photo(baseline, "b"), photo(baseline, "b"), region=Region.from_mask("drawn", mask))


def test_a_drawn_mask_is_opened_as_a_region(tmp_path: Path) -> None:
    mask = np.zeros((80, 100), np.uint8)
    mask[20:40, 30:60] = 255
    path = tmp_path / "mask.png"
    path.write_bytes(cv2.imencode(".png", mask)[1].tobytes())
    found = pipeline.open_region(path, (100, 80))
    assert (found.name, found.area_px, found.box.left, found.box.top) == ("drawn", 600, 30, 20)
    with pytest.raises(InvalidInput):
        pipeline.open_region(path, (50, 50))


@pytest.mark.photos
@pytest.mark.slow
def test_a_face_gets_its_standard_regions_and_a_blush_is_found(shared_data: Path) -> None:
    faces = shared_data / "faces_london"
    found = pipeline.analyse(
        decode.open_photo(faces / "031_neutral.jpg"), decode.open_photo(faces / "031_smile.jpg"), site="face"
    )
    cheeks = [c for c in found.changes if c.metric == Metric.REDNESS and c.region.startswith("cheek")]
    assert any(c.verdict == Verdict.CHANGED and c.change > 0 for c in cheeks)
    assert {"forehead", "cheek_left", "cheek_right"} <= {r.name for r in found.regions}
