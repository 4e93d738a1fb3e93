"""The values that pass between the rooms of the measuring engine.

All are frozen; every array is read-only. Pixel coordinates are (x, y) with the centre of the top-left pixel at (0, 0),
in the upright photo (after the EXIF rotation). Sides (left, right) are the patient's.
"""

from tracker.imaging.types.face import (
    NAMED_POINTS,
    POINT_NAMES,
    FaceLandmarks,
    LandmarkNetwork,
    LandmarkReading,
    NoFace,
    mirrored,
)
from tracker.imaging.types.network import OutlineNetwork
from tracker.imaging.types.photo import Calibration, Photo
from tracker.imaging.types.region import Alignment, Drawn, Outline, Region
from tracker.imaging.types.result import Analysis, Change, Measurement, as_dict, withheld
from tracker.imaging.types.vocabulary import (
    Box,
    Flag,
    FlagCode,
    LinearRGB,
    Mask,
    Matrix3,
    Metric,
    Points,
    Verdict,
    frozen,
)

__all__ = [
    "NAMED_POINTS",
    "POINT_NAMES",
    "Alignment",
    "Analysis",
    "Box",
    "Calibration",
    "Change",
    "Drawn",
    "FaceLandmarks",
    "Flag",
    "FlagCode",
    "LandmarkNetwork",
    "LandmarkReading",
    "LinearRGB",
    "Mask",
    "Matrix3",
    "Measurement",
    "Metric",
    "NoFace",
    "Outline",
    "OutlineNetwork",
    "Photo",
    "Points",
    "Region",
    "Verdict",
    "as_dict",
    "frozen",
    "mirrored",
    "withheld",
]
