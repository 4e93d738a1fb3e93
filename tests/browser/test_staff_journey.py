"""Staff in a browser: appointments and consented pictures, and nothing clinical, whatever address is typed."""

import re
from datetime import date, timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from PIL import Image

from tracker.clinic.types import Purpose
from tracker.clinic.workflow import consents, intake, review
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard.menu import ENTRIES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, PHONE = 1440, 390


@pytest.fixture(scope="module")
def record(server):
    """The patient, and the comparison of the last visit."""
    with Clinic.open(server.home) as clinic:
        patient = intake.list_patients(clinic)[0]
        series = intake.list_series(clinic, patient.id)[0]
        pairs = review.suggested_pairs(clinic, series.id)
        analysis = review.compare(clinic, *(one.id for one in pairs[-1])).record.id
    return SimpleNamespace(patient=patient, analysis=analysis, photos=[one.id for one in pairs[-1]])


def consent(server, record, purpose, *, given):
    with Clinic.open(server.home) as clinic:
        if given:
            consents.give(clinic, record.patient.id, purpose, "signed form")
        else:
            consents.withdraw(clinic, record.patient.id, purpose, "said at the desk")


def test_only_the_pages_of_staff_are_offered(tabs, server):
    tab = tabs(server, DESK, "sam.staff")
    assert tab.links() == ["Bookings", "Exports", "My account"]


def test_other_pages_show_nothing_when_their_address_is_typed(tabs, server):
    tab = tabs(server, DESK, "sam.staff")
    for entry in ENTRIES:
        if entry.file in ("bookings.py", "exports.py", "account.py"):
            continue
        tab.page.goto(f"{server.address}/{entry.file.removesuffix('.py')}")
        tab.settle()
        assert tab.page.locator("h1").first.inner_text() == "Bookings", entry.file
        assert tab.page.locator(".viewer, .spt-verdict, .spt-strip").count() == 0
    tab.complaints.clear()  # the browser asks beside a typed address first and tells each refusal


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_an_appointment_is_made_moved_and_cancelled(tabs, server, width):
    tab = tabs(server, width, "sam.staff")
    page = tab.page
    tab.go("Bookings")
    tab.shot("staff_bookings")
    page.get_by_role("tab", name="Search").click()
    tab.type("Search by code or name", "P-001")
    page.get_by_role("button", name="Book", exact=True).locator("visible=true").first.click()
    page.get_by_role("button", name="Book it").wait_for()
    tab.quiet()
    tab.date("Day", date.today() + timedelta(40))
    tab.type("Time (optional)", "14:30")
    tab.shot("staff_booking_form")
    tab.press("Book it")
    page.get_by_text(re.compile("^Booked: ")).wait_for()
    page.get_by_role("tab", name=re.compile("Appointments")).click()
    page.get_by_text("14:30").locator("visible=true").first.wait_for()
    tab.shot("staff_booked")
    page.get_by_role("button", name="Cancel it").locator("visible=true").first.click()
    page.get_by_text("No appointments").wait_for()
    tab.quiet()


def test_without_a_consent_nothing_is_offered_nor_served(tabs, server, record):
    tab = tabs(server, DESK, "sam.staff")
    tab.go("Exports")
    tab.page.get_by_text("Nobody has consented to an export yet").wait_for()
    tab.shot("staff_exports_empty")
    asked = tab.context.request
    for address in (
        f"/img/{record.photos[0]}",
        f"/img/{record.analysis}/before/photo",
        f"/img/{record.analysis}/after/redness",
        f"/export/comparison/{record.analysis}?purpose=TEACHING&dates=none&kind=jpeg",
        f"/export/everything/{record.patient.id}",
        "/export/report?indication=REDNESS&kind=csv",
    ):
        assert asked.get(f"{server.address}{address}").status in (403, 404), address


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_consented_picture_is_served(tabs, server, record, width):
    consent(server, record, Purpose.TEACHING, given=True)
    tab = tabs(server, width, "sam.staff")
    page = tab.page
    tab.go("Exports")
    page.get_by_text("Save as JPEG").first.wait_for()
    tab.shot("staff_exports")
    with page.expect_download() as saved:
        page.get_by_text("Save as JPEG").first.click()
    assert re.fullmatch(r"comparison-[0-9a-f]+\.jpe?g", saved.value.suggested_filename)
    assert Image.open(BytesIO(saved.value.path().read_bytes())).format == "JPEG"
    # For another purpose nobody consented, so the same picture is refused.
    refused = f"{server.address}/export/comparison/{record.analysis}?purpose=MARKETING&kind=jpeg"
    assert tab.context.request.get(refused).status == 403


def test_a_withdrawn_consent_is_refused_at_once(tabs, server, record):
    consent(server, record, Purpose.TEACHING, given=True)
    tab = tabs(server, DESK, "sam.staff")
    page = tab.page
    tab.go("Exports")
    link = page.get_by_text("Save as JPEG").first.get_attribute("href")
    picture = page.locator(".spt-strip img").first.get_attribute("src")
    consent(server, record, Purpose.TEACHING, given=False)
    for address in (link, picture):  # on a page that is still open
        assert tab.context.request.get(f"{server.address}{address}").status in (403, 404)
    tab.go("Bookings")
    tab.go("Exports")
    page.get_by_text("Nobody has consented to an export yet").wait_for()


def test_the_account_of_staff(tabs, server):
    for width in (DESK, PHONE):
        tab = tabs(server, width, "sam.staff")
        tab.go("My account")
        tab.shot("staff_account")
