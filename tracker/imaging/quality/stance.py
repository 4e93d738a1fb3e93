"""Where the camera stood: distance and direction, read from the alignment."""

import numpy as np

from tracker.imaging.quality.groups import TEXTURE
from tracker.imaging.types import Alignment, Flag, FlagCode

DISTANCE_RATIO = 1.20  # size of the skin in the picture; found 0.87 to 1.16 (72 pairs of faces_london)
MOST_STRETCH = 1.15  # ratio of the alignment's singular values: a turn of the skin by 30 degrees
WIDER = 1.5
"""Factor on the noise of what is still measured from another distance. Redness of one face at 15 to 60 cm (faces_cc0, 6
pairs, 24 regions) scatters 1.2 times as much as between two photos of a visit, rendered skin up to 1.3 times; 1.5 is
the upper limit that so few pairs allow."""


def size_ratio(alignment: Alignment) -> float:
    """Size of the skin in the follow-up over that in the baseline, each as a share of its photo's width."""
    return pixel_ratio(alignment) * alignment.baseline_size[0] / alignment.followup_size[0]


def distance_flags(alignment: Alignment) -> tuple[Flag, ...]:
    """Another distance: texture is withheld, colour is judged with a wider margin."""
    ratio = size_ratio(alignment)
    if 1 / DISTANCE_RATIO <= ratio <= DISTANCE_RATIO:
        return ()
    how = f"{max(ratio, 1 / ratio):.2f} times {'larger' if ratio > 1 else 'smaller'}"
    reason = f"The skin is {how} in the follow-up, expected within {DISTANCE_RATIO:.2f} times."
    retake = "Retake it from the distance of the baseline."
    margin = f"What is compared in spite of another distance has a margin {WIDER} times as wide."
    return (
        Flag(FlagCode.DISTANCE_DIFFERS, reason, retake, TEXTURE),
        Flag(FlagCode.DISTANCE_DIFFERS, margin, retake, widens=WIDER),
    )


def pose_flags(alignment: Alignment) -> tuple[Flag, ...]:
    """Skin seen from another side."""
    long, short = np.linalg.svd(alignment.homography[:2, :2], compute_uv=False).tolist()
    if long / max(short, 1e-9) <= MOST_STRETCH:
        return ()
    reason = f"The skin is turned: stretched by {long / short:.2f} in one direction, expected at most {MOST_STRETCH}."
    return (Flag(FlagCode.POSE_DIFFERS, reason, "Retake it from the side of the baseline.", TEXTURE),)


def pixel_ratio(alignment: Alignment) -> float:
    """Pixels across a piece of skin in the follow-up over those in the baseline."""
    long, short = np.linalg.svd(alignment.homography[:2, :2], compute_uv=False).tolist()
    return float(np.sqrt(long * short))
