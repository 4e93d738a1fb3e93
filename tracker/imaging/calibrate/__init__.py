"""Colour and scale of one photo from a target in it: our printed card, or a 24-patch ColorChecker."""

from tracker.imaging.calibrate.card import PAPER_WHITE, TRACKER_CARD, Card, Patch, PatchKind, card_reflectance, measured
from tracker.imaging.calibrate.edges import EdgeBlur, edge_blur
from tracker.imaging.calibrate.fitting import apply, fit, has_colour
from tracker.imaging.calibrate.iris import IRIS_MM, IrisScale, iris_scale
from tracker.imaging.calibrate.reference import measure_print, read_reference, write_reference
from tracker.imaging.calibrate.scale import area_mm2, distance_mm, mm2_per_px, px_per_mm, scale_flags, tilt_degrees

__all__ = [
    "IRIS_MM",
    "PAPER_WHITE",
    "TRACKER_CARD",
    "Card",
    "EdgeBlur",
    "IrisScale",
    "Patch",
    "PatchKind",
    "apply",
    "area_mm2",
    "card_reflectance",
    "distance_mm",
    "edge_blur",
    "fit",
    "has_colour",
    "iris_scale",
    "measure_print",
    "measured",
    "mm2_per_px",
    "px_per_mm",
    "read_reference",
    "scale_flags",
    "tilt_degrees",
    "write_reference",
]
