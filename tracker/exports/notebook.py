"""What a notebook shows of an analysis: a table to read and a picture to look at."""

import pandas as pd

from tracker.exports.overlay import Picture, display_scale, outlined, shown
from tracker.exports.table import as_table
from tracker.imaging.types import Analysis, Photo

WIDTH = 1200


def changes_table(analysis: Analysis) -> pd.DataFrame:
    """One row per measure and region in words; a withheld number is a dash with its reason beside it.

    Parameters
    ----------
    analysis : Analysis
        From :func:`tracker.analyse`.
    """
    return as_table(analysis.changes)


def overlay(photo: Photo, analysis: Analysis, width: int = WIDTH) -> Picture:
    """The photo with the outlines of the regions that were measured in it.

    Parameters
    ----------
    photo : Photo
        The baseline or the follow-up of the analysis, told apart by their SHA-256.
    analysis : Analysis
        From :func:`tracker.analyse`.
    width : int
        Pixels wide; a photo is never enlarged.

    Returns
    -------
    Picture
        (height, width, 3) uint8 sRGB.

    Raises
    ------
    ValueError
        The photo belongs to another analysis.
    """
    where = {analysis.baseline_sha256: analysis.regions, analysis.followup_sha256: analysis.followup_regions}
    if photo.sha256 not in where:
        raise ValueError(f"{photo.name} is neither the baseline nor the follow-up of this analysis")
    return outlined(shown(photo, width), where[photo.sha256], display_scale(photo, width))
