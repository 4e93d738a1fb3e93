"""The compare page over visits of several photos, with reference skin drawn and taken back."""

import shutil
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tracker import phantom
from tracker.clinic.records import schema
from tracker.clinic.types import BodySite, Indication, Purpose, RegionRole, SeriesPlan, SessionKind, View, Visit
from tracker.clinic.workflow import intake, photos, review
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import pictures, state, widgets
from tracker.exports import comparison
from tracker.exports.table import sentence
from tracker.imaging.types import Metric

MAIN = Path(state.__file__).parent / "entry" / "main.py"
PAGE = str(Path(state.__file__).parent / "pages" / "compare.py")
TREATED, REFERENCE = [[30, 40], [130, 40], [130, 120], [30, 120]], [[200, 60], [320, 60], [320, 200], [200, 200]]
SHOTS = ((0, SessionKind.TREATMENT, 2), (42, SessionKind.FOLLOW_UP, 3))


@pytest.fixture(scope="session")
def bursts_home(tmp_path_factory):
    """Two visits of the same skin, two photos at the first and three at the second; the first photo is drawn on."""
    home = tmp_path_factory.mktemp("bursts")
    scene = phantom.make_scene(phantom.SceneSpec(phantom.SITES["cheek"], 45, (60, 45), 6.0), 5)
    with Clinic.open(home) as clinic:
        patient = intake.add_patient(clinic)
        plan = SeriesPlan(Indication.REDNESS, BodySite.OTHER, primary_metric=Metric.REDNESS)
        series = intake.add_series(clinic, patient.id, plan)
        seed = 0
        for days, kind, count in SHOTS:
            session = intake.add_session(clinic, series.id, Visit(date(2026, 3, 2) + timedelta(days), kind))
            for _ in range(count):
                seed += 1
                pose = phantom.Pose(rotation_deg=0.5 * seed, shift_mm=(0.3 * seed, 0.0))
                shot = phantom.photograph(scene, phantom.Visit(pose=pose), seed)
                record = photos.add_photo(clinic, session.id, phantom.jpeg(shot.encoded), f"{seed}.jpg", View.CLOSE_UP)
                if seed == 1:
                    photos.save_region(clinic, record.id, np.array(TREATED, float), "Dr A")
    return home


@pytest.fixture
def app(at_home, bursts_home, tmp_path):
    """The compare page over a copy of those visits, to change at will."""
    home = shutil.copytree(bursts_home, tmp_path / "clinic")
    with Clinic.open(home) as clinic, clinic.store.write() as records:
        (patient,) = records.patients()
        values = {"purpose": Purpose.TEACHING, "given": True, "expires": None, "how": "form", "author_id": ""}
        records.add(schema.consents, {"patient_id": patient.id} | values, parent="patient_id")
    at_home(home)
    opened = AppTest.from_file(MAIN, default_timeout=120).run()
    return opened.switch_page(PAGE).run()


def said(app):
    kinds = (app.markdown, app.caption, app.error, app.warning, app.get("html"))
    texts = (str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)
    return unescape("\n".join(texts)).replace("\\", "")


def lead(clinic):
    (patient,) = intake.list_patients(clinic)
    (series,) = intake.list_series(clinic, patient.id)
    first, second = intake.list_sessions(clinic, series.id)
    return review.leads(clinic, first.id)[0], review.leads(clinic, second.id)[0], series


def test_three_photos_are_one_answer_and_each_can_be_opened(app):
    assert not app.exception
    assert "Mean of 3 photos (2 of the earlier visit)" in said(app)
    box = next(one for one in app.selectbox if one.label == "Photos of the later visit")
    assert box.options == ["Mean of 3 photos (2 of the earlier visit)", *(f"Photo {n} of 3 alone" for n in (1, 2, 3))]
    assert "&of=visits" in said(app)
    box.select_index(2).run()
    assert not app.exception
    assert "Mean of 3" not in said(app)
    assert "&of=pair" in said(app)


def test_page_and_exported_picture_say_the_same(app, monkeypatch):
    clinic = state.clinic()
    before, after, _ = lead(clinic)
    whole = review.compare_visits(clinic, before.id, after.id)
    kept = {}
    drawn = comparison.comparison

    def watched(baseline, followup, analysis, words, regions=()):
        kept["words"] = words
        return drawn(baseline, followup, analysis, words, regions)

    monkeypatch.setattr(comparison, "comparison", watched)
    pictures.comparison_file(clinic, whole.record.id, comparison.Dating.RELATIVE, comparison.FileKind.JPEG)
    cards = [one.proto.body for one in app.get("html") if "spt-verdict" in one.proto.body]
    shown = [line for line in kept["words"].measures if "could have been" in line]
    assert shown
    for line in shown:
        assert any(line in unescape(card) for card in cards), line
    assert kept["words"].notes[0].startswith("Mean of 3 photos")
    single = review.compare(clinic, before.id, after.id)
    pictures.comparison_file(
        clinic, single.record.id, comparison.Dating.RELATIVE, comparison.FileKind.JPEG, pictures.Scope.PAIR
    )
    assert not kept["words"].notes[0].startswith("Mean of")
    redness = next(one for one in single.record.changes if one.metric is Metric.REDNESS)
    assert sentence(redness) in kept["words"].measures


def test_reference_is_proposed_until_it_is_drawn_and_again_when_it_is_taken_back(app):
    clinic = state.clinic()
    before, _, _ = lead(clinic)
    assert "against untreated skin that the program found" in said(app)
    photos.save_region(clinic, before.id, np.array(REFERENCE, float), "Dr <b>B</b>", RegionRole.REFERENCE)
    app.run()
    assert "against untreated skin that a person drew" in said(app)
    app.radio(key="draw_target").set_value("Untreated reference skin").run()
    assert "Drawn by Dr <b>B</b> on" in said(app)
    assert not app.exception
    app.button(key="back_REFERENCE").click().run()
    assert "against untreated skin that the program found" in said(app)
    assert photos.current_region(clinic, before.id, RegionRole.REFERENCE) is None
    assert "Nothing drawn: the program takes other skin of the same photo" in said(app)


def test_what_a_photo_cannot_tell_and_what_stands_against_the_pair_are_said(app):
    text = said(app)
    assert "Not measured from a photo: elasticity" in text
    assert "How well the two photos shown below can be compared" in text
    assert "default noise" in text
    assert "could have been" in text


def test_a_drawing_bears_the_name_of_who_is_signed_in(app, monkeypatch):
    assert not [one for one in app.text_input if one.label == "Drawn by"]
    answers = [widgets.Outlined(np.array(TREATED, float) + 3, widgets.ANEW, False)]
    monkeypatch.setattr(widgets, "outline_editor", lambda *_, **__: answers.pop() if answers else None)
    app.run()
    before, _, _ = lead(state.clinic())
    assert photos.current_region(state.clinic(), before.id).author == "Dr Test"
    assert "Drawn by Dr Test on" in said(app)
