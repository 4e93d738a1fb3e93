"""Heavy work on many items: a pool of processes here, or a Dask cluster where one machine is too small."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures import Executor as Pool
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from tracker.errors import InvalidInput, StoreUnavailable, TrackerError

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Progress = Callable[[int, int], None]
"""Called with the number done and the number of all."""

LOG = logging.getLogger(__name__)  # standard output belongs to the answers of the command line

CONNECT_TIMEOUT = "10s"
LIMIT_S = 180.0  # a 12-megapixel pair takes a few seconds; ten such jobs on two busy cores stay below
KILLED = "its process was killed, most likely because memory ran out; try fewer workers or a smaller photo"
HUNG = "it was stopped after {limit:.0f} s; try a smaller photo, and report it if that does not help"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Answer]):
    """How one item ended: ``value``, or None and the reason in ``error``."""

    value: Answer | None
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is an answer."""
        return not self.error


class Executor:
    """Runs a function over items, in order, with one thread per worker; may be shared by threads.

    Parameters
    ----------
    workers : int, optional
        Processes; default: one per core.
    scheduler : str, optional
        Address of a Dask scheduler (``tcp://host:8786``); default: ``TRACKER_SCHEDULER`` from the environment, else a
        pool of spawned processes on this machine, started when first needed.
    limit_s : float
        Seconds after which one item is stopped, on this machine.

    Notes
    -----
    Processes are spawned, never forked: a fork after OpenCV or torch has started threads hangs.
    """

    def __init__(self, workers: int | None = None, scheduler: str | None = None, limit_s: float = LIMIT_S) -> None:
        if workers is not None and workers < 1:
            raise InvalidInput(f"workers: expected at least 1, found {workers}; leave it out for one per core.")
        self.workers = workers or os.cpu_count() or 1
        self._named = scheduler
        self.limit_s = limit_s
        self._client: Any = None
        self._pool: Pool | None = None
        self._lock = threading.Lock()

    @property
    def scheduler(self) -> str:
        """Address of the Dask scheduler; empty for a pool on this machine."""
        return self._named or os.environ.get("TRACKER_SCHEDULER", "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the workers; work in flight is dropped."""
        with self._lock:
            if isinstance(self._pool, ProcessPoolExecutor):
                self._pool.shutdown(wait=True, cancel_futures=True)
            elif self._pool is not None:
                self._pool.shutdown(wait=False)  # Dask's takes no more; the client cancels what is left
            self._pool = None
            if self._client is not None:
                self._client.close()
                self._client = None

    def map(
        self, function: Callable[[Item], Answer], items: Iterable[Item], progress: Progress | None = None
    ) -> Iterator[Outcome[Answer]]:
        """One outcome per item, in the order of the items, each as soon as it and all before it are there.

        Parameters
        ----------
        function : callable
            Importable by name (spawned processes cannot see a lambda).
        items : iterable
            Each must pickle. Of a sequence, each item is asked for when its turn comes, so it may be made then.
        progress : callable, optional
            Called in this thread after each item, in order of completion.

        Notes
        -----
        At most two items per worker are in flight, so that results do not pile up. An item that raises, hangs, or whose
        process is killed, gives an outcome with the reason; all others go on.
        """
        return _Run(self, function, items if isinstance(items, Sequence) else list(items), progress).outcomes()

    def submit(self, function: Callable[[Item], Answer], item: Item) -> tuple[Pool, "Future[Answer]"]:
        """The future of one item, and the pool it was given to."""
        while True:
            with self._lock:
                if self._pool is None:
                    self._pool = self._dask() if self.scheduler else local_pool(self.workers)
                pool = self._pool
            try:
                if self.scheduler:
                    return pool, pool.submit(function, item)
                return pool, pool.submit(limited, function, self.limit_s, item)
            except BrokenProcessPool:  # broken by another thread's item since it was last looked at
                self.renew(pool)

    def renew(self, broken: Pool) -> None:
        """Forget a pool that a killed process has broken, unless another thread already did."""
        with self._lock:
            if self._pool is broken:
                broken.shutdown(wait=False)
                self._pool = None

    def _dask(self) -> Pool:
        from distributed import Client  # half a second to import: only where a cluster is used

        try:
            self._client = Client(self.scheduler, timeout=CONNECT_TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError, ValueError) as error:
            raise StoreUnavailable(
                f"{self.scheduler}: expected a Dask scheduler, found none ({error}); start it or leave the address out."
            ) from None
        self.workers = max(1, sum(self._client.nthreads().values()))
        self._client.run(single_thread)
        pool: Pool = self._client.get_executor(pure=False)
        return pool


def local_pool(workers: int) -> Pool:
    """A pool of spawned processes with one thread each."""
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=start_worker)


def start_worker() -> None:
    """One thread for the numerical libraries, and no life beyond that of the process that asked for the work."""
    single_thread()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A server that is killed cannot shut its pool down; its workers would wait for work for ever, 300 MB each.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def single_thread() -> None:
    """One thread for OpenCV and the numerical libraries: under contention more are slower."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    import cv2

    cv2.setNumThreads(1)


def limited(function: Callable[[Item], Answer], limit_s: float, item: Item) -> Answer:
    """The function's answer; the process is ended by the system's alarm where it takes longer, even inside C code."""
    if not hasattr(signal, "setitimer"):  # Windows
        return function(item)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        return function(item)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


class _Run(Generic[Item, Answer]):
    """One call of map."""

    def __init__(
        self, executor: Executor, function: Callable[[Item], Answer], items: Sequence[Item], progress: Progress | None
    ) -> None:
        self.executor, self.function, self.items, self.progress = executor, function, items, progress
        self.done: dict[int, Outcome[Answer]] = {}
        self.in_flight: dict[int, tuple[Item, Pool, Future[Answer]]] = {}
        self.finished = 0

    def outcomes(self) -> Iterator[Outcome[Answer]]:
        """Outcomes in order."""
        queue = iter(range(len(self.items)))
        for wanted in range(len(self.items)):
            while wanted not in self.done:
                self._fill(queue)
                self._collect()
            yield self.done.pop(wanted)

    def _fill(self, queue: Iterator[int]) -> None:
        while len(self.in_flight) + len(self.done) < 2 * self.executor.workers:
            if (index := next(queue, None)) is None:
                return
            try:
                item = self.items[index]
            except TrackerError as error:  # a photo that is missing fails its own item only
                self._finish(index, Outcome(None, str(error)))
            else:
                self.in_flight[index] = (item, *self.executor.submit(self.function, item))

    def _collect(self) -> None:
        """Take what is ready; where a killed process broke the pool, find out whose it was, one item at a time."""
        if not self.in_flight:
            return
        ready, _ = wait([future for *_, future in self.in_flight.values()], return_when=FIRST_COMPLETED)
        suspects = []
        for index, (item, pool, future) in list(self.in_flight.items()):
            if future not in ready:
                continue
            del self.in_flight[index]
            if isinstance(future.exception(), BrokenProcessPool):
                self.executor.renew(pool)
                suspects.append((index, item))
            else:
                self._finish(index, outcome_of(future))
        for index, item in suspects:
            self._finish(index, self._alone(item))

    def _alone(self, item: Item) -> Outcome[Answer]:
        start, limit = time.monotonic(), self.executor.limit_s
        with local_pool(1) as pool:
            outcome = outcome_of(pool.submit(limited, self.function, limit, item))
        if outcome.error == KILLED and time.monotonic() - start >= limit:
            return Outcome(None, HUNG.format(limit=limit))
        return outcome

    def _finish(self, index: int, outcome: Outcome[Answer]) -> None:
        self.done[index] = outcome
        self.finished += 1
        if self.progress is not None:
            self.progress(self.finished, len(self.items))


def outcome_of(future: "Future[Answer]") -> Outcome[Answer]:
    """How a future ended; a mistake of the program is logged with its trace and reported in one line."""
    error = future.exception()
    if error is None:
        return Outcome(future.result())
    if isinstance(error, TrackerError):
        return Outcome(None, str(error))
    if isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker":  # Dask's name for the same
        return Outcome(None, KILLED)
    LOG.error("job failed", exc_info=error)
    return Outcome(None, f"internal error ({type(error).__name__}): {error}; please report it with the log")
