"""The camera and the body map in a real browser, alone on a page of their own; the camera plays drawn skin."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tracker import phantom
from tracker.clinic.types import BodySite, Indication, SeriesPlan, SessionKind, View, Visit
from tracker.clinic.workflow import intake, photos
from tracker.clinic.workflow.clinic import Clinic

CHROMIUM = shutil.which("chromium")
SHOTS = Path(__file__).parent / "shots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]

APP = """
import sys
from pathlib import Path

import streamlit as st
from starlette.responses import Response
from starlette.routing import Route

from tracker.clinic.workflow import photos
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import capture, state

CLINIC = Clinic.open(Path(sys.argv[1]))
state.clinic = lambda: CLINIC
capture.clinic_of = lambda request: CLINIC


def picture(request):
    return Response(photos.photo_preview(CLINIC, request.path_params["photo_id"]), media_type="image/jpeg")


settings = {
    "server.port": int(sys.argv[2]),
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": False,
    "theme.base": "light",
}
st.App(Path(__file__).parent / "page.py", routes=[*capture.ROUTES, Route("/img/{photo_id}", picture)]).run(
    config=settings
)
"""
PAGE = """
import streamlit as st

from tracker.clinic.types import BodySite, View
from tracker.clinic.workflow import capture
from tracker.dashboard import state
from tracker.dashboard.widgets.body_map import body_map
from tracker.dashboard.widgets.camera import Shot, camera

st.set_page_config(layout="wide")
if st.query_params.get("show") == "body":
    site, detail = st.session_state.get("place", (None, ""))
    chosen = body_map(site, detail, key="body")
    if chosen is not None:
        st.session_state["place"] = chosen
        st.rerun()
    st.write(f"Chosen: {site.name if site else 'nothing'}, {detail or 'all of it'}.")
    st.stop()
session_id = st.query_params["session"]
view = View[st.query_params.get("view", "CLOSE_UP")]
stored = camera(Shot(session_id, view, ghost=capture.ghost_of(state.clinic(), session_id, view)), key="camera")
if stored:
    st.session_state["stored"] = [*st.session_state.get("stored", []), stored]
st.write(f"Stored here: {len(st.session_state.get('stored', []))}.")
"""


def drawn(**pose):
    """Pixels of skin with the card beside it, 960 x 720."""
    spec = phantom.SceneSpec(phantom.SITES["cheek"], 45, (160, 120), 6.0, ())
    target = phantom.Placement(phantom.tracker_card(), (20, 24))
    visit = phantom.Visit(pose=phantom.Pose(**pose), targets=(target,))
    # A little darker: Chromium stretches what its false camera plays, and the card's white would be cut off.
    return (phantom.photograph(phantom.make_scene(spec, 5), visit, 5).encoded * 0.85).astype(np.uint8)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Files that a camera plays: the skin as it was, and from too far away."""
    folder = tmp_path_factory.mktemp("films")
    for name, pose in (("same", {}), ("far", {"zoom": 0.8})):
        (folder / f"{name}.mjpeg").write_bytes(phantom.jpeg(drawn(**pose)) * 4)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Address of the page, and the ids of a first and a second session."""
    folder = tmp_path_factory.mktemp("camera")
    (folder / "clinic").mkdir()
    (folder / "app.py").write_text(APP)
    (folder / "page.py").write_text(PAGE)
    with Clinic.open(folder / "clinic") as clinic:
        series = intake.add_series(
            clinic, intake.add_patient(clinic).id, SeriesPlan(Indication.REDNESS, BodySite.FOREARM)
        )
        visits = [
            intake.add_session(clinic, series.id, Visit(date(2026, month, 2), SessionKind.FOLLOW_UP))
            for month in (3, 4)
        ]
        photos.add_photo(clinic, visits[0].id, phantom.jpeg(drawn()), "first.jpg", View.CLOSE_UP)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(folder / "app.py"), str(folder / "clinic"), str(port)]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=folder, env=os.environ | {"OMP_NUM_THREADS": "1"}) as process:
        try:
            for _ in range(400):
                try:
                    urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
                    break
                except urllib.error.URLError:
                    time.sleep(0.1)
            yield address, visits[0].id, visits[1].id
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def opened(playwright, server, films):
    """Opens the page with a film in the camera, at a width; ``page.complaints`` holds what went wrong."""
    running = []

    def open_page(film, width="desk", query="", extra=()):
        camera = [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={films / f'{film}.mjpeg'}",
        ]
        flags = [*FLAGS, *(camera if film else []), *extra]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        running.append(chromium)
        size = WIDTHS[width]
        page = chromium.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"{server[0]}/?{query or f'session={server[2]}'}")
        return page

    yield open_page
    for one in running:
        one.close()


def shot(page, name):
    """A picture for people to look at."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}_{page.viewport_size['width']}.png")


def narrow_enough(page):
    return page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


def start(page):
    page.get_by_role("button", name="Start the camera").click()
    page.locator(".camera .live").wait_for()


@pytest.mark.parametrize("width", list(WIDTHS))
def test_a_good_photo_is_coached_taken_and_kept(opened, server, width):
    page = opened("same", width)
    start(page)
    page.locator(".said.good").wait_for(timeout=30_000)
    assert page.locator(".said").inner_text() == "✓ Good: take the photo"
    size = page.locator(".said").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 23  # read at arm's length on a phone
    assert page.locator(".ghost").evaluate("one => one.complete && one.naturalWidth > 0")
    shot(page, "camera_good")
    assert narrow_enough(page)
    page.keyboard.press("Space")  # the shutter has the focus
    page.get_by_role("button", name="Keep", exact=True).wait_for(timeout=30_000)
    assert "can be compared with the last photo" in page.locator(".verdict").inner_text()
    shot(page, "camera_verdict")
    page.keyboard.press("Enter")
    page.get_by_text("Stored here: 1.").wait_for(timeout=30_000)
    assert page.locator(".camera .live").is_visible()  # the camera goes on
    page.locator(".said.good").wait_for(timeout=30_000)
    page.get_by_role("button", name="Stop the camera").click()
    assert page.get_by_role("button", name="Start the camera").is_visible()
    assert page.complaints == []


@pytest.mark.parametrize("width", list(WIDTHS))
def test_from_too_far_it_says_closer_and_a_retake_leaves_nothing(opened, server, width):
    page = opened("far", width)
    start(page)
    page.get_by_text("Closer", exact=True).wait_for(timeout=30_000)
    shot(page, "camera_closer")
    page.locator(".stage").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Better take it again.").first.wait_for(timeout=30_000)
    page.get_by_text("Not like the last photo: Closer.").wait_for()
    shot(page, "camera_retake")
    assert narrow_enough(page)
    page.get_by_role("button", name="Take it again").click()
    page.get_by_text("Closer", exact=True).wait_for(timeout=30_000)
    assert page.get_by_text("Stored here: 0.").is_visible()
    assert page.complaints == []


def test_ghost_grid_and_coaching_can_be_switched_off(opened):
    page = opened("same")
    start(page)
    page.locator(".said.good").wait_for(timeout=30_000)
    page.get_by_label("How strongly the last photo is shown").fill("80")
    assert page.locator(".ghost").evaluate("one => getComputedStyle(one).opacity") == "0.8"
    page.get_by_label("Show the last photo").uncheck()
    assert page.locator(".ghost").is_hidden()
    page.get_by_label("Grid").uncheck()
    assert page.locator(".grid").is_hidden()
    page.get_by_label("Say what to change").uncheck()
    assert page.locator(".said").is_hidden()
    asked = []
    page.on("request", lambda sent: asked.append(sent.url) if "/coach/" in sent.url else None)
    page.wait_for_timeout(2500)
    assert len(asked) <= 1  # one may have been on its way
    page.get_by_label("Say what to change").check()
    page.wait_for_timeout(3000)
    assert 2 <= len(asked) <= 5
    mirrored = page.locator("video").evaluate("one => getComputedStyle(one).transform")
    assert mirrored == "none"


def test_the_first_photo_of_a_view_has_no_ghost(opened, server):
    page = opened("same", query=f"session={server[1]}")
    start(page)
    page.get_by_text("First photo of this view").wait_for()
    assert page.locator(".ghost").is_hidden()
    shot(page, "camera_first")


def test_without_a_camera_it_says_what_to_do(opened):
    page = opened("")
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("No camera was found.").wait_for()
    shot(page, "camera_none")


def test_a_refused_camera_says_where_to_allow_it(opened):
    deny = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
    page = opened("", extra=deny)
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("The camera is not allowed.").wait_for()


@pytest.mark.parametrize("width", list(WIDTHS))
def test_the_body_is_pointed_at_with_the_mouse_and_by_keyboard(opened, width):
    page = opened("", width, query="show=body")
    page.get_by_text("Nothing is chosen yet.").wait_for()
    assert narrow_enough(page)
    page.get_by_role("button", name="Face: left cheek").click()
    page.get_by_text("Chosen: FACE, left cheek.").wait_for()
    assert page.get_by_role("button", name="Face: left cheek").get_attribute("aria-pressed") == "true"
    assert page.locator(".tick").count() == 1
    shot(page, "body_face")
    # The patient's left is on the right of a face, and on the left of a back.
    boxes = {
        name: page.get_by_role("button", name=name, exact=True).bounding_box()
        for name in ("Face: left cheek", "Face: right cheek", "Hands: left palm", "Hands: right palm")
    }
    assert boxes["Face: left cheek"]["x"] > boxes["Face: right cheek"]["x"]
    assert boxes["Hands: left palm"]["x"] > boxes["Hands: right palm"]["x"]
    behind = [
        page.get_by_role("button", name=f"Hands: back of the {side} hand").bounding_box() for side in ("left", "right")
    ]
    assert behind[0]["x"] < behind[1]["x"]
    zones = page.locator("g.zone")
    sizes = [zones.nth(number).bounding_box() for number in range(zones.count())]
    assert min(min(box["width"], box["height"]) for box in sizes) >= 24
    page.get_by_role("button", name="Abdomen").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Chosen: ABDOMEN, all of it.").wait_for()
    page.get_by_role("button", name="Another place").focus()
    page.keyboard.press("Space")
    page.get_by_text("Chosen: OTHER, all of it.").wait_for()
    page.get_by_role("button", name="Arms: back of the left upper arm").click()
    page.get_by_text("Chosen: ARMS, back of the left upper arm.").wait_for()
    page.screenshot(path=SHOTS / f"body_arm_{page.viewport_size['width']}.png", full_page=True)
    assert page.complaints == []
