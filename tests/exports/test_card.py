"""The printed card is the card that is looked for: the PDF is rendered and read like a photo."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tracker.errors import InvalidInput
from tracker.exports.card import card_pdf, write_card
from tracker.imaging import calibrate
from tracker.imaging.types import Photo

DPI = 254  # 10 pixels per mm
COPY_MM = (10.0, 30.0, 104.0, 92.0)  # left, top, right, bottom of the first copy with its crop marks


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    folder = tmp_path_factory.mktemp("card")
    write_card(folder / "card.pdf")
    subprocess.run(["pdftoppm", "-r", str(DPI), "-png", "card.pdf", "page"], cwd=folder, check=True, timeout=60)
    (file,) = folder.glob("page*.png")
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")).copy()


def test_one_a4_page(page):
    height, width = page.shape[:2]
    assert (width / 10, height / 10) == pytest.approx((210, 297), abs=0.5)


def test_the_rendered_card_calibrates_to_itself(page):
    left, top, right, bottom = (round(v * DPI / 25.4) for v in COPY_MM)
    calibration = calibrate.fit(Photo("print", "0" * 64, np.ascontiguousarray(page[top:bottom, left:right] // 2 + 60)))
    assert calibration is not None, "a print with little contrast is still found"
    calibration = calibrate.fit(Photo("print", "0" * 64, np.ascontiguousarray(page[top:bottom, left:right])))
    assert calibration is not None
    assert not [flag for flag in calibration.flags if flag.withholds]
    assert calibrate.px_per_mm(calibration, calibration.corners) == pytest.approx(DPI / 25.4, rel=0.002)
    assert calibration.residual_de00 < 0.5
    # a fill is relative to the paper, so the rendered page is brighter than the card by the paper's white; 8-bit steps
    np.testing.assert_allclose(calibration.matrix, np.eye(3) * calibrate.PAPER_WHITE, atol=0.015)


def test_the_ruler_is_true(page):
    """The first tick of the first copy lies 18 mm from the card's left edge; the line at the foot is 100 mm long."""
    left = (14 + 18) * DPI / 25.4
    row = page[round((34 + 50) * DPI / 25.4), :, 0].astype(int)
    dark = np.flatnonzero(row < 120)
    first = dark[dark > 29 * DPI / 25.4][0]
    assert first == pytest.approx(left, abs=2)
    rows = (np.flatnonzero(line < 100) for line in page[-1600:, :, 0])
    runs = [run for dark in rows for run in np.split(dark, np.flatnonzero(np.diff(dark) > 1) + 1)]
    assert max(map(len, runs)) * 25.4 / DPI == pytest.approx(100.0, abs=0.3)


def test_the_same_bytes_every_time():
    assert card_pdf() == card_pdf()
    assert card_pdf().startswith(b"%PDF-")


def test_a_folder_that_is_not_there_is_a_users_mistake(tmp_path: Path):
    with pytest.raises(InvalidInput, match="could not be written"):
        write_card(tmp_path / "nowhere" / "card.pdf")
