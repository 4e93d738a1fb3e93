"""The blinded page: nothing tells the order before the grade, both answers after it."""

import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import Gais
from tracker.clinic.workflow import blinded, intake, photos, review
from tracker.dashboard import blinding, state, widgets

MAIN = Path(state.__file__).parent / "entry" / "main.py"
PAGE = str(Path(state.__file__).parent / "pages" / "blinded.py")


@pytest.fixture
def shown(monkeypatch):
    """What the viewer was given, newest last."""
    calls = []
    monkeypatch.setattr(widgets, "viewer", lambda layers, labels, **named: calls.append((layers, labels, named)))
    return calls


@pytest.fixture
def app(at_home, drawn_home, tmp_path, shown):
    """The page over a copy of the drawn clinic with one pair compared whose skin has healed."""
    at_home(shutil.copytree(drawn_home, tmp_path / "clinic"), ("CLINICIAN",))
    clinic = state.clinic()
    series = intake.list_series(clinic, intake.list_patients(clinic)[0].id)[0]
    taken = [photos.list_photos(clinic, session.id)[0] for session in intake.list_sessions(clinic, series.id)]
    for later in taken[1:]:
        review.compare(clinic, taken[0].id, later.id)
    return AppTest.from_file(MAIN, default_timeout=120).run().switch_page(PAGE).run()


def said(app):
    kinds = (app.markdown, app.caption, app.error, app.warning, app.get("html"))
    texts = [str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind]
    return unescape("\n".join(one for one in texts if "<style>" not in one)).replace("\\", "")


def test_before_the_grade_nothing_tells_who_when_or_in_which_order(app, shown):
    assert not app.exception
    layers, labels, named = shown[-1]
    (layer,) = layers
    assert (labels.before, labels.after, named["aligned"]) == ("Photo A", "Photo B", False)
    token = app.session_state[state.BLINDED]
    assert (layer.before, layer.after) == (f"/img/blinded/{token}/left", f"/img/blinded/{token}/right")
    text = said(app) + repr(layers)
    for told in ("P-001", "Roe", "2026", "fell", "rose", "session", "follow-up"):
        assert told not in text, told
    pair = blinding.pair_of(state.clinic(), token)
    assert pair.baseline_photo_id not in text
    assert pair.followup_photo_id not in text
    assert app.button(key="save_grade").disabled


def test_a_grade_is_answered_by_the_measure_and_then_nothing_is_left(app, shown):
    token = app.session_state[state.BLINDED]
    pair = blinding.pair_of(state.clinic(), token)
    app.radio(key=f"better_{token}").set_value("LEFT" if pair.later_left else "RIGHT").run()
    assert app.button(key="save_grade").disabled
    app.radio(key=f"by_{token}").set_value(Gais.MUCH_IMPROVED).run()
    app.button(key="save_grade").click().run()
    assert not app.exception
    text = said(app)
    side = "A" if pair.later_left else "B"
    assert f"The later photo was {side}. Your grade of the change: much improved." in text
    assert "You say: improved. The deciding measure says: no change." in text
    assert "Redness (marked area): no detectable change." in text
    assert "So far 1 pair: you and the deciding measure said the same in 0 (0 %)." in text
    assert "Kappa is shown from 10 pairs on." in text
    assert blinded.own_agreement(state.clinic()).pairs == 1
    app.button(key="next_pair").click().run()
    assert "No pair is left for you to grade" in said(app)  # day 3 is healing
    assert "So far 1 pair" in said(app)


def test_no_difference_needs_no_second_answer(app):
    token = app.session_state[state.BLINDED]
    app.radio(key=f"better_{token}").set_value("NEITHER").run()
    app.button(key="save_grade").click().run()
    assert "You and the deciding measure agree: no change." in said(app)


def test_the_pair_stays_until_it_is_graded_and_is_drawn_anew_when_it_is_too_old(app, monkeypatch):
    token = app.session_state[state.BLINDED]
    assert app.run().session_state[state.BLINDED] == token
    blinding.forget(token)
    assert app.run().session_state[state.BLINDED] != token
    monkeypatch.setattr(blinding.time, "monotonic", lambda: 1e12)
    assert not app.run().exception


def test_a_pair_graded_in_another_tab_is_a_sentence(app):
    token = app.session_state[state.BLINDED]
    pair = blinding.pair_of(state.clinic(), token)
    nothing = blinded.BetterSide(None, Gais.NO_CHANGE)
    blinded.save_grade(
        state.clinic(), pair.baseline_photo_id, pair.followup_photo_id, nothing, later_left=pair.later_left
    )
    app.radio(key=f"better_{token}").set_value("NEITHER").run()
    app.button(key="save_grade").click().run()
    assert "found your grade; take the next pair" in said(app)


def test_without_comparisons_the_page_says_what_to_do(at_home, drawn_home):
    at_home(drawn_home, ("CLINICIAN",))
    app = AppTest.from_file(MAIN, default_timeout=60).run().switch_page(PAGE).run()
    if re.search("No pair is left", said(app)):
        assert "Compare the photos of more visits" in said(app)
    assert not app.exception
