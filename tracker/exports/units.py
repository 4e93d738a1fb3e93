"""Units of measures in words."""

from tracker.wording import mark, t

SPOKEN = (
    mark("% of region"),
    mark("% of baseline"),
    mark("% contrast"),
    mark("pores/cm²"),
    mark("scars"),
)
"""The units that hold a word; the others are the same in every language."""


def unit_words(unit: str) -> str:
    """``"% of region"`` in the language of this moment; signs as they are."""
    return t(unit) if unit in SPOKEN else unit
