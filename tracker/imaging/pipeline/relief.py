"""The rows of relief of a region: roughness, wrinkles and pores."""

from tracker.imaging import calibrate, change
from tracker.imaging.change import NoiseModel
from tracker.imaging.measure import texture
from tracker.imaging.pipeline.laying import LaidPair
from tracker.imaging.types import Change, Flag, Metric, Photo, Region, withheld

UNITS = {Metric.ROUGHNESS: "% contrast"}


def relief_rows(
    pair: LaidPair, places: tuple[Region, Region], flags: tuple[Flag, ...], noise: NoiseModel
) -> list[Change]:
    """Roughness of one region: ``places`` are the same skin in the baseline and in the follow-up."""
    if withheld(flags, Metric.ROUGHNESS):
        return [change.withhold(metric, places[0].name, UNITS[metric], withheld(flags, metric)) for metric in UNITS]
    photos = (pair.baseline, pair.followup)
    scales = tuple(_px_per_mm(photo, place) for photo, place in zip(photos, places, strict=True))
    both = texture.roughness(photos, places, (scales[0], scales[1]))
    return [change.judge(both, noise.look_up(Metric.ROUGHNESS, places[0].name, calibrated=pair.calibrated), flags)]


def _px_per_mm(photo: Photo, region: Region) -> float:
    found = photo.calibration
    return float("nan") if found is None or found.mm_to_px is None else calibrate.px_per_mm(found, region)
