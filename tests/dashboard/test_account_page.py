"""Everybody's own account: password, second factor, language, other browsers."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic import passwords
from tracker.clinic.workflow import codes, door, intake, own_account
from tracker.dashboard import own_forms, state

PAGES = Path(state.__file__).parent / "pages"
MAIN = PAGES.parent / "entry" / "main.py"
WORD, OTHER = "plum harbour seven lanterns", "quiet kettle orange meadow"


def said(app):
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.error, app.success, app.info, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


def opened():
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    app.switch_page(str(PAGES / "account.py")).run()
    assert not app.exception
    return app


@pytest.fixture
def app(at_home, tmp_path):
    at_home(tmp_path / "clinic", ("STAFF",))
    with state.opened().store.write() as records:
        (user,) = records.users()
        records.change_user(user.id, password_hash=passwords.hashed(WORD))
    return opened()


def own():
    with state.opened().store.read() as records:
        return records.users()[0]


def change(app, old, new, again):
    turn = next(one.key for one in app.text_input if one.key.startswith("old_")).rpartition("_")[2]
    for name, value in (("old", old), ("new", new), ("again", again)):
        app.text_input(key=f"{name}_{turn}").set_value(value)
    app.button(key="change_password").click().run()
    assert not app.exception


def test_another_password(app):
    other = door.enter(state.opened(), own().login, WORD, "", "1")
    change(app, OTHER, OTHER, OTHER)
    assert "not right" in app.error[0].value
    change(app, WORD, OTHER, WORD)
    assert "differ" in app.error[0].value
    change(app, WORD, "short", "short")
    assert "at least 15" in app.error[0].value
    change(app, WORD, OTHER, OTHER)
    assert "Your password is changed" in said(app)
    assert app.text_input(key="new_1").value == ""  # nobody's password stays on the page
    assert door.present(state.opened(), token=other.token) is None
    assert door.enter(state.opened(), own().login, OTHER, "", "1")


def test_a_second_factor_on_and_off(app):
    app.button(key="start_factor").click().run()
    factor = app.session_state[state.FACTOR]
    assert 'src="data:image/svg+xml' in said(app)
    assert app.code[0].value == factor.typed
    app.text_input(key="factor_code").set_value("000000")
    app.button(key="confirm_factor").click().run()
    assert "does not fit" in app.error[0].value
    app.text_input(key="factor_code").set_value(codes.totp(factor.secret).generate(int(time.time())).decode())
    app.button(key="confirm_factor").click().run()
    assert own().has_totp
    assert "The second factor is on" in said(app)
    assert factor.typed not in said(app)
    app.text_input(key="remove_1").set_value(OTHER)
    app.button(key="remove_factor").click().run()
    assert "not right" in app.error[0].value
    app.text_input(key="remove_1").set_value(WORD)
    app.button(key="remove_factor").click().run()
    assert not own().has_totp


def test_cancelling_forgets_the_key(app):
    app.button(key="start_factor").click().run()
    app.button(key="cancel_factor").click().run()
    assert state.FACTOR not in app.session_state
    assert not own().has_totp


def test_another_language_at_once(app):
    app.selectbox(key="own_language").set_value("de").run()
    assert own().language == "de"


def test_other_browsers(app):
    other = door.enter(state.opened(), own().login, WORD, "", "1")
    app.button(key="end_others").click().run()
    assert door.present(state.opened(), token=other.token) is None
    assert "signed out" in said(app)


def test_a_patient_may_hide_numbers_and_nobody_else_is_asked(app, at_home, tmp_path):
    assert not [one for one in app.toggle if one.key == "own_hide_numbers"]
    patient = intake.add_patient(state.opened(), "P-001")
    at_home(tmp_path / "clinic", ("PATIENT",), patient.id)
    page = opened()
    page.toggle(key="own_hide_numbers").set_value(True).run()
    with state.opened().store.read() as records:
        assert records.user_of_patient(patient.id).hide_numbers


def test_a_demo_account_stays_as_it_is(app):
    with state.opened().store.write() as records:
        records.change_user(own().id, demo=True)
    page = opened()
    assert "demo account" in said(page)
    assert not [one for one in page.button if one.key == "change_password"]


def test_an_account_of_the_identity_service_has_no_password_to_change(app):
    with state.opened().store.write() as records:
        records.change_user(own().id, password_hash="", subject="https://id 1")
    assert "has no password" in said(opened())


def test_the_square_says_the_address():
    import re
    from base64 import b64decode

    import cv2
    import numpy as np

    factor = own_account.Factor("ab" * 20, "otpauth://totp/Skin%20progress:ada?secret=VOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5L")
    html = own_forms.square(factor.uri, "Square <code>")
    assert 'alt="Square &lt;code&gt;"' in html
    svg = b64decode(re.search(r"base64,([^\"]+)", html).group(1)).decode()
    side = int(re.search(r'viewBox="0 0 (\d+)', svg).group(1))
    pixels = np.full((side, side), 255, np.uint8)
    for x, y in re.findall(r"M(\d+) (\d+)h1", svg):
        pixels[int(y), int(x)] = 0
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(np.kron(pixels, np.ones((8, 8), np.uint8)))
    assert read == factor.uri
