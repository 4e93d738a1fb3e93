"""What the numbers of a comparison rest on, in the same words on the page and under an exported picture."""

from collections.abc import Sequence

from tracker.exports.table import CROSS_CHECKS, withheld_sentences
from tracker.imaging.change import BurstChange
from tracker.imaging.types import Change, Region
from tracker.wording import capital, mark, n, t

DEFAULT_NOISE = mark("default noise, not measured with this room, camera and lamp")
"""As the clinic's workflow says it; a kit is named with its date instead."""


def behind(averaged: Sequence[BurstChange], reference: Region | None, noise: str) -> str:
    """What the numbers rest on, in one line: how many photos, which reference skin, whose repeat noise.

    Parameters
    ----------
    averaged : sequence of BurstChange
        The mean changes; empty for one pair of photos.
    reference : Region or None
        Untreated skin that a person drew; None where the program proposed it.
    noise : str
        Whose repeat noise judged it.
    """
    parts = [photos_words(averaged)] if averaged else []
    if reference is None:
        parts.append(t("colour measured against untreated skin that the program found"))
    else:
        parts.append(t("colour measured against untreated skin that a person drew"))
    parts.append(t("verdicts use the {noise}", noise=t(noise)))
    return f"{capital('; '.join(parts))}."


def photos_words(averaged: Sequence[BurstChange]) -> str:
    """``"mean of 3 photos (2 of the earlier visit)"``, from the measure that rests on most."""
    most = max(averaged, key=lambda one: one.used + one.used_before)
    if not most.used:
        return n("the photo could not be used", "none of {count} photos could be used", most.photos)
    if most.photos_before > 1:
        return n(
            "one photo against the mean of {earlier} of the earlier visit",
            "mean of {count} photos ({earlier} of the earlier visit)",
            most.used,
            earlier=most.used_before,
        )
    return n("one photo", "mean of {count} photos", most.used)


def left_out_words(averaged: Sequence[BurstChange], later: Sequence[Sequence[Change]]) -> list[str]:
    """One sentence per later photo and reason that kept a photo out of a mean which others made.

    Parameters
    ----------
    averaged : sequence of BurstChange
        The mean changes.
    later : sequence of sequences of Change
        Of each later photo by itself.
    """
    means = {(one.change.metric, one.change.region) for one in averaged if one.used}
    lines = []
    for number, changes in enumerate(later, 1):
        lost = [one for one in changes if (one.metric, one.region) in means and one.metric not in CROSS_CHECKS]
        lines += [t("Photo {number}: {what}", number=number, what=text) for text in withheld_sentences(lost)]
    return lines
