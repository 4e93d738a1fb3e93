"""A face to place regions on: the mean of the 72 landmark sets of faces_london (CC-BY-4.0), symmetric."""

import numpy as np
import pytest

from tracker.imaging.types import POINT_NAMES, FaceLandmarks, mirrored

# Right side and middle, inter-pupil distances: origin between the pupils, x to the right of the picture, y down.
RIGHT_AND_MIDDLE = {
    "pupil_right": (-0.500, 0.000), "iris_right_outer": (-0.598, 0.006), "iris_right_inner": (-0.407, 0.006),
    "iris_right_lower": (-0.503, 0.090), "outer_canthus_right": (-0.700, 0.032),
    "inner_canthus_right": (-0.272, 0.059), "upper_lid_right_outer": (-0.617, -0.033),
    "upper_lid_right_middle": (-0.502, -0.063), "upper_lid_right_inner": (-0.382, -0.028),
    "lower_lid_right_outer": (-0.619, 0.079), "lower_lid_right_middle": (-0.502, 0.094),
    "lower_lid_right_inner": (-0.386, 0.075), "brow_right_tail": (-0.931, -0.117),
    "brow_right_upper_outer": (-0.837, -0.280), "brow_right_arch": (-0.684, -0.358),
    "brow_right_upper_inner": (-0.479, -0.356), "brow_right_head_upper": (-0.211, -0.261),
    "brow_right_head_lower": (-0.215, -0.174), "brow_right_lower_middle": (-0.506, -0.227),
    "nasal_root_right": (-0.112, -0.074), "nose_tip_right": (-0.113, 0.481), "ala_right_upper": (-0.247, 0.479),
    "ala_right_lateral": (-0.286, 0.563), "ala_right_lower": (-0.201, 0.709), "nostril_right_outer": (-0.204, 0.636),
    "nostril_right_inner": (-0.081, 0.652), "mouth_corner_right": (-0.401, 1.098),
    "upper_lip_right_outer": (-0.254, 1.001), "upper_lip_right_peak": (-0.118, 0.943),
    "lower_lip_right_outer": (-0.288, 1.178), "lower_lip_right_inner": (-0.160, 1.226),
    "infraorbital_right_outer": (-0.564, 0.349), "infraorbital_right_inner": (-0.389, 0.282),
    "jaw_right_1": (-0.990, 1.105), "jaw_right_2": (-0.887, 1.347), "jaw_right_3": (-0.650, 1.600),
    "jaw_right_4": (-0.350, 1.765), "hairline_right_1": (-1.065, -0.277), "hairline_right_2": (-0.970, -0.603),
    "hairline_right_3": (-0.873, -0.913), "hairline_right_4": (-0.656, -1.108), "hairline_right_5": (-0.348, -1.192),
    "subnasale": (0.000, 0.712), "upper_lip_middle": (0.000, 0.967), "lower_lip_middle": (0.000, 1.243),
    "mouth_upper_middle": (0.000, 1.075), "mouth_lower_middle": (0.000, 1.077), "chin": (0.000, 1.829),
    "hairline_middle": (0.000, -1.185),
}  # fmt: skip


@pytest.fixture(scope="session")
def mean_face():
    """Makes the landmarks of the mean face at a place, size (px between the pupils) and turn in the picture (deg)."""

    def make(centre=(200.0, 150.0), unit=80.0, turn=0.0):
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        axes = unit * np.array([[c, s], [-s, c]])
        frame = {
            name: RIGHT_AND_MIDDLE[name]
            if name in RIGHT_AND_MIDDLE
            else RIGHT_AND_MIDDLE[mirrored(name)] * np.array([-1, 1])
            for name in POINT_NAMES
        }
        points = {name: tuple((np.asarray(at) @ axes + centre).tolist()) for name, at in frame.items()}
        return FaceLandmarks(points, dict.fromkeys(POINT_NAMES, 0.8), unit, 1.0)

    return make
