"""A few warm child processes that decode, replaced when they hang, die or have served their time."""

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from tracker.errors import UnreadablePhoto
from tracker.imaging.decode.channel import anonymous_file, receive, send

WALL_SECONDS = 30.0
PHOTOS_PER_WORKER = 50  # then a fresh one: whatever a decoder leaked or broke goes with it
WORKERS = max(1, min(4, os.cpu_count() or 1))
_MODULE = "tracker.imaging.decode.worker"

Answer = tuple[dict[str, Any], int | None]


class _WorkerLost(Exception):
    """The child ended, hung or answered nonsense."""


@dataclass(slots=True, eq=False)
class _Worker:
    process: subprocess.Popen[bytes]
    channel: socket.socket
    photos: int = field(default=0)

    @classmethod
    def start(cls) -> "_Worker":
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603  # our own interpreter and module, no shell
                [sys.executable, "-P", "-m", _MODULE, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_environment(),
            )
        return cls(process, ours)

    def ask(self, source: bytes) -> Answer:
        """One photo; raises _WorkerLost."""
        file = anonymous_file(0)
        try:
            with os.fdopen(os.dup(file), "wb") as writer:
                writer.write(source)
            os.lseek(file, 0, os.SEEK_SET)
            self.channel.settimeout(WALL_SECONDS)
            send(self.channel, {}, file)
            answer = receive(self.channel)
        except TimeoutError as error:
            raise _WorkerLost(f"needed more than {WALL_SECONDS:.0f} s") from error
        except (OSError, ValueError) as error:
            raise _WorkerLost("crashed or used up its limits") from error
        finally:
            os.close(file)
        if answer is None:
            raise _WorkerLost("crashed or used up its limits")
        self.photos += 1
        return answer

    def stop(self) -> None:
        """End it, gently if it is idle."""
        self.channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.5)
            return
        self.process.kill()
        self.process.wait()


def _environment() -> dict[str, str]:
    """The caller's, with the caller's import path and one thread per library."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **one, "PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)}


class Pool:
    """Workers, started when first needed. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(WORKERS)
        self._idle: list[_Worker] = []

    def ask(self, source: bytes) -> Answer:
        """One photo through a free worker.

        Parameters
        ----------
        source : bytes
            The file.

        Returns
        -------
        dict, int or None
            What is known of it, with the descriptor of its pixels; or ``{"refused": reason}`` and None. Raises
            UnreadablePhoto where the worker did not survive the photo.
        """
        with self._slots:
            try:
                worker = self._take()
                try:
                    return self._ask(worker, source)
                except _WorkerLost:
                    if worker.photos == 0:
                        raise
                return self._ask(_Worker.start(), source)  # an earlier photo may have spoilt the one that was lost
            except _WorkerLost as error:
                raise UnreadablePhoto(
                    f"expected a photo that can be decoded, found one on which the decoder {error}; export it as JPEG."
                ) from error

    def _ask(self, worker: _Worker, source: bytes) -> Answer:
        try:
            answer = worker.ask(source)
        except BaseException:
            worker.process.kill()
            worker.stop()
            raise
        if worker.photos >= PHOTOS_PER_WORKER:
            worker.stop()
        else:
            with self._lock:
                self._idle.append(worker)
        return answer

    def _take(self) -> _Worker:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.process.poll() is None:
                    return worker
                worker.stop()
        return _Worker.start()

    def close(self) -> None:
        """End all idle workers."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.stop()

    def forget(self) -> None:
        """In a forked copy of the caller: the workers belong to the original, only their sockets are closed."""
        for worker in self._idle:
            worker.channel.close()
            worker.process.returncode = 0  # not this process's child: nothing to wait for
        self.__init__()  # type: ignore[misc]  # fresh locks, whatever their state was at the fork


POOL = Pool()
atexit.register(POOL.close)
os.register_at_fork(after_in_child=POOL.forget)
