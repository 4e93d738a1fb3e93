"""Photos are searched, cropped and mapped back rightly by any network; and ours refuses what is no face."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.imaging import decode, networks
from tracker.imaging.regions import landmarks as lm
from tracker.imaging.types import (
    NAMED_POINTS,
    POINT_NAMES,
    FaceLandmarks,
    LandmarkReading,
    NoFace,
    Photo,
    mirrored,
)
from tracker.phantom import SceneSpec, Visit, make_scene, photograph

ANCHORS = [POINT_NAMES.index(name) for name in lm.ANCHOR_NAMES]


def map_photo(width: int, height: int) -> Photo:
    """A photo whose colours say where they are: red grows with x, green with y."""
    x = np.linspace(0, 255, width, dtype=np.float32)[None].repeat(height, 0)
    y = np.linspace(0, 255, height, dtype=np.float32)[:, None].repeat(width, 1)
    return Photo("map.png", "", np.dstack([x, y, np.zeros_like(x)]).round().astype(np.uint8))


class MapReader:
    """A network that answers known points of a map photo wherever it is shown a part of it."""

    def __init__(self, truth: np.ndarray, size: tuple[int, int], **answers: float) -> None:
        self.truth, self.size = truth, np.array(size)
        self.score, self.face, self.scale = (answers.get(k, v) for k, v in (("score", 1), ("face", 1), ("scale", 0.3)))
        self.away = answers.get("away", 0.0)
        self.reads = 0

    def _affine(self, image: np.ndarray) -> np.ndarray:
        side = image.shape[0]
        x, y = np.meshgrid(np.arange(side), np.arange(side))
        # Only where the map is seen: its edge is repeated beyond.
        seen = ((image[..., :2] > 4) & (image[..., :2] < 251)).all(2)
        where = image[seen][:, :2] / 255 * (self.size - 1)
        seat = np.column_stack([x[seen], y[seen], np.ones(seen.sum())])
        return np.linalg.lstsq(np.column_stack([where, np.ones(len(where))]), seat[:, :2], rcond=None)[0]

    def locate(self, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        points = [np.column_stack([self.truth[ANCHORS], np.ones(6)]) @ self._affine(f) for f in frames]
        return np.array(points), np.full(len(frames), float(self.score))

    def read(self, crops: np.ndarray) -> LandmarkReading:
        self.reads += 1
        points = []
        for crop in crops:
            affine = self._affine(crop)
            shown = np.column_stack([self.truth, np.ones(len(self.truth))]) @ affine
            flipped = np.linalg.det(affine[:2]) < 0
            # Seen in a mirror, the place of every point belongs to the name of the other side.
            points.append(shown[[POINT_NAMES.index(mirrored(n)) for n in POINT_NAMES]] if flipped else shown)
        found = np.array(points)[None] + self.away * lm.CROP_SIDE / lm.CROP_UNITS
        return LandmarkReading(
            found, np.full(found.shape[:3], float(self.scale)), np.full(found.shape[:2], float(self.face))
        )


def face_at(middle: tuple[float, float], unit: float, degrees: float = 0.0) -> np.ndarray:
    """Points of a face: the anchors where the mean face has them, the others in the face at random."""
    rng = np.random.default_rng(5)
    points = rng.uniform((-0.9, -1.1), (0.9, 1.7), (len(POINT_NAMES), 2))
    points[ANCHORS] = lm.MEAN_ANCHORS
    turn = np.radians(degrees)
    return points @ (unit * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])) + middle


@pytest.mark.parametrize(
    ("size", "middle", "unit", "degrees"),
    [((640, 480), (330, 150), 90, 0), ((480, 640), (240, 250), 80, 33), ((4000, 3000), (1900, 1000), 600, -30)],
)
def test_points_come_back_where_they_are(size, middle, unit, degrees) -> None:
    truth = face_at(middle, unit, degrees)
    found = lm.find_landmarks(map_photo(*size), MapReader(truth, size))
    assert isinstance(found, FaceLandmarks)
    assert tuple(found.points) == POINT_NAMES
    away = np.hypot(*(np.array(list(found.points.values())) - truth).T) / unit
    assert away.max() < 0.02
    assert found.inter_pupil_px == pytest.approx(unit, rel=0.02)


def test_sixteen_bits_answer_what_eight_do() -> None:
    photo, truth = map_photo(640, 480), face_at((330, 150), 90)
    deep = replace(photo, encoded=photo.encoded.astype(np.uint16) * 257)
    eight, sixteen = (lm.find_landmarks(p, MapReader(truth, (640, 480))) for p in (photo, deep))
    assert eight.points == sixteen.points


def test_confidence_falls_as_the_expected_error_grows() -> None:
    truth = face_at((330, 150), 90)
    sure, unsure = (
        lm.find_landmarks(map_photo(640, 480), MapReader(truth, (640, 480), scale=scale)) for scale in (0.2, 0.9)
    )
    assert 0 < unsure.confidence["chin"] < sure.confidence["chin"] < 1


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"score": 0.1}, "no face was found"),
        ({"face": 0.2}, "not a face"),
        ({"scale": 3.0}, "too uncertain"),
        ({"away": 0.4}, "do not form a face"),
    ],
)
def test_what_is_doubtful_is_refused_with_its_reason(answers, words) -> None:
    found = lm.find_landmarks(map_photo(640, 480), MapReader(face_at((330, 150), 90), (640, 480), **answers))
    assert isinstance(found, NoFace)
    assert found.reason.startswith("map.png: ")
    assert words in found.reason


def test_anchors_that_form_no_face_are_refused() -> None:
    truth = face_at((330, 150), 90)
    truth[POINT_NAMES.index("chin")] -= (0, 120)
    assert isinstance(lm.find_landmarks(map_photo(640, 480), MapReader(truth, (640, 480))), NoFace)


def test_a_crop_laid_well_is_read_once() -> None:
    network = MapReader(face_at((330, 150), 90), (640, 480))
    lm.find_landmarks(map_photo(640, 480), network)
    assert network.reads == 1


@settings(max_examples=25, deadline=None)
@given(st.floats(-3, 3), st.floats(0.1, 20), st.floats(-500, 500), st.floats(-500, 500))
def test_a_similarity_is_recovered(turn, scale, x, y) -> None:
    c, s = scale * np.cos(turn), scale * np.sin(turn)
    moved = lm.MEAN_ANCHORS @ np.array([[c, s], [-s, c]]) + (x, y)
    assert np.allclose(lm.similarity(lm.MEAN_ANCHORS, moved), [[c, -s, x], [s, c, y], [0, 0, 1]], atol=1e-6)


# From here on with the network that ships.


@pytest.fixture(scope="module")
def shipped() -> networks.LoadedNetwork:
    pytest.importorskip("torch", reason="the extra networks is not installed")
    return networks.load(networks.FACE_LANDMARKS)


def flat(colour: tuple[int, int, int], size: tuple[int, int] = (800, 600)) -> Photo:
    return Photo("flat", "", np.full((size[1], size[0], 3), colour, np.uint8))


def noise(seed: int) -> Photo:
    coarse = np.random.default_rng(seed).integers(0, 256, (12 * seed + 6, 12 * seed + 8, 3), np.uint8)
    return Photo("noise", "", np.asarray(cv2.resize(coarse, (800, 600), interpolation=cv2.INTER_CUBIC)))


def skin(ita: float, seed: int) -> Photo:
    spec = SceneSpec(ita=ita, frame_mm=(60.0, 45.0), px_per_mm=8.0)
    return Photo("phantom", "", photograph(make_scene(spec, seed), Visit(), seed).encoded)


@pytest.mark.parametrize(
    "photo",
    [flat((0, 0, 0)), flat((255, 255, 255)), flat((200, 150, 130)), noise(0), noise(1), noise(5), skin(45, 1),
     skin(-30, 2), flat((200, 150, 130), (5000, 40)), flat((90, 60, 50), (12, 9))],
    ids=["black", "white", "skin colour", "clouds", "coarse", "fine", "light phantom", "dark phantom", "strip", "tiny"],
)  # fmt: skip
def test_no_face_no_landmarks(shipped, photo: Photo) -> None:
    found = lm.find_landmarks(photo, shipped.network)
    assert isinstance(found, NoFace)
    assert found.reason.endswith(".")


@pytest.mark.photos
def test_hands_are_refused(shipped, shared_data) -> None:
    hands = sorted(p for p in (shared_data / "skin_hgr1").glob("*.jpg"))[::11]
    found = [lm.find_landmarks(decode.open_photo(path), shipped.network) for path in hands]
    assert len(hands) >= 16
    assert all(isinstance(one, NoFace) for one in found)


def held_out(shared_data, rank: int) -> tuple[Photo, np.ndarray]:
    """The photo and the pupils of the person of that rank among the London people; member rank % 5 never saw them."""
    path = sorted((shared_data / "faces_london").glob("*_neutral.jpg"))[rank]
    truth = np.array([line.split() for line in path.with_suffix(".tem").read_text().splitlines()[1:190]], float)
    return decode.open_photo(path), truth


@pytest.mark.photos
@pytest.mark.parametrize("rank", [1, 7, 33])
def test_people_held_out_are_answered_within_the_limit_of_failure(shipped, shared_data, rank: int) -> None:
    photo, truth = held_out(shared_data, rank)
    found = lm.find_landmarks(photo, shipped.member(rank % shipped.members))
    assert isinstance(found, FaceLandmarks)
    index = (0, 1, 18, 22, 23, 27, 55, 87, 93, 129)  # of NAMED_POINTS in the .tem file
    unit = np.hypot(*(truth[0] - truth[1]))
    errors = [
        np.hypot(*(np.array(found.points[n]) - truth[i])) / unit for n, i in zip(NAMED_POINTS, index, strict=True)
    ]
    assert np.mean(errors) < 0.04  # failure is 0.08; the worst of the 72 is printed by benchmarks/accuracy_landmarks.py
    assert found.inter_pupil_px == pytest.approx(unit, rel=0.03)


@pytest.mark.photos
def test_a_mirrored_photo_has_mirrored_points(shipped, shared_data) -> None:
    photo, _ = held_out(shared_data, 7)
    other = replace(photo, encoded=np.ascontiguousarray(photo.encoded[:, ::-1]))
    one, two = (lm.find_landmarks(p, shipped.network) for p in (photo, other))
    edge = photo.size[0] - 1
    away = [
        np.hypot(edge - two.points[mirrored(name)][0] - x, two.points[mirrored(name)][1] - y)
        for name, (x, y) in one.points.items()
    ]
    assert np.max(away) < 0.02 * one.inter_pupil_px


@pytest.mark.photos
@pytest.mark.parametrize("degrees", [-35, 35])
def test_a_turned_face_is_read_alike(shipped, shared_data, degrees: float) -> None:
    photo, _ = held_out(shared_data, 33)
    w, h = photo.size
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 0.7)
    turned = np.asarray(cv2.warpAffine(photo.encoded, turn, (w, h), borderMode=cv2.BORDER_REPLICATE))
    one, two = (lm.find_landmarks(p, shipped.network) for p in (photo, replace(photo, encoded=turned)))
    there = np.array(list(one.points.values())) @ turn[:, :2].T + turn[:, 2]
    away = np.hypot(*(np.array(list(two.points.values())) - there).T)
    assert np.median(away) < 0.01 * one.inter_pupil_px
