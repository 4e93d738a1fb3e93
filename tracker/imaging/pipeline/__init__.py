"""The one place where the order of the steps is written."""

from tracker.imaging.pipeline.analysis import PIPELINE_VERSION, Setting, analyse, open_region, prepare, register
from tracker.imaging.pipeline.outlines import CarriedOutline, FollowedOutline, carry_outline, follow_outline

__all__ = [
    "PIPELINE_VERSION",
    "CarriedOutline",
    "FollowedOutline",
    "Setting",
    "analyse",
    "carry_outline",
    "follow_outline",
    "open_region",
    "prepare",
    "register",
]
