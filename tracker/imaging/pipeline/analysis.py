"""Photos in, verdicts out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from tracker.errors import InvalidInput, NotComparable
from tracker.imaging import align, calibrate, decode, quality, regions
from tracker.imaging.change import NoiseModel, default_noise
from tracker.imaging.pipeline.faces import NO_FACE, FaceReading, read_face
from tracker.imaging.pipeline.laying import calibration_flags, lay, shared_light, tone_of
from tracker.imaging.pipeline.lesions import lesion_rows, lost_lesion_rows
from tracker.imaging.pipeline.relief import relief_rows
from tracker.imaging.pipeline.rows import colour_rows, lost_rows
from tracker.imaging.types import (
    Alignment,
    Analysis,
    Drawn,
    Flag,
    FlagCode,
    LandmarkNetwork,
    Mask,
    Metric,
    Photo,
    Region,
    frozen,
)

Answer = TypeVar("Answer")

PIPELINE_VERSION = "3"
"""Changes whenever a measured value changes; numbers of different versions never share a trend."""
NOTHING_DRAWN = Drawn()
FACE = "face"
NOTHING_FOUND = Flag(
    FlagCode.REGION_NOT_FOUND, "No face, no skin and no drawn region were found to measure in.", "Draw the region."
)
LEAST_SKIN = 0.02  # of a photo, below which everything in the picture may carry the alignment


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """With what a pair is judged besides its two photos.

    Parameters
    ----------
    noise : NoiseModel or None
        Repeat noise of this kit; None for the defaults that ship.
    landmarks : LandmarkNetwork or None
        Places the standard parts of a face; None where it is not installed, and then they are placed by proportions.
    parts : tuple of str
        The parts of a face that are measured, of :data:`tracker.imaging.regions.EVERY_PART`.
    """

    noise: NoiseModel | None = None
    landmarks: LandmarkNetwork | None = None
    parts: tuple[str, ...] = regions.FACE_REGIONS

    def __post_init__(self) -> None:
        unknown = [part for part in self.parts if part not in regions.EVERY_PART]
        if unknown or not self.parts:
            raise InvalidInput(
                f"Parts of a face: expected names of {', '.join(regions.EVERY_PART)}, found "
                f"{', '.join(unknown) or 'none'}; correct the name."
            )


AS_SHIPPED = Setting()


def prepare(photo: Photo) -> Photo:
    """The photo with the calibration of the card in it, unchanged where there is none."""
    if photo.calibration is not None:
        return photo
    found = calibrate.fit(photo)
    return photo if found is None else calibrate.apply(photo, found)


def alike(baseline: Photo, followup: Photo) -> tuple[Photo, Photo]:
    """Both photos with the colour of their cards, or neither: calibrated light cannot be compared with plain light.

    The scale of a card is kept either way.
    """
    photos = (baseline, followup)
    if all(calibrate.has_colour(photo.calibration) for photo in photos):
        return photos
    return _without_colour(baseline), _without_colour(followup)


def _without_colour(photo: Photo) -> Photo:
    found = photo.calibration
    if found is None:
        return photo
    plain = replace(
        found, matrix=frozen(np.eye(3)), gamma=1.0, residual_de00=float("nan"), skin_residual_de00=float("nan")
    )
    return photo.with_calibration(plain)


def register(baseline: Photo, followup: Photo, region: Region | None = None) -> Alignment:
    """Where each point of the baseline lies in the follow-up, carried by skin alone where there is skin.

    Raises
    ------
    NotComparable
        Where the photos cannot be laid on each other.
    """
    return register_on_skin(baseline, followup, region, _of_both(regions.skin_mask, (baseline, followup)))


def _of_both(function: Callable[[Photo], Answer], photos: tuple[Photo, Photo]) -> tuple[Answer, Answer]:
    """The answers of both photos, found side by side: a person waits, and OpenCV lets other threads run."""
    with ThreadPoolExecutor(1) as other:
        second = other.submit(function, photos[1])
        return function(photos[0]), second.result()


def register_on_skin(baseline: Photo, followup: Photo, region: Region | None, skin: tuple[Mask, Mask]) -> Alignment:
    """As :func:`register`, with skin masks that are already there."""
    if region is not None:
        _check_inside(region, baseline)
    usable = skin if all(mask.mean() >= LEAST_SKIN for mask in skin) else None
    return align.fit(baseline, followup, skin=usable, region=region)


def open_region(path: Path, size: tuple[int, int], name: str = regions.DRAWN) -> Region:
    """The drawn region of a mask picture for a photo of (width, height) pixels.

    Raises
    ------
    TrackerError
        Where the file is no picture, has another size than the photo, or is empty.
    """
    return regions.region_from_mask(name, decode.open_photo(path).encoded, size)


def _check_inside(region: Region, photo: Photo) -> None:
    width, height = photo.size
    if region.box.right > width or region.box.bottom > height:
        raise InvalidInput(f"{region.name}: expected a region inside the {width} x {height} photo; draw it again.")


def _check_drawn(drawn: Drawn, region: Region | None, photos: tuple[Photo, Photo]) -> None:
    if drawn.followup is not None:
        _check_inside(drawn.followup, photos[1])
    if drawn.reference is None:
        return
    _check_inside(drawn.reference, photos[0])
    shared = 0 if region is None else region.shared_px(drawn.reference)
    if shared:
        raise InvalidInput(
            f"{drawn.reference.name}: expected untreated skin outside the treated region, found {shared} px inside it; "
            "draw the reference elsewhere."
        )


def analyse(
    baseline: Photo,
    followup: Photo,
    *,
    region: Region | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    site: str = "",
    setting: Setting = AS_SHIPPED,
) -> Analysis:
    """Everything that two photos of the same skin can say about change.

    Parameters
    ----------
    baseline, followup : Photo
        As decoded; a card in both is read and used.
    region : Region, optional
        The treated part in baseline pixels. Without it, the standard regions of a face, or all shared skin.
    drawn : Drawn
        Reference skin in the baseline and the treated part in the follow-up, where a person drew them.
    site : str
        ``"face"`` asks for the standard regions; any other word is only kept.
    setting : Setting
        Noise, network for landmarks, and which parts of a face; without one as it ships and without a network.

    Returns
    -------
    Analysis
        With a refusal and no changes where the photos cannot be compared.

    Raises
    ------
    InvalidInput
        A region outside its photo, or reference skin that overlaps the treated region.
    """
    _check_drawn(drawn, region, (baseline, followup))
    noise = default_noise() if setting.noise is None else setting.noise
    baseline, followup = alike(*_of_both(prepare, (baseline, followup)))
    skin = _of_both(regions.skin_mask, (baseline, followup))
    empty = Analysis(baseline.sha256, followup.sha256, site, PIPELINE_VERSION, None, None, (), (), ())
    empty = replace(empty, reference=drawn.reference, correction=drawn.followup)
    try:
        alignment = register_on_skin(baseline, followup, region, skin)
    except NotComparable as refused:
        return replace(empty, refusal=Flag(FlagCode.NOT_ALIGNED, refused.reason, refused.retake))
    reading = _face(baseline, region, site, setting)
    chosen = _choose(baseline, region, site, skin[0], reading, setting)
    if not chosen:
        return replace(empty, refusal=reading.refusal or NOTHING_FOUND, alignment=alignment)
    pair = lay(baseline, followup, alignment, skin, drawn, reading)
    flags = (*calibration_flags(pair), *quality.pair_flags((baseline, followup), skin, alignment, shared_light(pair)))
    kept, carried, rows = [], [], []
    for part in chosen:
        try:
            moved = align.carry_region(alignment, part)
        except NotComparable as lost:
            gone = Flag(FlagCode.OUT_OF_FRAME, lost.reason, lost.retake, tuple(Metric))
            rows += [*lost_rows(part, gone), *(lost_lesion_rows(part, gone) if part is region else ())]
            continue
        kept.append(part)
        carried.append(moved)
        here = (*flags, *quality.region_flags(alignment, part), *(reading.flags if regions.is_part(part) else ()))
        rows += [*colour_rows(pair, part, here, noise), *relief_rows(pair, (part, moved), here, noise)]
        if part is region:
            rows += lesion_rows(pair, (part, moved), here, noise)
    return replace(
        empty,
        alignment=alignment,
        regions=tuple(kept),
        followup_regions=tuple(carried),
        changes=tuple(rows),
        flags=flags,
        skin_tone=tone_of(pair, chosen[0]),
    )


def _face(photo: Photo, region: Region | None, site: str, setting: Setting) -> FaceReading:
    """The face of the baseline where parts of it are measured, or where only its irises can give a drawing's scale."""
    without_scale = photo.calibration is None or photo.calibration.mm_to_px is None
    if region is None or (site == FACE and without_scale and setting.landmarks is not None):
        return read_face(photo, setting.landmarks)
    return NO_FACE


def _choose(
    photo: Photo, region: Region | None, site: str, skin: Mask, reading: FaceReading, setting: Setting
) -> tuple[Region, ...]:
    if region is not None:
        return (region,)
    found: tuple[Region, ...] = ()
    if reading.face is not None and reading.refusal is None:
        found = regions.face_regions(photo, reading.landmarks, skin, setting.parts)
    if found or site == FACE or not skin.any():
        return found
    return (Region.from_mask("skin", skin),)
