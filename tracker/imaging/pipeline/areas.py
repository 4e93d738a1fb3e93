"""The area of a drawn scar or wound in both photos."""

import numpy as np

from tracker.errors import NotComparable
from tracker.imaging import align, calibrate, change, outline, regions
from tracker.imaging.change import NoiseModel
from tracker.imaging.geometry import box_pixels
from tracker.imaging.measure import scars
from tracker.imaging.pipeline.laying import LaidPair
from tracker.imaging.types import Alignment, Change, Flag, FlagCode, Measurement, Metric, Outline, Photo, Region

SKIN_AROUND = 1.0  # radii of the region in which the change of scale is read; the region itself may have shrunk


def area_row(pair: LaidPair, places: tuple[Region, Region], noise: NoiseModel) -> Change:
    """Area of a drawn region: ``places`` are its outline in the baseline, and where the alignment carries it."""
    name = places[0].name
    try:
        found = outline.propagate(pair.baseline, places[0], pair.followup, places[1])
    except NotComparable as lost:
        flag = Flag(FlagCode.REGION_NOT_FOUND, lost.reason, lost.retake, (Metric.SCAR_AREA,))
        return change.withhold(Metric.SCAR_AREA, name, scars.RELATIVE_UNIT, (flag,))
    both = scars.drawn(places[0]), found
    scaled = all(
        p.calibration is not None and p.calibration.mm_to_px is not None for p in (pair.baseline, pair.followup)
    )
    if scaled:
        measured = tuple(_in_mm2(p, o, r) for p, o, r in zip((pair.baseline, pair.followup), both, places, strict=True))
    else:
        measured = scars.relative_area(both, name, growth_around(pair.alignment, places[0]))
    repeats = noise.look_up(Metric.SCAR_AREA, name, calibrated=pair.calibrated)
    return change.judge((measured[0], measured[1]), repeats)


def growth_around(alignment: Alignment, region: Region) -> np.ndarray:
    """Follow-up area per baseline area on the skin around a region."""
    radius = float(np.sqrt(region.area_px / np.pi))
    around = regions.ring(region, 0, max(2.0, SKIN_AROUND * radius), alignment.baseline_size)
    ring = Region.from_mask(region.name, around)
    return align.jacobian(alignment, ring)[ring.mask]


def _in_mm2(photo: Photo, shape: Outline, place: Region) -> Measurement:
    calibration = photo.calibration
    assert calibration is not None
    size = (shape.box.height, shape.box.width)
    per_px = calibrate.mm2_per_px(calibration, box_pixels(shape.box)).reshape(size)
    return scars.area_mm2(shape, place.name, per_px, calibrate.scale_flags(calibration, place))
