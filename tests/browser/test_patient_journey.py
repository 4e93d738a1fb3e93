"""A patient's way through the own pages, on a phone first: nothing that was not released is anywhere."""

import re
import zipfile
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from tracker.clinic.types import SessionKind, View, Visit
from tracker.clinic.workflow import accounts, intake, photos, releasing
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard.menu import ENTRIES
from tracker.imaging.types import Metric
from tracker.wording import spoken, t

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, PHONE = 1440, 390
PASSWORD = "marble lantern cricket shelf"
NOTE = "a note of the clinic that no patient reads"


@pytest.fixture(scope="module")
def record(server, skin):
    """What the clinic did before: two of three photos and one number released; a second patient with a photo."""
    with Clinic.open(server.home) as clinic:
        patient = intake.list_patients(clinic)[0]
        series = intake.list_series(clinic, patient.id)[0]
        yesterday = date.today() - timedelta(1)
        intake.add_session(clinic, series.id, Visit(yesterday, SessionKind.TREATMENT, "pen", 1.0, notes=NOTE))
        waiting = releasing.releasable(clinic, patient.id)
        first, kept_back, last = (one.photo.id for one in waiting.photos)
        for photo_id in (first, last):
            releasing.release_photo(clinic, photo_id)
        pair = next(
            one for one in waiting.numbers if one.change.metric is Metric.REDNESS and one.day > date(2026, 4, 1)
        )
        releasing.release_number(clinic, pair.analysis_id, pair.change.metric, pair.change.region)
        other = next(one.analysis_id for one in waiting.numbers if one.analysis_id != pair.analysis_id)
        somebody = intake.add_patient(clinic, "P-002", "Somebody Else")
        theirs = intake.add_series(clinic, somebody.id, series.plan)
        visit = intake.add_session(clinic, theirs.id, Visit(yesterday, SessionKind.BASELINE))
        foreign = photos.add_photo(clinic, visit.id, skin(), "theirs.jpg", View.CLOSE_UP).id
        link = accounts.new_link_for_patient(clinic, patient.id)
    return SimpleNamespace(
        patient=patient, released=(first, last), kept_back=kept_back, analysis=pair.analysis_id, other=other,
        somebody=somebody, foreign=foreign, link=f"{server.address}/setup/{link}",
    )  # fmt: skip


@pytest.fixture
def open_tab(tabs, server, record):
    """A function that opens a tab of the patient."""

    def opened(width=PHONE):
        if "p001" in server.cookies:
            return tabs(server, width, "p001")
        tab = tabs(server, width)
        tab.sign_in("p001", PASSWORD)
        server.cookies["p001"] = tab.context.storage_state()
        return tab

    return opened


def status(tab, address):
    """Of a request that the patient's browser makes itself."""
    return tab.context.request.get(f"{tab.address}{address}").status


def test_an_invitation_sets_the_password_and_leads_to_today(tabs, server, record):
    tab = tabs(server, PHONE)
    page = tab.page
    page.goto(record.link)
    assert page.get_by_label("Login").input_value() == "p001"
    page.locator("#password").fill("passwordpassword1")
    page.locator("#again").fill("passwordpassword1")
    page.get_by_role("button", name="Set the password").click()
    page.locator("#error").wait_for()  # too easy to guess, told in a sentence
    tab.complaints.clear()  # the browser tells the refusal
    tab.shot("patient_weak_password")
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.get_by_text("Your password is set.").wait_for()
    tab.shot("patient_login")
    tab.sign_in("p001", PASSWORD)
    server.cookies["p001"] = tab.context.storage_state()
    tab.settle("Today")
    assert tab.links() == ["Today", "My progress", "Diary", "Consents and data", "My account"]


def test_today_tells_what_to_do_and_what_to_avoid(open_tab):
    tab = open_tab()
    page = tab.page
    tab.settle("Today")
    for words in ("1 day after your treatment", "Today: do", "Today: avoid", "Call your clinic", "you are here"):
        page.get_by_text(words).first.wait_for()
    tab.shot("patient_today")


def test_progress_shows_what_was_released_and_goes_by_keyboard(open_tab, record):
    tab = open_tab()
    page = tab.page
    tab.go("My progress")
    sources = [one.get_attribute("src") for one in page.locator("img").all()]
    assert {f"/img/{record.analysis}/{side}/photo" for side in ("before", "after")} <= set(sources)
    slider = page.locator(".viewer input[type=range]")
    slider.focus()
    at = float(slider.input_value())
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert float(slider.input_value()) < at
    said = page.locator(".spt-change")
    assert said.count() == 1
    assert re.search("measurement noise|no change that we could have seen", said.inner_text(), re.IGNORECASE)
    tab.shot("patient_progress")


def test_numbers_can_be_hidden(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("My progress")
    with_numbers = page.locator(".spt-change").inner_text()
    assert re.search(r"\d\s[H%]", with_numbers)
    tab.go("My account")
    tab.tick("Hide numbers: tell me changes in words only")
    tab.shot("patient_account")
    tab.go("My progress")
    without = page.locator(".spt-change").inner_text()
    assert not re.search(r"\d\s[H%]|In numbers", without)
    tab.shot("patient_progress_words_only")
    tab.go("My account")
    tab.tick("Hide numbers: tell me changes in words only")


def test_the_diary_takes_words_and_a_photo_from_home(open_tab, skin):
    tab = open_tab()
    page = tab.page
    tab.go("Diary")
    page.get_by_role("radiogroup", name="Redness").locator("label").filter(has_text="moderate").click()
    page.get_by_label("In your words (optional)").fill("<b>warm</b> in the evening")
    picture = {"name": "<i>home</i>.jpg", "mimeType": "image/jpeg", "buffer": skin(exposure=0.7)}
    page.locator("input[type=file]").set_input_files([picture])
    page.get_by_text("home</i>.jpg").first.wait_for()
    tab.quiet()
    tab.press("Save")
    entry = page.locator(".spt-entry")
    entry.first.wait_for()
    tab.quiet()
    assert "<b>warm</b> in the evening" in entry.first.inner_text()
    assert "not comparable" in entry.first.inner_text()
    page.locator(".spt-entry img").first.scroll_into_view_if_needed()
    tab.quiet()
    tab.shot("patient_diary")


def test_a_consent_is_given_and_withdrawn(open_tab):
    tab = open_tab()
    page = tab.page
    tab.go("Consents and data")
    card = page.locator(".st-key-consent_teaching")
    card.get_by_role("button", name=re.compile("Give consent")).click()
    page.get_by_role("button", name="Yes, I consent").wait_for()
    tab.shot("patient_consent_asked")
    tab.press("Yes, I consent")
    card.get_by_text(re.compile("^Given on")).wait_for()
    card.get_by_role("button", name=re.compile("Withdraw")).click()
    page.get_by_role("button", name="Yes, withdraw").wait_for()
    tab.press("Yes, withdraw")
    card.get_by_text(re.compile("^Withdrawn on")).wait_for()
    tab.shot("patient_consents")


def test_everything_can_be_taken_home(open_tab, record, tmp_path):
    tab = open_tab()
    page = tab.page
    tab.go("Consents and data")
    with page.expect_download() as saved:
        page.get_by_text("Download everything about me").click()
    saved.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        everything = archive.read("everything.json").decode()
    assert sum(name.startswith("photos/") for name in names) == 3
    assert sum(name.startswith("diary/") for name in names) == 1
    assert "warm" in everything
    assert record.somebody.id not in everything
    assert "Somebody Else" not in everything


def test_the_language_changes_and_changes_back(open_tab):
    with spoken("de"):
        progress = t("My progress")
    if progress == "My progress":
        pytest.skip("the German catalogue is empty")
    tab = open_tab()
    page = tab.page
    tab.go("My account")
    tab.choose("Language", "Deutsch")
    page.get_by_role("link", name=progress).first.wait_for(state="attached")
    tab.quiet()
    tab.shot("patient_account_german")
    tab.go(progress)
    tab.shot("patient_progress_german")
    with spoken("de"):
        today, account, label = t("Today"), t("My account"), t("Language")
    tab.go(today)
    tab.shot("patient_today_german")
    tab.go(account)
    tab.choose(label, "English")
    page.get_by_role("link", name="My progress").first.wait_for(state="attached")


def test_what_was_not_released_is_nowhere(open_tab, record):
    tab = open_tab()
    page = tab.page
    hidden = (record.kept_back, record.other, record.foreign, record.somebody.id, NOTE, "Somebody Else", "P-002")
    for title in tab.links():
        tab.go(title)
        told = page.content()
        assert [one for one in hidden if one in told] == [], title
    for address in (
        f"/img/{record.kept_back}",
        f"/img/{record.foreign}?w=640",
        f"/img/{record.other}/before/photo",
        f"/img/{record.analysis}/after/redness",  # a number in colours
        f"/export/comparison/{record.analysis}?purpose=TEACHING",
        f"/export/everything/{record.somebody.id}",
        "/export/report?indication=REDNESS&kind=csv",
    ):
        assert status(tab, address) in (403, 404), address
    for photo_id in record.released:
        assert status(tab, f"/img/{photo_id}") == 200


def test_pages_of_the_clinic_show_nothing_when_their_address_is_typed(open_tab, server):
    tab = open_tab()
    for entry in ENTRIES:
        if entry.file.startswith("own_") or entry.file == "account.py":
            continue
        tab.page.goto(f"{server.address}/{entry.file.removesuffix('.py')}")
        tab.settle()
        assert tab.page.locator("h1").first.inner_text() == "Today", entry.file
        assert "P-002" not in tab.page.content()
    tab.complaints.clear()  # the browser asks beside a typed address first and tells each refusal


def test_every_page_at_the_desk_and_signing_out(open_tab, server):
    tab = open_tab(DESK)
    for title in tab.links():
        tab.go(title)
        tab.shot(f"patient_{title.replace(' ', '-').lower()}_desk")
    tab.page.get_by_role("button", name="Sign out", exact=True).click()
    tab.page.wait_for_url(f"{server.address}/login")
    tab.page.go_back()
    tab.page.wait_for_url(f"{server.address}/login")
    server.cookies.clear()
