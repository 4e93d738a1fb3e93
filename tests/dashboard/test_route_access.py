"""Every route, for every role, on what is one's own, another's, elsewhere, deleted, never there: against a table."""

import importlib.util
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from tracker.clinic.types import FIRST_PRACTICE, Kind
from tracker.dashboard import app, door, gate, oidc, pictures, state

WORLD = Path(__file__).parents[1] / "security" / "conftest.py"
ROLES = ("clinician", "staff", "patient A", "admin")
PLACES = {"own": "A", "other": "B", "elsewhere": "C", "deleted": "D", "missing": ""}
MISSING = "0" * 32
BOTH = ("own", "other")

TABLE = {
    "/img/{photo_id}": (Kind.PHOTO, {"clinician": BOTH, "staff": ("own",), "patient A": ("own",)}),
    "/img/{analysis_id}/before/photo": (Kind.ANALYSIS, {"clinician": BOTH, "patient A": ("own",)}),
    "/img/{analysis_id}/after/photo": (Kind.ANALYSIS, {"clinician": BOTH, "patient A": ("own",)}),
    "/img/{analysis_id}/after/redness": (Kind.ANALYSIS, {"clinician": BOTH}),  # a map is a number in colours
    "/img/{analysis_id}/after/outlines": (Kind.ANALYSIS, {"clinician": BOTH}),
    "/img/{analysis_id}/before/face": (Kind.ANALYSIS, {"clinician": BOTH}),
    "/img/blinded/{token}/left": (Kind.PHOTO, {}),  # an id is no token
    "/img/diary/{entry_id}": (Kind.DIARY, {"clinician": BOTH, "patient A": ("own",)}),
    "/export/comparison/{analysis_id}?purpose=TEACHING": (Kind.ANALYSIS, {"clinician": BOTH, "staff": ("own",)}),
    "/export/everything/{patient_id}": (Kind.PATIENT, {"clinician": BOTH, "patient A": ("own",)}),
    "/capture/{session_id}?view=FRONTAL&keep=0": (Kind.SESSION, {"clinician": BOTH}),
    "/coach/{session_id}?view=FRONTAL": (Kind.SESSION, {"clinician": BOTH}),
}
"""Whose objects of which kind each role may ask for; "own" is released and consented to teaching, "other" neither.

Everything that is not here is "Not found.", whatever it is.
"""
INSTEAD = {
    ("/export/comparison/{analysis_id}?purpose=TEACHING", "own"): 422,  # may, but the pair could not be compared
    ("/export/comparison/{analysis_id}?purpose=TEACHING", "other"): 403,  # may, but the patient has not consented
}
"""Answers to somebody who may other than 200."""
WITHOUT = {
    "/export/report?indication=REDNESS&kind=csv": {"clinician": 200},
    "/export/everything": {"patient A": 200},
}
"""Routes about the practice or about oneself; 404 for all others."""
OPEN = {one.path for one in (*door.ROUTES, *oidc.ROUTES)}


@pytest.fixture(scope="module")
def drawn():
    spec = importlib.util.spec_from_file_location("route_world", WORLD)
    made = importlib.util.module_from_spec(spec)
    sys.modules["route_world"] = made  # its dataclasses look their own module up
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def world(drawn, tmp_path_factory):
    home = tmp_path_factory.mktemp("routes") / "clinic"
    home.mkdir()
    made = drawn.draw_world(home)
    made.people["D"] = drawn.draw_person(made.clinic, "D", FIRST_PRACTICE, released=True, seed=4)
    drawn.erase(made.clinic, made.people["D"])
    yield made
    made.clinic.close()


@pytest.fixture
def asked(asgi, world, drawn, monkeypatch):
    """A function that asks as one of the people, with a photo where the route takes one."""
    monkeypatch.setenv("TRACKER_HOME", str(world.home))
    whole = Starlette(routes=app.ROUTES, middleware=[Middleware(gate.Gate)])
    photo, tokens = drawn.drawing.photo_bytes(9), {}

    def ask(who, path):
        tokens[who] = tokens.get(who) or world.token(who)
        given = {"cookie": f"tracker_session={tokens[who]}"}
        if not path.startswith(("/capture", "/coach")):
            return asgi(whole, path, headers=given)
        camera = {"x-requested-with": "tracker", "content-type": "image/jpeg", "content-length": str(len(photo))}
        return asgi(whole, path, method="POST", headers=given | camera, body=photo)

    yield ask
    state.close_all()
    pictures.forget_all()


def filled(route, object_id):
    before, _, rest = route.partition("{")
    return before + object_id + rest.partition("}")[2]


def at(world, place, kind):
    return world.people[PLACES[place]].ids[kind] if PLACES[place] else MISSING


def test_every_route_is_in_the_table():
    told = [filled(one, "x") for one in TABLE] + list(WITHOUT)
    for route in app.ROUTES:
        if route.path not in OPEN:
            assert any(route.path_regex.match(one.partition("?")[0]) for one in told), f"{route.path}: say who may"


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("route", TABLE)
def test_each_role_gets_what_the_table_says_and_nothing_else(world, asked, route, who):
    kind, allowed = TABLE[route]
    nothing = asked(who, filled(route, MISSING))
    assert nothing.status == 404
    for place in PLACES:
        answer = asked(who, filled(route, at(world, place, kind)))
        if place in allowed.get(who, ()):
            assert answer.status == INSTEAD.get((route, place), 200), (place, answer.text[:200])
        else:
            assert answer == nothing, place  # forbidden, deleted and never there: status, headers and words


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("route", WITHOUT)
def test_what_is_about_nobody_in_particular(asked, route, who):
    answer = asked(who, route)
    assert answer.status == WITHOUT[route].get(who, 404), answer.text[:200]


@pytest.mark.parametrize("who", ROLES)
def test_an_id_of_another_kind_opens_nothing(world, asked, who):
    """A patient's id is no photo's, whoever asks: each id in each place where another kind belongs."""
    for route, (kind, _) in TABLE.items():
        if route.startswith(("/capture", "/coach")):
            continue
        nothing = asked(who, filled(route, MISSING))
        for other, object_id in world.people["A"].ids.items():
            if other is not kind:
                assert asked(who, filled(route, object_id)) == nothing, (route, other)


@pytest.mark.parametrize(
    "crooked",
    [
        "%27%20OR%201=1--",
        "1%3BDROP%20TABLE%20photos",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "%F0%9F%92%A9",
        "x" * 4000,
        "*",
        "%25",
    ],
)
@pytest.mark.parametrize("who", ["clinician", "patient A"])
def test_a_crooked_id_is_not_found(world, asked, who, crooked):
    before = world.counts()
    for route in TABLE:
        assert asked(who, filled(route, crooked)).status == 404, route
    assert world.counts() == before


def test_somebody_without_a_role_gets_nothing(world, asked):
    with world.clinic.store.write() as records:
        world.users["nobody"] = records.add_user("nobody", "", frozenset(), FIRST_PRACTICE).id
    for route, (kind, _) in TABLE.items():
        assert asked("nobody", filled(route, at(world, "own", kind))).status == 404, route
    for route in WITHOUT:
        assert asked("nobody", route).status == 404, route


def test_refusals_are_in_the_log(world, asked):
    photo = world.people["B"].ids[Kind.PHOTO]
    asked("patient A", f"/img/{photo}")
    with world.clinic.store.read() as records:
        entries = records.deeds(FIRST_PRACTICE, most=50)
    refused = [one.deed for one in entries if one.deed.result == "refused" and photo in one.deed.objects]
    assert refused
    assert refused[0].user_id == world.users["patient A"]
