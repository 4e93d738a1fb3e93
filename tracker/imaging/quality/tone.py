"""Tone curves: HDR, portrait and beauty modes, filters. Seen between two photos; a card shows them in one."""

from tracker.imaging.quality.groups import COLOUR
from tracker.imaging.quality.pattern import MOST_COLOUR_CONTRAST, MOST_EVENED, Pattern
from tracker.imaging.types import Flag, FlagCode

PLAIN = "Switch off HDR, portrait, night and beauty modes and all filters, and retake it."


def tone_flags(found: Pattern | None) -> tuple[Flag, ...]:
    """A photo whose contrasts were changed by software.

    Notes
    -----
    A curve that both photos went through alike is not seen without a card.
    """
    if found is None:
        return ()
    if found.curved:
        ratio = max(found.colour_contrast, 1 / found.colour_contrast)
        more = "stronger" if found.colour_contrast > 1 else "weaker"
        reason = (
            f"The colours of the skin are {ratio:.2f} times {more} in the follow-up, expected within "
            f"{MOST_COLOUR_CONTRAST:.2f} times: one photo went through a filter or a contrast setting."
        )
    elif found.evened_out:
        which, other = ("follow-up", "baseline") if found.evened < 0 else ("baseline", "follow-up")
        reason = (
            f"Dark parts of the {which} were lifted by software: {abs(found.evened):.0%} of the contrast with the "
            f"surroundings is gone against the {other}, expected at most {MOST_EVENED:.0%}."
        )
    else:
        return ()
    return (Flag(FlagCode.TONE_MAPPED, reason, PLAIN, COLOUR),)
