"""Which network outlines come from: none without the extra, else the registered one."""

import numpy as np

from tracker.clinic.workflow import outlining
from tracker.imaging import networks


def test_without_the_extra_there_is_no_network(monkeypatch):
    monkeypatch.setattr(networks, "installed", lambda: False)
    assert outlining.outline_network() is None


def test_with_the_extra_it_is_the_registered_one():
    planes = np.zeros((1, 12, 32, 32), np.float32)
    assert outlining.outline_network() is networks.load(networks.OUTLINE).network
    assert outlining.outline_network()(planes).shape == (5, 1, 32, 32)
