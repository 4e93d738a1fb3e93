"""Comparing photos and visits: analysed once, stored, and read back with everything an overlay needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracker.clinic.access import Action, may_at_all
from tracker.clinic.jobs import Executor, Outcome, Progress
from tracker.clinic.records.gathered import Gathered
from tracker.clinic.records.store import Records
from tracker.clinic.types import AnalysisRecord, AnalysisStatus, Kind, PhotoRecord
from tracker.clinic.workflow.bursts import Visits, bursts_of, visits_between, visits_of
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.compared import Comparison, Packed
from tracker.clinic.workflow.guard import guarded
from tracker.clinic.workflow.pairs import Jobs, Plan, analyse_job, filled, plan_of
from tracker.imaging import change, pipeline
from tracker.imaging.types import Analysis, Change, Metric

WORKERS = Executor()
"""Shared by all threads of this process and started when first needed: a photo that exhausts the memory ends a worker,
not the server."""
DEFAULT_NOISE = "default noise, not measured with this room, camera and lamp"


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the store holds of two visits, without pictures.

    Parameters
    ----------
    first, second : PhotoRecord
        The photos that stand for the two visits.
    record : AnalysisRecord
        As in :class:`tracker.clinic.workflow.compared.Comparison`.
    photos : int
        Later photos behind it.
    """

    first: PhotoRecord
    second: PhotoRecord
    record: AnalysisRecord
    photos: int


@guarded(Action.COMPARE, baseline_photo_id=Kind.PHOTO, followup_photo_id=Kind.PHOTO)
def compare(clinic: Clinic, baseline_photo_id: str, followup_photo_id: str) -> Comparison:
    """The comparison of two photos of one patient; computed on the first call, read from the store afterwards.

    What counts is what was drawn last: treated area and reference skin on the baseline photo, the correction on the
    follow-up. The identity is (both SHA-256, all that is drawn, pipeline version, weights hash, kit): the same input
    gives the same numbers, and calling again is safe. Where the worker failed, the record says why, there is no
    analysis, and the next call tries again.

    Raises
    ------
    NotFound
        No such photo.
    InvalidInput
        Both are the same photo, or of different patients.
    """
    with clinic.store.read() as records:
        plan = plan_of(records, records.photo(baseline_photo_id), records.photo(followup_photo_id))
    return _measured(clinic, [plan])[0]


@guarded(Action.COMPARE, baseline_photo_id=Kind.PHOTO, followup_photo_id=Kind.PHOTO)
def compare_visits(clinic: Clinic, baseline_photo_id: str, followup_photo_id: str) -> Comparison:
    """The comparison of the two visits that two photos belong to: the mean over all photos of the same view and moment.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`compare`.
    """
    with clinic.store.read() as records:
        held = _around(records, baseline_photo_id, followup_photo_id)
        visits = visits_between(held, baseline_photo_id, followup_photo_id)
        plans = _plans(held, visits)
    return _combined(visits, plans, _measured(clinic, plans))


@guarded(Action.SEE_COMPARISON, analysis_id=Kind.ANALYSIS)
def load_analysis(clinic: Clinic, analysis_id: str) -> Comparison:
    """The stored comparison of one pair without computing anything; raises NotFound.

    Who may not compare gets what its pictures need, without a number: those are released one by one.
    """
    with clinic.store.read() as records:
        record = records.analysis(analysis_id)
        return _seen(clinic, Comparison(record, Packed(clinic, record)))


@guarded(Action.SEE_COMPARISON, analysis_id=Kind.ANALYSIS)
def load_visits(clinic: Clinic, analysis_id: str) -> Comparison:
    """The comparison of the visits that a stored pair belongs to, without computing anything.

    The pair alone where the others are not measured, or something was drawn since.

    Raises
    ------
    NotFound
        No such analysis.
    """
    with clinic.store.read() as records:
        record = records.analysis(analysis_id)
        held = _around(records, record.baseline_photo_id, record.followup_photo_id)
        visits = visits_between(held, record.baseline_photo_id, record.followup_photo_id)
        plans = _plans(held, visits)
        known = [one for one in _stored(clinic, records, plans) if one is not None]
        if len(known) < len(plans) or analysis_id not in {one.record.id for one in known}:
            return _seen(clinic, Comparison(record, Packed(clinic, record)))
        return _seen(clinic, _combined(visits, plans, known))


def _seen(clinic: Clinic, whole: Comparison) -> Comparison:
    if may_at_all(clinic.actor, Action.COMPARE):
        return whole
    return Comparison(replace(whole.record, changes=(), flags=()), Packed(clinic, whole.record, bare=True))


@guarded(Action.SEE_RECORD, series_id=Kind.SERIES)
def suggested_pairs(clinic: Clinic, series_id: str) -> list[tuple[PhotoRecord, PhotoRecord]]:
    """(baseline, follow-up) for every analysis that a series needs: see :class:`Visits`; each once, by date."""
    with clinic.store.read() as records:
        held = Gathered(records, [series_id])
        return list(dict.fromkeys(pair for visits in visits_of(held, series_id) for pair in visits.pairs))


@guarded(Action.SEE_RECORD, session_id=Kind.SESSION)
def leads(clinic: Clinic, session_id: str) -> list[PhotoRecord]:
    """The photo that stands for each view and moment of a session."""
    with clinic.store.read() as records:
        return [burst.lead for burst in bursts_of(records, session_id)]


@guarded(Action.SEE_RECORD, series_id=Kind.SERIES)
def leads_of(clinic: Clinic, series_id: str) -> dict[str, list[PhotoRecord]]:
    """The photos that stand for each view and moment, by the id of every session of a series, in their order."""
    with clinic.store.read() as records:
        held = Gathered(records, [series_id])
        return {one.id: [burst.lead for burst in bursts_of(held, one.id)] for one in held.sessions_of(series_id)}


def noise_source(clinic: Clinic, record: AnalysisRecord) -> str:
    """Whose repeat noise judged a comparison, in words: a kit with its date, or the defaults."""
    if not record.kit_digest:
        return DEFAULT_NOISE
    with clinic.store.read() as records:
        named = {kit.digest: kit.source for kit in records.kits()}
    return f"noise of {named.get(record.kit_digest, 'a kit that was removed since')}"


@guarded(Action.COMPARE, series_id=Kind.SERIES)
def measure_series(
    clinic: Clinic, series_id: str, progress: Progress | None = None, executor: Executor | None = None
) -> list[Comparison]:
    """All visits of a series against their baselines, over all cores; pairs already done are read back.

    After a new pipeline version this re-measures the whole history; the old numbers are kept beside the new ones. A
    pair whose worker was killed is stored as failed with the reason, and is tried again at the next call.

    Parameters
    ----------
    clinic : Clinic
        Where.
    series_id : str
        Which.
    progress : callable, optional
        Called after each pair that had to be analysed.
    executor : Executor, optional
        Workers to use; by default those shared by this process.
    """
    with clinic.store.read() as records:
        held = Gathered(records, [series_id])
        wanted = [(visits, _plans(held, visits)) for visits in visits_of(held, series_id)]
    once = {_key(plan): plan for _, plans in wanted for plan in plans}
    made = _measured(clinic, list(once.values()), progress, executor)
    found = dict(zip(once, made, strict=True))
    return [_combined(visits, plans, [found[_key(plan)] for plan in plans]) for visits, plans in wanted]


def stored_answers(records: Records, series_id: str, version: str = "") -> list[Answer]:
    """What the store holds of a series as it is drawn and judged now; visits that lack a pair are left out.

    Parameters
    ----------
    records : Records
        Inside a transaction.
    series_id : str
        Which.
    version : str
        Of the pipeline; default: the current one, or the newest stored where nothing was measured with it yet.
        Versions are never mixed.
    """
    records = records if isinstance(records, Gathered) else Gathered(records, [series_id])
    wanted = [(visits, _plans(records, visits)) for visits in visits_of(records, series_id)]
    kits = {_key(plan): plan.draft.kit_digest for _, plans in wanted for plan in plans}
    stored = [record for record in records.analyses_of(series_id) if _drawn_pair(record) in kits]
    version = version or _version(stored)
    # A kit belongs to one version of the pipeline: what an older one measured was judged by a kit of its own.
    current = version == pipeline.PIPELINE_VERSION
    found = {
        _drawn_pair(record): Comparison(record, None)
        for record in stored
        if record.version == version and (not current or record.kit_digest == kits[_drawn_pair(record)])
    }
    answers = []
    for visits, plans in wanted:
        known = [found[_key(plan)] for plan in plans if _key(plan) in found]
        if len(known) == len(plans):
            record = _combined(visits, plans, known).record
            answers.append(Answer(visits.baseline.lead, visits.followup.lead, record, len(visits.later)))
    return answers


def _version(stored: Sequence[AnalysisRecord]) -> str:
    """The current version where anything was measured with it, else that of the newest analysis."""
    versions = [record.version for record in stored]
    return versions[-1] if versions and pipeline.PIPELINE_VERSION not in versions else pipeline.PIPELINE_VERSION


def _around(records: Records, *photo_ids: str) -> Records:
    """The records with everything at hand of the series that some photos belong to."""
    sessions = dict.fromkeys(records.photo(one).session_id for one in photo_ids)
    return Gathered(records, [records.session(one).series_id for one in sessions])


def _plans(records: Records, visits: Visits) -> list[Plan]:
    return [plan_of(records, *pair) for pair in visits.pairs]


def _drawn_pair(record: AnalysisRecord) -> tuple[str, str, str]:
    """What tells the pairs of one series apart, as they are drawn on."""
    return record.baseline_photo_id, record.followup_photo_id, record.region_digest


def _key(plan: Plan) -> tuple[str, str, str]:
    return _drawn_pair(plan.draft)


def _measured(
    clinic: Clinic, plans: Sequence[Plan], progress: Progress | None = None, executor: Executor | None = None
) -> list[Comparison]:
    """Every planned analysis: read from the store, or made and stored."""
    with clinic.store.read() as records:
        found = _stored(clinic, records, plans)
    missing = [plan for plan, known in zip(plans, found, strict=True) if known is None or _failed(known)]
    fresh: dict[tuple[str, str, str], Comparison] = {}
    if missing:
        outcomes = (executor or WORKERS).map(analyse_job, Jobs(clinic, missing), progress)
        for plan, outcome in zip(missing, outcomes, strict=True):
            fresh[_key(plan)] = _save(clinic, plan, outcome)
    known = zip(plans, found, strict=True)
    return [fresh[_key(plan)] if one is None or _failed(one) else one for plan, one in known]


def _failed(known: Comparison) -> bool:
    return known.record.status is AnalysisStatus.FAILED


def _stored(clinic: Clinic, records: Records, plans: Sequence[Plan]) -> list[Comparison | None]:
    found = records.find_analyses([plan.draft for plan in plans])
    return [None if one is None else Comparison(one, Packed(clinic, one)) for one in found]


def _save(clinic: Clinic, plan: Plan, outcome: Outcome[Analysis]) -> Comparison:
    made = filled(plan.draft, outcome.value, outcome.error)
    with clinic.store.write() as records:
        record = records.save_analysis(made, outcome.value)
    # Another process may have been faster: what is stored is what everyone sees.
    return Comparison(record, Packed(clinic, record))


def _combined(visits: Visits, plans: Sequence[Plan], made: Sequence[Comparison]) -> Comparison:
    """The mean of all pairs of two visits; a single pair as it is."""
    if len(made) == 1:
        return made[0]
    count = len(visits.later)
    corrected = any(plan.corrected for plan in plans[:count])
    later = [_counted(plan, one.record.changes, corrected) for plan, one in zip(plans, made, strict=True)][:count]
    kits = {plan.draft.kit_digest: plan.kit for plan in plans}
    kit = plans[0].kit if len(kits) == 1 else None  # what two kits share nobody has measured
    shares = {} if kit is None else kit.photo_shares()
    averaged = tuple(change.average_bursts(later, [one.record.changes for one in made[count:]], shares))
    shown = next((one for one in made[:count] if one.record.status is AnalysisStatus.DONE), made[0])
    record = replace(shown.record, changes=tuple(one.change for one in averaged))
    return Comparison(record, shown.packed, tuple(made[:count]), averaged)


def _counted(plan: Plan, changes: Sequence[Change], corrected: bool) -> list[Change]:
    """The changes that count: where a person drew the scar in some later photo, no proposal outvotes the drawing."""
    return [one for one in changes if plan.corrected or not corrected or one.metric is not Metric.SCAR_AREA]
