"""All doubts about a pair of photos, and about one region of it."""

from tracker.imaging.quality import exposure, expression, file, gloss, light, makeup, sharpness, stance, tone
from tracker.imaging.quality.pattern import SharedLight, pattern_of
from tracker.imaging.quality.view import View
from tracker.imaging.types import Alignment, Flag, Mask, Photo, Region


def photo_flags(photo: Photo, skin: Mask | None = None) -> tuple[Flag, ...]:
    """The doubts about one photo: size, skin, exposure, focus and compression, for the verdict at upload.

    Parameters
    ----------
    photo : Photo
        Upright.
    skin : Mask, optional
        (height, width); without it the middle half of the photo is looked at.

    Returns
    -------
    tuple of Flag
        Empty where nothing is wrong. Takes about 0.1 s on 12 megapixels.
    """
    size = exposure.size_flags(photo)
    missing = () if skin is None else exposure.skin_flags(skin)
    if missing:
        return (*size, *missing)
    view = View.of(photo, skin)
    return (
        *size,
        *exposure.exposure_flags(view),
        *gloss.shine_flags(view),
        *sharpness.focus_flags(view),
        *file.compression_flags((photo, photo)),
        *file.flash_flags((photo, photo)),
    )


def pair_flags(
    photos: tuple[Photo, Photo], skin: tuple[Mask, Mask], alignment: Alignment, shared: SharedLight
) -> tuple[Flag, ...]:
    """The doubts about a pair of photos that were laid on each other.

    Parameters
    ----------
    photos : tuple of Photo
        Baseline and follow-up.
    skin : tuple of Mask
        Of either.
    alignment : Alignment
        Baseline to follow-up.
    shared : SharedLight
        The same skin in both.

    Returns
    -------
    tuple of Flag
        Each names the measures that it spoils.
    """
    first, second = (View.of(photo, mask) for photo, mask in zip(photos, skin, strict=True))
    found = pattern_of(shared, first)
    size_ratio = stance.pixel_ratio(alignment) * second.scale / first.scale
    return (
        *stance.distance_flags(alignment),
        *stance.pose_flags(alignment),
        *light.direction_flags(shared, found),
        *tone.tone_flags(found),
        *makeup.make_up_flags(found),
        *light.lamp_flags(shared, found),
        *sharpness.sharpness_flags(first, second, size_ratio),
        *gloss.wet_flags(first, second, found),
        *file.compression_flags(photos),
        *file.camera_flags(photos),
        *file.flash_flags(photos),
    )


def region_flags(alignment: Alignment, region: Region) -> tuple[Flag, ...]:
    """The doubts about one region of a pair: another expression there."""
    return expression.expression_flags(alignment, region)


def detail(photo: Photo, skin: Mask | None = None) -> float:
    """Fine over coarse contrast of ln Y at 1000 px: falls with blur, independent of exposure; nan without skin."""
    return sharpness.detail_of(View.of(photo, skin))


def shine(photo: Photo, skin: Mask | None = None) -> float:
    """Share of the skin that is a highlight (wet, oily or glossy), 0 to 1; nan without skin."""
    return gloss.shine_of(View.of(photo, skin))
