"""Release and comments on the compare page, and what the patient has of it."""

import shutil
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import Actor, Role
from tracker.clinic.workflow import commenting, intake, releasing
from tracker.clinic.workflow.guard import elevated
from tracker.dashboard import state
from tracker.imaging.types import Metric

MAIN = Path(state.__file__).parent / "entry" / "main.py"
PAGE = str(Path(state.__file__).parent / "pages" / "compare.py")


@pytest.fixture
def app(at_home, drawn_home, tmp_path):
    """The compare page over a copy of the drawn clinic, as its clinician."""
    at_home(shutil.copytree(drawn_home, tmp_path / "clinic"), ("CLINICIAN",))
    return AppTest.from_file(MAIN, default_timeout=120).run().switch_page(PAGE).run()


def said(app):
    kinds = (app.markdown, app.caption, app.error, app.warning, app.get("html"))
    texts = (str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)
    return unescape("\n".join(texts)).replace("\\", "")


def series():
    return intake.list_series(state.clinic(), intake.list_patients(state.clinic())[0].id)[0]


def released():
    return releasing.released_of(elevated(state.clinic()), series().patient_id)


def ticks(app):
    return [one for one in app.checkbox if one.key.startswith("release_photo_")]


def numbers(app):
    (box,) = [one for one in app.multiselect if one.key.startswith("release_numbers_")]
    return box


def test_nothing_is_released_until_it_is_saved(app):
    assert not app.exception
    assert app.button(key="save_release").disabled
    assert "Not released of this record: 3 photos" in said(app)
    ticks(app)[1].check().run()
    assert released().photos == ()
    assert not app.button(key="save_release").disabled
    app.button(key="save_release").click().run()
    assert not app.exception
    (shown,) = released().photos
    assert shown.session.number == 3
    assert released().changes == ()
    assert "1 thing is released of this record" in said(app)
    assert "Not released of this record: 2 photos" in said(app)
    assert app.button(key="save_release").disabled
    ticks(app)[1].uncheck().run()
    app.button(key="save_release").click().run()
    assert released().photos == ()


def test_a_number_is_shown_in_the_words_of_the_patient_before_it_is_released(app):
    box = numbers(app)
    assert box.options[0] == "Redness (marked area): no detectable change"
    assert "In the words of the patient’s page" not in said(app)
    box.set_value([(str(Metric.REDNESS), "drawn")]).run()
    assert not app.exception
    assert "No change that we could have seen yet" in said(app)  # seen 42 days after the needling
    assert released().changes == ()
    app.button(key="save_release").click().run()
    (shown,) = released().changes
    assert (shown.metric, shown.region) == (Metric.REDNESS, "drawn")
    assert "Redness (marked area): no detectable change, 2 Mar 2026 to 13 Apr 2026" in said(app)
    numbers(app).set_value([]).run()
    app.button(key="save_release").click().run()
    assert released().changes == ()


def test_a_withheld_number_is_shown_as_its_reason(app):
    told = [option for option in numbers(app).options if option.endswith("not assessable")]
    assert told
    numbers(app).select(told[0]).run()
    assert "We could not measure this from the photos" in said(app)


def test_a_comment_is_signed_kept_and_taken_back(app):
    assert "No comments yet" in said(app)
    (field,) = [one for one in app.text_area if one.label == "New comment"]
    app.button(key="add_comment").click().run()
    assert "expected 1 to 4000 characters" in said(app)
    (field,) = [one for one in app.text_area if one.label == "New comment"]
    field.set_value("<script>alert(1)</script>\n**calm**")
    app.button(key="add_comment").click().run()
    assert not app.exception
    (stored,) = commenting.list_comments(state.clinic(), series().id)
    assert stored.author == "Dr Test"
    assert "Dr Test" in said(app)
    assert not [one for one in app.get("html") if "<script>" in one.proto.body]
    assert [one.value for one in app.text_area if one.label == "New comment"] == [""]
    app.button(key=f"withdraw_{stored.id}").click().run()
    assert "Taken back (1)" in said(app)
    assert not [one for one in app.button if one.key == f"withdraw_{stored.id}"]


def test_the_comment_of_another_cannot_be_taken_back(app):
    other = Actor("somebody", "Dr Other", "first", frozenset({Role.CLINICIAN}))
    stored = commenting.add_comment(state.opened().acting(other), series().id, "Mine")
    app.run()
    assert "Dr Other" in said(app)
    assert not [one for one in app.button if one.key == f"withdraw_{stored.id}"]


@pytest.mark.parametrize("role", ["STAFF", "ADMIN"])
def test_others_are_not_offered_the_page(at_home, drawn_home, role):
    at_home(drawn_home, (role,))
    opened = AppTest.from_file(MAIN, default_timeout=60).run()
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        opened.switch_page(PAGE)
