"""A clinician's day in a browser: from the first link of an empty installation to a released photo and an export."""

import re
from datetime import date, timedelta
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "velvet anchor pumpkin stairs"
LATER = date.today()
FIRST = LATER - timedelta(50)
DESK, PHONE = 1440, 390


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    """A server over a folder in which there is nothing, whose output is kept: it holds the first link."""
    folder = tmp_path_factory.mktemp("new")
    (folder / "clinic").mkdir()
    with serve(folder / "clinic", folder / "output.txt") as running:
        yield running


@pytest.fixture(scope="module")
def story(server):
    """What an earlier test of this file leaves for a later one; they run in their order."""
    return SimpleNamespace(log=server.home.parent / "output.txt")


@pytest.fixture
def open_tab(tabs, server):
    """A function that opens a tab of the clinician."""

    def opened(width=DESK):
        if "eva.berg" in server.cookies:
            return tabs(server, width, "eva.berg")
        tab = tabs(server, width)
        tab.sign_in("eva.berg", PASSWORD)
        server.cookies["eva.berg"] = tab.context.storage_state()
        return tab

    return opened


def test_the_first_link_makes_the_first_account(tabs, server, story):
    link = re.search(r"http://127\.0\.0\.1:\d+/setup/\S+", story.log.read_text()).group()
    tab = tabs(server)
    page = tab.page
    page.goto(f"{server.address}/")
    page.get_by_text("There is no account yet").wait_for()
    tab.shot("door_nobody")
    page.goto(link)
    page.get_by_label("Name of the clinic").fill("Clinic by the Lake")
    page.get_by_label("Your name").fill("Dr Eva Berg")
    page.get_by_label("Login", exact=True).fill("eva.berg")
    page.get_by_text("I also treat patients").click()
    page.locator("#password").fill("too short")
    tab.shot("door_first_account")
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.get_by_text("Your password is set.").wait_for()
    tab.sign_in("eva.berg", PASSWORD)
    server.cookies["eva.berg"] = tab.context.storage_state()
    page.get_by_text("No patients yet").wait_for()
    tab.shot("clinician_empty_today")
    page.goto(link)  # it works once
    tab.complaints.clear()  # the browser tells the refusal
    page.get_by_text("This link does not work any more").wait_for()
    tab.shot("door_spent_link")


def test_a_patient_is_added_and_pointed_at_on_the_body(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Patients")
    tab.type("Code", "L-001")
    tab.type("Name (optional)", "Nora Vik")
    tab.date("Birth date (optional)", date(1984, 5, 17))
    tab.choose("Skin type (Fitzpatrick)", "III: burns sometimes")
    tab.choose("Indication", "Redness")
    page.get_by_role("button", name="Forearm: left", exact=True).click()
    tab.quiet()
    assert page.get_by_role("combobox", name="Body site").input_value() == "Forearm"
    days = page.get_by_label("Days between sessions")
    days.fill("20")
    days.press("Enter")
    page.get_by_text("20 days are shorter than the 28 days").wait_for()
    days.fill("35")
    days.press("Enter")
    page.get_by_text("20 days are shorter").wait_for(state="detached")
    tab.quiet()
    tab.shot("clinician_add_patient")
    tab.press("Add patient")
    tab.settle("Intake")


def test_the_checklist_is_asked_and_flagged_but_decides_nothing(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Intake")
    for group in page.get_by_role("radiogroup").all():
        group.locator("label").filter(has_text=re.compile("^No$")).click()
    cold = page.get_by_role("radiogroup", name="Cold sores, ever")
    cold.locator("label").filter(has_text=re.compile("^Yes$")).click()
    page.get_by_label("Note on prophylaxis: Cold sores, ever").fill("aciclovir <b>from the day before</b>")
    tab.press("Save the checklist")
    page.get_by_text("The checklist was written down.").wait_for()
    page.get_by_text("Cold sores before; note on prophylaxis: aciclovir <b>from the day before</b>").first.wait_for()
    tab.shot("clinician_intake")


def test_consents_are_recorded(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Consents")
    for purpose in ("Photos and measurements", "Teaching"):
        tab.choose("Purpose", re.compile(purpose))
        page.get_by_label("How", exact=True).fill("signed form of today")
        tab.press("Record this")
        page.get_by_text("Recorded.").wait_for()
    tab.shot("clinician_consents")


def test_a_treatment_with_zones_and_a_booster_is_written_down(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Add photos")
    tab.choose("Kind", "Treatment")
    tab.date("Date", FIRST)
    tab.type("Device (optional)", "Pen 3")
    for row, (zone, depth) in enumerate((("inner side", "1.5"), ("wrist", "0.5"))):
        tab.press("Add a zone")
        zones = page.get_by_role("combobox", name="Zone", exact=True)
        zones.nth(row).fill(zone)
        page.keyboard.press("Enter")
        tab.quiet()
        page.get_by_label("Depth, mm").nth(row).fill(depth)
        page.get_by_label("Depth, mm").nth(row).press("Tab")
        tab.quiet()
    tab.choose("Worked in", "Serum")
    tab.type("Product (optional)", "Hyaluron 7, batch 12")
    tab.shot("clinician_session")
    tab.press("Write down this session")
    page.get_by_role("tab", name="Camera").wait_for()
    tab.go("Timeline")
    page.get_by_text("inner side 1.5").first.wait_for()
    tab.shot("clinician_timeline_first")


def test_a_photo_is_taken_with_the_camera(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Add photos")
    choose_session(tab, 1)
    page.get_by_role("tab", name="Camera").click()
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("First photo of this view").wait_for()
    tab.shot("clinician_camera")
    page.get_by_role("button", name="Take the photo").click()
    page.get_by_role("button", name="Keep", exact=True).wait_for(timeout=60_000)
    tab.shot("clinician_camera_verdict")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.locator("[data-testid=stMain]").get_by_text("taken", exact=True).first.wait_for(timeout=60_000)
    page.get_by_role("button", name="Stop the camera").click()


def test_many_files_are_stored_and_judged_one_by_one(open_tab, skin):
    tab = open_tab()
    page = tab.page
    tab.go("Add photos")
    choose_session(tab, 1)
    files = [upload("second.jpg", skin(rotation_deg=1.0)), upload("dark.jpg", skin(exposure=0.12))]
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Store 2 photos").wait_for(timeout=60_000)
    tab.quiet()
    tab.choose(re.compile(r"View of dark"), "frontal")
    tab.shot("clinician_files")
    tab.press("Store 2 photos")
    page.locator(".spt-photo").nth(1).wait_for(timeout=60_000)
    assert page.locator(".spt-photo.spt-again").count() == 1  # the dark one, with what to do about it
    tab.shot("clinician_verdicts")


def test_a_file_that_is_no_photo_is_refused_in_words(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Add photos")
    choose_session(tab, 1)
    page.locator("input[type=file]").set_input_files([upload("<img src=x>.jpg", b"not a photo")])
    page.get_by_role("button", name="Store 1 photo").wait_for(timeout=60_000)
    tab.press("Store 1 photo")
    page.locator("[data-testid=stAlertContentError]").wait_for(timeout=60_000)
    assert "<img src=x>.jpg" in page.locator("[data-testid=stAlertContentError]").inner_text()
    tab.shot("clinician_refused_file")


def test_a_follow_up_is_added_at_phone_width(open_tab, skin):
    tab = open_tab(PHONE)
    page = tab.page
    tab.go("Add photos")
    choose_session(tab, 0)
    tab.choose("Kind", "Follow-up")
    tab.press("Write down this session")
    page.get_by_role("tab", name="Files").wait_for()
    page.locator("input[type=file]").set_input_files([upload("later.jpg", skin(blood=0.2, shift_mm=(1, 0)))])
    page.get_by_role("button", name="Store 1 photo").wait_for(timeout=60_000)
    tab.press("Store 1 photo")
    page.locator(".spt-photo").wait_for(timeout=60_000)
    tab.shot("clinician_follow_up")


def test_the_comparison_is_looked_at(open_tab, story):
    tab = open_tab()
    page = tab.page
    tab.go("Compare")
    page.locator(".viewer .after img").wait_for(timeout=120_000)
    tab.quiet()
    story.analysis = page.locator(".viewer .after img").get_attribute("src").split("/")[2]
    page.locator(".viewer input[type=range]").fill("20")
    assert "--at: 20%" in page.locator(".viewer .stage").get_attribute("style")
    for name in ("Redness", "Texture"):
        page.get_by_role("button", name=name, exact=True).click()
        page.locator(".viewer .after img").evaluate("image => image.decode()")
        tab.shot(f"clinician_compare_{name.lower()}")
    for name, mode in (("Blink", "blink"), ("Side by side", "sides"), ("Slider", "slider")):
        page.get_by_role("button", name=name, exact=True).click()
        assert page.locator(".viewer").get_attribute("data-mode") == mode
    page.get_by_role("button", name="Photo", exact=True).click()
    tab.shot("clinician_compare")


def test_the_treated_area_is_outlined(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Compare")
    tab.unfold("Areas: draw or correct them")
    page.locator(".outline svg").wait_for()
    tab.quiet()
    tab.tap(((0.55, 0.18), (0.85, 0.18), (0.85, 0.45), (0.55, 0.45)))
    page.get_by_role("button", name="Save this area").click()
    page.get_by_text(re.compile("Redness .marked area.")).first.wait_for(timeout=120_000)
    tab.unfold("Areas: draw or correct them")
    page.get_by_text(re.compile("Drawn by Dr Eva Berg on")).first.wait_for()
    tab.quiet()
    tab.shot("clinician_outlined")


def test_a_comment_is_written(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Compare")
    tab.unfold("Comments")
    page.get_by_label("New comment").fill("<script>alert(1)</script> paler at the wrist")
    tab.press("Add the comment")
    page.get_by_text("<script>alert(1)</script> paler at the wrist").wait_for()
    tab.shot("clinician_comment")


def test_a_pair_is_graded_without_knowing_its_order(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Blinded review")
    page.locator(".viewer img").first.wait_for()
    html = page.content()
    assert FIRST.isoformat() not in html
    tab.shot("clinician_blinded")
    tab.tick("No difference")
    tab.press("Save the grade")
    page.get_by_text(re.compile("The (later|earlier) photo was")).first.wait_for()
    tab.shot("clinician_blinded_answer")


def test_photos_and_one_number_are_released(open_tab, story):
    tab = open_tab()
    page = tab.page
    tab.go("Compare")
    tab.unfold("What the patient sees")
    tab.tick("Earlier photo,")
    tab.tick("Later photo,")
    tab.choose_several("Numbers", re.compile("^Redness"))
    page.get_by_text("In the words of the patient").wait_for()
    tab.shot("clinician_release")
    tab.press("Save what the patient sees")
    page.get_by_text("3 things are released of this record").wait_for()


def test_a_picture_is_exported_under_the_consent(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Compare")
    tab.unfold("Export this comparison as a picture")
    with page.expect_download() as saved:
        page.get_by_text("Save as JPEG").click()
    picture = Image.open(BytesIO(saved.value.path().read_bytes()))
    assert picture.format == "JPEG"
    assert not picture.getexif()
    assert np.asarray(picture).std() > 5
    tab.go("Exports")
    page.get_by_text("What has left the clinic").wait_for()
    assert page.locator(".spt-table tbody tr").count() == 1
    tab.shot("clinician_exports")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_every_page_of_a_filled_record_can_be_read_and_pressed(open_tab, width):
    tab = open_tab(width)
    for title in tab.links():
        tab.go(title)
        tab.shot(f"clinician_{title.replace(' ', '-').lower()}_filled")


def test_the_patient_is_invited(open_tab, story):
    tab = open_tab(PHONE)
    page = tab.page
    tab.go("Intake")
    tab.unfold("The patient's own access")
    tab.type("Name to sign in with", "l001")
    tab.press("Invite")
    page.get_by_text("It works once, and is shown only now").wait_for()
    assert "/setup/" in page.get_by_text(re.compile("/setup/")).first.inner_text()
    tab.shot("clinician_invitation")


def test_signing_out_ends_it(open_tab, server):
    tab = open_tab()
    page = tab.page
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(f"{server.address}/login")
    tab.shot("door_login")
    page.goto(f"{server.address}/compare")
    page.wait_for_url(f"{server.address}/login")
    server.cookies.clear()


def upload(name, data):
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def choose_session(tab, number):
    """The session with this number; 0 for a new one."""
    tab.choose("Session", "A new session" if number == 0 else re.compile(f"session {number}|Session {number}"))
