"""Pairs under blinded review: the browser knows a token, the server which photos it stands for, for a short time.

Neither the address of a picture nor the page tells which of two photos came first.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from secrets import token_hex

from tracker.clinic.types.review import Shown
from tracker.clinic.workflow.blinded import BlindedPair
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import pictures
from tracker.errors import NotFound
from tracker.exports import comparison, overlay

LASTS_S = 30 * 60.0
"""A pair that nobody graded within half an hour is drawn anew."""
MOST = 500
"""Pairs kept at once; a practice has a handful of raters."""


@dataclass(frozen=True, slots=True)
class _Hidden:
    pair: BlindedPair
    home: str
    user_id: str
    until: float


_HIDDEN: OrderedDict[str, _Hidden] = OrderedDict()
_LOCK = threading.Lock()


def hide(clinic: Clinic, pair: BlindedPair) -> str:
    """The token that stands for a pair, for who acts alone."""
    token = token_hex(18)  # no underscores, which Streamlit keeps for itself
    with _LOCK:
        _HIDDEN[token] = _Hidden(pair, str(clinic.home), clinic.actor.user_id, time.monotonic() + LASTS_S)
        while len(_HIDDEN) > MOST:
            _HIDDEN.popitem(last=False)
    return token


def pair_of(clinic: Clinic, token: str) -> BlindedPair:
    """The pair behind a token.

    Raises
    ------
    NotFound
        Unknown, too old, or given to somebody else.
    """
    with _LOCK:
        known = _HIDDEN.get(token)
        if known is not None and known.until < time.monotonic():
            del _HIDDEN[token]
            known = None
    if known is None or (known.home, known.user_id) != (str(clinic.home), clinic.actor.user_id):
        raise NotFound("This pair is no longer open for grading; take the next one.")
    return known.pair


def forget(token: str) -> None:
    """The pair is graded: its token stands for nothing any more."""
    with _LOCK:
        _HIDDEN.pop(token, None)


def picture(clinic: Clinic, token: str, side: Shown) -> bytes:
    """JPEG of one side in calibrated colour, as the photo was taken; raises NotFound.

    It is not laid into the frame of the other photo: the grey rims of that would tell which one was moved.
    """
    photo = pictures.prepared(clinic, pair_of(clinic, token).photo_on(side))
    return comparison.encode(overlay.shown(photo, pictures.WIDTH))
