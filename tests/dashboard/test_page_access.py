"""Every page, for every role: what is not offered is not reached, and shows nothing of anybody however it is run."""

import importlib.util
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import FIRST_PRACTICE, Actor, Role
from tracker.dashboard import gate, menu, state

WORLD = Path(__file__).parents[1] / "security" / "conftest.py"
MAIN = Path(state.__file__).parent / "entry" / "main.py"
ROLES = ("clinician", "staff", "patient A", "admin")
PAGES = sorted(path.name for path in menu.PAGES.glob("*.py"))
OFFERED = {
    "clinician": {
        "today.py",
        "patients.py",
        "intake.py",
        "timeline.py",
        "upload.py",
        "compare.py",
        "progress.py",
        "recovery.py",
        "consents.py",
        "bookings.py",
        "exports.py",
        "blinded.py",
        "outcomes.py",
        "repeatability.py",
        "account.py",
    },
    "staff": {"bookings.py", "exports.py", "account.py"},
    "patient A": {"own_today.py", "own_progress.py", "own_diary.py", "own_data.py", "account.py"},
    "admin": {"accounts.py", "settings.py", "audit.py", "store.py", "account.py"},
}
"""The menu as it is meant; a page that is new, or is offered to somebody else, is written here first."""
MAY_NAME = {
    ("admin", "A"): {"code"},  # the log and the list of accounts name a patient by the code of the record
    ("admin", "B"): {"code"},
    ("staff", "A"): {"code", "name", "detail"},
    ("staff", "B"): {"code", "name", "detail"},  # appointments, and what they are for
}
"""What of a patient a role meets that may see no record."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("page_world", WORLD)
    made = importlib.util.module_from_spec(spec)
    sys.modules["page_world"] = made  # its dataclasses look their own module up
    spec.loader.exec_module(made)
    home = tmp_path_factory.mktemp("pages") / "clinic"
    home.mkdir()
    drawn = made.draw_world(home)
    yield drawn
    drawn.clinic.close()


@pytest.fixture
def sign_in(world, monkeypatch):
    """A function that makes one of the people be the one who looks at the page."""
    monkeypatch.setenv("TRACKER_HOME", str(world.home))
    monkeypatch.setattr(gate, "installed", lambda: True)

    def be(who):
        with world.clinic.store.write() as records:
            found = records.add_sign_in(f"{who}-{id(be)}", world.users[who])
        monkeypatch.setattr(state, "sign_in_id", lambda: found.id)

    yield be
    state.close_all()


def words(app):
    """Everything that a page sent to the browser."""
    return "\n".join(str(getattr(one, "proto", "")) for one in app._tree)


def planted(world, who):
    """Words of records that this person must not meet on any page."""
    for letter, person in world.people.items():
        code, name, *record = person.planted
        allowed = MAY_NAME.get((who, letter), set())
        if who == "clinician" and letter in "AB":
            continue
        if who == "patient A" and letter == "A":
            record, code, name = [word for word in record if word.startswith(("comment", "PLANTED-NOTE"))], "", ""
        if who == "admin" and letter == "C":
            allowed = set()
        yield from [word for word in record if word.partition("-")[0] not in allowed]
        yield from [code] if code and "code" not in allowed else []
        yield from [name] if name and "name" not in allowed else []


def none_of(world, who, app, where):
    shown = words(app)
    for word in planted(world, who):
        assert word not in shown, f"{where} shows {word} to {who}"


def actor(world, who):
    role = Role.PATIENT if who.startswith("patient") else Role[who.upper()]
    return Actor("u", "", FIRST_PRACTICE, frozenset({role}), world.people["A"].ids["patient"] if who[-1] == "A" else "")


@pytest.mark.parametrize("who", ROLES)
def test_the_menu_is_the_one_that_is_written(world, who):
    assert {one.file for one in menu.offered(actor(world, who))} == OFFERED[who] & set(PAGES)


def test_every_page_is_somebodys():
    assert set(PAGES) == set().union(*OFFERED.values()) & set(PAGES)
    assert {one.file for one in menu.ENTRIES} >= set(PAGES)


def test_the_probe_finds_what_is_planted(world, sign_in):
    sign_in("clinician")
    app = AppTest.from_file(MAIN, default_timeout=120).run()
    shown = words(app.switch_page(str(menu.PAGES / "patients.py")).run())
    assert world.people["A"].planted[0] in shown
    assert world.people["C"].planted[0] not in shown


@pytest.mark.slow
@pytest.mark.parametrize("who", ROLES)
def test_offered_pages_show_nothing_of_others(world, sign_in, who):
    sign_in(who)
    app = AppTest.from_file(MAIN, default_timeout=120).run()
    assert not app.exception
    for page in PAGES:
        if page in OFFERED[who]:
            app.switch_page(str(menu.PAGES / page)).run()
            assert not app.exception, page
            none_of(world, who, app, page)


@pytest.mark.slow
@pytest.mark.parametrize("who", ROLES)
def test_pages_that_are_not_offered_are_not_reached(world, sign_in, who):
    """By its address: Streamlit falls back to the first page, or says that there is none."""
    sign_in(who)
    for page in PAGES:
        if page in OFFERED[who]:
            continue
        app = AppTest.from_file(MAIN, default_timeout=120)
        try:
            app.switch_page(str(menu.PAGES / page)).run()
        except (ValueError, KeyError):
            continue
        none_of(world, who, app, page)


@pytest.mark.slow
@pytest.mark.parametrize("who", ROLES)
def test_a_page_that_is_run_by_itself_shows_nothing_either(world, sign_in, who):
    """Whoever finds a way past the menu still meets the question at every use case."""
    sign_in(who)
    for page in PAGES:
        if page in OFFERED[who]:
            continue
        app = AppTest.from_file(menu.PAGES / page, default_timeout=120).run()
        none_of(world, who, app, page)


@pytest.mark.slow
def test_a_page_shows_nothing_to_nobody(world, monkeypatch, sign_in):
    monkeypatch.setattr(state, "sign_in_id", lambda: "")
    for page in PAGES:
        app = AppTest.from_file(menu.PAGES / page, default_timeout=120).run()
        shown = words(app)
        assert not [word for word in world.planted() if word in shown], page


def test_a_page_ends_with_the_sign_in(world, sign_in):
    sign_in("clinician")
    app = AppTest.from_file(MAIN, default_timeout=120).run()
    with world.clinic.store.write() as records:
        records.end_sign_ins(user_id=world.users["clinician"])
    app.switch_page(str(menu.PAGES / "patients.py")).run()
    shown = words(app)
    assert "signed out" in shown
    assert not [word for word in world.planted() if word in shown]
