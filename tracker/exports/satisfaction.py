"""What patients say themselves, beside what was measured: on the same time axis, and in words that judge neither."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from tracker.exports.charts import INK, LEFT_PX, LINE, LOOK, Span, time_scale
from tracker.imaging.types import Change, Verdict
from tracker.wording import mark, t, when

GRADES = ("worse", "no change", "improved", "much improved", "very much improved")
"""The grades of the Global Aesthetic Improvement Scale from bottom to top, as they are stored in words."""
NO_CHANGE = GRADES.index("no change")
RATINGS_KEY = mark(
    "What the patient says (Global Aesthetic Improvement Scale), on the time axis of the chart above. A rating is an "
    "opinion, the chart above a measurement; neither corrects the other."
)
_HEIGHT = 128
_ROOM = (0.04, 0.13)  # before and after: half a date's name is 40 px of the 300 that a phone leaves
_BOTH = {
    (1, -1): mark("Both say better: the patient says '{grade}' ({day}), and the measure fell beyond its noise."),
    (1, 0): mark(
        "The patient says '{grade}' ({day}); the measure shows no detectable change. Both are true statements: a "
        "person sees more than this one measure, and a change below {least} would not have been seen by it."
    ),
    (1, 1): mark(
        "The patient says '{grade}' ({day}); the measure rose beyond its noise. They disagree: look at the photos "
        "together, and at what else changed."
    ),
    (0, -1): mark(
        "The patient says '{grade}' ({day}); the measure fell beyond its noise. Both are true statements: a change can "
        "be large enough to measure and too small to notice."
    ),
    (0, 0): mark("Both say the same: the patient says '{grade}' ({day}), and the measure shows no detectable change."),
    (0, 1): mark(
        "The patient says '{grade}' ({day}); the measure rose beyond its noise. Both are true statements: a change can "
        "be large enough to measure and too small to notice."
    ),
    (-1, -1): mark(
        "The patient says '{grade}' ({day}); the measure fell beyond its noise. They disagree: ask what the patient "
        "sees; it may be something that this measure does not measure."
    ),
    (-1, 0): mark(
        "The patient says '{grade}' ({day}); the measure shows no detectable change. Both are true statements: ask "
        "what the patient sees; it may be something that this measure does not measure."
    ),
    (-1, 1): mark("Both say worse: the patient says '{grade}' ({day}), and the measure rose beyond its noise."),
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """One rating by the patient.

    Parameters
    ----------
    day : date
        When it was given.
    grade : str
        One of :data:`GRADES`.
    """

    day: date
    grade: str

    @property
    def level(self) -> int:
        """0 for worse to 4 for very much improved."""
        return GRADES.index(self.grade)


def agreement(opinion: Opinion, change: Change | None, least: str, *, directed: bool) -> str:
    """One sentence that sets the patient's word beside the measure, without making either the judge of the other.

    Parameters
    ----------
    opinion : Opinion
        The newest.
    change : Change or None
        Of the measure that decides, at the last session that counts; None where there is none.
    least : str
        The smallest change that could have been seen, in words.
    directed : bool
        Whether a fall of the measure is what is wished for; some measures have no better direction.
    """
    said: dict[str, object] = {"grade": t(opinion.grade), "day": when(opinion.day), "least": least}
    if change is None or change.verdict is Verdict.NOT_ASSESSABLE:
        return t("The patient says '{grade}' ({day}); the measure has no number to set beside it.", **said)
    if not directed:
        return t(
            "The patient says '{grade}' ({day}). This measure has no better direction, so the two are not set against "
            "each other.",
            **said,
        )
    measured = 0 if change.verdict is not Verdict.CHANGED else int(math.copysign(1, change.change))
    felt = (opinion.level > NO_CHANGE) - (opinion.level < NO_CHANGE)
    return t(_BOTH[felt, measured], **said)


def shared_span(days: Iterable[date], opinions: Sequence[Opinion]) -> Span:
    """The ends of a time axis that holds every session and every rating, with room for the last day's name."""
    every = [pd.Timestamp(day).normalize() + pd.Timedelta(hours=12) for day in (*days, *(one.day for one in opinions))]
    first, last = min(every), max(every)
    room = [max((last - first) * share, pd.Timedelta(days=2)) for share in _ROOM]
    return (first - room[0]).round("D") - pd.Timedelta(hours=12), (last + room[1]).round("D") + pd.Timedelta(hours=12)


def ratings_chart(opinions: Sequence[Opinion], span: Span) -> alt.LayerChart:
    """The patient's ratings, best on top, on a time axis with these ends; each point has its grade in words."""
    middle = span[0] + (span[1] - span[0]) / 2
    rows = pd.DataFrame(
        {
            "when": [pd.Timestamp(one.day) + pd.Timedelta(hours=12) for one in opinions],
            "level": [one.level for one in opinions],
            "said": [t("{day}: {grade}", day=when(one.day), grade=t(one.grade)) for one in opinions],
        }
    )
    x = alt.X("when:T", axis=None, **time_scale(span))  # the chart above names the days
    levels = alt.Axis(values=list(range(len(GRADES))), labels=False, ticks=False, minExtent=LEFT_PX, maxExtent=LEFT_PX)
    y = alt.Y("level:Q", title=t("Patient says"), axis=levels, scale=alt.Scale(domain=[-0.6, 4.6], nice=False))
    base = alt.Chart(rows)
    neutral = alt.Chart(pd.DataFrame({"level": [NO_CHANGE]})).mark_rule(color=INK, strokeDash=[4, 3], opacity=0.6)
    layers = [
        neutral.encode(y="level:Q"),
        base.mark_point(filled=True, size=80, opacity=1, color=LINE, shape="triangle-up").encode(x=x, y=y),
    ]
    sides: tuple[dict[str, Any], ...] = ({"align": "left", "dx": 9}, {"align": "right", "dx": -9})
    for part, side in zip((rows[rows["when"] <= middle], rows[rows["when"] > middle]), sides, strict=True):
        if not part.empty:
            words = alt.Chart(part).mark_text(dy=-8, fontSize=12, color=INK, **side)
            layers.append(words.encode(x=x, y=y, text="said:N"))
    chart: alt.LayerChart = alt.LayerChart(layer=layers)
    framed: alt.LayerChart = chart.properties(width="container", height=_HEIGHT).configure(**LOOK)
    return framed
