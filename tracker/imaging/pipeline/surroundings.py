"""The rows that compare a drawn scar with the skin around it: redness, pigment, relief, number, length."""

from dataclasses import replace

import numpy as np

from tracker.imaging import align, calibrate, change, regions
from tracker.imaging.change import NoiseModel
from tracker.imaging.measure import (
    cells,
    redness,
    reference,
    scar_contrast,
    scar_marks,
    scar_pigment,
    scar_redness,
)
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.pipeline.laying import LaidPair, reference_of
from tracker.imaging.types import Change, Flag, FlagCode, Mask, Metric, Photo, Region

UNITS = {
    Metric.SCAR_COUNT: scar_marks.COUNT_UNIT,
    Metric.SCAR_LENGTH: scar_marks.LENGTH_UNIT,
    Metric.SCAR_CONTRAST: scar_contrast.UNIT,
    Metric.SCAR_REDNESS: scar_redness.UNIT,
    Metric.SCAR_PIGMENT: scar_pigment.UNIT,
}
RING_MM, GAP_MM = 5.0, 1.0
"""Width of the skin around that a scar is compared with, and of the soft border between them."""
RING_RADII, GAP_RADII = 1.0, 0.2
"""The same without a card, in radii of a disc of the region's area."""
SCAR_CELLS, MOST_CELLS = 400, 4000
FEWEST_CELLS = 40  # of a ring: five independent patches
COLOUR, RELIEF, MARKS = (
    (Metric.SCAR_REDNESS, Metric.SCAR_PIGMENT),
    (Metric.SCAR_CONTRAST,),
    (Metric.SCAR_COUNT, Metric.SCAR_LENGTH),
)
NO_RING = "Too little skin around the scar is seen in both photos to compare it with."
WIDER = "Retake it with at least 6 mm of skin around the scar in the frame."
RING_NOTE = "The photos have no scale, so the skin around was read within one radius of the region instead of 5 mm."
NO_MARKS = "Scars are counted from 1.5 mm² on, and their length is in mm: both need the card in both photos."
CARD = "Lay the calibration card beside the scar, in the same plane."


def surroundings_rows(
    pair: LaidPair, places: tuple[Region, Region], flags: tuple[Flag, ...], noise: NoiseModel
) -> list[Change]:
    """Redness, pigment and relief against the skin around, number and length: ``places`` are the same skin twice."""
    flags = tuple(_widened(flag) for flag in flags)
    name, scales = places[0].name, _scales(pair, places)
    rows = [*_marks(pair, places, flags, noise)]
    scar, ring, notes = _cells(pair, places[0], scales[0])
    if min(len(scar), len(ring)) < FEWEST_CELLS:
        lost = Flag(FlagCode.NO_REFERENCE, NO_RING, WIDER, (*COLOUR, *RELIEF))
        return [*rows, *(change.withhold(metric, name, UNITS[metric], (lost,)) for metric in (*RELIEF, *COLOUR))]
    tone = reference.skin_tone(reference_of(pair, places[0])[0]) if pair.calibrated else float("nan")
    gain = redness.tone_gain(tone)
    red, brown = scar_redness.measure(scar, ring, name, gain=gain), scar_pigment.measure(scar, ring, name)
    kind = scar_redness.kind_of_mark(red[1].value, brown[1].value)
    for both, said, own in ((scar_contrast.measure(scar, ring, name), (), 1.0), (red, kind, gain), (brown, (), 1.0)):
        repeats = noise.look_up(both[0].metric, name, calibrated=pair.calibrated)
        rows.append(change.judge(both, repeats, (*flags, *notes, *said), gain=own))
    return rows


def _marks(pair: LaidPair, places: tuple[Region, Region], flags: tuple[Flag, ...], noise: NoiseModel) -> list[Change]:
    name, scales = places[0].name, _scales(pair, places)
    if not np.isfinite(scales).all():
        flag = Flag(FlagCode.NO_SCALE, NO_MARKS, CARD, MARKS)
        return [change.withhold(metric, name, UNITS[metric], (flag,)) for metric in MARKS]
    first, second = (
        scar_marks.find(photo, place, scale)
        for photo, place, scale in zip((pair.baseline, pair.followup), places, scales, strict=True)
    )
    rows = []
    for both in scar_marks.measure((first, second), name):
        repeats = noise.look_up(both[0].metric, name, calibrated=pair.calibrated)
        rows.append(change.judge(both, repeats, flags))
    return rows


def _widened(flag: Flag) -> Flag:
    """The flag, withholding number and length where it spoils pigment against the skin around: both are read by hue."""
    more = tuple(metric for metric in MARKS if metric not in flag.withholds)
    return replace(flag, withholds=(*flag.withholds, *more)) if Metric.SCAR_PIGMENT in flag.withholds else flag


def _cells(pair: LaidPair, region: Region, scale: float) -> tuple[SkinCells, SkinCells, tuple[Flag, ...]]:
    """Patches of the scar and of the ring around it, of one width, and what is to be said of the ring."""
    notes: tuple[Flag, ...] = ()
    if np.isfinite(scale):
        gap, wide = GAP_MM * scale, RING_MM * scale
    else:
        radius = float(np.sqrt(region.area_px / np.pi))
        gap, wide = GAP_RADII * radius, RING_RADII * radius
        notes = (Flag(FlagCode.NO_SCALE, RING_NOTE, CARD),)
    size = pair.baseline.size
    around = regions.ring(region, max(1.0, gap), max(1.0, gap) + max(3.0, wide), size) & pair.skin[0]
    spacing = max(1.0, float(np.sqrt(region.area_px / SCAR_CELLS)))
    return _paired(pair, region.full(size), spacing), _paired(pair, around, spacing), notes


def _paired(pair: LaidPair, mask: Mask, spacing: float) -> SkinCells:
    """Patches inside a mask of the baseline that are usable in both photos."""
    if not mask.any():
        return cells.pair(pair.baseline, pair.followup, np.zeros((0, 2)), np.zeros((0, 2)), spacing)
    part = Region.from_mask("part", mask)
    points, width = cells.grid(part.mask, part.box, min(MOST_CELLS, max(1, round(part.area_px / spacing**2))))
    return cells.pair(pair.baseline, pair.followup, points, align.carry_points(pair.alignment, points), width)


def _scales(pair: LaidPair, places: tuple[Region, Region]) -> tuple[float, float]:
    """Pixels per mm of both photos, NaN without a card."""
    first, second = (_px_per_mm(*each) for each in zip((pair.baseline, pair.followup), places, strict=True))
    return first, second


def _px_per_mm(photo: Photo, region: Region) -> float:
    found = photo.calibration
    return float("nan") if found is None or found.mm_to_px is None else calibrate.px_per_mm(found, region)
