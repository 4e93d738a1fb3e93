"""The rows of a drawn scar on rendered skin: what is left, against the skin around, and where they are withheld."""

from dataclasses import replace

import numpy as np
import pytest

from tracker import phantom
from tracker.imaging import align, calibrate, pipeline
from tracker.imaging.change import ANY, Noise, NoiseModel
from tracker.imaging.measure import cells
from tracker.imaging.pipeline.laying import LaidPair
from tracker.imaging.pipeline.lesions import lesion_rows, lost_lesion_rows
from tracker.imaging.types import Change, Drawn, Flag, FlagCode, Metric, Photo, Region, Verdict

SPEC = phantom.SceneSpec(site=phantom.SITES["patch"], ita=40.0, frame_mm=(44.0, 36.0), px_per_mm=9.0)
SCAR = phantom.Lesion(phantom.Kind.SURGICAL, (0.0, 0.0), 4.0, 22.0, -0.1, 20.0, blood=2.6, melanin=1.2, seed=3)
LATER = SCAR.changed(area=0.7, blood=0.6, melanin=0.6, depth=0.8)
NAMES = (
    Metric.SCAR_AREA, Metric.SCAR_COUNT, Metric.SCAR_LENGTH, Metric.SCAR_CONTRAST, Metric.SCAR_REDNESS,
    Metric.SCAR_PIGMENT,
)  # fmt: skip
NOISE = NoiseModel("test", {(m, ANY, c): Noise(0.02, 100, "-") for m in NAMES for c in ("calibrated", "uncalibrated")})


@pytest.fixture(scope="module")
def laid() -> tuple[LaidPair, tuple[Region, Region], phantom.Shot]:
    skin = phantom.make_scene(SPEC, 11)
    first = phantom.photograph(skin.with_lesions([SCAR]), phantom.Visit(), 1)
    pose = phantom.Pose(rotation_deg=2.0, shift_mm=(0.6, -0.4), seed=2)
    second = phantom.photograph(skin.with_lesions([LATER]), phantom.Visit(pose=pose), 2)
    outline = Region.from_mask("drawn", first.mask(str(SCAR.kind)))
    photos = Photo("a", "a", first.encoded), Photo("b", "b", second.encoded)
    alignment = pipeline.register(*photos, outline)
    everywhere = np.ones(first.encoded.shape[:2], bool)
    none = cells.pair(*photos, np.zeros((0, 2)), np.zeros((0, 2)), 1.0)
    pair = LaidPair(*photos, alignment, (everywhere, everywhere), none, None)
    return pair, (outline, align.carry_region(alignment, outline)), second


def rows(pair: LaidPair, places: tuple[Region, Region]) -> dict[Metric, Change]:
    return {row.metric: row for row in lesion_rows(pair, places, (), NOISE)}


@pytest.mark.slow
def test_a_shrunk_and_faded_scar_is_read_inside_its_interval_and_its_redness_falls(laid) -> None:
    pair, places, _ = laid
    found = rows(pair, places)
    assert set(found) == set(NAMES)
    area = found[Metric.SCAR_AREA]
    assert area.verdict == Verdict.CHANGED
    assert area.interval[0] < -30 < area.interval[1]
    assert area.baseline == 100
    red = found[Metric.SCAR_REDNESS]
    assert red.followup < 0.8 * red.baseline
    assert any("one radius" in flag.reason for flag in red.flags)  # no card: the ring is not in mm, and says so


@pytest.mark.slow
def test_number_and_length_need_a_card_and_say_so(laid) -> None:
    pair, places, _ = laid
    found = rows(pair, places)
    for metric in (Metric.SCAR_COUNT, Metric.SCAR_LENGTH):
        assert found[metric].verdict == Verdict.NOT_ASSESSABLE
        assert found[metric].flags[0].code == FlagCode.NO_SCALE


@pytest.mark.slow
def test_an_outline_drawn_in_the_follow_up_decides(laid) -> None:
    pair, places, second = laid
    by_hand = Region.from_mask("drawn", second.mask(str(SCAR.kind)))
    area = rows(replace(pair, drawn=Drawn(followup=by_hand)), places)[Metric.SCAR_AREA]
    assert area.change == pytest.approx(-30, abs=5)
    assert area.sdc < 17  # two outlines of 4 % each, and the scale


@pytest.mark.slow
def test_a_region_that_fills_the_frame_has_no_ring_and_says_so(laid) -> None:
    pair, _, _ = laid
    whole = Region.from_mask("drawn", np.ones(pair.baseline.encoded.shape[:2], bool))
    found = rows(pair, (whole, whole))
    for metric in (Metric.SCAR_CONTRAST, Metric.SCAR_REDNESS, Metric.SCAR_PIGMENT):
        assert found[metric].verdict == Verdict.NOT_ASSESSABLE
        assert found[metric].flags[0].code == FlagCode.NO_REFERENCE
    assert found[Metric.SCAR_AREA].verdict == Verdict.NOT_ASSESSABLE


def test_a_scar_that_left_the_frame_has_all_its_rows_withheld() -> None:
    flag = Flag(FlagCode.OUT_OF_FRAME, "It is gone.", "Retake it.", tuple(Metric))
    lost = lost_lesion_rows(Region.from_mask("drawn", np.ones((4, 4), bool)), flag)
    assert [row.metric for row in lost] == list(NAMES)
    assert {row.verdict for row in lost} == {Verdict.NOT_ASSESSABLE}


@pytest.mark.slow
def test_with_the_card_the_area_is_in_mm2_and_marks_are_counted() -> None:
    spec = replace(SPEC, ita=26.0, frame_mm=(110.0, 116.0), px_per_mm=9.0)
    scar = replace(SCAR, centre_mm=(0.0, 30.0))
    placed = (phantom.Placement(phantom.tracker_card(), (0.0, -27.0)),)
    skin = phantom.make_scene(spec, 4).with_lesions([scar])
    shot, again = (
        phantom.photograph(skin, phantom.Visit(targets=placed, camera=phantom.Camera(exposure=0.9)), seed)
        for seed in (1, 2)
    )
    photo = Photo("a", "a", shot.encoded)
    calibration = calibrate.fit(photo)
    assert calibration is not None
    outline = Region.from_mask("drawn", shot.mask(str(scar.kind)))
    found = pipeline.analyse(photo, Photo("b", "b", again.encoded), region=outline, setting=pipeline.Setting(NOISE))
    area = next(row for row in found.changes if row.metric == Metric.SCAR_AREA)
    true = shot.scene.masked_area_mm2(str(scar.kind))
    assert area.unit == "mm²", area.flags
    assert area.baseline == pytest.approx(true, rel=0.04)
    assert abs(area.change) < 3
    count = next(row for row in found.changes if row.metric == Metric.SCAR_COUNT)
    assert count.baseline == 1
