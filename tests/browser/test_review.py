"""Review in a real browser: the slider by keyboard and touch, release, blinded grading, exports; at desk and phone."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tracker.clinic.records import schema
from tracker.clinic.types import Purpose
from tracker.clinic.workflow import intake, photos, review
from tracker.clinic.workflow.clinic import Clinic

CHROMIUM = shutil.which("chromium")
PROJECT = Path(__file__).resolve().parents[2]
SHOTS = Path(__file__).parent / "shots"
WIDTHS = {"desk": 1440, "phone": 390}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


def drawing():
    """The module that draws a clinic and signs people in."""
    spec = importlib.util.spec_from_file_location("drawn", PROJECT / "tests" / "dashboard" / "conftest.py")
    drawn = importlib.util.module_from_spec(spec)
    sys.modules["drawn"] = drawn  # its dataclass looks its own module up
    spec.loader.exec_module(drawn)
    return drawn


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Address of a dashboard over a drawn clinic with one consent, and a token for each role."""
    drawn, home = drawing(), tmp_path_factory.mktemp("review") / "clinic"
    home.mkdir()
    drawn.draw_clinic(home)
    with Clinic.open(home) as clinic:
        (patient,) = intake.list_patients(clinic)
        (series,) = intake.list_series(clinic, patient.id)
        taken = [photos.list_photos(clinic, one.id)[0] for one in intake.list_sessions(clinic, series.id)]
        review.compare(clinic, taken[0].id, taken[-1].id)
        values = {"purpose": Purpose.TEACHING, "given": True, "expires": None, "how": "form", "author_id": ""}
        with clinic.store.write() as records:
            records.add(schema.consents, {"patient_id": patient.id} | values, parent="patient_id")
        tokens = {role: drawn.token_of(clinic, (role,)) for role in ("CLINICIAN", "STAFF")}
        tokens["SECOND"] = drawn.token_of(clinic, ("CLINICIAN",), login="second")  # grades for the first time too
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tracker.dashboard", "--port", str(port)]
    environment = os.environ | {"TRACKER_HOME": str(home), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            wait(address)
            yield address, tokens
        finally:
            process.terminate()
            process.wait(20)


def wait(address):
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=30)
            return
        except urllib.error.HTTPError:
            return
        except urllib.error.URLError:
            time.sleep(0.1)


@pytest.fixture(scope="module")
def browser(playwright):
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture
def page(browser, server, request):
    """A fresh page of somebody with a role, as (width, role); what went wrong is in ``page.complaints``."""
    width, role = request.param
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900}, accept_downloads=True, has_touch=width == "phone"
    )
    context.add_cookies([{"name": "tracker_session", "value": server[1][role], "url": server[0]}])
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if counts(said) else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.named = width
    yield page
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0
    assert page.complaints == []
    context.close()


def counts(said):
    """Whether a message is a complaint; Streamlit looks for its own doors below the path of a page first."""
    return said.type in ("error", "warning") and "/_stcore/" not in said.location.get("url", "")


def settle(page, title):
    """Wait until a page with this title has finished its run."""
    page.wait_for_selector(f"h1:has-text('{title}')", timeout=60_000)
    busy = "[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-testid=stSpinner]"
    page.wait_for_function(f"() => !document.querySelector('{busy}')", timeout=120_000)
    page.wait_for_timeout(600)


def at(page, server, path, title):
    page.goto(f"{server[0]}/{path}")
    settle(page, title)
    for side in ("before", "after"):
        if page.locator(f".viewer .{side} img").count():
            page.locator(f".viewer .{side} img").evaluate("image => image.decode()")


def shot(page, name):
    SHOTS.mkdir(exist_ok=True)
    width, height = WIDTHS[page.named], page.locator("[data-testid=stMain]").evaluate("one => one.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(900, height + 40)})  # the page scrolls within
    page.wait_for_timeout(400)
    page.screenshot(path=SHOTS / f"review_{name}_{page.named}.png")
    page.set_viewport_size({"width": width, "height": 900})


BOTH = pytest.mark.parametrize("page", [("desk", "CLINICIAN"), ("phone", "SECOND")], indirect=True, ids=list(WIDTHS))


def slid(page):
    return page.locator(".viewer .stage").evaluate("stage => stage.style.getPropertyValue('--at')")


@pytest.mark.parametrize("page", [("desk", "CLINICIAN")], indirect=True)
def test_the_slider_goes_by_keyboard_with_a_focus_that_is_seen(page, server):
    at(page, server, "compare", "Compare")
    page.locator(".viewer .zooms button").last.focus()
    page.keyboard.press("Tab")
    slider = page.locator(".viewer input[type=range]")
    assert slider.evaluate("one => one.matches(':focus-visible')")
    line = "line => getComputedStyle(line).backgroundColor"
    assert page.locator(".viewer .divider").evaluate(line) == "rgb(11, 110, 153)"
    assert page.locator(".viewer .frame").evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    shot(page, "focus")
    before = float(slid(page).rstrip("%"))
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert float(slid(page).rstrip("%")) == before + 5
    page.keyboard.press("Home")
    assert slid(page) == "0%"
    assert slider.get_attribute("aria-valuetext").startswith("0 %")
    page.keyboard.press("End")
    assert slid(page) == "100%"


@pytest.mark.parametrize("page", [("phone", "CLINICIAN")], indirect=True)
def test_the_slider_goes_by_touch_and_buttons_are_large_enough(page, server):
    at(page, server, "compare", "Compare")
    page.locator(".viewer .stage").scroll_into_view_if_needed()
    box = page.locator(".viewer .stage").bounding_box()
    page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    page.wait_for_timeout(200)
    assert 70 < float(slid(page).rstrip("%")) < 90
    for button in page.locator(".viewer .group button").all():
        size = button.bounding_box()
        assert min(size["width"], size["height"]) >= 44


@pytest.mark.parametrize("page", [("desk", "CLINICIAN")], indirect=True)
def test_blinking_photos_are_turned_by_keyboard(page, server):
    page.emulate_media(reduced_motion="reduce")
    at(page, server, "compare", "Compare")
    page.get_by_role("button", name="Blink", exact=True).click()
    stage = page.locator(".viewer .stage")
    stage.focus()
    page.keyboard.press(" ")
    assert "first" in stage.get_attribute("class")
    page.keyboard.press("Enter")
    assert "first" not in stage.get_attribute("class")


@BOTH
def test_release_comment_and_export_on_the_compare_page(page, server):
    from playwright.sync_api import expect

    at(page, server, "compare", "Compare")
    for title in ("Comments", "What the patient sees", "Export this comparison"):
        folded = page.locator("[data-testid=stExpander] details:not([open]) > summary").filter(has_text=title)
        if folded.count():  # comments are open where there are any
            folded.first.click()
    page.get_by_label("New comment").fill(f"Calmer than at the start, seen at the {page.named}.")
    page.get_by_role("button", name="Add the comment").click()
    page.get_by_text(f"seen at the {page.named}").wait_for()
    settle(page, "Compare")
    for name in ("Earlier photo,", "Later photo,"):
        if not page.get_by_role("checkbox", name=name).is_checked():
            page.get_by_text(name, exact=False).first.click()
            settle(page, "Compare")
    numbers = page.get_by_role("combobox", name="Numbers")
    numbers.press_sequentially("Redness" if page.named == "desk" else "Pigment")
    page.get_by_role("option").first.wait_for()
    numbers.press("Enter")
    numbers.press("Tab")
    page.get_by_text("In the words of the patient").wait_for()
    settle(page, "Compare")
    shot(page, "compare")
    save = page.get_by_role("button", name="Save what the patient sees")
    save.click()
    expect(save).to_be_disabled(timeout=60_000)
    settle(page, "Compare")
    shot(page, "released")
    with page.expect_download() as saved:
        page.get_by_text("Save as JPEG").click()
    assert saved.value.suggested_filename.startswith("comparison-")


@BOTH
def test_blinded_grading(page, server):
    at(page, server, "blinded", "Blinded review")
    shot(page, "blinded")
    for side, name in (("before", "Photo A"), ("after", "Photo B")):
        assert page.locator(f".viewer .{side} span").inner_text() == name
    page.locator("[role=radiogroup] label").filter(has_text="Photo A").click()
    page.locator("[role=radiogroup] label").filter(has_text="Much improved").first.click()
    page.get_by_role("button", name="Save the grade").click()
    page.get_by_role("button", name="Next pair").wait_for()
    settle(page, "Blinded review")
    shot(page, "graded")


@pytest.mark.parametrize("page", [("desk", "STAFF"), ("phone", "STAFF")], indirect=True, ids=list(WIDTHS))
def test_staff_export_consented_material(page, server):
    at(page, server, "exports", "Exports")
    page.locator(".spt-strip img").first.evaluate("image => image.decode()")
    with page.expect_download() as saved:
        page.get_by_text("Save as PNG").first.click()
    saved.value.save_as(SHOTS.parent / "shots" / "export.png")
    assert (SHOTS / "export.png").read_bytes()[:4] == b"\x89PNG"
    page.reload()
    settle(page, "Exports")
    page.locator(".spt-table td").first.wait_for()
    shot(page, "exports")
