"""What a difference means: repeatability from repeats, three verdicts for a pair, a trend for a series."""

from tracker.imaging.change.burst import BurstChange, average_bursts, average_changes
from tracker.imaging.change.noise import (
    ANY,
    FEW_DF,
    MOST_SDC,
    Noise,
    NoiseModel,
    coarse_flags,
    default_noise,
    load_noise,
    region_kind,
)
from tracker.imaging.change.progress import trend
from tracker.imaging.change.repeats import Repeatability, repeatability
from tracker.imaging.change.verdict import LOG_METRICS, judge, withhold

__all__ = [
    "ANY",
    "FEW_DF",
    "LOG_METRICS",
    "MOST_SDC",
    "BurstChange",
    "Noise",
    "NoiseModel",
    "Repeatability",
    "average_bursts",
    "average_changes",
    "coarse_flags",
    "default_noise",
    "judge",
    "load_noise",
    "region_kind",
    "repeatability",
    "trend",
    "withhold",
]
