"""The child processes: limited, recycled, replaced, quiet, and usable from threads and other processes."""

import mmap
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tracker.errors import UnreadablePhoto
from tracker.imaging import decode
from tracker.imaging.decode import pool, worker
from tracker.imaging.decode.channel import anonymous_file, unchangeable
from tracker.imaging.decode.integrity import Refused

PHOTO = Path(__file__).parents[1] / "data" / "inputs" / "exif_6.jpg"
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def own_pool(monkeypatch: pytest.MonkeyPatch):
    fresh = pool.Pool()
    monkeypatch.setattr(decode, "POOL", fresh)
    yield fresh
    fresh.close()


def test_a_worker_is_kept_and_then_recycled(own_pool: pool.Pool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pool, "PHOTOS_PER_WORKER", 3)
    pids = []
    for _ in range(3):
        decode.open_photo(PHOTO)
        pids.append(own_pool._idle[0].process.pid if own_pool._idle else None)
    assert pids[0] == pids[1]
    assert pids[2] is None  # served its three
    assert decode.open_photo(PHOTO).size == (120, 160)


def test_a_worker_that_died_while_idle_is_replaced(own_pool: pool.Pool):
    decode.open_photo(PHOTO)
    lost = own_pool._idle[0].process
    lost.kill()
    lost.wait()
    assert decode.open_photo(PHOTO).size == (120, 160)
    assert own_pool._idle[0].process.pid != lost.pid


def test_a_worker_that_hangs_is_ended(own_pool: pool.Pool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pool, "WALL_SECONDS", 0.001)
    with pytest.raises(UnreadablePhoto, match=r"^slow\.jpg: .*needed more than"):
        decode.open_photo(PHOTO, name="slow.jpg")
    assert own_pool._idle == []


def test_a_worker_that_crashes_costs_one_sentence(own_pool: pool.Pool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pool, "_MODULE", "tracker.no_such_module")
    with pytest.raises(UnreadablePhoto, match=r"^a\.jpg: .*crashed or used up its limits"):
        decode.open_photo(PHOTO.read_bytes(), name="a.jpg")


def test_the_child_has_its_limits(own_pool: pool.Pool):
    decode.open_photo(PHOTO)
    limits = Path(f"/proc/{own_pool._idle[0].process.pid}/limits").read_text()
    found = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert found["Max address space"] == str(worker.MEMORY)
    assert int(found["Max cpu time"]) <= worker.CPU_SECONDS + 5
    assert os.readlink(f"/proc/{own_pool._idle[0].process.pid}/fd/0") == "/dev/null"


def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch):
    def starve(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(worker, "fill", starve)
    source = os.open(PHOTO, os.O_RDONLY)
    answer, pixels = worker._answer(source)
    assert "more than 3 GB of memory" in answer["refused"]
    assert pixels is None


def test_a_refusal_leaves_no_descriptor_open(own_pool: pool.Pool, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise Refused("expected nothing; go away.")

    monkeypatch.setattr(worker, "fill", refuse)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        worker._answer(os.open(PHOTO, os.O_RDONLY))
    assert len(os.listdir("/proc/self/fd")) == before


def test_pixels_outlive_their_worker_and_leave_no_descriptor(own_pool: pool.Pool):
    before = len(os.listdir("/proc/self/fd"))
    photo = decode.open_photo(PHOTO)
    own_pool.close()
    assert photo.encoded.mean() > 1
    del photo
    assert len(os.listdir("/proc/self/fd")) == before


def test_threads_share_the_pool(own_pool: pool.Pool):
    with ThreadPoolExecutor(8) as threads:
        photos = list(threads.map(lambda _: decode.open_photo(PHOTO), range(24)))
    assert all(np.array_equal(photo.encoded, photos[0].encoded) for photo in photos)
    assert len(own_pool._idle) <= pool.WORKERS


def test_several_photos_come_in_order(own_pool: pool.Pool):
    other = PHOTO.with_name("long.png")
    assert [photo.name for photo in decode.open_photos([other, PHOTO, other])] == [other.name, PHOTO.name, other.name]
    with pytest.raises(UnreadablePhoto, match=r"^cut_50\.jpg"):
        decode.open_photos([PHOTO, PHOTO.with_name("cut_50.jpg")])


def _size(path: Path) -> tuple[int, int]:
    return decode.open_photo(path).size


def test_worker_processes_may_decode():
    decode.open_photo(PHOTO)  # the parent's own workers must not disturb
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        assert processes.submit(_size, PHOTO).result(60) == (120, 160)


def test_a_forked_copy_starts_its_own_workers():
    decode.open_photo(PHOTO)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as processes:
        assert processes.submit(_size, PHOTO).result(60) == (120, 160)
    assert decode.open_photo(PHOTO).size == (120, 160)


def test_a_script_without_main_guard_decodes_and_ends_quietly():
    script = f"from tracker import open_photo\nprint(open_photo({str(PHOTO)!r}).size)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-"], input=script, text=True, capture_output=True, cwd=PROJECT
    )
    assert done.stdout == "(120, 160)\n"
    assert done.stderr == ""
    assert done.returncode == 0


def test_the_child_imports_little():  # it starts in 0.2 to 0.3 s on an idle machine
    script = "import sys, tracker.imaging.decode.worker; print(*(m for m in sys.modules if '.' not in m))"
    done = subprocess.run([sys.executable, "-c", script], text=True, capture_output=True, cwd=PROJECT, check=True)
    assert not {"scipy", "skimage", "colour", "pandas", "matplotlib"} & set(done.stdout.split())


@pytest.mark.slow
def test_the_largest_photo_fits_its_memory(own_pool: pool.Pool):
    tile = Image.effect_noise((1000, 1000), 40).convert("RGB")
    large = Image.new("RGB", (10000, 10000))
    for at in range(100):
        large.paste(tile, (at % 10 * 1000, at // 10 * 1000))
    with BytesIO() as file:
        large.save(file, "JPEG", quality=85)
        data = file.getvalue()
    assert decode.open_photo(data).size == (10000, 10000)
    peak = Path(f"/proc/{own_pool._idle[0].process.pid}/status").read_text().split("VmHWM:")[1].split()[0]
    assert int(peak) * 1024 < 1.2e9  # the picture as Pillow holds it (400 MB), as it goes out (300 MB), the libraries


def test_a_file_that_cannot_be_sealed_is_copied_out_of_reach():
    descriptor = anonymous_file(4096)
    try:
        with mmap.mmap(descriptor, 0) as still_writable:  # the kernel refuses the seal while this lives
            still_writable[:3] = b"abc"
            held = unchangeable(descriptor)
            still_writable[:3] = b"xyz"
        assert isinstance(held, bytes)
        assert held[:3] == b"abc"
        assert len(held) == 4096
        assert isinstance(unchangeable(descriptor), mmap.mmap)
    finally:
        os.close(descriptor)
