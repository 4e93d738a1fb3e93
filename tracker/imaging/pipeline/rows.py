"""The rows of an answer: each measure of a region with its verdict, or with the reason why there is none."""

from dataclasses import dataclass

import numpy as np

from tracker.imaging import change, regions
from tracker.imaging.change import Noise, NoiseModel
from tracker.imaging.measure import pigment, redness, reference
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.measure.errors import Doubt
from tracker.imaging.pipeline import relief
from tracker.imaging.pipeline.laying import LaidPair, reference_of, region_cells
from tracker.imaging.types import Change, Flag, FlagCode, Measurement, Metric, Region

MOST_SHARED = 0.1  # of a region with the drawn reference: the same share of its change would be lost
DARKER = 0.7  # ln of light: half; a fringe darkened 91 % of one forehead of 72 so much, the other foreheads up to 33 %
LEAST_USABLE = 0.5  # of a region's patches, else it is withheld
UNITS = {
    Metric.REDNESS: "H",
    Metric.REDNESS_A_STAR: "a*",
    Metric.REDNESS_LOG_RG: "EI",
    Metric.PIGMENT: "MI",
    Metric.EVENNESS: "MI SD",
    Metric.SPOTS: "% of region",
}
REDNESS_METRICS = (Metric.REDNESS, Metric.REDNESS_A_STAR, Metric.REDNESS_LOG_RG)
FEWEST_CELLS = 4  # a plane through three is no measurement of evenness


def lost_rows(region: Region, flag: Flag) -> list[Change]:
    """Every measure of a region withheld for one reason."""
    units = UNITS | relief.UNITS
    return [change.withhold(metric, region.name, unit, (flag,)) for metric, unit in units.items()]


@dataclass(frozen=True, slots=True, eq=False)
class ColourReading:
    """Redness and pigment of one region before they are judged.

    Parameters
    ----------
    measured : tuple of pairs of Measurement
        (baseline, follow-up) of every measure of :data:`UNITS`; empty where nothing could be measured.
    tone : float
        ITA of the untreated skin at baseline in degrees, nan without a card.
    gain : float
        H was divided by it.
    flags : tuple of Flag
        Doubts about the region and its reference.
    """

    measured: tuple[tuple[Measurement, Measurement], ...]
    tone: float
    gain: float
    flags: tuple[Flag, ...]


def read_colour(pair: LaidPair, region: Region) -> ColourReading:
    """Redness and pigment of one region in both photos, against untreated skin of the same photos."""
    skin, match = reference_of(pair, region)
    cells = region_cells(pair, region)
    flags = (
        *reference.match_flags(match, calibrated=pair.calibrated),
        *_coverage_flags(cells, region),
        *_overlap_flags(pair, region),
        *_cover_flags(cells, skin, region),
    )
    if match is None or len(cells) < FEWEST_CELLS:
        return ColourReading((), float("nan"), 1.0, flags)
    matched = match.apply(cells)
    light = reference.facing_light(skin) if pair.calibrated else np.full(3, np.nan)
    tone = reference.skin_tone(skin) if pair.calibrated else float("nan")
    gain = redness.tone_gain(tone) * redness.surface_gain(light)
    left = card_residual(pair)
    doubt = Doubt(reference.untreated_scatter(skin, region.area_px), pair.alignment.residual_px)
    measured = (
        *redness.measure(matched, region.name, gain=gain, doubt=doubt, scale=redness.scale_error(light, tone, left)),
        *pigment.measure(
            matched, reference.h_reference(skin), region.name, doubt=doubt, scale=pigment.scale_error(light, left)
        ),
    )
    return ColourReading(measured, tone, gain, (*flags, *redness.tone_flags(tone)))


def card_residual(pair: LaidPair) -> float:
    """CIEDE2000 left on the skin patches of the worse of both cards, nan without cards."""
    found = [photo.calibration for photo in (pair.baseline, pair.followup)]
    return max((one.skin_residual_de00 for one in found if one is not None), default=float("nan"))


def colour_rows(pair: LaidPair, region: Region, flags: tuple[Flag, ...], noise: NoiseModel) -> list[Change]:
    """Redness and pigment of one region."""
    reading = read_colour(pair, region)

    def repeats(metric: Metric) -> Noise | None:
        return noise.look_up(metric, region.name, calibrated=pair.calibrated, tone=reading.tone)

    coarse = change.coarse_flags(repeats(Metric.REDNESS), Metric.REDNESS, region.name, REDNESS_METRICS)
    doubts = (*flags, *reading.flags, *coarse)
    if not reading.measured:
        return [change.withhold(metric, region.name, unit, doubts) for metric, unit in UNITS.items()]
    return [
        change.judge(
            both,
            repeats(both[0].metric),
            doubts,
            gain=reading.gain if both[0].metric is Metric.REDNESS else 1.0,
        )
        for both in reading.measured
    ]


def _overlap_flags(pair: LaidPair, region: Region) -> tuple[Flag, ...]:
    """A standard region of a face that the drawn reference covers cannot change against itself."""
    drawn = pair.drawn.reference
    share = 0.0 if drawn is None else region.shared_px(drawn) / region.area_px
    if share <= MOST_SHARED:
        return ()
    reason = f"{region.name}: {share:.0%} of it is the drawn reference skin, expected at most {MOST_SHARED:.0%}."
    return (Flag(FlagCode.NO_REFERENCE, reason, "Draw the reference elsewhere.", reference.COLOUR_METRICS),)


def _cover_flags(cells: SkinCells, skin: SkinCells, region: Region) -> tuple[Flag, ...]:
    """A standard region of a face under hair or a beard; a drawn region may be as dark as its lesion is."""
    if not regions.is_part(region) or not len(cells):
        return ()
    bare = skin.keep(reference.plausible_skin(skin))
    covered = (
        max(
            float((np.log(here).mean(1) < np.median(np.log(there).mean(1)) - DARKER).mean())
            for here, there in ((cells.baseline, bare.baseline), (cells.followup, bare.followup))
        )
        if len(bare)
        else 0.0
    )
    if covered <= LEAST_USABLE:
        return ()
    reason = (
        f"{region.name}: {covered:.0%} of it is less than half as bright as the skin beside it, expected at most "
        f"{LEAST_USABLE:.0%}: hair, a beard or a shadow lies on it."
    )
    retake = "Tie the hair back, and let the light reach it."
    return (Flag(FlagCode.REGION_NOT_FOUND, reason, retake, reference.COLOUR_METRICS),)


def _coverage_flags(cells: SkinCells, region: Region) -> tuple[Flag, ...]:
    share = len(cells) / max(1, cells.asked)
    if share >= LEAST_USABLE and len(cells) >= FEWEST_CELLS:
        return ()
    reason = (
        f"{region.name}: only {share:.0%} is well exposed and in the frame of both photos, expected {LEAST_USABLE:.0%}."
    )
    retake = "Retake it with the region in the frame, neither too bright nor too dark."
    return (Flag(FlagCode.CLIPPED, reason, retake, reference.COLOUR_METRICS),)
