"""The one place where the order of the steps is written."""

from tracker.imaging.pipeline.analysis import PIPELINE_VERSION, analyse, open_region, prepare, register
from tracker.imaging.pipeline.outlines import FollowedOutline, follow_outline

__all__ = [
    "PIPELINE_VERSION",
    "FollowedOutline",
    "analyse",
    "follow_outline",
    "open_region",
    "prepare",
    "register",
]
