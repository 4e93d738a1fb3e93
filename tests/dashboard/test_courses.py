"""What the progress page says beside the trend: final outcomes that are due or done, and the patient's own word."""

from datetime import timedelta

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import Gais
from tracker.clinic.workflow import intake
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.progress import progress
from tracker.clinic.workflow.rating import ratings
from tracker.dashboard import courses, state
from tracker.imaging.types import Metric

MAIN = state.__file__.replace("state.py", "entry/main.py")
PAGE = state.__file__.replace("state.py", "pages/progress.py")


@pytest.fixture
def followed(tmp_path, simulated):
    """A function: one patient with so many sessions and these ratings, days after the start."""

    def make(sessions=5, withheld=None, said=()):
        with Clinic.open(tmp_path) as clinic:
            person = simulated.Person("P-001", -0.9, sessions=sessions, withheld=withheld)
            series = simulated.add_person(clinic, person, np.random.default_rng(1))
            with clinic.store.write() as records:
                for day, grade in said:
                    records.add_rating(series.id, simulated.START + timedelta(day), grade, "", "")
            table = progress(clinic, series.id)
            return series, table, intake.list_sessions(clinic, series.id), ratings(clinic, series.id)

    return make


def words(series, table, sessions):
    return courses.outcome_words(table, Metric.REDNESS, series.plan, sessions)


def test_before_the_treatments_are_done_no_final_outcome_is_spoken_of(followed):
    assert words(*followed(sessions=2)[:3]) == []


def test_a_final_outcome_that_is_to_come_says_when(followed, simulated):
    lines = words(*followed(sessions=3)[:3])
    due = simulated.START + timedelta(70 + 90)
    assert lines[0].startswith("Final outcome (90 days): no photo yet")
    assert f"{due - timedelta(21):%-d %b %Y} to {due + timedelta(21):%-d %b %Y}" in lines[0]
    assert len(lines) == 2


def test_a_final_outcome_that_was_seen_says_what_came_of_it(followed):
    first, second = words(*followed(withheld=3)[:3])
    assert first == "Final outcome (90 days): photographed, but not assessable."
    assert second.startswith("Final outcome (180 days): measured on ")


def test_the_last_rating_of_a_day_counts(followed):
    *_, given = followed(said=((40, Gais.WORSE), (40, Gais.IMPROVED), (20, Gais.NO_CHANGE)))
    assert [one.grade for one in courses.opinions_of(given)] == ["no change", "improved"]


def test_without_a_rating_it_says_where_one_comes_from():
    assert "in their own view" in courses.opinion_words([], None, Metric.REDNESS)


def test_the_page_shows_the_patients_word_below_the_measure_on_the_same_axis(at_home, tmp_path, followed):
    followed(said=((100, Gais.NO_CHANGE), (255, Gais.MUCH_IMPROVED)))
    at_home(tmp_path)
    app = AppTest.from_file(MAIN, default_timeout=120).run()
    app.switch_page(PAGE).run()
    assert not app.exception
    html = " ".join(one.proto.body for one in app.get("html"))
    assert "Both say better" in html
    assert "Final outcome (90 days): measured on" in html
    assert any("neither corrects the other" in one.value for one in app.caption)
