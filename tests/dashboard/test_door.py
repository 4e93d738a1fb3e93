"""The door as a browser, and as somebody who should not get in, meets it: straight into the ASGI application."""

import json
import re
import statistics
import time
from datetime import datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from tracker.clinic import passwords
from tracker.clinic.types import Role
from tracker.clinic.workflow import accounts
from tracker.clinic.workflow import door as workflow
from tracker.clinic.workflow.demo_accounts import make_demo_accounts
from tracker.clinic.workflow.door import FirstAccount
from tracker.dashboard import door, gate, oidc, state

WORD = "plum harbour seven lanterns"
OTHER = "quiet kettle orange meadow"
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Browser:
    """Keeps cookies as a browser does, and knows the hidden field of the last form."""

    def __init__(self, ask, app, scheme="http"):
        self.ask, self.app, self.scheme = ask, app, scheme
        self.cookies, self.flags, self.hidden = {}, {}, ""

    def go(self, path, fields=None, **headers):
        sent = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | headers
        body = b""
        if fields is not None:
            body = urlencode(fields).encode()
            sent |= FORM | {"content-length": str(len(body))}
        answer = self.ask(
            self.app, path, method="GET" if fields is None else "POST", headers=sent, body=body, scheme=self.scheme
        )
        for line in answer.set_cookies:
            (name, value), *flags = (part.strip().partition("=")[::2] for part in line.split(";"))
            self.flags[name] = {flag.lower(): told for flag, told in flags}
            self.cookies.pop(name, None)
            if value.strip('"'):
                self.cookies[name] = value
        found = re.search(r'name="form" value="([^"]+)"', answer.text)
        self.hidden = found.group(1) if found else self.hidden
        return answer

    def sign_in(self, login="boss", password=WORD, **fields):
        self.go("/login")
        return self.go("/login", {"form": self.hidden, "login": login, "password": password, "code": "", **fields})

    @property
    def token(self):
        return next((value for name, value in self.cookies.items() if name.endswith("tracker_session")), "")


class Parts(HTMLParser):
    """Elements of a page with their attributes, as a browser would read them."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def app(tmp_path, monkeypatch):
    """The door behind the gate, over an empty store."""
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "clinic"))
    yield Starlette(routes=[*door.ROUTES, *oidc.ROUTES], middleware=[Middleware(gate.Gate)])
    state.close_all()


@pytest.fixture
def boss(app):
    clinic = state.opened()
    return workflow.accept(
        clinic, workflow.first_link(clinic), WORD, FirstAccount("Lindenhof", "boss", "Ada", clinician=False)
    )


@pytest.fixture
def browser(asgi, app):
    """A function that opens another browser."""
    return lambda scheme="http": Browser(asgi, app, scheme)


def test_signing_in_and_out(browser, boss):
    here = browser()
    answer = here.sign_in()
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert workflow.present(state.opened(), token=here.token).user.id == boss.id
    assert here.go("/login").status == 303  # already in
    token = here.token
    left = here.go("/logout", {})
    assert (left.status, left.headers["location"]) == (303, "/login")
    assert here.token == ""
    assert workflow.present(state.opened(), token=token) is None


def test_every_login_gives_a_new_token_and_ends_the_old_sign_in_of_the_browser(browser, boss):
    here = browser()
    here.sign_in()
    first, hidden = here.token, here.hidden
    planted = dict(here.cookies)
    here.go("/login", {"form": hidden, "login": "boss", "password": WORD})
    assert here.token != first
    assert workflow.present(state.opened(), token=first) is None
    fixed = browser()
    fixed.cookies = planted | {"tracker_session": "chosen-by-somebody-else"}
    fixed.sign_in()
    assert fixed.token != "chosen-by-somebody-else"


def test_cookies_are_closed_to_scripts_and_to_other_pages(browser, boss, monkeypatch):
    plain = browser()
    plain.sign_in()
    monkeypatch.setenv(gate.HOSTS, "clinic.example")
    safe = browser("https")
    safe.go("/login", host="clinic.example")
    fields = {"form": safe.hidden, "login": "boss", "password": WORD}
    assert safe.go("/login", fields, host="clinic.example", origin="https://clinic.example").status == 303
    for name in ("tracker_session", "tracker_form"):
        assert plain.flags[name].keys() >= {"httponly", "path", "samesite"}
        assert "secure" not in plain.flags[name]
        flags = safe.flags[f"__Host-{name}"]
        assert flags.keys() >= {"httponly", "path", "samesite", "secure"}
        for found in (plain.flags[name], flags):
            assert found["samesite"].lower() == "strict"
            assert found["path"] == "/"
            assert "domain" not in found
            assert "expires" not in found
    assert len(safe.token) >= 43
    assert "tracker_session" not in safe.cookies


def test_unknown_disabled_and_wrong_answer_alike(browser, boss):
    user, link = accounts.add_user(state.opened(), "gone", "", frozenset({Role.STAFF}))
    workflow.accept(state.opened(), link, WORD)
    accounts.disable_user(state.opened(), user.id)
    here, said = browser(), []
    here.go("/login")
    for login, word in (("boss", OTHER), ("nobo", OTHER), ("gone", WORD)):
        answer = here.go("/login", {"form": here.hidden, "login": login, "password": word, "code": ""})
        headers = {name: value for name, value in answer.headers.items() if name != "date"}
        said.append((answer.status, answer.text.replace(login, "LOGIN"), headers))
    assert said[0][0] == 401
    assert said[0] == said[1] == said[2]
    assert here.token == ""


@pytest.mark.slow
def test_unknown_logins_take_as_long_as_known_ones(browser, boss, monkeypatch):
    monkeypatch.setattr(workflow, "FREE_FAILURES", 1000)
    monkeypatch.setattr(workflow, "PEER_FAILURES", 1000)
    here = browser()
    here.go("/login")
    times = {"boss": [], "nobo": []}

    def try_once(login):
        start = time.process_time()  # of this process alone; tests/security measures the answer on the wire
        here.go("/login", {"form": here.hidden, "login": login, "password": OTHER})
        return time.process_time() - start

    try_once("boss")
    for turn in range(24):  # taken in turns, so that a busy machine is slow for both
        for login in ("boss", "nobo") if turn % 2 else ("nobo", "boss"):
            times[login].append(try_once(login))
    known, unknown = (statistics.median(times[login]) for login in ("boss", "nobo"))
    assert unknown == pytest.approx(known, rel=0.2)


def test_many_failures_have_to_wait_known_or_not(browser, boss):
    for login in ("boss", "nobo"):
        here = browser()
        for _ in range(workflow.FREE_FAILURES):
            assert "is wrong" in here.sign_in(login, OTHER).text
        answer = here.sign_in(login, WORD)
        assert answer.status == 401
        assert "Too many attempts" in answer.text


def test_a_disabled_account_is_out_of_every_tab(browser, boss, app):
    clinic = state.opened()
    user, link = accounts.add_user(clinic, "desk", "", frozenset({Role.STAFF}))
    workflow.accept(clinic, link, WORD)
    here = browser()
    here.sign_in("desk")
    assert here.go("/session").status == 200
    accounts.disable_user(clinic, user.id)
    assert here.go("/session").status == 401
    assert here.go("/anything").status == 401
    assert here.sign_in("desk").status == 401


@pytest.mark.parametrize("path", ["/login", "/setup/LINK"])
def test_a_form_must_come_from_a_page_of_this_browser(browser, boss, path):
    path = path.replace("LINK", workflow.new_link(state.opened(), boss.id))
    fields = {"login": "boss", "password": OTHER, "again": OTHER}
    here, other = browser(), browser()
    here.go(path)
    other.go(path)
    for hidden in ("", "x", other.hidden):
        assert here.go(path, fields | {"form": hidden}).status == 403
    assert browser().go(path, fields | {"form": here.hidden}).status == 403  # no cookie
    assert here.go(path, fields | {"form": here.hidden}, origin="https://evil.example").status == 403
    assert here.go(path, fields | {"form": here.hidden}, **{"sec-fetch-site": "cross-site"}).status == 403
    assert here.token == ""
    assert here.go(path, fields | {"form": here.hidden}).status in (303, 401)


def test_a_form_is_short_and_a_form(browser, asgi, app, boss):
    here = browser()
    here.go("/login")
    assert here.go("/login", {"form": here.hidden, "login": "x" * 9000, "password": "y"}).status == 413
    assert here.go("/login", {str(number): "" for number in range(30)}).status == 400
    for kind in ("multipart/form-data; boundary=x", "application/json", "text/plain"):
        answer = asgi(app, "/login", method="POST", headers={"content-type": kind, "content-length": "2"}, body=b"{}")
        assert answer.status == 415
    answer = asgi(app, "/login", method="POST", headers=FORM | {"content-length": "4"}, body=b"\xff=\xfe&")
    assert answer.status in (400, 403)


@pytest.mark.parametrize(
    "typed", ['"><script>alert(1)</script>', "' onfocus=alert(1) autofocus='", "{{ 7*7 }}", "</title><img src=x>"]
)
def test_what_was_typed_comes_back_as_text_only(browser, boss, typed):
    text = browser().sign_in(typed, OTHER).text
    parts = Parts()
    parts.feed(text)
    (field,) = [attributes for tag, attributes in parts.found if attributes.get("id") == "login"]
    assert field["value"] == typed
    assert not [name for _, attributes in parts.found for name in attributes if name.startswith("on")]
    assert [attributes["src"] for _, attributes in parts.found if "src" in attributes] == ["/door.js", "/door.svg"]
    assert "<script>alert" not in browser().go(f"/setup/{typed.replace('/', '')}").text


def test_pages_may_load_nothing_and_are_not_kept(browser, boss):
    link = workflow.new_link(state.opened(), boss.id)
    for path in ("/login", f"/setup/{link}", "/setup/none", "/oidc/start"):
        answer = browser().go(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.findall(r"<script>|<style|style=|\son\w+=|https?://(?!www.w3.org)", answer.text)


def test_the_link_works_once(browser, boss):
    link = workflow.new_link(state.opened(), boss.id)
    here = browser()
    assert 'value="boss"' in here.go(f"/setup/{link}").text
    short = here.go(f"/setup/{link}", {"form": here.hidden, "password": "short", "again": "short"})
    assert short.status == 422
    assert "at least 15 characters" in short.text
    differ = here.go(f"/setup/{link}", {"form": here.hidden, "password": OTHER, "again": WORD})
    assert "differ" in differ.text
    done = here.go(f"/setup/{link}", {"form": here.hidden, "password": OTHER, "again": OTHER})
    assert (done.status, done.headers["location"]) == (303, "/login?ready")
    assert "Your password is set" in here.go("/login?ready").text
    for fields in (None, {"form": here.hidden, "password": WORD, "again": WORD}):
        again = here.go(f"/setup/{link}", fields)
        assert again.status == 404
        assert "does not work any more" in again.text
    assert browser().sign_in(password=OTHER).status == 303
    assert browser().sign_in(password=WORD).status == 401


def test_the_first_account_is_made_by_the_first_link_alone(browser, app):
    assert "There is no account yet" in browser().go("/login").text
    link = workflow.first_link(state.opened())
    here = browser()
    assert "First account" in here.go(f"/setup/{link}").text
    fields = {"practice": "<b>Lind</b>", "login": "Ada", "name": "Ada Quill", "password": "passwordpassword"}
    refused = here.go(f"/setup/{link}", fields | {"form": here.hidden, "again": fields["password"], "clinician": "yes"})
    assert refused.status == 422
    assert "&lt;b&gt;Lind&lt;/b&gt;" in refused.text  # what was typed stays
    assert " checked" in refused.text
    assert "passwordpassword" not in refused.text  # but no password
    made = here.go(f"/setup/{link}", fields | {"form": here.hidden, "password": WORD, "again": WORD})
    assert made.status == 303
    assert [user.roles for user in accounts.list_users(state.opened())] == [{Role.ADMIN}]
    assert here.go(f"/setup/{link}").status == 404
    assert "There is no account yet" not in browser().go("/login").text


def test_asking_how_long_is_left_puts_nothing_off(browser, boss, monkeypatch):
    here = browser()
    assert here.go("/session").status == 401
    here.sign_in()
    first = json.loads(here.go("/session").text)
    assert first["signed_in"]
    assert 800 < first["ends_in"] <= 900

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(minutes=14)

    for module in (workflow, door):
        monkeypatch.setattr(module, "datetime", Later)
    for _ in range(2):
        assert json.loads(here.go("/session").text)["ends_in"] <= 60


def test_what_anybody_may_ask_for(browser, app):
    here = browser()
    assert (here.go("/health").status, here.go("/health").text) == (200, "ok")
    for path, kind in (("/door.css", "text/css"), ("/door.js", "javascript"), ("/door.svg", "image/svg")):
        answer = here.go(path)
        assert answer.status == 200
        assert kind in answer.headers["content-type"]
    assert here.go("/door.css/../door.py").status in (401, 404)
    assert here.go("/logout").status in (401, 405)
    assert here.go("/logout", {}).status in (303, 401)


def test_the_language_is_asked_for_chosen_or_preferred(browser, app):
    here = browser()
    assert '<html lang="en">' in here.go("/login").text
    assert '<html lang="de">' in here.go("/login", **{"accept-language": "de-CH,de;q=0.9,en;q=0.8"}).text
    assert '<html lang="en">' in here.go("/login", **{"accept-language": "fr, en;q=0.5, de;q=0.1"}).text
    assert '<html lang="de">' in here.go("/login?lang=de").text
    assert '<html lang="de">' in here.go("/login").text  # kept
    assert '<html lang="en">' in here.go("/login?lang=en").text
    assert '<html lang="en">' in here.go("/login?lang=<script>").text


def test_demo_accounts_stand_on_the_page_of_a_demonstration_alone(browser, boss):
    assert "demo-" not in browser().go("/login").text
    made = make_demo_accounts(state.opened())
    text = browser().go("/login").text
    assert "This is a demonstration" in text
    for one in made:
        assert one.login in text
        assert one.password in text
        assert browser().sign_in(one.login, one.password).status == 303


def test_a_flood_hashes_two_passwords_at_a_time(app, boss, monkeypatch):
    import asyncio
    import threading

    at_once, most, lock = 0, 0, threading.Lock()
    kept = passwords.matches

    def counted(*given):
        nonlocal at_once, most
        with lock:
            at_once, most = at_once + 1, max(most, at_once + 1)
        try:
            time.sleep(0.02)
            return False
        finally:
            with lock:
                at_once -= 1

    assert kept is not counted
    monkeypatch.setattr(workflow.passwords, "matches", counted)
    body = urlencode({"form": "f" * 43, "login": "x", "password": "y"}).encode()
    headers = {"host": "127.0.0.1", "cookie": f"tracker_form={'f' * 43}", "content-length": str(len(body))} | FORM

    async def one(number):
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": "POST",
            "path": "/login",
            "raw_path": b"/login",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", number),
            "server": ("127.0.0.1", 80),
        }
        answered = []

        async def receive():
            return {"type": "http.request", "body": body}

        async def send(message):
            answered.append(message)

        await app(scope, receive, send)
        return answered[0]["status"]

    async def flood():
        return await asyncio.gather(*(one(number) for number in range(20)))

    assert set(asyncio.run(flood())) == {401}
    assert most == door.SLOW_AT_ONCE


def test_a_store_that_is_not_there_is_a_sentence(browser, boss, tmp_path, monkeypatch):
    here = browser()
    here.sign_in()
    (tmp_path / "a file").touch()
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "a file"))
    for path in ("/login", "/setup/x"):
        answer = here.go(path)
        assert answer.status == 503
        assert "cannot be reached" in answer.text
        assert str(tmp_path) not in answer.text
    assert here.go("/login", {"form": here.hidden, "login": "boss", "password": WORD}).status == 503
    assert here.go("/logout", {}).status == 503
    assert here.go("/session").status == 503
    assert here.go("/health").status == 200


def test_nothing_secret_is_logged(browser, boss, caplog):
    with caplog.at_level(0):
        browser().sign_in(password=OTHER)
        here = browser()
        here.sign_in()
        link = workflow.new_link(state.opened(), boss.id)
        here.go(f"/setup/{link}")
    for secret in (WORD, OTHER, here.token, link):
        assert secret not in caplog.text
