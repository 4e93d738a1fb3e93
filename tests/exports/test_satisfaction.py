"""The patient's word beside the measure: same time axis, both true where they differ, no judge between them."""

import json
from datetime import date

import pytest

from tracker.clinic.types import Gais
from tracker.exports.satisfaction import GRADES, Opinion, agreement, ratings_chart, shared_span
from tracker.imaging.types import Change, Metric, Verdict

DAY = date(2026, 4, 2)
FELL, SAME, ROSE = (-6.0, Verdict.CHANGED), (-1.0, Verdict.NO_DETECTABLE_CHANGE), (6.0, Verdict.CHANGED)


def change(by, verdict):
    return Change(Metric.REDNESS, "cheek_left", "H", 10, 10 + by, by, 2.2, (by - 2, by + 2), verdict)


def test_the_grades_are_those_that_are_stored():
    assert sorted(GRADES) == sorted(str(one) for one in Gais)
    assert [Opinion(DAY, grade).level for grade in GRADES] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("grade", "found", "words"),
    [
        ("much improved", FELL, "Both say better"),
        ("much improved", SAME, "Both are true statements"),
        ("improved", ROSE, "They disagree"),
        ("no change", FELL, "Both are true statements"),
        ("no change", SAME, "Both say the same"),
        ("no change", ROSE, "Both are true statements"),
        ("worse", FELL, "They disagree"),
        ("worse", SAME, "Both are true statements"),
        ("worse", ROSE, "Both say worse"),
    ],
)
def test_agreement_and_disagreement_are_said(grade, found, words):
    said = agreement(Opinion(DAY, grade), change(*found), "2.2 H", directed=True)
    assert words in said
    assert f"'{grade}' (2 Apr 2026)" in said


def test_no_detectable_change_says_what_would_have_been_seen():
    said = agreement(Opinion(DAY, "much improved"), change(*SAME), "2.2 H", directed=True)
    assert "no detectable change" in said
    assert "below 2.2 H" in said


@pytest.mark.parametrize("found", [None, change(-6.0, Verdict.NOT_ASSESSABLE)])
def test_without_a_number_nothing_is_set_beside_it(found):
    assert "no number" in agreement(Opinion(DAY, "improved"), found, "", directed=True)


def test_a_measure_without_a_better_direction_is_not_set_against_anything():
    assert "no better direction" in agreement(Opinion(DAY, "worse"), change(*ROSE), "2.2 H", directed=False)


def test_both_charts_have_the_same_time_axis():
    opinions = [Opinion(date(2026, 2, 20), "no change"), Opinion(date(2026, 10, 1), "very much improved")]
    span = shared_span([date(2026, 1, 10), date(2026, 9, 17)], opinions)
    assert span[0].date() < date(2026, 1, 10)
    assert span[1].date() > date(2026, 10, 20)  # room for half a date on a phone
    spec = json.loads(ratings_chart(opinions, span).to_json())
    scales = [layer["encoding"]["x"]["scale"]["domain"] for layer in spec["layer"] if "x" in layer["encoding"]]
    assert len(scales) == 3
    assert all(one == scales[0] for one in scales)
    assert (scales[0][1]["year"], scales[0][1]["month"]) == (span[1].year, span[1].month)
    said = {row["said"] for rows in spec["datasets"].values() for row in rows if "said" in row}
    assert said == {"20 Feb 2026: no change", "1 Oct 2026: very much improved"}


def test_one_rating_on_one_day_can_be_drawn(tmp_path):
    only = [Opinion(DAY, "worse")]
    ratings_chart(only, shared_span([DAY], only)).properties(width=300).save(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").stat().st_size > 2_000
