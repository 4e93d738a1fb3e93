"""Previews: pixels alone, kept where there is room, made again where there is not."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from tracker.clinic.workflow import previews
from tracker.errors import InvalidInput
from tracker.imaging import decode


@pytest.fixture
def photo(as_jpeg, skin_like):
    exif = Image.Exif()
    exif[0x010E] = "Ada Lovelace"
    return decode.open_photo(as_jpeg(skin_like(3), exif=exif), name="a.jpg")


@pytest.mark.parametrize(("asked", "width"), [(100, 100), (4000, 320)])
def test_a_preview_is_never_larger_than_the_photo_and_holds_no_metadata(photo, asked, width):
    data = previews.jpeg(photo, asked)
    image = Image.open(io.BytesIO(data))
    assert image.width == width
    assert not image.getexif()
    assert b"Ada" not in data


def test_sixteen_bits_become_eight(as_jpeg, skin_like):
    out = io.BytesIO()
    Image.fromarray(np.full((64, 64), 30000, np.uint16)).save(out, "PNG")
    photo = decode.open_photo(out.getvalue(), name="a.png")
    assert Image.open(io.BytesIO(previews.jpeg(photo, 64))).mode == "RGB"


def test_what_was_kept_comes_back_and_a_full_disk_stops_nobody(tmp_path, monkeypatch):
    assert previews.kept(tmp_path, "0" * 64, 640) is None
    previews.keep(tmp_path, "0" * 64, 640, b"jpeg")
    assert previews.kept(tmp_path, "0" * 64, 640) == b"jpeg"
    assert [path.suffix for path in tmp_path.iterdir()] == [".jpg"]

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    previews.keep(tmp_path, "1" * 64, 640, b"jpeg")
    assert previews.kept(tmp_path, "1" * 64, 640) is None


def test_absurd_widths_are_refused():
    for width in (0, 15, 8193):
        with pytest.raises(InvalidInput, match="Preview width"):
            previews.check_width(width)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.jpg", "b.jpg"), ("\0\n", "photo"), ("x" * 300, "x" * 255)],
)
def test_file_names_are_safe_to_print(name, shown):
    assert previews.shown_name(name) == shown


def test_a_narrow_preview_is_made_from_the_widest_and_not_from_the_original(tmp_path, photo, monkeypatch):
    opened = []

    def original():
        opened.append(1)
        return photo

    monkeypatch.setattr(previews, "WIDTH", 200)  # the photo has 320 px
    first = previews.preview(tmp_path, photo.sha256, 100, original)
    assert len(opened) == 1
    assert previews.kept(tmp_path, photo.sha256, 200) is not None
    small = previews.preview(tmp_path, photo.sha256, 50, original)
    assert len(opened) == 1
    assert previews.preview(tmp_path, photo.sha256, 100, original) == first
    shown, straight = (np.asarray(Image.open(io.BytesIO(one)), float) for one in (small, previews.jpeg(photo, 50)))
    assert shown.shape == straight.shape
    assert np.abs(shown - straight).mean() < 3  # grey levels that one more JPEG costs


def test_a_damaged_preview_is_made_again_from_the_original(tmp_path, photo, monkeypatch):
    monkeypatch.setattr(previews, "WIDTH", 200)
    for broken in (b"", b"no picture"):
        previews.keep(tmp_path, photo.sha256, 200, broken)
        data = previews.preview(tmp_path, photo.sha256, 100, lambda: photo)
        assert Image.open(io.BytesIO(data)).width == 100
        assert Image.open(io.BytesIO(previews.kept(tmp_path, photo.sha256, 200))).width == 200
        (tmp_path / f"{photo.sha256}-100.jpg").unlink()


def test_a_preview_wider_than_the_widest_needs_the_original(tmp_path, photo, monkeypatch):
    monkeypatch.setattr(previews, "WIDTH", 200)
    previews.keep(tmp_path, photo.sha256, 200, previews.jpeg(photo, 200))
    assert Image.open(io.BytesIO(previews.preview(tmp_path, photo.sha256, 300, lambda: photo))).width == 300
