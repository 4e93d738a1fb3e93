"""Which network outlines come from: none without the extra or without registered weights, else the verified one."""

from tracker.clinic.workflow import outlining
from tracker.imaging import networks


def test_without_the_extra_there_is_no_network(monkeypatch):
    monkeypatch.setattr(networks, "installed", lambda: False)
    assert not outlining.outline_ships()
    assert outlining.outline_network() is None


def test_without_registered_weights_there_is_no_network(monkeypatch):
    monkeypatch.setattr(networks, "installed", lambda: True)
    monkeypatch.setattr(networks, "weights_hash", lambda _name: "0" * 64)
    assert outlining.outline_network() is None


def test_registered_weights_are_loaded_by_name(monkeypatch):
    asked = []

    class Loaded:
        network = staticmethod(lambda planes: planes)

    monkeypatch.setattr(networks, "installed", lambda: True)
    monkeypatch.setattr(networks, "weights_hash", lambda _name: "ab" * 32)
    monkeypatch.setattr(networks, "load", lambda name: asked.append(name) or Loaded)
    assert outlining.outline_network() is Loaded.network
    assert asked == [networks.OUTLINE]
