"""The standard views of clinical photography, and which of them the landmarks can be trusted in."""

from enum import StrEnum

from tracker.imaging.regions.pose import HeadPose
from tracker.imaging.types import Flag, FlagCode

FRONTAL_YAW = 15.0
"""Degrees: a third of the way to the oblique view."""
OBLIQUE_YAW = (30.0, 60.0)
"""Oblique is 45 degrees (Henderson et al. 2005, doi:10.1001/archfaci.7.5.331), with a third to either side."""
MOST_YAW = 30.0
"""Degrees up to which regions are placed: the network was trained on frontal faces turned by its augmentation only, and
the cheek that is turned away has lost a quarter of its width."""


class StandardView(StrEnum):
    """A view of a face; left and right are the side of the patient that is shown."""

    FRONTAL = "frontal"
    LEFT_OBLIQUE = "left oblique"
    RIGHT_OBLIQUE = "right oblique"


def standard_view(pose: HeadPose) -> StandardView | None:
    """The standard view that a pose belongs to, or None between them.

    Notes
    -----
    Lateral views (90 degrees) are not recognised: the landmarks were never trained on them, and half of the points of
    :func:`tracker.imaging.regions.pose.head_pose` are hidden. Such a view is chosen by hand.
    """
    turned = abs(pose.yaw)
    if turned <= FRONTAL_YAW:
        return StandardView.FRONTAL
    if OBLIQUE_YAW[0] <= turned <= OBLIQUE_YAW[1]:
        # A head that turns to its left shows its right side.
        return StandardView.RIGHT_OBLIQUE if pose.yaw > 0 else StandardView.LEFT_OBLIQUE
    return None


def view_flags(pose: HeadPose) -> tuple[Flag, ...]:
    """Why standard regions are not placed in a view; empty where they are."""
    if abs(pose.yaw) <= MOST_YAW:
        return ()
    reason = (
        f"The head is turned by {abs(pose.yaw):.0f}°, expected at most {MOST_YAW:.0f}°: standard regions are placed on "
        "faces seen from the front."
    )
    advice = "Choose the view by hand and draw the regions once; the alignment carries them."
    return (Flag(FlagCode.REGION_NOT_FOUND, reason, advice),)
