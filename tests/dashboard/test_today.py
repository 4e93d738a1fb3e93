"""The start page says what to do first, and each of its buttons leads there."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import Answer, BodySite, Indication, Question, Reply, SeriesPlan, SessionKind, Visit
from tracker.clinic.workflow import bookings, candidacy, intake
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state

MAIN = Path(state.__file__).parent / "entry" / "main.py"
TODAY = date.today()
PLAN = SeriesPlan(Indication.REDNESS, BodySite.FACE)


def said(app):
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.error, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


@pytest.fixture
def home(tmp_path):
    """One patient who comes today, one who is overdue, one with a flag."""
    with Clinic.open(tmp_path) as clinic:
        for name, days in (("Ann", 10), ("Bob", 60), ("<b>Cyd</b>", 40)):
            person = intake.add_patient(clinic, name=name)
            series = intake.add_series(clinic, person.id, PLAN)
            intake.add_session(clinic, series.id, Visit(TODAY - timedelta(days), SessionKind.TREATMENT))
            if name == "Ann":
                bookings.book(clinic, series.id, TODAY, "14:30")
            answers = [Answer(one, Reply.YES if one is Question.COLD_SORES else Reply.NO) for one in Question]
            if name != "Bob":
                candidacy.save_candidacy(clinic, person.id, answers)
    return tmp_path


@pytest.fixture
def app(at_home, home):
    at_home(home)
    return AppTest.from_file(MAIN, default_timeout=60).run()


def test_empty_says_what_to_do_first(empty_app):
    assert empty_app.title[0].value == "Today"
    assert "No patients yet" in said(empty_app)


def test_lists_in_order_of_urgency(app):
    assert not app.exception
    assert [one.value for one in app.subheader] == [
        "Today's appointments (1)",
        "Overdue, without an appointment (1)",
        "Due this week, without an appointment (1)",
        "Checklist to look at before the next treatment (3)",
        "No consent to photos on record (3)",
    ]
    words = said(app).replace("\\", "")
    assert "14:30" in words
    assert "Cold sores before: note on prophylaxis?" in words
    assert "Not asked yet" in words
    assert "<b>Cyd</b>" not in said(app)


@pytest.mark.parametrize(
    ("button", "title", "code"),
    [
        ("go_today_0", "Add photos", "P-001"),
        ("go_overdue_0", "Bookings", "P-002"),
        ("go_due_0", "Bookings", "P-003"),
        ("go_flagged_0", "Intake", "P-001"),
    ],
)
def test_one_click_to_the_right_place(app, button, title, code):
    app.button(key=button).click().run()
    assert not app.exception
    assert app.title[0].value == title
    assert state.opened().store is not None
    chosen = intake.get_patient(state.opened(), app.session_state[state.PATIENT])
    assert chosen.code == code


def test_staff_begins_with_the_bookings(at_home, home):
    at_home(home, ("STAFF",))
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    assert app.title[0].value == "Bookings"
    with pytest.raises(ValueError, match="navigation page"):
        app.switch_page(str(MAIN.parents[1] / "pages" / "today.py"))


def test_nothing_waits(at_home, tmp_path):
    with Clinic.open(tmp_path) as clinic:
        intake.add_patient(clinic)
    at_home(tmp_path)
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    assert "Nothing waits today" in said(app)
