"""What is doubtful about one photo, or about a pair of photos: each doubt with its reason and how to retake."""

import numpy as np
from numpy.typing import NDArray

from tracker.imaging.types import Alignment, Flag, Mask, Metric, Photo

Floats = NDArray[np.float64]
TEXTURE = (Metric.ROUGHNESS, Metric.WRINKLES, Metric.PORES)


def photo_flags(photo: Photo, skin: Mask | None = None) -> tuple[Flag, ...]:
    """The doubts about one photo, in about a tenth of a second."""
    return ()


def pair_flags(
    baseline: Photo, followup: Photo, alignment: Alignment, light: tuple[Floats, Floats]
) -> tuple[Flag, ...]:
    """The doubts about a pair of photos that were laid on each other."""
    return ()
