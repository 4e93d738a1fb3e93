"""The standard regions of a face: forehead, cheeks, nose and chin, placed by landmarks or by proportions."""

from collections.abc import Mapping

import cv2
import numpy as np

from tracker.imaging.colour import LUMINANCE
from tracker.imaging.regions.detect import find_face
from tracker.imaging.regions.skin import skin_mask
from tracker.imaging.types import Mask, Photo, Points, Region

FACE_REGIONS = ("forehead", "cheek_left", "cheek_right", "nose", "chin")
"""Names in answers; sides are the patient's, so cheek_right is on the left of the picture."""
LEAST_SKIN = 0.5
"""A region of which less is skin (hair, hand, mask, out of frame) is left out rather than measured in part."""
HAIR_DEPTH = 0.7
"""Log units below the region's median: half its light. Spots and scars are seldom darker than by 0.5."""
# Outlines in the face's own frame: origin midway between the pupils, x towards the patient's left (right of the
# picture), y down, unit = distance between the pupils. Set on the mean of the 72 landmark sets of faces_london.
_ELLIPSES = {
    # As large as the skin there allows: on 68 people who do not blush the SDC of H falls from 2.3 to 1.6 and 2.0 on the
    # cheeks, from 2.0 to 1.7 on the forehead and from 2.3 to 1.9 on the nose, against smaller ellipses.
    "forehead": ((0.0, -0.70), (0.60, 0.26)),
    "cheek_right": ((-0.60, 0.52), (0.36, 0.36)),
    "cheek_left": ((0.60, 0.52), (0.36, 0.36)),
    "nose": ((0.0, 0.30), (0.18, 0.40)),
    "chin": ((0.0, 1.55), (0.28, 0.13)),
}


def face_regions(
    photo: Photo, landmarks: Mapping[str, Points] | None = None, skin: Mask | None = None
) -> tuple[Region, ...]:
    """The standard regions that can be seen in a photo of a face; empty where there is no face.

    Parameters
    ----------
    photo : Photo
        Upright.
    landmarks : mapping of name to (x, y), optional
        Named points in photo pixels; without them the face is found by Haar cascade and placed by proportions.
    skin : Mask, optional
        (height, width), from :func:`skin_mask`, computed here if not given.

    Returns
    -------
    tuple of Region
        In the order of FACE_REGIONS, without those of which less than half is skin.
    """
    face = find_face(photo, landmarks)
    if face is None:
        return ()
    skin = skin_mask(photo) if skin is None else skin
    out = []
    for name in FACE_REGIONS:
        shape = np.zeros(skin.shape, np.uint8)
        outline = np.rint(face.to_photo(_ellipse(*_ELLIPSES[name]))).astype(np.int32)
        cv2.fillPoly(shape, [outline], 1)
        inside = (shape > 0) & skin
        if int(inside.sum()) >= LEAST_SKIN * _whole_area(_ELLIPSES[name][1], face.inter_pupil_px):
            out.append(_without_hair(photo, Region.from_mask(name, inside)))
    return tuple(out)


def _whole_area(radii: tuple[float, float], unit_px: float) -> float:
    """Area of the ellipse in pixels, parts out of frame included."""
    return float(np.pi * radii[0] * radii[1] * unit_px**2)


def _without_hair(photo: Photo, region: Region) -> Region:
    """The region without what is far darker than its skin: strands of hair, brows, nostrils."""
    box = region.box
    light = photo.linear(box) @ LUMINANCE.astype(np.float32)
    smooth = np.log(np.maximum(cv2.GaussianBlur(light, (0, 0), max(1.0, 0.02 * box.width)), 1e-3))
    kept = region.mask & (smooth > np.median(smooth[region.mask]) - HAIR_DEPTH)
    return Region(region.name, box, kept)


def _ellipse(centre: tuple[float, float], radii: tuple[float, float]) -> Points:
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    return np.stack([centre[0] + radii[0] * np.cos(turn), centre[1] + radii[1] * np.sin(turn)], axis=1)
