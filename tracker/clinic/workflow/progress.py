"""What happened over time: one patient's timeline, and one tidy table of a series."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tracker.clinic.access import Action
from tracker.clinic.records.gathered import Gathered
from tracker.clinic.records.store import Records
from tracker.clinic.types import AnalysisRecord, HealingPhase, Kind, Patient, PhotoRecord, Series, Session
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.clinic.workflow.review import stored_answers
from tracker.clinic.workflow.telling import deciding, told
from tracker.imaging.change import LOG_METRICS
from tracker.imaging.change.multiplicity import standard_error
from tracker.imaging.change.progress import Course, course
from tracker.imaging.types import Change, Flag, FlagCode, Metric, Verdict

COLUMNS = (
    "patient",
    "series_id",
    "indication",
    "site",
    "session",
    "session_id",
    "date",
    "kind",
    "days_since_needling",
    "phase",
    "outcome",
    "view",
    "photo_id",
    "analysis_id",
    "metric",
    "primary",
    "region",
    "unit",
    "baseline",
    "value",
    "change",
    "sdc",
    "interval_low",
    "interval_high",
    "standard_error",
    "df",
    "level",
    "verdict",
    "flags",
    "in_trend",
    "version",
)
"""Of the table that :func:`progress` returns."""

BASELINE = "baseline"
"""In place of a verdict, in the rows of the baseline photo."""
STILL_HEALING = "Still healing"
"""How the remark begins that a photo is kept out of the trend; no reason to withhold its number."""
_SPREAD = ("sdc", "interval_low", "interval_high", "standard_error", "df", "level")
_NUMBERS = ("days_since_needling", "baseline", "value", "change", *_SPREAD)
_NO_SPREAD = dict.fromkeys(_SPREAD, math.nan)


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session with its photos."""

    session: Session
    photos: tuple[PhotoRecord, ...]


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """A series with its sessions by date."""

    series: Series
    sessions: tuple[SessionEntry, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything recorded of one patient, in order."""

    patient: Patient
    series: tuple[SeriesEntry, ...]


@guarded(Action.SEE_RECORD, patient_id=Kind.PATIENT)
def timeline(clinic: Clinic, patient_id: str) -> Timeline:
    """One patient's series, sessions and photos by date; raises NotFound."""
    with clinic.store.read() as records:
        every = records.series_of(patient_id)
        held = Gathered(records, [series.id for series in every])
        entries = []
        for series in every:
            sessions = held.sessions_of(series.id)
            photos = [SessionEntry(session, tuple(held.photos_of(session.id))) for session in sessions]
            entries.append(SeriesEntry(series, tuple(photos)))
        return Timeline(records.patient(patient_id), tuple(entries))


@guarded(Action.SEE_RECORD, series_id=Kind.SERIES)
def progress(clinic: Clinic, series_id: str, version: str = "") -> pd.DataFrame:
    """One row per photo, metric and region of a series.

    Parameters
    ----------
    clinic : Clinic
        Where.
    series_id : str
        Which.
    version : str
        Of the pipeline; default: the current one, or the newest stored where nothing was measured with it yet.
        Versions are never mixed.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`. ``value`` is the number at that session, ``baseline`` the number at the baseline in
        the same comparison; ``change``, ``sdc`` and the interval are in the unit of the change, and hold at ``level``
        for all figures of the comparison together (see :mod:`tracker.clinic.workflow.telling`); ``standard_error`` is
        that of the change on the scale on which it is judged, logarithms for ratio measures. A withheld number is
        NaN with the verdict "not assessable" and its reasons in ``flags``. The baseline photo has a row of its own,
        wherever a comparison gave it a number, with the verdict "baseline" and change 0. ``in_trend`` is False for
        photos of a healing phase in which the metric cannot be judged, and for withheld numbers. ``outcome`` names the
        final outcome that a photo shows, once all planned treatments are done; else it is empty.
    """
    with clinic.store.read() as records:
        return progress_of(Gathered(records, [series_id]), series_id, version)


def progress_of(records: Records, series_id: str, version: str = "") -> pd.DataFrame:
    """The table of :func:`progress`, inside a transaction."""
    return _frame(rows_of(records, series_id, version))


def rows_of(records: Records, series_id: str, version: str = "", metric: Metric | None = None) -> list[dict[str, Any]]:
    """The rows of that table, in its order, or those of one measure.

    A report on hundreds of series has no time to make a table of each, nor rows of measures that it leaves out.
    """
    series = records.series(series_id)
    sessions = {session.id: session for session in records.sessions_of(series_id)}
    table = _Table(records.patient(series.patient_id), series, sessions, metric)
    for answer in stored_answers(records, series_id, version):
        table.add(answer.first, answer.second, answer.record)
    return table.in_order()


def course_of(table: pd.DataFrame, metric: str, region: str, *, level: float = 0.05) -> Course:
    """The trend of a measure in a region over the sessions that count, the baseline among them.

    Parameters
    ----------
    table : DataFrame
        Of :func:`progress`, one view.
    metric, region : str
        Which rows.
    level : float
        5 % divided by the number of regions that are looked at.

    Returns
    -------
    Course
        Days as times; on the scale on which the measure is judged (logarithms for ratio measures).
    """
    rows = table[(table["metric"] == metric) & (table["region"] == region) & table["in_trend"]]
    changes = np.log1p(rows["change"] / 100) if metric in LOG_METRICS else rows["change"]
    # A change has the noise of two values; the baseline's own is theirs on average.
    sem = rows["standard_error"] / math.sqrt(2)
    sem = sem.fillna(math.sqrt((sem**2).mean()))
    days = (rows["date"] - rows["date"].min()).dt.days
    df = rows["df"].min()
    return course(days, changes, sem, df=math.inf if math.isnan(df) else float(df), level=level)


class _Table:
    """Rows of one series."""

    def __init__(self, patient: Patient, series: Series, sessions: dict[str, Session], metric: Metric | None) -> None:
        self.patient, self.series, self.sessions, self.metric = patient, series, sessions, metric
        self.rows: list[dict[str, Any]] = []
        self.baselines: set[tuple[str, str, str]] = set()

    def add(self, first: PhotoRecord, second: PhotoRecord, analysis: AnalysisRecord) -> None:
        """The rows of one comparison, and those of its baseline where they are not there yet."""
        for change in told(analysis.changes or (_nothing(self.series, analysis),), self.series):
            if self.metric not in (None, change.metric):
                continue
            key = (first.id, change.metric, change.region)
            if key not in self.baselines and not math.isnan(change.baseline):
                self.baselines.add(key)
                start = {
                    "value": change.baseline,
                    "change": 0.0,
                    "version": analysis.version,
                    "verdict": BASELINE,
                    "flags": "",
                    "analysis_id": "",
                }
                self.rows.append(self._photo(first, change) | start | _NO_SPREAD)
            self.rows.append(self._photo(second, change) | self._change(first, second, change, analysis))

    def _photo(self, photo: PhotoRecord, change: Change) -> dict[str, object]:
        session = self.sessions[photo.session_id]
        phase = phase_of(session, photo)
        days, outcome = session.days_at(photo.moment), session.outcome(self.series.plan, photo.moment)
        return {
            "patient": self.patient.code,
            "series_id": self.series.id,
            "indication": str(self.series.plan.indication),
            "site": str(self.series.plan.site),
            "session": session.number,
            "session_id": session.id,
            "date": pd.Timestamp(session.date),
            "kind": str(session.kind),
            "days_since_needling": math.nan if days is None else float(days),
            "phase": str(phase),
            "outcome": "" if outcome is None else str(outcome),
            "view": str(photo.view),
            "photo_id": photo.id,
            "metric": str(change.metric),
            "primary": change.metric is self.series.plan.primary_metric,
            "region": change.region,
            "unit": change.unit,
            "baseline": change.baseline,
            "in_trend": phase.shows(change.metric),
        }

    def _change(
        self, first: PhotoRecord, second: PhotoRecord, change: Change, analysis: AnalysisRecord
    ) -> dict[str, object]:
        phases = [phase_of(self.sessions[photo.session_id], photo) for photo in (first, second)]
        settled = all(phase.shows(change.metric) for phase in phases)
        remarks = [flag.reason for flag in change.flags]
        if not settled:
            remarks.append(f"{STILL_HEALING}, {phases[1]}: kept out of the trend.")
        return {
            "analysis_id": analysis.id,
            "value": change.followup,
            "change": change.change,
            "sdc": change.sdc,
            "interval_low": change.interval[0],
            "interval_high": change.interval[1],
            "standard_error": standard_error(change),
            "df": change.df,
            "level": change.level,
            "verdict": str(change.verdict),
            "flags": "; ".join(remarks),
            "in_trend": settled and change.verdict is not Verdict.NOT_ASSESSABLE,
            "version": analysis.version,
        }

    def in_order(self) -> list[dict[str, Any]]:
        """All rows by date, metric and region."""
        return sorted(self.rows, key=lambda row: (row["date"], row["session"], row["metric"], row["region"]))


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    types = {"session": int, "primary": bool, "in_trend": bool} | dict.fromkeys(_NUMBERS, float)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(types)


def phase_of(session: Session, photo: PhotoRecord) -> HealingPhase:
    """The healing phase a photo shows."""
    return HealingPhase.after(session.days_at(photo.moment))


def _nothing(series: Series, analysis: AnalysisRecord) -> Change:
    """The primary metric, withheld: the pair was refused or failed as a whole."""
    metric = deciding(series)
    why = Flag(FlagCode.NOT_ALIGNED, f"{analysis.reason} {analysis.retake}".strip(), withholds=(metric,))
    nan = math.nan
    return Change(metric, "", "", nan, nan, nan, nan, (nan, nan), Verdict.NOT_ASSESSABLE, (why,))
