"""How much one person may upload: Streamlit keeps uploaded bytes in memory until a page has taken them."""

import threading
import time
from collections import deque

from tracker.clinic.access import Action, may_at_all
from tracker.clinic.types import Actor

WINDOW_S = 600.0
MOST_BYTES = 2 * 1024**3
"""In a window: 80 photos of 25 MB, four sessions of a whole face with retakes."""
MOST_OWN_BYTES = 200 * 1024**2
"""Of a patient, whose diary takes one photo a day."""
MOST_KEPT = 1000
"""Sign-ins that are counted; beyond it the longest quiet one is forgotten."""


class Quota:
    """Bytes that each sign-in has sent lately; shared by the threads of the server."""

    def __init__(self) -> None:
        self._sent: dict[str, deque[tuple[float, int]]] = {}
        self._lock = threading.Lock()

    def refusal(self, actor: Actor, size: int) -> str:
        """Why an upload of that many bytes is refused; empty where it may come, and then it counts."""
        most = allowed(actor)
        now = time.monotonic()
        with self._lock:
            sent = self._sent.pop(actor.sign_in, deque())
            while sent and now - sent[0][0] > WINDOW_S:
                sent.popleft()
            fits = sum(bytes_ for _, bytes_ in sent) + size <= most
            if fits:
                sent.append((now, size))
            self._sent[actor.sign_in] = sent  # the newest stands last
            while len(self._sent) > MOST_KEPT:
                self._sent.pop(next(iter(self._sent)))
        if fits:
            return ""
        return (
            f"Refused: at most {most // 1024**2} MB can be uploaded within {WINDOW_S / 60:.0f} minutes; wait a little."
        )


def allowed(actor: Actor) -> int:
    """Bytes that a person may upload in a window; 0 for one without any page that takes files."""
    if may_at_all(actor, Action.ADD_PHOTO) or may_at_all(actor, Action.MEASURE_KIT):
        return MOST_BYTES
    return MOST_OWN_BYTES if may_at_all(actor, Action.WRITE_DIARY) else 0
