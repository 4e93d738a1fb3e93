"""The one place where the order of the steps is written."""

from tracker.imaging.pipeline.analysis import PIPELINE_VERSION, analyse, open_region, prepare, register

__all__ = ["PIPELINE_VERSION", "analyse", "open_region", "prepare", "register"]
