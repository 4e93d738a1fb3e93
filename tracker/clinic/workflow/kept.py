"""Answers over a whole practice, gathered once and kept until anything is written."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from tracker.clinic.access import Action
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import LOOKS, own_practice

_Answer = TypeVar("_Answer")
CHANGES = tuple(action for action in Action if action not in LOOKS)
"""Every change leaves an entry with one of these actions in the log, whichever process made it."""


class Kept(Generic[_Answer]):
    """The last few answers; shared by the threads of the server.

    Whoever asks has been permitted before: the practice is a part of what an answer is kept under.

    Parameters
    ----------
    size : int
        How many.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, clinic: Clinic, asked: Hashable, make: Callable[[], _Answer]) -> _Answer:
        """The answer as it stands: kept, or made now."""
        with clinic.store.read() as records:
            rests_on = records.sizes(), records.last_deed(CHANGES)
        key = (str(clinic.home), own_practice(clinic), asked, rests_on)
        with self._lock:
            if key in self._known:
                return self._known[key]
        made = make()
        with self._lock:
            self._known[key] = made
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return made
