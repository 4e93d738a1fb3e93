"""The rows of relief of a region: roughness, wrinkles and pores."""

from dataclasses import replace

import cv2
import numpy as np

from tracker.imaging import align, calibrate, change
from tracker.imaging.change import NoiseModel
from tracker.imaging.measure import cells, pores, reference, relief, texture, wrinkles
from tracker.imaging.measure.sharpness import BlurMatch, match_edges
from tracker.imaging.pipeline.laying import LaidPair, reference_of
from tracker.imaging.types import Change, Flag, Measurement, Metric, Photo, Region, withheld

UNITS = {**texture.UNITS, **wrinkles.UNITS, **pores.UNITS}
FAMILY = {
    **dict.fromkeys(relief.WRINKLE_METRICS, Metric.WRINKLES),
    **dict.fromkeys(relief.PORE_METRICS, Metric.PORES),
}
"""What spoils the first spoils all of its kind."""
MOST_CM2 = 12.0  # of a region is measured, around its middle: 0.15 s per measure at 20 grid points per mm


def relief_rows(
    pair: LaidPair, places: tuple[Region, Region], flags: tuple[Flag, ...], noise: NoiseModel
) -> list[Change]:
    """Roughness, wrinkles and pores of one region: ``places`` are the same skin in the baseline and the follow-up.

    Notes
    -----
    Without a scale in both photos, or where everything is spoiled, no pixel is looked at.
    """
    flags = tuple(_widened(flag) for flag in flags)
    name = places[0].name
    if all(withheld(flags, metric) for metric in UNITS):
        return [change.withhold(metric, name, unit, withheld(flags, metric)) for metric, unit in UNITS.items()]
    photos = (pair.baseline, pair.followup)
    scales = _scales(photos, places)
    if np.isfinite(scales).all():
        places = _middle(pair, places, scales[0])
        laid = relief.lay(photos, places, scales, _anchors(pair, places[0]), _match(photos))
    else:
        laid = relief.lay(photos, places, scales)
    found = wrinkles.find(laid)
    measured: tuple[tuple[Measurement, Measurement], ...] = (
        texture.measure(laid),
        *wrinkles.measure(laid, found),
        *pores.measure(laid, pores.find(laid, found)),
    )
    tone = reference.skin_tone(reference_of(pair, places[0])[0]) if laid.patches and pair.calibrated else float("nan")
    return [
        change.judge(both, noise.look_up(both[0].metric, name, calibrated=pair.calibrated, tone=tone), flags)
        for both in measured
    ]


def _widened(flag: Flag) -> Flag:
    """The flag, withholding all measures of a family where it withholds the first."""
    more = tuple(metric for metric, first in FAMILY.items() if first in flag.withholds and metric not in flag.withholds)
    return replace(flag, withholds=(*flag.withholds, *more)) if more else flag


def _scales(photos: tuple[Photo, Photo], places: tuple[Region, Region]) -> tuple[float, float]:
    first, second = (_px_per_mm(photo, place) for photo, place in zip(photos, places, strict=True))
    return first, second


def _px_per_mm(photo: Photo, region: Region) -> float:
    found = photo.calibration
    return float("nan") if found is None or found.mm_to_px is None else calibrate.px_per_mm(found, region)


def _middle(pair: LaidPair, places: tuple[Region, Region], px_per_mm: float) -> tuple[Region, Region]:
    """The regions, or the part around their middle where they are larger than MOST_CM2."""
    region = places[0]
    if region.area_px / px_per_mm**2 <= 100 * MOST_CM2:
        return places
    mask = np.pad(region.mask, 1).astype(np.uint8)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    radius = np.sqrt(MOST_CM2 * 100 / np.pi) * px_per_mm
    y, x = np.ogrid[: mask.shape[0] - 2, : mask.shape[1] - 2]
    full = np.zeros((pair.baseline.size[1], pair.baseline.size[0]), bool)
    box = region.box
    full[box.top : box.bottom, box.left : box.right] = region.mask & ((x - column) ** 2 + (y - row) ** 2 <= radius**2)
    part = Region.from_mask(region.name, full)
    return part, align.carry_region(pair.alignment, part)


def _match(photos: tuple[Photo, Photo]) -> BlurMatch:
    first, second = (calibrate.edge_blur(photo, photo.calibration) for photo in photos)
    return match_edges((first.variance_mm2, first.error_mm2), (second.variance_mm2, second.error_mm2))


def _anchors(pair: LaidPair, region: Region) -> tuple[np.ndarray, np.ndarray]:
    """The same points of the skin in both photos, around which its parts are compared."""
    points, _ = cells.grid(region.mask, region.box, relief.TILES)
    return points, align.carry_points(pair.alignment, points)
