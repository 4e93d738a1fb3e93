"""The two verbs: fit a calibration to what is in the photo, apply it."""

from dataclasses import replace

import numpy as np

from tracker.imaging.calibrate.card import TRACKER_CARD, Card
from tracker.imaging.calibrate.checker import read_checker
from tracker.imaging.calibrate.reading import Reading
from tracker.imaging.calibrate.scale import MOST_TILT, px_per_mm, tilt_degrees
from tracker.imaging.calibrate.solve import COLOUR_METRICS, PLAIN_PHOTO, RETAKE, solve, unreadable
from tracker.imaging.calibrate.tags import MISFIT_MM, Ground, find_tags, plane, read_card
from tracker.imaging.types import Calibration, Flag, FlagCode, Photo, Points

FEWEST_TAGS = 3
"""Two tags leave the plane's tilt to 8 corners on a line; three span the card."""
SMALLEST_PX_PER_MM = 2.4
"""A patch is then 19 px wide; below, tags are missed and corner marks are off by half a millimetre."""
UNEVEN_GROUND = 0.03
"""Misfit of the card's ground to an even fall-off: an honest simulated photo gives at most 0.005, a shadow 0.05."""
LOCAL_MISFIT, HALO = 0.01, -0.7
"""Misfit that follows the surroundings: simulated local tone mapping that costs 2 dE00 on skin gives 0.012 or more."""


def fit(photo: Photo, *, card: Card = TRACKER_CARD) -> Calibration | None:
    """The calibration that the target in a photo gives.

    Parameters
    ----------
    photo : Photo
        Uncalibrated or not: a calibration it carries is ignored.
    card : Card
        Reference values of the printed card in use (see :func:`measured`).

    Returns
    -------
    Calibration or None
        None where there is no target: the photo is uncalibrated. A target that is there but cannot be trusted comes
        back with flags: CARD_UNREADABLE with residuals of NaN and the identity matrix (treat the colour as
        uncalibrated; the scale may still hold), or TONE_MAPPED or CARD_UNREADABLE with the colour measures withheld.

    Notes
    -----
    Comparable between photos that used the same print of the card under the same kind of lamp: a low residual does
    not undo metamerism.
    """
    tags = find_tags(photo, card)
    if len(tags) >= FEWEST_TAGS:
        return _from_card(photo, card, tags)
    chart = read_checker(photo)
    if chart is not None:
        return solve(chart)
    if tags:
        corners = np.concatenate(list(tags.values()))
        found = Reading(card.name, (), (), np.empty((0, 3)), np.empty((0, 3)), {}, None, _hull(corners))
        return unreadable(found, f"{len(tags)} of {len(card.tags)} corner marks are visible, expected {FEWEST_TAGS}")
    return None


def apply(photo: Photo, calibration: Calibration | None) -> Photo:
    """The photo that gives calibrated linear light (see ``Photo.linear``); None takes a calibration away."""
    return photo.with_calibration(calibration)


def has_colour(calibration: Calibration | None) -> bool:
    """True where the calibration holds a fitted colour matrix; its flags may still withhold colour."""
    return calibration is not None and bool(np.isfinite(calibration.residual_de00))


def _from_card(photo: Photo, card: Card, tags: dict[int, Points]) -> Calibration:
    mm_to_px, misfit = plane(card, tags)
    reading, ground = read_card(photo, card, mm_to_px)
    bent = misfit > MISFIT_MM
    calibration = solve(replace(reading, mm_to_px=None) if bent else reading)
    if not has_colour(calibration):
        return calibration
    if bent:
        why = f"its corner marks miss a plane by {misfit:.1f} mm, expected at most {MISFIT_MM} (bent card)"
        refused = unreadable(replace(reading, mm_to_px=None), why)
        return replace(refused, flags=(*refused.flags, *(f for f in calibration.flags if f.withholds)))
    size, tilt = px_per_mm(calibration, calibration.corners), tilt_degrees(calibration)
    if size < SMALLEST_PX_PER_MM:
        return unreadable(reading, f"it has {size:.1f} pixels per mm, expected at least {SMALLEST_PX_PER_MM}")
    if tilt > MOST_TILT:
        return unreadable(reading, f"it is tilted by {tilt:.1f} degrees, expected at most {MOST_TILT:.0f}")
    return replace(calibration, flags=(*calibration.flags, *_ground_flags(card, ground)))


def _ground_flags(card: Card, ground: Ground) -> tuple[Flag, ...]:
    if ground.misfit > LOCAL_MISFIT and ground.halo < HALO:
        reason = (
            f"The photo is tone-mapped locally: the {card.name}'s grey ground changes by {ground.misfit:.1%} with what "
            f"lies beside it (expected at most {LOCAL_MISFIT:.0%})."
        )
        return (Flag(FlagCode.TONE_MAPPED, reason, PLAIN_PHOTO, COLOUR_METRICS),)
    if ground.misfit > UNEVEN_GROUND:
        reason = (
            f"The light on the {card.name} is uneven by {ground.misfit:.1%} (shadow edge, reflection or a bent card), "
            f"expected at most {UNEVEN_GROUND:.0%}."
        )
        return (Flag(FlagCode.CARD_UNREADABLE, reason, RETAKE, COLOUR_METRICS),)
    return ()


def _hull(points: Points) -> Points:
    (left, top), (right, bottom) = points.min(0), points.max(0)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
