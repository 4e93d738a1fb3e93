"""Photos of a session: taking them in, looking at them, drawing on them."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from tracker.clinic.access import Action
from tracker.clinic.records.store import Records
from tracker.clinic.types import FREEHAND, Basis, Kind, Moment, PhotoRecord, RegionRecord, RegionRole, View
from tracker.clinic.workflow import previews
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput
from tracker.imaging import decode, quality, regions
from tracker.imaging.types import Box, Mask, Photo, Points, Region, frozen

DRAWN = regions.DRAWN
"""Name of a region that a person drew, in answers and tables."""
_NAMES = {RegionRole.TREATED: DRAWN, RegionRole.REFERENCE: regions.REFERENCE}


@guarded(Action.ADD_PHOTO, session_id=Kind.SESSION)
def add_photo(
    clinic: Clinic, session_id: str, data: bytes, name: str, view: View, moment: Moment = Moment.BEFORE
) -> PhotoRecord:
    """The stored photo with the flags of its quality.

    Returns only when the file and the row are safely on disk. The same file once more in the same session is not stored
    again: the first record comes back with a notice.

    Parameters
    ----------
    clinic : Clinic
        Where.
    session_id : str
        Session it was taken at.
    data : bytes
        The file as it was uploaded; kept unaltered.
    name : str
        Its name on the uploader's machine; used in messages only.
    view : View
        How it shows the site.
    moment : Moment
        Before or after needling; matters on days of treatment only.

    Raises
    ------
    UnreadablePhoto
        Not a photo this program accepts; nothing was stored.
    InvalidInput
        The same file is stored for another patient.
    ConsentMissing
        The patient withdrew the consent to photos.
    NotFound
        No such session.
    StoreUnavailable
        Full, busy or unreachable; nothing was stored.
    """
    name = previews.shown_name(name)
    sha256 = hashlib.sha256(data).hexdigest()
    with clinic.store.read() as records:
        known, notice = _known(records, session_id, sha256, name)
    if known is not None:
        return known
    photo = decode.open_photo(data, name=name)
    draft = PhotoRecord(
        id="",
        session_id=session_id,
        view=view,
        moment=moment,
        sha256=sha256,
        name=name,
        size=photo.size,
        captured_at=photo.captured_at,
        camera=photo.camera[:200],
        flags=tuple(quality.photo_flags(photo)),
        created=datetime.now(UTC),
    )
    clinic.files.put(data)  # the file before the row: a row never names a file that is not there
    with clinic.store.write() as records:
        known, notice = _known(records, session_id, sha256, name)
        if known is not None:
            return known
        if not clinic.files.exists(sha256):  # swept since, as an orphan that lay there for a day; no sweep runs now
            clinic.files.put(data)
        stored = records.add_photo(draft)
    previews.keep(clinic.cache, sha256, previews.WIDTH, previews.jpeg(photo, previews.WIDTH))
    return replace(stored, notice=notice)


def _known(records: Records, session_id: str, sha256: str, name: str) -> tuple[PhotoRecord | None, str]:
    """The record of this file in this session, and what to say about it elsewhere; refuses another patient's file."""
    series = records.series(records.session(session_id).series_id)
    records.refuse_unwanted_photo(series.patient_id)
    notice = ""
    for record, owner, code in records.photos_with(sha256):
        if owner != series.patient_id:
            raise InvalidInput(
                f"{name}: expected a new photo, found that the same file is stored for another patient ({code}); "
                "check the file and the patient."
            )
        if record.session_id == session_id:
            return replace(record, notice=f"{name} is already stored in this session; nothing was added."), ""
        day = records.session(record.session_id).date
        notice = f"{name} is also stored in the session of {day}; check that it belongs to this one."
    return None, notice


@guarded(Action.ADD_PHOTO, photo_id=Kind.PHOTO)
def change_photo(clinic: Clinic, photo_id: str, view: View, moment: Moment) -> PhotoRecord:
    """The photo with a corrected view or moment; raises NotFound."""
    with clinic.store.write() as records:
        return records.change_photo(photo_id, view, moment)


@guarded(Action.SEE_RECORD, session_id=Kind.SESSION)
def list_photos(clinic: Clinic, session_id: str) -> list[PhotoRecord]:
    """All photos of a session in the order of their upload; raises NotFound."""
    with clinic.store.read() as records:
        return records.photos_of(session_id)


@guarded(Action.SEE_PHOTO, photo_id=Kind.PHOTO)
def get_photo(clinic: Clinic, photo_id: str) -> PhotoRecord:
    """One photo's record; raises NotFound."""
    with clinic.store.read() as records:
        return records.photo(photo_id)


@guarded(Action.SEE_RECORD, photo_id=Kind.PHOTO)
def original_bytes(clinic: Clinic, photo_id: str) -> bytes:
    """The file as it was uploaded; raises StoreUnavailable where it is missing or no longer has its SHA-256."""
    return clinic.files.read(get_photo(clinic, photo_id).sha256)


@guarded(Action.SEE_PHOTO, photo_id=Kind.PHOTO)
def load_photo(clinic: Clinic, photo_id: str) -> Photo:
    """The decoded photo, upright, not calibrated; named by view and date, not by its file."""
    with clinic.store.read() as records:
        record = records.photo(photo_id)
        day = records.session(record.session_id).date
    return decode.open_photo(clinic.files.read(record.sha256), name=f"{record.view} photo of {day}")


@guarded(Action.SEE_PHOTO, photo_id=Kind.PHOTO)
def photo_preview(clinic: Clinic, photo_id: str, width: int = previews.WIDTH) -> bytes:
    """JPEG of at most that width in px, made of pixels alone: no metadata, no thumbnail, no file name."""
    previews.check_width(width)
    record = get_photo(clinic, photo_id)
    return previews.preview(clinic.cache, record.sha256, width, lambda: load_photo(clinic, photo_id))


@guarded(Action.DRAW, photo_id=Kind.PHOTO)
def save_region(
    clinic: Clinic,
    photo_id: str,
    shape: Points | Mask,
    author: str = "",
    role: RegionRole = RegionRole.TREATED,
    basis: Basis = FREEHAND,
) -> RegionRecord:
    """The region drawn on a photo; from now on it wins over every earlier one of its role and over any proposal.

    Parameters
    ----------
    clinic : Clinic
        Where.
    photo_id : str
        Photo it was drawn on: on a baseline, the treated area that is measured; on a follow-up, its outline there.
    shape : Points or Mask
        Polygon corners (n, 2) in px of the upright photo, or a full-size mask (height, width).
    author : str
        Who drew it.
    role : RegionRole
        The treated area, or untreated skin that its colour is measured against.
    basis : Basis
        The proposal that was accepted or corrected; by default it was drawn anew.

    Raises
    ------
    InvalidInput
        Empty, of the wrong size, fewer than three corners, or treated and untreated skin share a part of the photo.
    """
    with clinic.store.write() as records:
        region, polygon = _region(records.photo(photo_id).size, shape, _NAMES[role])
        for other in RegionRole:
            known = None if other is role else records.current_region(photo_id, other)
            if known is not None and (shared := region.shared_px(known.region)):
                raise InvalidInput(
                    f"{role.capitalize()}: expected it apart from the {other} of this photo, found {shared} px shared; "
                    "draw it beside that, or take that back first."
                )
        return records.add_region(photo_id, region, polygon, author.strip()[:200], role, basis)


@guarded(Action.DRAW, photo_id=Kind.PHOTO)
def take_back_region(
    clinic: Clinic, photo_id: str, author: str = "", role: RegionRole = RegionRole.TREATED
) -> RegionRecord:
    """What was drawn no longer counts, the program's own proposal does; the drawing stays on record.

    Raises
    ------
    InvalidInput
        Nothing of this role is drawn on the photo.
    """
    with clinic.store.write() as records:
        if records.current_region(photo_id, role) is None:
            raise InvalidInput(
                f"{role.capitalize()}: expected one drawn on this photo, found none; nothing was changed."
            )
        nothing = Region(_NAMES[role], Box(0, 0, 0, 0), np.zeros((0, 0), bool))
        return records.add_region(photo_id, nothing, None, author.strip()[:200], role)


def _region(size: tuple[int, int], shape: Points | Mask, name: str) -> tuple[Region, Points | None]:
    if shape.dtype != np.bool_:
        corners = frozen(np.array(shape, np.float64))
        return regions.region_from_polygon(name, corners, size), corners
    if shape.shape != (size[1], size[0]):
        raise InvalidInput(
            f"{name}: expected a mask of {size[0]} x {size[1]} px, found {shape.shape[::-1]}; draw it on this photo."
        )
    return Region.from_mask(name, np.asarray(shape, np.bool_)), None


@guarded(Action.SEE_RECORD, photo_id=Kind.PHOTO)
def current_region(clinic: Clinic, photo_id: str, role: RegionRole = RegionRole.TREATED) -> RegionRecord | None:
    """The newest region of a role drawn on a photo; None where there is none, or it was taken back."""
    with clinic.store.read() as records:
        return records.current_region(photo_id, role)


@guarded(Action.SEE_RECORD, photo_id=Kind.PHOTO)
def list_regions(clinic: Clinic, photo_id: str) -> list[RegionRecord]:
    """Every region ever drawn on a photo, of either role, oldest first; an empty one took the earlier back."""
    with clinic.store.read() as records:
        return records.regions_of(photo_id)
