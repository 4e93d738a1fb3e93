"""What a difference means: repeatability from repeats, three verdicts for a pair, a trend for a series."""

from tracker.imaging.change.burst import BurstChange, average_bursts, average_changes
from tracker.imaging.change.components import FEWEST_SUBJECTS, Repeats, TwoLevel, two_level
from tracker.imaging.change.kits import (
    TEST_RETEST_PAIRS,
    UNJUDGED,
    Component,
    RepeatPair,
    components_of,
    kit_noise,
)
from tracker.imaging.change.noise import (
    ANY,
    FEW_DF,
    MOST_SDC,
    TONE_BANDS,
    Noise,
    NoiseModel,
    coarse_flags,
    default_noise,
    kind_of_tone,
    load_noise,
    most_sdc,
    region_kind,
)
from tracker.imaging.change.progress import trend
from tracker.imaging.change.repeats import Repeatability, repeatability
from tracker.imaging.change.verdict import LOG_METRICS, interval, judge, withhold

__all__ = [
    "ANY",
    "FEWEST_SUBJECTS",
    "FEW_DF",
    "LOG_METRICS",
    "MOST_SDC",
    "TEST_RETEST_PAIRS",
    "TONE_BANDS",
    "UNJUDGED",
    "BurstChange",
    "Component",
    "Noise",
    "NoiseModel",
    "RepeatPair",
    "Repeatability",
    "Repeats",
    "TwoLevel",
    "average_bursts",
    "average_changes",
    "coarse_flags",
    "components_of",
    "default_noise",
    "interval",
    "judge",
    "kind_of_tone",
    "kit_noise",
    "load_noise",
    "most_sdc",
    "region_kind",
    "repeatability",
    "trend",
    "two_level",
    "withhold",
]
