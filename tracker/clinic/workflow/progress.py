"""What happened over time: one patient's timeline, and one tidy table of a series."""

import math
from dataclasses import dataclass

import pandas as pd

from tracker.clinic.types import AnalysisRecord, HealingPhase, Patient, PhotoRecord, Series, Session
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.review import stored_answers
from tracker.imaging.types import Change, Flag, FlagCode, Verdict

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
    "verdict",
    "flags",
    "in_trend",
    "version",
)
"""Of the table that :func:`progress` returns."""

BASELINE = "baseline"
"""In place of a verdict, in the rows of the baseline photo."""
_NUMBERS = ("days_since_needling", "baseline", "value", "change", "sdc", "interval_low", "interval_high")
_NO_SPREAD = dict.fromkeys(("sdc", "interval_low", "interval_high"), math.nan)


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


def timeline(clinic: Clinic, patient_id: str) -> Timeline:
    """One patient's series, sessions and photos by date; raises NotFound."""
    with clinic.store.read() as records:
        entries = []
        for series in records.series_of(patient_id):
            sessions = records.sessions_of(series.id)
            photos = [SessionEntry(session, tuple(records.photos_of(session.id))) for session in sessions]
            entries.append(SeriesEntry(series, tuple(photos)))
        return Timeline(records.patient(patient_id), tuple(entries))


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
        the same comparison; ``change``, ``sdc`` and the interval are in the unit of the change. A withheld number is
        NaN with the verdict "not assessable" and its reasons in ``flags``. The baseline photo has a row of its own,
        wherever a comparison gave it a number, with the verdict "baseline" and change 0. ``in_trend`` is False for
        photos of a healing phase in which the metric cannot be judged, and for withheld numbers.
    """
    with clinic.store.read() as records:
        answers = stored_answers(records, series_id, version)
        series = records.series(series_id)
        patient = records.patient(series.patient_id)
        sessions = {session.id: session for session in records.sessions_of(series_id)}
    table = _Table(patient, series, sessions)
    for answer in answers:
        table.add(answer.first, answer.second, answer.record)
    return table.frame()


class _Table:
    """Rows of one series."""

    def __init__(self, patient: Patient, series: Series, sessions: dict[str, Session]) -> None:
        self.patient, self.series, self.sessions = patient, series, sessions
        self.rows: list[dict[str, object]] = []
        self.baselines: set[tuple[str, str, str]] = set()

    def add(self, first: PhotoRecord, second: PhotoRecord, analysis: AnalysisRecord) -> None:
        """The rows of one comparison, and those of its baseline where they are not there yet."""
        for change in analysis.changes or (_nothing(self.series, analysis),):
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
        days = session.days_at(photo.moment)
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
            remarks.append(f"Still healing, {phases[1]}: kept out of the trend.")
        return {
            "analysis_id": analysis.id,
            "value": change.followup,
            "change": change.change,
            "sdc": change.sdc,
            "interval_low": change.interval[0],
            "interval_high": change.interval[1],
            "verdict": str(change.verdict),
            "flags": "; ".join(remarks),
            "in_trend": settled and change.verdict is not Verdict.NOT_ASSESSABLE,
            "version": analysis.version,
        }

    def frame(self) -> pd.DataFrame:
        """All rows by date, metric and region."""
        table = pd.DataFrame(self.rows, columns=list(COLUMNS))
        types = {"session": int, "primary": bool, "in_trend": bool} | dict.fromkeys(_NUMBERS, float)
        table = table.astype(types).sort_values(["date", "session", "metric", "region"], kind="stable")
        return table.reset_index(drop=True)


def phase_of(session: Session, photo: PhotoRecord) -> HealingPhase:
    """The healing phase a photo shows."""
    return HealingPhase.after(session.days_at(photo.moment))


def _nothing(series: Series, analysis: AnalysisRecord) -> Change:
    """The primary metric, withheld: the pair was refused or failed as a whole."""
    metric = series.plan.primary_metric or series.plan.indication.primary_metric
    why = Flag(FlagCode.NOT_ALIGNED, f"{analysis.reason} {analysis.retake}".strip(), withholds=(metric,))
    nan = math.nan
    return Change(metric, "", "", nan, nan, nan, nan, (nan, nan), Verdict.NOT_ASSESSABLE, (why,))
