"""Landmarks of a face: their names, what a network answers about them, and what is known of one photo."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_PAIRED = (
    "pupil_{}",
    "iris_{}_outer", "iris_{}_inner", "iris_{}_lower",
    "outer_canthus_{}", "inner_canthus_{}",
    "upper_lid_{}_outer", "upper_lid_{}_middle", "upper_lid_{}_inner",
    "lower_lid_{}_outer", "lower_lid_{}_middle", "lower_lid_{}_inner",
    "brow_{}_tail", "brow_{}_upper_outer", "brow_{}_arch", "brow_{}_upper_inner",
    "brow_{}_head_upper", "brow_{}_head_lower", "brow_{}_lower_middle",
    "nasal_root_{}", "nose_tip_{}", "ala_{}_upper", "ala_{}_lateral", "ala_{}_lower",
    "nostril_{}_outer", "nostril_{}_inner",
    "mouth_corner_{}", "upper_lip_{}_outer", "upper_lip_{}_peak", "lower_lip_{}_outer", "lower_lip_{}_inner",
    "infraorbital_{}_outer", "infraorbital_{}_inner",
    "jaw_{}_1", "jaw_{}_2", "jaw_{}_3", "jaw_{}_4",
    "hairline_{}_1", "hairline_{}_2", "hairline_{}_3", "hairline_{}_4", "hairline_{}_5",
)  # fmt: skip
_MIDLINE = (
    "subnasale", "upper_lip_middle", "lower_lip_middle", "mouth_upper_middle", "mouth_lower_middle", "chin",
    "hairline_middle",
)  # fmt: skip

POINT_NAMES: tuple[str, ...] = (*(p.format(side) for p in _PAIRED for side in ("right", "left")), *_MIDLINE)
"""Every landmark in the order in which networks answer them. Sides are the patient's: right is on the left of the
picture. Jaw 1 lies below the ear lobe and 4 beside the chin; hairline 1 at the temple and 5 beside the middle."""
NAMED_POINTS: tuple[str, ...] = (
    "pupil_right", "pupil_left", "outer_canthus_right", "inner_canthus_right", "inner_canthus_left",
    "outer_canthus_left", "subnasale", "mouth_corner_right", "mouth_corner_left", "chin",
)  # fmt: skip
"""The points by which accuracy is judged: those that anatomy defines sharply, and the chin."""


def mirrored(name: str) -> str:
    """The name that a landmark takes in the mirrored photo."""
    swap = {"right": "left", "left": "right"}
    return "_".join(swap.get(word, word) for word in name.split("_"))


@dataclass(frozen=True, slots=True)
class LandmarkReading:
    """What every member of a network reads in crops of a face.

    Parameters
    ----------
    points : ndarray of float64, shape (members, crops, points, 2)
        (x, y) in pixels of the crop, in the order of POINT_NAMES.
    scales : ndarray of float64, shape (members, crops, points)
        Mean absolute error per axis that the member expects of itself, in pixels of the crop.
    face : ndarray of float64, shape (members, crops)
        Probability that the crop shows a face.
    """

    points: NDArray[np.float64] = field(repr=False)
    scales: NDArray[np.float64] = field(repr=False)
    face: NDArray[np.float64] = field(repr=False)


class LandmarkNetwork(Protocol):
    """A network that finds a face in a frame and reads the landmarks of an upright crop of it."""

    def locate(self, frames: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Six anchors (frames, 6, 2) in pixels of each (96, 96, 3) sRGB frame, and the probability of a face."""

    def read(self, crops: NDArray[np.uint8]) -> LandmarkReading:
        """The landmarks in (crops, 128, 128, 3) sRGB crops."""


@dataclass(frozen=True, slots=True)
class FaceLandmarks:
    """The landmarks of the face in one photo.

    Parameters
    ----------
    points : mapping of str to tuple of float
        Name to (x, y) in pixels of the upright photo; every name of POINT_NAMES.
    confidence : mapping of str to float
        Name to 0..1: exp(-e / 5 %), e being the error that the network expects in % of the inter-pupil distance.
    inter_pupil_px : float
        Distance between the pupils, px.
    face_score : float
        Probability that this is a face, mean of the members.
    """

    points: Mapping[str, tuple[float, float]] = field(repr=False)
    confidence: Mapping[str, float] = field(repr=False)
    inter_pupil_px: float
    face_score: float


@dataclass(frozen=True, slots=True)
class NoFace:
    """Why no landmarks are answered for a photo.

    Parameters
    ----------
    reason : str
        One sentence.
    """

    reason: str
