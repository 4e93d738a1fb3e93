"""Photos of one view at one moment of one visit: which of them stands for all, and which pairs are analysed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from tracker.clinic.records.store import Records
from tracker.clinic.types import Moment, PhotoRecord, RegionRole

MOST_AVERAGED = 5
"""Photos of one view and moment that are averaged: a sixth would lower the share of the noise that averaging can lower
by 9 % and add a whole analysis."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Burst:
    """Photos of one view at one moment of one session.

    Parameters
    ----------
    photos : tuple of PhotoRecord
        The first stands for all: the one that was drawn on last, else the one with the fewest doubts, else the one
        that arrived first. The others follow in the order of their arrival.
    """

    photos: tuple[PhotoRecord, ...]

    @property
    def lead(self) -> PhotoRecord:
        """The photo that stands for all, which is drawn on and shown."""
        return self.photos[0]

    @property
    def averaged(self) -> tuple[PhotoRecord, ...]:
        """The photos that are measured."""
        return self.photos[:MOST_AVERAGED]


@dataclass(frozen=True, slots=True)
class Visits:
    """Two bursts of the same view that are compared."""

    baseline: Burst
    followup: Burst

    @property
    def later(self) -> tuple[tuple[PhotoRecord, PhotoRecord], ...]:
        """Every later photo with the lead of the baseline."""
        return tuple((self.baseline.lead, photo) for photo in self.followup.averaged)

    @property
    def earlier(self) -> tuple[tuple[PhotoRecord, PhotoRecord], ...]:
        """Every further baseline photo with the lead of the baseline: where that lies beside the mean of its visit."""
        return tuple((self.baseline.lead, photo) for photo in self.baseline.averaged[1:])

    @property
    def pairs(self) -> tuple[tuple[PhotoRecord, PhotoRecord], ...]:
        """All pairs that are analysed: m + n - 1 for m later and n baseline photos, never m * n."""
        return (*self.later, *self.earlier)


def bursts_of(records: Records, session_id: str) -> list[Burst]:
    """The bursts of a session: those before needling first, then in the order of their views' first photos."""
    taken = records.photos_of(session_id)
    order = {photo.view: number for number, photo in reversed(list(enumerate(taken)))}

    def place(photo: PhotoRecord) -> tuple[bool, int]:
        return photo.moment is Moment.AFTER, order[photo.view]

    return [burst_of(records, list(group)) for _, group in groupby(sorted(taken, key=place), key=place)]


def burst_of(records: Records, photos: list[PhotoRecord]) -> Burst:
    """The burst of photos of one view and moment, in the order of their arrival."""
    if len(photos) == 1:
        return Burst(tuple(photos))
    drawn = {photo.id: _drawn(records, photo.id) for photo in photos}
    doubts = {photo.id: sum(len(flag.withholds) for flag in photo.flags) for photo in photos}
    lead = max(photos, key=lambda photo: (drawn[photo.id], -doubts[photo.id]))  # the first of equals
    return Burst((lead, *(photo for photo in photos if photo is not lead)))


def visits_of(records: Records, series_id: str) -> list[Visits]:
    """Every burst of a series that has an earlier one of the same view, with the baseline of that view, by date.

    The baseline of a view is its first burst before needling.
    """
    baselines: dict[str, Burst] = {}
    found = []
    for session in records.sessions_of(series_id):
        for burst in bursts_of(records, session.id):
            baseline = baselines.get(burst.lead.view)
            if baseline is not None:
                found.append(Visits(baseline, burst))
            elif burst.lead.moment is Moment.BEFORE:
                baselines[burst.lead.view] = burst
    return found


def visits_between(records: Records, baseline_photo_id: str, followup_photo_id: str) -> Visits:
    """The bursts that two photos belong to; a burst of their own where both are of the same view and moment."""
    first, second = (records.photo(one) for one in (baseline_photo_id, followup_photo_id))
    if (first.session_id, first.moment, first.view) == (second.session_id, second.moment, second.view):
        return Visits(Burst((first,)), Burst((second,)))
    return Visits(_burst_with(records, first), _burst_with(records, second))


def _burst_with(records: Records, photo: PhotoRecord) -> Burst:
    return next(burst for burst in bursts_of(records, photo.session_id) if photo in burst.photos)


def _drawn(records: Records, photo_id: str) -> tuple[datetime, datetime]:
    """When the treated area and the reference that count were drawn on a photo."""
    found = (records.current_drawing(photo_id, role) for role in (RegionRole.TREATED, RegionRole.REFERENCE))
    treated, reference = (_NEVER if one is None else one.created for one in found)
    return treated, reference
