"""What the progress page says of one measure: the last session that counts, and the trend over all of them."""

from collections.abc import Sequence

import pandas as pd

from tracker.clinic.types import Series
from tracker.clinic.workflow.progress import course_of
from tracker.clinic.workflow.review import Comparison
from tracker.clinic.workflow.telling import told
from tracker.dashboard.widgets import when
from tracker.exports.course import course_sentence
from tracker.imaging.types import Change
from tracker.wording import t, titled

Answers = dict[str, tuple[Change, ...]]
"""Changes by the id of their analysis."""


def answers_of(compared: Sequence[Comparison], series: Series) -> Answers:
    """What each comparison of a series may say in it."""
    return {one.record.id: told(one.record.changes, series) for one in compared}


def latest(table: pd.DataFrame, answers: Answers, metric: str, region: str) -> Change | None:
    """The change of the last session that counts; where none does, of the last session."""
    for analysis_id in reversed(list(_counted(table, metric, region)["analysis_id"])):
        for change in answers.get(analysis_id, ()):
            if (change.metric, change.region) == (metric, region):
                return change
    return None


def latest_words(table: pd.DataFrame, metric: str) -> str:
    """Which session the verdict is about, and whether it is a final outcome."""
    rows = _counted(table[table["metric"] == metric], metric)
    if rows.empty:
        return t("No session has been compared with the baseline yet.")
    row = rows.iloc[-1]
    said = {"number": row["session"], "day": when(pd.Timestamp(row["date"]).date())}
    if row["outcome"]:
        outcome = titled(row["outcome"])
        return t("{outcome}, session {number} of {day}, against the baseline:", outcome=outcome, **said)
    if not row["in_trend"]:
        return t("No session counts yet; the last is session {number} of {day}:", **said)
    return t(
        "The last session that counts, session {number} of {day}, against the baseline (not a final outcome):", **said
    )


def trend_words(table: pd.DataFrame, places: Sequence[tuple[str, str]]) -> list[str]:
    """The trend of the measure that decides in each of its regions, held to the number of regions."""
    lines = []
    for metric, region in places:
        unit = str(table[(table["metric"] == metric) & (table["region"] == region)]["unit"].iloc[-1])
        lines.append(course_sentence(course_of(table, metric, region, level=0.05 / len(places)), metric, region, unit))
    return list(dict.fromkeys(lines))


def _counted(table: pd.DataFrame, metric: str, region: str | None = None) -> pd.DataFrame:
    """The comparisons of a measure that count; where none does, all of them."""
    rows = table[(table["metric"] == metric) & (table["analysis_id"] != "")]
    rows = rows if region is None else rows[rows["region"] == region]
    return rows[rows["in_trend"]] if rows["in_trend"].any() else rows
