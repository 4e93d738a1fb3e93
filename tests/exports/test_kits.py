"""What a kit can see, in words and figures."""

import numpy as np
import pytest

from tracker.exports.kits import COLUMNS, NO_SPREAD, ONE_PHOTO, kit_sentences, kit_table, kit_view, smallest_seen
from tracker.imaging.change import Component, Repeats, two_level
from tracker.imaging.types import Metric

SEATS = ("1", "1", "2", "2")


def component(metric=Metric.REDNESS, kind="cheek", *, colour="calibrated", sd=1.0, subjects=40, seats=SEATS):
    draw = np.random.default_rng(1)
    values = 10 * draw.normal(0, 1, (subjects, 1)) + sd * draw.normal(0, 1, (subjects, len(seats)))
    levels = two_level([[Repeats.of_values(seats, row)] for row in values])
    return Component(metric, kind, colour, "H", levels, 4 * subjects, 0)


def test_every_figure_of_the_table_comes_from_the_levels():
    one = component()
    table = kit_table([one])
    assert tuple(table.columns) == COLUMNS
    row = table.iloc[0]
    assert row["sem"] == one.levels.sem()
    assert row["sdc"] == pytest.approx(2.772 * row["sem"], rel=1e-3)
    assert row["sdc_low"] < row["sdc"] < row["sdc_high"]
    assert row["smallest_seen"] == pytest.approx(row["sdc"], rel=1e-3)  # enough repeats
    assert row["session_sd"] ** 2 + row["photo_sd"] ** 2 == pytest.approx(row["sem"] ** 2)
    assert (row["icc"], row["icc_low"], row["icc_high"]) == (one.levels.icc(), *one.levels.icc_interval())


def test_few_repeats_see_less():
    few = component(subjects=4)
    assert smallest_seen(few) > 1.3 * few.sdc(few.levels.sem())


def test_averaging_photos_sees_more():
    one = component()
    assert smallest_seen(one, photos=4) < smallest_seen(one)
    assert kit_table([one], photos=4)["sem"].iloc[0] == one.levels.sem(4)


def test_ratio_measures_are_told_in_percent():
    one = component(Metric.ROUGHNESS, sd=0.05)
    assert kit_table([one])["unit"].iloc[0] == "ln"
    (sentence,) = kit_sentences([one])
    assert "% (cheek)" in sentence
    assert kit_view([one])["SEM (95 %)"].iloc[0].split("(")[0].strip().endswith("%")


def test_one_sentence_per_measure_with_all_its_regions():
    told = [component(kind="nose"), component(kind="cheek", sd=0.5), component(Metric.REDNESS_A_STAR)]
    (sentence,) = kit_sentences(told)  # a cross-check has none
    limits = [f"{smallest_seen(one):.1f}\u00a0H ({one.kind})" for one in (told[1], told[0])]
    assert sentence == f"A change of redness below {limits[0]} or {limits[1]} cannot be seen with this set-up."


def test_with_and_without_card_are_told_apart():
    told = [component(), component(colour="uncalibrated", sd=2.0)]
    with_card, without = kit_sentences(told)
    assert with_card.endswith("with this set-up with the card.")
    assert without.endswith("with this set-up without the card.")


def test_what_cannot_be_used_is_remarked_and_not_told():
    never = component(Metric.SPOTS, sd=0.0)
    table = kit_table([never, component(seats=("1", "2"))])
    assert list(table["remark"]) == [ONE_PHOTO, NO_SPREAD]
    assert np.isnan(table["smallest_seen"].iloc[1])
    assert kit_sentences([never]) == []
    assert kit_view([never])["Seen from"].iloc[0] == "–"
