"""The demo patients: complete, unaltered, honest about what they are, and made again byte for byte."""

import hashlib
import importlib.util
import json
import sys
import tomllib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
REGISTRY = tomllib.loads((SAMPLES / "registry.toml").read_text("utf-8"))
SERIES = [(patient, series) for patient in REGISTRY["patients"] for series in patient["series"]]
PHOTOS = [(session, photo) for _, series in SERIES for session in series["sessions"] for photo in session["photos"]]
ROLES = {"file": "sha256", "truth": "truth_sha256", "region": "region_sha256", "lesions": "lesions_sha256"}


def named_files():
    return {photo[role]: photo[digest] for _, photo in PHOTOS for role, digest in ROLES.items() if role in photo}


def test_every_file_is_listed_with_its_sha256_and_no_other_lies_there():
    listed = named_files()
    for name, digest in listed.items():
        assert hashlib.sha256((SAMPLES / name).read_bytes()).hexdigest() == digest, name
    found = {str(p.relative_to(SAMPLES)) for p in SAMPLES.glob("*/*") if p.suffix in (".jpg", ".png", ".json")}
    assert found == set(listed)


def test_three_patients_with_four_to_six_sessions_in_2026():
    assert [series["indication"] for _, series in SERIES] == [
        "acne scars",
        "surgical or traumatic scar",
        "stretch marks",
    ]
    for _, series in SERIES:
        days = [session["date"] for session in series["sessions"]]
        assert 4 <= len(days) <= 6
        assert days == sorted(days)
        assert {day.year for day in days} == {2026}


def test_one_photo_shows_the_healing_phase_and_is_redder():
    _, acne = SERIES[0]
    before, healing = acne["sessions"][:2]
    assert 1 <= healing["days_since_needling"] <= 3
    blood = [json.loads((SAMPLES / s["photos"][0]["truth"]).read_text())["blood"]["scar"] for s in (before, healing)]
    assert blood[1] > 1.3 * blood[0]


@pytest.mark.parametrize("number", range(3))
def test_the_treated_feature_improves_from_session_to_session(number):
    _, series = SERIES[number]
    truths = [json.loads((SAMPLES / s["photos"][0]["truth"]).read_text()) for s in series["sessions"]]
    areas = [truth["scar_area_mm2"] for truth in truths]
    assert np.all(np.diff(areas) <= 0)
    assert 0.6 < areas[-1] / areas[0] < 0.85


@pytest.mark.parametrize("name", [photo["file"] for _, photo in PHOTOS])
def test_photos_are_two_megapixels_and_carry_only_the_time_and_the_word_phantom(name):
    session = next(session for session, photo in PHOTOS if photo["file"] == name)
    with Image.open(SAMPLES / name) as image:
        assert image.size == (1600, 1200)
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
    assert exif[ExifTags.Base.Model] == "Phantom"
    assert set(exif) == {ExifTags.Base.Model, ExifTags.IFD.Exif}
    assert set(details) == {ExifTags.Base.DateTimeOriginal}
    taken = datetime.strptime(details[ExifTags.Base.DateTimeOriginal], "%Y:%m:%d %H:%M:%S")
    assert taken.date() == session["date"]


@pytest.mark.parametrize("number", range(3))
def test_region_and_lesions_lie_on_the_baseline_photo(number):
    photo = SERIES[number][1]["sessions"][0]["photos"][0]
    region, lesions = (np.asarray(Image.open(SAMPLES / photo[role])) for role in ("region", "lesions"))
    assert region.shape == (1200, 1600)
    assert set(np.unique(region)) == {0, 255}
    inside = (lesions > 0) & (region > 0)
    assert inside.sum() > 0.99 * (lesions > 0).sum()
    truth = json.loads((SAMPLES / photo["truth"]).read_text())
    assert (lesions > 0).sum() / truth["px_per_mm"] ** 2 == pytest.approx(truth["scar_area_mm2"], rel=0.08)


def test_all_together_stay_small():
    assert sum((SAMPLES / name).stat().st_size for name in named_files()) < 25e6


@pytest.mark.slow
def test_making_them_twice_gives_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(SAMPLES))
    spec = importlib.util.spec_from_file_location("make_samples", SAMPLES / "make_samples.py")
    maker = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "make_samples", maker)
    spec.loader.exec_module(maker)
    patient = replace(maker.PATIENTS[1], sessions=maker.PATIENTS[1].sessions[:1])
    rows = [maker.write_patient(patient, tmp_path / turn) for turn in ("a", "b")]
    assert rows[0] == rows[1]  # every SHA-256 among them
    assert len(list((tmp_path / "a" / patient.folder).iterdir())) == 4
