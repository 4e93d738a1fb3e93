import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tracker.imaging import calibrate
from tracker.imaging.colour import haemoglobin_index
from tracker.imaging.types import Photo
from tracker.phantom import (
    SITES,
    Camera,
    Kind,
    Lesion,
    Light,
    Placement,
    Pose,
    SceneSpec,
    Visit,
    carry,
    checker,
    make_scene,
    photograph,
    tracker_card,
)
from tracker.phantom.optics import skin_colour

CALM = Camera(noise=0.3, blur_px=0.4)


def as_photo(shot):
    return Photo("phantom.png", "", shot.encoded)


@pytest.fixture(scope="module")
def scene():
    marks = [(x, y) for x in (-20.0, 0.0, 20.0) for y in (-12.0, 12.0)]
    dots = tuple(Lesion(Kind.STAIN, at, 1.2, 1.2, 0.0, blood=1.0, melanin=9.0, seed=5) for at in marks)
    return make_scene(SceneSpec(SITES["patch"], 40.0, (60.0, 45.0), 10.0, dots), 2)


def centroid(shot, guess):
    """Darkness-weighted centre of the dot near a photo pixel."""
    x, y = (round(float(v)) for v in guess)
    window = shot.encoded[y - 12 : y + 13, x - 12 : x + 13, 1].astype(float)
    weight = np.maximum(np.percentile(window, 60) - 15 - window, 0)
    rows, columns = np.mgrid[y - 12 : y + 13, x - 12 : x + 13]
    return np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()


def test_the_true_displacement_is_where_the_pixels_went(scene):
    light = Light(shine=0)
    first = photograph(scene, Visit(Pose(), light, CALM), 1)
    second = photograph(scene, Visit(Pose(6.0, (2.0, -1.0), (5.0, 3.0), 0.97, 0.8, 3), light, CALM), 2)
    at = first.geometry.to_photo(np.array([lesion.centre_mm for lesion in scene.spec.lesions]))
    found_first = np.array([centroid(first, p) for p in at])
    expected = carry(first, second, found_first)
    found_second = np.array([centroid(second, p) for p in expected])
    assert np.hypot(*(found_second - expected).T).max() < 0.35  # px; the dots are drawn with 12 px


def test_masks_follow_the_skin(scene):
    shot = photograph(scene, Visit(Pose(5.0, (1.0, 1.0), zoom=0.95), camera=CALM), 1)
    mask = shot.mask("stain")
    at = np.rint(shot.geometry.to_photo(np.array([lesion.centre_mm for lesion in scene.spec.lesions]))).astype(int)
    assert mask[at[:, 1], at[:, 0]].all()
    area = mask.sum() / shot.px_per_mm**2
    assert area == pytest.approx(scene.masked_area_mm2("stain"), rel=0.05)


def test_the_card_gives_back_colour_and_scale():
    spec = SceneSpec(SITES["patch"], 20.0, (110.0, 82.0), 10.0)
    camera = Camera(0.8, (1.1, 1.0, 0.86), ((0.94, 0.05, 0.01), (0.03, 0.95, 0.02), (0.0, 0.06, 0.94)))
    visit = Visit(Pose(4.0, tilt_deg=(4.0, 2.0)), camera=camera, targets=(Placement(tracker_card(), (0.0, 5.0), 3.0),))
    shot = photograph(make_scene(spec, 4), visit, 5)
    found = calibrate.fit(as_photo(shot))
    assert found is not None
    assert found.residual_de00 < 1.0
    assert found.mm_to_px is not None
    middle = shot.geometry.to_photo(np.zeros((1, 2)))
    assert calibrate.px_per_mm(found, middle) == pytest.approx(shot.px_per_mm, rel=0.01)


def test_a_drawn_colorchecker_is_found_and_read():
    spec = SceneSpec(SITES["patch"], 20.0, (130.0, 95.0), 8.0)
    camera = Camera(0.85, (1.06, 1.0, 0.92))
    visit = Visit(Pose(3.0), camera=camera, targets=(Placement(checker(), (0.0, 4.0), 2.0),))
    found = calibrate.fit(as_photo(photograph(make_scene(spec, 4), visit, 5)))
    assert found is not None
    assert "ColorChecker" in found.target
    assert found.residual_de00 < 1.5


def test_reddened_skin_reads_redder_by_the_true_amount():
    patch = make_scene(SceneSpec(SITES["patch"], 35.0, (40.0, 30.0), 10.0), 6)
    visit = Visit(light=Light(shine=0), camera=CALM)
    truth, seen = [], []
    for scene in (patch, patch.changed(blood=2.0)):
        shot = photograph(scene, visit, 7)
        seen.append(haemoglobin_index(as_photo(shot).linear()[50:250, 50:350].mean((0, 1))))
        skin = skin_colour(np.exp(shot.maps.log_melanin), np.exp(shot.maps.log_blood))
        truth.append(haemoglobin_index(skin[80:-80, 80:-80].mean((0, 1))))
    assert truth[1] - truth[0] > 8
    assert seen[1] - seen[0] == pytest.approx(truth[1] - truth[0], rel=0.06)


def test_a_body_in_front_of_a_cloth_has_a_background(scene):
    arm = make_scene(SceneSpec(SITES["forearm"], 10.0, (120.0, 110.0), 4.0), 1)
    shot = photograph(arm, Visit(), 1)
    skin = shot.skin()
    assert not skin[3].any()
    assert skin[220].all()
    assert shot.encoded[3, :, 2].mean() > shot.encoded[3, :, 0].mean()  # a blue drape


def test_noise_is_all_that_differs_between_two_photos_of_one_visit(scene):
    a, b = (photograph(scene, Visit(), seed) for seed in (1, 2))
    assert 0 < np.abs(a.encoded.astype(int) - b.encoded.astype(int)).mean() < 3
    np.testing.assert_array_equal(a.encoded, photograph(scene, Visit(), 1).encoded)


@pytest.mark.slow
def test_two_megapixels_in_three_seconds():
    cv2.setNumThreads(1)
    scar = Lesion(Kind.SURGICAL, (0.0, 0.0), 5.0, 60.0, -0.2, blood=2.0)
    spec = SceneSpec(SITES["forearm"], 10.0, (160.0, 120.0), 10.0, (scar,))
    visit = Visit(Pose(3.0, stretch_mm=1.0), targets=(Placement(tracker_card(), (0.0, 40.0)),))
    make_scene(replace(spec, px_per_mm=2.0), 0)  # tables and imports
    started = time.process_time()
    shot = photograph(make_scene(spec, 1), visit, 1)
    assert shot.encoded.shape == (1200, 1600, 3)
    assert time.process_time() - started < 3.0
