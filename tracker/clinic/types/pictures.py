"""The clinic's records of pictures. Times are UTC; capture times are local to the clinic."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tracker.clinic.types.vocabulary import (
    AnalysisStatus,
    Moment,
    RegionOrigin,
    RegionRole,
    View,
)
from tracker.imaging.types import Change, Flag, Points, Region


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """One stored photo; the original file is never altered.

    Parameters
    ----------
    id, session_id : str
        Random ids.
    view : View
        How it shows the site.
    moment : Moment
        Before or after needling.
    sha256 : str
        Of the original bytes; also where they lie.
    name : str
        Original file name, for the person who uploaded it; never shown elsewhere, never exported.
    size : tuple of int
        Width and height, upright.
    captured_at : datetime or None
        As the camera wrote it.
    camera : str
        Make and model, empty if unknown.
    flags : tuple of Flag
        Quality of this photo alone.
    created : datetime
        UTC.
    notice : str
        What the uploader should be told (the file was already stored); empty otherwise, never stored.
    """

    id: str
    session_id: str
    view: View
    moment: Moment
    sha256: str
    name: str
    size: tuple[int, int]
    captured_at: datetime | None
    camera: str
    flags: tuple[Flag, ...]
    created: datetime
    notice: str = ""


class Basis(NamedTuple):
    """What a person started from when an outline was made: the fields of the same names of :class:`RegionRecord`."""

    origin: RegionOrigin = RegionOrigin.DRAWN
    proposer: str = ""
    source_id: str = ""


FREEHAND = Basis()
"""Nothing was proposed."""


@dataclass(frozen=True, slots=True, eq=False)
class RegionRecord:
    """A region drawn or corrected by a person: the newest always wins, over any proposal and after any re-measurement.

    Nothing is ever altered or deleted: a region that a person takes back is followed by an empty one.

    Parameters
    ----------
    id, photo_id : str
        Random ids.
    region : Region
        In pixels of the upright photo.
    polygon : Points or None
        The corners where it was drawn as a polygon, for editing it again.
    author : str
        Who drew it.
    created : datetime
        UTC.
    digest : str
        SHA-256 of the region; part of the identity of an analysis.
    role : RegionRole
        The treated area, or untreated skin that its colour is measured against.
    origin : RegionOrigin
        Drawn anew, or a proposal that was accepted or corrected.
    proposer : str
        Whose proposal it was: ``"outline-v1 <sha256 of the weights>"``, ``"colours <pipeline version>"`` for the
        classical formulas; empty where it was drawn anew.
    source_id : str
        The :class:`SightingRecord` that held the proposal; empty where it was drawn anew.
    """

    id: str
    photo_id: str
    region: Region
    polygon: Points | None = field(repr=False)
    author: str
    created: datetime
    digest: str
    role: RegionRole = RegionRole.TREATED
    origin: RegionOrigin = RegionOrigin.DRAWN
    proposer: str = ""
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class AnalysisRecord:
    """What one comparison of two photos said.

    Parameters
    ----------
    id, baseline_photo_id, followup_photo_id : str
        Random ids.
    baseline_sha256, followup_sha256, region_digest, version, weights_hash, kit_digest : str
        The identity: the same six give the same numbers. ``region_digest`` is of everything drawn on the two photos,
        ``kit_digest`` of the repeat noise they were judged by; empty for nothing drawn, and for the defaults.
    status : AnalysisStatus
        Done, refused or failed.
    reason, retake : str
        Why not done, and how to take the photo again.
    changes : tuple of Change
        One per metric and region.
    flags : tuple of Flag
        Doubts about the pair.
    created : datetime
        UTC.
    """

    id: str
    baseline_photo_id: str
    followup_photo_id: str
    baseline_sha256: str
    followup_sha256: str
    region_digest: str
    version: str
    weights_hash: str
    status: AnalysisStatus
    reason: str
    retake: str
    changes: tuple[Change, ...]
    flags: tuple[Flag, ...]
    created: datetime
    kit_digest: str = ""
