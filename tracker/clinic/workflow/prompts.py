"""Where the outline of a scar is looked for: in the outline of the session before, or in what a person drew roughly."""

import hashlib
from dataclasses import dataclass, field

from tracker.clinic.records import serial
from tracker.clinic.records.store import Records
from tracker.clinic.types import Moment, PhotoRecord, RegionRecord
from tracker.clinic.workflow.bursts import bursts_of
from tracker.imaging.types import Region


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """An outline that says where to look.

    Parameters
    ----------
    region : Region
        In pixels of the photo it was drawn on.
    digest : str
        SHA-256 of region and photo; part of the identity of what is seen.
    region_id : str
        Of the stored region; empty for a rough drawing that nobody saved.
    earlier : PhotoRecord or None
        The photo of an earlier session that it was drawn on, whose alignment carries it; None for the photo itself.
    """

    region: Region = field(repr=False)
    digest: str
    region_id: str = ""
    earlier: PhotoRecord | None = None


def rough_prompt(region: Region) -> Prompt:
    """A prompt that a person just drew on the photo itself, not stored."""
    return Prompt(region, serial.region_digest(region))


def prompt_of(records: Records, photo: PhotoRecord) -> Prompt | None:
    """The prompt that the records hold for a photo; None where nothing is drawn that could be one.

    The outline that counts in the newest earlier session of the same series and view: drawn, accepted or corrected
    there, so that a correction is carried on, session by session. The first photo of a view is prompted by what is
    drawn on itself.
    """
    for earlier in reversed(_earlier(records, photo)):
        drawn = records.current_region(earlier.id)
        if drawn is not None:
            digest = hashlib.sha256(f"{drawn.digest} on {earlier.sha256}".encode()).hexdigest()
            return Prompt(drawn.region, digest, drawn.id, earlier)
    own = records.current_region(photo.id)
    return None if own is None else _stored(own)


def _stored(own: RegionRecord) -> Prompt:
    return Prompt(own.region, own.digest, own.id)


def _earlier(records: Records, photo: PhotoRecord) -> list[PhotoRecord]:
    """The photos that stand for the same view in the sessions before, by date; those before needling count more."""
    found = []
    for session in records.sessions_of(records.session(photo.session_id).series_id):
        if session.id == photo.session_id:
            break
        same = [burst.lead for burst in bursts_of(records, session.id) if burst.lead.view is photo.view]
        found += sorted(same, key=lambda one: one.moment is Moment.BEFORE)
    return found
