"""The real server in a real browser: every page at desk and phone width, nothing fetched from elsewhere."""

import urllib.error
import urllib.request

import pytest

from tracker.clinic.types import Purpose
from tracker.clinic.workflow import consents, intake
from tracker.clinic.workflow.clinic import Clinic

PAGES = [
    "Today",
    "Patients",
    "Bookings",
    "Exports",
    "Intake",
    "Timeline",
    "Add photos",
    "Compare",
    "Progress",
    "Recovery",
    "Consents",
    "Blinded review",
    "Outcomes",
    "Repeatability",
    "Accounts",
    "Settings",
    "Audit log",
    "Store",
    "My account",
]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(tabs, server, request):
    """The page of a clinician who has just signed in, at the width of the test."""
    tab = tabs(server, request.param, "dr.lind")
    tab.page.tab = tab
    return tab.page


def settle(page, title):
    page.tab.settle(title)


def go(page, title):
    page.tab.go(title)


def ask(address, host=None):
    """Status of a GET, with another Host where one is named."""
    request = urllib.request.Request(address, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def test_starts_within_eight_seconds(server):
    assert server.seconds < 8


@pytest.mark.parametrize("page", [1440, 390], indirect=True, ids=["desk", "phone"])
def test_every_page_opens_without_complaints_and_can_be_read_and_pressed(page):
    assert sorted(page.tab.links()) == sorted(PAGES)
    for title in PAGES:
        go(page, title)
        page.tab.shot(f"desk_{title.replace(' ', '-')}")
        assert page.locator("[data-testid=stAlertContentError]").count() == 0, title
    assert page.tab.complaints == []


@pytest.mark.parametrize("page", [1440, 390], indirect=True, ids=["desk", "phone"])
def test_repeats_are_gathered_in_memory_and_forgotten(page, tmp_path):
    from tracker.phantom import SITES, SceneSpec, Visit, jpeg, make_scene, photograph

    scene = make_scene(SceneSpec(SITES["patch"], 45, (40, 30), 6.0), 1)
    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(photograph(scene, Visit(), number).encoded))
    go(page, "Repeatability")
    page.locator("input[type=file]").set_input_files([tmp_path / "0.jpg", tmp_path / "1.jpg"])
    page.get_by_role("button", name="Add these photos").click()
    page.wait_for_selector(".spt-table >> text=Subject 1")
    settle(page, "Repeatability")
    assert page.locator(".spt-table td").all_inner_texts() == ["Subject 1", "2", "–"]
    assert page.get_by_role("button", name="Measure this kit", exact=True).is_disabled()
    overflow = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
    assert overflow <= 0
    page.get_by_role("button", name="Start over").click()
    page.wait_for_selector(".spt-table", state="detached")
    assert page.locator("img").count() == 0  # photos of volunteers never reach Streamlit's media store
    assert page.tab.complaints == []


@pytest.mark.parametrize("page", [1440], indirect=True, ids=["desk"])
def test_slider_blink_and_overlays(page):
    go(page, "Compare")
    after = page.locator(".viewer .after img")
    first = after.get_attribute("src")
    assert first.endswith("/after/photo")
    page.get_by_role("slider").last.fill("20")
    assert page.locator(".viewer .stage").get_attribute("style").count("--at: 20%") == 1
    for name, layer in (("Redness", "redness"), ("Texture", "texture"), ("Area", "outlines")):
        page.get_by_role("button", name=name, exact=True).click()
        assert after.get_attribute("src").endswith(f"/after/{layer}")
        for side in ("before", "after"):
            page.locator(f".viewer .{side} img").evaluate("image => image.decode()")
    for name, mode in (("Blink", "blink"), ("Side by side", "sides"), ("Slider", "slider")):
        page.get_by_role("button", name=name, exact=True).click()
        assert page.locator(".viewer").get_attribute("data-mode") == mode
    assert page.tab.complaints == []


@pytest.mark.parametrize("page", [1440], indirect=True, ids=["desk"])
def test_export_saves_a_randomly_named_picture(page, server, tmp_path):
    with Clinic.open(server.home) as clinic:
        consents.give(clinic, intake.list_patients(clinic)[0].id, Purpose.TEACHING, "signed form")
    go(page, "Compare")
    page.get_by_text("Export this comparison").click()
    with page.expect_download() as saved:
        page.get_by_text("Save as JPEG").click()
    assert saved.value.suggested_filename.startswith("comparison-")
    saved.value.save_as(tmp_path / "picture.jpg")
    assert (tmp_path / "picture.jpg").read_bytes()[:2] == b"\xff\xd8"


def draw(page, corners):
    """Tap corners, given as shares of the photo, and wait until the comparison was made anew."""
    from playwright.sync_api import expect

    if page.locator(".outline circle").count():
        page.get_by_role("button", name="Start again").click()
        expect(page.locator(".outline circle")).to_have_count(0)
    page.tab.tap(corners)
    before = page.locator(".viewer .before img").get_attribute("src")
    page.get_by_role("button", name="Save this area").click()
    expect(page.locator(".viewer .before img")).not_to_have_attribute("src", before, timeout=120_000)
    settle(page, "Compare")
    loaded(page)


def loaded(page):
    """Both pictures are there: a request that is given up half way counts as a complaint."""
    for side in ("before", "after"):
        page.locator(f".viewer .{side} img").evaluate("image => image.decode()")


@pytest.mark.parametrize("page", [1440], indirect=True, ids=["desk"])
def test_area_drawn_in_the_browser_is_saved(page):
    go(page, "Compare")
    page.get_by_text("Areas: draw or correct them").click()
    page.wait_for_selector(".outline svg circle")
    assert page.locator(".outline circle").count() == 5
    draw(page, ((0.1, 0.1), (0.4, 0.1), (0.3, 0.4)))
    assert page.locator(".outline circle").count() == 3
    assert page.tab.complaints == []


@pytest.mark.parametrize("page", [1440, 390], indirect=True, ids=["desk", "phone"])
def test_reference_skin_is_drawn_shown_and_taken_back(page):
    from playwright.sync_api import expect

    go(page, "Compare")
    loaded(page)
    page.get_by_text("Areas: draw or correct them").click()
    page.get_by_text("Untreated reference skin", exact=True).click()
    page.wait_for_selector(".outline polygon.treated.beside", state="attached")
    settle(page, "Compare")
    expect(page.locator(".outline")).to_have_count(1)  # the editor of the treated area has gone
    expect(page.locator(".outline circle")).to_have_count(0)
    draw(page, ((0.5, 0.55), (0.7, 0.55), (0.7, 0.75), (0.5, 0.75)))
    page.get_by_text("Colour measured against untreated skin that a person drew").wait_for(timeout=120_000)
    loaded(page)
    page.get_by_role("button", name="Area", exact=True).click()
    assert "White dashes" in page.locator(".viewer .legend").inner_text()
    loaded(page)
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("Colour measured against untreated skin that the program found").wait_for(timeout=120_000)
    settle(page, "Compare")
    loaded(page)
    assert page.tab.complaints == []


def test_picture_is_refused_under_another_name(server):
    address = server.address
    assert ask(f"{address}/img/anything") == 401
    for host in ("evil.example", "192.168.0.9:8501"):
        assert ask(f"{address}/img/anything", host) == 403
        assert ask(f"{address}/", host) == 403
        assert ask(f"{address}/_stcore/health", host) == 403
    assert ask(f"{address}/media/0123.jpg") == 404


@pytest.mark.parametrize("page", [1440], indirect=True, ids=["desk"])
def test_an_area_is_drawn_with_the_pointer_and_kept_with_its_author(page):
    go(page, "Compare")
    page.locator("summary:has-text('Areas: draw or correct them')").click()
    history = page.locator("summary:has-text('History of this area')")
    history.wait_for(state="attached")
    steps = int(history.inner_text().split("(")[1].rstrip(")"))
    settle(page, "Compare")
    draw(page, ((0.2, 0.2), (0.4, 0.2), (0.35, 0.45)))
    page.wait_for_selector("text=Drawn by Dr Lind on", timeout=60_000)
    settle(page, "Compare")
    page.get_by_text(f"History of this area ({steps + 1})").wait_for(state="attached", timeout=60_000)
    assert page.tab.complaints == []
