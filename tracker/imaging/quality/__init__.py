"""What is doubtful about one photo, or about a pair of photos: each doubt with its reason and how to retake.

One file per kind of doubt. Every threshold stands beside the range that was measured on comparable pairs of one visit
(../shared/data faces_london, 72 pairs; rendered skin) and on spoiled ones; a doubt withholds only the measures that it
spoils.
"""

from tracker.imaging.quality.expression import strain
from tracker.imaging.quality.groups import (
    ABSOLUTE,
    COLOUR,
    PORES,
    REDNESS,
    RELIEF,
    SCAR_COLOUR,
    SHADE_BOUND,
    TEXTURE,
    WRINKLES,
)
from tracker.imaging.quality.pair import detail, pair_flags, photo_flags, region_flags, shine
from tracker.imaging.quality.pattern import Pattern, SharedLight, pattern_of
from tracker.imaging.quality.view import View

__all__ = [
    "ABSOLUTE",
    "COLOUR",
    "PORES",
    "REDNESS",
    "RELIEF",
    "SCAR_COLOUR",
    "SHADE_BOUND",
    "TEXTURE",
    "WRINKLES",
    "Pattern",
    "SharedLight",
    "View",
    "detail",
    "pair_flags",
    "pattern_of",
    "photo_flags",
    "region_flags",
    "shine",
    "strain",
]
