"""An administrator in a browser: accounts, the audit log, and no photo anywhere; tabs that end when they must."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tracker.clinic.workflow import door, intake, photos
from tracker.clinic.workflow.clinic import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, PHONE = 1440, 390
PASSWORD = "summer bicycle marzipan tower"


def account(tab, login):
    """The card of an account."""
    return tab.page.locator("[class*=st-key-account_]").filter(has_text=login).last


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_an_administrator_sees_no_photo_anywhere(tabs, server, width):
    tab = tabs(server, width, "ada.admin")
    asked = []
    tab.page.on("request", lambda sent: asked.append(sent.url) if "/img/" in sent.url else None)
    titles = tab.links()
    assert sorted(titles) == ["Accounts", "Audit log", "My account", "Settings", "Store"]
    for title in titles:
        tab.go(title)
        tab.shot(f"admin_{title.replace(' ', '-').lower()}")
        assert tab.page.locator("[data-testid=stMain] img").count() == 0
    assert asked == []
    with Clinic.open(server.home) as clinic:
        patient = intake.list_patients(clinic)[0]
        session = intake.list_sessions(clinic, intake.list_series(clinic, patient.id)[0].id)[0]
        photo = photos.list_photos(clinic, session.id)[0].id
    for address in (f"/img/{photo}", f"/export/everything/{patient.id}"):
        assert tab.context.request.get(f"{server.address}{address}").status in (403, 404), address
    tab.page.goto(f"{server.address}/timeline")
    tab.settle()
    assert tab.page.locator("h1").first.inner_text() != "Timeline"
    assert "Roe" not in tab.page.content()  # of a patient's account the code is shown, never the name
    tab.complaints.clear()  # the browser asks beside a typed address first and tells each refusal


def test_an_account_is_added_used_and_disabled_while_a_tab_is_open(tabs, server):
    admin = tabs(server, DESK, "ada.admin")
    page = admin.page
    admin.go("Accounts")
    admin.unfold("Add an account")
    admin.type("Login", "new.staff")
    admin.type("Name (optional)", "<i>Kim</i>")
    admin.choose_several("Roles", "Staff")
    admin.press("Add account")
    page.locator(".st-key-new_link").get_by_text("/setup/").wait_for()
    page.get_by_text("One-time link for new.staff").wait_for()
    link = re.search(r"http://\S+/setup/\S+", page.locator(".st-key-new_link").inner_text()).group()
    admin.shot("admin_new_link")
    admin.press("I have passed it on")
    page.get_by_text("One-time link for").wait_for(state="detached")

    other = tabs(server, DESK)
    other.page.goto(link)
    other.page.locator("#password").fill(PASSWORD)
    other.page.locator("#again").fill(PASSWORD)
    other.page.get_by_role("button", name="Set the password").click()
    other.page.get_by_text("Your password is set.").wait_for()
    other.sign_in("new.staff", PASSWORD)
    other.settle("Bookings")

    admin.page.reload()
    admin.settle("Accounts")
    account(admin, "new.staff").locator("label").filter(has_text="Change").click()
    account(admin, "new.staff").get_by_role("button", name="Disable", exact=True).click()
    account(admin, "new.staff").get_by_text("disabled since").wait_for()
    admin.shot("admin_disabled")
    other.page.wait_for_url(f"{server.address}/login", timeout=20_000)  # nothing was pressed in that tab
    other.complaints.clear()  # the browser tells the refusal
    assert "Bookings" not in other.page.content()

    admin.go("Audit log")
    log = admin.page.locator("[data-testid=stMain]")
    log.get_by_text("new.staff").first.wait_for()
    log.get_by_text(re.compile("disabled")).first.wait_for()
    admin.shot("admin_audit")


def test_signing_out_in_one_tab_empties_the_other(tabs, server):
    first = tabs(server, DESK)
    first.sign_in("dr.lind")
    second = tabs(server, DESK, "dr.lind", beside=first)
    second.go("Patients")
    second.page.get_by_text("P-001").first.wait_for()
    first.page.get_by_role("button", name="Sign out", exact=True).click()
    first.page.wait_for_url(f"{server.address}/login")
    second.page.wait_for_url(f"{server.address}/login", timeout=20_000)
    assert "P-001" not in second.page.content()
    second.complaints.clear()  # the browser tells the refusal


def seen(tab, server):
    """When the person of a tab was last at work."""
    token = next(one["value"] for one in tab.context.cookies() if one["name"].endswith("tracker_session"))
    with Clinic.open(server.home) as clinic, clinic.store.read() as records:
        return records.sign_in_by_token(door.digest(token)).seen


def set_seen(tab, server, ago):
    """Move back when the person of a tab was last at work, as if that time had passed."""
    token = next(one["value"] for one in tab.context.cookies() if one["name"].endswith("tracker_session"))
    with Clinic.open(server.home) as clinic, clinic.store.write() as records:
        sign_in = records.sign_in_by_token(door.digest(token))
        records.touch_sign_in(sign_in.id, datetime.now(UTC) - ago)


def test_idle_time_is_warned_of_and_ends(tabs, server):
    tab = tabs(server, PHONE)
    tab.sign_in("ada.admin")
    tab.go("Accounts")
    set_seen(tab, server, door.IDLE - timedelta(seconds=80))
    tab.page.get_by_text("You will be signed out in 2 minutes").wait_for(timeout=20_000)
    tab.shot("admin_soon_out")
    tab.page.get_by_role("button", name="Stay signed in").click()
    tab.page.get_by_text("You will be signed out in 2 minutes").wait_for(state="hidden")
    for _ in range(100):  # the run that the button asks for is what counts as work
        if datetime.now(UTC) - seen(tab, server) < timedelta(seconds=60):
            break
        tab.page.wait_for_timeout(100)
    tab.quiet()
    set_seen(tab, server, door.IDLE + timedelta(seconds=1))
    tab.page.wait_for_url(f"{server.address}/login", timeout=20_000)
    assert "dr.lind" not in tab.page.content()
    tab.complaints.clear()  # the browser tells the refusal
    server.cookies.clear()
