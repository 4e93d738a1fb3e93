"""The audit log on its page: readable, filtered, and loud when it was altered."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import Role
from tracker.clinic.workflow import accounts, intake
from tracker.clinic.workflow.audit_log import PAGE, Line
from tracker.dashboard import audit_table, state
from tracker.wording import spoken

PAGES = Path(state.__file__).parent / "pages"
MAIN = PAGES.parent / "entry" / "main.py"


def opened():
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    app.switch_page(str(PAGES / "audit.py")).run()
    assert not app.exception
    return app


def said(app):
    kinds = (app.title, app.caption, app.error, app.success, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


@pytest.fixture
def admin(at_home, tmp_path):
    at_home(tmp_path / "clinic", ("ADMIN",))
    return state.opened()


def test_an_empty_log_says_so(admin):
    with admin.store.read() as records:
        assert records.deeds("first") == []
    text = said(opened())
    assert "No entries" in text
    assert "unbroken" in text


def test_who_did_what_to_whom(admin):
    intake.add_patient(admin, "P-001", "Jane Roe")
    accounts.add_user(admin, "desk", "", frozenset({Role.STAFF}))
    text = said(opened())
    assert "Manage accounts" in text
    assert "account desk (added)" in text
    assert "operator of this computer" in text
    assert "Jane" not in text


def test_filter_by_patient_and_older_entries(admin):
    patients = [intake.add_patient(admin, f"P-{number:03}") for number in range(3)]
    for turn in range(PAGE + 20):
        accounts.add_user(admin, f"person{turn}", "", frozenset({Role.STAFF}))
    accounts.invite_patient(admin, patients[1].id, "one")
    app = opened()
    assert "person0 (added)" not in said(app)
    app.button(key="audit_older").click().run()
    assert "person0 (added)" in said(app)
    app.button(key="audit_newest").click().run()
    assert "person0 (added)" not in said(app)
    app.text_input(key="audit_patient").set_value("P-001").run()
    assert "P-001" in said(app)
    assert "added" not in said(app)
    app.text_input(key="audit_patient").set_value("P-002").run()
    assert "No entries" in said(app)
    app.text_input(key="audit_patient").set_value("P-9").run()
    assert "found nobody" in app.error[0].value


def test_an_altered_log_is_named(admin):
    for turn in range(3):
        intake.add_patient(admin, f"P-{turn}")
    with admin.store.write() as records:
        records.connection.exec_driver_sql("update audit set result = 'refused' where number = 2")
    app = opened()
    assert "entry 2" in app.error[0].value
    assert "unbroken" not in said(app)


def test_a_long_log_is_checked_when_asked(admin, monkeypatch):
    monkeypatch.setattr(audit_table, "AT_ONCE", 1)
    for turn in range(3):
        intake.add_patient(admin, f"P-{turn}")
    app = opened()
    assert "unbroken" not in said(app)
    app.button(key="check_chain").click().run()
    assert "unbroken" in said(app)


def test_rows_are_escaped_and_in_the_readers_language():
    line = Line(1, datetime(2026, 4, 4, 9, tzinfo=UTC), "<b>x</b>", "see a photo", "refused", "<i>", "photo 1")
    html = audit_table.table([line])
    assert "<b>x" not in html
    assert "&lt;i&gt;" in html
    assert 'class="refused"' in html
    with spoken("de"):
        assert "2026" in audit_table.table([line])
