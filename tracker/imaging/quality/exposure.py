"""Too bright, too dark, too small, too little skin: what one photo alone can show."""

import numpy as np

from tracker.imaging.quality.groups import COLOUR, TEXTURE
from tracker.imaging.quality.view import View
from tracker.imaging.types import Flag, FlagCode, Mask, Photo

LEAST_SIDE = 480  # shorter side of the photo
LEAST_SKIN = 0.02
MOST_CLIPPED = 0.02  # of the skin; 98 % of the sharp studio photos have less
DARKEST_SKIN = 45  # 8-bit median below which JPEG steps exceed 4 % of the light; deep skin in studio light has 60


def size_flags(photo: Photo) -> tuple[Flag, ...]:
    """A photo with too few pixels for texture."""
    if min(photo.size) >= LEAST_SIDE:
        return ()
    reason = f"The photo is {photo.size[0]} x {photo.size[1]} pixels, expected at least {LEAST_SIDE} on each side."
    return (Flag(FlagCode.REGION_TOO_SMALL, reason, "Send the original file, not a preview.", TEXTURE),)


def skin_flags(skin: Mask) -> tuple[Flag, ...]:
    """A photo that shows hardly any skin."""
    if skin.mean() >= LEAST_SKIN:
        return ()
    reason = f"Skin covers {skin.mean():.1%} of the photo, expected at least {LEAST_SKIN:.0%}."
    return (Flag(FlagCode.REGION_NOT_FOUND, reason, "Fill the frame with the skin to be followed."),)


def exposure_flags(view: View) -> tuple[Flag, ...]:
    """Skin that is cut off at white, or lost in the dark."""
    if not view.inside.any():
        return ()
    levels = view.encoded[view.inside].astype(np.float64) / (257 if view.encoded.dtype == np.uint16 else 1)
    flags = []
    cut = float((levels.max(axis=1) >= 253).mean())
    if cut > MOST_CLIPPED:
        reason = f"{cut:.0%} of the skin is overexposed, expected at most {MOST_CLIPPED:.0%}."
        flags.append(Flag(FlagCode.CLIPPED, reason, "Lower the exposure, or soften the light to avoid shine."))
    middle = float(np.median(levels.mean(axis=1)))
    if middle < DARKEST_SKIN:
        reason = f"The skin is underexposed: median level {middle:.0f} of 255, expected at least {DARKEST_SKIN}."
        flags.append(Flag(FlagCode.TOO_DARK, reason, "Use more light or a longer exposure.", COLOUR))
    return tuple(flags)
