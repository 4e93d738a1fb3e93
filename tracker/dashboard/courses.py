"""What the progress page says of one measure: last session that counts, trend, final outcomes, the patient's word."""

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
import streamlit as st

from tracker.clinic.types import (
    OUTCOME_WINDOW_DAYS,
    UNDIRECTED_METRICS,
    FinalOutcome,
    Series,
    SeriesPlan,
    Session,
    SessionKind,
)
from tracker.clinic.types.own import Rating
from tracker.clinic.workflow.compared import Comparison
from tracker.clinic.workflow.progress import course_of
from tracker.clinic.workflow.telling import told
from tracker.dashboard.results import chart
from tracker.dashboard.widgets import plain, verdict_cards, when
from tracker.exports import charts
from tracker.exports.course import course_sentence
from tracker.exports.satisfaction import RATINGS_KEY, Opinion, agreement, ratings_chart, shared_span
from tracker.exports.table import amount, brief, change_unit, metric_words, region_words
from tracker.imaging.types import Change, Metric
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


def outcome_words(table: pd.DataFrame, metric: str, plan: SeriesPlan, sessions: Sequence[Session]) -> list[str]:
    """For each final outcome, when it is due or what came of it; nothing before the treatments of the plan are done."""
    needled = [one.date for one in sessions if one.kind is SessionKind.TREATMENT]
    if len(needled) < (plan.planned_sessions or plan.indication.planned_sessions):
        return []
    lines = []
    rows = table[(table["metric"] == metric) & (table["analysis_id"] != "")]
    for outcome in FinalOutcome:
        due, found = needled[-1] + timedelta(outcome.days), rows[rows["outcome"] == str(outcome)]
        name, room = titled(outcome), timedelta(OUTCOME_WINDOW_DAYS)
        if found.empty:
            said = {"outcome": name, "first": when(due - room), "last": when(due + room)}
            lines.append(t("{outcome}: no photo yet that counts; it is taken from {first} to {last}.", **said))
        elif not found["in_trend"].any():
            lines.append(t("{outcome}: photographed, but not assessable.", outcome=name))
        else:
            day = when(found[found["in_trend"]]["date"].iloc[-1].date())
            lines.append(t("{outcome}: measured on {day}, marked in the chart.", outcome=name, day=day))
    return lines


def opinions_of(given: Sequence[Rating]) -> list[Opinion]:
    """The patient's ratings as they are drawn; of several on one day the last."""
    by_day = {one.day: Opinion(one.day, str(one.gais)) for one in given}
    return [by_day[day] for day in sorted(by_day)]


def opinion_words(opinions: Sequence[Opinion], change: Change | None, metric: Metric) -> str:
    """The patient's newest word beside the measure; where there is none, how it comes to be."""
    if not opinions:
        return t("The patient has not rated the result yet: patients do so in their own view.")
    least = "" if change is None else amount(change.sdc, change_unit(change.metric, change.unit))
    return agreement(opinions[-1], change, least, directed=metric not in UNDIRECTED_METRICS)


def show(table: pd.DataFrame, metric: str, region: str, opinions: Sequence[Opinion]) -> None:
    """The chart of the deciding measure in one region, with the patient's ratings below on the same time axis."""
    rows = table[(table["metric"] == metric) & (table["region"] == region)]
    if rows["sdc"].notna().any():
        span = shared_span([day.date() for day in rows["date"]], opinions) if opinions else None
        st.altair_chart(charts.progress(table, metric, region, span=span), width="stretch", theme=None)
        if span is not None:
            st.altair_chart(ratings_chart(opinions, span), width="stretch", theme=None)
            st.caption(t(RATINGS_KEY))


@st.fragment
def other(table: pd.DataFrame, answers: Answers, metric: str, region: str) -> None:
    """A folded line for a measure that does not decide; its chart takes 0.2 s and is drawn when it is unfolded."""
    change = latest(table, answers, metric, region)
    verdict = brief(change) if change is not None else t("no number")
    words = plain(f"{metric_words(metric)} ({region_words(region)}): {verdict}")
    drawer = st.expander(words, key=f"measure_{metric}_{region}", on_change="rerun")
    with drawer:
        if change is not None:
            verdict_cards([change])
        if drawer.open:
            chart(table, metric, region)


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
