"""Each file of tests/data/inputs gets its expected verdict, size, depth and colour; damage never passes unseen."""

import hashlib
import json
import tomllib
from datetime import datetime
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.data import astronaut
from typer.testing import CliRunner

from tracker.cli import app
from tracker.errors import UnreadablePhoto
from tracker.imaging import decode
from tracker.imaging.decode import header, integrity
from tracker.imaging.types import Photo

DATA = Path(__file__).parents[1] / "data"
INPUTS = DATA / "inputs"
EXPECTED = tomllib.loads((DATA / "expected.toml").read_text(encoding="utf-8"))
ACCEPTED = {name: facts for name, facts in EXPECTED.items() if facts["verdict"] == "accept"}
REFUSED = {name: facts for name, facts in EXPECTED.items() if facts["verdict"] == "reject"}
PORTRAIT = cv2.resize(astronaut()[:384], (160, 120), interpolation=cv2.INTER_AREA)
PATCHES = np.array(
    [
        (115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
        (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46),
        (56, 61, 150), (70, 148, 73), (175, 54, 60), (231, 199, 31), (187, 86, 149), (20, 133, 161),
        (243, 243, 242), (200, 200, 200), (160, 160, 160), (122, 122, 121), (85, 85, 85), (52, 52, 52),
    ]
)  # fmt: skip


def unit(photo: Photo) -> np.ndarray:
    return photo.encoded / float(np.iinfo(photo.encoded.dtype).max)


def patch_colours(rgb: np.ndarray) -> np.ndarray:
    side = rgb.shape[1] // 6
    rows = [
        [rgb[r * side + 4 : (r + 1) * side - 4, c * side + 4 : (c + 1) * side - 4].mean((0, 1)) for c in range(6)]
        for r in range(4)
    ]
    return np.array(rows).reshape(24, 3)


def greys() -> np.ndarray:
    v = PATCHES / 255
    y = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]
    return np.repeat(np.where(y <= 0.0031308, 12.92 * y, 1.055 * y ** (1 / 2.4) - 0.055)[:, None], 3, axis=1)


def test_the_corpus_is_complete():
    assert {path.name for path in INPUTS.iterdir()} == EXPECTED.keys()
    assert len(ACCEPTED) >= 40
    assert len(REFUSED) >= 40


@pytest.mark.parametrize("name", ACCEPTED)
def test_odd_but_whole_photos_are_taken(name: str):
    facts = ACCEPTED[name]
    photo = decode.open_photo(INPUTS / name)
    assert list(photo.size) == facts["size"]
    assert photo.encoded.dtype.itemsize * 8 == facts["depth"]
    info = decode.check(INPUTS / name)
    assert [info.width, info.height, info.depth] == [*facts["size"], facts["depth"]]


@pytest.mark.parametrize("name", REFUSED)
def test_bad_files_get_one_sentence(name: str):
    with pytest.raises(UnreadablePhoto) as caught:
        decode.open_photo(INPUTS / name)
    sentence = str(caught.value)
    assert sentence.startswith(f"{name}: ")
    assert REFUSED[name]["words"] in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "expected" in sentence
    assert ";" in sentence  # what to do


@pytest.mark.parametrize("name", [name for name, facts in ACCEPTED.items() if facts["colour"]])
def test_colours_become_srgb(name: str):
    truth = PATCHES / 255 if ACCEPTED[name]["colour"] == "patches" else greys()
    error = deltaE_ciede2000(rgb2lab(patch_colours(unit(decode.open_photo(INPUTS / name)))), rgb2lab(truth))
    assert error.max() <= 1.5
    assert error.mean() <= 0.6


def test_sixteen_bits_stay_sixteen_bits():
    fine = decode.open_photo(INPUTS / "prophoto_16.png")
    error = deltaE_ciede2000(rgb2lab(patch_colours(unit(fine))), rgb2lab(PATCHES / 255))
    assert error.max() <= 0.1  # 8 bits reach 0.6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_upright(orientation: int):
    tag = Image.Exif()
    tag[0x0112] = orientation
    stored = Image.fromarray(PORTRAIT)
    with BytesIO() as file:  # the truth comes from Pillow's own rotation of the uncompressed picture
        stored.save(file, "PNG", exif=tag)
        truth = np.asarray(ImageOps.exif_transpose(Image.open(file)))
    pixels = decode.open_photo(INPUTS / f"exif_{orientation}.jpg").encoded
    assert np.abs(pixels.astype(int) - truth).mean() < 6


@pytest.mark.parametrize("name", ["exif_6.png", "exif_6.tif", "exif_6.heic"])
def test_no_format_is_turned_twice(name: str):
    truth = np.rot90(PORTRAIT, -1)  # orientation 6: turn clockwise to view
    pixels = decode.open_photo(INPUTS / name).encoded
    assert np.abs(pixels.astype(int) - truth).mean() < 6


@pytest.mark.parametrize("name", ["two_pictures.jpg", "animated.png", "animated.webp", "pages.tif"])
def test_only_the_first_picture_counts(name: str):
    assert np.abs(decode.open_photo(INPUTS / name).encoded.astype(int) - PORTRAIT).mean() < 6


def test_what_is_transparent_becomes_white():
    pixels = decode.open_photo(INPUTS / "rgba.png").encoded
    assert pixels[0].min() >= 254  # alpha 0 in the first row
    assert np.abs(pixels[-1].astype(int) - PORTRAIT[-1]).max() <= 2


def test_time_and_camera_are_read_and_nothing_else():
    path = INPUTS / "exif_3.jpg"
    photo = decode.open_photo(path, name="record 7")
    assert photo.name == "record 7"
    assert photo.captured_at == datetime(2026, 3, 4, 10, 11, 12)
    assert photo.camera == "Testmaker Model 1"
    assert photo.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert decode.open_photo(path.read_bytes()).name == "the photo"


def test_pixels_cannot_be_written():
    photo = decode.open_photo(INPUTS / "srgb.png")
    with pytest.raises(ValueError, match="read-only"):
        photo.encoded[0, 0, 0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        photo.encoded.setflags(write=True)


def test_the_content_decides_and_the_user_is_told():
    assert "the name ends in .png" in decode.check(INPUTS / "jpeg_named.png").message
    assert "the name ends" not in decode.check(INPUTS / "UPPER.JPG").message


def test_a_path_that_is_no_file(tmp_path: Path):
    with pytest.raises(UnreadablePhoto, match="No such file"):
        decode.open_photo(tmp_path / "gone.jpg")
    with pytest.raises(UnreadablePhoto, match="Is a directory"):
        decode.open_photo(tmp_path)


def test_too_many_bytes_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decode, "MAX_BYTES", 1 << 20)
    with pytest.raises(UnreadablePhoto, match="at most 1 MB, found 2"):
        decode.open_photo(bytes(2 << 20), name="big.jpg")


def test_heic_without_its_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    with pytest.raises(integrity.Refused, match=r"skin-progress-tracker\[heic\].*or export the photo as JPEG"):
        header.open_header((INPUTS / "plain.heic").read_bytes())


@pytest.mark.parametrize("percent", [5, 25, 50, 75, 95, 99])
@pytest.mark.parametrize("name", ["exif_1.jpg", "progressive.jpg", "rgba.png", "lossy.webp", "pages.tif", "plain.heic"])
def test_no_cut_file_is_taken(name: str, percent: int):
    data = (INPUTS / name).read_bytes()
    with pytest.raises(UnreadablePhoto):
        decode.open_photo(data[: len(data) * percent // 100 if name != "pages.tif" else len(data) * percent // 200])


@pytest.mark.parametrize("name", ["exif_6.jpg", "exif_6.heic", "prophoto_16.png", "cut_99.jpg", "nan.tif", "empty.jpg"])
def test_the_command_line_says_the_same(name: str):
    done = CliRunner().invoke(app, ["check", str(INPUTS / name), "--json"])
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    facts = EXPECTED[name]
    assert answer["status"] == facts["verdict"]
    assert [answer["width"], answer["height"]] == facts.get("size", [None, None])
    assert facts.get("words", "") in answer["message"]


SEEDS = ("exif_6.jpg", "progressive.jpg", "adobe_rgb.jpg", "palette_clear.png", "prophoto_16.png", "lossy.webp",
         "pages.tif", "display_p3_16.tif", "cmyk_profile.tif", "plain.heic")  # fmt: skip


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    out = bytearray(data)
    where = int(rng.integers(len(out)))
    match int(rng.integers(4)):
        case 0:
            for at in rng.integers(0, len(out), 1 + int(rng.integers(8))):
                out[at] ^= 1 << int(rng.integers(8))
        case 1:
            head = int(rng.integers(min(400, len(out))))  # headers and lists of tags
            out[head] = int(rng.integers(256))
        case 2:
            del out[where : where + int(rng.integers(1, 200))]
        case _:
            out[where:where] = rng.integers(0, 256, int(rng.integers(1, 64)), np.uint8).tobytes()
    return bytes(out)


@pytest.mark.parametrize("name", SEEDS)
def test_mutations_give_a_photo_or_a_sentence(name: str):
    rng = np.random.default_rng(SEEDS.index(name))
    data = (INPUTS / name).read_bytes()
    for _ in range(20):
        try:
            assert isinstance(decode.open_photo(mutated(data, rng)), Photo)
        except UnreadablePhoto as error:
            assert str(error).endswith(".")  # noqa: PT017  # both outcomes are right
