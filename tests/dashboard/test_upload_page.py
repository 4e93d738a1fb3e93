"""The session page: written down with zones, then the photo protocol, camera and files."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker import phantom
from tracker.clinic.types import (
    BodySite,
    Booster,
    Indication,
    Sector,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
    Zone,
)
from tracker.clinic.workflow import intake, photos
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state

MAIN = Path(state.__file__).parent / "entry" / "main.py"
PAGE = str(MAIN.parents[1] / "pages" / "upload.py")
ZONES = (Zone("forehead", 0.5, 2), Zone("cheeks", 1.5, 4))


def said(app):
    kinds = (app.title, app.markdown, app.caption, app.warning, app.error, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


@pytest.fixture
def series(tmp_path):
    with Clinic.open(tmp_path) as clinic:
        person = intake.add_patient(clinic)
        made = intake.add_series(clinic, person.id, SeriesPlan(Indication.SCAR, BodySite.NECK))
        visit = Visit(date(2026, 1, 5), SessionKind.TREATMENT, "pen", zones=ZONES, sector=Sector.MEDICAL)
        intake.add_session(clinic, made.id, visit)
        return made


@pytest.fixture
def app(at_home, tmp_path, series):
    at_home(tmp_path)
    return AppTest.from_file(MAIN, default_timeout=120).run().switch_page(PAGE).run()


@pytest.fixture(scope="module")
def jpeg():
    spec = phantom.SceneSpec(phantom.SITES["patch"], 45, (60, 45), 6.0)
    return phantom.jpeg(phantom.photograph(phantom.make_scene(spec, 1), phantom.Visit(), 1).encoded)


def written(series):
    return intake.list_sessions(state.opened(), series.id)


def test_a_treatment_with_zones_of_its_own(app, series):
    assert app.text_input(key="new_session_device").value == "pen"
    app.button(key="new_session_add_zone").click().run()
    app.selectbox(key="new_session_1_name").set_value("nape")
    app.number_input(key="new_session_1_mm").set_value(2.0)
    app.number_input(key="new_session_1_passes").set_value(3)
    app.selectbox(key="new_session_booster").set_value(Booster.PRP)
    app.text_input(key="new_session_anaesthetic").set_value("lidocaine 4 %")
    app.text_area(key="new_session_reaction").set_value("even redness")
    app.button(key="add_session").click().run()
    assert not app.exception
    visit = written(series)[-1].visit
    assert visit.zones == (Zone("nape", 2.0, 3),)
    assert (visit.needle_depth_mm, visit.booster, visit.sector) == (2.0, Booster.PRP, Sector.MEDICAL)
    assert (visit.anaesthetic, visit.reaction) == ("lidocaine 4 %", "even redness")
    assert "left lateral" in said(app).replace("\\", "")


def test_zones_as_last_time_and_one_removed(app, series):
    app.button(key="new_session_same_zones").click().run()
    assert not app.exception
    assert not app.warning
    removed = next(one.key for one in app.button if str(one.key).endswith("_remove"))
    app.button(key=removed).click().run()
    app.button(key="add_session").click().run()
    assert written(series)[-1].visit.zones == ZONES[1:]


def test_a_follow_up_asks_for_no_needle(app, series):
    app.selectbox(key="new_session_kind").set_value(SessionKind.FOLLOW_UP).run()
    assert not [one for one in app.text_input if one.key == "new_session_device"]
    app.button(key="add_session").click().run()
    assert written(series)[-1].kind is SessionKind.FOLLOW_UP


def test_the_protocol_of_the_site_is_a_checklist(app, series, jpeg):
    app.button(key="add_session").click().run()
    words = said(app)
    assert words.count("missing]") == 3
    assert "Lay the calibration card" in words
    session = written(series)[-1]
    photos.add_photo(state.opened(), session.id, jpeg, "a.jpg", View.FRONTAL)
    app.run()
    words = said(app)
    assert (words.count("taken]"), words.count("missing]")) == (1, 2)
    assert next(one for one in app.selectbox if one.key.startswith("upload_view")).value is View.LEFT_LATERAL


def test_files_are_stored_each_with_its_view_and_its_verdict(app, series, jpeg):
    app.button(key="add_session").click().run()
    named = [("<b>left.jpg", jpeg, "image/jpeg"), ("cut.jpg", jpeg[:3000], "image/jpeg")]
    app.file_uploader(key="photos_0").set_value(named).run()
    chosen = [one for one in app.selectbox if one.key.startswith("view_")]
    assert len(chosen) == 2
    chosen[0].set_value(View.RIGHT_LATERAL).run()
    app.button(key="store").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert "cut" in app.error[0].value
    (stored,) = photos.list_photos(state.opened(), written(series)[-1].id)
    assert stored.view is View.RIGHT_LATERAL
    words = said(app)
    assert "Good: later photos of this view" in words or "Better take it again" in words
    assert "&lt;b&gt;left" in words
    assert "<b>left" not in words


def test_staff_is_not_offered_the_page(at_home, tmp_path, series):
    at_home(tmp_path, ("STAFF",))
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    with pytest.raises(ValueError, match="navigation page"):
        app.switch_page(PAGE)
