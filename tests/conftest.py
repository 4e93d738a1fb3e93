"""Fixtures shared by all tests."""

from pathlib import Path

import cv2
import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared" / "data"

cv2.setNumThreads(1)  # under contention more threads are slower, not faster


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos beside the project; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real photos (../shared/data) are not here")
    return SHARED
