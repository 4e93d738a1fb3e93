"""Settings and store: what an administrator sets, and how the store is checked and copied."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.records.files import Report
from tracker.clinic.workflow import settings, upkeep
from tracker.dashboard import state
from tracker.errors import StoreUnavailable

PAGES = Path(state.__file__).parent / "pages"
MAIN = PAGES.parent / "entry" / "main.py"


def opened(page):
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    app.switch_page(str(PAGES / page)).run()
    assert not app.exception
    return app


def said(app):
    kinds = (app.title, app.markdown, app.caption, app.error, app.success, app.info, app.code, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


@pytest.fixture
def admin(at_home, tmp_path):
    at_home(tmp_path / "clinic", ("ADMIN",))
    return state.opened()


def test_settings_are_shown_and_saved(admin):
    app = opened("settings.py")
    assert app.number_input(key="isotretinoin_months").value == 6
    app.text_input(key="practice_name").set_value("Lindenhof")
    app.number_input(key="isotretinoin_months").set_value(1)
    app.button(key="save_settings").click().run()
    assert "Saved." in said(app)
    assert settings.get_settings(admin) == settings.Settings("Lindenhof", 1)
    assert opened("settings.py").text_input(key="practice_name").value == "Lindenhof"


def test_a_whole_store_and_a_copy(admin):
    app = opened("store.py")
    app.button(key="verify_store").click().run()
    assert "Every photo is there and unchanged" in said(app)
    app.button(key="copy_records").click().run()
    assert not app.exception
    (copy,) = (admin.home / "backups").glob("records-now-*.db")
    assert copy.name in said(app)
    assert copy.stat().st_mode & 0o077 == 0
    with admin.store.read() as records:
        assert records.deeds("first")[0].deed.objects == f"copy {copy.name}"


def test_faults_are_named_with_what_to_do(admin, monkeypatch):
    monkeypatch.setattr(upkeep, "verify", lambda _: Report(("aa" * 32,), ("bb" * 32, "cc" * 32), ("dd" * 32,)))
    app = opened("store.py")
    app.button(key="verify_store").click().run()
    text = said(app)
    assert "1 photo is missing" in text
    assert "2 photos are damaged" in text
    assert "1 file belongs to no record" in text
    assert "bb" * 32 in text
    assert "unchanged" not in text.replace("Nothing changes", "")


def test_a_copy_that_fails_is_one_sentence(admin, monkeypatch):
    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(upkeep, "back_up", full)
    with pytest.raises(StoreUnavailable, match="nothing was changed"):
        upkeep.copy_records(admin)
    app = opened("store.py")
    app.button(key="copy_records").click().run()
    assert "nothing was changed" in app.error[0].value
