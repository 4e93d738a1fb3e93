"""Where each point of the baseline lies in the follow-up: fitted, checked, and refused rather than guessed.

Masks and points are carried; pixels are never warped for a measurement.
"""

from tracker.imaging.align.carry import carry_points, carry_probability, carry_region, invert_points, jacobian
from tracker.imaging.align.fitting import fit
from tracker.imaging.align.sighting import sight

__all__ = ["carry_points", "carry_probability", "carry_region", "fit", "invert_points", "jacobian", "sight"]
