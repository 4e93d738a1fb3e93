"""What the pages make of a comparison."""

import numpy as np
import pandas as pd

from tracker.dashboard.results import charted, focus, refused_sessions, split, spread
from tracker.imaging.types import Analysis, Box, Change, Metric, Region, Verdict


def table(*rows):
    names = ["session", "date", "metric", "region", "flags", "change"]
    return pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])


DAY = pd.Timestamp(2026, 4, 4)
MIXED = table(
    (1, DAY, "redness", "chin", "", 0.0),
    (1, DAY, "redness", "nose", "", 0.0),
    (1, DAY, "pigment", "chin", "", 0.0),
    (2, DAY, "redness", "", "Too dark. Retake.", float("nan")),
)


def test_refused_session_is_told_once_and_leaves_a_gap_in_every_chart():
    assert refused_sessions(MIXED) == ["Session 2 (4 Apr 2026): Too dark. Retake."]
    full = spread(MIXED)
    assert list(full.columns) == list(MIXED.columns)
    assert sorted(full[full["session"] == 2]["region"]) == ["chin", "nose"]
    assert len(spread(MIXED[MIXED["session"] == 1])) == 3


def test_only_refused_sessions_leave_no_chart():
    assert spread(MIXED[MIXED["session"] == 2]).empty


def test_deciding_measure_comes_first():
    assert charted(spread(MIXED), Metric.PIGMENT)[0] == ("pigment", "chin")
    changes = [
        Change(metric, "chin", "H", 1, 2, 1, 2, (-1, 3), Verdict.NO_DETECTABLE_CHANGE)
        for metric in (Metric.PIGMENT, Metric.REDNESS)
    ]
    primary, others = split(changes, Metric.PIGMENT)
    assert [one.metric for one in primary] == [Metric.PIGMENT]
    assert [one.metric for one in others] == [Metric.REDNESS]


def test_focus_is_the_middle_of_the_measured_skin():
    regions = tuple(Region(name, Box(x, 10, x + 20, 30), np.ones((20, 20), bool)) for name, x in (("a", 0), ("b", 60)))
    found = Analysis("", "", "", "1", None, None, regions, regions, ())
    assert focus(found, (100, 40)) == (0.4, 0.5)
    assert focus(None, (100, 40)) == (0.5, 0.5)
