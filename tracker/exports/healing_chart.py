"""The healing chart: redness by day after needling, over what is expected; the same on the page and in a file."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from tracker.exports.charts import BAND, HEALING, INK, LINE, LOOK
from tracker.exports.table import amount, signed
from tracker.exports.units import unit_words
from tracker.imaging.change.healing import LATE_FROM_DAY, Expected, Rise
from tracker.wording import mark, t

UNIT = "H"
EXPECTED = "#cfe3ec"
"""The expected course, pale blue; its edges are drawn, so that no colour is needed to see it."""
LEAST_DAYS = LATE_FROM_DAY
"""The axis always reaches the day on which nothing should be left."""
MOST_LABELS = 14  # days that are named one by one at 390 px; beyond them each week

KEY = mark(
    "Rise of redness: above the skin before needling. Pale band with dashed edges: redness as it usually fades from "
    "the first photo on, mostly gone in 2 to 4 days. It is a rule of thumb of this program, not a measurement. Grey "
    "band: too little above the skin before needling to be seen. Points: photos, with the smallest rise and fall that "
    "could have been missed. Diamond: later than expected. Photos of the first week show healing: they enter no trend "
    "and no outcome."
)
"""How to read the chart, to be printed under it (translated there)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one chart shows.

    Parameters
    ----------
    rises : sequence of Rise
        By day; withheld numbers (NaN) are crosses at the foot.
    late : sequence of bool
        Which of them are later than expected.
    expected : Expected or None
        The band.
    """

    rises: Sequence[Rise]
    late: Sequence[bool]
    expected: Expected | None


def healing(course: Drawn, height: int = 260) -> alt.LayerChart:
    """Redness above the skin before needling by day.

    Parameters
    ----------
    course : Drawn
        With at least one number.
    height : int
        Pixels; the width follows the container, down to 320 px.

    Raises
    ------
    ValueError
        No photo has a number.
    """
    rows = _prepared(course)
    known = rows[rows["rise"].notna()]
    if known.empty:
        raise ValueError("the healing chart needs at least one photo with a number")
    last = max(LEAST_DAYS, math.ceil(rows["day"].max()))
    low, high = _domain(known)
    step = 1 if last <= MOST_LABELS else 7
    days = alt.Axis(values=list(range(0, last + 1, step)), format="d", grid=False)
    x = alt.X(
        "day:Q", title=t("Days since needling"), axis=days, scale=alt.Scale(domain=[-0.4, last + 0.4], nice=False)
    )
    y = alt.Y(
        "rise:Q",
        title=t("Rise of redness ({unit})", unit=unit_words(UNIT)),
        scale=alt.Scale(domain=[low, high], nice=False),
    )
    layers = [*_noise(known, last), *_band(course.expected, last), *_points(rows, x, y, low + 0.05 * (high - low))]
    chart: alt.LayerChart = alt.LayerChart(layer=layers)
    framed: alt.LayerChart = chart.properties(width="container", height=height).configure(**LOOK)
    return framed


def _prepared(course: Drawn) -> pd.DataFrame:
    rows = [
        {
            "day": float(one.day),
            "rise": one.rise,
            "sdc": one.sdc,
            "low": one.rise - one.sdc,
            "high": one.rise + one.sdc,
            "late": late,
            "when": t("day {day}", day=f"{one.day:.0f}"),
            "said": _said(one, late=late),
            "usual": _usual(one, course.expected),
        }
        for one, late in zip(course.rises, course.late, strict=True)
    ]
    return pd.DataFrame(rows, columns=[*_COLUMNS]).astype(dict.fromkeys(("rise", "sdc", "low", "high"), float))


_COLUMNS = ("day", "rise", "sdc", "low", "high", "late", "when", "said", "usual")
_TOOLTIP = (
    ("when", mark("Day")),
    ("said", mark("Rise of redness")),
    ("usual", mark("Usual on this day")),
)


def _said(one: Rise, *, late: bool) -> str:
    if math.isnan(one.rise):
        return t("not assessable")
    found = t("{rise} (seen from {least})", rise=signed(one.rise, UNIT), least=amount(one.sdc, UNIT))
    return t("{found}: later than expected", found=found) if late else found


def _usual(one: Rise, expected: Expected | None) -> str:
    low, high = (math.nan, math.nan) if expected is None else expected.at(one.day)
    return "–" if math.isnan(low) else t("{low} to {high}", low=amount(low, ""), high=amount(high, UNIT))


def _domain(known: pd.DataFrame) -> tuple[float, float]:
    low = min(0.0, float(known["low"].min()), -float(known["sdc"].max()))
    high = max(float(known["high"].max()), float(known["sdc"].max()))
    room = 0.1 * (high - low)
    return low - room, high + room


def _noise(known: pd.DataFrame, last: int) -> list[alt.Chart]:
    """What the skin before needling could differ by without being seen, and its line at 0."""
    sdc = float(known["sdc"].max())
    band = pd.DataFrame({"start": [-0.4], "end": [last + 0.4], "low": [-sdc], "high": [sdc]})
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=INK, strokeDash=[4, 3], opacity=0.6)
    area = alt.Chart(band).mark_rect(color=BAND, opacity=0.45)
    return [area.encode(x="start:Q", x2="end:Q", y="low:Q", y2="high:Q"), zero.encode(y="zero:Q")]


def _band(expected: Expected | None, last: int) -> list[alt.Chart]:
    if expected is None:
        return []
    days = [expected.day + (last - expected.day) * step / 60 for step in range(61)]
    ends = [expected.at(day) for day in days]
    table = pd.DataFrame({"day": days, "low": [low for low, _ in ends], "high": [high for _, high in ends]})
    base = alt.Chart(table)
    edge = base.mark_line(color=LINE, strokeDash=[5, 4], strokeWidth=1.2, opacity=0.9)
    return [
        base.mark_area(color=EXPECTED, opacity=0.8).encode(x="day:Q", y="low:Q", y2="high:Q"),
        edge.encode(x="day:Q", y="low:Q"),
        edge.encode(x="day:Q", y="high:Q"),
    ]


def _points(rows: pd.DataFrame, x: alt.X, y: alt.Y, foot: float) -> list[alt.Chart]:
    """Whiskers, points, late ones as diamonds with their words, crosses; a layer without rows is left out."""
    tooltip = [alt.Tooltip(f"{name}:N", title=t(title)) for name, title in _TOOLTIP]
    known, withheld = rows[rows["rise"].notna()], rows[rows["rise"].isna()]
    usual, late = known[~known["late"].astype(bool)], known[known["late"].astype(bool)]
    whiskers = alt.Chart(known).mark_rule(strokeWidth=1.5).encode(x=x, y="low:Q", y2="high:Q", color=alt.value(INK))
    line = alt.Chart(known).mark_line(color=INK, strokeWidth=1.5).encode(x=x, y=y)
    point = alt.Chart(usual).mark_point(filled=True, size=90, opacity=1, color=INK)
    diamond = alt.Chart(late).mark_point(
        shape="diamond", size=190, color=HEALING, fill="white", strokeWidth=3, opacity=1
    )
    words = alt.Chart(late.tail(1)).mark_text(align="right", dx=-6, dy=-2, fontSize=12, color="#8a5200")
    cross = alt.Chart(withheld).mark_point(shape="cross", angle=45, size=90, filled=True, color=INK, opacity=1)
    layers = (
        (known, line),
        (known, whiskers),
        (usual, point.encode(x=x, y=y, tooltip=tooltip)),
        (late, diamond.encode(x=x, y=y, tooltip=tooltip)),
        (late, words.encode(x=x, y="high:Q", text=alt.value(t("later than expected")))),
        (withheld, cross.encode(x=x, y=alt.datum(foot), tooltip=tooltip)),
    )
    return [layer for data, layer in layers if not data.empty]
