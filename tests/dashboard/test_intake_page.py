"""The checklist on its page: empty, answered, answered again; details and the patient's own access."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import Answer, Fitzpatrick, Question, Reply
from tracker.clinic.workflow import accounts, candidacy, intake
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state

MAIN = Path(state.__file__).parent / "entry" / "main.py"
PAGE = str(MAIN.parents[1] / "pages" / "intake.py")


def said(app):
    kinds = (app.title, app.markdown, app.caption, app.error, app.success, app.text, app.code, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


@pytest.fixture
def patient(tmp_path):
    with Clinic.open(tmp_path) as clinic:
        return intake.add_patient(clinic, name="Ann")


@pytest.fixture
def app(at_home, tmp_path, patient):
    at_home(tmp_path)
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    return app.switch_page(PAGE).run()


def answer(app, question, reply, note=""):
    key = next(one.key for one in app.radio if one.key.endswith(f"_{question.name}"))
    app.radio(key=key).set_value(reply)
    if note:
        app.text_input(key=f"{key}_note").set_value(note)


def test_the_first_checklist(app, patient):
    assert "Not asked yet" in said(app)
    assert "decision alone" in said(app)
    for question in Question:
        answer(app, question, Reply.NO)
    answer(app, Question.COLD_SORES, Reply.YES, "aciclovir <b>")
    app.button(key="save_checklist").click().run()
    assert not app.exception
    kept = candidacy.candidacy(state.opened(), patient.id)
    assert kept.flags == ("Cold sores before; note on prophylaxis: aciclovir <b>",)
    assert kept.author_id
    assert "aciclovir &lt;b&gt;" in said(app)
    assert "was written down" in said(app)


def test_the_next_one_begins_with_the_last_answers_and_the_history_stays(at_home, tmp_path, patient):
    with Clinic.open(tmp_path) as clinic:
        for reply in (Reply.YES, Reply.NO):
            answers = [Answer(one, reply if one is Question.KELOID else Reply.NO) for one in Question]
            candidacy.save_candidacy(clinic, patient.id, answers, "first" if reply is Reply.YES else "")
    at_home(tmp_path)
    app = AppTest.from_file(MAIN, default_timeout=60).run().switch_page(PAGE).run()
    assert all(one.value is Reply.NO for one in app.radio)
    assert "Every question was answered with no." in said(app)
    assert "Keloids or hypertrophic scars, ever: yes" in said(app)


def test_details_are_corrected(app, patient):
    app.selectbox(key=f"details_{patient.id}_fitzpatrick").set_value(Fitzpatrick.IV)
    app.date_input(key=f"details_{patient.id}_born").set_value(date(1980, 2, 29)).run()
    app.button(key="save_details").click().run()
    assert not app.exception
    found = intake.get_patient(state.opened(), patient.id)
    assert (found.name, found.birth_date, found.fitzpatrick) == ("Ann", date(1980, 2, 29), Fitzpatrick.IV)


def test_the_patient_is_invited_and_the_link_is_shown_once(app, patient):
    app.text_input(key=f"login_{patient.id}").set_value("ann@example.org").run()
    app.button(key="invite_patient").click().run()
    assert not app.exception
    assert "/setup/" in said(app)
    assert accounts.account_of_patient(state.opened(), patient.id).login == "ann@example.org"
    app.run()
    assert "/setup/" not in said(app)
    app.button(key="new_link").click().run()
    assert "/setup/" in said(app)


def test_a_login_that_is_taken_is_a_sentence(app, patient):
    app.text_input(key=f"login_{patient.id}").set_value("test-clinician-admin--first").run()
    app.button(key="invite_patient").click().run()
    assert not app.exception
    assert len(app.error) == 1


def test_staff_is_not_offered_the_page(at_home, tmp_path, patient):
    at_home(tmp_path, ("STAFF",))
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    with pytest.raises(ValueError, match="navigation page"):
        app.switch_page(PAGE)
