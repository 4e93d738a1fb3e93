"""The landmark network in the identity of an analysis: its weights where it may take part, nothing where it cannot."""

import pytest

from tracker.clinic.workflow import faces
from tracker.imaging import networks

HASH = "a" * 64


@pytest.fixture
def registered(monkeypatch):
    monkeypatch.setattr(faces.networks, "installed", lambda: True)
    monkeypatch.setattr(faces.networks, "weights_hash", lambda name: HASH)


@pytest.mark.parametrize(
    ("site", "drawn", "weights"),
    [
        ("face", False, HASH),
        ("face", True, HASH),  # the irises may give the scale
        ("back", True, faces.NO_WEIGHTS),
        ("back", False, HASH),  # nothing drawn: a face is looked for
    ],
)
def test_the_weights_enter_the_identity_where_the_network_may_take_part(registered, site, drawn, weights):
    assert faces.landmark_weights(site, drawn=drawn) == weights


def test_without_the_extra_no_network_is_loaded_and_none_is_named(monkeypatch):
    monkeypatch.setattr(faces.networks, "installed", lambda: False)
    assert faces.landmark_network() is None
    assert faces.landmark_weights("face", drawn=False) == faces.NO_WEIGHTS


def test_the_registered_weights_are_loaded_once():
    if not networks.installed():
        pytest.skip("the extra networks is not installed")
    assert faces.landmark_network() is faces.landmark_network()
    assert len(faces.landmark_weights("face", drawn=False)) == 64
