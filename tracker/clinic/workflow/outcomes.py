"""What a protocol achieved: every patient of it, gathered from the store, with the statistics over them."""

import math
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

import numpy as np
import pandas as pd

from tracker.clinic.access import Action
from tracker.clinic.records.store import Records
from tracker.clinic.types import UNDIRECTED_METRICS, FinalOutcome, HealingPhase
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, own_practice
from tracker.clinic.workflow.progress import BASELINE, progress_of
from tracker.clinic.workflow.protocols import Enrolled, Protocol, State, enrolled, state_of
from tracker.clinic.workflow.telling import deciding
from tracker.exports.course import shown_change
from tracker.exports.report import COURSE_COLUMNS, PATIENT_COLUMNS, OutcomeReport
from tracker.exports.table import change_unit
from tracker.imaging.change import LOG_METRICS, mixed
from tracker.imaging.change.multiplicity import quantile
from tracker.imaging.pipeline import PIPELINE_VERSION
from tracker.imaging.types import Metric, Verdict

LAST = "last session that counts"
MONTH_DAYS = 30.44

_SESSION = ("session", "is_baseline", "months", "judged", "error", "df", "outcome", "days", "camera", "value")
_NO_NUMBER = dict.fromkeys(
    ("months", "change", "interval_low", "interval_high", "sdc", "shrunken", "judged", "error"), math.nan
)


@dataclass(frozen=True, slots=True, eq=False)
class _Followed:
    """One patient of the report: state, sessions that count on the judged scale, comparisons withheld and in all."""

    who: Enrolled
    state: State
    sessions: pd.DataFrame
    withheld: tuple[int, int]
    unit: str
    outdated: bool


@guarded(Action.SEE_REPORT)
def outcomes(
    clinic: Clinic, protocol: Protocol, at: FinalOutcome | None = None, today: date | None = None
) -> OutcomeReport:
    """The report on a protocol from what is stored; nothing is measured here.

    Parameters
    ----------
    clinic : Clinic
        Where.
    protocol : Protocol
        Which series belong to it.
    at : FinalOutcome or None
        Which session of each patient gives the patient's change; None for the last one that counts, final or not.
    today : date, optional
        Decides who has dropped out; default: the clinic's today.

    Returns
    -------
    OutcomeReport
        With no patients where nobody followed the protocol. A patient whose measure is followed in several regions or
        views counts with their mean, whose error is taken as that of one of them, since all come from the same photos.
    """
    day = today or date.today()
    with clinic.store.read() as records:
        people, more = enrolled(records, protocol, own_practice(clinic))
        metric = _metric(people, protocol)
        followed = [_follow(records, one, metric, day) for one in people if deciding(one.series) is metric]
    others = len(people) - len(followed)
    unit = change_unit(metric, next((one.unit for one in followed if one.unit), ""))
    patients = pd.DataFrame(
        [_patient(one, metric, at) for one in followed], columns=[*PATIENT_COLUMNS, "judged", "error"]
    )
    patients, remarks = _shrunken(patients, metric)
    remarks += [f"{more} further series of the same patients left out: no independent patients."] if more else []
    remarks += [f"{others} patients whose series declared another measure left out."] if others else []
    old = sum(one.outdated for one in followed)
    remarks += (
        [f"{old} patients were measured by an older version: open their progress to measure again."] if old else []
    )
    course = [_course(one, metric) for one in followed]
    monthly, pooled = _monthly(followed, metric), mixed.mean_change(patients["judged"])
    return OutcomeReport(
        metric=str(metric),
        unit=unit,
        protocol=_words(protocol),
        at=str(at) if at else LAST,
        made=day,
        version=PIPELINE_VERSION,
        patients=patients[list(PATIENT_COLUMNS)],
        course=pd.concat(course, ignore_index=True) if course else pd.DataFrame(columns=list(COURSE_COLUMNS)),
        counts=tuple((str(state), sum(one.state is state for one in followed)) for state in State),
        withheld=(sum(one.withheld[0] for one in followed), sum(one.withheld[1] for one in followed)),
        pooled=_shown(pooled, metric),
        monthly=_shown(monthly, metric),
        responders=_responders(patients, metric),
        # Too few patients are said in the headline already.
        remarks=tuple(dict.fromkeys([*remarks, *([] if math.isnan(monthly.value) else monthly.remarks)])),
    )


def _metric(people: list[Enrolled], protocol: Protocol) -> Metric:
    """The measure that most of the patients' series declared."""
    declared = [deciding(one.series) for one in people]
    return max(declared, key=declared.count) if declared else protocol.indication.primary_metric


def _follow(records: Records, one: Enrolled, metric: Metric, day: date) -> _Followed:
    """What is stored of one patient, measured by this version of the pipeline: versions are never mixed."""
    table = progress_of(records, one.series.id, PIPELINE_VERSION)
    rows = table[table["metric"] == metric]
    compared = rows[rows["verdict"] != BASELINE]
    settled = compared[np.array([HealingPhase(phase).shows(metric) for phase in compared["phase"]], bool)]
    told = settled[settled["in_trend"]]
    photos = {session: records.photos_of(session.id) for session in one.sessions}
    final = [session for session, taken in photos.items() if taken and session.outcome(one.series.plan)]
    outdated = bool(any(photos.values())) and table.empty and not progress_of(records, one.series.id).empty
    units = rows[rows["unit"] != ""]["unit"]
    asked = settled["session"].nunique()
    return _Followed(
        who=one,
        state=state_of(one, bool(final), bool((told["outcome"] != "").any()), day),
        sessions=_sessions(
            rows[rows["in_trend"]], metric, {p.id: p.camera for taken in photos.values() for p in taken}
        ),
        withheld=(asked - told["session"].nunique(), asked),
        unit=str(units.iloc[0]) if len(units) else "",
        outdated=outdated,
    )


def _sessions(rows: pd.DataFrame, metric: Metric, cameras: dict[str, str]) -> pd.DataFrame:
    """One row per session that counts: mean over regions and views, on the scale on which the measure is judged."""
    ratio = metric in LOG_METRICS
    by_session: dict[tuple[int, bool], list[dict[Any, Any]]] = {}
    for row in rows.to_dict("records"):
        row["judged"] = math.log1p(row["change"] / 100) if ratio else row["change"]
        by_session.setdefault((row["session"], row["verdict"] == BASELINE), []).append(row)
    starts = [row["baseline"] for (_, is_baseline), same in by_session.items() if is_baseline for row in same]
    level = fmean(math.log(start) if ratio else start for start in starts) if starts else math.nan
    first = min((row["date"] for same in by_session.values() for row in same), default=None)
    table = [
        {
            "session": session,
            "is_baseline": is_baseline,
            "months": (same[0]["date"] - first).days / MONTH_DAYS,
            "judged": fmean(row["judged"] for row in same),
            "error": fmean(row["standard_error"] for row in same),
            "df": min(row["df"] for row in same),
            "outcome": max(row["outcome"] for row in same),
            "days": same[0]["days_since_needling"],
            "camera": cameras.get(same[0]["photo_id"], ""),
            "value": level + fmean(row["judged"] for row in same),
        }
        for (session, is_baseline), same in by_session.items()
    ]
    return pd.DataFrame(table, columns=list(_SESSION)).astype({"is_baseline": bool, "months": float, "judged": float})


def _patient(one: _Followed, metric: Metric, at: FinalOutcome | None) -> dict[str, object]:
    """The row of one patient; numbers are NaN where the session asked for has none."""
    plan = one.who.series.plan
    planned = plan.planned_sessions or plan.indication.planned_sessions
    row: dict[str, object] = {
        "patient": one.who.patient.code,
        "state": str(one.state),
        "treatments": f"{one.who.treatments} of {planned}",
        "at": "",
        "verdict": "",
        "responder": None,
    }
    counted = one.sessions[~one.sessions["is_baseline"]]
    if at is not None:
        counted = counted[counted["outcome"] == at]
        counted = counted.iloc[(counted["days"] - at.days).abs().argsort(kind="stable")[::-1]]  # nearest comes last
    if counted.empty:
        return row | _NO_NUMBER
    last = counted.iloc[-1]
    half = quantile(float(last["df"])) * last["error"]
    changed = abs(last["judged"]) > half
    shown = [shown_change(metric, v) for v in (last["judged"], last["judged"] - half, last["judged"] + half, half)]
    return row | {
        "at": last["outcome"] or f"session {last['session']}",
        "months": last["months"],
        "change": shown[0],
        "interval_low": shown[1],
        "interval_high": shown[2],
        "sdc": shown[3],
        "verdict": str(Verdict.CHANGED if changed else Verdict.NO_DETECTABLE_CHANGE),
        "shrunken": math.nan,
        "responder": None if metric in UNDIRECTED_METRICS else bool(changed and last["judged"] < 0),
        "judged": last["judged"],
        "error": last["error"],
    }


def _shrunken(patients: pd.DataFrame, metric: Metric) -> tuple[pd.DataFrame, list[str]]:
    """The patients with their changes drawn to the mean, where there are enough of them."""
    known = patients["judged"].notna()
    if known.sum() < mixed.FEWEST_PATIENTS:
        return patients, []
    found = mixed.shrunken(patients.loc[known, "judged"], patients.loc[known, "error"])
    shown = [shown_change(metric, value) for value in found.values]
    filled = patients.assign(shrunken=patients["shrunken"].astype(float))
    filled.loc[known, "shrunken"] = shown
    remark = "The patients do not differ by more than the noise of their measurements." if found.spread == 0 else ""
    return filled, [remark] if remark else []


def _monthly(followed: list[_Followed], metric: Metric) -> mixed.Pooled:
    rows = [one.sessions.assign(patient=one.who.patient.code) for one in followed]
    table = (
        pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["patient", "months", "value", "camera"])
    )
    return mixed.slope(table["patient"], table["months"].astype(float), table["value"].astype(float), table["camera"])


def _course(one: _Followed, metric: Metric) -> pd.DataFrame:
    changes = [shown_change(metric, value) for value in one.sessions["judged"]]
    code = one.who.patient.code
    return pd.DataFrame({"patient": code, "months": one.sessions["months"], "change": changes})[list(COURSE_COLUMNS)]


def _shown(pooled: mixed.Pooled, metric: Metric) -> mixed.Pooled:
    """The same figures as they are shown: in % for ratio measures."""
    low, high = (shown_change(metric, end) for end in pooled.interval)
    value = shown_change(metric, pooled.value)
    return mixed.Pooled(value, (low, high), pooled.patients, pooled.values, pooled.method, pooled.remarks)


def _responders(patients: pd.DataFrame, metric: Metric) -> tuple[int, int] | None:
    known = [value for value in patients["responder"] if value is not None]
    return None if metric in UNDIRECTED_METRICS else (sum(known), len(known))


def _words(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    depth, interval = protocol.depth_mm, protocol.interval_days
    return (
        ("Indication", str(protocol.indication)),
        ("Device", "any" if protocol.device is None else protocol.device or "not written down"),
        ("Needle depth", "any" if depth is None else f"{depth:.1f} mm"),
        ("Planned interval", "any" if interval is None else f"{interval} days"),
    )
