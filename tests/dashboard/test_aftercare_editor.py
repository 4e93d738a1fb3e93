"""The editor of the aftercare text: what is typed is previewed by day, stored for every patient, and taken back."""

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.workflow import aftercare
from tracker.dashboard import state


def page():
    from tracker.dashboard import aftercare_editor

    aftercare_editor.editor()


@pytest.fixture
def editor(at_home, tmp_path):
    at_home(tmp_path, ("ADMIN",))
    return AppTest.from_function(page, default_timeout=60).run()


def said(app):
    return "\n".join(one.proto.body for one in app.get("html")) + "\n".join(one.value for one in app.caption)


def test_the_programs_own_text_is_there_at_first_with_its_preview(editor):
    assert not editor.exception
    assert "SPF 30" in editor.text_input[0].value
    assert "No pools or saunas" in said(editor)
    assert "aftercare_back" not in [one.key for one in editor.button]
    editor.select_slider(key="aftercare_day").set_value(4).run()
    assert "No pools or saunas" not in said(editor)
    assert "SPF 30" in said(editor)


def test_a_line_is_added_previewed_saved_and_taken_back(editor):
    editor.button(key="aftercare_add").click().run()
    editor.text_input[-1].set_value("No running <b>today</b>.").run()
    assert "No running &lt;b&gt;today&lt;/b&gt;." in said(editor)
    assert not aftercare.is_own_text(state.clinic())
    editor.button(key="aftercare_save").click().run()
    assert not editor.exception
    stored = aftercare.aftercare_of(state.clinic())
    assert [rule.avoid for rule in stored.rules][-1] == "No running <b>today</b>."
    assert len(stored.rules) == 5
    editor.button(key="aftercare_back").click().run()
    assert not aftercare.is_own_text(state.clinic())
    assert len(editor.text_input) == 4


def test_a_line_without_text_is_left_out(editor):
    for line in editor.text_input[1:]:
        line.set_value("")
    editor.run()
    editor.button(key="aftercare_save").click().run()
    assert len(aftercare.aftercare_of(state.clinic()).rules) == 1


def test_a_mistake_is_a_sentence_and_nothing_is_stored(editor):
    editor.number_input[2].set_value(9).run()  # from day 9 to day 2
    assert "the first not after the last" in editor.error[0].value.replace("\\", "")
    editor.button(key="aftercare_save").click().run()
    assert not aftercare.is_own_text(state.clinic())


def test_without_anything_to_call_about_it_is_not_stored(editor):
    editor.text_area[0].set_value(" \n ").run()
    editor.button(key="aftercare_save").click().run()
    assert "when a patient should call" in editor.error[0].value.replace("\\", "")
    assert not aftercare.is_own_text(state.clinic())
