"""The exports page and the export controls: only what was consented to, for the purpose it was consented to."""

import shutil
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.records import schema
from tracker.clinic.types import Purpose
from tracker.clinic.workflow import intake, photos, review, sharing
from tracker.dashboard import state
from tracker.exports.comparison import FileKind

MAIN = Path(state.__file__).parent / "entry" / "main.py"
PAGES = Path(state.__file__).parent / "pages"


@pytest.fixture
def record(at_home, drawn_home, tmp_path):
    """One comparison in a copy of the drawn clinic."""
    at_home(shutil.copytree(drawn_home, tmp_path / "clinic"), ("CLINICIAN",))
    clinic = state.clinic()
    series = intake.list_series(clinic, intake.list_patients(clinic)[0].id)[0]
    taken = [photos.list_photos(clinic, session.id)[0] for session in intake.list_sessions(clinic, series.id)]
    return review.compare(clinic, taken[0].id, taken[-1].id).record


def consent(purpose, *, given=True, expires=None):
    with state.opened().store.write() as records:
        (patient,) = records.patients()
        values = {"purpose": purpose, "given": given, "expires": expires, "how": "form", "author_id": ""}
        records.add(schema.consents, {"patient_id": patient.id} | values, parent="patient_id")


def opened(at_home, tmp_path, role, page="exports.py"):
    at_home(tmp_path / "clinic", (role,))
    return AppTest.from_file(MAIN, default_timeout=120).run().switch_page(str(PAGES / page)).run()


def said(app):
    kinds = (app.markdown, app.caption, app.error, app.warning, app.get("html"))
    texts = [str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind]
    return unescape("\n".join(one for one in texts if "<style>" not in one)).replace("\\", "")


@pytest.mark.parametrize("role", ["CLINICIAN", "STAFF"])
def test_without_consents_the_page_says_whom_it_waits_for(at_home, record, tmp_path, role):
    app = opened(at_home, tmp_path, role)
    assert not app.exception
    assert "Nobody has consented to an export yet" in said(app)
    assert "No picture has been exported so far" in said(app)


@pytest.mark.parametrize("role", ["CLINICIAN", "STAFF"])
def test_consented_material_is_listed_with_links_for_its_purpose(at_home, record, tmp_path, role):
    consent(Purpose.TEACHING)
    consent(Purpose.RESEARCH)
    consent(Purpose.MARKETING, expires=date(2026, 1, 1))
    app = opened(at_home, tmp_path, role)
    assert not app.exception
    text = said(app)
    assert app.selectbox(key="exports_purpose").options == ["Teaching of professionals", "Research"]
    assert "P-001" in [one.value for one in app.subheader]
    assert "Roe" not in text
    assert "Redness, other (left cheek) · close-up" in text
    assert "Metadata removed; the person may still be recognised" in text
    assert "anonym" not in text.casefold()
    link = f"/export/comparison/{record.id}?purpose=TEACHING&dates=relative%20time&of=visits&kind=jpeg"
    assert link in text
    assert f"/img/{record.baseline_photo_id}?w=400" in text
    app.selectbox(key="exports_purpose").set_value(Purpose.RESEARCH).run()
    app.radio(key="exports_dating").set_value("dates").run()
    assert f"/export/comparison/{record.id}?purpose=RESEARCH&dates=dates" in said(app)


def test_what_has_left_the_clinic_is_listed_also_after_the_consent_was_withdrawn(at_home, record, tmp_path):
    consent(Purpose.TEACHING)
    sharing.export_comparison(state.clinic(), record.id, Purpose.TEACHING, FileKind.PNG, lambda _: b"x")
    consent(Purpose.TEACHING, given=False)
    app = opened(at_home, tmp_path, "STAFF")
    assert "Nobody has consented to an export yet" in said(app)
    for told in ("P-001", "Teaching of professionals", "PNG", "Dr Test"):
        assert told in said(app), told


def test_the_compare_page_asks_the_purpose_and_says_what_is_missing(at_home, record, tmp_path):
    app = opened(at_home, tmp_path, "CLINICIAN", "compare.py")
    assert "No consent to an export" in said(app)
    assert "/export/comparison/" not in said(app)
    consent(Purpose.RESEARCH)
    app.run()
    (box,) = [one for one in app.selectbox if one.label == "Purpose"]
    assert box.options == ["Research"]
    assert f"/export/comparison/{record.id}?purpose=RESEARCH" in said(app)
    missing = "No consent to: copies of comparison pictures for myself, teaching of professionals, advertising"
    assert missing in said(app)


def test_administrators_are_not_offered_the_page(at_home, record, tmp_path):
    consent(Purpose.TEACHING)
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        opened(at_home, tmp_path, "ADMIN")
