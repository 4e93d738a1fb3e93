"""The page on recovery: what to photograph where nothing is there, words before the chart, a look where it is late."""

import re
from datetime import date, timedelta

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import BodySite, Indication, SeriesPlan, SessionKind, Visit
from tracker.clinic.workflow import intake
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state

MAIN = state.__file__.replace("state.py", "entry/main.py")
PAGE = state.__file__.replace("state.py", "pages/recovery.py")
NEEDLED, SEEN = SessionKind.TREATMENT, SessionKind.FOLLOW_UP


def opened(at_home, home):
    at_home(home)
    app = AppTest.from_file(MAIN, default_timeout=120).run()
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def html(app):
    return " ".join(one.proto.body for one in app.get("html"))


def said(elements):
    """Their words, without the signs that keep Markdown from reading them."""
    return [one.value.replace("\\", "") for one in elements]


@pytest.fixture
def healed(tmp_path, simulated, monkeypatch):
    """A function: a clinic with one patient needled nine days ago, whose redness on day 8 lies this far above."""

    def make(rise, withheld=None, regions=("cheek_left",)):
        schedule = ((0, NEEDLED), (3, SEEN), (8, SEEN))
        monkeypatch.setattr(simulated, "SCHEDULE", schedule)
        start = date.today() - timedelta(9)
        person = simulated.Person(
            "P-001", rise * 30.44 / 8, sessions=3, withheld=withheld, start=start, regions=regions
        )
        with Clinic.open(tmp_path) as clinic:
            simulated.add_person(clinic, person, np.random.default_rng(1))
        return tmp_path

    return make


def test_an_empty_store_says_to_add_a_patient(empty_app):
    empty_app.switch_page(PAGE).run()
    assert not empty_app.exception
    assert "No patients yet" in html(empty_app)


def test_before_the_first_needling_there_is_nothing_to_follow(at_home, tmp_path):
    with Clinic.open(tmp_path) as clinic:
        patient = intake.add_patient(clinic)
        intake.add_series(clinic, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE))
    assert "Not needled yet" in html(opened(at_home, tmp_path))


def test_without_photos_it_says_which_to_take_and_when(at_home, tmp_path):
    with Clinic.open(tmp_path) as clinic:
        patient = intake.add_patient(clinic)
        series = intake.add_series(clinic, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE))
        intake.add_session(clinic, series.id, Visit(date.today() - timedelta(1), NEEDLED))
    app = opened(at_home, tmp_path)
    assert "No photos of the days after this needling" in html(app)
    assert "days 1, 3 and 7" in html(app)
    assert any("Today is day 1. Acute" in one for one in said(app.markdown))


def test_a_usual_course_is_told_before_its_chart_and_its_photos(at_home, healed):
    app = opened(at_home, healed(0.0))
    assert any("Today is day 9. Settled" in one for one in said(app.markdown))
    assert "Day 8, left cheek" in html(app)
    assert "as expected" in html(app)
    assert "Later than expected, have a look" not in html(app)
    assert html(app).count('<img src="/img/') == 3
    assert any("not a measurement" in one.value for one in app.caption)
    kinds = [one.type for one in app.main]
    assert kinds.index("html") < next(n for n, kind in enumerate(kinds) if "chart" in kind)


def test_redness_after_a_week_asks_for_a_look(at_home, healed):
    app = opened(at_home, healed(8.0))
    assert re.search(
        r"spt-look[^>]*>Later than expected, have a look\. Day 8, left cheek: redness is still \+", html(app)
    )


def test_several_regions_are_chosen_from_the_highest_first(at_home, healed):
    app = opened(at_home, healed(0.0, regions=("cheek_left", "cheek_right", "chin")))
    assert "As expected on the last day:" in html(app)
    region = app.selectbox(key="recovery_region")
    assert len(region.options) == 3
    region.set_value(2).run()
    assert not app.exception


def test_a_withheld_number_is_a_reason_and_no_verdict(at_home, healed):
    app = opened(at_home, healed(0.0, withheld=2))
    assert said(app.warning) == ["Day 8: no number. Blurred."]
    assert "Day 8" not in html(app).split("spt-strip")[0]


def test_the_drawn_clinic_is_measured_with_its_photo_of_day_three(drawn_app):
    drawn_app.switch_page(PAGE).run()
    assert not drawn_app.exception
    assert "Day 3, " in html(drawn_app)
    assert html(drawn_app).count('<img src="/img/') == 2


@pytest.mark.parametrize(
    ("days_ago", "photos", "shown"), [(3, (1, 0), 1), (30, (1, 0), 0), (30, (0, 0), 1), (30, (1, 1), 1)]
)
def test_the_needling_shown_first_is_the_one_that_is_looked_for(days_ago, photos, shown):
    from types import SimpleNamespace

    from tracker.dashboard.recovery import first_shown

    taken = [[SimpleNamespace(day=2)] * count + [SimpleNamespace(day=None)] for count in photos]
    found = [
        SimpleNamespace(day_today=35, photos=taken[0]),
        SimpleNamespace(day_today=days_ago, photos=taken[1]),
    ]
    assert first_shown(found) is found[shown]
