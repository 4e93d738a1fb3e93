"""Photos go in whole, unaltered and once; what goes to the screen carries nothing but pixels."""

import io
import os
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tracker.clinic.records.files import ORPHAN_AGE_S
from tracker.clinic.types import Moment, View
from tracker.clinic.workflow import intake, photos, upkeep
from tracker.clinic.workflow.clinic import Clinic
from tracker.errors import InvalidInput, NotFound, StoreUnavailable, UnreadablePhoto
from tracker.imaging import quality
from tracker.imaging.types import Flag, FlagCode, Metric


def _files(clinic):
    return sorted(path for path in (clinic.home / "photos").rglob("*") if path.is_file())


def test_the_original_is_kept_to_the_last_byte(clinic, sessions, photo_bytes):
    data = photo_bytes(1) + b"trailing bytes of some camera"
    record = photos.add_photo(clinic, sessions[0].id, data, "C:\\photos\\Ada Lovelace.jpg", View.FRONTAL, Moment.AFTER)
    assert photos.original_bytes(clinic, record.id) == data
    assert photos.get_photo(clinic, record.id) == record
    assert photos.list_photos(clinic, sessions[0].id) == [record]
    assert record.name == "Ada Lovelace.jpg"
    assert record.size == (320, 240)
    assert (record.view, record.moment, record.notice) == (View.FRONTAL, Moment.AFTER, "")
    assert not [path for path in _files(clinic) if "Ada" in str(path)]


def test_capture_time_camera_and_turn_are_read(clinic, sessions, as_jpeg, skin_like):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = 6, "Maker", "Model 5"
    exif.get_ifd(0x8769)[0x9003] = "2026:03:01 09:30:00"
    data = as_jpeg(skin_like(2), exif=exif)
    record = photos.add_photo(clinic, sessions[0].id, data, "a.jpg", View.CLOSE_UP)
    assert record.size == (240, 320)
    assert record.captured_at.isoformat() == "2026-03-01T09:30:00"
    assert "Model 5" in record.camera
    photo = photos.load_photo(clinic, record.id)
    assert photo.size == (240, 320)
    assert photo.sha256 == record.sha256
    assert "a.jpg" not in photo.name


def test_quality_flags_are_stored_with_the_photo(clinic, sessions, monkeypatch, photo_bytes):
    flag = Flag(FlagCode.BLURRED, "Blurred: 9 px.", "Hold still.", (Metric.ROUGHNESS, Metric.PORES))
    monkeypatch.setattr(quality, "photo_flags", lambda photo: (flag,))
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(1), "a.jpg", View.CLOSE_UP)
    assert record.flags == (flag,)
    assert photos.get_photo(clinic, record.id).flags == (flag,)


def test_the_same_file_twice_is_stored_once_and_said(clinic, sessions, photo_bytes):
    first = photos.add_photo(clinic, sessions[0].id, photo_bytes(1), "a.jpg", View.FRONTAL)
    again = photos.add_photo(clinic, sessions[0].id, photo_bytes(1), "b.jpg", View.FRONTAL)
    assert again.id == first.id
    assert "already stored" in again.notice
    other = photos.add_photo(clinic, sessions[1].id, photo_bytes(1), "a.jpg", View.FRONTAL)
    assert other.id != first.id
    assert str(sessions[0].date) in other.notice
    assert len(_files(clinic)) == 1


def test_a_wrong_view_can_be_corrected(clinic, sessions, photo_bytes):
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(1), "a.jpg", View.FRONTAL)
    changed = photos.change_photo(clinic, record.id, View.LEFT_OBLIQUE, Moment.AFTER)
    assert photos.get_photo(clinic, record.id) == changed
    assert (changed.id, changed.view, changed.moment) == (record.id, View.LEFT_OBLIQUE, Moment.AFTER)
    with pytest.raises(NotFound):
        photos.change_photo(clinic, "0" * 32, View.FRONTAL, Moment.BEFORE)


def test_a_file_of_another_patient_is_refused(clinic, sessions, series, photo_bytes):
    photos.add_photo(clinic, sessions[0].id, photo_bytes(1), "a.jpg", View.FRONTAL)
    stranger = intake.add_patient(clinic)
    theirs = intake.add_series(clinic, stranger.id, series.plan)
    session = intake.add_session(clinic, theirs.id, sessions[0].visit)
    with pytest.raises(InvalidInput, match="another patient"):
        photos.add_photo(clinic, session.id, photo_bytes(1), "a.jpg", View.FRONTAL)
    assert photos.list_photos(clinic, session.id) == []


@pytest.mark.parametrize("kind", ["empty", "text", "cut"])
def test_what_is_no_photo_leaves_no_trace(clinic, sessions, kind, photo_bytes):
    data = {"empty": b"", "text": b"no photo", "cut": photo_bytes(1)[:-2000]}[kind]
    with pytest.raises(UnreadablePhoto, match=r"x\.jpg"):
        photos.add_photo(clinic, sessions[0].id, data, "../../x.jpg", View.FRONTAL)
    assert _files(clinic) == []
    assert photos.list_photos(clinic, sessions[0].id) == []


def test_an_unknown_session_leaves_no_trace(clinic, photo_bytes):
    with pytest.raises(NotFound):
        photos.add_photo(clinic, "0" * 32, photo_bytes(1), "a.jpg", View.FRONTAL)
    assert _files(clinic) == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\x", "a\x00b\n.jpg", "<b>x</b>.jpg", "x" * 400, "", "CON", "."]
)
def test_hostile_names_stay_names(clinic, sessions, name, photo_bytes):
    before = set(clinic.home.parent.rglob("*"))
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(3), name, View.FRONTAL)
    assert record.name
    assert record.name.isprintable()
    assert not set("/\\") & set(record.name)
    assert len(record.name) <= 255
    new = {path.name for path in set(clinic.home.parent.rglob("*")) - before if path.is_file()}
    assert all(part.startswith(record.sha256) or part.startswith("records.db") for part in new)


def test_a_preview_is_pixels_alone(clinic, sessions, as_jpeg, skin_like):
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "Ada Lovelace", "Ada Lovelace"
    data = as_jpeg(skin_like(2), exif=exif, comment=b"Ada Lovelace")
    record = photos.add_photo(clinic, sessions[0].id, data, "Ada Lovelace.jpg", View.FRONTAL)
    for width in (100, 320, 2000):
        for _ in range(2):  # made, then from the cache
            preview = photos.photo_preview(clinic, record.id, width)
            assert b"Lovelace" not in preview
            opened = Image.open(io.BytesIO(preview))
            assert opened.format == "JPEG"
            assert opened.size[0] == min(width, 320)
            assert not opened.getexif()
            assert not {"exif", "comment", "icc_profile", "xmp"} & set(opened.info)
    with pytest.raises(InvalidInput, match="16 to 8192"):
        photos.photo_preview(clinic, record.id, 4)


def test_a_preview_looks_like_the_photo(clinic, sessions, photo_bytes, skin_like):
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(4), "a.jpg", View.FRONTAL)
    preview = np.asarray(Image.open(io.BytesIO(photos.photo_preview(clinic, record.id, 320))), float)
    assert np.abs(preview - skin_like(4)).mean() < 3.0


def test_previews_can_be_thrown_away_and_come_back(clinic, sessions, photo_bytes):
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(4), "a.jpg", View.FRONTAL)
    first = photos.photo_preview(clinic, record.id)
    for path in clinic.cache.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.unlink()
    assert photos.photo_preview(clinic, record.id) == first


def test_looking_still_works_when_the_cache_is_full(clinic, sessions, monkeypatch, photo_bytes):
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(4), "a.jpg", View.FRONTAL)
    clinic.cache.rename(clinic.home / "gone")
    assert photos.photo_preview(clinic, record.id, 64)


def test_a_polygon_and_a_mask_are_kept_and_the_newest_wins(clinic, sessions, photo_bytes):
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(5), "a.jpg", View.FRONTAL)
    assert photos.current_region(clinic, record.id) is None
    corners = np.array([[10.0, 20.0], [100.0, 20.0], [60.0, 90.0]])
    drawn = photos.save_region(clinic, record.id, corners, "Dr A")
    mask = np.zeros((240, 320), bool)
    mask[50:60, 70:90] = True
    corrected = photos.save_region(clinic, record.id, mask, "Dr B")
    np.testing.assert_array_equal(drawn.polygon, corners)
    assert corrected.polygon is None
    current = photos.current_region(clinic, record.id)
    assert (current.id, current.author) == (corrected.id, "Dr B")
    np.testing.assert_array_equal(current.region.full((320, 240)), mask)
    assert [region.author for region in photos.list_regions(clinic, record.id)] == ["Dr A", "Dr B"]
    assert drawn.digest != corrected.digest
    assert photos.save_region(clinic, record.id, corners).digest == drawn.digest


@pytest.mark.parametrize(
    "shape",
    [
        np.zeros((240, 320), bool),
        np.ones((320, 240), bool),
        np.array([[0.0, 0.0], [5.0, 5.0]]),
        np.array([[np.nan, 0.0], [5.0, 5.0], [9.0, 0.0]]),
        np.array([[-50.0, -50.0], [-10.0, -50.0], [-10.0, -10.0]]),
    ],
    ids=["empty", "wrong size", "two corners", "nan", "outside"],
)
def test_a_region_that_cannot_be_is_refused(clinic, sessions, shape, photo_bytes):
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(5), "a.jpg", View.FRONTAL)
    with pytest.raises(InvalidInput):
        photos.save_region(clinic, record.id, shape)
    assert photos.list_regions(clinic, record.id) == []


def test_a_missing_original_is_never_taken_for_deleted(clinic, sessions, photo_bytes):
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(5), "a.jpg", View.FRONTAL)
    (clinic.home / "photos").rename(clinic.home / "elsewhere")
    with pytest.raises(StoreUnavailable):
        photos.original_bytes(clinic, record.id)
    with pytest.raises(StoreUnavailable, match="1 photos"):
        Clinic.open(clinic.home)
    (clinic.home / "elsewhere").rename(clinic.home / "photos")
    with Clinic.open(clinic.home) as again:
        assert photos.original_bytes(again, record.id) == photo_bytes(5)
    assert upkeep.verify(clinic).sound


def test_a_failed_row_leaves_an_orphan_that_a_later_sweep_takes(clinic, sessions, monkeypatch, photo_bytes):
    def fails(*_):
        raise StoreUnavailable("The record store is busy.")

    monkeypatch.setattr("tracker.clinic.records.store.Records.add_photo", fails)
    with pytest.raises(StoreUnavailable):
        photos.add_photo(clinic, sessions[0].id, photo_bytes(6), "a.jpg", View.FRONTAL)
    monkeypatch.undo()
    (orphan,) = _files(clinic)
    assert photos.list_photos(clinic, sessions[0].id) == []
    assert upkeep.verify(clinic).strangers == (orphan.name,)
    assert upkeep.sweep(clinic) == []
    then = time.time() - ORPHAN_AGE_S - 60
    os.utime(orphan, (then, then))
    assert upkeep.sweep(clinic) == [orphan.name]
    assert _files(clinic) == []


def test_an_orphan_swept_while_its_photo_is_decoded_is_written_again(clinic, sessions, monkeypatch, photo_bytes):
    real = clinic.files.put

    def put_then_swept(self, data):
        sha = real(data)
        monkeypatch.undo()
        Path(clinic.files.path(sha)).unlink()
        return sha

    monkeypatch.setattr(type(clinic.files), "put", put_then_swept)
    record = photos.add_photo(clinic, sessions[0].id, photo_bytes(6), "a.jpg", View.FRONTAL)
    assert photos.original_bytes(clinic, record.id) == photo_bytes(6)


def test_each_database_call_of_an_upload_may_fail_once(clinic, sessions, photo_bytes):
    """Every statement and the commit fail once: no row, or the whole row with its file."""
    outcomes = []
    for fail_at in range(1, 60):
        counter = iter(range(1, 1000))

        def failing(*_, counter=counter, fail_at=fail_at):
            if next(counter) == fail_at:
                raise OperationalError("", None, sqlite3.OperationalError("disk I/O error"))

        before = photos_stored(clinic)
        names = ("before_cursor_execute", "commit")
        for name in names:
            event.listen(clinic.store.engine, name, failing)
        try:
            photos.add_photo(clinic, sessions[0].id, photo_bytes(300 + fail_at), "a.jpg", View.FRONTAL)
            outcomes.append("stored")
        except StoreUnavailable as error:
            assert "nothing was saved" in str(error)  # noqa: PT017  # both outcomes are right here
            outcomes.append("refused")
        finally:
            for name in names:
                event.remove(clinic.store.engine, name, failing)
        assert photos_stored(clinic) == before + (outcomes[-1] == "stored")
        assert upkeep.verify(clinic).sound
        if outcomes[-1] == "stored":
            break
    assert outcomes.count("refused") >= 10  # the statements of one upload
    assert outcomes[-1] == "stored"


def photos_stored(clinic):
    with clinic.store.read() as records:
        return records.count_photos()


def test_eight_threads_upload_at_once(clinic, sessions, photo_bytes):
    def upload(number):  # every second one is a file that another thread uploads too
        data = photo_bytes(200 + number // 2)
        return photos.add_photo(clinic, sessions[0].id, data, f"{number}.jpg", View.FRONTAL)

    with ThreadPoolExecutor(8) as threads:
        records = list(threads.map(upload, range(16)))
    stored = photos.list_photos(clinic, sessions[0].id)
    assert len(stored) == 8
    assert {record.id for record in records} == {record.id for record in stored}
    assert sum(bool(record.notice) for record in records) == 8
    assert upkeep.verify(clinic).sound


UPLOADER = """
import sys
from pathlib import Path
import io
import numpy as np
from PIL import Image
from tracker.clinic.types import View
from tracker.clinic.workflow import photos
from tracker.clinic.workflow.clinic import Clinic


def photo_bytes(seed):
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 255, (300, 400, 3), np.uint8)
    Image.fromarray(pixels).save(out, "JPEG", quality=95)
    return out.getvalue()


if __name__ == "__main__":
    with Clinic.open(Path(sys.argv[1])) as clinic:
        for number in range(int(sys.argv[3]), int(sys.argv[3]) + 10_000):
            record = photos.add_photo(clinic, sys.argv[2], photo_bytes(number), f"{number}.jpg", View.FRONTAL)
            print(record.sha256, flush=True)
"""


@pytest.mark.slow
def test_ten_kills_in_the_middle_of_uploads_lose_nothing_that_was_acknowledged(clinic, sessions, tmp_path):
    random = np.random.default_rng(7)
    script = tmp_path / "uploader.py"
    script.write_text(UPLOADER)
    acknowledged = []
    for kill in range(10):
        arguments = [str(clinic.home), sessions[0].id, str(kill * 10_000)]
        with subprocess.Popen([sys.executable, script, *arguments], stdout=subprocess.PIPE, text=True) as process:
            acknowledged.append(process.stdout.readline().strip())  # it has started
            time.sleep(random.uniform(0.05, 0.4))
            process.kill()
            acknowledged += process.stdout.read().split()
    acknowledged = [sha for sha in acknowledged if len(sha) == 64]
    with Clinic.open(clinic.home) as reopened:
        recorded = {record.sha256 for record in photos.list_photos(reopened, sessions[0].id)}
        report = upkeep.verify(reopened)
    assert len(acknowledged) >= 10
    assert set(acknowledged) <= recorded
    assert report.missing == ()
    assert report.damaged == ()
    assert all(clinic.files.read(sha) for sha in recorded)


def test_disk_full_at_the_row_saves_nothing(clinic, sessions, photo_bytes):
    with clinic.store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    full = None
    for seed in range(100, 140):
        try:
            photos.add_photo(clinic, sessions[0].id, photo_bytes(seed), "a.jpg", View.FRONTAL)
        except StoreUnavailable as error:
            full = str(error)
            break
    assert full is not None
    assert "full" in full
    with clinic.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=100000")
    report = upkeep.verify(clinic)
    assert report.sound
    assert photos.add_photo(clinic, sessions[0].id, photo_bytes(seed), "a.jpg", View.FRONTAL).notice == ""
