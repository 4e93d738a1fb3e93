"""The samples go in once, and what a visitor of the demo changes stays."""

import hashlib
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tracker.clinic.types import Moment, SessionKind, View
from tracker.clinic.workflow import demo, intake, photos, progress, review
from tracker.clinic.workflow.demo import load_samples
from tracker.errors import InvalidInput
from tracker.imaging.types import Metric

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
SERIES = """
[[patients]]
code = "DEMO-1"
[[patients.series]]
indication = "acne scars"
site = "face"
detail = "left cheek"
"""
SESSION = """
[[patients.series.sessions]]
date = 2026-0{month}-05
kind = "{kind}"
needle_depth_mm = 1.5
[[patients.series.sessions.photos]]
file = "{month}.jpg"
sha256 = "{sha256}"
view = "close-up"
{region}
"""


@pytest.fixture
def folder(tmp_path, photo_bytes):
    text = SERIES
    for month, kind in ((1, "baseline"), (2, "treatment")):
        data = photo_bytes(month)
        (tmp_path / f"{month}.jpg").write_bytes(data)
        region = "polygon = [[20, 20], [200, 20], [100, 200]]" if month == 1 else 'moment = "after needling"'
        text += SESSION.format(month=month, kind=kind, sha256=hashlib.sha256(data).hexdigest(), region=region)
    (tmp_path / "registry.toml").write_text(text)
    return tmp_path


@pytest.mark.slow  # starts the workers of the real engine
def test_samples_go_in_once_and_are_analysed(clinic, folder):
    seen = []
    (patient,) = load_samples(clinic, folder, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)
    ((series,), before) = intake.list_series(clinic, patient.id), progress.timeline(clinic, patient.id)
    sessions = before.series[0].sessions
    assert [entry.session.kind for entry in sessions] == [SessionKind.BASELINE, SessionKind.TREATMENT]
    assert [entry.photos[0].moment for entry in sessions] == [Moment.BEFORE, Moment.AFTER]
    assert sessions[0].photos[0].view is View.CLOSE_UP
    assert sessions[1].session.visit.needle_depth_mm == 1.5
    table = progress.progress(clinic, series.id)
    assert len(table) > 0
    assert not table.loc[table["session"] == 2, "in_trend"].any()  # day 0
    corrected = photos.save_region(clinic, sessions[0].photos[0].id, np.ones((240, 320), bool), "visitor")
    load_samples(clinic, folder)
    assert progress.timeline(clinic, patient.id) == before
    assert photos.current_region(clinic, sessions[0].photos[0].id).id == corrected.id
    assert len(intake.list_patients(clinic)) == 1


def test_newer_samples_leave_an_older_demo_alone(clinic, folder, monkeypatch, photo_bytes):
    monkeypatch.setattr(demo, "measure_series", lambda *_: [])
    (patient,) = load_samples(clinic, folder)
    before = progress.timeline(clinic, patient.id)
    registry = folder / "registry.toml"
    text = registry.read_text().replace(
        hashlib.sha256(photo_bytes(2)).hexdigest(), hashlib.sha256(photo_bytes(9)).hexdigest()
    )
    registry.write_text(text)
    (folder / "2.jpg").write_bytes(photo_bytes(9))
    load_samples(clinic, folder)
    assert progress.timeline(clinic, patient.id) == before


def test_an_altered_sample_is_named_and_nothing_is_stored(clinic, folder):
    (folder / "2.jpg").write_bytes(b"other")
    with pytest.raises(InvalidInput, match=r"2\.jpg.*SHA-256"):
        load_samples(clinic, folder)
    assert intake.list_patients(clinic) == []


def test_a_missing_or_broken_registry_is_named(clinic, folder):
    registry = folder / "registry.toml"
    for text, said in ((registry.read_text().replace("acne scars", "acne spots"), "acne spots"), ("][", "TOML")):
        registry.write_text(text)
        with pytest.raises(InvalidInput, match=said):
            load_samples(clinic, folder)
    registry.unlink()
    with pytest.raises(InvalidInput, match="found none"):
        load_samples(clinic, folder)


@pytest.mark.slow  # decodes every sample
def test_the_samples_that_ship_go_in(clinic, monkeypatch):
    monkeypatch.setattr(demo, "measure_series", lambda *_: [])
    registry = tomllib.loads((SAMPLES / "registry.toml").read_text())
    patients = load_samples(clinic, SAMPLES)
    assert len(patients) == len(registry["patients"]) == 3
    for patient, row in zip(patients, registry["patients"], strict=True):
        ((series,), (plan,)) = intake.list_series(clinic, patient.id), row["series"]
        sessions = intake.list_sessions(clinic, series.id)
        assert 4 <= len(sessions) <= 6
        for session, said in zip(sessions, plan["sessions"], strict=True):
            assert session.days_since_needling == said.get("days_since_needling", session.days_since_needling)
            assert len(photos.list_photos(clinic, session.id)) == len(said["photos"])
        pairs = review.suggested_pairs(clinic, series.id)
        assert len(pairs) == len(sessions) - 1
        first = plan["sessions"][0]["photos"][0]
        mask = first["lesions" if series.plan.primary_metric is Metric.SCAR_AREA else "region"]
        drawn = photos.current_region(clinic, pairs[0][0].id).region
        assert drawn.area_px == np.count_nonzero(np.asarray(Image.open(SAMPLES / mask)))
