"""The standard parts of a face as polygons between landmarks, and what is cut out of them.

Every corner is a mean of landmarks with weights that add up to 1, so a part turns, grows and slants with the face. A
weight below 0 leads beyond a landmark. Parts of the table that are measured together share corners and do not overlap.
"""

from collections.abc import Mapping

import numpy as np

from tracker.imaging.types import Points

SIDES = ("right", "left")
Landmarks = Mapping[str, tuple[float, float]]
Corners = tuple[str, ...]

_GLABELLA_TOP = "0.75 brow_{}_head_upper + 0.25 hairline_middle"
_BROW_INNER = "0.85 brow_{}_upper_inner + 0.15 hairline_{}_4"
_UNDER_EYE, _BESIDE_NOSE = "infraorbital_{}_outer", "infraorbital_{}_inner"
_TEMPLE = "0.3 jaw_{}_1 + 0.7 hairline_{}_1"
_ANGLE = "0.77 jaw_{}_1 + 0.23 hairline_{}_1"
_CORNER = "0.7 mouth_corner_{} + 0.2 jaw_{}_1 + 0.1 ala_{}_lateral"
# Straight below the outer canthus, on the upper and on the lower border of the cheek.
_CUT_ABOVE = "0.6 infraorbital_{}_outer + 0.12 jaw_{}_1 + 0.28 hairline_{}_1"
_CUT_BELOW = "0.42 mouth_corner_{} + 0.06 ala_{}_lateral + 0.43 jaw_{}_1 + 0.09 hairline_{}_1"
_NOSE_SIDE = ("1.1 ala_{}_upper + -0.1 subnasale", "1.3 ala_{}_lateral + -0.3 subnasale")

_PAIRED: dict[str, Corners] = {
    "periorbital": (
        "brow_{}_tail", "brow_{}_lower_middle", "brow_{}_head_lower", "0.5 nasal_root_{} + 0.5 inner_canthus_{}",
        "1.2 inner_canthus_{} + -0.2 outer_canthus_{}", _BESIDE_NOSE, _UNDER_EYE,
        "0.4 infraorbital_{}_outer + 0.1 outer_canthus_{} + 0.5 hairline_{}_1",
        "0.1 outer_canthus_{} + 0.9 hairline_{}_1",
    ),
    "cheek": (_UNDER_EYE, _BESIDE_NOSE, *_NOSE_SIDE, _CORNER, _ANGLE, _TEMPLE),
    "cheek_malar": (_CUT_ABOVE, _UNDER_EYE, _BESIDE_NOSE, *_NOSE_SIDE, _CORNER, _CUT_BELOW),
    "cheek_lateral": (_CUT_ABOVE, _CUT_BELOW, _ANGLE, _TEMPLE),
}  # fmt: skip
# The right half from the middle above to the middle below; the left half follows back up.
_MIDLINE: dict[str, Corners] = {
    "forehead": (
        "0.85 hairline_middle + 0.15 brow_{}_head_upper", "0.85 hairline_{}_4 + 0.15 brow_{}_upper_inner",
        "0.8 hairline_{}_3 + 0.2 brow_{}_arch", "0.8 hairline_{}_2 + 0.2 brow_{}_arch",
        "0.9 brow_{}_upper_outer + 0.1 hairline_{}_3", "0.9 brow_{}_arch + 0.1 hairline_{}_4", _BROW_INNER,
        _GLABELLA_TOP,
    ),
    "glabella": (
        _GLABELLA_TOP, _BROW_INNER, "brow_{}_upper_inner", "brow_{}_head_upper", "brow_{}_head_lower", "nasal_root_{}",
    ),
    "nose": ("nasal_root_{}", "0.5 nasal_root_{} + 0.5 ala_{}_upper", "ala_{}_upper", "ala_{}_lateral", "ala_{}_lower"),
    "perioral": (
        "subnasale", "ala_{}_lower", "0.6 ala_{}_lateral + 0.4 mouth_corner_{}",
        "1.25 mouth_corner_{} + -0.25 lower_lip_middle", "0.5 lower_lip_{}_outer + 0.5 jaw_{}_4",
        "0.65 lower_lip_middle + 0.35 chin",
    ),
    "chin": (
        "0.65 lower_lip_middle + 0.35 chin", "0.5 lower_lip_{}_outer + 0.5 jaw_{}_4",
        "0.2 lower_lip_{}_outer + 0.8 jaw_{}_4", "0.1 lower_lip_middle + 0.9 chin",
    ),
    "jaw": (
        "0.1 lower_lip_middle + 0.9 chin", "0.2 lower_lip_{}_outer + 0.8 jaw_{}_4",
        "0.6 jaw_{}_3 + 0.4 mouth_corner_{}", "0.6 jaw_{}_2 + 0.4 mouth_corner_{}",
        "0.65 jaw_{}_1 + 0.35 mouth_corner_{}", "0.9 jaw_{}_1 + 0.1 mouth_corner_{}",
        "0.9 jaw_{}_2 + 0.1 mouth_corner_{}", "0.9 jaw_{}_3 + 0.1 mouth_corner_{}",
        "0.1 lower_lip_{}_outer + 0.9 jaw_{}_4", "0.05 lower_lip_middle + 0.95 chin",
    ),
}  # fmt: skip
_CUT_PAIRED: dict[str, Corners] = {
    "eye": (
        "outer_canthus_{}", "upper_lid_{}_outer", "upper_lid_{}_middle", "upper_lid_{}_inner", "inner_canthus_{}",
        "lower_lid_{}_inner", "lower_lid_{}_middle", "lower_lid_{}_outer",
    ),
    "brow": (
        "brow_{}_tail", "brow_{}_upper_outer", "brow_{}_arch", "brow_{}_upper_inner", "brow_{}_head_upper",
        "brow_{}_head_lower", "brow_{}_lower_middle",
    ),
    "nostril": ("nostril_{}_outer", "ala_{}_lower", "nostril_{}_inner"),
}  # fmt: skip
_LIPS: Corners = (
    "upper_lip_middle", "upper_lip_{}_peak", "upper_lip_{}_outer", "mouth_corner_{}", "lower_lip_{}_outer",
    "lower_lip_{}_inner", "lower_lip_middle",
)  # fmt: skip

FACE_REGIONS = (
    "forehead", "glabella", "periorbital_right", "periorbital_left", "cheek_left", "cheek_right", "nose", "perioral",
    "chin", "jaw",
)  # fmt: skip
"""The parts that are measured unless others are asked for; sides are the patient's. No skin is in two of them."""
CHEEK_PARTS = ("cheek_malar_right", "cheek_malar_left", "cheek_lateral_right", "cheek_lateral_left")
"""The cheeks in two, cut straight below the outer canthus: to be asked for, since their skin is that of the cheeks."""
EVERY_PART = (*FACE_REGIONS, *CHEEK_PARTS)


def region_outlines(points: Landmarks) -> dict[str, Points]:
    """The standard parts of a face as closed polygons.

    Parameters
    ----------
    points : mapping of str to (x, y)
        Every name of :data:`tracker.imaging.types.POINT_NAMES`, in pixels of any photo.

    Returns
    -------
    dict of str to Points
        Name of EVERY_PART to (n, 2) corners in the same pixels, the last joined to the first. What is cut out of them
        is in :func:`excluded_outlines`.

    Notes
    -----
    After the aesthetic units of the face (Gonzalez-Ulloa 1956, doi:10.1016/S0007-1226(56)80036-2); where exactly the
    borders run was chosen on faces_london (docs/methods/face_regions.md).
    """
    out = {name: _both_halves(points, corners) for name, corners in _MIDLINE.items()}
    out |= {f"{name}_{side}": _corners(points, corners, side) for name, corners in _PAIRED.items() for side in SIDES}
    return {name: out[name] for name in EVERY_PART}


def excluded_outlines(points: Landmarks) -> dict[str, Points]:
    """Eyes, brows, nostrils and lips as closed polygons: no part of a face holds them.

    Parameters
    ----------
    points : mapping of str to (x, y)
        As in :func:`region_outlines`.
    """
    out = {f"{name}_{side}": _corners(points, corners, side) for name, corners in _CUT_PAIRED.items() for side in SIDES}
    return out | {"lips": _both_halves(points, _LIPS)}


def _both_halves(points: Landmarks, corners: Corners) -> Points:
    right, left = (_corners(points, corners, side) for side in SIDES)
    return np.concatenate([right, left[::-1]])


def _corners(points: Landmarks, corners: Corners, side: str) -> Points:
    return np.array([_mean(points, corner.replace("{}", side)) for corner in corners], np.float64)


def _mean(points: Landmarks, words: str) -> Points:
    """The weighted mean that the words ask for; a name alone is the point itself."""
    terms = [term.split() for term in words.split(" + ")]
    weighted = [(float(term[0]), term[1]) if len(term) == 2 else (1.0, term[0]) for term in terms]
    return np.asarray(sum(weight * np.asarray(points[name], np.float64) for weight, name in weighted), np.float64)
