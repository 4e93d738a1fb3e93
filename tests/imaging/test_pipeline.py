"""The order of the steps on rendered skin: what changed is found, what cannot be compared is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tracker import phantom
from tracker.errors import InvalidInput
from tracker.imaging import decode, pipeline
from tracker.imaging.change import default_noise
from tracker.imaging.measure import redness
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.pipeline.analysis import alike
from tracker.imaging.types import Analysis, Box, Calibration, Change, Drawn, FlagCode, Metric, Photo, Region, Verdict

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


def rectangle(name: str, left: int, top: int, right: int, bottom: int) -> Region:
    return Region(name, Box(left, top, right, bottom), np.ones((bottom - top, right - left), bool))


def default_noise_sem(found: Analysis) -> float:
    noise = default_noise().look_up(Metric.REDNESS, "drawn", calibrated=True, tone=found.skin_tone)
    assert noise is not None
    return noise.sem


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
def test_redness_is_referred_to_the_skin_that_was_drawn_as_untreated(
    baseline: phantom.Shot, followup: phantom.Shot, reddened: Photo, region: Region
) -> None:
    reference = rectangle("reference", 40, 250, 200, 600)
    found = pipeline.analyse(photo(baseline, "b"), reddened, region=region, drawn=Drawn(reference=reference))
    assert found.reference is reference
    assert row(found, Metric.REDNESS).change == pytest.approx(BLOOD_H, rel=0.10)
    # The same blood in region and reference is no change of the region against untreated skin.
    inside = rectangle("drawn", 380, 360, 430, 440)
    beside = rectangle("reference", 450, 360, 500, 440)
    same = pipeline.analyse(photo(baseline, "b"), reddened, region=inside, drawn=Drawn(reference=beside))
    assert abs(row(same, Metric.REDNESS).change) < 0.5


@pytest.mark.slow
def test_less_light_in_one_photo_does_not_move_redness(
    baseline: phantom.Shot, followup: phantom.Shot, region: Region
) -> None:
    from tracker.imaging.colour import linear_to_uint8

    bright = photo(followup, "f")
    dim = Photo("dim", "dim", linear_to_uint8(0.7 * bright.linear()))
    both = [row(pipeline.analyse(photo(baseline, "b"), p, region=region), Metric.REDNESS) for p in (bright, dim)]
    assert both[0].change == pytest.approx(both[1].change, abs=0.2)


def test_the_reading_of_a_region_turns_its_sign_where_the_photos_change_places() -> None:
    rng = np.random.default_rng(2)
    first = 0.2 * rng.lognormal(0, 0.05, (400, 3))
    second = first * rng.lognormal([0.02, -0.05, 0.01], 0.02, (400, 3))
    position = np.stack(np.meshgrid(np.arange(20.0), np.arange(20.0)), -1).reshape(-1, 2)
    there, back = (
        redness.measure(SkinCells(position, a.copy(), b.copy(), 1.0, 400), "drawn")
        for a, b in ((first, second), (second, first))
    )
    for one, other in zip(there, back, strict=True):
        assert one[1].value - one[0].value == -(other[1].value - other[0].value)


def test_reference_skin_inside_the_treated_region_or_outside_the_photo_is_refused(
    baseline: phantom.Shot, region: Region
) -> None:
    one = photo(baseline, "b")
    with pytest.raises(InvalidInput, match="inside it"):
        pipeline.analyse(one, one, region=region, drawn=Drawn(reference=rectangle("reference", 300, 300, 420, 420)))
    outside = Region("reference", Box(850, 0, 900, 50), np.ones((50, 50), bool))
    for drawn in (Drawn(reference=outside), Drawn(followup=outside)):
        with pytest.raises(InvalidInput, match="880 x 800"):
            pipeline.analyse(one, one, region=region, drawn=drawn)


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


@pytest.mark.slow
def test_with_the_card_in_both_photos_redness_and_roughness_get_numbers_without_doubts() -> None:
    spec = phantom.SceneSpec(site=phantom.SITES["cheek"], ita=26.0, frame_mm=(110.0, 116.0), px_per_mm=9.0)
    placed = (phantom.Placement(phantom.tracker_card(), (0.0, -27.0)),)
    plain = phantom.make_scene(spec, 2)
    shots = [
        phantom.photograph(plain, phantom.Visit(targets=placed), 1),
        phantom.photograph(
            plain,
            phantom.Visit(
                targets=placed,
                pose=phantom.Pose(rotation_deg=2.0),
                camera=phantom.Camera(exposure=0.9, white_balance=(1.06, 1.0, 0.93)),
            ),
            2,
        ),
    ]
    mask = np.zeros(shots[0].encoded.shape[:2], np.uint8)
    cv2.ellipse(mask, (495, 760), (130, 110), 0, 0, 360, 1, -1)
    found = pipeline.analyse(
        *(photo(s, str(i)) for i, s in enumerate(shots)), region=Region.from_mask("drawn", mask > 0)
    )
    red, rough = row(found, Metric.REDNESS), row(found, Metric.ROUGHNESS)
    assert red.verdict == rough.verdict == Verdict.NO_DETECTABLE_CHANGE
    assert abs(red.change) < 0.5
    assert abs(rough.change) < 5.0
    assert not any(flag.code == FlagCode.UNCALIBRATED for flag in red.flags)
    assert found.skin_tone == pytest.approx(26.0, abs=10.0)
    assert red.gain == pytest.approx(0.93, abs=0.04)
    assert red.sdc == pytest.approx(1.96 * np.sqrt(2) * default_noise_sem(found) / red.gain, rel=0.2)


@pytest.mark.slow
def test_an_outline_is_followed_with_the_distance_taken_out_and_a_shrunk_one_is_smaller() -> None:
    stain = phantom.Lesion(phantom.Kind.STAIN, (0.0, 0.0), 30.0, 24.0, 0.0, blood=3.0, seed=4)
    before = phantom.make_scene(SPEC, 7).with_lesions([stain])
    shot = phantom.photograph(before, phantom.Visit(), 1)
    outline = Region.from_mask("drawn", shot.mask("stain"))
    closer = phantom.Visit(pose=phantom.Pose(rotation_deg=4.0, zoom=1.08))
    ratios = []
    for area in (1.0, 0.6):
        after = phantom.photograph(before.with_lesions([stain.changed(area=area)]), closer, 2)
        found = pipeline.follow_outline(photo(shot, "b"), outline, photo(after, "f"))
        assert found.interval[0] < found.area_ratio < found.interval[1]
        ratios.append(found.area_ratio)
    assert ratios[0] == pytest.approx(1.0, abs=0.1)
    assert ratios[1] < ratios[0]  # how much smaller is held to the truth in the tests of outline


def test_a_card_in_one_photo_only_leaves_colour_plain_in_both_and_keeps_the_scale() -> None:
    calibration = Calibration(
        target="card", matrix=np.diag([1.2, 1.0, 0.8]), gamma=1.1, residual_de00=1.0, skin_residual_de00=1.0,
        mm_to_px=np.diag([10.0, 10.0, 1.0]), corners=np.zeros((4, 2)),
    )  # fmt: skip
    plain = Photo("a", "a", np.full((70, 70, 3), 120, np.uint8))
    with_card = plain.with_calibration(calibration)
    first, second = alike(with_card, plain)
    assert np.allclose(first.linear(), second.linear())
    assert first.calibration is not None
    assert first.calibration.mm_to_px is not None
    both = alike(with_card, with_card)
    assert not np.allclose(both[0].linear(), plain.linear())
