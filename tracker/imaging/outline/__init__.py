"""The outline of a scar or lesion: proposed from a prompt, found again next session, with the interval of its area."""

from tracker.imaging.outline.propagation import propagate
from tracker.imaging.outline.proposal import contrast_of, propose
from tracker.imaging.outline.searching import find, soft_outline

__all__ = ["contrast_of", "find", "propagate", "propose", "soft_outline"]
