"""Which measures a kind of doubt spoils, named once so that every check means the same by "texture" or "colour"."""

from tracker.imaging.types import Metric

WRINKLES = (Metric.WRINKLES, Metric.WRINKLE_CONTRAST, Metric.WRINKLE_SEVERITY)
PORES = (Metric.PORES, Metric.PORE_DIAMETER, Metric.PORE_AREA)
RELIEF = (Metric.ROUGHNESS, *WRINKLES, *PORES)
TEXTURE = (*RELIEF, Metric.SCAR_CONTRAST)
"""Read from fine light and shadow: needs the same sharpness, scale and direction of light."""
REDNESS = (Metric.REDNESS, Metric.REDNESS_A_STAR, Metric.REDNESS_LOG_RG)
ABSOLUTE = (Metric.PIGMENT, Metric.EVENNESS, Metric.SPOTS, Metric.SKIN_TONE)
"""Read from brightness as well as from hue: shadow or gloss looks like pigment."""
SCAR_COLOUR = (Metric.SCAR_REDNESS, Metric.SCAR_PIGMENT)
COLOUR = (*REDNESS, *ABSOLUTE, *SCAR_COLOUR)
DARK = -20.0  # ITA in degrees
SHADE_BOUND = (*ABSOLUTE, Metric.SCAR_PIGMENT, *TEXTURE)
"""What shading changes: redness is left, because exposure and shading cancel in it exactly."""


def shade_bound(tone: float) -> tuple[Metric, ...]:
    """What shading and gloss spoil on skin of a tone (ITA in degrees): on dark skin redness too.

    The surface reflects as much of the light as on fair skin and the depth gives back a tenth of it. Rendered, light
    from another side moves H by 0.2 to 0.4 at an ITA above 10, 1.1 at -8 and 4.6 at -42; threefold gloss by 0.2, 1.0
    and 7.3.
    """
    return (*SHADE_BOUND, *REDNESS, Metric.SCAR_REDNESS) if tone < DARK else SHADE_BOUND
