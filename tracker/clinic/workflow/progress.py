"""What happened over time: one patient's timeline, and one tidy table of a series."""

from dataclasses import dataclass

import pandas as pd

from tracker.clinic.types import Patient, PhotoRecord, Series, Session
from tracker.clinic.workflow.clinic import Clinic

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
        Columns :data:`COLUMNS`. ``value`` is the number at that session, ``baseline`` the number at the baseline in the
        same comparison; ``change``, ``sdc`` and the interval are in the unit of the change. A withheld number is NaN with
        the verdict "not assessable" and its reasons in ``flags``. The baseline photo has a row of its own with the
        verdict "baseline" and change 0. ``in_trend`` is False for photos of a healing phase in which the metric cannot be
        judged, and for withheld numbers.
    """
