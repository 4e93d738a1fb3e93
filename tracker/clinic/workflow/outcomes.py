"""What a protocol achieved: every patient of it, gathered from the store, with the statistics over them."""

import math
from collections import Counter
from datetime import date

import pandas as pd

from tracker.clinic.access import Action
from tracker.clinic.types import UNDIRECTED_METRICS, FinalOutcome, Gais
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.followed import Followed, follow
from tracker.clinic.workflow.guard import guarded, own_practice
from tracker.clinic.workflow.kept import Kept
from tracker.clinic.workflow.protocols import Enrolled, Protocol, State, enrolled
from tracker.clinic.workflow.telling import deciding
from tracker.exports.course import shown_change
from tracker.exports.report import COURSE_COLUMNS, PATIENT_COLUMNS, OutcomeReport
from tracker.exports.table import change_unit
from tracker.imaging.change import mixed
from tracker.imaging.change.multiplicity import quantile
from tracker.imaging.pipeline import PIPELINE_VERSION
from tracker.imaging.types import Metric, Verdict

LAST = "last session that counts"
ALL_CLINICS = "all of this installation"
"""Whose patients a report of the operator counts."""
_NO_NUMBER = dict.fromkeys(
    ("months", "change", "interval_low", "interval_high", "sdc", "shrunken", "judged", "error"), math.nan
)


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
    return REPORTS.of(clinic, (protocol, at, day, PIPELINE_VERSION), lambda: _made(clinic, protocol, at, day))


REPORTS: Kept[OutcomeReport] = Kept(16)
"""A report on 300 patients takes a second to gather and 0.2 MB to keep."""


def _made(clinic: Clinic, protocol: Protocol, at: FinalOutcome | None, day: date) -> OutcomeReport:
    with clinic.store.read() as records:
        practice_id = own_practice(clinic)
        clinic_name = records.practice(practice_id).name if practice_id else ALL_CLINICS
        people, more, known = enrolled(records, protocol, practice_id)
        metric = _metric(people, protocol)
        followed = [follow(known, one, metric, day) for one in people if deciding(one.series) is metric]
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
    monthly, pooled = _monthly(followed, metric), mixed.mean_change(patients["judged"])
    return OutcomeReport(
        metric=str(metric),
        unit=unit,
        protocol=(*_words(protocol), ("Clinic", clinic_name)),
        at=str(at) if at else LAST,
        made=day,
        version=PIPELINE_VERSION,
        patients=patients[list(PATIENT_COLUMNS)],
        course=_course(followed, metric),
        counts=tuple((str(state), sum(one.state is state for one in followed)) for state in State),
        withheld=(sum(one.withheld[0] for one in followed), sum(one.withheld[1] for one in followed)),
        pooled=_shown(pooled, metric),
        monthly=_shown(monthly, metric),
        responders=_responders(patients, metric),
        satisfaction=_satisfaction(followed),
        # Too few patients are said in the headline already.
        remarks=tuple(dict.fromkeys([*remarks, *([] if math.isnan(monthly.value) else monthly.remarks)])),
    )


def _metric(people: list[Enrolled], protocol: Protocol) -> Metric:
    """The measure that most of the patients' series declared."""
    declared = [deciding(one.series) for one in people]
    return max(declared, key=declared.count) if declared else protocol.indication.primary_metric


def _patient(one: Followed, metric: Metric, at: FinalOutcome | None) -> dict[str, object]:
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
        "satisfaction": "" if one.satisfaction is None else str(one.satisfaction),
    }
    counted = [session for session in one.sessions if not session["is_baseline"]]
    if at is not None:
        counted = [session for session in counted if session["outcome"] == at]
        counted.sort(key=lambda session: abs(session["days"] - at.days), reverse=True)  # the nearest comes last
    if not counted:
        return row | _NO_NUMBER
    last = counted[-1]
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


def _monthly(followed: list[Followed], metric: Metric) -> mixed.Pooled:
    rows = [session | {"patient": one.who.patient.code} for one in followed for session in one.sessions]
    table = pd.DataFrame(rows, columns=["patient", "months", "value", "camera"])
    return mixed.slope(table["patient"], table["months"].astype(float), table["value"].astype(float), table["camera"])


def _course(followed: list[Followed], metric: Metric) -> pd.DataFrame:
    rows = [
        (one.who.patient.code, session["months"], shown_change(metric, session["judged"]))
        for one in followed
        for session in one.sessions
    ]
    return pd.DataFrame(rows, columns=list(COURSE_COLUMNS))


def _satisfaction(followed: list[Followed]) -> tuple[tuple[str, int], ...]:
    """How many patients gave each grade as their newest word; nothing where nobody was asked."""
    given = Counter(one.satisfaction for one in followed if one.satisfaction is not None)
    return tuple((str(grade), given[grade]) for grade in Gais) if given else ()


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
