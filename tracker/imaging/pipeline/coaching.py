"""One frame of the camera looked at in a tenth of a second, and what to do before the shutter is pressed.

A face is coached by its landmarks; other skin, and a face that turns away, by a similarity between the frame and the
earlier photo. Both are looked at at 480 px: 40 ms for a face, 45 ms for other skin on one core.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging import quality, regions
from tracker.imaging.calibrate.card import TRACKER_CARD
from tracker.imaging.calibrate.tags import find_tags, plane
from tracker.imaging.geometry import apply_homography
from tracker.imaging.quality import coaching, sharpness
from tracker.imaging.quality.coaching import Exposure, Hint, HintCode, Stance
from tracker.imaging.regions import HeadPose
from tracker.imaging.types import FaceLandmarks, LandmarkNetwork, Mask, Matrix3, Photo, Points

SIDE = 480
"""Longer side in pixels of a frame."""
FEATURES = 500
RATIO = 0.8  # of the distances to the best and the second best match (Lowe 2004)
OFF_PX = 4.0
LEAST_MATCHES = 14
"""Inliers of a similarity: unrelated skin of the phantom gives at most 6 by chance, the same skin 40 and more."""
MOST_SIZE = 2.0
"""Times larger or smaller: beyond, a similarity between 480 px frames is chance."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a face stands in a frame.

    Parameters
    ----------
    pose : HeadPose
        How it is turned.
    inter_pupil_px : float
        In the frame.
    middle : tuple of float
        Midway between the pupils, pixels of the frame.
    """

    pose: HeadPose
    inter_pupil_px: float
    middle: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is known of one frame or earlier photo.

    Parameters
    ----------
    size : tuple of int
        Width and height of the small copy.
    exposure : Exposure
        On the face, else in the middle half.
    card : bool
        Whether a mark of the card is seen.
    stand : Stand or None
        Of the face; None where none was looked for or found.
    points : ndarray of float32, shape (n, 2)
        Features, empty where a face was found.
    descriptors : ndarray of float32, shape (n, 128)
        Theirs.
    """

    size: tuple[int, int]
    exposure: Exposure
    card: bool
    stand: Stand | None
    points: NDArray[np.float32] = field(repr=False)
    descriptors: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a photo should show.

    Parameters
    ----------
    yaw : float or None
        Degrees of the standard view, positive to the patient's left; None where no face is expected.
    card : bool
        Whether the card belongs into the frame.
    """

    yaw: float | None
    card: bool


def look_at(photo: Photo, network: LandmarkNetwork | None, *, matched: bool = True) -> Look:
    """What is seen in a frame or in an earlier photo.

    Parameters
    ----------
    photo : Photo
        Upright, of any size; the card is looked for in all of it, everything else at 480 px.
    network : LandmarkNetwork or None
        Looks for a face; None where none is expected or no network is there.
    matched : bool
        Whether features are read where no face is found; a frame that must show a face can do without (60 ms).
    """
    small = _small(photo)
    found = None if network is None else regions.find_landmarks(small, network)
    face = found if isinstance(found, FaceLandmarks) else None
    tags = find_tags(photo, TRACKER_CARD)
    free = _beside_card(tags, small.size, small.size[0] / photo.size[0])
    points, descriptors = _features(small, free) if face is None and matched else _NO_FEATURES
    return Look(
        size=small.size,
        exposure=_exposure(small, free & (_middle(small.size) if face is None else _face_mask(face, small.size))),
        card=bool(tags),
        stand=None if face is None else _stand(face),
        points=points,
        descriptors=descriptors,
    )


def hints(now: Look, before: Look | None, wanted: Wanted) -> tuple[Hint, ...]:
    """What to do, the most urgent first; GOOD alone where nothing is left to do.

    Parameters
    ----------
    now : Look
        The frame.
    before : Look or None
        The last photo of the same view.
    wanted : Wanted
        By the protocol of the site.
    """
    stance = stance_hints(now, before, wanted)
    lost = Hint(HintCode.NO_FACE) in stance  # the middle of the frame is no face: its light tells nothing about one
    earlier = None if before is None or lost else before.exposure
    # Detail is compared where the same skin lies in the same place, else a card in the middle would look like blur.
    still = () if stance else coaching.still_hints(now.exposure, earlier)
    asked = wanted.card and (before is None or before.card) and not still  # blur hides the marks of a card
    card = (Hint(HintCode.CARD_NOT_SEEN),) if asked and not now.card else ()
    return coaching.ordered((*coaching.light_hints(now.exposure, earlier), *stance, *card, *still))


def stance_hints(now: Look, before: Look | None, wanted: Wanted, slack: float = 1.0) -> tuple[Hint, ...]:
    """Distance, direction and place alone; empty where nothing is wrong, or where nothing can be told.

    Parameters
    ----------
    now, before, wanted
        As for :func:`hints`.
    slack : float
        Times the tolerances of capture: 1 before the shutter, more for a verdict.
    """
    if before is None:
        return _standard_hints(now, wanted, slack)
    if before.stand is not None:
        return (Hint(HintCode.NO_FACE),) if now.stand is None else _face_hints(now, before, slack)
    stance = _matched(now, before)
    if stance is None:
        return ()
    return (*coaching.stance_hints(stance, slack), *coaching.camera_hints(stance, slack))


def _standard_hints(now: Look, wanted: Wanted, slack: float) -> tuple[Hint, ...]:
    """Against the standard view, where nothing was photographed before."""
    if wanted.yaw is None:
        return ()
    if now.stand is None:
        return (Hint(HintCode.NO_FACE),) if wanted.yaw == 0 else ()  # a face that turns away may not be recognised
    pose = now.stand.pose
    turn = coaching.turn_hints(pose.yaw - wanted.yaw, coaching.STANDARD_ANGLE * slack)
    return (*turn, *coaching.level_hints(pose.roll, slack))


def _face_hints(now: Look, before: Look, slack: float) -> tuple[Hint, ...]:
    assert now.stand is not None
    assert before.stand is not None
    pose, goal = now.stand.pose, before.stand.pose
    # The face as it lies now, against the earlier one shown as large as it fits into the frame: the ghost.
    fit = min(now.size[0] / before.size[0], now.size[1] / before.size[1])
    size = now.stand.inter_pupil_px / (before.stand.inter_pupil_px * fit)
    offsets = [
        (at - (length - 1) / 2) - (was - (length_before - 1) / 2) * fit
        for at, was, length, length_before in zip(
            now.stand.middle, before.stand.middle, now.size, before.size, strict=True
        )
    ]
    stance = Stance(size, (offsets[0] / max(now.size), offsets[1] / max(now.size)), 0.0)
    return (
        *coaching.turn_hints(pose.yaw - goal.yaw, coaching.ANGLE * slack),
        *coaching.chin_hints(pose.pitch - goal.pitch, slack),
        *coaching.level_hints(pose.roll - goal.roll, slack),
        *coaching.stance_hints(stance, slack),
    )


def _small(photo: Photo) -> Photo:
    scale = min(1.0, SIDE / max(photo.size))
    if scale == 1.0 and photo.encoded.dtype == np.uint8:
        return photo
    size = max(1, round(photo.size[0] * scale)), max(1, round(photo.size[1] * scale))
    eight = photo.encoded if photo.encoded.dtype == np.uint8 else (photo.encoded // 257).astype(np.uint8)
    return Photo(photo.name, photo.sha256, np.asarray(cv2.resize(eight, size, interpolation=cv2.INTER_AREA), np.uint8))


def _stand(face: FaceLandmarks) -> Stand:
    right, left = face.points["pupil_right"], face.points["pupil_left"]
    middle = (right[0] + left[0]) / 2, (right[1] + left[1]) / 2
    return Stand(regions.head_pose(face), face.inter_pupil_px, middle)


def _face_mask(face: FaceLandmarks, size: tuple[int, int]) -> Mask:
    """The hull of the landmarks, as far as it lies in the frame."""
    mask = np.zeros(size[::-1], np.uint8)
    hull = cv2.convexHull(np.array(list(face.points.values()), np.float32))
    cv2.fillConvexPoly(mask, np.rint(hull).astype(np.int32), 1)
    return np.asarray(mask > 0, bool)


def _middle(size: tuple[int, int]) -> Mask:
    mask = np.zeros(size[::-1], bool)
    mask[size[1] // 4 : -(size[1] // 4) or None, size[0] // 4 : -(size[0] // 4) or None] = True
    return mask


def _beside_card(tags: Mapping[int, Points], size: tuple[int, int], scale: float) -> Mask:
    """All of the small copy but the card: it lies elsewhere each time, and would be recognised instead of the skin."""
    mask = np.ones(size[::-1], np.uint8)
    if tags:
        width, height = TRACKER_CARD.size_mm
        outline = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        corners = apply_homography(plane(TRACKER_CARD, tags)[0], outline) * scale
        cv2.fillConvexPoly(mask, np.clip(np.rint(corners), -9999, 9999).astype(np.int32), 0)
        mask = np.asarray(cv2.erode(mask, np.ones((7, 7), np.uint8)))
    return np.asarray(mask > 0, bool)


def _exposure(small: Photo, skin: Mask) -> Exposure:
    view = quality.View.of(small, skin)
    levels = view.encoded[view.inside]
    if not view.enough:
        view = quality.View.of(small, None)
        levels = view.encoded[view.inside]
    return Exposure(
        level=float(np.median(levels.mean(axis=1))),
        light=float(np.exp(np.median(view.log_light[view.inside]))),
        clipped=float((levels.max(axis=1) >= 253).mean()),
        detail=sharpness.detail_of(view),
    )


_NO_FEATURES = np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)


def _features(small: Photo, free: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    grey = cv2.cvtColor(np.asarray(small.encoded), cv2.COLOR_RGB2GRAY)
    number = FEATURES if free.all() else 3 * FEATURES  # the strongest are the card's, and are left out after counting
    # Skin has little contrast: a tenth of SIFT's usual threshold finds its grain.
    sift = cv2.SIFT.create(number, contrastThreshold=0.004)
    points, descriptors = sift.detectAndCompute(grey, free.astype(np.uint8))
    if len(points) == 0:
        return _NO_FEATURES
    return np.array([point.pt for point in points], np.float32), np.asarray(descriptors, np.float32)


def _matched(now: Look, before: Look) -> Stance | None:
    """How the subject of the earlier photo lies in the frame; None where it is not recognised."""
    if min(len(now.points), len(before.points)) < LEAST_MATCHES:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(before.descriptors, now.descriptors, k=2)
    good = [two[0] for two in pairs if len(two) == 2 and two[0].distance < RATIO * two[1].distance]
    if len(good) < LEAST_MATCHES:
        return None
    source = np.array([before.points[one.queryIdx] for one in good])
    target = np.array([now.points[one.trainIdx] for one in good])
    fitted = cv2.estimateAffinePartial2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=OFF_PX)[0]
    if np.shape(fitted) != (2, 3):  # nothing was found
        return None
    matrix: Matrix3 = np.vstack([fitted, [0.0, 0.0, 1.0]]).astype(np.float64)
    away = np.hypot(*(apply_homography(matrix, source.astype(np.float64)) - target).T)
    stance = coaching.stance_of(matrix, before.size, now.size)
    sane = 1 / MOST_SIZE <= stance.size <= MOST_SIZE
    return stance if sane and int((away <= OFF_PX).sum()) >= LEAST_MATCHES else None
