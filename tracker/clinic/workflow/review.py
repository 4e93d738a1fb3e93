"""Comparing two photos: analysed once, stored, and read back with everything an overlay needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import overload

from tracker.clinic.jobs import Executor, Outcome, Progress
from tracker.clinic.records.store import Records
from tracker.clinic.types import AnalysisRecord, AnalysisStatus, Moment, PhotoRecord
from tracker.clinic.workflow.clinic import Clinic
from tracker.errors import InvalidInput
from tracker.imaging import decode, pipeline
from tracker.imaging.types import Analysis, Region

WORKERS = Executor()
"""Shared by all threads of this process and started when first needed: a photo that exhausts the memory ends a worker,
not the server."""
NO_WEIGHTS = ""  # no network takes part yet


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A stored analysis.

    Parameters
    ----------
    record : AnalysisRecord
        What is kept: status, reason, changes.
    analysis : Analysis or None
        With alignment and regions, for overlays; None where the analysis failed.
    """

    record: AnalysisRecord
    analysis: Analysis | None


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What a worker needs to analyse one pair; no database, no shared disk.

    Parameters
    ----------
    draft : AnalysisRecord
        The identity of the analysis to make.
    baseline, followup : bytes
        Originals.
    names : tuple of str
        What to call them in messages.
    region : Region or None
        Drawn on the baseline.
    site : str
        Body site.
    """

    draft: AnalysisRecord
    baseline: bytes = field(repr=False)
    followup: bytes = field(repr=False)
    names: tuple[str, str]
    region: Region | None
    site: str


def compare(clinic: Clinic, baseline_photo_id: str, followup_photo_id: str) -> Comparison:
    """The comparison of two photos of one patient; computed on the first call, read from the store afterwards.

    The region is the one drawn last on the baseline photo. The identity is (both SHA-256, region, pipeline version,
    weights hash): the same input gives the same numbers, and calling again is safe. Where the worker failed, the record
    says why, there is no analysis, and the next call tries again.

    Raises
    ------
    NotFound
        No such photo.
    InvalidInput
        Both are the same photo, or of different patients.
    """
    with clinic.store.read() as records:
        draft = _draft(records, baseline_photo_id, followup_photo_id)
        if (found := _stored(records, draft)) is not None:
            return found
    (outcome,) = WORKERS.map(analyse_job, [_job(clinic, draft)])
    return _save(clinic, draft, outcome)


def load_analysis(clinic: Clinic, analysis_id: str) -> Comparison:
    """A stored comparison without computing anything; raises NotFound."""
    with clinic.store.read() as records:
        record = records.analysis(analysis_id)
        return Comparison(record, records.full_analysis(record))


def suggested_pairs(clinic: Clinic, series_id: str) -> list[tuple[PhotoRecord, PhotoRecord]]:
    """(baseline, follow-up) for every photo that has an earlier photo of the same view in the series, by date.

    The baseline of a view is its first photo before needling; photos of the same session and moment are repeats of it
    and are not compared.
    """
    with clinic.store.read() as records:
        return pairs_of(records, series_id)


def pairs_of(records: Records, series_id: str) -> list[tuple[PhotoRecord, PhotoRecord]]:
    """The suggested pairs, inside a transaction."""
    baselines: dict[str, PhotoRecord] = {}
    pairs = []
    for session in records.sessions_of(series_id):
        photos = records.photos_of(session.id)
        for photo in sorted(photos, key=lambda photo: photo.moment is Moment.AFTER):
            baseline = baselines.get(photo.view)
            if baseline is None:
                if photo.moment is Moment.BEFORE:
                    baselines[photo.view] = photo
            elif (baseline.session_id, baseline.moment) != (photo.session_id, photo.moment):
                pairs.append((baseline, photo))
    return pairs


def measure_series(
    clinic: Clinic, series_id: str, progress: Progress | None = None, executor: Executor | None = None
) -> list[Comparison]:
    """All suggested pairs of a series, compared over all cores; those already done with this version are read back.

    After a new pipeline version this re-measures the whole history; the old numbers are kept beside the new ones. A
    pair whose worker was killed is stored as failed with the reason, and is tried again at the next call.

    Parameters
    ----------
    clinic : Clinic
        Where.
    series_id : str
        Which.
    progress : callable, optional
        Called after each comparison that had to be made.
    executor : Executor, optional
        Workers to use; by default those shared by this process.
    """
    with clinic.store.read() as records:
        drafts = [_draft(records, first.id, second.id) for first, second in pairs_of(records, series_id)]
        found = [_stored(records, draft) for draft in drafts]
    missing = [draft for draft, known in zip(drafts, found, strict=True) if known is None]
    fresh: dict[tuple[str, str], Comparison] = {}
    if missing:
        outcomes = (executor or WORKERS).map(analyse_job, _Jobs(clinic, missing), progress)
        for draft, outcome in zip(missing, outcomes, strict=True):
            fresh[draft.baseline_photo_id, draft.followup_photo_id] = _save(clinic, draft, outcome)
    return [
        known if known is not None else fresh[draft.baseline_photo_id, draft.followup_photo_id]
        for draft, known in zip(drafts, found, strict=True)
    ]


def analyse_job(job: Job) -> Analysis:
    """The analysis of one pair; runs in a worker."""
    baseline = decode.open_photo(job.baseline, name=job.names[0])
    followup = decode.open_photo(job.followup, name=job.names[1])
    return pipeline.analyse(baseline, followup, region=job.region, site=job.site)


def _draft(records: Records, baseline_id: str, followup_id: str) -> AnalysisRecord:
    """The identity of a comparison, not yet made."""
    if baseline_id == followup_id:
        raise InvalidInput("Comparison: expected two photos, found the same one twice; choose another.")
    baseline, followup = records.photo(baseline_id), records.photo(followup_id)
    owners = {records.series(records.session(p.session_id).series_id).patient_id for p in (baseline, followup)}
    if len(owners) > 1:
        raise InvalidInput("Comparison: expected two photos of one patient, found two patients; choose others.")
    region = records.current_region(baseline_id)
    return AnalysisRecord(
        id="",
        baseline_photo_id=baseline_id,
        followup_photo_id=followup_id,
        baseline_sha256=baseline.sha256,
        followup_sha256=followup.sha256,
        region_digest="" if region is None else region.digest,
        version=pipeline.PIPELINE_VERSION,
        weights_hash=NO_WEIGHTS,
        status=AnalysisStatus.FAILED,
        reason="",
        retake="",
        changes=(),
        flags=(),
        created=datetime.now(UTC),
    )


def _stored(records: Records, draft: AnalysisRecord) -> Comparison | None:
    found = records.find_analysis(draft)
    if found is None or found.status is AnalysisStatus.FAILED:
        return None
    return Comparison(found, records.full_analysis(found))


def _job(clinic: Clinic, draft: AnalysisRecord) -> Job:
    with clinic.store.read() as records:
        photos = records.photo(draft.baseline_photo_id), records.photo(draft.followup_photo_id)
        sessions = [records.session(photo.session_id) for photo in photos]
        site = str(records.series(sessions[0].series_id).plan.site)
        region = next((r.region for r in records.regions_of(photos[0].id) if r.digest == draft.region_digest), None)
    names = [f"{photo.view} photo of {session.date}" for photo, session in zip(photos, sessions, strict=True)]
    originals = [clinic.files.read(photo.sha256) for photo in photos]
    return Job(draft, originals[0], originals[1], (names[0], names[1]), region, site)


class _Jobs(Sequence[Job]):
    """Jobs that read their photos when their turn comes: 50 pairs of 12 megapixels are 400 MB of files."""

    def __init__(self, clinic: Clinic, drafts: list[AnalysisRecord]) -> None:
        self.clinic, self.drafts = clinic, drafts

    def __len__(self) -> int:
        return len(self.drafts)

    @overload
    def __getitem__(self, index: int) -> Job: ...
    @overload
    def __getitem__(self, index: slice) -> list[Job]: ...
    def __getitem__(self, index: int | slice) -> Job | list[Job]:
        if isinstance(index, slice):
            return [_job(self.clinic, draft) for draft in self.drafts[index]]
        return _job(self.clinic, self.drafts[index])


def _save(clinic: Clinic, draft: AnalysisRecord, outcome: Outcome[Analysis]) -> Comparison:
    analysis = outcome.value
    made = filled(draft, analysis, outcome.error)
    with clinic.store.write() as records:
        record = records.save_analysis(made, analysis)
        # Another process may have been faster: what is stored is what everyone sees.
        return Comparison(record, records.full_analysis(record))


def filled(draft: AnalysisRecord, analysis: Analysis | None, error: str) -> AnalysisRecord:
    """The record of an analysis that ended."""
    if analysis is None:
        return replace(draft, status=AnalysisStatus.FAILED, reason=error)
    refusal = analysis.refusal
    return replace(
        draft,
        status=AnalysisStatus.DONE if refusal is None else AnalysisStatus.REFUSED,
        reason="" if refusal is None else refusal.reason,
        retake="" if refusal is None else refusal.retake,
        changes=analysis.changes,
        flags=analysis.flags,
    )
