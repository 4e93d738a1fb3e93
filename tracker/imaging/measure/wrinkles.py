"""Wrinkles and fine lines of a region in both photos: length density, contrast, severity."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tracker.imaging.measure import lines
from tracker.imaging.measure.lines import Line, Ridges
from tracker.imaging.measure.patch import Doubles, Patch
from tracker.imaging.measure.relief import WRINKLE_METRICS, ReliefPair, paired_error
from tracker.imaging.types import Flag, FlagCode, Measurement, Metric, withheld

LEAST_MM = 2.0  # shorter ones are micro-relief
WEAK = 1.5  # robust SDs above the median of line contrast, for every point of a line
EVIDENCE = (3.5, 7.0)
"""Robust SDs by which a line of 2 mm stands out (a longer one needs less, by the root of its length): below the first
it does not count, above the second in full, between them in part. With one threshold at 5 the density of unchanged skin
differed by 2.5 mm/cm2 (SD, rendered cheeks), with this ramp by 1.5: a faint line no longer comes and goes."""
LEAST_CONTRAST = 0.02  # ln Y; on skin without any relief the spread alone would let noise pass
HAIR_MM, HAIR_PX = 0.115, 2.4
"""Lines narrower than both added in squares are hairs: 97 % of rendered ones are, and 3 % of wrinkles, because light
under the skin widens a furrow and nothing widens a hair but the pixels."""
HAIR_EVIDENCE = 5.0  # as EVIDENCE, from which a narrow line is a hair that may not hold pores
MOST_NOISE = 0.01  # SD of line contrast by camera noise, ln Y; wrinkles of 4 % are then 4 SDs deep
QUANTUM_MM = 1.0  # length below which two photos of one line need not agree: it bounds the error of a lone line
UNITS = {Metric.WRINKLES: "mm/cm²", Metric.WRINKLE_CONTRAST: "% contrast", Metric.WRINKLE_SEVERITY: "% mm/cm²"}


@dataclass(frozen=True, slots=True, eq=False)
class DarkLines:
    """The dark lines of one photo, told apart by their width, and what was measured against.

    Parameters
    ----------
    wrinkles, hairs : tuple of Line
        Hairs are narrow.
    weights : tuple of float
        Of each wrinkle, 0 to 1: how surely it stands out from the micro-relief.
    noise : float
        SD of line contrast that camera noise makes, ln Y.
    """

    wrinkles: tuple[Line, ...] = field(repr=False)
    weights: tuple[float, ...] = field(repr=False)
    hairs: tuple[Line, ...] = field(repr=False)
    noise: float


def find(pair: ReliefPair) -> tuple[DarkLines, ...]:
    """The lines of baseline and follow-up, by thresholds common to both; empty where the pair carries no relief."""
    found = [lines.ridges(piece) for piece in pair.patches]
    if not found:
        return ()
    middle, spread = lines.spread(found)
    finest = pair.fine or pair.patches
    return tuple(_sort(each, piece, middle, spread) for each, piece in zip(found, finest, strict=True))


def measure(pair: ReliefPair, found: Sequence[DarkLines]) -> tuple[tuple[Measurement, Measurement], ...]:
    """Wrinkles of a region at baseline and follow-up.

    Parameters
    ----------
    pair : ReliefPair
        From :func:`tracker.imaging.measure.relief.lay`.
    found : sequence of DarkLines
        Its lines, from :func:`find`.

    Returns
    -------
    tuple of pairs of Measurement
        (baseline, follow-up) of the length density (unit "mm/cm²"), the mean contrast weighted by length (unit
        "% contrast" of ln Y; undefined where there is no wrinkle) and the severity, the sum of length times contrast
        over the area (unit "% mm/cm²"). nan with a flag where the pair cannot carry them.

    Notes
    -----
    A wrinkle is a dark line of at least 2 mm that stands out from the skin's own micro-relief, in either photo by the
    same thresholds: robust SDs of the line contrast of both photos together. Contrast is a proxy of depth under one
    light; no height is measured. Comparable only under light from the same side, after the sharper photo has been
    blurred to the other; hairs, told by their width, are left out.

    References
    ----------
    Ng, Yap, Costen, Li. ACCV 2014, LNCS 9005:526-538, doi:10.1007/978-3-319-16811-1_34 (Hessian line tracking).
    """
    flags = withheld((*pair.flags, *_noise_flags(pair.region, found)), Metric.WRINKLES)
    if flags:
        empty = (Measurement(metric, pair.region, float("nan"), UNITS[metric], flags=flags) for metric in UNITS)
        return tuple((each, each) for each in empty)
    sums = [_sums(each, piece, pair.tiles) for each, piece in zip(found, pair.patches, strict=True)]
    values = [_values(each.sum(0)) for each in sums]
    left_out = np.stack([_values(each.sum(0) - each) for each in sums], axis=-1)  # metric, tile, photo
    quanta = [QUANTUM_MM / (piece.area_mm2 / 100) for piece in pair.patches]
    rows = []
    for i, metric in enumerate(UNITS):
        error = paired_error(left_out[i])
        both = []
        for value, quantum in zip(values, quanta, strict=True):
            scale = (1.0, 0.0, value[1] if np.isfinite(value[1]) else 0.0)[i]
            least = scale * quantum
            why = () if np.isfinite(value[i]) else (_none_flag(pair.region),)
            both.append(
                Measurement(metric, pair.region, float(value[i]), UNITS[metric], float(np.hypot(error, least)), why)
            )
        rows.append((both[0], both[1]))
    return tuple(rows)


def _sort(found: Ridges, piece: Patch, middle: float, spread: float) -> DarkLines:
    wrinkles, weights, hairs = [], [], []
    low, high = EVIDENCE
    narrow = float(np.hypot(HAIR_MM, HAIR_PX / piece.px_per_mm))
    for line in lines.trace(found, piece, max(middle + WEAK * spread, LEAST_CONTRAST), LEAST_MM):
        evidence = (line.contrast - middle) / spread * np.sqrt(line.length_mm / LEAST_MM)
        weight = float(np.clip((evidence - low) / (high - low), 0.0, 1.0))
        if line.width_mm < narrow and evidence > HAIR_EVIDENCE:
            hairs.append(line)
        elif line.width_mm >= narrow and weight > 0:
            wrinkles.append(line)
            weights.append(weight)
    return DarkLines(tuple(wrinkles), tuple(weights), tuple(hairs), lines.noise_contrast(piece))


def _sums(found: DarkLines, piece: Patch, tiles: int) -> Doubles:
    """Length (mm), length times contrast, and area (cm2) of each tile, shape (tiles, 3)."""
    out = np.zeros((tiles, 3))
    for line, weight in zip(found.wrinkles, found.weights, strict=True):
        share = np.bincount(line.tile, minlength=tiles) * (weight * line.length_mm / len(line.tile))
        out[:, 0] += share
        out[:, 1] += share * line.contrast
    out[:, 2] = np.bincount(piece.tile[piece.inside], minlength=tiles) / piece.px_per_mm**2 / 100
    return out


def _values(sums: Doubles) -> Doubles:
    """Density, mean contrast in %, severity of (..., 3) sums, metrics first."""
    length, weighted, area = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.stack([length / area, np.where(length > 0, 100 * weighted / length, np.nan), 100 * weighted / area])


def _noise_flags(region: str, found: Sequence[DarkLines]) -> tuple[Flag, ...]:
    noise = max((each.noise for each in found), default=0.0)
    if noise <= MOST_NOISE:
        return ()
    reason = f"{region}: camera noise makes lines of {noise:.1%} contrast, expected at most {MOST_NOISE:.0%}."
    return (Flag(FlagCode.TOO_DARK, reason, "Retake it in more light, from the side.", WRINKLE_METRICS),)


def _none_flag(region: str) -> Flag:
    reason = f"{region}: no wrinkle of at least {LEAST_MM:.0f} mm stands out, so there is no contrast to average."
    return Flag(FlagCode.REGION_TOO_SMALL, reason, "", (Metric.WRINKLE_CONTRAST,))
