import io
from datetime import datetime

import numpy as np
import pytest
from PIL import ExifTags, Image

from tracker.imaging.colour import encoded_to_linear, linear_to_uint8
from tracker.phantom.camera import Camera, jpeg, record

GREY = np.full((64, 64, 3), 0.18, np.float32)


def chance():
    return np.random.default_rng(1)


def test_a_silent_camera_only_encodes():
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[None, :, None] * np.ones((4, 1, 3), np.float32)
    photo = record(ramp, Camera(noise=0, blur_px=0), chance())
    assert np.abs(photo.astype(int) - linear_to_uint8(ramp).astype(int)).max() <= 1


def test_exposure_balance_and_mix_act_in_linear_light():
    camera = Camera(0.5, (1.2, 1.0, 0.8), noise=0, blur_px=0)
    light = encoded_to_linear(record(GREY, camera, chance())[0, 0] / 255)
    np.testing.assert_allclose(light, 0.09 * np.array([1.2, 1.0, 0.8]), rtol=0.03)
    swapped = Camera(noise=0, blur_px=0, mix=((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
    red = np.zeros((8, 8, 3), np.float32) + np.array([0.5, 0.1, 0.1], np.float32)
    assert record(red, swapped, chance())[0, 0].argmax() == 1


def test_noise_has_the_variance_of_the_model():
    light = encoded_to_linear(record(np.full((256, 256, 3), 0.4, np.float32), Camera(blur_px=0), chance()) / 255)
    assert light.std() == pytest.approx(np.sqrt(0.4 / 8000 + 0.002**2), rel=0.05)


def test_contrast_moves_the_tone_curve_away_from_srgb():
    dark = np.full((8, 8, 3), 0.05, np.float32)
    assert (
        record(dark, Camera(noise=0, contrast=1), chance())[0, 0, 0] < record(dark, Camera(noise=0), chance())[0, 0, 0]
    )


def test_the_file_says_phantom_and_when_and_nothing_else():
    data = jpeg(record(GREY, Camera(), chance()), 92, datetime(2026, 1, 12, 9, 10))
    exif = Image.open(io.BytesIO(data)).getexif()
    details = exif.get_ifd(ExifTags.IFD.Exif)
    assert exif[ExifTags.Base.Model] == "Phantom"
    assert set(exif) == {ExifTags.Base.Model, ExifTags.IFD.Exif}
    assert dict(details) == {ExifTags.Base.DateTimeOriginal: "2026:01:12 09:10:00"}


def test_the_photo_is_read_only():
    assert not record(GREY, Camera(), chance()).flags.writeable
