"""The lines at the top of a page: in a big clinic few patients are offered, anybody is found, nothing costs more."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import BodySite, Indication, SeriesPlan, SessionKind, Visit
from tracker.clinic.workflow import intake
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import context, state

MAIN = Path(state.__file__).parent / "entry" / "main.py"
PAGES = Path(state.__file__).parent / "pages"


def fill(home, patients):
    """That many patients, each with a series of two sessions."""
    with Clinic.open(home) as clinic:
        for number in range(patients):
            patient = intake.add_patient(clinic, f"P-{number:03d}", f"Name {number:03d}")
            series = intake.add_series(clinic, patient.id, SeriesPlan(Indication.SCAR, BodySite.ABDOMEN))
            for day in (date(2026, 1, 5), date(2026, 2, 9)):
                intake.add_session(clinic, series.id, Visit(day, SessionKind.TREATMENT))


@pytest.fixture(scope="session")
def homes(tmp_path_factory):
    """A clinic of 5 patients and one of more than a select box offers."""
    found = {}
    for patients in (5, context.MOST_OFFERED + 10):
        found[patients] = tmp_path_factory.mktemp(f"clinic_{patients}")
        fill(found[patients], patients)
    return found


@pytest.fixture
def app(at_home, homes):
    """A function that opens the dashboard over one of these clinics."""

    def opened(patients):
        at_home(homes[patients])
        return AppTest.from_file(MAIN, default_timeout=120).run()

    return opened


def box(app, label="Patient"):
    return next(one for one in app.selectbox if one.label == label)


@pytest.mark.parametrize("page", ["intake.py", "timeline.py", "upload.py", "compare.py", "progress.py", "recovery.py"])
def test_a_page_asks_the_store_as_often_in_a_big_clinic_as_in_a_small_one(app, page):
    counts = []
    for patients in (5, context.MOST_OFFERED + 10):
        opened = app(patients).switch_page(str(PAGES / page)).run()
        asked = []
        engine = state.opened().store.engine

        def note(*about, asked=asked):
            asked.append(about[2])

        sa.event.listen(engine, "before_cursor_execute", note)
        opened.run()
        sa.event.remove(engine, "before_cursor_execute", note)
        assert not opened.exception
        counts.append(len(asked))
        state.close_all()
    assert counts[0] == counts[1]
    assert counts[0] < 120


def test_a_small_clinic_is_offered_whole_and_has_no_search(app):
    opened = app(5).switch_page(str(PAGES / "timeline.py")).run()
    assert len(box(opened).options) == 5
    assert not [one for one in opened.text_input if one.label == "Search by code or name"]
    box(opened).select_index(3).run()
    assert box(opened).options[box(opened).index].startswith("P-003")


def search(app, words):
    field = next(one for one in app.text_input if one.label == "Search by code or name")
    return field.set_value(words).run()


def test_in_a_big_clinic_few_are_offered_and_anybody_is_found(app):
    opened = app(context.MOST_OFFERED + 10).switch_page(str(PAGES / "timeline.py")).run()
    assert len(box(opened).options) == context.MOST_OFFERED
    search(opened, "P-058")
    assert not opened.exception
    assert box(opened).options[box(opened).index] == "P-058 · Name 058"
    assert len(box(opened).options) == context.MOST_OFFERED + 1  # the chosen one comes from beyond the first
    assert not next(one for one in opened.text_input if one.label == "Search by code or name").value
    search(opened, "name 01")
    assert [one[:5] for one in box(opened).options] == ["P-058", *(f"P-01{n}" for n in range(10))]
    box(opened).select_index(4).run()
    assert box(opened).options[box(opened).index] == "P-013 · Name 013"
    search(opened, "nobody")
    assert "Nobody found" in [one.value for one in opened.caption]
    assert box(opened).options == ["P-013 · Name 013"]


def test_two_series_of_the_same_name_can_both_be_chosen(at_home, tmp_path):
    fill(tmp_path, 1)
    with Clinic.open(tmp_path) as clinic:
        (patient,) = intake.list_patients(clinic)
        second = intake.add_series(clinic, patient.id, SeriesPlan(Indication.SCAR, BodySite.ABDOMEN))
    at_home(tmp_path)
    opened = AppTest.from_file(MAIN, default_timeout=120).run().switch_page(str(PAGES / "upload.py")).run()
    words = ["Surgical or traumatic scar, abdomen (1)", "Surgical or traumatic scar, abdomen (2)"]
    assert box(opened, "Treatment series").options == words
    assert opened.session_state[state.SERIES] != second.id
    box(opened, "Treatment series").select_index(1).run()
    assert opened.session_state[state.SERIES] == second.id


def test_words_that_differ_stay_as_they_are():
    assert context.told_apart({"a": "one", "b": "two", "c": "one"}) == {"a": "one (1)", "b": "two", "c": "one (2)"}
