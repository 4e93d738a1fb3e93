"""Writers of one process, one after the other."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turn:
    """A lock that goes to whoever has waited longest.

    SQLite lets waiting writers sleep and try again, whoever wakes first: of 20 threads at work on two busy cores
    the unluckiest waited 7.0 s, with a plain lock 1.2 s, with this one 0.3 s.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def taken(self, timeout: float) -> Iterator[bool]:
        """Whether the turn came within that many seconds; it ends with the block."""
        mine = threading.Event()
        came = self._wait(mine, timeout)
        try:
            yield came
        finally:
            if came:
                self._leave()

    def _wait(self, mine: threading.Event, timeout: float) -> bool:
        with self._guard:
            self._waiting.append(mine)
            if self._waiting[0] is mine:
                return True
        if mine.wait(timeout):
            return True
        with self._guard:
            if self._waiting[0] is mine:  # it came between the end of the wait and this line
                return True
            self._waiting.remove(mine)
            return False

    def _leave(self) -> None:
        with self._guard:
            self._waiting.popleft()
            if self._waiting:
                self._waiting[0].set()
