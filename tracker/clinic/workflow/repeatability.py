"""Measuring a kit: photos of unchanged skin, taken in two seatings, to the noise of that set-up."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise

from tracker.clinic.access import Action
from tracker.clinic.jobs import Executor, Progress
from tracker.clinic.types import Kit, KitLabels, scope_sentence
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.faces import landmark_network
from tracker.clinic.workflow.guard import guarded
from tracker.clinic.workflow.repeat_photos import RepeatPhoto, grouped
from tracker.errors import InvalidInput
from tracker.imaging import calibrate, decode, pipeline, regions
from tracker.imaging.change import FEWEST_SUBJECTS, UNJUDGED, Component, RepeatPair, components_of
from tracker.imaging.regions.patch import skin_patch
from tracker.imaging.types import Change, Metric, Photo, Region

FACE = "face"
SCARS = frozenset(metric for metric in Metric if metric.startswith("scar_"))
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class MeasuredKit:
    """What the photos of a set-up say about its noise; not stored yet.

    Parameters
    ----------
    components : tuple of Component
        One per measure, kind of region and colour that at least three subjects repeat.
    measured : date
        Day of the last photo, today where no photo is dated.
    camera : str
        Make and model as the photos name it, empty where they do not.
    apart : int
        Pairs of seatings at least 24 hours apart.
    subjects, photos, pairs : int
        That were compared.
    refused : tuple of str
        Pairs that could not be compared, each with the reason.
    """

    components: tuple[Component, ...] = field(repr=False)
    measured: date
    camera: str
    apart: int
    subjects: int
    photos: int
    pairs: int
    refused: tuple[str, ...]

    @property
    def remark(self) -> str:
        """What the noise does not contain yet, in one sentence."""
        return scope_sentence(self.apart)


@dataclass(frozen=True, slots=True, eq=False)
class RepeatJob:
    """Two photos of one subject for a worker.

    Parameters
    ----------
    first, second : RepeatPhoto
        In the order of their seatings.
    drawn : bool
        Whether somebody drew the subject's region: what is measured of scars means nothing in a disc of plain skin.
    carried : Region or None
        The region in the first photo, where an earlier pair found it again.
    """

    first: RepeatPhoto
    second: RepeatPhoto
    drawn: bool
    carried: Region | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RepeatAnswer:
    """What a worker answers: no pixels."""

    changes: tuple[Change, ...]
    refusal: str
    calibrated: bool
    taken: tuple[datetime | None, datetime | None]
    cameras: tuple[str, str]
    carried: Region | None


def measure_kit(
    photos: Sequence[RepeatPhoto], progress: Progress | None = None, executor: Executor | None = None
) -> MeasuredKit:
    """The noise of a set-up from repeats of unchanged skin; nothing is stored.

    Every photo is compared with every other photo of its subject, as a baseline is with a follow-up. A region drawn
    on the first photo of a subject is carried to the others. Where no region is drawn and there is no face, a disc in
    the middle of the skin stands for a drawn region.

    Parameters
    ----------
    photos : sequence of RepeatPhoto
        At least three subjects in two seatings each; two photos per seating tell photo noise from seating noise.
    progress : callable, optional
        Called after each comparison.
    executor : Executor, optional
        Workers to use; by default a pool of its own.

    Raises
    ------
    InvalidInput
        Too few subjects or seatings, the same file twice, photos of two cameras, or nothing that repeats.
    UnreadablePhoto
        A file that is not a photo.
    """
    groups = grouped(photos)
    firsts = [RepeatJob(group[0], other, group[0].region is not None) for group in groups for other in group[1:]]
    others = [RepeatJob(*two, group[0].region is not None) for group in groups for two in combinations(group[1:], 2)]
    total = len(firsts) + len(others)
    with Executor() if executor is None else nullcontext(executor) as workers:
        answers = _answers(workers, firsts, progress, (0, total))
        carried = {job.second.title: answer.carried for job, answer in answers}
        later = [replace(job, carried=carried[job.first.title]) for job in others]
        answers += _answers(workers, later, progress, (len(firsts), total))
    return _measured(groups, answers)


@guarded(Action.MEASURE_KIT)
def store_kit(clinic: Clinic, measured: MeasuredKit, labels: KitLabels) -> Kit:
    """The kit as stored; a camera that is not named is taken from the photos.

    Raises
    ------
    InvalidInput
        No name, a name that is taken, or another camera than the photos name.
    """
    if labels.camera and measured.camera and labels.camera.casefold() != measured.camera.casefold():
        raise InvalidInput(
            f"Camera: expected {measured.camera} as the photos name it, found {labels.camera}; correct it or leave it "
            "out."
        )
    with clinic.store.write() as records:
        return records.add_kit(
            replace(labels, camera=labels.camera or measured.camera),
            measured.components,
            measured=measured.measured,
            version=pipeline.PIPELINE_VERSION,
            apart=measured.apart,
        )


def _named(reason: str, job: RepeatJob) -> str:
    """The reason with the photos that it is about, where it does not name one itself."""
    titles = job.first.title, job.second.title
    return reason if reason.startswith(titles) else f"{' and '.join(titles)}: {reason}"


def repeat_job(job: RepeatJob) -> RepeatAnswer:
    """One pair compared; runs in a worker."""
    opened = [decode.open_photo(one.source, name=one.title) for one in (job.first, job.second)]
    first, second = (pipeline.prepare(photo) for photo in opened)
    setting = pipeline.Setting(UNJUDGED, landmark_network())
    found = pipeline.analyse(first, second, region=_region(job, first), site=job.first.site, setting=setting)
    drawn = [region for region in found.followup_regions if region.name == regions.DRAWN]
    return RepeatAnswer(
        changes=tuple(change for change in found.changes if job.drawn or change.metric not in SCARS),
        refusal="" if found.refusal is None else _named(found.refusal.reason, job),
        calibrated=calibrate.has_colour(first.calibration) and calibrate.has_colour(second.calibration),
        taken=(first.captured_at, second.captured_at),
        cameras=(first.camera, second.camera),
        carried=drawn[0] if drawn else None,
    )


def _answers(
    workers: Executor, jobs: list[RepeatJob], progress: Progress | None, done: tuple[int, int]
) -> list[tuple[RepeatJob, RepeatAnswer]]:
    """The answers of all jobs; a photo that cannot be read ends it all: the person is there to replace it."""

    def advance(number: int, _: int) -> None:
        if progress is not None:
            progress(done[0] + number, done[1])

    answers = []
    for job, outcome in zip(jobs, workers.map(repeat_job, jobs, progress=advance), strict=True):
        if outcome.value is None:
            raise InvalidInput(f"{job.first.title} and {job.second.title}: {outcome.error}")
        answers.append((job, outcome.value))
    return answers


def _region(job: RepeatJob, photo: Photo) -> Region | None:
    """Where to measure: drawn, carried from the first photo, the regions of a face (None), or a disc of skin."""
    if job.first.region is not None:
        return pipeline.open_region(job.first.region, photo.size)
    if job.carried is not None or job.first.site == FACE:
        return job.carried
    skin = regions.skin_mask(photo)
    if not job.first.site and regions.find_face(photo) is not None:
        return None
    return skin_patch(skin)


def _measured(groups: list[list[RepeatPhoto]], answers: list[tuple[RepeatJob, RepeatAnswer]]) -> MeasuredKit:
    cameras = sorted({name for _, answer in answers for name in answer.cameras if name})
    if len(cameras) > 1:
        raise InvalidInput(
            f"Repeats: expected photos of one camera, found {', '.join(cameras)}; measure a kit for each of them."
        )
    taken = {
        photo.title: when
        for job, answer in answers
        for photo, when in zip((job.first, job.second), answer.taken, strict=True)
    }
    pairs = [
        RepeatPair(
            job.first.subject,
            (job.first.seating, job.second.seating),
            (job.first.title, job.second.title),
            answer.calibrated,
            answer.changes,
        )
        for job, answer in answers
    ]
    components = components_of(pairs)
    refused = tuple(answer.refusal for _, answer in answers if answer.refusal)
    if not components:
        reason = refused[0] if refused else "every measure was withheld"
        raise InvalidInput(
            f"Repeats: expected a measure that {FEWEST_SUBJECTS} subjects repeat, found none ({reason}); "
            "photograph again."
        )
    days = [when.date() for when in taken.values() if when is not None]
    return MeasuredKit(
        components=components,
        measured=max(days, default=date.today()),
        camera=cameras[0] if cameras else "",
        apart=sum(_apart(group, taken) for group in groups),
        subjects=len(groups),
        photos=sum(map(len, groups)),
        pairs=len(pairs),
        refused=refused,
    )


def _apart(group: list[RepeatPhoto], taken: dict[str, datetime | None]) -> int:
    """Pairs of one subject's consecutive seatings that lie at least a day apart, as far as the photos are dated."""
    starts = []
    for seating in dict.fromkeys(photo.seating for photo in group):
        times = [when for photo in group if photo.seating == seating and (when := taken[photo.title]) is not None]
        starts += [min(times)] if times else []
    return sum(later - earlier >= DAY for earlier, later in pairwise(sorted(starts)))
