"""What the files say: how hard they were compressed, which camera took them, whether its flash fired."""

from tracker.imaging.quality.groups import ABSOLUTE, SCAR_COLOUR, TEXTURE
from tracker.imaging.types import Flag, FlagCode, Photo

LEAST_QUALITY = 60
"""JPEG quality (libjpeg's scale). Between two photos of one visit, one of them saved again at 30: fine detail falls by
a fifth and the pattern of redness keeps half its correlation."""


def compression_flags(photos: tuple[Photo, Photo]) -> tuple[Flag, ...]:
    """A photo that was compressed until skin became blocks: what lies between neighbouring pixels is lost.

    Notes
    -----
    Read from the tables of a JPEG. A photo saved again as PNG, or compressed twice with the harder one first, keeps
    the damage and hides it.
    """
    found = [(p.name, p.jpeg_quality) for p in photos if p.jpeg_quality is not None and p.jpeg_quality < LEAST_QUALITY]
    if not found:
        return ()
    name, quality = min(found, key=lambda pair: pair[1])
    reason = f"{name} was saved with JPEG quality {quality}, expected at least {LEAST_QUALITY}."
    retake = "Send the original file from the camera, not one from a messenger."
    return (Flag(FlagCode.COMPRESSED, reason, retake, (*ABSOLUTE, *SCAR_COLOUR, *TEXTURE)),)


def camera_flags(photos: tuple[Photo, Photo]) -> tuple[Flag, ...]:
    """Two cameras: a remark."""
    first, second = (photo.camera for photo in photos)
    if not first or not second or first == second:
        return ()
    reason = f"The photos come from two cameras ({first}, {second}), expected the same one."
    return (Flag(FlagCode.CAMERA_DIFFERS, reason, "Use the camera of the baseline."),)


def flash_flags(photos: tuple[Photo, Photo]) -> tuple[Flag, ...]:
    """The camera's own flash: light from the front, in which relief hardly throws a shade."""
    fired = [photo.name for photo in photos if photo.flash]
    if not fired:
        return ()
    which = " and ".join(dict.fromkeys(fired))
    reason = f"{which}: taken with the camera's flash, expected light from the side; folds and pores fade in it."
    retake = "Switch the flash off and light the skin from one side."
    return (Flag(FlagCode.FLAT_LIGHT, reason, retake, TEXTURE),)
