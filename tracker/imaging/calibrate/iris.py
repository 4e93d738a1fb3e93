"""Millimetres from the width of an iris, where no card gives them."""

from dataclasses import dataclass

import numpy as np

from tracker.imaging.types import FaceLandmarks, Flag, FlagCode

IRIS_MM = 11.7
"""Horizontal diameter of the visible iris: 11.71 mm, SD 0.42 between 390 people (Ruefer et al. 2005)."""
RELATIVE_ERROR = 0.05
"""Of a length; one SD between people is 3.6 %, the rest is reading the rim."""
MOST_UNEQUAL = 0.15
"""Difference of both irises of one photo, relative to their mean, beyond which the rims were not read well."""
FEWEST_PX = 8.0
"""Across an iris; a pixel of error is then 12 %, and less says nothing."""
RETAKE = "Put the printed card beside the face, in its plane, for sizes without this error."


@dataclass(frozen=True, slots=True)
class IrisScale:
    """A scale that was read from the irises.

    Parameters
    ----------
    px_per_mm : float
        Pixels per mm in the plane of the irises.
    flags : tuple of Flag
        Always one: that every length has an error of 5 %.
    """

    px_per_mm: float
    flags: tuple[Flag, ...]


def iris_scale(landmarks: FaceLandmarks) -> IrisScale | None:
    """The scale of a photo of a face without a card, or None where the irises cannot be read.

    Parameters
    ----------
    landmarks : FaceLandmarks
        ``iris_{side}_outer`` and ``iris_{side}_inner`` are used: the ends of the horizontal diameter.

    Notes
    -----
    Sizes of skin nearer to the camera than the eyes come out too large: by 5 % for the tip of the nose at 60 cm.
    Comparable between photos of one person, whose iris is always the same: the error of 5 % is shared by all of them.

    References
    ----------
    Ruefer, Schroeder, Erb. Cornea 2005;24:259-261. doi:10.1097/01.ico.0000148312.01805.53
    """
    points = landmarks.points
    widths = [
        float(np.hypot(*np.subtract(points[f"iris_{side}_outer"], points[f"iris_{side}_inner"])))
        for side in ("right", "left")
    ]
    mean = float(np.mean(widths))
    if mean < FEWEST_PX or abs(widths[0] - widths[1]) > MOST_UNEQUAL * mean:
        return None
    reason = (
        f"No card gives the scale: millimetres are counted by the iris ({IRIS_MM} mm across), every length to "
        f"±{RELATIVE_ERROR:.0%}, every area to ±{2 * RELATIVE_ERROR:.0%}."
    )
    return IrisScale(mean / IRIS_MM, (Flag(FlagCode.IRIS_SCALE, reason, RETAKE),))
