"""What the patient may see: released by a clinician photo by photo and number by number, and withdrawn likewise."""

from dataclasses import dataclass, field
from datetime import date

from tracker.clinic.access import Action
from tracker.clinic.records.gathered import Gathered
from tracker.clinic.records.store import Records
from tracker.clinic.types import AnalysisStatus, Kind, PhotoRecord, Series, Session
from tracker.clinic.types.review import Release
from tracker.clinic.workflow import review
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import elevated, guarded
from tracker.clinic.workflow.telling import told
from tracker.errors import InvalidInput
from tracker.imaging.types import Change, Metric


@dataclass(frozen=True, slots=True)
class ReleasedPhoto:
    """A photo that the patient may see, with its session."""

    photo: PhotoRecord
    session: Session
    series: Series

    @property
    def day(self) -> date:
        """When it was taken."""
        return self.session.date


@dataclass(frozen=True, slots=True)
class ReleasedPair:
    """A comparison of which both photos are released.

    Parameters
    ----------
    analysis_id : str
        For its pictures.
    before, after : ReleasedPhoto
        By the order of the comparison.
    aligned : bool
        Whether both pictures lie in one frame; without it they can only be shown side by side.
    """

    analysis_id: str
    before: ReleasedPhoto
    after: ReleasedPhoto
    aligned: bool


@dataclass(frozen=True, slots=True)
class ReleasedChange:
    """A number that the patient may see, as it was told when it was released.

    Parameters
    ----------
    release : Release
        Who let it be seen, and when.
    series : Series
        Whose measure decides.
    days : tuple of date
        Of the earlier and the later photo.
    change : Change
        Withheld where it could not be judged: then it holds the reason and no number.
    outdated : bool
        Whether the same photos were measured again since.
    """

    release: Release
    series: Series
    days: tuple[date, date]
    change: Change
    outdated: bool = False

    @property
    def analysis_id(self) -> str:
        """The comparison it belongs to."""
        return self.release.analysis_id

    @property
    def metric(self) -> Metric:
        """What."""
        return self.change.metric

    @property
    def region(self) -> str:
        """Where on the skin."""
        return self.change.region

    @property
    def day(self) -> date:
        """When the later photo was taken."""
        return self.days[1]


@dataclass(frozen=True, slots=True)
class Released:
    """Everything that is released to a patient at this moment, each by date.

    ``photos`` and ``pairs`` are about pictures, ``changes`` about numbers; each is released by itself.
    """

    photos: tuple[ReleasedPhoto, ...] = ()
    pairs: tuple[ReleasedPair, ...] = ()
    changes: tuple[ReleasedChange, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingNumber:
    """A number that the program tells and that nobody has released."""

    analysis_id: str
    series: Series
    day: date
    change: Change


@dataclass(frozen=True, slots=True)
class Releasable:
    """What is released of a patient's record and what waits."""

    released: Released
    photos: tuple[ReleasedPhoto, ...] = field(default=())
    numbers: tuple[WaitingNumber, ...] = field(default=())


@guarded(Action.RELEASE, photo_id=Kind.PHOTO)
def release_photo(clinic: Clinic, photo_id: str) -> Release:
    """The release of a photo; one that is released already stays as it is."""
    with clinic.store.write() as records:
        patient_id = _patient_of(records, photo_id)
        for one in records.releases_of(patient_id):
            if one.photo_id == photo_id:
                return one
        return records.add_release(patient_id, clinic.actor.user_id, {"photo_id": photo_id}, None)


@guarded(Action.RELEASE, photo_id=Kind.PHOTO)
def withdraw_photo(clinic: Clinic, photo_id: str) -> None:
    """The patient sees the photo no more, nor any comparison with it; the release stays on record."""
    with clinic.store.write() as records:
        found = records.releases_of(_patient_of(records, photo_id))
        records.withdraw_releases([one.id for one in found if one.photo_id == photo_id], clinic.actor.user_id)


@guarded(Action.RELEASE, analysis_id=Kind.ANALYSIS)
def release_number(clinic: Clinic, analysis_id: str, metric: Metric, region: str) -> Release:
    """The release of one number of a comparison, as the page tells it at this moment.

    It takes the place of an earlier release of the same number of the same two photos.

    Parameters
    ----------
    clinic : Clinic
        Where, and who.
    analysis_id : str
        The comparison; where a visit has several photos, the number is the mean over them, as on the page.
    metric, region
        Which number. One that is withheld may be released too: then the patient reads why.

    Raises
    ------
    NotFound
        No such comparison.
    InvalidInput
        The comparison tells no such number in its series.
    """
    record = review.load_visits(elevated(clinic), analysis_id).record
    with clinic.store.write() as records:
        pair = record.baseline_photo_id, record.followup_photo_id
        series = records.series(records.session(records.photo(pair[0]).session_id).series_id)
        changes = [one for one in told(record.changes, series) if (one.metric, one.region) == (metric, region)]
        if not changes:
            raise InvalidInput(
                f"Release: expected a number that this comparison tells, found none of {metric.replace('_', ' ')} "
                f"({region.replace('_', ' ')}); choose one from the table of changes."
            )
        known = [one for one in records.releases_of(series.patient_id) if _same_number(records, one, pair, changes[0])]
        if [one for one in known if one.analysis_id == analysis_id and one.change == changes[0]]:
            return known[-1]
        records.withdraw_releases([one.id for one in known], clinic.actor.user_id)
        about = {"analysis_id": analysis_id, "metric": metric, "region": region}
        return records.add_release(series.patient_id, clinic.actor.user_id, about, changes[0])


@guarded(Action.RELEASE, analysis_id=Kind.ANALYSIS)
def withdraw_number(clinic: Clinic, analysis_id: str, metric: Metric, region: str) -> None:
    """The patient sees the number no more; the release stays on record."""
    with clinic.store.write() as records:
        record = records.analysis(analysis_id)
        found = records.releases_of(_patient_of(records, record.baseline_photo_id))
        mine = [one.id for one in found if (one.analysis_id, one.metric, one.region) == (analysis_id, metric, region)]
        records.withdraw_releases(mine, clinic.actor.user_id)


@guarded(Action.RELEASE, patient_id=Kind.PATIENT)
def releasable(clinic: Clinic, patient_id: str) -> Releasable:
    """What is released to a patient and what waits: photos, and the numbers that each series tells at this moment."""
    with clinic.store.read() as asked:
        records = Gathered(asked, [series.id for series in asked.series_of(patient_id)])
        everything = _photos_of(records, patient_id)
        released = _released(records, patient_id, everything)
        seen = {one.photo.id for one in released.photos}
        known = {(one.analysis_id, one.metric, one.region) for one in released.changes}
        numbers = [
            WaitingNumber(answer.record.id, series, everything[answer.second.id].day, change)
            for series in records.series_of(patient_id)
            for answer in review.stored_answers(records, series.id)
            for change in told(answer.record.changes, series)
            if (answer.record.id, change.metric, change.region) not in known
        ]
        waiting = tuple(one for one in everything.values() if one.photo.id not in seen)
        return Releasable(released, waiting, tuple(numbers))


@guarded(Action.SEE_OWN, patient_id=Kind.PATIENT)
def released_of(clinic: Clinic, patient_id: str) -> Released:
    """Everything that is released to a patient, and nothing else; raises NotFound."""
    with clinic.store.read() as asked:
        records = Gathered(asked, [series.id for series in asked.series_of(patient_id)])
        return _released(records, patient_id, _photos_of(records, patient_id))


def _patient_of(records: Records, photo_id: str) -> str:
    return records.series(records.session(records.photo(photo_id).session_id).series_id).patient_id


def _same_number(records: Records, one: Release, pair: tuple[str, str], change: Change) -> bool:
    if (one.metric, one.region) != (change.metric, change.region):
        return False
    record = records.analysis(one.analysis_id)
    return (record.baseline_photo_id, record.followup_photo_id) == pair


def _photos_of(records: Records, patient_id: str) -> dict[str, ReleasedPhoto]:
    """Every photo of a patient by date, released or not, by id."""
    found = [
        ReleasedPhoto(photo, session, series)
        for series in records.series_of(patient_id)
        for session in records.sessions_of(series.id)
        for photo in records.photos_of(session.id)
    ]
    return {one.photo.id: one for one in sorted(found, key=lambda one: one.day)}


def _released(records: Records, patient_id: str, everything: dict[str, ReleasedPhoto]) -> Released:
    releases = records.releases_of(patient_id)
    ids = {one.photo_id for one in releases if one.photo_id}
    photos = {photo_id: one for photo_id, one in everything.items() if photo_id in ids}
    compared = records.comparisons_between(list(photos))
    pairs = [
        ReleasedPair(analysis_id, photos[first], photos[second], status is AnalysisStatus.DONE)
        for (first, second), (analysis_id, status) in compared.items()
        if photos[first].session.id != photos[second].session.id
    ]
    changes = [_number(records, one, everything) for one in releases if one.change is not None]
    return Released(
        tuple(photos.values()),
        tuple(sorted(pairs, key=lambda one: (one.after.day, one.before.day))),
        tuple(sorted(changes, key=lambda one: one.days[::-1])),
    )


def _number(records: Records, release: Release, everything: dict[str, ReleasedPhoto]) -> ReleasedChange:
    record = records.analysis(release.analysis_id)
    first, second = (everything[one] for one in (record.baseline_photo_id, record.followup_photo_id))
    newest = records.newest_analysis_id(record.baseline_photo_id, record.followup_photo_id)
    assert release.change is not None
    days = first.day, second.day
    return ReleasedChange(release, second.series, days, release.change, newest != release.analysis_id)
