"""Every page opens on an empty store and on a full one, says what to do next, and turns mistakes into sentences."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker import phantom
from tracker.clinic.workflow import intake, photos
from tracker.dashboard import gate, state

FOLDER = Path(state.__file__).parent / "pages"
PAGES = sorted(path.name for path in FOLDER.glob("*.py"))
EMPTY = {"repeatability.py": "No kit measured yet"}  # the other pages are about patients


def said(app):
    """Everything a page shows as text."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.error, app.warning, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


@pytest.mark.parametrize("page", PAGES)
def test_opens_on_an_empty_store_and_says_what_to_do(empty_app, page):
    empty_app.switch_page(str(FOLDER / page)).run()
    assert not empty_app.exception
    assert not empty_app.error
    assert EMPTY.get(page, "No patients yet") in said(empty_app)


@pytest.mark.parametrize("page", PAGES)
def test_opens_on_a_full_store(drawn_app, page):
    drawn_app.switch_page(str(FOLDER / page)).run()
    assert not drawn_app.exception
    assert not drawn_app.error
    assert "No patients yet" not in said(drawn_app)


def test_pages_are_thin():
    for page in PAGES:
        lines = (FOLDER / page).read_text("utf-8").splitlines()
        assert len(lines) <= 80, page


def test_first_patient_session_and_photo(empty_app, tmp_path):
    app = empty_app
    app.switch_page(str(FOLDER / "patients.py")).run()
    app.text_input(key="new_patient_name").set_value("Ann")
    app.button(key="add_patient").click().run()
    assert not app.exception
    assert app.title[0].value == "Intake"
    app.switch_page(str(FOLDER / "upload.py")).run()
    assert [person.code for person in intake.list_patients(state.clinic())] == ["P-001"]
    app.date_input(key="new_session_date").set_value(date(2026, 1, 5)).run()
    app.button(key="add_session").click().run()
    spec = phantom.SceneSpec(phantom.SITES["patch"], 45, (60, 45), 6.0)
    shot = phantom.photograph(phantom.make_scene(spec, 1), phantom.Visit(), 1)
    good = ("../<img src=x>.jpg", phantom.jpeg(shot.encoded), "image/jpeg")
    cut = ("cut.jpg", phantom.jpeg(shot.encoded)[:4000], "image/jpeg")
    app.file_uploader(key="photos_0").set_value([good, cut]).run()
    app.button(key="store").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert "cut" in app.error[0].value
    clinic = state.clinic()
    (session,) = intake.list_sessions(clinic, intake.list_series(clinic, intake.list_patients(clinic)[0].id)[0].id)
    assert session.date == date(2026, 1, 5)
    assert len(photos.list_photos(clinic, session.id)) == 1
    assert "&lt;img src=x&gt;.jpg" in said(app)
    assert "<img src=x>" not in said(app)


def test_search_finds_by_name_and_says_so_when_nobody_fits(drawn_app):
    drawn_app.switch_page(str(FOLDER / "patients.py")).run()
    drawn_app.text_input(key="patient_search").set_value("roe").run()
    assert "Nobody found" not in said(drawn_app)
    drawn_app.text_input(key="patient_search").set_value("zzz").run()
    assert "Nobody found" in said(drawn_app)


def test_names_are_shown_literally(drawn_app):
    assert "<b>Roe</b>" not in said(drawn_app)
    assert "Roe" in said(drawn_app)


def test_compare_shows_the_verdict_before_anything_else(drawn_app):
    drawn_app.switch_page(str(FOLDER / "compare.py")).run()
    cards = [one.proto.body for one in drawn_app.get("html") if "spt-verdict" in one.proto.body]
    assert cards
    assert "Redness (marked area)" in cards[0]
    assert any(words in cards[0] for words in ("fell by", "rose by", "no detectable change", "not assessable"))


def test_choice_of_sessions_survives_a_change_of_page(drawn_app):
    drawn_app.switch_page(str(FOLDER / "compare.py")).run()
    sessions = {box.label: box for box in drawn_app.selectbox}
    sessions["Earlier"].select_index(1).run()
    drawn_app.switch_page(str(FOLDER / "progress.py")).run()
    drawn_app.switch_page(str(FOLDER / "compare.py")).run()
    assert not drawn_app.exception
    assert {box.label: box for box in drawn_app.selectbox}["Earlier"].index == 1


def test_healing_session_is_marked(drawn_app):
    drawn_app.switch_page(str(FOLDER / "timeline.py")).run()
    assert "Still healing" in said(drawn_app)


def test_store_that_cannot_be_opened_is_a_sentence(at_home, tmp_path):
    at_home(tmp_path / "missing" / "folder")
    app = AppTest.from_file(Path(state.__file__).parent / "entry" / "main.py", default_timeout=60).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "missing" in app.error[0].value


def test_shows_nothing_without_the_gate(at_home, drawn_home, monkeypatch):
    at_home(drawn_home)
    monkeypatch.setattr(gate, "installed", lambda: False)
    app = AppTest.from_file(Path(state.__file__).parent / "entry" / "main.py", default_timeout=60).run()
    assert [error.value for error in app.error] == ["Start the dashboard with: tracker serve"]
    assert not app.title
    assert "P-001" not in said(app)
