"""The healing chart draws what was measured over what is expected, and names what is late in words and shape."""

import json
import math

import pytest

from tracker.exports.healing_chart import KEY, Drawn, healing
from tracker.imaging.change.healing import Expected, Rise

NAN = math.nan
RISES = (Rise(0, 12.0, 2.0), Rise(2, 3.0, 2.1), Rise(4, NAN, NAN), Rise(8, 4.0, 2.0))
LATE = (False, False, False, True)
FULL = Drawn(RISES, LATE, Expected(0, 12.0))


def layers(course):
    """Mark and data rows of every layer, as the browser gets them."""
    spec = json.loads(healing(course).to_json())
    return spec, [(layer["mark"], spec["datasets"][layer["data"]["name"]]) for layer in spec["layer"]]


def marked(found, kind):
    return [(mark, rows) for mark, rows in found if mark["type"] == kind]


def test_points_have_whiskers_of_their_smallest_change_that_could_be_seen():
    _, found = layers(FULL)
    rows = next(rows for mark, rows in marked(found, "rule") if "high" in rows[0])
    assert [row["low"] for row in rows] == pytest.approx([10, 0.9, 2])
    assert [row["high"] for row in rows] == pytest.approx([14, 5.1, 6])


def test_the_band_starts_at_the_first_photo_and_falls():
    _, found = layers(Drawn(RISES[1:2], (False,), Expected(2, 3.0)))
    ((_, rows),) = marked(found, "area")
    assert rows[0] == {"day": 2, "low": 3, "high": 3}
    assert rows[-1]["day"] == 7
    assert all(row["low"] <= row["high"] <= 3 for row in rows)


def test_the_noise_of_the_skin_before_is_a_band_around_nothing():
    _, found = layers(FULL)
    ((_, (row,)),) = marked(found, "rect")
    assert (row["low"], row["high"]) == (-2.1, 2.1)


def test_what_is_late_has_another_shape_and_words():
    _, found = layers(FULL)
    ((_, rows),) = [one for one in marked(found, "point") if one[0].get("shape") == "diamond"]
    assert [(row["day"], row["said"]) for row in rows] == [
        (8, "+4.0\u00a0H (seen from 2.0\u00a0H): later than expected")
    ]
    assert len(marked(found, "text")) == 1
    assert not marked(layers(Drawn(RISES[:2], LATE[:2], None))[1], "text")


def test_a_withheld_number_is_a_cross_without_a_height():
    _, found = layers(FULL)
    ((_, rows),) = [one for one in marked(found, "point") if one[0].get("shape") == "cross"]
    assert [(row["day"], row["rise"], row["said"]) for row in rows] == [(4, None, "not assessable")]


def test_days_run_at_least_to_seven_and_each_has_its_name():
    spec, _ = layers(Drawn(RISES[:1], (False,), None))
    axes = [layer["encoding"]["x"]["axis"] for layer in spec["layer"] if "axis" in layer["encoding"].get("x", {})]
    assert axes[0]["values"] == list(range(8))
    weeks = layers(Drawn((Rise(0, 9.0, 2.0), Rise(25, 0.0, 2.0)), (False, False), None))[0]
    axes = [layer["encoding"]["x"]["axis"] for layer in weeks["layer"] if "axis" in layer["encoding"].get("x", {})]
    assert axes[0]["values"] == [0, 7, 14, 21]


def test_without_a_band_none_is_drawn_and_without_a_number_no_chart():
    assert not marked(layers(Drawn(RISES[:2], LATE[:2], None))[1], "area")
    with pytest.raises(ValueError, match="at least one photo"):
        healing(Drawn(RISES[2:3], (False,), None))


def test_the_key_says_that_the_band_is_no_measurement_and_the_photos_no_outcome():
    assert "not a measurement" in KEY
    assert "no outcome" in KEY


def test_it_can_be_drawn_on_paper_at_the_width_of_a_phone(tmp_path):
    healing(FULL).properties(width=300).save(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").stat().st_size > 5_000
