"""What is stored comes back bit for bit, and cannot run code."""

import io
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tracker.clinic.records import serial
from tracker.imaging.types import Alignment, Analysis, Box, Change, Flag, FlagCode, Metric, Region, Verdict

number = st.floats(allow_nan=True, allow_infinity=True)
flags = st.builds(
    Flag,
    st.sampled_from(FlagCode),
    st.text(max_size=20),
    st.text(max_size=20),
    st.lists(st.sampled_from(Metric)).map(tuple),
    st.floats(1, 3),
)
changes = st.builds(
    Change,
    metric=st.sampled_from(Metric),
    region=st.text(max_size=20),
    unit=st.text(max_size=8),
    baseline=number,
    followup=number,
    change=number,
    sdc=number,
    interval=st.tuples(number, number),
    verdict=st.sampled_from(Verdict),
    flags=st.lists(flags, max_size=2).map(tuple),
    df=st.sampled_from([math.inf, 3.0, 19.0]),
    gain=st.floats(0.5, 1.1),
    scale_error=st.floats(0, 0.3),
)


@given(changes)
def test_a_change_comes_back(change):
    row = serial.change_to_json(change)
    stored = json.dumps(row, allow_nan=False)  # standard JSON has no nan: SQLite would keep it, PostgreSQL would not
    back = serial.change_from_json(json.loads(stored))
    for name in ("baseline", "followup", "change", "sdc", "df", "gain", "scale_error"):
        np.testing.assert_equal(getattr(back, name), getattr(change, name))
    np.testing.assert_equal(back.interval, change.interval)
    assert (back.metric, back.verdict, back.flags, back.region) == (
        change.metric,
        change.verdict,
        change.flags,
        change.region,
    )


@given(
    hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)), st.integers(0, 5000), st.integers(0, 5000)
)
def test_a_region_comes_back(mask, left, top):
    region = Region("drawn", Box(left, top, left + mask.shape[1], top + mask.shape[0]), mask)
    back = serial.region_from_bytes(serial.region_to_bytes(region))
    assert (back.name, back.box) == (region.name, region.box)
    np.testing.assert_array_equal(back.mask, mask)
    assert not back.mask.flags.writeable
    assert serial.region_digest(back) == serial.region_digest(region)


def test_the_digest_tells_regions_apart():
    mask = np.ones((3, 4), bool)
    regions = [
        None,
        Region("drawn", Box(0, 0, 4, 3), mask),
        Region("drawn", Box(1, 0, 5, 3), mask),
        Region("drawn", Box(0, 0, 3, 4), mask.T.copy()),
        Region("nose", Box(0, 0, 4, 3), mask),
    ]
    assert len({serial.region_digest(region) for region in regions}) == len(regions)


def test_what_is_drawn_for_a_pair_has_one_digest_per_drawing_and_role():
    assert serial.drawn_digest("", "", "") == ""
    assert serial.drawn_digest("t", "", "") == "t"  # as before there were roles
    found = {serial.drawn_digest(*("d" if one else "" for one in which)) for which in np.ndindex(2, 2, 2)}
    assert len(found) == 8
    assert len({serial.drawn_digest("t", "a", "b"), serial.drawn_digest("t", "b", "a")}) == 2


def an_analysis(refusal=None):
    random = np.random.default_rng(1)
    alignment = Alignment(
        homography=np.eye(3) + random.normal(0, 0.01, (3, 3)),
        displacement=random.normal(0, 1, (9, 12, 2)).astype(np.float32),
        spacing=8.0,
        support=random.random((9, 12)).astype(np.float32),
        residual_px=0.123456789,
        baseline_size=(96, 72),
        followup_size=(90, 70),
        diagnostics={"matches": 120.0, "z": math.inf, "none": math.nan},
    )
    region = Region("cheek_left", Box(3, 4, 13, 11), random.random((7, 10)) > 0.5)
    return Analysis(
        baseline_sha256="a" * 64,
        followup_sha256="b" * 64,
        site="face",
        version="7",
        refusal=refusal,
        alignment=None if refusal else alignment,
        regions=() if refusal else (region, region),
        followup_regions=() if refusal else (region,),
        changes=(),
        flags=(),
        reference=Region("reference", Box(50, 4, 54, 6), np.ones((2, 4), bool)),
        skin_tone=math.nan if refusal else 41.5,
        correction=None if refusal else Region("drawn", Box(1, 2, 4, 4), np.eye(2, 3, dtype=bool)),
    )


@pytest.mark.parametrize("refusal", [None, Flag(FlagCode.NOT_ALIGNED, "Too few matches.", "Hold still.")])
def test_an_analysis_comes_back(refusal):
    analysis = an_analysis(refusal)
    fields = {n: getattr(analysis, n) for n in ("baseline_sha256", "followup_sha256", "version", "changes", "flags")}
    back = serial.analysis_from(fields, serial.artefact_to_bytes(analysis))
    assert (back.site, back.refusal, back.version) == (analysis.site, analysis.refusal, "7")
    assert len(back.regions) == len(analysis.regions)
    assert len(back.followup_regions) == len(analysis.followup_regions)
    assert serial.region_digest(back.reference) == serial.region_digest(analysis.reference)
    assert serial.region_digest(back.correction) == serial.region_digest(analysis.correction)
    np.testing.assert_equal(back.skin_tone, analysis.skin_tone)
    if analysis.alignment is None:
        assert back.alignment is None
        return
    for name in ("homography", "displacement", "support"):
        np.testing.assert_array_equal(getattr(back.alignment, name), getattr(analysis.alignment, name))
        assert not getattr(back.alignment, name).flags.writeable
    assert back.alignment.residual_px == analysis.alignment.residual_px
    assert back.alignment.baseline_size == (96, 72)
    np.testing.assert_equal(back.alignment.diagnostics, analysis.alignment.diagnostics)
    np.testing.assert_array_equal(back.regions[1].mask, analysis.regions[1].mask)


def test_an_edited_artefact_cannot_run_code():
    out = io.BytesIO()
    np.savez(out, head=np.array([{"evil": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        serial.analysis_from({}, out.getvalue())
