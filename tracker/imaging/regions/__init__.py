"""Where to measure: the skin of a photo, the standard regions of a face, and regions drawn by hand."""

from tracker.imaging.regions.detect import Face, find_face
from tracker.imaging.regions.drawn import DRAWN, REFERENCE, reference_skin, region_from_mask, region_from_polygon, ring
from tracker.imaging.regions.face import FACE_REGIONS, face_regions
from tracker.imaging.regions.skin import photographed, skin_mask

__all__ = [
    "DRAWN",
    "FACE_REGIONS",
    "REFERENCE",
    "Face",
    "face_regions",
    "find_face",
    "photographed",
    "reference_skin",
    "region_from_mask",
    "region_from_polygon",
    "ring",
    "skin_mask",
]
