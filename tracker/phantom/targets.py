"""Flat colour targets as reflectance pictures: the project's own card and a 24-patch ColorChecker."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tracker.imaging.calibrate.card import card_reflectance
from tracker.imaging.colour import xyz_to_linear
from tracker.imaging.types import LinearRGB, frozen

CHECKER_MM = (101.6, 69.9)
"""Width and height of the drawn chart, about that of a Passport."""
_PITCH_MM, _PATCH_MM, _BORDER_MM = 15.6, 13.2, 5.2


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A flat thing laid into the scene.

    Parameters
    ----------
    reflectance : LinearRGB
        Linear sRGB, 0 to 1, (height, width, 3).
    size_mm : tuple of float
        Width and height.
    """

    reflectance: LinearRGB = field(repr=False)
    size_mm: tuple[float, float]


def checker_colours() -> NDArray[np.float64]:
    """Linear sRGB (D65) of the 24 patches of a ColorChecker Classic, row by row from dark skin, shape (24, 3).

    References
    ----------
    Values after November 2014 as published by colour-science (``ColorChecker24 - After November 2014``).
    """
    import colour  # a second of import that only charts need

    chart = colour.CCS_COLOURCHECKERS["ColorChecker24 - After November 2014"]
    xyz = colour.xyY_to_XYZ(np.array(list(chart.data.values())))
    d65 = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D65"]
    adapted = colour.chromatic_adaptation(xyz, colour.xy_to_XYZ(chart.illuminant), colour.xy_to_XYZ(d65))
    return np.clip(xyz_to_linear(adapted), 0.002, 1.0)


@cache
def checker(px_per_mm: float = 12.0) -> Target:
    """A 24-patch ColorChecker: six by four matt patches on a black board."""
    width, height = (round(side * px_per_mm) for side in CHECKER_MM)
    picture = np.full((height, width, 3), 0.028, np.float32)
    for index, colour_ in enumerate(checker_colours().astype(np.float32)):
        row, column = divmod(index, 6)
        left, top = (_BORDER_MM + _PITCH_MM * column) * px_per_mm, (_BORDER_MM + _PITCH_MM * row) * px_per_mm
        side = _PATCH_MM * px_per_mm
        picture[round(top) : round(top + side), round(left) : round(left + side)] = colour_
    return Target(frozen(picture), CHECKER_MM)


@cache
def tracker_card(px_per_mm: float = 20.0) -> Target:
    """The project's own printable card."""
    reflectance, size_mm = card_reflectance(px_per_mm)
    return Target(reflectance, size_mm)
