"""What is stored of one patient of a protocol: the sessions that count, on the scale on which the measure is judged."""

import math
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

from tracker.clinic.records.store import Records
from tracker.clinic.types import Gais, HealingPhase
from tracker.clinic.workflow.progress import BASELINE, rows_of
from tracker.clinic.workflow.protocols import Enrolled, State, state_of
from tracker.imaging.change import LOG_METRICS
from tracker.imaging.pipeline import PIPELINE_VERSION
from tracker.imaging.types import Metric

MONTH_DAYS = 30.44

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """One patient of a report.

    Parameters
    ----------
    who : Enrolled
        Patient, series, sessions.
    state : State
        How far.
    sessions : tuple of dict
        The sessions that count, the baseline among them, by date: ``session``, ``is_baseline``, ``months``, ``judged``
        (change on the scale on which the measure is judged), ``error``, ``df``, ``outcome``, ``days``, ``camera``,
        ``value``.
    withheld : tuple of int
        Comparisons withheld, of how many.
    unit : str
        Of the values; empty where there is none.
    outdated : bool
        Measured by an older version of the pipeline only.
    satisfaction : Gais or None
        The patient's own newest rating.
    """

    who: Enrolled
    state: State
    sessions: tuple[Row, ...]
    withheld: tuple[int, int]
    unit: str
    outdated: bool
    satisfaction: Gais | None


def follow(records: Records, one: Enrolled, metric: Metric, day: date) -> Followed:
    """What is stored of one patient, measured by this version of the pipeline: versions are never mixed."""
    rows = rows_of(records, one.series.id, PIPELINE_VERSION, metric)
    settled = [row for row in rows if row["verdict"] != BASELINE and HealingPhase(row["phase"]).shows(metric)]
    told = [row for row in settled if row["in_trend"]]
    photos = {session: records.photos_of(session.id) for session in one.sessions}
    final = [session for session, taken in photos.items() if taken and session.outcome(one.series.plan)]
    outdated = bool(any(photos.values()) and not rows and _is_outdated(records, one.series.id))
    asked, answered = ({row["session"] for row in some} for some in (settled, told))
    ratings = records.ratings_of(one.series.id)
    return Followed(
        who=one,
        state=state_of(one, bool(final), any(row["outcome"] for row in told), day),
        sessions=_sessions(
            [row for row in rows if row["in_trend"]],
            metric,
            {photo.id: photo.camera for taken in photos.values() for photo in taken},
        ),
        withheld=(len(asked) - len(answered), len(asked)),
        unit=next((row["unit"] for row in rows if row["unit"]), ""),
        outdated=outdated,
        satisfaction=ratings[-1].gais if ratings else None,
    )


def _is_outdated(records: Records, series_id: str) -> bool:
    return not rows_of(records, series_id, PIPELINE_VERSION) and bool(rows_of(records, series_id))


def _sessions(rows: list[Row], metric: Metric, cameras: dict[str, str]) -> tuple[Row, ...]:
    """One row per session that counts: mean over regions and views, on the scale on which the measure is judged."""
    ratio = metric in LOG_METRICS
    by_session: dict[tuple[int, bool], list[tuple[float, Row]]] = {}
    for row in rows:
        judged = math.log1p(row["change"] / 100) if ratio else row["change"]
        by_session.setdefault((row["session"], row["verdict"] == BASELINE), []).append((judged, row))
    starts = [row["baseline"] for (_, is_baseline), same in by_session.items() if is_baseline for _, row in same]
    level = fmean(math.log(start) if ratio else start for start in starts) if starts else math.nan
    first = min((row["date"] for row in rows), default=None)
    table = []
    for (session, is_baseline), same in by_session.items():
        change, row = fmean(judged for judged, _ in same), same[0][1]
        found = {
            "session": session,
            "is_baseline": is_baseline,
            "months": (row["date"] - first).days / MONTH_DAYS,
            "judged": change,
            "error": fmean(one["standard_error"] for _, one in same),
            "df": min(one["df"] for _, one in same),
            "outcome": max(one["outcome"] for _, one in same),
            "days": row["days_since_needling"],
            "camera": cameras.get(row["photo_id"], ""),
            "value": level + change,
        }
        table.append(found)
    return tuple(table)
