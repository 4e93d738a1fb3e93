"""A 24-patch ColorChecker (Classic, Passport, Nano and look-alikes) found by its lattice and proved by its colours."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.calibrate.card import PatchKind
from tracker.imaging.calibrate.lattice import find_lattices, find_squares
from tracker.imaging.calibrate.reading import Floats, Reading, failures, halved, sample
from tracker.imaging.colour import LUMINANCE, delta_e_2000, linear_to_lab
from tracker.imaging.geometry import apply_homography
from tracker.imaging.types import Matrix3, Photo

# Linear sRGB (D65) of colour-science's 'ColorChecker24 - After November 2014' (D50), adapted by Bradford; row by row
# from dark skin. tests/imaging/test_calibrate.py computes them again.
REFERENCE: dict[str, tuple[float, float, float]] = {
    "dark skin": (0.1737, 0.0788, 0.0528),
    "light skin": (0.5598, 0.2774, 0.2109),
    "blue sky": (0.1042, 0.1889, 0.3289),
    "foliage": (0.1058, 0.1507, 0.0508),
    "blue flower": (0.2275, 0.2124, 0.4264),
    "bluish green": (0.1154, 0.5074, 0.4111),
    "orange": (0.7459, 0.2021, 0.0298),
    "purplish blue": (0.0588, 0.1012, 0.3877),
    "moderate red": (0.5602, 0.0801, 0.1146),
    "purple": (0.1092, 0.0420, 0.1381),
    "yellow green": (0.3328, 0.4974, 0.0426),
    "orange yellow": (0.7711, 0.3578, 0.0204),
    "blue": (0.0210, 0.0475, 0.2841),
    "green": (0.0461, 0.2920, 0.0615),
    "red": (0.4462, 0.0364, 0.0405),
    "yellow": (0.8417, 0.5743, 0.0046),
    "magenta": (0.5224, 0.0778, 0.2893),
    "cyan": (-0.0439, 0.2337, 0.3772),
    "white 9.5": (0.8797, 0.8849, 0.8342),
    "neutral 8": (0.5846, 0.5921, 0.5844),
    "neutral 6.5": (0.3578, 0.3670, 0.3652),
    "neutral 5": (0.1901, 0.1908, 0.1898),
    "neutral 3.5": (0.0859, 0.0887, 0.0898),
    "black 2": (0.0314, 0.0315, 0.0323),
}
COLUMNS, ROWS = 6, 4
WORKING_PX = 1250
"""Longest side at which squares are looked for: a chart whose patches lie 16 px apart there is found, at 12 px it is
not; a ColorChecker Nano beside a face has 18."""
FEWEST_SQUARES = 9
"""Squares that must be seen as such; the colours of all 24 places are then read."""
READ_SHARE = 0.4
"""Share of the pitch that is read: half of a patch that fills 0.8 of it."""
MOST_DE00 = 14.0
"""Median CIEDE2000 after the best affine fit: 3 to 10 on eight photos of charts, 19 or more when turned the wrong way,
21 on bathroom tiles."""
COVERED = 0.7
"""Share of the lattice that the chart must explain; the rest may be squares beside it, such as a second chart."""
MIRROR_MARGIN = 1.25
"""The true way round must fit this much better than the best mirrored one."""
_KINDS = tuple(
    PatchKind.SKIN if "skin" in n else PatchKind.NEUTRAL if i >= 18 else PatchKind.CHROMATIC
    for i, n in enumerate(REFERENCE)
)
_MEANT: Floats = np.array(list(REFERENCE.values())).reshape(ROWS, COLUMNS, 3)
_MEANT_LAB = linear_to_lab(np.maximum(_MEANT.reshape(-1, 3), 0))


def read_checker(photo: Photo) -> Reading | None:
    """The chart in a photo, or None.

    Notes
    -----
    Takes 60 ms for a 12-megapixel photo without a chart. All four ways round are tried, and the mirrored ones, which
    no real chart can take: where one of these fits as well, the colours prove nothing and None is returned.
    """
    picture, scale = _working_picture(photo)
    squares = find_squares(picture)
    if len(squares.sides) < FEWEST_SQUARES:
        return None
    for matrix, places in find_lattices(squares, FEWEST_SQUARES):
        # picture pixel p covers photo pixels about (p + 0.5) / scale - 0.5
        to_photo = np.array([[1 / scale, 0, 0.5 / scale - 0.5], [0, 1 / scale, 0.5 / scale - 0.5], [0, 0, 1]]) @ matrix
        reading = _identify(photo, to_photo, places)
        if reading is not None:
            return reading
    return None


def _working_picture(photo: Photo) -> tuple[NDArray[np.uint8], float]:
    """8-bit RGB ``WORKING_PX`` long, noise filtered, and the scale; small photos grow, so that thin gaps are seen."""
    picture, _ = halved(photo, 2 * WORKING_PX)
    scale = WORKING_PX / max(photo.size)
    size = max(1, round(photo.size[0] * scale)), max(1, round(photo.size[1] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.medianBlur(cv2.resize(picture, size, interpolation=how), 3), np.uint8), scale


def _identify(photo: Photo, to_photo: Matrix3, filled: NDArray[np.int64]) -> Reading | None:
    """The reading whose colours fit the lattice best, or None where they are not a chart's."""
    low, high = filled.min(0) - COLUMNS, filled.max(0) + COLUMNS
    column, row = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
    seen = sample(photo, to_photo, _boxes(np.stack([column.ravel(), row.ravel()], 1)))
    light = seen.linear.reshape(*column.shape, 3)
    scored: list[tuple[float, bool, NDArray[np.int64]]] = []
    for window, mirrored in _windows(filled):
        colours = light[window[..., 1] - low[1], window[..., 0] - low[0]]
        if np.isfinite(colours).all():
            scored.append((_misfit(colours), mirrored, window))
    true = min((s for s in scored if not s[1]), key=lambda s: s[0], default=None)
    false = min((s[0] for s in scored if s[1]), default=np.inf)
    if true is None or true[0] > MOST_DE00 or true[0] * MIRROR_MARGIN > false:
        return None
    return _reading(photo, to_photo, true[2])


def _windows(filled: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], bool]]:
    """Every way to lay the chart over nearly all filled places: (4, 6, 2) places (column, row), and if mirrored."""
    j, i = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    for turn in range(4):
        cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn]
        for hand in (1, -1):
            laid = np.stack([cosine * j - hand * sine * i, sine * j + hand * cosine * i], axis=-1)
            laid -= laid.reshape(-1, 2).min(0)
            size = laid.reshape(-1, 2).max(0)
            for x in range(filled[:, 0].min() - size[0], filled[:, 0].max() + 1):
                for y in range(filled[:, 1].min() - size[1], filled[:, 1].max() + 1):
                    covered = ((filled >= (x, y)) & (filled <= (x + size[0], y + size[1]))).all(1).sum()
                    if covered >= max(FEWEST_SQUARES, COVERED * len(filled)):
                        yield laid + np.array([x, y]), hand < 0


def _misfit(colours: Floats) -> float:
    """Median CIEDE2000 of (4, 6, 3) colours after the affine map that brings them nearest to the chart's."""
    meant = _MEANT.reshape(-1, 3)
    terms = np.column_stack([colours.reshape(-1, 3), np.ones(len(meant))])
    weight = 1 / np.maximum(meant @ LUMINANCE, 0.05)[:, None]
    fit = np.linalg.lstsq(terms * weight, meant * weight, rcond=None)[0]
    off = delta_e_2000(linear_to_lab(np.maximum(terms @ fit, 0)), _MEANT_LAB)
    return float(np.median(off))


def _reading(photo: Photo, to_photo: Matrix3, window: NDArray[np.int64]) -> Reading:
    places = window.reshape(-1, 2)
    seen = sample(photo, to_photo, _boxes(places))
    names = tuple(REFERENCE)
    edge = window[[0, 0, -1, -1], [0, -1, -1, 0]].astype(np.float64)
    outward = edge + 0.5 * np.sign(edge - edge.mean(0))
    return Reading(
        target="ColorChecker 24",
        names=names,
        kinds=_KINDS,
        measured=seen.linear,
        reference=_MEANT.reshape(-1, 3),
        failed=failures(names, seen),
        mm_to_px=None,
        corners=apply_homography(to_photo, outward),
    )


def _boxes(places: NDArray[np.int64]) -> Floats:
    """(n, 4) read areas about places (n, 2), in places."""
    return np.column_stack([places - READ_SHARE / 2, np.full((len(places), 2), READ_SHARE)])
