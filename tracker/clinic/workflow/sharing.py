"""Comparison pictures to give away."""

from datetime import date

from tracker.clinic.workflow.faces import landmark_network
from tracker.clinic.workflow.folders import Pair, opened
from tracker.errors import InvalidInput
from tracker.exports.comparison import Dating, FileKind, caption, comparison, encode
from tracker.imaging import pipeline
from tracker.imaging.types import Photo


def comparison_of_files(
    pair: Pair, kind: FileKind, dating: Dating, days: tuple[date | None, date | None] = (None, None)
) -> bytes:
    """The picture of two photo files at the same crop and scale, with each measure and its noise.

    Parameters
    ----------
    pair : Pair
        Photo files.
    kind : FileKind
        JPEG or PNG; either way nothing is in the file but pixels and an sRGB profile.
    dating : Dating
        Calendar dates or the time between.
    days : tuple of date
        When each was taken; by default what the camera wrote into the photo.

    Raises
    ------
    InvalidInput
        A day is neither given nor in the photo.
    NotComparable
        The pair was refused.
    """
    before, after, region = opened(pair)
    first, second = (_day(photo, given) for photo, given in zip((before, after), days, strict=True))
    before, after = pipeline.prepare(before), pipeline.prepare(after)
    setting = pipeline.Setting(landmarks=landmark_network())
    analysis = pipeline.analyse(before, after, region=region, site=pair.site, setting=setting)
    return encode(comparison(before, after, analysis, caption(analysis, first, second, dating)), kind)


def _day(photo: Photo, given: date | None) -> date:
    if given is not None:
        return given
    if photo.captured_at is None:
        raise InvalidInput(f"{photo.name}: expected the day of capture in the photo, found none; give it as an option.")
    return photo.captured_at.date()
