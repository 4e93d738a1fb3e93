"""How long a person waits for the dashboard on a big store, in a real browser against the real server.

    python benchmarks/dashboard.py --make FOLDER [--patients 2000 --photos 40000]    # once, about two minutes
    python benchmarks/dashboard.py FOLDER [--json] [--repeats 10] [--only WORD]

Goals: the first useful picture or table within 2 s of opening an address with nothing cached in the browser, every
click settled within 0.4 s. *Settled* means that the script of the page has ended and what was waited for is there: a
heading, a row, or a picture that the browser has decoded; it is looked at in every frame, and nothing sleeps. The clock
of a click runs in the browser, from the event to that frame. The median decides; the 90th percentile stands beside it.

The 12 patients with 12-megapixel photos are opened one after another, so that their pictures are made at first sight:
``first time`` says so, other lines are about what was looked at before. Previews made at upload are part of the store.
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tracker.clinic.types import Role
from tracker.clinic.workflow import door
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard.cookies import session_cookie_name

sys.path.insert(0, str(Path(__file__).parent))
import dashboard_store

FIRST_GOAL_S, CLICK_GOAL_S = 2.0, 0.4
VISITS = 50
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH = """
window.deep = (selector) => {
  const found = [...document.querySelectorAll(selector)];
  for (const one of document.querySelectorAll('*'))
    if (one.shadowRoot) found.push(...one.shadowRoot.querySelectorAll(selector));
  return found;
};
window.rested = () => document.querySelector('[data-test-script-state="notRunning"]') !== null
  && !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]');
window.titled = (words) => [...document.querySelectorAll('h1')].some((one) => one.innerText.trim() === words);
window.shown = (words) => document.body.innerText.includes(words)
  || [...document.querySelectorAll('input')].some((one) => one.value.includes(words));
window.pictured = (selector) => deep(selector).some((one) => one.complete && one.naturalWidth > 0);
"""
PRESS = """async (one, ready) => {
  const done = new Function('return ' + ready), start = performance.now();
  one.click();
  while (!done()) {
    if (performance.now() - start > 60000) throw new Error('not settled in 60 s: ' + ready);
    await new Promise(requestAnimationFrame);
  }
  return performance.now() - start;
}"""
USEFUL = {
    "Today": "true",
    "Patients": "deep('button').some((one) => one.innerText.includes('Open'))",
    "Timeline": "pictured('.spt-strip img')",
    "Add photos": "true",
    "Compare": "pictured('.viewer .before img') && pictured('.viewer .after img')",
    "Progress": "deep('.spt-verdict').length > 0",
    "Outcomes": "deep('.spt-verdict').length > 0",
}
"""What makes a page useful, beside its heading; a page that is not named here: its heading."""


@dataclass
class Timed:
    """Seconds of one action, in the order in which they were taken."""

    goal: float
    seconds: list[float] = field(default_factory=list)

    @property
    def answer(self) -> dict[str, Any]:
        ranked = sorted(self.seconds)
        median = statistics.median(ranked)
        p90 = ranked[min(len(ranked) - 1, round(0.9 * (len(ranked) - 1)))]
        return {
            "n": len(ranked),
            "median_s": round(median, 3),
            "p90_s": round(p90, 3),
            "goal_s": self.goal,
            "met": median <= self.goal,
        }


class Bench:
    """The actions, each timed under its name."""

    def __init__(self, browser: Browser, address: str, repeats: int, only: str) -> None:
        self.browser, self.address, self.repeats, self.only = browser, address, repeats, only
        self.timed: dict[str, Timed] = {}
        self.failed: dict[str, str] = {}

    def note(self, name: str, seconds: float, goal: float = CLICK_GOAL_S) -> None:
        self.timed.setdefault(name, Timed(goal)).seconds.append(seconds)

    @contextmanager
    def part(self, name: str) -> Iterator[bool]:
        """A block whose failure is told and does not end the others."""
        try:
            yield not self.only or self.only in name
        except Exception as error:  # noqa: BLE001 - told in the report
            self.failed[name] = str(error).strip().splitlines()[0][:200]

    @contextmanager
    def context(self, token: str) -> Iterator[BrowserContext]:
        """A browser without anything cached, signed in."""
        context = self.browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": session_cookie_name(secure=False), "value": token, "url": self.address}])
        context.add_init_script(WATCH)
        context.set_default_timeout(60_000)
        try:
            yield context
        finally:
            context.close()

    def cold(self, token: str, path: str, title: str, name: str) -> None:
        """From the address to the first useful picture or table, each time in a new browser profile."""
        for _ in range(self.repeats):
            with self.context(token) as context:
                page = context.new_page()
                start = time.perf_counter()
                page.goto(f"{self.address}/{path}", wait_until="commit")
                wait(page, useful(title))
                self.note(f"cold: {name}", time.perf_counter() - start, FIRST_GOAL_S)

    def press(self, name: str, target: Locator, ready: str) -> None:
        """Click, and wait in the browser."""
        target.wait_for(state="attached")
        self.note(name, target.evaluate(PRESS, f"rested() && ({ready})") / 1000)


def wait(page: Page, ready: str) -> None:
    """Until it is so, looked at in every frame."""
    page.wait_for_function(f"() => window.deep && document.body && ({ready})", polling="raf", timeout=60_000)


def useful(title: str) -> str:
    """A page is of use: its heading, and what it is about."""
    return f"titled({title!r}) && ({USEFUL.get(title, 'rested()')})"


LINKS = ".st-key-phone_navigation a"
"""Every page of a person as a plain link; at desk width the style sheet hides them, but a script can press them."""


def link(page: Page, title: str) -> Locator:
    """The entry of a page in the menu."""
    return (
        page.locator(LINKS).filter(has_text=re.compile(f"{re.escape(title)}$")).first
    )  # the icon's name stands before


def go(page: Page, title: str) -> None:
    """To a page, untimed."""
    link(page, title).evaluate(PRESS, f"rested() && ({useful(title)})")


def titles(page: Page) -> list[str]:
    """The pages that this person is offered."""
    found: list[str] = page.locator(LINKS).evaluate_all(
        "all => all.map((one) => [...one.querySelectorAll('p, span')].pop().textContent.trim())"
    )
    return found


def clinician(bench: Bench, token: str) -> None:
    """Everything a clinician clicks in a day."""
    with bench.context(token) as context:
        page = context.new_page()
        page.goto(bench.address)
        page.wait_for_selector("h1")
        wait(page, "rested()")
        offered = titles(page)
    for title, path in (("", ""), *((one, slug(one)) for one in offered if one in USEFUL)):
        with bench.part(f"cold {title}") as wanted:
            if wanted:
                bench.cold(token, path, title or offered[0], title or f"first page ({offered[0]})")
    with bench.context(token) as context:
        page = context.new_page()
        page.goto(bench.address)
        wait(page, f"titled({offered[0]!r}) && rested()")
        with bench.part("patients") as wanted:
            if wanted:
                patients(bench, page)
        with bench.part("menu") as wanted:
            if wanted:
                menu(bench, page, offered)
        with bench.part("sessions") as wanted:
            if wanted:
                sessions(bench, page)


def slug(title: str) -> str:
    """The address of a page that is called so."""
    return {"Add photos": "upload"}.get(title, title.casefold())


def patients(bench: Bench, page: Page) -> None:
    """Search and open one patient after another, then look at the comparison and the course."""
    for number in range(1, min(bench.repeats, dashboard_store.LARGE) + 1):
        code = f"P-{number:04d}"
        go(page, "Patients")
        field = page.get_by_label("Search by code or name")
        field.fill(code)
        start = time.perf_counter()
        field.press("Enter")
        row = f"deep('[data-testid=stMarkdown]').some((one) => one.innerText.includes({code!r}))"
        wait(page, f"rested() && deep('[class*=st-key-open_]').length === 1 && {row}")
        bench.note("search a patient", time.perf_counter() - start)
        opened = f"{useful('Timeline')} && shown({code!r})"
        bench.press("open a patient (first time)", page.get_by_role("button", name="Open"), opened)
        bench.press("Compare (first time)", link(page, "Compare"), useful("Compare"))
        bench.press("Progress (first time)", link(page, "Progress"), useful("Progress"))
        bench.press("open a patient again", link(page, "Timeline"), opened)


def menu(bench: Bench, page: Page, offered: list[str]) -> None:
    """From page to page, with everything seen before."""
    for _ in range(bench.repeats):
        for title in offered:
            bench.press(f"menu: {title}", link(page, title), useful(title))


def sessions(bench: Bench, page: Page) -> None:
    """Another session on the compare page, each looked at for the first time and then again."""
    go(page, "Compare")
    for name in ("choose a session (first time)", "choose a session again"):
        for turn in range(bench.repeats):
            source = page.locator(".viewer .after img").get_attribute("src")
            box = page.locator("[data-testid=stSelectbox]", has_text="Later").first
            box.locator("input").click()
            options = page.get_by_role("option")
            options.first.wait_for()
            at = (turn + 1) % options.count()
            changed = (
                f"pictured('.viewer .after img') && deep('.viewer .after img')[0].getAttribute('src') !== {source!r}"
            )
            bench.press(name, options.nth(at), changed)


def memory(bench: Bench, token: str, server: psutil.Process) -> dict[str, float]:
    """Resident memory of the server, MB, before and after many visits of pages."""
    before = server.memory_info().rss
    with bench.context(token) as context:
        page = context.new_page()
        page.goto(bench.address)
        wait(page, "deep('h1').length > 0 && rested()")
        offered = titles(page)
        for visit in range(VISITS):
            title = offered[visit % len(offered)]
            link(page, title).evaluate(PRESS, f"titled({title!r}) && rested()")
    after = server.memory_info().rss
    return {"start_mb": round(before / 1e6), "after_mb": round(after / 1e6), "visits": VISITS}


def others(bench: Bench, tokens: dict[Role, str]) -> None:
    """The first page of a patient and of staff."""
    for role in (Role.PATIENT, Role.STAFF):
        with bench.part(f"cold {role}") as wanted:
            if not wanted:
                continue
            with bench.context(tokens[role]) as context:
                page = context.new_page()
                page.goto(bench.address)
                page.wait_for_selector("h1, [data-testid=stAlert]")
                title = page.locator("h1").first.inner_text().strip()
            bench.cold(tokens[role], "", title, f"first page of {role} ({title})")


def accounts(folder: Path) -> dict[Role, str]:
    """Somebody of each role who has just signed in: the tokens of their cookies."""
    found = {}
    with Clinic.open(folder) as clinic, clinic.store.write() as records:
        first = records.patient_by_code("P-0001")
        assert first is not None, "make the store first: --make"
        for role in (Role.CLINICIAN, Role.STAFF, Role.PATIENT):
            login = f"bench-{role.name.casefold()}"
            of = first.id if role is Role.PATIENT else ""
            user = records.user_by_login(login) or records.add_user(login, login, frozenset({role}), patient_id=of)
            found[role] = uuid4().hex
            records.add_sign_in(door.digest(found[role]), user.id)
    return found


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The address and the process of a server over that store."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tracker.dashboard", "--port", str(port)]
    environment = os.environ | {"TRACKER_HOME": str(folder.absolute()), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            answered(f"{address}/_stcore/health")
            yield address, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(20)


def answered(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError("the server did not answer within a minute")


def measure(folder: Path, repeats: int, only: str) -> dict[str, Any]:
    """All actions of all roles."""
    chromium = shutil.which("chromium")
    tokens = accounts(folder)
    with serving(folder) as (address, server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        bench = Bench(browser, address, repeats, only)
        parts: list[Callable[[], None]] = [
            lambda: clinician(bench, tokens[Role.CLINICIAN]),
            lambda: others(bench, tokens),
        ]
        for part in parts:
            with bench.part("all"):
                part()
        used: dict[str, float] = {}
        with bench.part("memory") as wanted:
            if wanted:
                used = memory(bench, tokens[Role.CLINICIAN], server)
        browser.close()
    return {
        "actions": {name: timed.answer for name, timed in bench.timed.items()},
        "failed": bench.failed,
        "memory": used,
    }


def report(answer: dict[str, Any]) -> None:
    print(f"{'action':44s} {'n':>3s} {'median s':>9s} {'90 % s':>8s} {'goal s':>7s}")
    for name, one in answer["actions"].items():
        said = "met" if one["met"] else "NOT MET"
        print(f"{name:44s} {one['n']:3d} {one['median_s']:9.3f} {one['p90_s']:8.3f} {one['goal_s']:7.1f} {said}")
    for name, why in answer["failed"].items():
        print(f"failed: {name}: {why}")
    if used := answer["memory"]:
        print(f"server: {used['start_mb']} MB, {used['after_mb']} MB after {used['visits']} further visits of pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--make", action="store_true", help="make the store in that folder, and measure nothing")
    parser.add_argument("--patients", type=int, default=2_000)
    parser.add_argument("--photos", type=int, default=40_000)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument(
        "--only", default="", help="only parts whose name holds this: cold, patients, menu, sessions, memory"
    )
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.make:
        dashboard_store.make(asked.folder, asked.patients, asked.photos, lambda words: print(words, flush=True))
        return
    answer = measure(asked.folder, asked.repeats, asked.only)
    print(json.dumps(answer)) if asked.json else report(answer)


if __name__ == "__main__":
    main()
