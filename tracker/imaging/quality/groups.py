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
SHADE_BOUND = (*ABSOLUTE, Metric.SCAR_PIGMENT, *TEXTURE)
"""What shading changes: redness is left, because exposure and shading cancel in it exactly."""
