"""Where to measure: the skin of a photo, the standard regions of a face, and regions drawn by hand."""

from tracker.imaging.regions.detect import Face, find_face
from tracker.imaging.regions.drawn import DRAWN, REFERENCE, reference_skin, region_from_mask, region_from_polygon, ring
from tracker.imaging.regions.face import face_of, face_regions, is_part
from tracker.imaging.regions.landmarks import find_landmarks
from tracker.imaging.regions.parts import CHEEK_PARTS, EVERY_PART, FACE_REGIONS, excluded_outlines, region_outlines
from tracker.imaging.regions.pose import HeadPose, head_pose
from tracker.imaging.regions.skin import photographed, skin_mask
from tracker.imaging.regions.views import StandardView, standard_view, view_flags

__all__ = [
    "CHEEK_PARTS",
    "DRAWN",
    "EVERY_PART",
    "FACE_REGIONS",
    "REFERENCE",
    "Face",
    "HeadPose",
    "StandardView",
    "excluded_outlines",
    "face_of",
    "face_regions",
    "find_face",
    "find_landmarks",
    "head_pose",
    "is_part",
    "photographed",
    "reference_skin",
    "region_from_mask",
    "region_from_polygon",
    "region_outlines",
    "ring",
    "skin_mask",
    "standard_view",
    "view_flags",
]
