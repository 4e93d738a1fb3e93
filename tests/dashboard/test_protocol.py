"""The page and the files of a protocol: chosen by what was written down, addressed without naming a patient."""

from functools import partial

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import FinalOutcome, Indication
from tracker.clinic.workflow.protocols import Protocol
from tracker.dashboard import state
from tracker.dashboard.gate import Gate
from tracker.dashboard.protocol import address
from tracker.dashboard.routes import ROUTES

MAIN = state.__file__.replace("state.py", "entry/main.py")
PAGE = state.__file__.replace("state.py", "pages/outcomes.py")
APP = Starlette(routes=ROUTES, middleware=[Middleware(Gate)])
PEN = Protocol(Indication.REDNESS, "pen", 1.5, 35)


@pytest.fixture
def get(asgi, at_home, cohort_home):
    return partial(asgi, APP, headers={"cookie": at_home(cohort_home)})


def test_the_address_holds_the_protocol_and_no_patient():
    whole = address(PEN, FinalOutcome.AT_90_DAYS, "pdf")
    assert whole == "/export/report?indication=REDNESS&kind=pdf&at=AT_90_DAYS&device=pen&depth=1.5&interval=35"
    assert address(Protocol(Indication.SCAR), None, "csv") == "/export/report?indication=SCAR&kind=csv"
    assert "device=a%26kind%3Dcsv" in address(Protocol(Indication.SCAR, "a&kind=csv"), None, "pdf")


def test_files_are_saved_under_random_names(get):
    pdf, table = (get(address(PEN, None, kind)) for kind in ("pdf", "csv"))
    assert pdf.body[:5] == b"%PDF-"
    assert pdf.headers["content-type"] == "application/pdf"
    assert table.text.count("\r\n") == 31
    names = [one.headers["content-disposition"] for one in (pdf, table)]
    assert all(name.startswith('attachment; filename="outcomes-') for name in names)
    assert names[1] != get(address(PEN, None, "csv")).headers["content-disposition"]
    assert table.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    "query", ["", "?indication=x", "?indication=SCAR&kind=exe", "?indication=SCAR&depth=x", "?indication=SCAR&at=99"]
)
def test_what_is_no_protocol_is_not_found(get, query):
    assert get(f"/export/report{query}").status == 404


def test_the_page_says_the_answer_first_and_links_to_the_files(at_home, cohort_home):
    at_home(cohort_home)
    app = AppTest.from_file(MAIN, default_timeout=120).run()
    app.switch_page(PAGE).run()
    assert not app.exception
    html = [one.proto.body for one in app.get("html")]
    assert any("Mean change of 30 patients" in body for body in html)
    assert any("/export/report?indication=REDNESS" in body for body in html)
    app.selectbox(key="outcomes_at").set_value(FinalOutcome.AT_90_DAYS).run()
    assert any("Mean change of 21 patients" in one.proto.body for one in app.get("html"))


def test_few_patients_are_told_to_be_too_few(drawn_app):
    drawn_app.switch_page(PAGE).run()
    assert not drawn_app.exception
    assert any("Too few to say" in one.proto.body for one in drawn_app.get("html"))
