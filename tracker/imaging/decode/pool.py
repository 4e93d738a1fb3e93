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
                [sys.executable, "-m", "tracker.imaging.decode.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_environment(),
            )
        return cls(process, ours)

    def ask(self, message: dict[str, Any], source: bytes) -> tuple[dict[str, Any], int | None]:
        file = anonymous_file(0)
        try:
            with os.fdopen(os.dup(file), "wb") as writer:
                writer.write(source)
            os.lseek(file, 0, os.SEEK_SET)
            self.channel.settimeout(WALL_SECONDS)
            send(self.channel, message, file)
            answer = receive(self.channel)
        except TimeoutError as error:
            raise _WorkerLost(f"took longer than {WALL_SECONDS:.0f} s") from error
        except (OSError, ValueError) as error:
            raise _WorkerLost("stopped") from error
        finally:
            os.close(file)
        if answer is None:
            raise _WorkerLost("stopped")
        self.photos += 1
        return answer

    def stop(self) -> None:
        self.channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.2)
            return
        self.process.kill()
        self.process.wait()


def _environment() -> dict[str, str]:
    """The caller's, with the caller's import path and one thread per library."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **one, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}


class Pool:
    """Workers, started when first needed. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(WORKERS)
        self._idle: list[_Worker] = []

    def ask(self, message: dict[str, Any], source: bytes) -> tuple[dict[str, Any], int | None]:
        """One photo through a free worker; raises UnreadablePhoto where the worker did not survive it."""
        with self._slots:
            worker = self._take()
            try:
                answer = worker.ask(message, source)
            except BaseException as error:
                worker.process.kill()
                worker.stop()
                if isinstance(error, _WorkerLost):
                    raise UnreadablePhoto(
                        f"decoding {error} and was ended; the file is damaged or hostile, export it as JPEG again."
                    ) from error
                raise
            self._give_back(worker)
            return answer

    def _take(self) -> _Worker:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.process.poll() is None:
                    return worker
                worker.stop()
        return _Worker.start()

    def _give_back(self, worker: _Worker) -> None:
        if worker.photos >= PHOTOS_PER_WORKER:
            worker.stop()
            return
        with self._lock:
            self._idle.append(worker)

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
