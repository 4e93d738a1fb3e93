"""The administrator's page of accounts, through the pages as they are served."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import Role
from tracker.clinic.workflow import accounts, door, intake
from tracker.dashboard import state

PAGES = Path(state.__file__).parent / "pages"
MAIN = PAGES.parent / "entry" / "main.py"
WORD = "plum harbour seven lanterns"


def opened(page="accounts.py"):
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    app.switch_page(str(PAGES / page)).run()
    assert not app.exception
    return app


def said(app):
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.error, app.success, app.code, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


@pytest.fixture
def app(at_home, tmp_path):
    at_home(tmp_path / "clinic", ("ADMIN",))
    return opened()


def users():
    return {user.login: user for user in accounts.list_users(state.opened())}


def add(app, login, roles, code=None):
    turn = next(one.key for one in app.text_input if one.key.startswith("account_login")).rpartition("_")[2]
    app.text_input(key=f"account_login_{turn}").set_value(login)
    app.multiselect(key=f"account_roles_{turn}").set_value(roles).run()
    if code is not None:
        app.text_input(key=f"account_code_{turn}").set_value(code)
    app.button(key="add_account").click().run()
    assert not app.exception
    return app


def test_one_account_and_a_way_to_add_more(app):
    assert app.title[0].value == "Accounts"
    assert "this is you" in said(app)
    assert "1 account" in said(app)


def test_a_new_account_shows_its_link_until_it_is_put_away(app):
    add(app, "desk", [Role.STAFF])
    (link,) = [one.value for one in app.code]
    door.accept(state.opened(), link.rpartition("/setup/")[2], WORD)
    assert users()["desk"].has_password
    assert app.text_input(key="account_login_1").value == ""
    app.run()
    assert app.code
    app.button(key="link_done").click().run()
    assert not app.code
    assert link not in said(app)


def test_a_patients_account_asks_for_the_code(app):
    patient = intake.add_patient(state.opened(), "P-001", "Jane Roe")
    add(app, "jane", [Role.PATIENT], "P-999")
    assert "found nobody" in app.error[0].value
    add(app, "jane", [Role.PATIENT], "P-001")
    assert users()["jane"].patient_id == patient.id
    assert "Jane" not in said(app)


def test_mistakes_leave_the_page_whole(app):
    add(app, "", [Role.STAFF])
    assert "expected a name to sign in with" in app.error[0].value
    add(app, "x", [])
    assert "Roles" in app.error[0].value
    assert "1 account" in said(app)


def test_names_are_shown_literally(app):
    user, _ = accounts.add_user(state.opened(), "<b>bad</b>", "![x](http://evil) <script>", frozenset({Role.STAFF}))
    app.run()
    assert "![x](http" not in said(app)
    assert "\\<script\\>" in said(app)
    app.toggle(key=f"change_{user.id}").set_value(True).run()
    app.button(key=f"link_{user.id}").click().run()
    assert not app.exception
    assert "\\<b\\>bad" in said(app)


def test_disable_enable_roles_and_sign_ins(app):
    clinic = state.opened()
    user, token = accounts.add_user(clinic, "desk", "", frozenset({Role.STAFF}))
    door.accept(clinic, token, WORD)
    entered = door.enter(clinic, "desk", WORD, "", "1")
    app.run()
    app.toggle(key=f"change_{user.id}").set_value(True).run()
    app.multiselect(key=f"roles_{user.id}").set_value([Role.STAFF, Role.CLINICIAN]).run()
    app.button(key=f"save_roles_{user.id}").click().run()
    assert users()["desk"].roles == {Role.STAFF, Role.CLINICIAN}
    app.button(key=f"end_{user.id}").click().run()
    assert door.present(clinic, token=entered.token) is None
    app.button(key=f"disable_{user.id}").click().run()
    assert users()["desk"].disabled
    assert "disabled since" in said(app)
    app.button(key=f"enable_{user.id}").click().run()
    assert users()["desk"].disabled is None


def test_the_last_administrator_is_told_why(app):
    (own,) = users().values()
    app.toggle(key=f"change_{own.id}").set_value(True).run()
    app.button(key=f"disable_{own.id}").click().run()
    assert "last administrator" in app.error[0].value


def test_search(app):
    for number in range(60):
        accounts.add_user(state.opened(), f"person{number:02}", "", frozenset({Role.STAFF}))
    app.run()
    assert "11 more" in said(app)
    app.text_input(key="account_search").set_value("PERSON59").run()
    assert "person59" in said(app)
    app.text_input(key="account_search").set_value("zzz").run()
    assert "Nobody found" in said(app)


@pytest.mark.parametrize("roles", [("CLINICIAN",), ("STAFF",)])
def test_nobody_else_is_offered_it(at_home, tmp_path, roles):
    at_home(tmp_path / "clinic", roles)
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    try:
        app.switch_page(str(PAGES / "accounts.py")).run()
    except ValueError:
        return
    assert not app.title or app.title[0].value != "Accounts"
