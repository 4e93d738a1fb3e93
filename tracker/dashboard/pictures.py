"""The pictures that the routes hand out: previews, both sides of a comparison with an overlay, and the export."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np

from tracker.clinic.types import BodySite, HealingPhase, Moment, Session, SightingKind
from tracker.clinic.workflow import intake, photos, previews, review
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.telling import told
from tracker.dashboard import sights
from tracker.errors import NotComparable, NotFound
from tracker.exports import comparison as export
from tracker.exports import overlay
from tracker.exports.basis import behind
from tracker.exports.edge import edge_holding
from tracker.exports.overlay import Picture
from tracker.imaging import align, pipeline, regions
from tracker.imaging.types import Analysis, Metric, Photo, Region, Verdict
from tracker.wording import language, mark, t

WIDTH = 1600
"""Display pixels: the viewer is at most 1080 wide, and magnifying should show more than it already did."""
DECODED_KEPT = 4
"""A 12-megapixel photo takes 36 MB; a comparison needs two, and two people may look at once."""
LEAST_REFERENCE_PX = 2000
"""Below, a few hairs would set the zero of the redness map."""
RENDERED_KEPT = 80
"""About 0.5 MB each: ten comparisons with all their layers."""


EARLY = mark("One of the photos shows skin still healing from needling: this is no outcome of the treatment.")


class Side(StrEnum):
    """Which photo of a pair."""

    BEFORE = "before"
    AFTER = "after"


class Scope(StrEnum):
    """What a comparison picture speaks of."""

    VISITS = "visits"
    PAIR = "pair"


class Layer(StrEnum):
    """What is drawn on a photo."""

    PHOTO = "photo"
    OUTLINES = "outlines"
    REDNESS = "redness"
    TEXTURE = "texture"
    SCAR = "scar"
    FACE = "face"
    SOFT = "soft"


SIGHTS = {Layer.FACE: SightingKind.FACE, Layer.SOFT: SightingKind.OUTLINE}
"""Layers that show what was seen in one photo by itself."""


class _Recent:
    """The last few values, by key; shared by the threads of the server."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[tuple[str, ...], object] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> object | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: tuple[str, ...], value: object) -> None:
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()


class _Locks:
    """One lock for each thing: two layers of one pair ask for the same photo at once, and one of them decodes it."""

    def __init__(self) -> None:
        self._locks: dict[tuple[str, ...], threading.Lock] = {}
        self._lock = threading.Lock()

    def of(self, key: tuple[str, ...]) -> threading.Lock:
        with self._lock:
            if len(self._locks) > 10 * DECODED_KEPT:
                self._locks = {one: lock for one, lock in self._locks.items() if lock.locked()}
            return self._locks.setdefault(key, threading.Lock())


_PHOTOS = _Recent(DECODED_KEPT)
_RENDERED = _Recent(RENDERED_KEPT)
_DECODING = _Locks()
_AT_ONCE = threading.BoundedSemaphore(2)
"""A comparison asks for both of its photos at the same moment; a third would only take memory."""


def forget_all() -> None:
    """Empty the memory of decoded and rendered pictures."""
    _PHOTOS.clear()
    _RENDERED.clear()


def prepared(clinic: Clinic, photo_id: str) -> Photo:
    """The decoded photo with its calibration; the last few are kept.

    Raises
    ------
    NotFound
        No such photo.
    """
    record = photos.get_photo(clinic, photo_id)  # asked each time: what was erased is not served from memory
    key = (str(clinic.home), record.sha256)
    with _DECODING.of(key), _AT_ONCE:
        found = _PHOTOS.get(key)
        if isinstance(found, Photo):
            return found
        photo = pipeline.prepare(photos.load_photo(clinic, photo_id))
        _PHOTOS.put(key, photo)
        return photo


def comparison_side(clinic: Clinic, analysis_id: str, side: Side, layer: Layer) -> bytes:
    """JPEG of one side of a comparison in the frame of the earlier photo, so that both lie on each other.

    A refused pair has no common frame: then each photo is shown as it was taken.

    Raises
    ------
    NotFound
        No such analysis, or nothing to draw of it.
    """
    compared = review.load_analysis(clinic, analysis_id)
    photo_id = compared.record.baseline_photo_id if side is Side.BEFORE else compared.record.followup_photo_id
    sighting = sights.stored(clinic, photo_id, SIGHTS[layer]) if layer in SIGHTS else None
    words = language() if layer in SIGHTS else ""  # the regions' names are drawn on it
    key = (str(clinic.home), analysis_id, side, layer, "" if sighting is None else sighting.id, words)
    found = _RENDERED.get(key) or _kept(clinic, analysis_id, side, layer)
    if isinstance(found, bytes):
        return found
    photo, analysis = prepared(clinic, photo_id), compared.analysis
    if analysis is None or analysis.alignment is None or layer in SIGHTS:
        picture = sights.drawn(overlay.shown(photo, WIDTH), sighting, overlay.display_scale(photo, WIDTH))
    else:
        picture = _layer(photo, analysis, side, layer)
    data = export.encode(_in_one_frame(picture, analysis) if side is Side.AFTER else picture)
    _RENDERED.put(key, data)
    if layer is Layer.PHOTO:
        previews.keep(clinic.cache, f"{analysis_id}-{side}", WIDTH, data)
    return data


def _kept(clinic: Clinic, analysis_id: str, side: Side, layer: Layer) -> bytes | None:
    """What a comparison shows first, kept as previews are: to decode and draw it takes 0.6 s."""
    return previews.kept(clinic.cache, f"{analysis_id}-{side}", WIDTH) if layer is Layer.PHOTO else None


def _in_one_frame(picture: Picture, analysis: Analysis | None) -> Picture:
    """The picture of the later photo, drawn at its own scale, in the frame and at the size of the earlier one."""
    if analysis is None or analysis.alignment is None:
        return picture
    alignment = analysis.alignment
    scales = (min(1.0, WIDTH / size[0]) for size in (alignment.followup_size, alignment.baseline_size))
    return overlay.carried(picture, alignment, *scales)


def _layer(photo: Photo, analysis: Analysis, side: Side, layer: Layer) -> Picture:
    measured = analysis.regions if side is Side.BEFORE else analysis.followup_regions
    reference = _reference(analysis, side)
    if layer is Layer.REDNESS and measured:
        return overlay.redness_map(photo, measured, _untreated_level(photo, measured, reference), WIDTH)
    if layer is Layer.TEXTURE:
        return overlay.texture_map(photo, measured, WIDTH)
    picture, scale = overlay.shown(photo, WIDTH), overlay.display_scale(photo, WIDTH)
    if layer is Layer.PHOTO:
        return picture
    scar = _scar(analysis) if layer is Layer.SCAR and side is Side.AFTER else ()
    picture = overlay.outlined(picture, (*measured, *scar), scale)
    if layer is Layer.OUTLINES and reference is not None:
        picture = overlay.reference_outlined(picture, reference, scale)
    return picture


def _reference(analysis: Analysis, side: Side) -> Region | None:
    """The reference skin that a person drew, in either photo; None where none was, or it left the frame."""
    if analysis.reference is None or analysis.alignment is None or side is Side.BEFORE:
        return analysis.reference
    try:
        return align.carry_region(analysis.alignment, analysis.reference)
    except NotComparable:
        return None


def _scar(analysis: Analysis) -> tuple[Region, ...]:
    """The scar of the later photo: as a person drew it, else the earlier outline with the area that was measured."""
    if analysis.correction is not None:
        return (analysis.correction,)
    area = [one for one in analysis.changes if one.metric is Metric.SCAR_AREA]
    if not area or area[0].verdict is Verdict.NOT_ASSESSABLE or analysis.alignment is None:
        return ()
    share = area[0].followup / area[0].baseline
    shown = edge_holding(analysis.regions[0], share, analysis.alignment.baseline_size)
    try:
        return () if shown is None else (align.carry_region(analysis.alignment, shown),)
    except NotComparable:
        return ()


def _untreated_level(photo: Photo, measured: Sequence[Region], reference: Region | None) -> float:
    """Redness (H) of the drawn reference skin, else of the skin around what was measured, else of that itself."""
    if reference is not None:
        return overlay.redness_level(photo, reference)
    together = Region.from_mask("measured", np.logical_or.reduce([region.full(photo.size) for region in measured]))
    around = regions.reference_skin(photo, regions.skin_mask(photo), together)
    enough = around.sum() >= LEAST_REFERENCE_PX
    return overlay.redness_level(photo, Region.from_mask("reference", around) if enough else together)


def comparison_file(
    clinic: Clinic, analysis_id: str, dating: export.Dating, kind: export.FileKind, scope: Scope = Scope.VISITS
) -> bytes:
    """The comparison picture to give away, with the same verdicts as the page.

    Raises
    ------
    NotFound
        No such analysis, or it failed.
    NotComparable
        The pair was refused.
    """
    load = review.load_visits if scope is Scope.VISITS else review.load_analysis
    compared = load(clinic, analysis_id)
    if compared.analysis is None:
        raise NotFound("This comparison failed, so there is no picture of it; compare the two photos again.")
    ids = compared.record.baseline_photo_id, compared.record.followup_photo_id
    records = [photos.get_photo(clinic, one) for one in ids]
    sessions = [intake.get_session(clinic, record.session_id) for record in records]
    changes = told(compared.record.changes, intake.get_series(clinic, sessions[0].series_id))
    words = export.caption(replace(compared.analysis, changes=changes), sessions[0].date, sessions[1].date, dating)
    rests_on = behind(compared.averaged, compared.analysis.reference, review.noise_source(clinic, compared.record))
    words = replace(words, notes=(rests_on, *words.notes))
    early = [is_early(session, record.moment) for session, record in zip(sessions, records, strict=True)]
    if any(early):
        words = replace(words, notes=(t(EARLY), *words.notes))
    before, after = (prepared(clinic, one) for one in ids)
    return export.encode(export.comparison(before, after, compared.analysis, words), kind)


def is_early(session: Session, moment: Moment) -> bool:
    """Whether the skin of a photo was still healing from needling, so that not even colour can be judged."""
    return not HealingPhase.after(session.days_at(moment)).shows(Metric.REDNESS)


def is_face(site: str) -> bool:
    """Whether a picture of this site shows who it is."""
    return site == BodySite.FACE
