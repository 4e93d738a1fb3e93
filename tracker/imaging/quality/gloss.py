"""Wet, oily or glossy skin: highlights in one photo, and a film of white between two."""

import numpy as np

from tracker.imaging import colour
from tracker.imaging.quality.groups import SHADE_BOUND, TEXTURE, shade_bound
from tracker.imaging.quality.pattern import GLOSS_CONTRAST, Pattern
from tracker.imaging.quality.view import View
from tracker.imaging.types import Flag, FlagCode

MOST_SHINE = 0.20
"""Share of the skin that shines, in one photo; found 0.001 to 0.135 (26 people of faces_london)."""
SHINE_CHANGE = 0.15  # of that share; found up to 0.05 (72 pairs), and 0.13 where the lamp's colour changed
SHINE_LIGHT, SHINE_SATURATION = 1.5, 0.7  # of the skin's medians: a highlight is brighter and paler


def shine_of(view: View) -> float:
    """Share of the skin that is a highlight, 0 to 1; nan without skin."""
    if not view.enough:
        return float("nan")
    light = view.light[view.inside]
    y = light @ colour.LUMINANCE.astype(np.float32)
    red, green, blue = light.T  # a reduction over three columns is ten times slower than this
    least, most = np.minimum(np.minimum(red, green), blue), np.maximum(np.maximum(red, green), blue)
    saturation = 1 - least / np.maximum(most, np.float32(1e-3))
    pale = saturation < SHINE_SATURATION * np.median(saturation)
    return float(np.mean(pale & (y > SHINE_LIGHT * np.median(y))))


def shine_flags(view: View) -> tuple[Flag, ...]:
    """A photo of glossy skin."""
    value = shine_of(view)
    if np.isnan(value) or value <= MOST_SHINE:
        return ()
    reason = f"{value:.0%} of the skin shines, expected at most {MOST_SHINE:.0%}."
    return (Flag(FlagCode.SPECULAR, reason, "Dry the skin, and use larger, softer lamps.", TEXTURE),)


def wet_flags(first: View, second: View, found: Pattern | None) -> tuple[Flag, ...]:
    """Skin that is wetter, oilier or drier in the follow-up.

    Notes
    -----
    A film of water or oil adds white light where it reflects: what becomes brighter becomes paler. A tone curve makes
    both contrasts stronger, and light from another side changes the pattern; those have their own checks.
    """
    before, after = shine_of(first), shine_of(second)
    retake = "Dry the skin, use no cream, and keep the lamps where they were."
    if abs(after - before) > SHINE_CHANGE:
        reason = f"The skin shines on {before:.0%} and on {after:.0%} of its area, expected within {SHINE_CHANGE:.0%}."
        return (Flag(FlagCode.SPECULAR, reason, retake, SHADE_BOUND),)
    if found is None or not found.glossy:
        return ()
    which = "wetter or oilier" if found.contrast > 1 else "drier"
    reason = (
        f"The skin looks {which} in the follow-up: light and shade on it are {found.stronger:.2f} times "
        f"{'stronger' if found.contrast > 1 else 'weaker'} and the bright spots paler, "
        f"expected within {GLOSS_CONTRAST:.2f} times."
    )
    return (Flag(FlagCode.SPECULAR, reason, retake, shade_bound(found.tone)),)
