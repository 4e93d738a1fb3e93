"""Chromium, a real server over a drawn clinic with accounts, and tabs that collect everything that goes wrong."""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

CHROMIUM = shutil.which("chromium")
PROJECT = Path(__file__).resolve().parents[2]
SHOTS = Path(__file__).parent / "shots"
LOOK = (Path(__file__).parent / "look.js").read_text()
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
]
DESK, PHONE = 1440, 390
HEIGHTS = {DESK: 900, PHONE: 844}
PASSWORDS = {
    "dr.lind": "copper lantern orbit meadow",
    "sam.staff": "walnut harbour violin thunder",
    "ada.admin": "granite teapot comet orchard",
    "p001": "pebble juniper trumpet canal",
}
"""Of the accounts of the drawn clinic: a clinician, staff, an administrator, and the patient P-001."""
FILM = "camera.mjpeg"


@dataclass
class Server:
    """A running dashboard: its address, its folder, and the cookies of who has signed in."""

    address: str
    home: Path
    seconds: float
    process: subprocess.Popen
    cookies: dict = field(default_factory=dict)


def ask(address, host=None):
    """Status of a GET, with another Host where one is named."""
    request = urllib.request.Request(address, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


class Served:
    """A server over a folder, as a context."""

    def __init__(self, home, log=None):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.home, self.log = home, log

    def __enter__(self):
        command = [sys.executable, "-m", "tracker.dashboard", "--port", str(self.port)]
        environment = os.environ | {"TRACKER_HOME": str(self.home), "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        self.output = open(self.log, "wb") if self.log else subprocess.DEVNULL
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=self.home, env=environment, stdout=self.output)
        address = f"http://127.0.0.1:{self.port}"
        while time.monotonic() - started < 90 and process.poll() is None:
            try:
                ask(f"{address}/health")
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        self.server = Server(address, self.home, time.monotonic() - started, process)
        return self.server

    def __exit__(self, *_):
        self.server.process.terminate()
        self.server.process.wait(20)
        if self.log:
            self.output.close()


def loaded(name, path):
    """A file of tests as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # a dataclass looks its own module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def drawn_with_accounts(tmp_path_factory):
    """The folder of the drawn clinic with accounts and every comparison made; copied, never served itself."""
    from tracker.clinic.types import Role
    from tracker.clinic.workflow import accounts, door, intake, review
    from tracker.clinic.workflow.clinic import Clinic

    home = tmp_path_factory.mktemp("template") / "clinic"
    home.mkdir()
    loaded("drawn", PROJECT / "tests" / "dashboard" / "conftest.py").draw_clinic(home)
    with Clinic.open(home) as clinic:
        patient = intake.list_patients(clinic)[0]
        people = {
            "dr.lind": ("Dr Lind", {Role.CLINICIAN, Role.ADMIN}, ""),
            "sam.staff": ("Sam", {Role.STAFF}, ""),
            "ada.admin": ("Ada", {Role.ADMIN}, ""),
            "p001": ("", {Role.PATIENT}, patient.id),
        }
        for login, (name, roles, patient_id) in people.items():
            _, token = accounts.add_user(clinic, login, name, frozenset(roles), patient_id)
            door.accept(clinic, token, PASSWORDS[login])
        for series in intake.list_series(clinic, patient.id):
            review.measure_series(clinic, series.id)
    return home


@pytest.fixture(scope="session")
def serve():
    """The context :class:`Served`: a server over a folder."""
    return Served


@pytest.fixture(scope="module")
def server(drawn_with_accounts, tmp_path_factory):
    """A server over a copy of the drawn clinic; the tests of one file share it."""
    home = tmp_path_factory.mktemp("served") / "clinic"
    shutil.copytree(drawn_with_accounts, home)
    with Served(home) as server:
        yield server


@pytest.fixture(scope="session")
def skin():
    """A function that draws the same skin with the card beside it, as JPEG, 960 x 720."""
    from tracker import phantom

    patches = tuple(
        phantom.Lesion(phantom.Kind.PAPULE, (x, y), 9, 9, 0.05, blood=2.5, seed=x) for x, y in ((20, -24), (42, -22))
    )

    def drawn(blood=1.8, exposure=0.85, **pose):
        lesions = tuple(one.changed(blood=blood) for one in patches)
        spec = phantom.SceneSpec(phantom.SITES["cheek"], 45, (160, 120), 6.0, lesions)
        targets = (phantom.Placement(phantom.tracker_card(), (20, 24)),)
        visit = phantom.Visit(pose=phantom.Pose(**pose), targets=targets)
        shot = phantom.photograph(phantom.make_scene(spec, 5), visit, 5)
        # A little darker: Chromium stretches what its false camera plays, and the card's white would be cut off.
        return phantom.jpeg((shot.encoded * exposure).astype(np.uint8))

    return drawn


@pytest.fixture(scope="module")
def playwright():
    """Playwright, running; there can be only one in a process."""
    if CHROMIUM is None:
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright, skin, tmp_path_factory):
    """Chromium whose camera plays a film of drawn skin."""
    film = tmp_path_factory.mktemp("film") / FILM
    film.write_bytes(skin() * 4)
    camera = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *camera])
    yield chromium
    chromium.close()


def _counts(failed):
    """Whether a request that failed is a complaint: the icon of a page that is left at once is none."""
    return not failed.url.endswith("/door.svg")


def _exactly(label):
    return {"exact": True} if isinstance(label, str) else {}


def _words(said):
    return f"{said.text} ({said.location.get('url', '')})"


class Tab:
    """One tab of a browser; what goes wrong in it stands in ``complaints``."""

    def __init__(self, context, address):
        self.context, self.address, self.complaints = context, address, []
        self.page = page = context.new_page()
        self.width = page.viewport_size["width"]
        page.set_default_timeout(30_000)
        page.on("console", lambda said: self._complain(_words(said)) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.on("requestfailed", lambda failed: self._complain(f"failed: {failed.url}") if _counts(failed) else None)
        page.on("request", lambda sent: self._complain(f"elsewhere: {sent.url}") if self._foreign(sent.url) else None)

    def _complain(self, words):
        self.complaints.append(words)

    def _foreign(self, url):
        return not url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:", "about:"))

    def sign_in(self, login, password=""):
        """Through the real page, to the first page of the person."""
        page = self.page
        page.goto(f"{self.address}/login")
        page.get_by_label("Login", exact=True).fill(login)
        page.locator("#password").fill(password or PASSWORDS[login])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{self.address}/**")
        self.settle()

    def settle(self, title=""):
        """Wait until a page, with this title if one is given, has finished its run and its pictures are there."""
        words = re.compile(f"^{re.escape(title)}$") if title else re.compile("")
        self.page.locator("h1").filter(has_text=words).first.wait_for(timeout=60_000)
        self.page.evaluate(LOOK)
        self.page.evaluate("() => looking.quiet()")

    def links(self):
        """Titles of all pages in the menu, in order; those under a heading too."""
        return list(dict.fromkeys(title for title, _ in self._menu()))

    def _menu(self):
        selector = ".st-key-phone_navigation a" if self.width < 640 else "[data-testid=stTopNavLink]"
        plain = [(one.inner_text().strip(), one) for one in self.page.locator(selector).all()]
        if self.width < 640:
            return [(title.splitlines()[-1], one) for title, one in plain]
        found = [(title.splitlines()[-1], one) for title, one in plain]
        for heading in self.page.locator("[data-testid=stTopNavSection]").all():
            heading.click()
            self.page.locator("[data-testid=stTopNavDropdownLink]").first.wait_for()
            for one in self.page.locator("[data-testid=stTopNavDropdownLink]").all():
                found.append((one.inner_text().strip().splitlines()[-1], heading))
            self.page.keyboard.press("Escape")
            self.page.locator("[data-testid=stTopNavDropdownLink]").first.wait_for(state="detached")
        return found

    def go(self, title):
        """By the menu to the page with this title."""
        page = self.page
        if self.width < 640:
            page.locator(".st-key-phone_navigation").get_by_role("link", name=title, exact=True).click()
        else:
            plain = page.locator("[data-testid=stTopNavLink]").filter(has_text=re.compile(f"{re.escape(title)}$"))
            if plain.count():
                plain.first.click()
            else:
                self._by_heading(title)
        self.settle(title)

    def _by_heading(self, title):
        wanted = self.page.locator("[data-testid=stTopNavDropdownLink]").filter(
            has_text=re.compile(f"{re.escape(title)}$")
        )
        for heading in self.page.locator("[data-testid=stTopNavSection]").all():
            heading.click()
            self.page.locator("[data-testid=stTopNavDropdownLink]").first.wait_for()
            if wanted.count():
                wanted.first.click()
                return
            self.page.keyboard.press("Escape")
            self.page.locator("[data-testid=stTopNavDropdownLink]").first.wait_for(state="detached")
        raise AssertionError(f"no page {title!r} in the menu")

    def press(self, label, **named):
        """A button of the page, and wait until it has done its work."""
        self.page.get_by_role("button", name=label, exact=named.pop("exact", True)).first.click(**named)
        self.page.evaluate("() => looking.quiet()")

    def choose(self, label, option):
        """One of the options of a list that opens."""
        self._pick(label, option)
        self.quiet()

    def choose_several(self, label, *options):
        """Options of a list that takes several."""
        for option in options:
            self._pick(label, option)
        self.page.keyboard.press("Escape")
        self.quiet()

    def _pick(self, label, option):
        """Open the list and press the option; again where a run of the page closed the list in between."""
        wanted = self.page.get_by_role("option", name=option).first
        for patience in (3_000, 6_000, 30_000):
            self.quiet()
            self.page.get_by_role("combobox", name=label, **_exactly(label)).first.click()
            try:
                wanted.click(timeout=patience)
                return
            except Exception as error:
                if "Timeout" not in type(error).__name__:  # Playwright's own; it is imported only where it runs
                    raise
                self.page.keyboard.press("Escape")
        raise AssertionError(f"no option {option!r} in {label!r}")

    def type(self, label, words):
        """Into a field, and out of it again, which tells the server."""
        field = self.page.get_by_label(label, exact=True).first
        field.fill(words)
        field.press("Tab")
        self.quiet()

    def date(self, label, day):
        """Into a field of a date."""
        self.page.get_by_role("spinbutton", name=f"year, {label}").click()
        self.page.keyboard.type(f"{day:%Y%m%d}")
        self.page.keyboard.press("Tab")
        self.quiet()

    def tick(self, words, exact=False):
        """A check box, a radio button or a switch, by its words: what is pressed is the label, as with a finger."""
        self.page.locator("label").filter(
            has_text=re.compile(f"^{re.escape(words)}$" if exact else re.escape(words))
        ).locator("visible=true").first.click()
        self.quiet()

    def unfold(self, title):
        """A part of the page that is folded."""
        fold = self.page.locator("[data-testid=stExpander]").filter(has=self.page.locator("summary", has_text=title))
        if not fold.first.locator("details").first.evaluate("one => one.open"):
            fold.first.locator("summary").click()
        self.quiet()
        return fold.first

    def quiet(self):
        """Wait until the run that goes on is over."""
        self.page.evaluate("() => looking.quiet()")

    def tap(self, corners):
        """Tap corners on the outline editor, as shares of its photo; each tap waits until the picture is in sight."""
        from playwright.sync_api import expect

        self.quiet()  # nothing above the picture moves it any more
        canvas = self.page.locator(".outline svg")
        for number, (x, y) in enumerate(corners, 1):
            box = canvas.bounding_box()
            canvas.click(position={"x": x * box["width"], "y": y * box["height"]})
            expect(self.page.locator(".outline circle")).to_have_count(number)

    def shot(self, name):
        """A picture of the whole page for people to look at; what cannot be read or pressed on it is a complaint."""
        SHOTS.mkdir(exist_ok=True)
        self.page.evaluate(LOOK)
        self.quiet()
        main = "document.querySelector('[data-testid=stMain]')"
        high = self.page.evaluate(f"() => {main} ? {main}.scrollHeight + 80 : document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": self.width, "height": max(HEIGHTS[self.width], min(int(high), 6000))})
        self.page.screenshot(path=SHOTS / f"{name}_{self.width}.png")
        self.page.set_viewport_size({"width": self.width, "height": HEIGHTS[self.width]})
        self.complaints += [f"{name}_{self.width}: {fault}" for fault in self.faults()]

    def faults(self):
        """What is wrong with the page as it is seen: width, contrast, targets, pictures, alarms."""
        self.page.evaluate(LOOK)
        return self.page.evaluate("() => looking.faults()")


@pytest.fixture
def tabs(browser):
    """A function that opens a tab at a width, signed in if a login is given; nothing may go wrong in any of them."""
    contexts, opened = [], []

    def open_tab(server, width=DESK, login="", beside=None, **options):
        if beside is None:
            state = server.cookies.get(login)
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHTS[width]},
                accept_downloads=True,
                storage_state=state,
                locale="en-GB",
                **options,
            )
            contexts.append(context)
        else:
            context = beside.context
        tab = Tab(context, server.address)
        opened.append(tab)
        if login and beside is None and server.cookies.get(login) is None:
            tab.sign_in(login)
            server.cookies[login] = context.storage_state()
        elif login:
            tab.page.goto(server.address)
            tab.settle()
        return tab

    yield open_tab
    complaints = [one for tab in opened for one in tab.complaints]
    for context in contexts:
        context.close()
    assert complaints == []
