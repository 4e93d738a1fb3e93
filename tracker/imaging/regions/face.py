"""The standard regions of a face: forehead, cheeks, nose and chin, placed by landmarks or by proportions."""

from collections.abc import Mapping

import cv2
import numpy as np

from tracker.imaging.regions.detect import find_face
from tracker.imaging.regions.skin import skin_mask
from tracker.imaging.types import Mask, Photo, Points, Region

FACE_REGIONS = ("forehead", "cheek_left", "cheek_right", "nose", "chin")
"""Names in answers; sides are the patient's, so cheek_right is on the left of the picture."""
LEAST_SKIN = 0.5
"""A region of which less is skin (hair, hand, mask, out of frame) is left out rather than measured in part."""
# Outlines in the face's own frame: origin midway between the pupils, x towards the patient's left (right of the
# picture), y down, unit = distance between the pupils. Set on the mean of the 72 landmark sets of faces_london.
_ELLIPSES = {
    "forehead": ((0.0, -0.72), (0.52, 0.20)),
    "cheek_right": ((-0.56, 0.62), (0.25, 0.24)),
    "cheek_left": ((0.56, 0.62), (0.25, 0.24)),
    "nose": ((0.0, 0.42), (0.13, 0.30)),
    "chin": ((0.0, 1.62), (0.28, 0.13)),
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
        if inside.sum() >= LEAST_SKIN * max(1, int(shape.sum())):
            out.append(Region.from_mask(name, inside))
    return tuple(out)


def _ellipse(centre: tuple[float, float], radii: tuple[float, float]) -> Points:
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    return np.stack([centre[0] + radii[0] * np.cos(turn), centre[1] + radii[1] * np.sin(turn)], axis=1)
