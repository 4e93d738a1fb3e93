"""Progress charts: a tidy table in, an Altair chart out; the same chart on the page and in the report.

The table is the one that the clinic's ``workflow.progress`` returns, for one view: one row per photo, measure and
region, each against the same baseline. Used here are :data:`COLUMNS`; a withheld number is NaN, ``verdict`` is a
:class:`~tracker.imaging.types.Verdict` or ``"baseline"``, ``in_trend`` is False while the skin heals.
"""

import math
from typing import Any

import altair as alt
import pandas as pd

from tracker.exports.table import amount, between, change_unit, least_fall, metric_words, region_words, signed
from tracker.exports.units import unit_words
from tracker.imaging.types import Verdict
from tracker.wording import mark, t, when

COLUMNS = (
    "session",
    "date",
    "metric",
    "region",
    "change",
    "sdc",
    "interval_low",
    "interval_high",
    "unit",
    "verdict",
    "in_trend",
    "flags",
)
BASELINE = "baseline"
INK, LINE, BAND, HEALING = "#2b2f33", "#0b6e99", "#b9c1c9", "#8a5200"
"""Blue, grey and ochre stay apart with any colour vision and on paper; no green, no red: the chart does not praise."""

KEY = mark(
    "Grey band: changes too small for this set-up to see. Filled points: sessions that count, with 95 % intervals "
    "(wider for measures that do not decide, because many are looked at). "
    "Large squares with words: final outcomes, 90 and 180 days after the last needling. "
    "Hollow points: skin still healing, kept out of the line and of the scale. Cross: not assessable, no number."
)
"""How to read the chart, to be printed under it (translated there)."""
LEFT_PX = 44
"""Kept free for the figures of the vertical axis, so that charts below each other share their time axis."""
Span = tuple[pd.Timestamp, pd.Timestamp]
DAY = mark("%-d %b %Y")
"""A date on an axis: day, short month and year as the browser spells them (in numbers where it is not English)."""


def progress(
    table: pd.DataFrame, metric: str, region: str, height: int = 260, span: Span | None = None
) -> alt.LayerChart:
    """The change of one measure in one region since the baseline, against what could have been missed.

    Parameters
    ----------
    table : DataFrame
        At least :data:`COLUMNS`; final outcomes are marked where it has ``outcome``.
    metric, region : str
        Which rows.
    height : int
        Pixels; the width follows the container, down to 320 px.
    span : pair of Timestamp, optional
        Ends of the time axis, where another chart stands below on the same one; both then keep :data:`LEFT_PX` free.

    Returns
    -------
    altair.LayerChart
        Grey band: changes too small to be seen (SDC). Filled points with 95 % intervals, joined: assessable sessions.
        Hollow points off the line: photos taken while the skin still heals; the scale is not theirs, so one that lies
        outside is drawn at the edge with its figure beside it. Withheld sessions: a cross at the
        foot of the chart, no height and no number. Squares with words: final outcomes.

    Raises
    ------
    ValueError
        No such rows, or columns are missing.
    """
    rows = _prepared(table, metric, region)
    low, high = _domain(rows)
    rows["at"] = rows["change"].clip(low + 0.06 * (high - low), high - 0.06 * (high - low))
    unit = str(rows["unit"].iloc[-1])
    visits = [alt.DateTime(year=day.year, month=day.month, date=day.day, hours=12) for day in rows["when"].unique()]
    dates = alt.Axis(format=t(DAY), values=visits, labelOverlap="greedy", labelSeparation=12, grid=False)
    x = alt.X("when:T", title=None, axis=dates, **time_scale(span))
    y = alt.Y(
        "change:Q",
        title=t("Change since baseline ({unit})", unit=unit_words(unit)),
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis() if span is None else alt.Axis(minExtent=LEFT_PX, maxExtent=LEFT_PX),
    )
    layers = [*_noise_band(rows, span), *_marks(rows, x, y, low + 0.05 * (high - low)), *_finals(rows, x, y)]
    chart: alt.LayerChart = alt.LayerChart(layer=layers)
    chart = chart.properties(width="container", height=height).configure(**LOOK)
    return chart


def _marks(rows: pd.DataFrame, x: alt.X, y: alt.Y, foot: float) -> list[alt.Chart]:
    """Line, whiskers, points, hollow points and crosses; a layer without rows is left out, or Vega complains."""
    shown = rows[rows["change"].notna()]
    trend, healing = shown[~shown["healing"]], shown[shown["healing"]]
    whiskers, withheld = trend[trend["verdict"] != BASELINE], rows[rows["change"].isna()]
    tooltip = [alt.Tooltip(f"{name}:N", title=t(title)) for name, title in _TOOLTIP]
    line = alt.Chart(trend).mark_line(color=LINE, strokeWidth=2).encode(x=x, y=y)
    bars = alt.Chart(whiskers).mark_rule(strokeWidth=1.5)
    bars = bars.encode(x=x, y="interval_low:Q", y2="interval_high:Q", color=alt.value(LINE))
    points = alt.Chart(trend).mark_point(filled=True, size=90, opacity=1, color=LINE)
    hollow = alt.Chart(healing).mark_point(filled=False, size=90, strokeWidth=2, color=HEALING, fill="white", opacity=1)
    crosses = alt.Chart(withheld).mark_point(shape="cross", angle=45, size=90, filled=True, color=INK, opacity=1)
    layers = (
        (trend, line),
        (whiskers, bars),
        (trend, points.encode(x=x, y=y, tooltip=tooltip)),
        (healing, hollow.encode(x=x, y="at:Q", tooltip=tooltip)),
        *_labels(healing, x, rows["when"].min() + (rows["when"].max() - rows["when"].min()) / 2),
        (withheld, crosses.encode(x=x, y=alt.datum(foot), tooltip=tooltip)),
    )
    return [layer for data, layer in layers if not data.empty]


def time_scale(span: Span | None) -> dict[str, Any]:
    """The scale of a time axis with these ends, for charts that share it; nothing where there is only one chart."""
    if span is None:
        return {}
    ends = [alt.DateTime(year=day.year, month=day.month, date=day.day, hours=day.hour) for day in span]
    return {"scale": alt.Scale(domain=ends, nice=False)}


def _finals(rows: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Final outcomes with a number as squares, named at the whisker: below a fall, since its line comes from above."""
    shown = rows[(rows["outcome"] != "") & rows["change"].notna() & ~rows["healing"]]
    if shown.empty:
        return []
    middle = rows["when"].min() + (rows["when"].max() - rows["when"].min()) / 2
    squares = alt.Chart(shown).mark_point(shape="square", filled=True, size=190, opacity=1, color=LINE, stroke=INK)
    layers = [squares.encode(x=x, y=y, tooltip=[alt.Tooltip("visit:N", title=t("Session"))])]
    shown = shown.assign(
        fell=shown["change"] < 0, align=["left" if day <= middle else "right" for day in shown["when"]]
    )
    for key, part in shown.groupby(["fell", "align"]):
        fell = bool(key[0])
        side: dict[str, Any] = {"align": key[1], "dy": 11 if fell else -9}
        words = alt.Chart(part).mark_text(fontSize=12, fontWeight="bold", color=INK, **side)
        layers.append(words.encode(x=x, y="interval_low:Q" if fell else "interval_high:Q", text="final:N"))
    return layers


def _final(outcome: str) -> str:
    """``"final, 90 days"``: short, because on a phone the words stand beside other points."""
    return t("final, {days} days", days="".join(one for one in outcome if one.isdigit())) if outcome else ""


def _labels(healing: pd.DataFrame, x: alt.X, middle: pd.Timestamp) -> list[tuple[pd.DataFrame, alt.Chart]]:
    """The words beside hollow points, on the side where the chart has room."""
    left, right = healing[healing["when"] <= middle], healing[healing["when"] > middle]
    words = (
        (left, alt.Chart(left).mark_text(align="left", dx=10, fontSize=12, color=HEALING)),
        (right, alt.Chart(right).mark_text(align="right", dx=-10, fontSize=12, color=HEALING)),
    )
    return [(part, chart.encode(x=x, y="at:Q", text="label:N")) for part, chart in words]


def _prepared(table: pd.DataFrame, metric: str, region: str) -> pd.DataFrame:
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise ValueError(f"the progress table lacks the columns {missing}")
    rows = table[(table["metric"] == metric) & (table["region"] == region)].sort_values("date").reset_index(drop=True)
    if rows.empty:
        raise ValueError(f"the progress table has no rows for {metric} of {region}")
    # Noon keeps the day where it is when a browser west of Greenwich reads the time stamp.
    rows["when"] = pd.to_datetime(rows["date"]) + pd.Timedelta(hours=12)
    rows["healing"] = ~rows["in_trend"].astype(bool) & rows["change"].notna() & (rows["verdict"] != BASELINE)
    rows["unit"] = change_unit(metric, str(rows["unit"].iloc[-1]))
    rows["fall"] = [-least_fall(metric, sdc) for sdc in rows["sdc"]]
    rows["label"] = [
        t("healing, {change}", change=signed(row["change"], row["unit"])) for row in rows.to_dict("records")
    ]
    outcomes = rows["outcome"] if "outcome" in rows else pd.Series("", rows.index)
    rows["outcome"], rows["final"] = outcomes, [_final(words) for words in outcomes]
    rows["said"] = [_said(row) for row in rows.to_dict("records")]
    rows["measure"] = f"{metric_words(metric)} ({region_words(region)})"
    rows["visit"] = [
        t("{number} on {day}", number=row["session"], day=when(row["when"])) for row in rows.to_dict("records")
    ]
    rows["found"] = [_found(row) for row in rows.to_dict("records")]
    # Only what is drawn: plain dates and ids do not belong in the chart's JSON.
    return rows[[*_DRAWN]]


_DRAWN = (
    "session",
    "when",
    "change",
    "sdc",
    "fall",
    "interval_low",
    "interval_high",
    "unit",
    "verdict",
    "healing",
    "label",
    "outcome",
    "final",
    "said",
    "measure",
    "visit",
    "found",
)
_TOOLTIP = (
    ("measure", mark("Measure")),
    ("visit", mark("Session")),
    ("said", mark("Verdict")),
    ("found", mark("Change")),
)


def _said(row: dict[Any, Any]) -> str:
    if row["verdict"] == BASELINE:
        return t("Baseline: everything is compared with this session")
    if row["verdict"] == Verdict.NOT_ASSESSABLE:
        return t("Not assessable. {why}", why=row["flags"]).strip()
    told = t("Changed" if row["verdict"] == Verdict.CHANGED else "No detectable change")
    return (
        t("{verdict}, but the skin was still healing: not part of the trend", verdict=told) if row["healing"] else told
    )


def _found(row: dict[Any, Any]) -> str:
    if row["verdict"] == BASELINE or math.isnan(row["change"]):
        return "–"
    return t(
        "{change} (95 % interval {interval}); seen from {least}",
        change=amount(row["change"], row["unit"]),
        interval=between(amount(row["interval_low"], ""), amount(row["interval_high"], row["unit"])),
        least=amount(row["sdc"], row["unit"]),
    )


def _domain(rows: pd.DataFrame) -> tuple[float, float]:
    """From the sessions that count: a flare two days after needling must not flatten months of progress."""
    counted = rows[~rows["healing"]]
    drawn = [counted[name] for name in ("change", "interval_low", "interval_high", "sdc", "fall")]
    values = pd.concat(drawn).dropna()
    low, high = (float(values.min()), float(values.max())) if values.abs().max() > 0 else (-1.0, 1.0)
    room = 0.12 * (high - low)  # for the crosses at the foot, and so that no whisker touches the frame
    return low - room, high + room


def _noise_band(rows: pd.DataFrame, span: Span | None) -> list[alt.Chart]:
    """One band per session's own SDC, held constant to the edges of the chart's time range."""
    known = rows[rows["sdc"].notna()]
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=INK, strokeDash=[4, 3], opacity=0.6)
    if known.empty:
        return [zero.encode(y="zero:Q")]
    band = pd.DataFrame({"when": known["when"], "top": known["sdc"], "bottom": known["fall"]})
    first, last = rows["when"].min(), rows["when"].max()
    margin = max((last - first) * 0.04, pd.Timedelta(days=2))
    edges = band.iloc[[0, -1]].assign(when=list(span or (first - margin, last + margin)))
    band = pd.concat([edges.iloc[:1], band, edges.iloc[1:]])
    area = alt.Chart(band).mark_area(color=BAND, opacity=0.45, interpolate="step")
    return [area.encode(x="when:T", y=alt.Y("top:Q"), y2="bottom:Q"), zero.encode(y="zero:Q")]


LOOK: dict[str, Any] = {
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
    },
    "background": "white",
    "font": "sans-serif",
}
