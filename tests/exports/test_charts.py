"""The chart says what the table says, and keeps healing photos out of the line."""

import json
from datetime import date, timedelta
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tracker.exports import charts

NAN = float("nan")


def row(session, days, change=NAN, verdict="not assessable", **other):
    half = 1.6 if change == change else NAN
    base = {
        "session": session,
        "date": date(2026, 1, 10) + timedelta(days),
        "metric": "redness",
        "region": "cheek_left",
        "change": change,
        "sdc": 2.2 if change == change and verdict != "baseline" else NAN,
        "interval_low": change - half,
        "interval_high": change + half,
        "unit": "H",
        "verdict": verdict,
        "in_trend": change == change,
        "flags": "",
    }
    return base | other


@pytest.fixture
def table():
    return pd.DataFrame(
        [
            row(1, 0, 0.0, "baseline"),
            row(2, 3, 8.1, "changed", in_trend=False),
            row(3, 35, -1.6, "no detectable change"),
            row(4, 70, flags="The photo is blurred."),
            row(5, 105, -6.1, "changed"),
            row(5, 105, 40.0, "changed", region="chin"),
        ]
    )


def layers(chart):
    """Mark name and data rows of every layer, as the browser gets them."""
    spec = json.loads(chart.to_json())
    out = []
    for layer in spec["layer"]:
        name = layer["data"]["name"]
        out.append((layer["mark"]["type"], layer["mark"], spec["datasets"][name]))
    return out


def test_line_joins_only_sessions_that_count(table):
    (line,) = [data for kind, _, data in layers(charts.progress(table, "redness", "cheek_left")) if kind == "line"]
    assert [point["change"] for point in line] == [0.0, -1.6, -6.1]


def test_healing_photo_is_hollow_and_withheld_session_is_a_cross_without_a_number(table):
    points = [entry for entry in layers(charts.progress(table, "redness", "cheek_left")) if entry[0] == "point"]
    hollow = [data for _, mark, data in points if mark.get("filled") is False]
    crosses = [data for _, mark, data in points if mark.get("shape") == "cross"]
    assert [p["change"] for p in hollow[0]] == [8.1]
    assert "still healing" in hollow[0][0]["said"]
    assert [p["change"] for p in crosses[0]] == [None]
    assert crosses[0][0]["said"] == "Not assessable. The photo is blurred."


def test_band_is_the_smallest_detectable_change_around_the_baseline(table):
    (band,) = [data for kind, _, data in layers(charts.progress(table, "redness", "cheek_left")) if kind == "area"]
    assert {point["top"] for point in band} == {2.2}
    assert {point["bottom"] for point in band} == {-2.2}


def test_other_regions_stay_out(table):
    assert "40.0" not in charts.progress(table, "redness", "cheek_left").to_json()


def test_draws_at_phone_width(table):
    buffer = BytesIO()
    charts.progress(table, "redness", "cheek_left").properties(width=300).save(buffer, format="png")
    pixels = np.asarray(Image.open(BytesIO(buffer.getvalue())).convert("RGB")).astype(int)
    assert pixels.shape[1] <= 390
    blue = np.abs(pixels - [11, 110, 153]).sum(-1) < 30
    ochre = np.abs(pixels - list(bytes.fromhex(charts.HEALING[1:]))).sum(-1) < 30
    assert blue.sum() > 100
    assert ochre.sum() > 20


def test_all_withheld_still_draws(table):
    withheld = table[table["session"] == 4]
    kinds = [kind for kind, _, data in layers(charts.progress(withheld, "redness", "cheek_left")) if data]
    assert "point" in kinds
    assert "area" not in kinds


def test_unknown_measure_is_refused(table):
    with pytest.raises(ValueError, match="no rows for pores of chin"):
        charts.progress(table, "pores", "chin")
    with pytest.raises(ValueError, match="lacks the columns"):
        charts.progress(table.drop(columns="sdc"), "redness", "cheek_left")


def test_band_of_a_ratio_measure_ends_where_a_fall_counts(table):
    ratio = table.assign(metric="scar_area", unit="mm²", sdc=[NAN, 25.0, 25.0, NAN, 25.0, 25.0])
    chart = charts.progress(ratio, "scar_area", "cheek_left")
    (band,) = [data for kind, _, data in layers(chart) if kind == "area"]
    assert {point["top"] for point in band} == {25.0}
    assert {round(point["bottom"], 6) for point in band} == {-20.0}
    assert "Change since baseline (%)" in chart.to_json()


def test_final_outcomes_are_squares_with_words(table):
    finals = ["", "", "", "final outcome (90 days)", "final outcome (180 days)", ""]
    found = layers(charts.progress(table.assign(outcome=finals), "redness", "cheek_left"))
    ((_, _, data),) = [one for one in found if one[1].get("shape") == "square"]
    assert [row["session"] for row in data] == [5]  # the one of 90 days was withheld: it stays a cross
    words = [row["final"] for kind, _, rows in found if kind == "text" for row in rows if row["outcome"]]
    assert words == ["final, 180 days"]
    assert not [
        one for one in layers(charts.progress(table, "redness", "cheek_left")) if one[1].get("shape") == "square"
    ]


def test_a_given_span_is_the_time_axis_and_the_band_fills_it(table):
    span = (pd.Timestamp(2025, 12, 1, 12), pd.Timestamp(2026, 8, 1, 12))
    chart = charts.progress(table, "redness", "cheek_left", span=span)
    (band,) = [data for kind, _, data in layers(chart) if kind == "area"]
    assert (band[0]["when"][:10], band[-1]["when"][:10]) == ("2025-12-01", "2026-08-01")
    spec = json.loads(chart.to_json())
    domains = [one["encoding"]["x"].get("scale", {}).get("domain") for one in spec["layer"] if "x" in one["encoding"]]
    assert {"year": 2026, "month": 8, "date": 1, "hours": 12} in [one[1] for one in domains if one]
