"""Every page opens on an empty store and on a full one, says what to do next, and turns mistakes into sentences."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker import phantom
from tracker.clinic.types import Role
from tracker.clinic.workflow import intake, photos
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import gate, menu, state
from tracker.errors import StoreUnavailable

MAIN = Path(state.__file__).parent / "entry" / "main.py"
FOLDER = Path(state.__file__).parent / "pages"
PAGES = sorted(path.name for path in FOLDER.glob("*.py"))
OWN = {entry.file for entry in menu.ENTRIES if entry.only is Role.PATIENT}
EMPTY = {
    "account.py": "This account has no password",
    "accounts.py": "Dr Test",
    "audit.py": "Who did what to whose record",
    "blinded.py": "No pair is left for you to grade",
    "exports.py": "Nobody has consented to an export yet",
    "own_data.py": "Nothing on record",
    "own_diary.py": "Nothing written yet",
    "own_progress.py": "Your clinic has not released photos yet",
    "own_today.py": "No treatment yet",
    "repeatability.py": "No kit measured yet",
    "settings.py": "Protect the treated skin from the sun",
    "store.py": "Are all photos whole?",
}
"""What pages say that are not about a patient of the clinic; all others ask for the first patient."""
ROLES = ("CLINICIAN", "STAFF", "PATIENT", "ADMIN")


def said(app):
    """Everything a page shows as text."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.error, app.warning, app.info, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


@pytest.mark.parametrize("page", PAGES)
def test_opens_on_an_empty_store_and_says_what_to_do(empty_page, page):
    app = empty_page(page)
    assert not app.exception
    assert not app.error
    assert app.title
    assert EMPTY.get(page, "No patients yet") in said(app)


@pytest.fixture
def empty_page(at_home, tmp_path):
    """A function that opens a page over an empty store; a patient's own page over nothing but that patient."""

    def opened(page):
        patient_id = ""
        if page in OWN:
            with Clinic.open(tmp_path) as clinic:
                patient_id = intake.add_patient(clinic).id
        at_home(tmp_path, ("PATIENT",) if page in OWN else ("CLINICIAN", "ADMIN"), patient_id)
        return AppTest.from_file(MAIN, default_timeout=60).run().switch_page(str(FOLDER / page)).run()

    return opened


@pytest.mark.parametrize("page", [page for page in PAGES if page not in OWN])
def test_opens_on_a_full_store(drawn_app, page):
    drawn_app.switch_page(str(FOLDER / page)).run()
    assert not drawn_app.exception
    assert not drawn_app.error
    assert "No patients yet" not in said(drawn_app)


@pytest.mark.parametrize("page", PAGES)
def test_a_store_that_fails_in_the_middle_is_one_sentence(empty_page, page, monkeypatch):
    app = empty_page(page)

    def gone():
        raise StoreUnavailable("The record store cannot be reached: nothing was saved; check the disk and try again.")

    monkeypatch.setattr(state, "clinic", gone)
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        "The record store cannot be reached\\: nothing was saved; check the disk and try again\\."
    ]


@pytest.fixture
def as_role(at_home, drawn_home):
    """A function that opens the dashboard over the drawn clinic as somebody of one role, a patient as P-001."""

    def opened(role):
        with Clinic.open(drawn_home) as clinic:
            patient = intake.find_patient(clinic, "P-001")
        at_home(drawn_home, (role,), patient.id if role == "PATIENT" else "")
        return AppTest.from_file(MAIN, default_timeout=120).run()

    return opened


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_offered_its_pages_and_reaches_no_other(as_role, role):
    app = as_role(role)
    offered = {entry.file for entry in menu.offered(state.me().actor)}
    assert offered
    for page in PAGES:
        if page in offered:
            app.switch_page(str(FOLDER / page)).run()
            assert not app.exception, page
            assert not app.error, page
            continue
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            app.switch_page(str(FOLDER / page))


@pytest.mark.parametrize(
    ("role", "hidden"), [("ADMIN", ("P\\-001", "Roe", "Wound fluid")), ("PATIENT", ("Wound",)), ("STAFF", ("Wound",))]
)
def test_no_page_of_a_role_says_what_it_may_not_know(as_role, role, hidden):
    app = as_role(role)
    for entry in menu.offered(state.me().actor):
        if entry.file != "audit.py":  # it names patients by their code, which is what it is for
            app.switch_page(str(entry.path)).run()
            assert not [words for words in hidden if words in said(app)], entry.file


def test_a_page_run_past_the_menu_shows_no_patient_to_who_may_not(as_role, monkeypatch):
    for role in ("ADMIN", "STAFF"):
        app = as_role(role)
        monkeypatch.setattr(menu, "may_at_all", lambda *_: True)  # as if the menu had forgotten to ask
        app.run()
        for page in ("compare.py", "timeline.py", "progress.py", "intake.py", "upload.py", "recovery.py"):
            app.switch_page(str(FOLDER / page)).run()
            assert not app.exception, (role, page)
            assert "Redness (marked area)" not in said(app)
            assert "/img/" not in said(app)
            if role == "ADMIN":
                assert "P-001" not in said(app)
        monkeypatch.undo()


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
