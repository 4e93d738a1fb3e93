"""The colours that one printing of the card really has: from a spectrophotometer, or from a photo with a chart."""

import csv
import io
import math

import numpy as np

from tracker.errors import InvalidInput, NotComparable
from tracker.imaging.calibrate.card import TRACKER_CARD, Card, measured
from tracker.imaging.calibrate.checker import read_checker
from tracker.imaging.calibrate.fitting import has_colour
from tracker.imaging.calibrate.reading import Floats
from tracker.imaging.calibrate.solve import solve
from tracker.imaging.calibrate.tags import find_tags, plane, read_card
from tracker.imaging.colour import WHITE_D65, linear_to_xyz, xyz_to_lab, xyz_to_linear
from tracker.imaging.types import Photo

WHITE_D50 = np.array([0.96422, 1.0, 0.82521])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
"""Cone response of the Bradford adaptation (ICC.1:2022, annex E)."""
_HEAD = ("patch", "L*", "a*", "b*")
_RETAKE = "Photograph the card and a 24-patch ColorChecker side by side, flat, in even daylight, without HDR."


def read_reference(table: str, card: Card = TRACKER_CARD) -> Card:
    """The card with the colours of a table, as spectrophotometers write them.

    Parameters
    ----------
    table : str
        CSV with the columns ``patch,L*,a*,b*``: CIELAB for D50 and the 2 degree observer (ISO 13655), L* 0 to 100.
        Patches that are not listed keep their design value.
    card : Card
        The design.

    Returns
    -------
    Card
        The same layout.

    Raises
    ------
    InvalidInput
        Another heading, a value that is no number or out of range, or an unknown patch.
    """
    rows = csv.DictReader(io.StringIO(table))
    if tuple(rows.fieldnames or ()) != _HEAD:
        found = ",".join(rows.fieldnames or ())
        raise InvalidInput(f"{card.name}: the reference table begins with {found!r}, expected {','.join(_HEAD)!r}.")
    linear = {}
    for row in rows:
        lab = [_number(row[c], f"{card.name}, patch {row['patch']}, {c}") for c in _HEAD[1:]]
        if not 0 <= lab[0] <= 100:
            raise InvalidInput(f"{card.name}, patch {row['patch']}: L* is {lab[0]}, expected 0 to 100; correct it.")
        red, green, blue = _linear(np.array(lab)).tolist()
        linear[row["patch"]] = (red, green, blue)
    return measured(card, linear)


def write_reference(card: Card) -> str:
    """The table that :func:`read_reference` reads, with a card's present reference values."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEAD)
    for name, linear in [*((p.name, p.linear) for p in card.patches), ("ground", card.ground)]:
        lab = xyz_to_lab(_adapted(linear_to_xyz(linear), WHITE_D65, WHITE_D50) / WHITE_D50 * WHITE_D65)
        writer.writerow([name, *np.round(lab, 3).tolist()])
    return out.getvalue()


def measure_print(photo: Photo, card: Card = TRACKER_CARD) -> Card:
    """The card as a photo shows it that holds a 24-patch ColorChecker too.

    Parameters
    ----------
    photo : Photo
        Card and chart in the same even light; its calibration, if any, is not used.
    card : Card
        The design.

    Returns
    -------
    Card
        Reference values carry the chart's residual (see ``fit``), 1 to 2 dE00; a spectrophotometer is better.

    Raises
    ------
    NotComparable
        One of the two is missing or cannot be trusted.
    """
    tags, chart = find_tags(photo, card), read_checker(photo)
    if len(tags) < len(card.tags) or chart is None:
        what = "the ColorChecker" if chart is None else f"{len(card.tags) - len(tags)} of the card's corner marks"
        raise NotComparable(f"{photo.name}: {what} cannot be found.", _RETAKE)
    calibration = solve(chart)
    doubts = [f for f in calibration.flags if f.withholds or not has_colour(calibration)]
    reading, _ = read_card(photo, card, plane(card, tags)[0])
    if doubts or reading.failed:
        reason = doubts[0].reason if doubts else "; ".join(f"{k}: {v}" for k, v in reading.failed.items())
        raise NotComparable(f"{photo.name}: {reason}", _RETAKE)
    light = reading.measured**calibration.gamma @ calibration.matrix
    return measured(
        card, {n: (float(v[0]), float(v[1]), float(v[2])) for n, v in zip(reading.names, light, strict=True)}
    )


def _number(text: str | None, where: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidInput(f"{where}: found {text!r}, expected a number; correct the reference table.")
    return value


def _linear(lab: Floats) -> Floats:
    """Linear sRGB of CIELAB (D50), shape (3,)."""
    middle = (lab[0] + 16) / 116
    f = np.array([middle + lab[1] / 500, middle, middle - lab[2] / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * WHITE_D50
    return xyz_to_linear(_adapted(xyz, WHITE_D50, WHITE_D65))


def _adapted(xyz: Floats, source: Floats, target: Floats) -> Floats:
    """XYZ under another white, by Bradford."""
    gain = (BRADFORD @ target) / (BRADFORD @ source)
    return np.asarray(np.linalg.inv(BRADFORD) @ (gain * (BRADFORD @ xyz)), np.float64)
