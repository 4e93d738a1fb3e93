"""The recipe's scenes: points stay on what they mark, names fit indices, and a person is on one side of the split."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tracker.imaging.regions.landmarks import ANCHOR_NAMES, MEAN_ANCHORS
from tracker.imaging.types import NAMED_POINTS, POINT_NAMES, mirrored

RECIPE = Path(__file__).resolve().parents[2] / "models" / "face-landmarks-v1"
sys.path.append(str(RECIPE))

import landmark_looks as looks  # noqa: E402
import landmark_people as people  # noqa: E402
import landmark_scenes as scenes  # noqa: E402


def dotted(seed: int) -> people.Labelled:
    """A dark photo with a bright dot at each anchor, the right and left ones of different colours."""
    points = np.full((len(POINT_NAMES), 2), np.nan)
    picture = np.full((400, 400, 4), 40, np.uint8)
    picture[..., 3] = 255
    for name, at in zip(ANCHOR_NAMES, MEAN_ANCHORS * people.UNIT_PX + (200, 140), strict=True):
        points[POINT_NAMES.index(name)] = at
        colour = (255, 0, 0, 255) if "right" in name else (0, 255, 0, 255) if "left" in name else (0, 0, 255, 255)
        cv2.circle(picture, tuple(int(v) for v in np.rint(at)), 3, colour, -1)
    return people.Labelled(f"dots {seed}", picture, points, False)


@pytest.mark.parametrize("make", ["crop", "frame"])
def test_points_stay_on_what_they_mark(make: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenes, "developed", lambda rgb, rng: rgb)
    monkeypatch.setattr(scenes, "_occluded", lambda rgb, rng: rgb)
    monkeypatch.setattr(scenes, "texture", lambda side, rng: np.full((side, side, 3), 40, np.uint8))
    checked, mirrored_scenes = 0, 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        if make == "crop":
            image, every = scenes.crop_scene(dotted(seed), 128, rng)
            points = every[scenes.ANCHOR_INDEX]
        else:
            image, points = scenes.frame_scene(dotted(seed), 96, rng)
        if np.hypot(*(points[0] - points[1])) < 16:  # dots below two pixels say nothing
            continue
        # In a mirrored scene the left eye is seen where a right one would be, and takes its name.
        x, y = np.clip(np.rint(points[0]).astype(int), 0, image.shape[0] - 1)
        mirror = image[y, x, 1] > image[y, x, 0]
        mirrored_scenes += mirror
        channels = (1, 0, 2, 1, 0, 2) if mirror else (0, 1, 2, 0, 1, 2)
        for channel, name, at in zip(channels, ANCHOR_NAMES, points, strict=True):
            x, y = (int(v) for v in np.rint(at))
            window = image[max(0, y - 5) : y + 6, max(0, x - 5) : x + 6].astype(float)
            if window.shape[:2] != (11, 11):
                continue
            light = np.clip(window[..., channel] - 50, 0, None)
            assert light.sum() > 0, (seed, name)
            yy, xx = np.mgrid[-5:6, -5:6]
            centre = np.array([(light * xx).sum(), (light * yy).sum()]) / light.sum() + (x, y)
            # The dot itself was drawn on whole pixels.
            assert np.hypot(*(centre - at)) < 1.0, (seed, name)
            checked += 1
    assert checked >= 30
    assert mirrored_scenes >= 2


def test_the_recipe_and_the_product_count_the_same_sides() -> None:
    assert set(people.LONDON_INDEX) == set(POINT_NAMES)
    assert len(set(people.LONDON_INDEX.values())) == len(POINT_NAMES)
    assert set(NAMED_POINTS) <= set(POINT_NAMES)
    assert set(people.LISA_INDEX) < set(POINT_NAMES)
    assert set(people.ZOOM_INDEX) < set(POINT_NAMES)
    assert [POINT_NAMES[i] for i in people.MIRROR] == [mirrored(name) for name in POINT_NAMES]
    assert (people.MIRROR[people.MIRROR] == np.arange(len(POINT_NAMES))).all()


@pytest.mark.parametrize("side", [96, 128])
def test_scenes_without_a_face_are_pictures(side: int) -> None:
    rng = np.random.default_rng(1)
    face = rng.integers(0, 256, (128, 128, 3), np.uint8)
    kinds = [looks.faceless([face], side, rng) for _ in range(40)]
    assert all(one.shape == (side, side, 3) and one.dtype == np.uint8 for one in kinds)
    assert len({one.tobytes() for one in kinds}) == 40


def test_the_same_seed_gives_the_same_scene() -> None:
    one, two, other = (scenes.crop_scene(dotted(0), 128, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1], equal_nan=True)
    assert not np.array_equal(one[0], other[0])


@pytest.mark.photos
def test_every_person_is_held_out_once_and_never_trained_on_by_that_member(shared_data: Path) -> None:
    everyone = people.london_people(shared_data)
    held = [people.held_out(shared_data, fold) for fold in range(people.FOLDS)]
    assert sorted(person for fold in held for person in fold) == everyone
    assert len(everyone) == 72
    trained = {photo.person for photo in people.training_photos(shared_data, 2)}
    assert trained == {f"L{person}" for person in everyone} - {f"L{person}" for person in held[2]} | {"lisa"}


@pytest.mark.photos
def test_labels_lie_on_the_side_that_their_name_says(shared_data: Path) -> None:
    for photo in people.training_photos(shared_data, 0)[::13]:
        points = dict(zip(POINT_NAMES, photo.points, strict=True))
        for name, at in points.items():
            if "right" in name and np.isfinite(at).all():
                assert at[0] < points[mirrored(name)][0] or np.isnan(points[mirrored(name)][0])
