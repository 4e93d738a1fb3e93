"""What networks see in a photo: looked for in a worker, stored once, and never waited for by a page."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tracker.clinic.access import Action
from tracker.clinic.jobs import Executor
from tracker.clinic.types import AnalysisStatus, Kind, Seen, SightingKind, SightingRecord
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.clinic.workflow.prompts import Prompt, prompt_of
from tracker.clinic.workflow.review import WORKERS
from tracker.clinic.workflow.sight import COLOURS, SightJob, see_job
from tracker.imaging import networks, pipeline

AT_ONCE = 2
"""Threads that wait for workers: a comparison has two photos, and each waits for a process of its own."""
NOTHING = Seen()


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Something to be looked for in a photo, whether it was before or not.

    Parameters
    ----------
    draft : SightingRecord
        With the identity, and no answer.
    network : str
        Name of the network that looks, or ``"colours"``.
    prompt : Prompt or None
        Where an outline is looked for; None for a face.
    """

    draft: SightingRecord
    network: str
    prompt: Prompt | None = field(default=None, repr=False)


def face_of(photo_id: str) -> Wanted | None:
    """The landmarks of a photo; None where the extra ``networks`` is not installed."""
    name = networks.FACE_LANDMARKS
    return _wanted(photo_id, SightingKind.FACE, name) if ships(name) else None


@guarded(Action.COMPARE, photo_id=Kind.PHOTO)
def outline_of(clinic: Clinic, photo_id: str) -> Wanted | None:
    """The outline of a photo's scar, prompted by that of the session before; None where nothing is drawn yet.

    Raises
    ------
    NotFound
        No such photo.
    """
    with clinic.store.read() as records:
        prompt = prompt_of(records, records.photo(photo_id))
    return None if prompt is None else outline_in(photo_id, prompt)


def outline_in(photo_id: str, prompt: Prompt) -> Wanted:
    """The outline of a photo's scar that a prompt points at."""
    name = networks.OUTLINE if ships(networks.OUTLINE) else COLOURS
    return _wanted(photo_id, SightingKind.OUTLINE, name, prompt)


def ships(name: str) -> bool:
    """Whether a network can be used here: the extra is installed and its weights are registered."""
    return networks.installed() and set(networks.weights_hash(name)) != {"0"}


def look(clinic: Clinic, wanted: Wanted, executor: Executor | None = None) -> SightingRecord:
    """What is seen, read from the store or looked for now; a worker that fails is stored with the reason.

    Raises
    ------
    StoreUnavailable
        The photo or the store cannot be read.
    """
    found = stored(clinic, wanted)
    if found is not None and found.status is not AnalysisStatus.FAILED:
        return found
    (outcome,) = (executor or WORKERS).map(see_job, [_job(clinic, wanted)])
    seen = outcome.value if outcome.value is not None else Seen(proposer=wanted.network, reason=outcome.error)
    status = AnalysisStatus.REFUSED if seen.reason else AnalysisStatus.DONE
    draft = replace(wanted.draft, seen=seen, status=status if outcome.ok else AnalysisStatus.FAILED)
    with clinic.store.write() as records:
        return records.save_sighting(draft)


def stored(clinic: Clinic, wanted: Wanted) -> SightingRecord | None:
    """What is stored of it."""
    with clinic.store.read() as records:
        return records.find_sighting(wanted.draft)


class Glances:
    """Looks in the background, so that a page can ask again and again without waiting."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sight")
        self._running: dict[tuple[str, ...], Future[SightingRecord]] = {}
        self._lock = threading.Lock()

    def at(self, clinic: Clinic, wanted: Wanted, executor: Executor | None = None) -> SightingRecord | None:
        """What is stored; None while it is looked for, which the first call starts.

        Raises
        ------
        TrackerError
            Looking for it failed in a way that could not be stored; :meth:`again` tries again.
        """
        with self._lock:
            running = self._running.get(_key(clinic, wanted))
        if running is not None and not running.done():
            return None
        if running is not None:
            seen = running.result()
            with self._lock:
                self._running.pop(_key(clinic, wanted), None)
            return seen
        found = stored(clinic, wanted)
        if found is None:
            self.again(clinic, wanted, executor)
        return found

    def again(self, clinic: Clinic, wanted: Wanted, executor: Executor | None = None) -> None:
        """Start to look, where that failed before or was never done; nothing while it goes on."""
        with self._lock:
            running = self._running.get(_key(clinic, wanted))
            if running is None or running.done():
                self._running[_key(clinic, wanted)] = self._pool.submit(look, clinic, wanted, executor)

    def settle(self) -> None:
        """Wait for everything that was started; before the store is closed."""
        with self._lock:
            running, self._running = list(self._running.values()), {}
        for one in running:
            one.cancel()
            if not one.cancelled():
                one.exception()


GLANCES = Glances()
"""Shared by all threads of this process."""


def _key(clinic: Clinic, wanted: Wanted) -> tuple[str, ...]:
    draft = wanted.draft
    return str(clinic.home), draft.photo_id, draft.kind, draft.prompt_digest, draft.version, draft.weights_hash


def _wanted(photo_id: str, kind: SightingKind, network: str, prompt: Prompt | None = None) -> Wanted:
    draft = SightingRecord(
        id="",
        photo_id=photo_id,
        kind=kind,
        prompt_digest="" if prompt is None else prompt.digest,
        version=pipeline.PIPELINE_VERSION,
        weights_hash="" if network == COLOURS else networks.weights_hash(network),
        prompt_id="" if prompt is None else prompt.region_id,
        status=AnalysisStatus.FAILED,
        seen=NOTHING,
        created=datetime.now(UTC),
    )
    return Wanted(draft, network, prompt)


def _job(clinic: Clinic, wanted: Wanted) -> SightJob:
    prompt, earlier = wanted.prompt, None
    with clinic.store.read() as records:
        photo = records.photo(wanted.draft.photo_id)
        name = f"{photo.view} photo of {records.session(photo.session_id).date}"
    if prompt is not None and prompt.earlier is not None:
        earlier = clinic.files.read(prompt.earlier.sha256)
    region = None if prompt is None else prompt.region
    return SightJob(wanted.draft.kind, wanted.network, clinic.files.read(photo.sha256), name, region, earlier)
