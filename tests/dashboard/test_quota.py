"""Nobody fills the server's memory: a budget for each sign-in, none for who has nothing to upload."""

import pytest

from tracker.clinic.types import Actor, Role
from tracker.dashboard import gate, quota, state
from tracker.dashboard.quota import MOST_BYTES, MOST_OWN_BYTES, WINDOW_S, Quota, allowed

MB = 1024**2


def somebody(role, sign_in="s"):
    return Actor("u", "", "first", frozenset({role}), "p" if role is Role.PATIENT else "", sign_in)


@pytest.mark.parametrize(
    ("role", "most"),
    [(Role.CLINICIAN, MOST_BYTES), (Role.PATIENT, MOST_OWN_BYTES), (Role.STAFF, 0), (Role.ADMIN, 0)],
)
def test_each_role_has_what_its_pages_need(role, most):
    assert allowed(somebody(role)) == most
    kept = Quota()
    assert bool(kept.refusal(somebody(role), most + 1))
    assert kept.refusal(somebody(role), most) == ""


def test_the_budget_is_used_up_and_comes_back(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(quota.time, "monotonic", lambda: clock[0])
    kept, patient = Quota(), somebody(Role.PATIENT)
    assert kept.refusal(patient, 150 * MB) == ""
    assert "at most 200 MB" in kept.refusal(patient, 60 * MB)
    assert kept.refusal(patient, 50 * MB) == ""
    assert kept.refusal(somebody(Role.PATIENT, "another"), 150 * MB) == ""
    clock[0] = WINDOW_S + 1
    assert kept.refusal(patient, 150 * MB) == ""


def test_the_gate_asks_before_the_body_is_read(asgi, at_home, tmp_path, monkeypatch):
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    monkeypatch.setattr(gate, "QUOTA", Quota())
    app = Starlette(
        routes=[Route("/{rest:path}", lambda request: PlainTextResponse("inside"), methods=["PUT", "POST", "GET"])],
        middleware=[Middleware(gate.Gate)],
    )
    staff = {"cookie": at_home(tmp_path, ("STAFF",)), "content-length": "9"}
    for path in ("/_stcore/upload_file/a/b", "/capture/x"):
        assert asgi(app, path, method="PUT", headers=staff, body=b"x").status == 404
    assert asgi(app, "/logout", method="POST", headers=staff).text == "inside"
    state.close_all()
    clinician = {"cookie": at_home(tmp_path, ("CLINICIAN",)), "content-length": str(40 * MB)}
    answers = [asgi(app, "/_stcore/upload_file/a/b", method="PUT", headers=clinician).status for _ in range(60)]
    assert answers[:51] == [200] * 51
    assert answers[-1] == 429
