"""Taking the next photo of a series like the last one: what to look like, what to change, and whether it came out."""

import threading
from collections import OrderedDict

from tracker.clinic.access import Action
from tracker.clinic.records.store import Records
from tracker.clinic.types import BodySite, Kind, Moment, PhotoRecord, Session, View
from tracker.clinic.types.protocol import CardSeen, PhotoProtocol, PhotoVerdict
from tracker.clinic.workflow import standards
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.faces import landmark_network
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput
from tracker.imaging import calibrate, decode, quality
from tracker.imaging.pipeline import coaching
from tracker.imaging.pipeline.coaching import Look, Wanted
from tracker.imaging.quality.coaching import Hint
from tracker.imaging.types import Flag, FlagCode, Photo

MOST_FRAME_BYTES = 300_000
"""A frame of 480 px as JPEG at quality 80 takes 20 to 60 kB."""
MOST_FRAME_SIDE = 1280
"""Longer side in pixels; more is not looked at, and takes longer to decode than to judge."""
LOOKS_KEPT = 24
"""Earlier photos of which landmarks or features are remembered, 0.3 MB each: four patients with all their views."""
VERDICT_SLACK = 2.0
"""Times the tolerances of capture beyond which a photo should be taken again: 10 % of the size, 10 degrees."""
SPOILED = frozenset({FlagCode.BLURRED, FlagCode.CLIPPED, FlagCode.TOO_DARK, FlagCode.REGION_TOO_SMALL})
"""Doubts about one photo for which it should be taken again."""
OBLIQUE_YAW = 45.0
FACE_YAW = {View.FRONTAL: 0.0, View.LEFT_OBLIQUE: -OBLIQUE_YAW, View.RIGHT_OBLIQUE: OBLIQUE_YAW}
"""Degrees towards the patient's left at which a face is seen: whoever shows the left side looks to the right."""


class Looks:
    """What was seen in the last few earlier photos; shared by the threads of the server."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: OrderedDict[tuple[str, str, bool], Look] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, clinic: Clinic, record: PhotoRecord, *, face: bool) -> Look:
        """The look of a stored photo, remembered by the content of its file."""
        key = (str(clinic.home), record.sha256, face)
        with self._lock:  # one at a time: the frames of one camera all ask for the same photo
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
            photo = decode.open_photo(clinic.files.read(record.sha256), name="the earlier photo")
            look = coaching.look_at(photo, landmark_network() if face else None)
            self._known[key] = look
            while len(self._known) > self._size:
                self._known.popitem(last=False)
            return look

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()


LOOKS = Looks(LOOKS_KEPT)
"""Shared by all threads of this process."""


def protocol_of(site: BodySite) -> PhotoProtocol:
    """The photo standard of a body site."""
    return standards.protocol_of(site)


@guarded(Action.SEE_RECORD, session_id=Kind.SESSION)
def ghost_of(clinic: Clinic, session_id: str, view: View) -> PhotoRecord | None:
    """The last photo of the view from an earlier session, before needling where there is one; None for the first.

    Raises
    ------
    NotFound
        No such session.
    """
    with clinic.store.read() as records:
        return _ghost(records, records.session(session_id), view)


@guarded(Action.SEE_RECORD, session_id=Kind.SESSION)
def missing_views(clinic: Clinic, session_id: str) -> tuple[View, ...]:
    """The views that a session still lacks: those of the protocol, then others that earlier sessions have.

    Raises
    ------
    NotFound
        No such session.
    """
    with clinic.store.read() as records:
        session = records.session(session_id)
        wanted = list(standards.protocol_of(records.series(session.series_id).plan.site).views)
        for earlier in _earlier(records, session):
            wanted += [photo.view for photo in records.photos_of(earlier.id)]
        taken = {photo.view for photo in records.photos_of(session_id)}
    return tuple(view for view in dict.fromkeys(wanted) if view not in taken)


@guarded(Action.ADD_PHOTO, session_id=Kind.SESSION)
def coach(clinic: Clinic, session_id: str, view: View, frame: bytes) -> tuple[Hint, ...]:
    """What to do before the shutter is pressed, the most urgent first; GOOD alone where nothing is left to do.

    Parameters
    ----------
    clinic : Clinic
        Where.
    session_id : str
        Session that the photo will belong to.
    view : View
        That is being taken.
    frame : bytes
        A small picture of what the camera sees, not mirrored; nothing of it is kept.

    Raises
    ------
    InvalidInput
        The frame is too large.
    UnreadablePhoto
        It is no picture.
    NotFound
        No such session.
    """
    if len(frame) > MOST_FRAME_BYTES:
        raise InvalidInput(f"Frame: expected at most {MOST_FRAME_BYTES} bytes, found {len(frame)}; send a smaller one.")
    site, ghost = _place(clinic, session_id, view)
    photo = decode.open_photo(frame, name="the frame")
    if max(photo.size) > MOST_FRAME_SIDE:
        raise InvalidInput(
            f"Frame: expected at most {MOST_FRAME_SIDE} px, found {max(photo.size)}; send a smaller one."
        )
    before, now, wanted = _looks(clinic, site, view, ghost, photo)
    return coaching.hints(now, before, wanted)


@guarded(Action.ADD_PHOTO, session_id=Kind.SESSION)
def judge(clinic: Clinic, session_id: str, view: View, data: bytes) -> PhotoVerdict:
    """Whether a photo that is not stored yet can be compared with the last one of its view; nothing of it is kept.

    Raises
    ------
    UnreadablePhoto
        It is no photo that this program accepts.
    NotFound
        No such session.
    """
    site, ghost = _place(clinic, session_id, view)
    photo = decode.open_photo(data, name="the photo")
    return _judged(clinic, (site, view, ghost), photo, tuple(quality.photo_flags(photo)))


@guarded(Action.SEE_RECORD, photo_id=Kind.PHOTO)
def examine(clinic: Clinic, photo_id: str) -> PhotoVerdict:
    """Whether a stored photo can be compared with the last one of its view, and how to take it again if not.

    Raises
    ------
    NotFound
        No such photo.
    StoreUnavailable
        Its file cannot be read.
    """
    with clinic.store.read() as records:
        record = records.photo(photo_id)
    site, ghost = _place(clinic, record.session_id, record.view)
    photo = decode.open_photo(clinic.files.read(record.sha256), name="the photo")
    return _judged(clinic, (site, record.view, ghost), photo, record.flags)


def _judged(
    clinic: Clinic, place: tuple[BodySite, View, PhotoRecord | None], photo: Photo, flags: tuple[Flag, ...]
) -> PhotoVerdict:
    site, view, ghost = place
    before, now, wanted = _looks(clinic, site, view, ghost, photo)
    hints = coaching.stance_hints(now, before, wanted, VERDICT_SLACK)
    card = _card(photo) if wanted.card else CardSeen.NOT_NEEDED
    # Without a card in the earlier photo one in this photo cannot make the two comparable in colour.
    missed = card is CardSeen.MISSING and before is not None and before.card
    accept = not hints and not missed and not any(flag.code in SPOILED for flag in flags)
    return PhotoVerdict(accept, flags, hints, card, before is not None)


def _card(photo: Photo) -> CardSeen:
    found = calibrate.fit(photo)
    if found is None:
        return CardSeen.MISSING
    return CardSeen.READ if calibrate.has_colour(found) and not found.flags else CardSeen.DOUBTFUL


def _looks(
    clinic: Clinic, site: BodySite, view: View, ghost: PhotoRecord | None, photo: Photo
) -> tuple[Look | None, Look, Wanted]:
    """The earlier photo, this one, and what it should show."""
    yaw = FACE_YAW.get(view) if site is BodySite.FACE else None
    before = None if ghost is None else LOOKS.of(clinic, ghost, face=yaw is not None)
    wanted = Wanted(yaw, standards.protocol_of(site).card)
    # A face is looked for in the frame only where the earlier photo shows one, or where there is none and it should.
    face = yaw is not None and (before is None or before.stand is not None)
    network = landmark_network() if face else None
    if face and network is None:
        wanted = Wanted(None, wanted.card)
    return before, coaching.look_at(photo, network, matched=network is None), wanted


def _place(clinic: Clinic, session_id: str, view: View) -> tuple[BodySite, PhotoRecord | None]:
    with clinic.store.read() as records:
        session = records.session(session_id)
        return records.series(session.series_id).plan.site, _ghost(records, session, view)


def _earlier(records: Records, session: Session) -> list[Session]:
    """The sessions of the series before this one, the last first."""
    return [one for one in reversed(records.sessions_of(session.series_id)) if one.number < session.number]


def _ghost(records: Records, session: Session, view: View) -> PhotoRecord | None:
    after: PhotoRecord | None = None
    for earlier in _earlier(records, session):
        taken = [photo for photo in records.photos_of(earlier.id) if photo.view is view]
        before = [photo for photo in taken if photo.moment is Moment.BEFORE]
        if before:
            return before[-1]
        after = after or (taken[-1] if taken else None)
    return after
