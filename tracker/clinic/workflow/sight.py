"""The job of a worker that looks at one photo with a network, or with the classical formulas in its place."""

from dataclasses import dataclass, field

import numpy as np

from tracker.clinic.types import Seen, SightingKind
from tracker.imaging import decode, networks
from tracker.imaging.pipeline.seeing import Sought, seek_carried_outline, seek_outline
from tracker.imaging.regions import landmarks
from tracker.imaging.types import NoFace, Photo, Region

COLOURS = "colours"
"""Stands in the place of a network's name where an outline came from the classical formulas."""
NO_FACE_RETAKE = "Where a face should be measured, photograph it whole, upright and from the front."


@dataclass(frozen=True, slots=True, eq=False)
class SightJob:
    """What a worker needs; no database, no shared disk.

    Parameters
    ----------
    kind : SightingKind
        What to look for.
    network : str
        Name of the network, or :data:`COLOURS`.
    photo : bytes
        The original.
    name : str
        What to call it in messages.
    prompt : Region or None
        Where to look for an outline.
    earlier : bytes or None
        The photo that the prompt was drawn on; None for this one.
    """

    kind: SightingKind
    network: str
    photo: bytes = field(repr=False)
    name: str
    prompt: Region | None = None
    earlier: bytes | None = field(default=None, repr=False)


def see_job(job: SightJob) -> Seen:
    """What is seen in one photo; runs in a worker."""
    photo = decode.open_photo(job.photo, name=job.name)
    if job.kind is SightingKind.FACE:
        return _face(photo, job.network)
    assert job.prompt is not None
    found = _outline(photo, job)
    return Seen(
        outline=found.outline, prompt=found.prompt, proposer=job.network, reason=found.reason, retake=found.retake
    )


def _face(photo: Photo, name: str) -> Seen:
    found = landmarks.find_landmarks(photo, networks.load(networks.FACE_LANDMARKS).network)
    if isinstance(found, NoFace):
        reason = found.reason.removeprefix(f"{photo.name}: ")  # a page says which photo in its own words
        return Seen(proposer=name, reason=reason[:1].upper() + reason[1:], retake=NO_FACE_RETAKE)
    return Seen(dict(found.points), float(np.median(list(found.confidence.values()))), proposer=name)


def _outline(photo: Photo, job: SightJob) -> Sought:
    assert job.prompt is not None
    network = None if job.network == COLOURS else networks.load(networks.OUTLINE).network
    if job.earlier is None:
        return seek_outline(photo, job.prompt, network)
    return seek_carried_outline(decode.open_photo(job.earlier, name="the earlier photo"), job.prompt, photo, network)
