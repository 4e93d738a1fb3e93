"""One pair of photos: what identifies its analysis, the job that a worker does, and the record of how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import overload

from tracker.clinic.records import serial
from tracker.clinic.records.store import Records
from tracker.clinic.types import AnalysisRecord, AnalysisStatus, Kit, PhotoRecord, RegionRole
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.faces import landmark_network, landmark_weights
from tracker.clinic.workflow.kits import kit_for
from tracker.errors import InvalidInput
from tracker.imaging import decode, pipeline
from tracker.imaging.change import NoiseModel
from tracker.imaging.types import Analysis, Drawn, Region


@dataclass(frozen=True, slots=True)
class Plan:
    """An analysis that is wanted, whether it was made before or not.

    Parameters
    ----------
    draft : AnalysisRecord
        With the identity of the analysis, and no answer.
    drawn : tuple of str
        Ids of the regions behind its ``region_digest``: treated area and reference skin in the baseline, correction in
        the follow-up; empty where none was drawn. Regions are never altered, so an id is as good as the region.
    kit : Kit or None
        Whose repeat noise judges it; None for the defaults that ship with the program.
    """

    draft: AnalysisRecord
    drawn: tuple[str, str, str]
    kit: Kit | None = None

    @property
    def corrected(self) -> bool:
        """Whether a person drew the treated area in the follow-up."""
        return bool(self.drawn[2])


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What a worker needs to analyse one pair; no database, no shared disk.

    Parameters
    ----------
    baseline, followup : bytes
        Originals.
    names : tuple of str
        What to call them in messages.
    region : Region or None
        The treated area in the baseline.
    drawn : Drawn
        What else a person drew.
    site : str
        Body site.
    noise : NoiseModel or None
        Of the kit; None for the defaults.
    """

    baseline: bytes = field(repr=False)
    followup: bytes = field(repr=False)
    names: tuple[str, str]
    region: Region | None
    drawn: Drawn
    site: str
    noise: NoiseModel | None


def plan_of(records: Records, baseline: PhotoRecord, followup: PhotoRecord) -> Plan:
    """The analysis of two photos as they stand: with what is drawn on them now, and this version of the pipeline.

    Raises
    ------
    InvalidInput
        Both are the same photo, or of different patients.
    """
    if baseline.id == followup.id:
        raise InvalidInput("Comparison: expected two photos, found the same one twice; choose another.")
    series = [records.series(records.session(photo.session_id).series_id) for photo in (baseline, followup)]
    owners = {one.patient_id for one in series}
    if len(owners) > 1:
        raise InvalidInput("Comparison: expected two photos of one patient, found two patients; choose others.")
    drawn = (
        records.current_drawing(baseline.id),
        records.current_drawing(baseline.id, RegionRole.REFERENCE),
        records.current_drawing(followup.id),
    )
    kit = kit_for(records, series[0].id, [photo.camera for photo in (baseline, followup)])
    treated, reference, correction = ("" if one is None else one.digest for one in drawn)
    draft = AnalysisRecord(
        id="",
        baseline_photo_id=baseline.id,
        followup_photo_id=followup.id,
        baseline_sha256=baseline.sha256,
        followup_sha256=followup.sha256,
        region_digest=serial.drawn_digest(treated, reference, correction),
        version=pipeline.PIPELINE_VERSION,
        weights_hash=landmark_weights(str(series[0].plan.site), drawn=bool(treated)),
        status=AnalysisStatus.FAILED,
        reason="",
        retake="",
        changes=(),
        flags=(),
        created=datetime.now(UTC),
        kit_digest="" if kit is None else kit.digest,
    )
    first, second, third = ("" if one is None else one.id for one in drawn)
    return Plan(draft, (first, second, third), kit)


class Jobs(Sequence[Job]):
    """Jobs that read their photos when their turn comes: 50 pairs of 12 megapixels are 400 MB of files."""

    def __init__(self, clinic: Clinic, plans: Sequence[Plan]) -> None:
        self.clinic, self.plans = clinic, plans

    def __len__(self) -> int:
        return len(self.plans)

    @overload
    def __getitem__(self, index: int) -> Job: ...
    @overload
    def __getitem__(self, index: slice) -> list[Job]: ...
    def __getitem__(self, index: int | slice) -> Job | list[Job]:
        if isinstance(index, slice):
            return [_job(self.clinic, plan) for plan in self.plans[index]]
        return _job(self.clinic, self.plans[index])


def _job(clinic: Clinic, plan: Plan) -> Job:
    draft = plan.draft
    with clinic.store.read() as records:
        photos = records.photo(draft.baseline_photo_id), records.photo(draft.followup_photo_id)
        sessions = [records.session(photo.session_id) for photo in photos]
        site = str(records.series(sessions[0].series_id).plan.site)
        treated, reference, followup = (records.region(one).region if one else None for one in plan.drawn)
    names = [f"{photo.view} photo of {session.date}" for photo, session in zip(photos, sessions, strict=True)]
    originals = [clinic.files.read(photo.sha256) for photo in photos]
    noise = None if plan.kit is None else plan.kit.noise_model()
    return Job(originals[0], originals[1], (names[0], names[1]), treated, Drawn(reference, followup), site, noise)


def analyse_job(job: Job) -> Analysis:
    """The analysis of one pair; runs in a worker."""
    baseline = decode.open_photo(job.baseline, name=job.names[0])
    followup = decode.open_photo(job.followup, name=job.names[1])
    setting = pipeline.Setting(job.noise, landmark_network())
    return pipeline.analyse(baseline, followup, region=job.region, drawn=job.drawn, site=job.site, setting=setting)


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
