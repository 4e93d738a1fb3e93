"""Light: from another side, or of another colour."""

from tracker.imaging.quality.groups import COLOUR, REDNESS, shade_bound
from tracker.imaging.quality.pattern import HARDER, SAME_LIGHT, Pattern, SharedLight
from tracker.imaging.types import Flag, FlagCode, Metric

MOST_SHADING = 0.065
"""SD of the smooth change of shading; found 0.006 to 0.051 in 95 % of 72 pairs of faces_london and up to 0.061 between
rendered photos of a visit; 0.07 to 0.17 with the lamp moved by 90 degrees."""
LAMP_H, LAMP_YELLOW = 6.0, 10.0  # median shift of the skin, H and 100 ln; found up to 4.2 and 5.8 (faces_london)
WIDER = 1.5
"""Factor on the noise of redness under light from another side: rendered, it adds up to 1.1 H to noise of 1.2 H on skin
that is not dark."""
STRANGE_H, STRANGE_YELLOW = 15.0, 35.0  # beyond, it was another kind of lamp
MOST_TINT = 4.0
"""SD of the colour shift over the skin (100 ln); found 0.2 to 2.6 in 72 pairs of faces_london, 1.2 to 4.1 where one
camera at four distances chose its own white balance (faces_cc0), 0.9 to 11 under office light, flash and sun
(faces_caltech), where redness of the same face then differs by up to 11 H."""
LAMP_BOUND = tuple(metric for metric in COLOUR if metric not in (Metric.REDNESS, Metric.SCAR_REDNESS))
SAME_SIDE = "Retake it with the lamps where they stood for the baseline."


def direction_flags(light: SharedLight, found: Pattern | None) -> tuple[Flag, ...]:
    """Lamps that stood elsewhere: other shade on the same skin.

    Notes
    -----
    Redness cancels shade, but where one lamp moved the mixture of all lamps changed with it from place to place. Only
    a card shows that it did not: without one redness is withheld (faces_caltech, office light, flash and sun: cheeks
    of the same face up to 7 H apart against untreated skin, twice the margin that a card would leave).
    """
    if found is None or found.mapped:
        return ()
    if found.alike < SAME_LIGHT:
        reason = (
            f"The light comes from another side: light and shade on the skin agree by {max(found.alike, 0.0):.0%}, "
            f"expected at least {SAME_LIGHT:.0%}."
        )
    elif found.shading > MOST_SHADING:
        reason = (
            f"The light comes from another side: brightness across the skin differs by {found.shading:.1%}, "
            f"expected at most {MOST_SHADING:.1%}."
        )
    elif found.stronger > HARDER and not found.glossy:
        reason = (
            f"The light is {'harder' if found.contrast > 1 else 'softer'}: light and shade on the skin are "
            f"{found.stronger:.2f} times {'stronger' if found.contrast > 1 else 'weaker'} in the follow-up, expected "
            f"within {HARDER:.2f} times."
        )
    else:
        return ()
    if not light.calibrated:
        spoiled = (*shade_bound(found.tone), *REDNESS, Metric.SCAR_REDNESS)
        return (Flag(FlagCode.LIGHT_DIFFERS, reason, SAME_SIDE, tuple(dict.fromkeys(spoiled))),)
    margin = f"What is compared in spite of other light has a margin {WIDER} times as wide."
    return (
        Flag(FlagCode.LIGHT_DIFFERS, reason, SAME_SIDE, shade_bound(found.tone)),
        Flag(FlagCode.LIGHT_DIFFERS, margin, SAME_SIDE, widens=WIDER),
    )


def lamp_flags(light: SharedLight, found: Pattern | None) -> tuple[Flag, ...]:
    """Another lamp or white balance, and no card to take it out.

    Notes
    -----
    A shift that is alike on all skin is taken out by untreated skin of the same photo: redness is kept with a wider
    margin. One that differs from place to place, or is large, is not.
    """
    if light.calibrated:
        return ()
    uneven = found is not None and found.tint > MOST_TINT and not found.mapped
    if abs(light.lamp_h) <= LAMP_H and abs(light.lamp_yellow) <= LAMP_YELLOW:
        return _mixed_flags(found) if found is not None and uneven else ()
    reason = (
        f"Lamp or white balance changed (redness {light.lamp_h:+.1f}, yellowness {light.lamp_yellow:+.1f}) "
        f"and no card takes it out; expected within {LAMP_H:.0f} and {LAMP_YELLOW:.0f}."
    )
    retake = "Use the lamp of the baseline, or put the card in the frame."
    strange = abs(light.lamp_h) > STRANGE_H or abs(light.lamp_yellow) > STRANGE_YELLOW
    if strange or found is None or found.tint > MOST_TINT:
        return (Flag(FlagCode.LIGHT_DIFFERS, reason, retake, COLOUR),)
    wider = 1 + found.tint / 2
    margin = f"Redness is compared in spite of another lamp, with a margin {wider:.1f} times as wide."
    return (
        Flag(FlagCode.LIGHT_DIFFERS, reason, retake, LAMP_BOUND),
        Flag(FlagCode.LIGHT_DIFFERS, margin, retake, widens=wider),
    )


def _mixed_flags(found: Pattern) -> tuple[Flag, ...]:
    """Light of several colours, differently mixed in the two photos."""
    reason = (
        f"The colour of the light changed from place to place by {found.tint:.1f}, expected at most {MOST_TINT:.0f}, "
        "and no card takes it out."
    )
    retake = "Use one kind of lamp, as for the baseline: neither window light nor flash beside it."
    return (Flag(FlagCode.LIGHT_DIFFERS, reason, retake, COLOUR),)
