"""The rows of a drawn scar, stretch mark or wound: what is left of it in the follow-up."""

import numpy as np

from tracker.errors import NotComparable
from tracker.imaging import align, calibrate, change, regions
from tracker.imaging.change import NoiseModel
from tracker.imaging.geometry import box_pixels
from tracker.imaging.measure import contrast, scars
from tracker.imaging.pipeline.laying import LaidPair
from tracker.imaging.types import Alignment, Change, Flag, FlagCode, Measurement, Metric, Photo, Region

SKIN_AROUND = 1.0  # radii of the region in which the change of scale is read; the region itself may have shrunk


def lesion_rows(
    pair: LaidPair, places: tuple[Region, Region], flags: tuple[Flag, ...], noise: NoiseModel
) -> list[Change]:
    """The rows of a drawn scar or stretch mark: ``places`` are its outline, and where the alignment carries it.

    The baseline has the area that was drawn; the follow-up has the part of it that is left by contrast.
    """
    photos, name = (pair.baseline, pair.followup), places[0].name
    try:
        left, error = contrast.area_left(photos, places)
    except NotComparable as lost:
        flag = Flag(FlagCode.REGION_NOT_FOUND, lost.reason, lost.retake, (Metric.SCAR_AREA,))
        return [change.withhold(Metric.SCAR_AREA, name, scars.RELATIVE_UNIT, (flag,))]
    if all(photo.calibration is not None and photo.calibration.mm_to_px is not None for photo in photos):
        first, second = (_in_mm2(photo, place) for photo, place in zip(photos, places, strict=True))
        doubts = tuple(dict.fromkeys((*first.flags, *second.flags)))
        start, unit = first.value, scars.UNIT
        left *= (second.value / places[1].area_px) / (first.value / places[0].area_px)
    else:
        doubts, start, unit = (scars.NO_SCALE,), 100.0, scars.RELATIVE_UNIT
        left /= float(np.median(growth_around(pair.alignment, places[0])))
    measured = (
        Measurement(Metric.SCAR_AREA, name, start, unit, 0.0, doubts),
        Measurement(Metric.SCAR_AREA, name, start * left, unit, start * left * error, doubts),
    )
    repeats = noise.look_up(Metric.SCAR_AREA, name, calibrated=pair.calibrated)
    return [change.judge(measured, repeats, flags)]


def growth_around(alignment: Alignment, region: Region) -> np.ndarray:
    """Follow-up area per baseline area on the skin around a region."""
    radius = float(np.sqrt(region.area_px / np.pi))
    around = regions.ring(region, 0, max(2.0, SKIN_AROUND * radius), alignment.baseline_size)
    ring = Region.from_mask(region.name, around)
    return align.jacobian(alignment, ring)[ring.mask]


def _in_mm2(photo: Photo, place: Region) -> Measurement:
    calibration = photo.calibration
    assert calibration is not None
    size = (place.box.height, place.box.width)
    per_px = calibrate.mm2_per_px(calibration, box_pixels(place.box)).reshape(size)
    return scars.area_mm2(scars.drawn(place), place.name, per_px, calibrate.scale_flags(calibration, place))
