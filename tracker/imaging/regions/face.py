"""The standard regions of a face: polygons between landmarks, or ellipses by proportions where there are none."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.colour import LUMINANCE
from tracker.imaging.regions.detect import Face, find_face
from tracker.imaging.regions.parts import EVERY_PART, FACE_REGIONS, excluded_outlines, region_outlines
from tracker.imaging.regions.skin import skin_mask
from tracker.imaging.types import Box, FaceLandmarks, Mask, Photo, Points, Region

LEAST_SKIN = 0.5
"""A region of which less is skin (hair, hand, mask, out of frame) is left out rather than measured in part."""
HAIR_DEPTH = 0.7
"""Log units below the region's median: half its light. Spots and scars are seldom darker than by 0.5."""
HAIR_SIDE = 200
"""Pixels across a region at which hair is told: strands are broader than 1 in 200."""
RIM = 0.04
"""Around eyes, brows, nostrils and lips, in inter-pupil distances (2.5 mm): lashes, their shade, and the error of a
landmark (1.5 %)."""
# Outlines in the face's own frame: origin midway between the pupils, x towards the patient's left (right of the
# picture), y down, unit = distance between the pupils. Set on the mean of the 72 landmark sets of faces_london.
_ELLIPSES = {
    "forehead": ((0.0, -0.70), (0.60, 0.26)),
    "cheek_right": ((-0.60, 0.52), (0.36, 0.36)),
    "cheek_left": ((0.60, 0.52), (0.36, 0.36)),
    "nose": ((0.0, 0.30), (0.18, 0.40)),
    "chin": ((0.0, 1.55), (0.28, 0.13)),
}


def is_part(region: Region) -> bool:
    """Whether a region is a standard part of a face, measured by default or not."""
    return region.name in EVERY_PART


def face_regions(
    photo: Photo,
    landmarks: FaceLandmarks | None = None,
    skin: Mask | None = None,
    parts: Sequence[str] = FACE_REGIONS,
) -> tuple[Region, ...]:
    """The standard regions that can be seen in a photo of a face; empty where there is no face.

    Parameters
    ----------
    photo : Photo
        Upright.
    landmarks : FaceLandmarks, optional
        Of this photo. Without them the face is found by Haar cascade, and forehead, cheeks, nose and chin are placed
        by proportions.
    skin : Mask, optional
        (height, width), from :func:`skin_mask`, computed here if not given.
    parts : sequence of str
        Which ones, of EVERY_PART.

    Returns
    -------
    tuple of Region
        In the order of ``parts``, without those of which less than half is skin. Eyes, brows, nostrils, lips and hair
        are no part of any.
    """
    outlines, cut = _outlines(photo, landmarks)
    if not outlines:
        return ()
    skin = skin_mask(photo) if skin is None else skin
    found = (_region(photo, name, outlines[name], cut, skin) for name in parts if name in outlines)
    return tuple(region for region in found if region is not None)


def face_of(landmarks: FaceLandmarks) -> Face:
    """Where a face lies whose landmarks are known."""
    return Face(landmarks.points["pupil_right"], landmarks.points["pupil_left"])


def _outlines(photo: Photo, landmarks: FaceLandmarks | None) -> tuple[Mapping[str, Points], list[Points]]:
    """Name to polygon in photo pixels, and the polygons that are cut out; nothing where there is no face."""
    if landmarks is not None:
        rim = RIM * landmarks.inter_pupil_px
        cut = [_grown(outline, rim) for outline in excluded_outlines(landmarks.points).values()]
        return region_outlines(landmarks.points), cut
    face = find_face(photo)
    if face is None:
        return {}, []
    return {name: face.to_photo(_ellipse(*shape)) for name, shape in _ELLIPSES.items()}, []


def _region(photo: Photo, name: str, outline: Points, cut: Sequence[Points], skin: Mask) -> Region | None:
    """The skin inside an outline, or None where less than LEAST_SKIN of it is skin in the frame."""
    width, height = photo.size
    left, top = np.clip(np.floor(outline.min(0)), 0, (width, height)).astype(int).tolist()
    right, bottom = np.clip(np.ceil(outline.max(0)) + 1, 0, (width, height)).astype(int).tolist()
    if right - left < 2 or bottom - top < 2:
        return None
    box = Box(left, top, right, bottom)
    whole = _filled(box, [outline], rim=0)
    wanted = whole & ~_filled(box, cut, rim=1)
    inside = wanted & skin[top:bottom, left:right]
    outside_px = max(0.0, cv2.contourArea(outline.astype(np.float32)) - float(whole.sum()))
    if not inside.any() or inside.sum() < LEAST_SKIN * (float(wanted.sum()) + outside_px):
        return None
    return _trimmed(name, box, inside & ~_hair(photo, box, inside))


def _filled(box: Box, outlines: Sequence[Points], *, rim: int) -> Mask:
    """Where any of the polygons lies, in a box of the photo; its border line counts where ``rim`` is 1.

    Neighbours share a border, and no pixel may be in two of them.
    """
    out = np.zeros((box.height, box.width), np.uint8)
    for outline in outlines:
        corners = np.rint(outline - (box.left, box.top)).astype(np.int32)
        cv2.fillPoly(out, [corners], 1)
        cv2.polylines(out, [corners], True, rim)
    return out > 0


def _grown(outline: Points, rim: float) -> Points:
    """The polygon's convex hull with a rim around it."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    ring = rim * np.stack([np.cos(turn), np.sin(turn)], 1)
    around = (outline[:, None] + ring).reshape(-1, 2).astype(np.float32)
    return np.asarray(cv2.convexHull(around)[:, 0], np.float64)


def _hair(photo: Photo, box: Box, inside: Mask) -> Mask:
    """What is far darker than the skin of the region: strands of hair, lashes, stubble shadows."""
    scale = min(1.0, HAIR_SIDE / box.width)
    light = photo.linear(box, scale) @ LUMINANCE.astype(np.float32)
    smooth = np.log(np.maximum(cv2.GaussianBlur(light, (0, 0), max(1.0, 0.02 * light.shape[1])), 1e-3))
    if scale < 1.0:
        smooth = cv2.resize(smooth, (box.width, box.height), interpolation=cv2.INTER_LINEAR)
    shade: NDArray[np.float32] = np.asarray(smooth, np.float32)
    return np.asarray(shade <= np.median(shade[inside]) - HAIR_DEPTH, np.bool_)


def _trimmed(name: str, box: Box, mask: Mask) -> Region:
    """The region of a mask in a box, its own box drawn tight."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    tight = Box(box.left + left, box.top + top, box.left + right, box.top + bottom)
    return Region(name, tight, mask[top:bottom, left:right].copy())


def _ellipse(centre: tuple[float, float], radii: tuple[float, float]) -> Points:
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    return np.stack([centre[0] + radii[0] * np.cos(turn), centre[1] + radii[1] * np.sin(turn)], axis=1)
