"""The view of a new photo is suggested where it can be told, and only there."""

from datetime import date
from types import SimpleNamespace

import pytest

from tracker.clinic.types import Actor, BodySite, Indication, Role, SeriesPlan, SessionKind, View, Visit
from tracker.clinic.workflow import intake, viewing
from tracker.errors import NotFound
from tracker.imaging import regions
from tracker.imaging.types import NoFace

STAFF = Actor("s", "Sam", "first", frozenset({Role.STAFF}))


def session_at(clinic, site):
    series = intake.add_series(clinic, intake.add_patient(clinic).id, SeriesPlan(Indication.SCAR, site))
    return intake.add_session(clinic, series.id, Visit(date(2026, 1, 5), SessionKind.BASELINE)).id


def test_a_site_with_one_view_has_no_other(clinic, photo_bytes):
    assert viewing.suggested_view(clinic, session_at(clinic, BodySite.BACK), photo_bytes(1)) is View.FRONTAL


def test_other_sites_do_not_tell(clinic, photo_bytes):
    assert viewing.suggested_view(clinic, session_at(clinic, BodySite.ARMS), photo_bytes(1)) is None


@pytest.mark.parametrize(
    ("yaw", "view"), [(0, View.FRONTAL), (45, View.RIGHT_OBLIQUE), (-45, View.LEFT_OBLIQUE), (22, None), (90, None)]
)
def test_a_face_tells_by_its_landmarks(clinic, photo_bytes, monkeypatch, yaw, view):
    monkeypatch.setattr(viewing, "landmark_network", lambda: "a network")
    monkeypatch.setattr(regions, "find_landmarks", lambda photo, network: "landmarks")
    monkeypatch.setattr(regions, "head_pose", lambda found: SimpleNamespace(yaw=yaw))
    assert viewing.suggested_view(clinic, session_at(clinic, BodySite.FACE), photo_bytes(1)) is view


def test_no_face_no_network_and_no_photo_suggest_nothing(clinic, photo_bytes, monkeypatch):
    face = session_at(clinic, BodySite.FACE)
    monkeypatch.setattr(viewing, "landmark_network", lambda: "a network")
    monkeypatch.setattr(regions, "find_landmarks", lambda photo, network: NoFace("none"))
    assert viewing.suggested_view(clinic, face, photo_bytes(1)) is None
    assert viewing.suggested_view(clinic, face, b"no photo") is None
    monkeypatch.setattr(viewing, "landmark_network", lambda: None)
    assert viewing.suggested_view(clinic, face, photo_bytes(1)) is None


def test_staff_is_told_nothing(clinic, photo_bytes):
    with pytest.raises(NotFound):
        viewing.suggested_view(clinic.acting(STAFF), session_at(clinic, BodySite.BACK), photo_bytes(1))
