"""Make-up, as far as it can be seen: a covering layer that hides the pattern of the skin's colour in one photo.

Not seen: make-up that is the same in both photos, thin tinted cream, and rouge, which looks like redness.
"""

from tracker.imaging.quality.groups import COLOUR
from tracker.imaging.quality.pattern import Pattern
from tracker.imaging.types import Flag, FlagCode

COVERED = 0.6
"""Spread of the pattern of colour, one photo over the other, with that of brightness kept; found 0.73 to 1.25 (72
pairs of faces_london), 0.32 to 0.45 with two thirds of the pattern covered."""
KEPT = 0.85  # of the pattern of brightness: a curve that flattens colour flattens it too


def make_up_flags(found: Pattern | None) -> tuple[Flag, ...]:
    """Skin whose patches of colour vanish between the photos while its relief stays."""
    if found is None or not covered(found):
        return ()
    which = "follow-up" if found.colour_contrast < 1 else "baseline"
    left = min(found.colour_contrast, 1 / found.colour_contrast)
    reason = (
        f"The {which} shows only {left:.0%} of the skin's patches of colour, expected at least {COVERED:.0%}: "
        "it may be covered by make-up or smoothed by a filter."
    )
    return (Flag(FlagCode.MAKE_UP, reason, "Remove make-up and cream, switch filters off, and retake it.", COLOUR),)


def covered(found: Pattern) -> bool:
    """Whether colour was covered in one photo and relief was not."""
    if found.colour_contrast < 1:
        return found.colour_contrast < COVERED and found.contrast > KEPT
    return found.colour_contrast > 1 / COVERED and found.contrast < 1 / KEPT
