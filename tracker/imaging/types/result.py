"""What is answered: measurements, changes, analyses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tracker.imaging.types.region import Alignment, Region
from tracker.imaging.types.vocabulary import Flag, Metric, Verdict


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number with its unit and its doubt.

    Parameters
    ----------
    metric : Metric
        What.
    region : str
        Where.
    value : float
        NaN where undefined, always with a flag that says why.
    unit : str
        ``"H"``, ``"a*"``, ``"mm²"``, ``"%"``, ...
    standard_error : float
        From the known parts of this photo alone (pixels, outline); NaN where unknown. ``change`` adds the repeat noise.
    scale_error : float
        Relative standard error of a difference of this measure: what the skin tone, the colour matrix or the scale get
        wrong grows with the change itself, and is nothing where nothing changed.
    flags : tuple of Flag
        Doubts about this number.
    """

    metric: Metric
    region: str
    value: float
    unit: str
    standard_error: float = float("nan")
    flags: tuple[Flag, ...] = ()
    scale_error: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """What may be said about one measure in one region between two photos.

    ``baseline``, ``followup``, ``change``, ``sdc`` and ``interval`` are NaN where the verdict is NOT_ASSESSABLE.

    Parameters
    ----------
    metric, region, unit
        As in :class:`Measurement`.
    baseline, followup, change : float
        Values and their difference (for ratio measures, change in % of the baseline).
    sdc : float
        Smallest detectable change at ``level``, in the unit of ``change``.
    interval : tuple of float
        Interval of the change at ``level``.
    verdict : Verdict
        One of three.
    flags : tuple of Flag
        Reasons and remarks.
    df : float
        Degrees of freedom of the t quantile behind ``sdc`` and ``interval``; inf for the normal distribution.
    level : float
        Chance of calling unchanged skin changed that ``sdc`` and ``interval`` were made for; 0.05 gives 95 %.
    gain : float
        What the measure was divided by for the skin tone; repeats need it to give the noise before the division.
    scale_error : float
        Relative standard error of the change itself; widens ``interval`` where something changed, never ``sdc``.
    """

    metric: Metric
    region: str
    unit: str
    baseline: float
    followup: float
    change: float
    sdc: float
    interval: tuple[float, float]
    verdict: Verdict
    flags: tuple[Flag, ...] = ()
    df: float = math.inf
    level: float = 0.05
    gain: float = 1.0
    scale_error: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Everything that one pair of photos of the same skin can say.

    Parameters
    ----------
    baseline_sha256, followup_sha256 : str
        The two originals.
    site : str
        ``"face"`` or another body site, empty if unknown.
    version : str
        Of the pipeline; numbers of different versions are never put in one trend.
    refusal : Flag or None
        Why the pair could not be compared at all; None where it could.
    alignment : Alignment or None
        None where refused.
    regions : tuple of Region
        In the baseline.
    followup_regions : tuple of Region
        The same, carried to the follow-up, in the same order.
    changes : tuple of Change
        One per metric and region; withheld ones are listed too.
    flags : tuple of Flag
        Doubts about the pair as a whole.
    reference : Region or None
        Untreated skin drawn in the baseline that colour was measured against; None where the program proposed it.
    skin_tone : float
        ITA of that untreated skin in the baseline, degrees; NaN without a card. A fact of the baseline, not a measure
        with a change: blood alone moves ITA by 40 degrees, so a change of it would say nothing of tone.
    correction : Region or None
        The treated part as a person drew it in the follow-up; decides its area there.
    """

    baseline_sha256: str
    followup_sha256: str
    site: str
    version: str
    refusal: Flag | None
    alignment: Alignment | None = field(repr=False)
    regions: tuple[Region, ...] = field(repr=False)
    followup_regions: tuple[Region, ...] = field(repr=False)
    changes: tuple[Change, ...]
    flags: tuple[Flag, ...] = ()
    reference: Region | None = field(default=None, repr=False)
    skin_tone: float = math.nan
    correction: Region | None = field(default=None, repr=False)


def withheld(flags: Sequence[Flag], metric: Metric) -> tuple[Flag, ...]:
    """The flags that spoil a metric."""
    return tuple(flag for flag in flags if metric in flag.withholds)


def as_dict(change: Change) -> dict[str, Any]:
    """One row of the command line's answer: withheld numbers are None, flags are sentences."""

    def number(value: float) -> float | None:
        return None if np.isnan(value) else round(float(value), 4)

    return {
        "metric": str(change.metric),
        "region": change.region,
        "baseline": number(change.baseline),
        "followup": number(change.followup),
        "change": number(change.change),
        "unit": change.unit,
        "sdc": number(change.sdc),
        "interval": [number(v) for v in change.interval],
        "verdict": str(change.verdict),
        "flags": [flag.reason for flag in change.flags],
    }
