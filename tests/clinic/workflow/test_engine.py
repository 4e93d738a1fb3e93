"""From two files to a stored answer through the real engine, on skin whose truth is known."""

from functools import cache

import numpy as np
import pytest

from tracker.clinic.types import AnalysisStatus, View
from tracker.clinic.workflow import photos, progress, review
from tracker.imaging import decode, pipeline
from tracker.phantom import SITES, Pose, SceneSpec, Visit, jpeg, make_scene, photograph

pytestmark = pytest.mark.slow


@cache
def shots() -> list[bytes]:
    """Three photos of one forearm in slightly different poses."""
    scene = make_scene(SceneSpec(site=SITES["forearm"], frame_mm=(70.0, 50.0), px_per_mm=10.0), seed=5)
    poses = [Pose(), Pose(rotation_deg=2.0, shift_mm=(1.0, 0.5)), Pose(rotation_deg=-1.5, zoom=0.97)]
    return [jpeg(photograph(scene, Visit(pose=pose), seed=n).encoded) for n, pose in enumerate(poses)]


POLYGON = np.array([[250.0, 180.0], [420.0, 180.0], [420.0, 320.0], [250.0, 320.0]])


@pytest.fixture
def taken(clinic, sessions):
    return [
        photos.add_photo(clinic, session.id, data, f"{n}.jpg", View.CLOSE_UP)
        for n, (session, data) in enumerate(zip(sessions[1:], shots(), strict=True))
    ]


def _numbers(changes):
    return [(c.metric, c.region, c.baseline, c.followup, c.change, c.sdc, *c.interval) for c in changes]


def test_stored_numbers_are_those_of_the_engine(clinic, taken):
    drawn = photos.save_region(clinic, taken[0].id, POLYGON, "Dr A")
    stored = review.compare(clinic, taken[0].id, taken[1].id)
    assert stored.record.status is AnalysisStatus.DONE, stored.record.reason
    direct = pipeline.analyse(*map(decode.open_photo, shots()[:2]), region=drawn.region, site="forearm")
    assert not np.isnan(direct.changes[0].change)
    np.testing.assert_equal(_numbers(stored.record.changes), _numbers(direct.changes))
    np.testing.assert_array_equal(stored.analysis.alignment.displacement, direct.alignment.displacement)
    np.testing.assert_array_equal(stored.analysis.followup_regions[0].mask, direct.followup_regions[0].mask)


def test_a_series_is_measured_and_tabled(clinic, series, taken):
    photos.save_region(clinic, taken[0].id, POLYGON, "Dr A")
    made = review.measure_series(clinic, series.id)
    assert [comparison.record.status for comparison in made] == [AnalysisStatus.DONE] * 2
    table = progress.progress(clinic, series.id)
    assert set(table["version"]) == {pipeline.PIPELINE_VERSION}
    redness = table[table["primary"]]
    assert set(redness["metric"]) == {"redness"}
    assert set(redness["session"]) == {2, 3, 4}


def test_a_lost_file_fails_its_own_pair_only(clinic, series, taken):
    original = clinic.home / "photos" / taken[1].sha256[:2] / taken[1].sha256
    original.rename(clinic.home / "lost")
    lost, kept = review.measure_series(clinic, series.id)
    assert lost.record.status is AnalysisStatus.FAILED
    assert "found none" in lost.record.reason
    assert kept.record.status is AnalysisStatus.DONE
    (clinic.home / "lost").rename(original)
    assert [made.record.status for made in review.measure_series(clinic, series.id)] == [AnalysisStatus.DONE] * 2
