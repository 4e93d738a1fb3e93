"""The page that measures a kit: photos in by seating, a kit out, and the choice among kits."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tracker.clinic.types import BodySite, Indication, KitLabels, SeriesPlan
from tracker.clinic.workflow import intake, kits, repeatability
from tracker.clinic.workflow.repeatability import MeasuredKit
from tracker.dashboard import repeats, state
from tracker.imaging.change import Component, Repeats, two_level
from tracker.imaging.pipeline import PIPELINE_VERSION
from tracker.imaging.types import Metric
from tracker.phantom import SITES, SceneSpec, Visit, jpeg, make_scene, photograph

PAGE = str(Path(state.__file__).parent / "pages" / "repeatability.py")


def component():
    values = np.random.default_rng(1).normal(60, 1, (5, 4))
    levels = two_level([[Repeats.of_values(("1", "1", "2", "2"), row)] for row in values])
    return Component(Metric.REDNESS, "cheek", "calibrated", "H", levels, 20, 0)


def store(name, camera="ACME X", measured=None, version=PIPELINE_VERSION):
    with state.clinic().store.write() as records:
        return records.add_kit(
            KitLabels(name, "Room 2", camera),
            (component(),),
            measured=measured or date.today(),
            version=version,
            apart=0,
        )


def said(app):
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.error, app.warning, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


@pytest.fixture
def page(empty_app):
    return empty_app.switch_page(PAGE).run()


@pytest.fixture(scope="module")
def shots():
    """Six small photos."""
    scene = make_scene(SceneSpec(SITES["patch"], 45, (40, 30), 6.0), 1)
    return [jpeg(photograph(scene, Visit(), seed).encoded) for seed in range(6)]


def upload(page, number, files):
    page.file_uploader(key=f"repeat_photos_{number}").set_value(files).run()
    page.button(key="add_repeats").click().run()


def test_explains_the_protocol_in_four_steps(page):
    words = said(page)
    assert "No kit measured yet" in words
    for step in ("1. Set up", "2. Shoot twice", "3. Re-seat, shoot twice again", "4. At least three subjects"):
        assert step in words


def test_photos_are_gathered_seating_by_seating(page, shots):
    names = [(f"{n}.jpg", shot, "image/jpeg") for n, shot in enumerate(shots[:4])]
    upload(page, 0, names[:2])
    assert page.selectbox(key="repeat_subject_1").value == "Subject 1"
    assert page.selectbox(key="repeat_seating_1").value == "2"
    upload(page, 1, names[2:])
    assert page.selectbox(key="repeat_subject_2").value == "Subject 2"
    assert repeats.counted(page.session_state[state.REPEATS]) == [("Subject 1", {"1": 2, "2": 2})]
    assert page.button(key="measure_kit").disabled
    assert "found 1" in said(page)
    page.button(key="forget_repeats").click().run()
    assert page.session_state[state.REPEATS] == []
    assert not page.exception


def test_a_file_that_is_no_photo_is_named_and_nothing_is_added(page, shots):
    upload(page, 0, [("good.jpg", shots[0], "image/jpeg"), ("<b>cut.jpg", shots[1][:900], "image/jpeg")])
    assert len(page.error) == 1
    assert "cut" in page.error[0].value
    assert page.session_state[state.REPEATS] == []


def test_the_same_file_in_two_seatings_is_refused_when_it_arrives(page, shots):
    upload(page, 0, [("a.jpg", shots[0], "image/jpeg")])
    upload(page, 1, [("b.jpg", shots[0], "image/jpeg")])
    assert "Subject 1/2/b" in page.error[0].value.replace("\\", "")
    assert len(page.session_state[state.REPEATS]) == 1


def test_a_kit_is_measured_shown_and_stored(page, shots, monkeypatch):
    asked = []

    def measured(photos, progress, executor):
        asked.extend(photos)
        progress(1, 1)
        return MeasuredKit((component(),), date(2026, 5, 1), "ACME <i>X", 0, 3, 6, 9, ("One pair <b>refused",))

    monkeypatch.setattr(repeatability, "measure_kit", measured)
    page.selectbox(key="repeat_site").set_value(BodySite.FOREARM).run()
    for number in range(6):
        upload(page, number, [("a.jpg", shots[number], "image/jpeg")])
    page.button(key="measure_kit").click().run()
    assert not page.exception
    places = [(f"Subject {n}", seating) for n in (1, 2, 3) for seating in "12"]
    assert [(photo.subject, photo.seating) for photo in asked] == places
    assert {photo.site for photo in asked} == {"forearm"}
    assert "A change of redness below" in said(page)
    assert "cannot be seen with this set-up" in said(page)
    assert "1 of 9 pairs were refused" in page.warning[0].value
    assert state.REPEATS not in page.session_state or page.session_state[state.REPEATS] == []  # the photos are gone
    assert page.button(key="store_kit").disabled
    page.text_input(key="new_kit_name").set_value("Room <b>1").run()
    page.button(key="store_kit").click().run()
    (kit,) = kits.list_kits(state.clinic())
    assert (kit.name, kit.camera, kit.measured) == ("Room <b>1", "ACME <i>X", date(2026, 5, 1))
    assert "Room &lt;b&gt;1" in said(page)
    assert "<b>1" not in said(page).replace("<b>1. Set up", "")


def test_stored_kits_are_shown_with_their_doubts_and_one_is_chosen(page):
    old, new = store("Old", measured=date(2020, 1, 1)), store("New", "ACME Y")
    page.run()
    words = said(page)
    assert "measured 1 Jan 2020" in words
    assert "days ago: lamps age" in words
    assert "Within-visit only" in words
    assert "In use for photos of ACME X" in words  # automatic: each camera has its kit
    assert "In use for photos of ACME Y" in words
    page.selectbox(key="kit_choice_4").set_value(kits.DEFAULTS).run()
    assert kits.clinic_choice(state.clinic()) == kits.DEFAULTS
    assert "In use" not in said(page).replace("Not in use", "")
    page.selectbox(key="kit_choice_4").set_value(old.id).run()
    assert kits.clinic_choice(state.clinic()) == old.id
    assert new.id != old.id


def test_a_kit_of_an_older_program_says_that_it_is_not_used(page):
    store("Past", version="0")
    page.run()
    assert "is not used: measure it again" in said(page)
    assert "Not in use" in said(page)


def test_a_series_may_be_judged_by_a_kit_of_its_own(page):
    clinic, kit = state.clinic(), store("Mine")
    patient = intake.add_patient(clinic, "P-1")
    series = intake.add_series(clinic, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE))
    page.switch_page(PAGE.replace("repeatability", "timeline")).run()
    page.selectbox(key=f"kit_of_{series.id}_2").set_value(kit.id).run()
    assert not page.exception
    assert kits.kit_of_series(clinic, series.id) == kit.id
