"""A clinic in a temporary folder, and photos to put into it."""

import importlib.util
import io
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tracker.clinic.types import BodySite, Indication, SeriesPlan, SessionKind, Visit
from tracker.clinic.workflow import intake
from tracker.clinic.workflow.clinic import Clinic


def skin_like(seed: int, size: tuple[int, int] = (320, 240)) -> np.ndarray:
    """(height, width, 3) uint8: skin-coloured texture at several scales, another one for each seed."""
    random = np.random.default_rng(seed)
    grain = sum(
        cv2.GaussianBlur(random.normal(0, 1, size[::-1]).astype(np.float32), (0, 0), sigma) * sigma * 14
        for sigma in (1.5, 3.0, 6.0, 12.0)
    )
    return np.clip(np.array([205.0, 160.0, 140.0]) + grain[..., None] * [0.8, 1.0, 1.0], 0, 255).astype(np.uint8)


def as_jpeg(pixels: np.ndarray, **save) -> bytes:
    """The bytes of a JPEG file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=92, **save)
    return out.getvalue()


def photo_bytes(seed: int) -> bytes:
    """A small JPEG of which each seed gives another."""
    return as_jpeg(skin_like(seed))


@pytest.fixture
def clinic(tmp_path):
    with Clinic.open(tmp_path / "clinic") as opened:
        yield opened


@pytest.fixture
def series(clinic):
    patient = intake.add_patient(clinic)
    return intake.add_series(clinic, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FOREARM))


@pytest.fixture
def sessions(clinic, series):
    """Needled on day 0, seen on day 3, day 10 and day 40."""
    days = [
        (date(2026, 3, 1), SessionKind.TREATMENT),
        (date(2026, 3, 4), SessionKind.FOLLOW_UP),
        (date(2026, 3, 11), SessionKind.FOLLOW_UP),
        (date(2026, 4, 10), SessionKind.FOLLOW_UP),
    ]
    return [intake.add_session(clinic, series.id, Visit(day, kind)) for day, kind in days]


@pytest.fixture(name="skin_like", scope="session")
def _skin_like():
    return skin_like


@pytest.fixture(name="as_jpeg", scope="session")
def _as_jpeg():
    return as_jpeg


@pytest.fixture(name="photo_bytes", scope="session")
def _photo_bytes():
    return photo_bytes


@pytest.fixture(scope="session")
def fill_large():
    """The function of ``large_store.py`` that makes 2,000 patients with 40,000 photos."""
    spec = importlib.util.spec_from_file_location("large_store", Path(__file__).parent / "large_store.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.fill
