"""The rows of a drawn scar, stretch mark or wound: the area that is left, and how it differs from the skin around."""

import numpy as np

from tracker.errors import NotComparable
from tracker.imaging import align, calibrate, change, regions
from tracker.imaging.change import NoiseModel
from tracker.imaging.geometry import box_pixels
from tracker.imaging.measure import cells, scar_frame, scars, shrinkage
from tracker.imaging.measure.shrinkage import Shrinkage
from tracker.imaging.pipeline import surroundings
from tracker.imaging.pipeline.laying import LaidPair
from tracker.imaging.types import Alignment, Change, Flag, FlagCode, Measurement, Metric, Photo, Region

SKIN_AROUND = 1.0  # radii of the region in which the change of scale is read; the region itself may have shrunk


def lesion_rows(
    pair: LaidPair, places: tuple[Region, Region], flags: tuple[Flag, ...], noise: NoiseModel
) -> list[Change]:
    """The rows of a drawn scar or stretch mark: ``places`` are its outline, and where the alignment carries it.

    Notes
    -----
    The baseline has the area that was drawn. The follow-up has the area that a person drew there, or else the part of
    the baseline's that the photos show to be left.
    """
    try:
        measured = _drawn_area(pair, places) if pair.drawn.followup is not None else _area_left(pair, places)
    except NotComparable as lost:
        flag = Flag(FlagCode.REGION_NOT_FOUND, lost.reason, lost.retake, (Metric.SCAR_AREA,))
        area = change.withhold(Metric.SCAR_AREA, places[0].name, scars.RELATIVE_UNIT, (flag,))
    else:
        repeats = noise.look_up(Metric.SCAR_AREA, places[0].name, calibrated=pair.calibrated)
        area = change.judge(measured, repeats, flags)
    return [area, *surroundings.surroundings_rows(pair, places, flags, noise)]


def lost_lesion_rows(region: Region, flag: Flag) -> list[Change]:
    """Every row of a drawn scar withheld for one reason."""
    units = {Metric.SCAR_AREA: scars.RELATIVE_UNIT, **surroundings.UNITS}
    return [change.withhold(metric, region.name, unit, (flag,)) for metric, unit in units.items()]


def growth_around(alignment: Alignment, region: Region) -> np.ndarray:
    """Follow-up area per baseline area on the skin around a region."""
    radius = float(np.sqrt(region.area_px / np.pi))
    around = regions.ring(region, 0, max(2.0, SKIN_AROUND * radius), alignment.baseline_size)
    ring = Region.from_mask(region.name, around)
    return align.jacobian(alignment, ring)[ring.mask]


def shrinkage_of(pair: LaidPair, outline: Region) -> Shrinkage:
    """What the photos show to be left of a scar, on the skin of the baseline photo.

    Raises
    ------
    NotComparable
        As :func:`tracker.imaging.measure.shrinkage.shrinkage`.
    """
    frame = scar_frame.frame(outline, pair.baseline.size)
    carried = align.carry_points(pair.alignment, frame.points)
    growth = float(np.sqrt(np.median(align.jacobian(pair.alignment, outline)[outline.mask])))
    lights = []
    for photo, points, width in (
        (pair.baseline, frame.points, frame.spacing),
        (pair.followup, carried, frame.spacing * growth),
    ):
        light, usable = cells.sample(photo, points, width)
        lights.append(np.where(usable[:, None], light, np.nan))
    return shrinkage.shrinkage(frame, (lights[0], lights[1]))


def _area_left(pair: LaidPair, places: tuple[Region, Region]) -> tuple[Measurement, Measurement]:
    found, name = shrinkage_of(pair, places[0]), places[0].name
    left = found.area
    if _scaled(pair):
        first, second = (_in_mm2(*each) for each in ((pair.baseline, places[0]), (pair.followup, places[1])))
        doubts = tuple(dict.fromkeys((*first.flags, *second.flags)))
        start, unit = first.value, scars.UNIT
        left *= second.value / first.value  # of the same skin: what the cards say of its size
    else:
        start, unit, doubts = _start(pair, places[0])
        left *= places[1].area_px / places[0].area_px / float(np.median(growth_around(pair.alignment, places[0])))
    error = float(np.hypot(found.standard_error, 2 * scars.SCALE_SD))
    return (
        Measurement(Metric.SCAR_AREA, name, start, unit, 0.0, doubts, shrinkage.OF_CHANGE),
        Measurement(Metric.SCAR_AREA, name, start * left, unit, start * left * error, doubts, shrinkage.OF_CHANGE),
    )


def _drawn_area(pair: LaidPair, places: tuple[Region, Region]) -> tuple[Measurement, Measurement]:
    """Both areas as a person drew them."""
    drawn, name = pair.drawn.followup, places[0].name
    assert drawn is not None
    if _scaled(pair):
        return _in_mm2(pair.baseline, places[0]), _in_mm2(pair.followup, drawn)
    growth = growth_around(pair.alignment, places[0])
    ratio, (low, high) = scars.area_ratio((scars.drawn(places[0]), scars.drawn(drawn)), growth)
    error = ratio * float(np.log(high / low)) / (2 * scars.Z95)
    start, unit, doubts = _start(pair, places[0])
    return (
        Measurement(Metric.SCAR_AREA, name, start, unit, 0.0, doubts),
        Measurement(Metric.SCAR_AREA, name, start * ratio, unit, start * error, doubts),
    )


def _start(pair: LaidPair, place: Region) -> tuple[float, str, tuple[Flag, ...]]:
    """Area of the baseline's outline without a card: in mm2 by the irises of a face, else 100 %.

    The follow-up's is told from it by the alignment, which knows the ratio of both photos' scales far better than two
    readings of an iris; so the change in per cent has no part in the error of the iris.
    """
    iris = pair.reading.iris
    if iris is None:
        return 100.0, scars.RELATIVE_UNIT, (scars.NO_SCALE,)
    return place.area_px / iris.px_per_mm**2, scars.UNIT, iris.flags


def _scaled(pair: LaidPair) -> bool:
    found = (pair.baseline.calibration, pair.followup.calibration)
    return all(each is not None and each.mm_to_px is not None for each in found)


def _in_mm2(photo: Photo, place: Region) -> Measurement:
    calibration = photo.calibration
    assert calibration is not None
    size = (place.box.height, place.box.width)
    per_px = calibrate.mm2_per_px(calibration, box_pixels(place.box)).reshape(size)
    return scars.area_mm2(scars.drawn(place), place.name, per_px, calibrate.scale_flags(calibration, place))
