"""Fixtures shared by all tests."""

import importlib.util
import sys
from pathlib import Path

import cv2
import pytest

from tracker.clinic.workflow.clinic import Clinic

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared" / "data"

cv2.setNumThreads(1)  # under contention more threads are slower, not faster


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos beside the project; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real photos (../shared/data) are not here")
    return SHARED


@pytest.fixture(scope="session")
def simulated():
    """The module that writes simulated patients straight into a store."""
    path = Path(__file__).parent / "clinic" / "simulated_clinic.py"
    spec = importlib.util.spec_from_file_location("simulated_clinic", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["simulated_clinic"] = module  # its dataclass looks its own module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def cohort_home(tmp_path_factory, simulated):
    """The folder of a clinic with 30 simulated patients of one protocol; read only."""
    home = tmp_path_factory.mktemp("cohort") / "clinic"
    home.mkdir()
    with Clinic.open(home) as clinic:
        simulated.add_cohort(clinic)
    return home
