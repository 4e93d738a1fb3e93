"""Charts over many patients: values in, an Altair chart out; the same chart on the page and in the report."""

import math

import altair as alt
import pandas as pd

from tracker.exports.charts import BAND, HEALING, INK, LINE, LOOK
from tracker.exports.report import OutcomeReport
from tracker.exports.table import metric_words, signed
from tracker.exports.units import unit_words
from tracker.imaging.change import LOG_METRICS
from tracker.wording import lowered, t

MOST_ROWS = 60
"""More patients than this are still drawn, but closer and without their codes."""
CROWD = 12
"""More courses than this are drawn faintly, so that the mean stays in sight."""

AXIS_PX = 60  # of a chart as high as its container: labels and title of the axis below the plot


def patients_key(report: OutcomeReport) -> str:
    """How to read :func:`patients_chart`."""
    parts = [
        t(
            "One line per patient; left of 0 the measure fell, right of it rose. Filled point and line: the change as "
            "measured with its 95 % interval."
        )
    ]
    if report.measured["shrunken"].notna().any():
        parts.append(t("Ring: the same drawn towards the mean of all by the share of it that is noise."))
    if not math.isnan(report.pooled.value):
        parts.append(t("Grey band: the mean of all with its 95 % interval."))
    return " ".join(parts)


def course_key(report: OutcomeReport) -> str:
    """How to read :func:`course_chart`."""
    text = t("One thin line per patient through the sessions that count.")
    if math.isnan(report.monthly.value):
        return text
    mean = t("Thick line and band: the mean change per month of the mixed model with its 95 % interval.")
    return f"{text} {mean}"


def patients_chart(report: OutcomeReport) -> alt.LayerChart:
    """Every patient's change with its interval, the largest fall on top; needs at least one patient with a number."""
    rows = report.measured.copy()
    unit = report.unit
    rows["said"] = [signed(value, unit) for value in rows["change"]]
    crowded = len(rows) > MOST_ROWS
    axis = None if crowded else alt.Axis(title=None, labelLimit=110, ticks=False, domain=False, grid=False)
    y = alt.Y("patient:N", sort=list(rows["patient"]), axis=axis)
    title = t(
        "Change of {measure} since baseline ({unit})",
        measure=lowered(metric_words(report.metric)),
        unit=unit_words(unit),
    )
    x = alt.X("change:Q", title=title, axis=alt.Axis(tickCount=8))
    tooltip = [alt.Tooltip("patient:N", title=t("Patient")), alt.Tooltip("said:N", title=t("Change"))]
    layers: list[alt.Chart] = []
    if not math.isnan(report.pooled.value):
        low, high = report.pooled.interval
        band = pd.DataFrame({"low": [low], "high": [high]})
        layers.append(alt.Chart(band).mark_rect(color=BAND, opacity=0.45).encode(x=alt.X("low:Q"), x2="high:Q"))
    base = alt.Chart(rows[["patient", "change", "interval_low", "interval_high", "shrunken", "said"]])
    layers.append(alt.Chart(_ZERO).mark_rule(color=INK, strokeDash=[4, 3], opacity=0.6).encode(x="zero:Q"))
    layers.append(base.mark_rule(color=LINE).encode(x=alt.X("interval_low:Q"), x2="interval_high:Q", y=y))
    layers.append(base.mark_point(filled=True, size=55, opacity=1, color=LINE).encode(x=x, y=y, tooltip=tooltip))
    if rows["shrunken"].notna().any():
        layers.append(base.mark_point(size=70, color=HEALING, strokeWidth=2).encode(x="shrunken:Q", y=y))
    chart: alt.LayerChart = alt.LayerChart(layer=layers)
    # In pixels, axis included: a step per row makes Vega complain in the browser that it cannot fit a discrete height.
    return _framed(chart, height=AXIS_PX + len(rows) * (6 if crowded else 18))


def course_chart(report: OutcomeReport, height: int = 280) -> alt.LayerChart:
    """Every patient's course since the baseline, and the mean change per month where it could be estimated."""
    x = alt.X("months:Q", title=t("Months since baseline"), axis=alt.Axis(tickCount=8))
    y = alt.Y("change:Q", title=t("Change since baseline ({unit})", unit=unit_words(report.unit)))
    opacity = 0.35 if len(report.measured) > CROWD else 0.9
    line = alt.Chart(report.course).mark_line(color=LINE, strokeWidth=1, opacity=opacity)
    points = alt.Chart(report.course).mark_point(filled=True, size=14, color=LINE, opacity=opacity)
    layers = [
        alt.Chart(_ZERO).mark_rule(color=INK, strokeDash=[4, 3], opacity=0.6).encode(y="zero:Q"),
        line.encode(x=x, y=y, detail="patient:N"),
        points.encode(x=x, y=y),
    ]
    if not math.isnan(report.monthly.value):
        wedge = _wedge(report)
        layers.insert(0, alt.Chart(wedge).mark_area(color=BAND, opacity=0.6).encode(x=x, y="low:Q", y2="high:Q"))
        layers.append(alt.Chart(wedge).mark_line(color=INK, strokeWidth=3).encode(x=x, y="middle:Q"))
    chart: alt.LayerChart = alt.LayerChart(layer=layers)
    return _framed(chart, height=height)


def _wedge(report: OutcomeReport) -> pd.DataFrame:
    """The mean course: straight for differences, compounding for ratio measures, which change by % per month."""
    months = [report.course["months"].max() * step / 24 for step in range(25)]
    low, high = report.monthly.interval
    rates = {"low": low, "middle": report.monthly.value, "high": high}
    ratio = report.metric in LOG_METRICS
    table = {name: [_after(rate, month, ratio=ratio) for month in months] for name, rate in rates.items()}
    return pd.DataFrame({"months": months, **table})


def _after(rate: float, months: float, *, ratio: bool) -> float:
    return 100 * math.expm1(months * math.log1p(rate / 100)) if ratio else rate * months


_ZERO = pd.DataFrame({"zero": [0.0]})


def _framed(chart: alt.LayerChart, height: int) -> alt.LayerChart:
    framed: alt.LayerChart = chart.properties(width="container", height=height).configure(**LOOK)
    return framed
